"""What a merged member had paid into a purse is the survivor's (docs/life.md, Purse, Unmerge)."""

from __future__ import annotations

import pytest

from ledger.errors import AccountMerged, InsufficientPoints, MergeSettled
from schemas.commands import JoinPurse, LeavePurse, UnmergeMembers, WithdrawFromPurse
from schemas.events import (
    ExpiryUndone,
    MemberAbsorbed,
    MergeUndone,
    PointsReceived,
    PointsSent,
    PurseLeft,
)
from tests.scenario import (
    ask,
    awarded,
    enrolled,
    expire,
    given,
    in_order,
    merge,
    pay_in,
    purse,
    recorded,
    redeem,
    reverse,
    wrote,
)

FEB, MARCH, APRIL, MAY = "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"
LAST, AFTER = "2026-06-30", "2026-07-01"
TWO, THREE = {"member": "m-002"}, {"member": "m-003"}
HOME = {"member": "purse:home"}


def join(**said):
    return purse(JoinPurse, **said)


def leave(*, at=APRIL, **said):
    return purse(LeavePurse, at=at, **said)


def withdraw(points, *, at=APRIL, **said):
    return purse(WithdrawFromPurse, points=points, at=at, **said)


def unmerge(*, at=MAY, other="m-002", **said):
    return ask(UnmergeMembers, at=at, other=other, **said)


def shared(*steps):
    """In the purse: 10 of m-001 (lot 1), 20 of m-002 until June (2), 30 of m-003 (3)."""
    return given(
        enrolled("m-001", "m-002", "m-003"),
        awarded(10),
        awarded(20, expires_on=LAST, **TWO),
        awarded(30, **THREE),
        purse(),
        join(**TWO),
        join(**THREE),
        pay_in(10),
        pay_in(20, **TWO),
        pay_in(30, **THREE),
        *steps,
    )


# -- withdrawing and leaving ---------------------------------------------------------------------


def test_a_survivor_withdraws_what_the_other_had_paid_in_in_spending_order():
    """life.md Purse: the 20 until June first, then 5 of the survivor's own."""
    scenario = shared(merge(at=MARCH)).when(withdraw(25))
    scenario.then(
        in_order(PointsSent, PointsReceived),
        wrote(PointsSent, other="m-001", purpose="purse", available={2: -20, 1: -5}),
        wrote(PointsReceived, other="purse:home", points_received=25, paid_in_by=("m-002",)),
    )
    scenario.left({1: 5, 3: 30}, of="purse:home")
    scenario.left({2: 20, 3: 5}, ends={2: LAST})


def test_no_more_than_both_had_paid_in():
    """life.md Purse: the 30 are of one who was not merged."""
    scenario = shared(merge(at=MARCH))
    scenario.when(withdraw(31)).then_refused(InsufficientPoints, asked=31, available=30)
    shared().when(withdraw(11)).then_refused(InsufficientPoints, asked=11, available=10)


def test_one_who_was_merged_withdraws_nothing():
    """life.md Always 3."""
    shared(merge(at=MARCH)).when(withdraw(1, **TWO)).then_refused(AccountMerged, into="m-001")


def test_a_survivor_need_not_have_been_in_the_purse():
    """life.md Purse: withdrawing is possible for one who has left."""
    scenario = given(enrolled("m-001", "m-002"), awarded(20, **TWO), purse(**TWO))
    scenario.and_then(pay_in(20, **TWO), merge(at=MARCH))
    scenario.when(withdraw(20)).then(wrote(PointsReceived, paid_in_by=("m-002",)))


def test_a_survivor_who_leaves_takes_both_along():
    """life.md Purse: after `PurseLeft`; the 30 stay."""
    scenario = shared(merge(at=MARCH)).when(leave())
    scenario.then(
        in_order(PurseLeft, PointsSent, PointsReceived),
        wrote(PurseLeft, leaver="m-001"),
        wrote(PointsSent, points_sent=30, available={2: -20, 1: -10}),
        wrote(PointsReceived, paid_in_by=("m-002",)),
    )
    scenario.left({3: 30}, of="purse:home")


def test_what_one_paid_in_oneself_names_nobody():
    """PointsReceived: `paid_in_by` are others."""
    scenario = shared(merge(at=MARCH), withdraw(20))
    scenario.when(withdraw(10)).then(wrote(PointsReceived, points_received=10, paid_in_by=()))


def test_points_that_came_back_by_a_reversal_are_the_survivors_too():
    """life.md Purse: a reversal goes back to the lots, so to those who paid in."""
    spent = redeem(60, at=FEB, request_id="s-1", spender="m-003", **HOME)
    scenario = shared(spent, merge(at=MARCH)).when(withdraw(1))
    scenario.then_refused(InsufficientPoints, available=0)
    scenario.and_then(reverse(at=MARCH, **HOME)).when(leave()).then(
        wrote(PointsSent, points_sent=30)
    )


def test_a_late_withdrawal_finds_what_has_expired_of_the_others_points():
    """life.md Late arrivals and expiry: of the 20 and the 10, not of the 30."""
    scenario = shared(merge(at=MARCH), expire(LAST, at=AFTER, **HOME)).left(
        {1: 10, 3: 30}, of="purse:home"
    )
    scenario.when(recorded(withdraw(31, at=LAST), on=AFTER)).then_refused(
        InsufficientPoints, available=30
    )
    scenario.when(recorded(withdraw(15, at=LAST), on=AFTER)).then(
        in_order(ExpiryUndone, PointsSent, PointsReceived),
        wrote(PointsSent, available={2: -15}),
        wrote(PointsReceived, paid_in_by=("m-002",)),
    )


def test_until_the_merge_is_undone():
    """life.md Purse: then each has their own again."""
    scenario = shared(merge(at=MARCH), unmerge(at=APRIL))
    scenario.when(withdraw(11, at=MAY)).then_refused(InsufficientPoints, available=10)
    scenario.when(withdraw(20, at=MAY, **TWO)).then(wrote(PointsReceived, paid_in_by=()))


# -- chains of merges ----------------------------------------------------------------------------


def chain():
    """m-003 into m-002 into m-001."""
    return shared(merge(other="m-003", at=FEB, **TWO), merge(at=MARCH))


def test_it_goes_through_chains_of_merges():
    """life.md Purse: the event says who had been merged into the other."""
    scenario = shared(merge(other="m-003", at=FEB, **TWO)).when(merge(at=MARCH))
    scenario.then(wrote(MemberAbsorbed, other="m-002", absorbed=("m-003",)))
    assert scenario.account.names == ("m-001", "m-002", "m-003")
    scenario.when(leave()).then(
        wrote(PointsSent, available={2: -20, 1: -10, 3: -30}),
        wrote(PointsReceived, paid_in_by=("m-002", "m-003")),
    )


def test_who_parts_takes_those_along_who_were_merged_into_them():
    """life.md Purse, Unmerge: 50 are m-002's, until m-003 is apart, too."""
    scenario = chain().and_then(unmerge(at=APRIL))
    assert scenario.account.names == ("m-001",)
    scenario.when(withdraw(11)).then_refused(InsufficientPoints, available=10)
    scenario.when(withdraw(51, **TWO)).then_refused(InsufficientPoints, available=50)
    scenario.and_then(unmerge(at=APRIL, other="m-003", **TWO))
    scenario.when(withdraw(21, **TWO)).then_refused(InsufficientPoints, available=20)


def test_one_who_parted_before_the_next_merge_does_not_come_along():
    """life.md Purse."""
    parted = unmerge(at=FEB, other="m-003", **TWO)
    scenario = shared(merge(other="m-003", at=FEB, **TWO), parted).when(merge(at=MARCH))
    scenario.then(wrote(MemberAbsorbed, absorbed=()))
    scenario.when(withdraw(31)).then_refused(InsufficientPoints, available=30)


# -- and the merge can't be undone after it ------------------------------------------------------


@pytest.mark.parametrize("take", [withdraw(1), leave()], ids=["withdraw", "leave"])
def test_a_merge_is_settled_when_the_others_points_were_taken_out(take):
    """life.md Unmerge: withdrew from a purse what the other had paid in."""
    scenario = shared(merge(at=MARCH), take).when(unmerge())
    scenario.then_refused(MergeSettled, member="m-001", other="m-002")


def test_taking_out_ones_own_settles_nothing():
    """life.md Unmerge: what the other had paid in has lapsed, so one's own 10 are taken."""
    scenario = shared(merge(at=MARCH)).when(leave(at=AFTER))
    scenario.then(wrote(PointsSent, available={1: -10}))
    scenario.when(unmerge(at=AFTER)).then(wrote(MergeUndone))


def test_a_withdrawal_settles_the_merge_of_those_who_had_paid_in_alone():
    """life.md Unmerge: m-002's 20 have lapsed, so what is taken is m-003's and one's own."""
    scenario = shared(merge(other="m-003", at=FEB), merge(at=MARCH))
    scenario.when(withdraw(40, at=AFTER)).then(wrote(PointsReceived, paid_in_by=("m-003",)))
    scenario.when(unmerge(at=AFTER)).then(wrote(MergeUndone, other="m-002"))


def test_what_one_further_down_the_chain_had_paid_in_settles_the_merge_with_the_chain():
    """life.md Unmerge: 20 of m-002 lapsed; of m-003's 30 one is taken, beside one's own 10."""
    scenario = chain().and_then(withdraw(11, at=AFTER)).when(unmerge(at=AFTER))
    scenario.then_refused(MergeSettled, other="m-002")
