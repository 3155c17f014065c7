"""Making two members of one again (docs/life.md, Unmerge)."""

from __future__ import annotations

import pytest

from ledger.errors import BeforeItsCause, MergeSettled, UnknownPurchase
from schemas.commands import ReleaseHold, UndoAdjustment, UnmergeMembers
from schemas.events import (
    MemberRestored,
    MergeUndone,
    PointsRedeemed,
    ReturnRecorded,
    TierChanged,
)
from tests.scenario import (
    BASIC,
    LADDER,
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    enrolled,
    expire,
    extend,
    gift,
    given,
    hold,
    in_order,
    merge,
    no_tier_change,
    pay_in,
    purse,
    redeem,
    reverse,
    tier_reached,
    wrote,
)

TWO = {"member": "m-002"}
FEB, MARCH, APRIL = "2026-02-01", "2026-03-01", "2026-04-01"
LAST, AFTER = "2026-06-30", "2026-07-01"


def two(*steps, program=BASIC):
    return given(enrolled("m-001", "m-002"), *steps, program=program)


def unmerge(*, at=APRIL, **said):
    return ask(UnmergeMembers, at=at, other="m-002", **said)


def changes(scenario):
    return [
        (event.tier_from, event.tier_to, event.cause)
        for event in scenario.events
        if isinstance(event, TierChanged)
    ]


def test_what_came_goes_back_to_the_lots_where_it_was():
    """life.md Unmerge: the member keeps their own; the other can spend again."""
    steps = (awarded(7), awarded(30, expires_on=LAST, **TWO), redeem(4, **TWO), awarded(10, **TWO))
    scenario = two(*steps, merge(at=MARCH)).left({1: 7, 2: 26, 3: 10})
    scenario.when(unmerge(reason="two persons")).then(
        in_order(MergeUndone, MemberRestored),
        wrote(MergeUndone, other="m-002", points_sent=36, available={2: -26, 3: -10}),
        wrote(MemberRestored, other="m-001", points_received=36, available={1: 26, 2: 10}),
        wrote(MergeUndone, reason="two persons"),
    )
    scenario.left({1: 7}).left({1: 26, 2: 10}, of="m-002", ends={1: LAST, 2: "never"})
    scenario.when(redeem(30, at=APRIL, **TWO)).then(
        wrote(PointsRedeemed, available={1: -26, 2: -4})
    )


def test_lots_go_back_with_the_days_that_they_have_now():
    """life.md Unmerge: one of the two was extended."""
    steps = (awarded(10, expires_on=LAST, **TWO), awarded(20, expires_on=LAST, **TWO))
    scenario = two(*steps, merge(at=FEB), extend("2026-12-31", at=FEB, lots=(2,)))
    ends = {1: LAST, 2: "2026-12-31"}
    scenario.when(unmerge()).left({}).left({1: 10, 2: 20}, of="m-002", ends=ends)


def test_the_days_are_taken_off_again():
    """life.md Unmerge: 600.00 are left on the member, so 400.00 more are needed for silver."""
    steps = (bought(60_000, at=FEB), bought(30_000, at=FEB, purchase_id="b", **TWO))
    scenario = two(*steps, merge(at=MARCH), unmerge(), program=LADDER)
    scenario.when(bought(39_999, at=APRIL, purchase_id="c")).then(no_tier_change)
    scenario.when(bought(1, at=APRIL, purchase_id="d")).then(
        tier_reached("silver", measured=100_000)
    )
    scenario.when(bought(70_000, at=APRIL, purchase_id="e", **TWO)).then(
        tier_reached("silver", measured=100_000)
    )


def test_a_tier_that_the_merge_gave_is_taken_back():
    """life.md Unmerge: silver that came along."""
    scenario = two(bought(100_000, at=FEB, **TWO), merge(at=MARCH), program=LADDER)
    assert scenario.account.tier == "silver"
    scenario.when(unmerge()).then(in_order(MergeUndone, TierChanged, MemberRestored))
    scenario.then(tier_reached("", tier_from="silver", cause="unmerge", measured=0, threshold=0))
    assert (scenario.account.tier, scenario.of("m-002").tier) == ("", "silver")


def test_a_tier_that_the_sum_reached_is_taken_back_too():
    """life.md Unmerge: one that no longer measures up, then the one that came along."""
    steps = (bought(90_000, at=FEB), bought(410_000, at=FEB, purchase_id="b", **TWO))
    scenario = two(*steps, merge(at=MARCH), program=LADDER).when(unmerge()).then()
    assert changes(scenario) == [("gold", "", "unmerge")]


def test_a_tier_of_the_members_own_is_kept():
    """life.md Unmerge."""
    steps = (bought(100_000, at=FEB), bought(10_000, at=FEB, purchase_id="b", **TWO))
    scenario = two(*steps, merge(at=MARCH), program=LADDER).when(unmerge()).then(no_tier_change)
    assert scenario.account.tier == "silver"


SETTLES = {
    "redeem": (redeem(1, at=MARCH),),
    "hold": (hold(1, at=MARCH), ask(ReleaseHold, hold="h-1", at=MARCH)),
    "gift": (gift(1, at=MARCH, to="m-003"),),
    "pay in": (purse(), pay_in(1, at=MARCH)),
    "return": (brought_back(100, at=MARCH),),
    "adjust below zero": (adjust(-1, at=MARCH),),
    "undo": (ask(UndoAdjustment, adjustment="a-2", operator="li", reason="test", at=MARCH),),
    "reverse": (reverse(1, at=MARCH),),
    "merge": (merge(other="m-003", at=MARCH),),
}
HARMLESS = {
    "award": (awarded(1, at=MARCH),),
    "purchase": (bought(100, at=MARCH, purchase_id="b"),),
    "adjust above zero": (adjust(1, at=MARCH),),
    "extend": (extend("2027-12-31", at=MARCH),),
    "expire": (expire(FEB, at=MARCH),),
}
SINCE = {**SETTLES, **HARMLESS}


@pytest.mark.parametrize("name", SINCE)
def test_a_merge_that_was_spent_from_since_can_not_be_undone(name):
    """life.md Unmerge."""
    scenario = two(
        enrolled("m-003"),
        awarded(50, expires_on="2026-12-31"),
        bought(1_000),
        redeem(5, request_id="s-1"),
        awarded(9, expires_on="2026-01-31", **TWO),
        adjust(-3, request_id="a-2", **TWO),
        merge(at="2026-01-02"),
        *SINCE[name],
    ).when(unmerge())
    if name in SETTLES:
        scenario.then_refused(MergeSettled, member="m-001", other="m-002")
    else:
        scenario.then(wrote(MergeUndone))


def test_a_merge_is_not_undone_before_it_happened():
    """life.md Unmerge: to the instant, since the ladder goes by them."""
    scenario = two(awarded(10, **TWO), merge(at="2026-03-01T10:00+08:00"))
    scenario.when(unmerge(at="2026-03-01T09:59+08:00")).then_refused(BeforeItsCause, cause="merge")
    scenario.when(unmerge(at="2026-03-01T10:00+08:00")).then(wrote(MergeUndone))


def test_a_merge_with_a_debt_that_came_along_can_not_be_undone():
    """life.md Unmerge: paid at once from the member's points, or owed since."""
    for own in (100, 5):
        scenario = two(awarded(own), adjust(-20, may_owe=True, **TWO), merge(at=MARCH))
        scenario.when(unmerge()).then_refused(MergeSettled, member="m-001", other="m-002")


def test_a_merge_that_repaid_a_debt_can_not_be_undone():
    """life.md Unmerge."""
    scenario = two(adjust(-5, may_owe=True), awarded(20, **TWO), merge(at=MARCH))
    scenario.when(unmerge()).then_refused(MergeSettled)


def test_purchases_belong_to_who_made_them_again():
    """life.md Unmerge: those made on the member since stay with the member."""
    since = bought(2_000, at=MARCH, purchase_id="b")
    scenario = two(bought(1_000, at=FEB, **TWO), merge(at=MARCH), since, unmerge())
    scenario.when(brought_back(at=APRIL)).then_refused(UnknownPurchase, purchase_id="p-1")
    scenario.when(brought_back(at=APRIL, **TWO)).then(wrote(ReturnRecorded, available={1: -10}))
    scenario.when(brought_back(at=APRIL, purchase_id="b")).then(
        wrote(ReturnRecorded, available={2: -20})
    )


def test_who_parts_takes_along_those_who_were_merged_into_them():
    """life.md Unmerge: a purchase of m-003 is m-002's again."""
    three = {"member": "m-003"}
    into_two = merge(other="m-003", at=FEB, **TWO)
    scenario = two(enrolled("m-003"), bought(1_000, at=FEB, **three), into_two, merge(at=MARCH))
    scenario.and_then(unmerge()).when(brought_back(at=APRIL)).then_refused(UnknownPurchase)
    scenario.when(brought_back(at=APRIL, **TWO)).then(wrote(ReturnRecorded, available={1: -10}))


def test_also_those_who_never_had_a_lot():
    """life.md Unmerge: a purchase of m-003 that earned nothing."""
    three = {"member": "m-003"}
    into_two = merge(other="m-003", at=FEB, **TWO)
    scenario = two(enrolled("m-003"), bought(99, at=FEB, **three), into_two, merge(at=MARCH))
    scenario.and_then(unmerge()).when(brought_back(at=APRIL)).then_refused(UnknownPurchase)
    scenario.when(brought_back(at=APRIL, **TWO)).then(wrote(ReturnRecorded, points_due=0))


def test_two_that_were_parted_can_be_merged_again():
    """life.md Merge: what they did in between counts; the lots get new numbers."""
    scenario = two(
        bought(1_000, at=FEB, **TWO), merge(at=MARCH), unmerge(), redeem(3, at=APRIL, **TWO)
    )
    scenario.when(merge(at=APRIL)).left({2: 7})
    scenario.when(brought_back(at=APRIL)).then(wrote(ReturnRecorded, available={2: -7}, debt=3))
