"""The receipts of the tea house (examples/tea_house), worked out by hand."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from ledger import Ledger, LineItem, ManualClock, TenderPaid
from ledger.errors import BillTooSmall, LimitExceeded, QuotaExceeded

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


# -- vouchers, rebates, benefits -----------------------------------------------------------------


def spend(ledger, day, yuan, receipt):
    ledger.purchase("m-1", 100 * yuan, receipt, occurred_at=noon(day), source="till")


def paid(ledger, quarter):
    """(due, paid, carried) in fen of a quarter's rebate, and how many vouchers came."""
    (granted,) = [w.event for w in ledger.pay_rebates(quarter) if hasattr(w.event, "due_minor")]
    figures = (granted.due_minor, granted.paid_minor, granted.carried_minor)
    return *figures, granted.vouchers_issued


def test_a_birthday_takes_twenty_off_a_bill_of_a_hundred(ledger):
    ledger.issue_voucher("m-1", "birthday", request_id="b-1", occurred_at=noon("2026-05-20"))
    with pytest.raises(BillTooSmall):
        ledger.use_voucher("m-1", "b-1", 8_850, occurred_at=noon("2026-05-21"))
    used = ledger.use_voucher("m-1", "b-1", 12_900, occurred_at=noon("2026-06-19"))
    assert (used.events[0].bill_minor, used.events[0].taken_minor) == (12_900, 2_000)
    with pytest.raises(LimitExceeded):
        ledger.issue_voucher("m-1", "birthday", occurred_at=noon("2026-12-24"))


def test_the_second_quarter_pays_a_voucher_and_carries_the_rest_into_the_third(ledger):
    spend(ledger, "2026-04-10", 400, "A-1")
    spend(ledger, "2026-05-20", 228, "A-2")
    spend(ledger, "2026-08-08", 900, "A-3")
    # 2 % of 628.00 is 12.56: one of ten. 2 % of 900.00 is 18.00, and 2.56: two of ten.
    assert paid(ledger, "2026Q2") == (1_256, 1_000, 256, 1)
    assert paid(ledger, "2026Q3") == (1_800, 2_000, 56, 2)
    assert list(ledger.pay_rebates("2026Q3")) == []


def test_goods_that_come_back_are_taken_off_the_next_rebate(ledger):
    spend(ledger, "2026-08-08", 400, "A-1")
    spend(ledger, "2026-09-09", 1_100, "A-2")
    assert paid(ledger, "2026Q3") == (3_000, 3_000, 0, 3)
    ledger.return_purchase("m-1", "A-2", occurred_at=noon("2026-10-08"))
    # 400.00 are kept: less than 500.00, so nothing is due.
    assert paid(ledger, "2026Q3") == (0, 0, -3_000, 0)


def test_a_gold_card_is_paid_four_percent_of_the_quarter_that_it_ends(ledger):
    spend(ledger, "2026-07-01", 2_900, "A-1")
    spend(ledger, "2026-09-30", 600, "A-2")
    assert ledger.tier("m-1").label == "金骏眉卡"
    assert paid(ledger, "2026Q3") == (14_000, 14_000, 0, 14)


def test_a_gold_card_has_the_tea_room_four_times_and_an_adviser(ledger):
    ledger.use_benefit("m-1", "tea-room", occurred_at=noon("2026-10-01"))
    with pytest.raises(QuotaExceeded):
        ledger.use_benefit("m-1", "tea-room", occurred_at=noon("2026-10-02"))
    spend(ledger, "2026-10-03", 3_000, "A-1")
    ledger.use_benefit("m-1", "tea-room", quantity=3, occurred_at=noon("2026-10-03"))
    left = {benefit.benefit: benefit.left for benefit in ledger.benefits("m-1")}
    assert left == {"tea-room": 0, "adviser": None}


def test_the_anniversary_is_for_gold_cards(ledger):
    assert list(ledger.issue_anniversary_vouchers()) == []
    clock = ManualClock(dt.datetime(2027, 1, 2, 4, tzinfo=dt.UTC))
    with Ledger(":memory:", program=PROGRAM, clock=clock) as opened:
        opened.enrol("m-1", occurred_at=noon("2026-01-02"))
        spend(opened, "2026-12-24", 3_000, "A-1")
        (written,) = opened.issue_anniversary_vouchers()
        assert (written.event.worth_minor, str(written.event.expires_on)) == (5_000, "2027-01-31")
