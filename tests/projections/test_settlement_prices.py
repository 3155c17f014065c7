"""Which day's price holds, when terms change between what was accepted and what is billed."""

from __future__ import annotations

import datetime as dt

import pytest

from benchmarks.reference_settlement import add_up
from ledger.errors import TermsInUse
from projections import Warehouse
from schemas.commands import LeavePartner
from tests.projections.partners import change, figures, join, store_of, terms, worked_out
from tests.projections.shop import Shop

Lines = dict[tuple[str, str], tuple[int, int]]


def price(money: str) -> str:
    return f'points = "1"\nmoney = "{money}"'


def lines(shop: Shop, period: str) -> Lines:
    """(kind, month) -> points and amount of the cafe's lines; the plain sums say the same."""
    warehouse: Warehouse = shop._warehouse
    statement = worked_out(shop.ledger, warehouse, period)
    plain = add_up(store_of(warehouse), period, 0, statement.through_position)
    assert figures(statement.lines) == plain
    return {
        (line.kind, line.month): (line.points, line.amount_minor)
        for line in statement.lines
        if line.partner == "cafe"
    }


@pytest.fixture
def cafe(shop: Shop) -> Shop:
    """The cafe issues and redeems at 0.01 a point; ann has 100 points of it."""
    join(shop.ledger, terms("cafe", "2026-01-01", issue=price("0.01"), redeem=price("0.01")))
    shop.ledger.purchase("ann", 10_000, "c-1", partner="cafe")
    return shop


@pytest.mark.parametrize("redeem", [{}, {"redeem": price("0.09")}])
def test_a_capture_goes_at_the_price_of_the_day_of_its_hold(
    cafe: Shop, redeem: dict[str, str]
) -> None:
    """On that day the partner was asked; whatever the terms are at the capture, also none."""
    change(cafe.ledger, terms("cafe", "2026-02-01", issue=price("0.01"), **redeem))
    cafe.on("2026-01-31", hour=23)
    cafe.ledger.hold("ann", 40, partner="cafe", request_id="h-1", minutes=120)
    cafe.on("2026-02-01", hour=0)
    cafe.ledger.capture("ann", "h-1", request_id="s-1")
    assert lines(cafe, "2026-02")["redeemed", "2026-02"] == (40, -40)

    cafe.on("2026-02-10").reverse("ann", "s-1", points=15)
    assert lines(cafe, "2026-02")["reversed", "2026-02"] == (15, 15)


def test_a_price_that_is_dated_back_holds_for_what_was_accepted_since(cafe: Shop) -> None:
    cafe.on("2026-01-20")
    change(cafe.ledger, terms("cafe", "2026-01-01", issue=price("0.02"), redeem=price("0.01")))
    assert lines(cafe, "2026-01") == {("issued", "2026-01"): (100, 200)}


def test_what_was_accepted_does_not_lose_its_price(cafe: Shop) -> None:
    cafe.ledger.redeem("ann", 30, partner="cafe")
    cafe.on("2026-01-20")
    for kept in ({"issue": price("0.01")}, {"redeem": price("0.01")}):
        with pytest.raises(TermsInUse):
            change(cafe.ledger, terms("cafe", "2026-01-01", **kept))
    assert lines(cafe, "2026-01") == {
        ("issued", "2026-01"): (100, 100),
        ("redeemed", "2026-01"): (30, -30),
    }


def test_terms_of_an_earlier_stay_do_not_hold_in_a_later_one(cafe: Shop) -> None:
    planned = terms("cafe", "2026-04-01", issue=price("0.05"), redeem=price("0.05"))
    change(cafe.ledger, planned)
    cafe.ledger.execute(LeavePartner(partner="cafe", last_day=dt.date(2026, 1, 31)))
    anew = terms("cafe", "2026-03-01", issue=price("0.03"), redeem=price("0.02"))
    join(cafe.on("2026-03-01"), anew)

    # A claim for the days of the earlier stay goes by its terms.
    at = dt.datetime(2026, 1, 31, 4, tzinfo=dt.UTC)
    cafe.ledger.purchase("ann", 2_000, "c-2", partner="cafe", occurred_at=at)
    cafe.on("2026-04-02").purchase("ann", 1_000, "c-3", partner="cafe")
    cafe.ledger.redeem("ann", 6, partner="cafe")
    assert lines(cafe, "2026-04") == {
        ("issued", "2026-01"): (120, 120),
        ("issued", "2026-04"): (10, 30),
        ("redeemed", "2026-04"): (6, -12),
    }
