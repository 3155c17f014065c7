"""The receipts of the tea house (examples/tea_house), worked out by hand."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from ledger import Ledger, LineItem, ManualClock, TenderPaid

PROGRAM = Path(__file__).resolve().parents[2] / "examples" / "tea_house" / "program.toml"

TEA = LineItem(amount_minor=8_850, sku="TGY-100", category="tea")
FIRST_FLUSH = LineItem(amount_minor=36_000, quantity=2, sku="LJ-MQ-250", category="tea")
TEA_WARE = LineItem(amount_minor=12_900, sku="GW-01", category="tea ware")
DELIVERY = LineItem(amount_minor=1_000, category="delivery")


@pytest.fixture
def ledger():
    clock = ManualClock(dt.datetime(2026, 12, 31, 4, tzinfo=dt.UTC))
    with Ledger(":memory:", program=PROGRAM, clock=clock) as opened:
        opened.enrol("m-1", occurred_at=noon("2026-01-02"))
        yield opened


def noon(day):
    return dt.datetime.fromisoformat(f"{day}T12:00+08:00")


def buy(ledger, day, lines, receipt="A-1", **said):
    amount = sum(line.amount_minor for line in lines)
    outcome = ledger.purchase(
        "m-1", amount, receipt, lines=lines, occurred_at=noon(day), source="till", **said
    )
    purchase = outcome.events[0]
    steps = {step.rule: Fraction(step.numerator, step.denominator) for step in purchase.breakdown}
    return purchase.points_earned, steps


def test_a_plain_receipt_and_the_welcome(ledger):
    assert buy(ledger, "2026-02-03", (TEA,)) == (188, {"base": Fraction("88.5"), "welcome": 100})
    assert buy(ledger, "2026-02-04", (TEA,), "A-2") == (88, {"base": Fraction("88.5")})


def test_tea_ware_earns_by_its_own_rule_and_delivery_nothing(ledger):
    points, steps = buy(ledger, "2026-02-03", (TEA, TEA_WARE, DELIVERY))
    # 12 whole tens of 129.00; tea by the base rule; the welcome looks at the lines left, too.
    assert steps == {"tea-ware": 240, "base": Fraction("88.5"), "welcome": 100}
    assert points == 428


def test_first_flush_by_the_piece_up_to_the_days_cap(ledger):
    assert buy(ledger, "2026-04-01", (FIRST_FLUSH,)) == (
        520,
        {"base": 360, "first-flush": 60, "welcome": 100},
    )
    points, steps = buy(ledger, "2026-04-01", (FIRST_FLUSH,), "A-2")
    assert steps == {"base": 360, "first-flush": 60, "cap:rule:first-flush": -30}
    assert points == 390


def test_member_day_doubles_and_a_birthday_triples_alone(ledger):
    assert buy(ledger, "2026-02-03", (TEA,))[0] == 188
    doubled = {"base": Fraction("88.5"), "member-day": Fraction("88.5")}
    assert buy(ledger, "2026-02-08", (TEA,), "A-2") == (177, doubled)
    tripled = {"base": Fraction("88.5"), "birthday": 177}
    assert buy(ledger, "2026-02-18", (TEA,), "A-3", occasions=("birthday",)) == (265, tripled)


def test_double_eleven_online_up_to_what_it_gives_a_member(ledger):
    big = (LineItem(amount_minor=90_000, category="tea"),)
    assert buy(ledger, "2026-11-09", big, channel="shop")[0] == 1000
    # 900 x 0.5 = 450, then 50 of 450 are left under the campaign's 500.
    assert buy(ledger, "2026-11-10", big, "A-2", channel="app")[1]["online"] == 450
    points, steps = buy(ledger, "2026-11-11", big, "A-3", channel="app")
    assert steps["cap:campaign:double-eleven"] == -400
    assert points == 950


def test_what_is_paid_with_points_earns_nothing_and_comes_back_with_the_goods(ledger):
    ledger.award("m-1", 10_000, "seed", occurred_at=noon("2026-01-03"))
    ledger.redeem("m-1", 4_000, bill_minor=8_850, purchase_id="A-9", occurred_at=noon("2026-02-03"))
    tenders = (TenderPaid("points", 4_000), TenderPaid("cash", 4_850))
    points, steps = buy(ledger, "2026-02-03", (TEA,), "A-9", tenders=tenders)
    assert steps == {"base": Fraction("48.5"), "welcome": 100}
    assert points == 148
    before = ledger.balance("m-1").balance
    ledger.return_purchase("m-1", "A-9", occurred_at=noon("2026-02-05"))
    assert ledger.balance("m-1").balance == before + 4_000 - 148
