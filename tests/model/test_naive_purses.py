"""The naive model's purses, held against examples worked by hand."""

from __future__ import annotations

from schemas.commands import (
    CloseMember,
    EnrolMember,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    PayIntoPurse,
    UnmergeMembers,
    WithdrawFromPurse,
)
from tests.model.naive_rules import Fact
from tests.model.story import Life, date, kinds, noon, refused


def test_a_purse_is_paid_into_spent_from_and_left_with_ones_own_points() -> None:
    life = Life()
    life.second()
    life.award(10, "2026-03-01")
    life.award(10, "2026-03-01", member="n")
    opened, joined = life.tell(OpenPurse, "2026-03-01", purse="home")
    assert kinds([opened, joined]) == ["PurseOpened", "PurseJoined"]
    with refused("not_in_purse"):
        life.tell(PayIntoPurse, "2026-03-01", member="n", purse="home", points=4)
    life.tell(JoinPurse, "2026-03-01", member="n", purse="home")
    life.tell(PayIntoPurse, "2026-03-01", member="n", purse="home", points=4)
    life.tell(PayIntoPurse, "2026-03-01", purse="home", points=6)
    with refused("not_in_purse"):
        life.redeem(1, "2026-03-01", member="purse:home")
    (spent,) = life.redeem(5, "2026-03-01", member="purse:home", spender="n")
    assert spent["moves"] == {(1, "available"): -4, (2, "available"): -1}
    with refused("insufficient_points"):
        life.tell(WithdrawFromPurse, "2026-03-01", member="n", purse="home", points=1)
    left, sent, received = life.tell(LeavePurse, "2026-03-01", purse="home")
    assert kinds([left, sent, received]) == ["PurseLeft", "PointsSent", "PointsReceived"]
    assert (sent["member"], received["member"], sent["points_sent"]) == ("purse:home", "m", 5)


# -- the purse of one who was merged --------------------------------------------------------------


def shared_then_merged() -> Life:
    """`n` has paid 4 points into the purse and `m` 6; `n` is a part of `m` since."""
    life = Life()
    life.second()
    life.award(10, "2026-03-01")
    life.award(10, "2026-03-01", member="n", expires_on="2026-12-31")
    life.tell(OpenPurse, "2026-03-01", purse="home")
    life.tell(JoinPurse, "2026-03-01", member="n", purse="home")
    life.tell(PayIntoPurse, "2026-03-01", purse="home", points=6)
    life.tell(PayIntoPurse, "2026-03-01", member="n", purse="home", points=4)
    life.tell(MergeMembers, "2026-03-02", other="n")
    return life


def withdraw(life: Life, points: int, member: str = "m") -> list[Fact]:
    return life.tell(WithdrawFromPurse, "2026-03-03", member=member, purse="home", points=points)


def part(life: Life, day: str) -> list[Fact]:
    return life.tell(UnmergeMembers, day, other="n")


def test_the_survivor_withdraws_what_both_paid_in_in_spending_order() -> None:
    life = shared_then_merged()
    with refused("insufficient_points"):
        withdraw(life, 11)
    sent, received = withdraw(life, 5)
    assert sent["moves"] == {(2, "available"): -4, (1, "available"): -1}
    assert [lot["expires_on"] for lot in received["lots"]] == [date("2026-12-31"), None]


def test_the_survivor_leaves_with_what_both_paid_in() -> None:
    life = shared_then_merged()
    left, sent, _ = life.tell(LeavePurse, "2026-03-03", purse="home")
    assert (left["leaver"], sent["points_sent"]) == ("m", 10)


def test_a_merge_is_settled_by_withdrawing_what_the_other_paid_in() -> None:
    life = shared_then_merged()
    withdraw(life, 1)
    with refused("merge_settled"):
        part(life, "2026-03-04")


def test_a_merge_is_settled_by_leaving_with_what_the_other_paid_in() -> None:
    life = shared_then_merged()
    life.tell(LeavePurse, "2026-03-03", purse="home")
    with refused("merge_settled"):
        part(life, "2026-03-04")


def test_a_merge_is_not_settled_by_withdrawing_ones_own_points() -> None:
    life = shared_then_merged()
    life.redeem(4, "2026-03-02", member="purse:home", spender="m")
    withdraw(life, 6)
    assert kinds(part(life, "2026-03-04")) == ["MergeUndone", "MemberRestored"]


def test_once_they_are_apart_each_withdraws_ones_own_points_again() -> None:
    life = shared_then_merged()
    part(life, "2026-03-03")
    with refused("insufficient_points"):
        withdraw(life, 7)
    assert withdraw(life, 6)[0]["moves"] == {(1, "available"): -6}
    assert withdraw(life, 4, member="n")[0]["moves"] == {(2, "available"): -4}


def test_what_one_who_was_merged_twice_paid_in_counts_through_both() -> None:
    life = shared_then_merged()
    life.say(EnrolMember(member="o", occurred_at=noon("2024-03-01")))
    life.tell(MergeMembers, "2026-03-03", member="o", other="m")
    assert withdraw(life, 10, member="o")[0]["points_sent"] == 10
    with refused("merge_settled"):
        life.tell(UnmergeMembers, "2026-03-04", member="o", other="m")


def test_what_one_who_closes_the_account_paid_in_stays_for_the_others() -> None:
    life = Life()
    life.second()
    life.award(4, "2026-03-01", member="n")
    life.tell(OpenPurse, "2026-03-01", purse="home")
    life.tell(JoinPurse, "2026-03-01", member="n", purse="home")
    life.tell(PayIntoPurse, "2026-03-01", member="n", purse="home", points=4)
    assert kinds(life.tell(CloseMember, "2026-03-02", member="n", reason="moves")) == [
        "MemberClosed"
    ]
    with refused("account_closed"):
        withdraw(life, 4, member="n")
    with refused("insufficient_points"):
        withdraw(life, 4)
    assert kinds(life.redeem(4, "2026-03-03", member="purse:home", spender="m")) == [
        "PointsRedeemed"
    ]
