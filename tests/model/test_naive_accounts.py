"""The naive model's returns and accounts, held against examples worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.commands import (
    CloseMember,
    FreezeMember,
    GiftPoints,
    LineItem,
    ReleaseHold,
    ReturnedItem,
    ReturnPurchase,
    TenderPaid,
    UnfreezeMember,
)
from tests.model.story import BASIC, MONTH, SILVER, Life, date, kinds, refused

# -- returns --------------------------------------------------------------------------------------


def test_a_return_takes_from_its_own_lot_first_then_from_the_others_then_owes() -> None:
    life = Life()
    life.award(3, "2026-03-01", expires_on="2026-03-31")
    life.buy(10, "2026-03-01", purchase_id="p")
    life.redeem(5, "2026-03-01")
    (returned,) = life.tell(ReturnPurchase, "2026-03-02", purchase_id="p")
    assert returned["moves"] == {(2, "available"): -8, (0, "debt"): 2}
    assert (returned["points_due"], returned["whole"]) == (10, True)
    with refused("return_exceeds_purchase"):
        life.tell(ReturnPurchase, "2026-03-02", purchase_id="p")


def test_units_and_amounts_of_a_line_are_cumulative() -> None:
    life = Life()
    lines = (LineItem(amount_minor=1000, quantity=3),)
    life.buy(10, "2026-03-01", purchase_id="p", lines=lines)
    said = {"purchase_id": "p", "items": (ReturnedItem(line=1, quantity=1),)}
    money = [life.tell(ReturnPurchase, "2026-03-02", **said)[-1]["amount_minor"] for _ in "123"]
    assert money == [333, 333, 334]
    due = [fact["points_due"] for fact in life.model.facts("m", "ReturnRecorded")]
    assert due == [4, 3, 3]


def test_what_expired_of_the_own_lot_is_not_taken_twice() -> None:
    life = Life(MONTH)
    life.buy(10, "2026-03-01", purchase_id="p")
    life.expire("2026-04-01", "2026-04-02")
    undone, returned = life.tell(ReturnPurchase, "2026-05-01", purchase_id="p")
    assert (undone["points_restored"], returned["moves"]) == (10, {(1, "available"): -10})
    assert life.balance("2026-12-01")["debt"] == 0


@pytest.mark.parametrize(
    ("on_shortfall", "returned", "forgiven", "in_cash", "cash"),
    [("debt", 10, 0, 0, 0), ("clamp", 0, 10, 0, 0), ("cash", 0, 0, 10, 334)],
)
def test_what_is_missing_is_owed_forgiven_or_kept_back_in_cash(
    on_shortfall: str, returned: int, forgiven: int, in_cash: int, cash: int
) -> None:
    rate = '\n[redemption]\npoints = 3\nmoney = "1"\n'
    life = Life(f'on_shortfall = "{on_shortfall}"\n' + BASIC + rate)
    life.buy(10, "2026-03-01", purchase_id="p")
    life.redeem(10, "2026-03-01")
    (fact,) = life.tell(ReturnPurchase, "2026-03-02", purchase_id="p")
    names = ("points_returned", "points_forgiven", "points_in_cash", "cash_minor")
    assert [fact[name] for name in names] == [returned, forgiven, in_cash, cash]


def test_points_that_paid_come_back_in_proportion() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    life.redeem(10, "2026-03-01", purchase_id="p")
    paid = (TenderPaid("cash", 700), TenderPaid("points", 300))
    life.buy(10, "2026-03-01", purchase_id="p", tenders=paid)
    back, returned = life.tell(ReturnPurchase, "2026-03-02", purchase_id="p", amount_minor=350)
    assert (back["points_reversed"], returned["qualifying_minor"]) == (3, 245)
    back, returned = life.tell(ReturnPurchase, "2026-03-02", purchase_id="p")
    assert (back["points_reversed"], returned["qualifying_minor"]) == (7, 455)


def test_a_return_takes_the_tier_back_and_finds_the_one_that_is_left() -> None:
    gold = '\n[[tier]]\nid = "gold"\nthreshold = "20.00"\n'
    life = Life(BASIC + SILVER + gold)
    assert life.buy(25, "2026-03-01", purchase_id="p")[-1]["tier_to"] == "gold"
    said = {"purchase_id": "p", "amount_minor": 1000}
    _, found = life.tell(ReturnPurchase, "2026-03-02", **said)
    assert (found["tier_from"], found["tier_to"]) == ("gold", "silver")
    assert (found["cause"], found["measured"]) == ("threshold", 1500)
    assert found["valid_until"] == date("2027-12-31")


def test_a_return_may_be_too_late_or_too_much() -> None:
    life = Life("return_window_days = 7" + BASIC)
    life.buy(10, "2026-03-01", purchase_id="p")
    with refused("return_window_closed"):
        life.tell(ReturnPurchase, "2026-03-09", purchase_id="p")
    with refused("return_exceeds_purchase"):
        life.tell(ReturnPurchase, "2026-03-08", purchase_id="p", amount_minor=1001)
    with refused("unknown_purchase"):
        life.tell(ReturnPurchase, "2026-03-08", purchase_id="q")


# -- accounts -------------------------------------------------------------------------------------


def test_nothing_leaves_a_frozen_account() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    life.tell(FreezeMember, "2026-03-01", reason="asked")
    with refused("already_frozen"):
        life.tell(FreezeMember, "2026-03-01", reason="asked")
    with refused("account_frozen"):
        life.redeem(1, "2026-03-01")
    life.buy(10, "2026-03-01")
    life.tell(UnfreezeMember, "2026-03-01", reason="asked")
    life.redeem(1, "2026-03-01")


def test_who_leaves_has_nothing_held_nothing_owed_and_nothing_left() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    hold = life.hold(1, "2026-11-30", minutes=10_000)
    with refused("holds_open"):
        life.tell(CloseMember, "2026-11-30", reason="moves")
    life.tell(ReleaseHold, "2026-11-30", hold=hold)
    with refused("points_remain"):
        life.tell(CloseMember, "2026-11-30", reason="moves")
    facts = life.tell(CloseMember, "2026-11-30", reason="moves", forfeit=True)
    assert kinds(facts) == ["PointsForfeited", "MemberClosed"]
    with refused("account_closed"):
        life.award(1, "2026-11-30")


def test_a_gift_keeps_its_days_and_repays_what_is_owed() -> None:
    life = Life()
    life.second()
    life.award(10, "2026-03-01", expires_on="2026-12-31")
    life.adjust(-4, "2026-03-01", member="n", may_owe=True)
    sent, received = life.tell(GiftPoints, "2026-03-02", to="n", points=7)
    assert sent["moves"] == {(1, "available"): -7}
    (lot,) = received["lots"]
    assert (lot["from_member"], lot["from_lot"], lot["expires_on"]) == ("m", 1, date("2026-12-31"))
    assert received["moves"] == {(1, "available"): 3, (0, "debt"): -4}


def test_a_reading_of_a_day_counts_what_had_occurred_by_its_end() -> None:
    life = Life(MONTH)
    life.award(10, "2026-03-01")
    life.redeem(4, "2026-03-20")
    life.expire("2026-04-01", "2026-05-01")
    days = ("2026-02-28", "2026-03-19", "2026-03-20", "2026-04-01", "2026-04-02")
    assert [life.balance(day)["balance"] for day in days] == [0, 10, 6, 6, 0]


def test_what_lapses_is_seen_before_it_is_recorded() -> None:
    life = Life(MONTH)
    life.award(10, "2026-11-01")
    balance = life.balance("2026-12-02")
    assert (balance["balance"], balance["lapsed"]) == (0, 10)
    assert life.balance("2026-12-01")["next_lapse_on"] == dt.date(2026, 12, 1)
