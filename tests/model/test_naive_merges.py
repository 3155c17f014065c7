"""The naive model's merges, held against examples worked by hand."""

from __future__ import annotations

import datetime as dt

from schemas.commands import (
    EnrolMember,
    ExtendLots,
    MergeMembers,
    ReturnPurchase,
    ReverseRedemption,
    UnmergeMembers,
)
from tests.model.naive_rules import Fact
from tests.model.story import BASIC, IDLE, MONTH, SILVER, Life, date, kinds, noon, refused

HALF_A_DAY = dt.timedelta(hours=12)

# -- merges ---------------------------------------------------------------------------------------


def test_a_merge_moves_lots_debt_days_and_tier_and_an_unmerge_moves_them_back() -> None:
    life = Life(BASIC + SILVER)
    life.second()
    life.buy(10, "2026-03-01", member="n", purchase_id="p")
    merged, absorbed, change = life.tell(MergeMembers, "2026-03-02", other="n")
    assert (merged["points_sent"], absorbed["moves"]) == (10, {(1, "available"): 10})
    assert absorbed["days"][0]["net_minor"] == 1000
    assert (change["cause"], change["tier_to"]) == ("merge", "silver")
    with refused("account_merged"):
        life.award(1, "2026-03-02", member="n")
    undone, lowered, restored = life.tell(UnmergeMembers, "2026-03-03", other="n")
    assert kinds([undone, lowered, restored]) == ["MergeUndone", "TierChanged", "MemberRestored"]
    assert restored["moves"] == {(1, "available"): 10}
    with refused("not_merged"):
        life.tell(UnmergeMembers, "2026-03-03", other="n")


def test_a_merge_is_settled_once_points_were_spent() -> None:
    life = Life()
    life.second()
    life.award(10, "2026-03-01", member="n")
    life.tell(MergeMembers, "2026-03-02", other="n")
    life.redeem(1, "2026-03-02")
    with refused("merge_settled"):
        life.tell(UnmergeMembers, "2026-03-03", other="n")


def test_a_merged_members_purchase_is_returned_on_the_member_from_the_lot_it_went_into() -> None:
    life = Life()
    life.second()
    life.award(5, "2026-03-01")
    life.buy(10, "2026-03-01", member="n", purchase_id="p")
    life.tell(MergeMembers, "2026-03-02", other="n")
    (returned,) = life.tell(ReturnPurchase, "2026-03-03", purchase_id="p", amount_minor=400)
    assert returned["moves"] == {(2, "available"): -4}


# -- what expired in between ----------------------------------------------------------------------


def merged_until_it_expired(program: str = MONTH) -> Life:
    """What `n` bought on 1 March expired with 1 April, while `n` was a part of `m`."""
    life = Life(program)
    life.second()
    life.award(1, "2026-03-01", expires_on="2026-12-31")
    life.buy(10, "2026-03-01", member="n", purchase_id="p")
    life.tell(MergeMembers, "2026-03-02", other="n")
    life.expire("2026-04-01", "2026-04-05")
    return life


def part(life: Life, day: str = "2026-04-10") -> list[Fact]:
    return life.tell(UnmergeMembers, day, other="n")


def test_what_expired_goes_home_and_expires_there_at_the_same_instant() -> None:
    life = merged_until_it_expired()
    undone, parted, restored, expired = part(life)
    assert [(fact["kind"], fact["member"]) for fact in (undone, parted, restored, expired)] == [
        *[("ExpiryUndone", "m"), ("MergeUndone", "m")],
        *[("MemberRestored", "n"), ("PointsExpired", "n")],
    ]
    assert undone["moves"] == {(2, "available"): 10}
    assert (parted["points_sent"], parted["moves"]) == (10, {(2, "available"): -10})
    assert restored["moves"] == {(1, "available"): 10}
    assert (expired["moves"], expired["lapsed_on"]) == ({(1, "available"): -10}, date("2026-04-01"))
    assert undone["occurred_at"] == expired["occurred_at"] == noon("2026-04-02") - HALF_A_DAY
    assert [life.balance("2026-12-01", name)["balance"] for name in "mn"] == [1, 0]


def test_a_return_after_that_does_not_take_it_twice() -> None:
    life = merged_until_it_expired()
    part(life)
    undone, returned = life.tell(ReturnPurchase, "2026-04-11", member="n", purchase_id="p")
    assert (undone["points_restored"], returned["moves"]) == (10, {(1, "available"): -10})
    assert life.balance("2026-12-01", "n")["debt"] == 0


def test_a_late_redemption_finds_it_at_home_and_nowhere_else() -> None:
    life = merged_until_it_expired()
    part(life)
    with refused("insufficient_points"):
        life.redeem(2, "2026-04-01")
    undone, redeemed = life.redeem(4, "2026-04-01", member="n")
    assert (undone["points_restored"], redeemed["moves"]) == (4, {(1, "available"): -4})


def test_an_unmerge_of_a_day_before_the_expiry_carries_it_home_too() -> None:
    life = merged_until_it_expired()
    assert kinds(part(life, "2026-03-20")) == [
        *["ExpiryUndone", "MergeUndone", "MemberRestored", "PointsExpired"]
    ]
    balances = [life.balance(day, "n")["available"] for day in ("2026-03-20", "2026-04-02")]
    assert balances == [10, 0]


def test_an_expiry_that_was_undone_does_not_go_home() -> None:
    """Activity of a day when the points were good has prolonged them."""
    life = merged_until_it_expired(IDLE)
    life.buy(1, "2026-04-01")
    undone = life.model.facts("m", "ExpiryUndone")
    assert [fact["points_restored"] for fact in undone] == [10]
    parted, restored = part(life)
    assert (parted["points_sent"], restored["moves"]) == (10, {(1, "available"): 10})
    assert life.model.lot("n", 1)["expires_on"] == date("2026-05-01")


def test_what_had_expired_before_the_merge_stays_where_it_is() -> None:
    life = Life(MONTH)
    life.second()
    life.buy(10, "2026-03-01", member="n", purchase_id="p")
    life.tell(MergeMembers, "2026-04-05", other="n")
    assert kinds(part(life)) == ["MergeUndone", "MemberRestored"]
    undone, _ = life.tell(ReturnPurchase, "2026-04-11", member="n", purchase_id="p")
    assert undone["points_restored"] == 10


def test_an_expiry_goes_home_through_two_merges() -> None:
    life = Life(MONTH)
    life.second()
    life.say(EnrolMember(member="o", occurred_at=noon("2024-03-01")))
    life.buy(10, "2026-03-01", member="o", purchase_id="p")
    life.tell(MergeMembers, "2026-03-02", member="n", other="o")
    life.tell(MergeMembers, "2026-03-03", other="n")
    life.expire("2026-04-01", "2026-04-05")
    part(life)
    life.tell(UnmergeMembers, "2026-04-11", member="n", other="o")
    expired = life.model.facts("o", "PointsExpired")
    assert [(fact["points_expired"], fact["lapsed_on"]) for fact in expired] == [
        (10, date("2026-04-01"))
    ]


def test_what_comes_back_after_a_second_merge_opens_a_lot_of_its_own() -> None:
    """The lot that it went on as in the first merge is no part of it any more."""
    life = merged_until_it_expired()
    part(life)
    life.tell(MergeMembers, "2026-04-11", other="n")
    undone, returned = life.tell(ReturnPurchase, "2026-04-12", purchase_id="p")
    (lot,) = undone["lots"]
    assert (lot["lot"], lot["from_member"], lot["from_lot"]) == (3, "n", 1)
    assert returned["moves"] == {(3, "available"): -10}


def test_an_adjustment_that_was_undone_on_the_survivor_settles_the_merge() -> None:
    """Else it could be undone once more after they are apart."""
    life = Life()
    life.second()
    life.award(10, "2026-03-01", member="n")
    life.adjust(-4, "2026-03-01", member="n")
    name = life.last
    life.tell(MergeMembers, "2026-03-02", other="n")
    life.undo(name, "2026-03-03")
    with refused("merge_settled"):
        part(life)


def test_what_goes_back_to_a_lot_that_did_not_come_along_opens_one_with_its_days_by_now() -> None:
    """The lot of `o` went on in `n`, was prolonged there and empty when `n` became part of `m`."""
    life = Life()
    life.second()
    life.say(EnrolMember(member="o", occurred_at=noon("2024-03-01")))
    life.award(10, "2026-03-01", member="o", expires_on="2026-06-30")
    life.redeem(4, "2026-03-01", member="o")
    redemption = life.last
    life.tell(MergeMembers, "2026-03-02", member="n", other="o")
    said = {"operator": "wei", "reason": "sorry", "expires_on": date("2026-12-31")}
    life.tell(ExtendLots, "2026-03-02", member="n", **said)
    life.redeem(6, "2026-03-02", member="n")
    life.tell(MergeMembers, "2026-03-03", other="n")
    (first,) = life.tell(ReverseRedemption, "2026-03-04", redemption=redemption, points=1)
    (lot,) = first["lots"]
    assert (lot["from_member"], lot["from_lot"], lot["expires_on"]) == (
        *("n", 1),
        date("2026-12-31"),
    )
    (second,) = life.tell(ReverseRedemption, "2026-03-04", redemption=redemption, points=1)
    assert (second["lots"], second["moves"]) == ([], {(1, "available"): 1})


def test_an_undoing_on_the_survivor_gives_back_lots_and_repaid_debt_apart() -> None:
    life = Life()
    life.second()
    life.award(10, "2026-03-01", member="n")
    life.adjust(-15, "2026-03-01", member="n", may_owe=True)
    name = life.last
    life.tell(MergeMembers, "2026-03-02", other="n")
    life.award(5, "2026-03-03")
    (undone,) = life.undo(name, "2026-03-04")
    assert undone["moves"] == {(2, "available"): 10, (3, "available"): 5}
