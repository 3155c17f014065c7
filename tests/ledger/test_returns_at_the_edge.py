"""Returns where several things meet: what a review of the ledger found."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import Ledger, LineItem, ManualClock, ReturnedItem, TenderPaid
from ledger.errors import InvalidCommand, TooManyPoints
from tests.scenario import BASIC


def at(day):
    return dt.datetime.fromisoformat(f"{day}T10:00+08:00")


@pytest.fixture
def open_ledger():
    opened = []

    def under(program):
        clock = ManualClock(dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
        ledger = Ledger(":memory:", program=program, clock=clock)
        opened.append(ledger)
        for member in ("m", "n"):
            ledger.enrol(member, occurred_at=at("2025-12-01"))
        return ledger

    yield under
    for ledger in opened:
        ledger.close()


THREE_MONTHS = BASIC + '[expiry]\npolicy = "months"\nmonths = 3\n'


@pytest.mark.parametrize("redemptions", [(70,), (40, 30), (10, 20, 40)])
def test_points_paid_come_back_alike_however_many_redemptions_there_were(open_ledger, redemptions):
    """RULES 13: with grace, what one reversal gave back is not lapsed for the next."""
    ledger = open_ledger("reversal_grace_days = 30\n" + THREE_MONTHS)
    ledger.award("m", 100, "seed", occurred_at=at("2026-01-05"))
    for points in redemptions:
        ledger.redeem("m", points, purchase_id="R", occurred_at=at("2026-02-01"))
    tenders = (TenderPaid("points", 1_000),)
    ledger.purchase("m", 1_000, "R", tenders=tenders, occurred_at=at("2026-02-01"))
    ledger.return_purchase("m", "R", occurred_at=at("2026-06-01"))
    assert ledger.balance("m", on=dt.date(2026, 6, 1)).balance == 70
    assert ledger.verify(books=True).findings == ()


def test_a_return_on_a_merged_account_takes_nothing_twice(open_ledger):
    """RULES 15: the lot stayed behind at the merge, empty, and lapsed since."""
    ledger = open_ledger(THREE_MONTHS)
    ledger.purchase("n", 10_000, "R", occurred_at=at("2026-01-05"))
    for points in (60, 40):
        ledger.redeem("n", points, purchase_id="R", occurred_at=at("2026-01-06"))
    ledger.merge("m", "n", occurred_at=at("2026-01-07"))
    ledger.award("m", 500, "seed", occurred_at=at("2026-06-01"))
    ledger.return_purchase("m", "R", occurred_at=at("2026-06-02"))
    assert ledger.balance("m", on=dt.date(2026, 6, 2)).balance == 500
    assert ledger.verify(books=True).findings == ()


def test_a_return_is_judged_however_fine_its_fractions_are(open_ledger):
    """RULES 14: what is kept needs no step of its own in the log."""
    ledger = open_ledger(BASIC + '[basis]\ntax = "excluded"\n')
    amounts = (38_397, 26_998, 46_480, 69_935, 23_110)
    lines = tuple(LineItem(amount_minor=a, quantity=3, tax_minor=a * 13 // 113) for a in amounts)
    ledger.purchase("m", sum(amounts), "R", lines=lines, occurred_at=at("2026-01-05"))
    for line in range(1, 6):
        items = (ReturnedItem(line=line, quantity=1),)
        ledger.return_purchase("m", "R", items=items, occurred_at=at("2026-01-06"))
    ledger.return_purchase("m", "R", occurred_at=at("2026-01-07"))
    assert ledger.balance("m").balance == 0


def test_nothing_enters_the_log_that_its_readers_can_not_hold(open_ledger):
    """The warehouse reads 64 bits: a refusal now is better than a row that stops it."""
    ledger = open_ledger(BASIC + '[[reward]]\nid = "car"\npoints = 1\nmoney = "100000000000.00"\n')
    ledger.award("m", 10**9, "seed", occurred_at=at("2026-01-05"))
    before = ledger.position
    with pytest.raises(TooManyPoints):
        ledger.redeem_reward("m", "car", quantity=1_000_000)
    assert ledger.position == before


def test_a_purse_has_a_name_that_fits_an_account(open_ledger):
    ledger = open_ledger(BASIC)
    ledger.open_purse("m", "x" * 122)
    assert ledger.balance("purse:" + "x" * 122).balance == 0
    with pytest.raises(InvalidCommand):
        ledger.open_purse("m", "x" * 123)
