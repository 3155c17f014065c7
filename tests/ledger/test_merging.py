"""Making two members one (RULES 25; docs/life.md, Merge)."""

from __future__ import annotations

import pytest

from ledger.errors import AccountMerged, HoldsOpen, InsufficientPoints
from schemas.errors import InvalidCommand
from schemas.events import (
    CountedDay,
    ExpiryUndone,
    LotOpened,
    MemberAbsorbed,
    MemberMerged,
    PointsAdjusted,
    PointsExpired,
    RedemptionReversed,
    ReturnRecorded,
    TierChanged,
)
from tests.scenario import (
    BASIC,
    LADDER,
    adjust,
    awarded,
    bought,
    brought_back,
    day,
    enrolled,
    entry,
    expire,
    given,
    hold,
    in_order,
    merge,
    no_tier_change,
    one,
    recorded,
    redeem,
    reverse,
    tier_reached,
    undo,
    wrote,
)

TWO = {"member": "m-002"}
FEB, MARCH, APRIL = "2026-02-01", "2026-03-01", "2026-04-01"
LAST, AFTER = "2026-06-30", "2026-07-01"


def two(*steps, program=BASIC):
    return given(enrolled("m-001", "m-002"), *steps, program=program)


def changes(scenario):
    return [
        (event.tier_from, event.tier_to, event.cause)
        for event in scenario.events
        if isinstance(event, TierChanged)
    ]


# -- points --------------------------------------------------------------------------------------


def test_every_lot_of_the_other_opens_one_with_its_days_in_the_order_of_their_numbers():
    """life.md Merge: the other's events come first; nothing is spent or made."""
    scenario = two(
        awarded(7),
        awarded(10, **TWO),
        awarded(20, **TWO),
        awarded(30, expires_on=LAST, **TWO),
        redeem(34, **TWO),
        awarded(30, expires_on=LAST, at=FEB, **TWO),
    ).left({1: 6, 2: 20, 4: 30}, of="m-002")
    scenario.when(merge(at=MARCH, reason="same person")).then(
        in_order(MemberMerged, MemberAbsorbed),
        wrote(MemberMerged, other="m-001", points_sent=56, available={1: -6, 2: -20, 4: -30}),
        wrote(MemberAbsorbed, other="m-002", points_received=56, reason="same person"),
        wrote(MemberAbsorbed, available={2: 6, 3: 20, 4: 30}),
    )
    first, feb, last = day("2026-01-01"), day(FEB), day(LAST)
    assert one(scenario.events, MemberAbsorbed).lots == (
        LotOpened(2, 6, first, first, None, 0, "m-002", 1),
        LotOpened(3, 20, first, first, None, 0, "m-002", 2),
        LotOpened(4, 30, feb, feb, last, 0, "m-002", 4),
    )
    scenario.left({1: 7, 2: 6, 3: 20, 4: 30}).left({}, of="m-002")


def test_pending_points_come_along_and_stay_pending():
    """life.md Merge: every available point, whatever its days."""
    program = "available_after_days = 7\n" + BASIC
    scenario = two(bought(1_000, at=MARCH, **TWO), program=program).when(merge(at=MARCH))
    (lot,) = scenario.account.lots
    assert (lot.available, str(lot.available_from)) == (10, "2026-03-08")


def test_what_has_lapsed_of_the_other_is_expired_first():
    """life.md Merge: and stays with the other."""
    scenario = two(awarded(10, expires_on=LAST, **TWO), awarded(20, **TWO)).when(merge(at=AFTER))
    scenario.then(
        in_order(PointsExpired, MemberMerged, MemberAbsorbed),
        wrote(PointsExpired, points_expired=10, at=f"{AFTER} 00:00"),
    )
    assert [name for name, _ in scenario.written] == ["m-002", "m-002", "m-001"]
    scenario.left({1: 20})


def test_the_members_own_debt_is_repaid_with_what_comes_first_in_spending_order():
    """life.md Merge: 40 owed; 30 until June, then 10 of the other 20."""
    scenario = two(
        adjust(-40, may_owe=True), awarded(20, **TWO), awarded(30, expires_on=LAST, **TWO)
    )
    scenario.when(merge(at=MARCH)).then(
        wrote(MemberAbsorbed, points_received=50, available={1: 10}, debt=-40)
    )
    scenario.left({1: 10})


@pytest.mark.parametrize(("owed", "left", "debt"), [(50, {1: 80}, 0), (140, {}, 10)])
def test_the_others_debt_is_taken_in_spending_order_and_the_rest_is_owed(owed, left, debt):
    """life.md Merge: from 30 until June, then from the 100."""
    scenario = two(awarded(100), awarded(30, expires_on=LAST), adjust(-owed, may_owe=True, **TWO))
    scenario.when(merge(at=MARCH)).then(
        wrote(MemberMerged, points_sent=-owed, debt=-owed),
        wrote(MemberAbsorbed, points_received=-owed),
    )
    scenario.left(left, debt=debt).left({}, of="m-002")


def test_both_debts_add_up():
    """RULES 29."""
    steps = (adjust(-10, may_owe=True), adjust(-5, may_owe=True, **TWO))
    two(*steps).when(merge()).left({}, debt=15).left({}, of="m-002")


@pytest.mark.parametrize("holder", ["m-001", "m-002"])
def test_neither_account_may_have_a_hold(holder):
    """life.md Merge."""
    steps = (awarded(5), awarded(5, **TWO), hold(5, member=holder))
    two(*steps).when(merge()).then_refused(HoldsOpen, member=holder, holds="h-1")


@pytest.mark.parametrize("other", ["m-001", "purse:home"])
def test_only_another_members_account_can_be_merged(other):
    """schemas/checking.py."""
    with pytest.raises(InvalidCommand):
        two().when(merge(other=other))


# -- the ladder ----------------------------------------------------------------------------------


def test_the_days_add_up_and_may_reach_a_tier_on_the_day_of_the_merge():
    """life.md Merge: 600.00 and 400.00 of the year; the event has each day's part."""
    scenario = two(
        bought(60_000, at=FEB),
        bought(10_000, at=FEB, purchase_id="b", **TWO),
        bought(30_000, at=MARCH, purchase_id="c", **TWO),
        program=LADDER,
    )
    scenario.when(merge(at=APRIL)).then(
        in_order(MemberMerged, MemberAbsorbed, TierChanged),
        wrote(
            MemberAbsorbed,
            days=(CountedDay(day(FEB), 10_000, 100, 1), CountedDay(day(MARCH), 30_000, 300, 1)),
        ),
        tier_reached("silver", cause="threshold", measured=100_000, occurred_on=day(APRIL)),
    )


def test_a_day_on_which_both_bought_is_one_visit():
    """life.md Merge: 2 days, not 3, do not reach 3."""
    program = BASIC + entry("tier", id="up", measure="visits", threshold="3")
    scenario = two(
        bought(100, at=FEB),
        bought(100, at=FEB, purchase_id="b", **TWO),
        bought(100, at=MARCH, purchase_id="c", **TWO),
        program=program,
    )
    scenario.when(merge(at=MARCH)).then(no_tier_change)
    scenario.when(bought(100, at=APRIL, purchase_id="d")).then(tier_reached("up", measured=3))


def test_the_better_card_is_kept_with_its_validity():
    """life.md Merge: silver of 2025, good until the end of 2026, on a member without a card."""
    silver = bought(100_000, at="2025-12-31", **TWO)
    scenario = given(
        enrolled("m-001", "m-002", at="2025-01-01T10:00+08:00"), silver, program=LADDER
    )
    scenario.when(merge(at=MARCH)).then(
        tier_reached(
            "silver",
            tier_from="",
            cause="merge",
            valid_until=day("2026-12-31"),
            measure="",
            measured=0,
            threshold=0,
        )
    )


def test_a_card_that_is_no_better_changes_nothing():
    """life.md Merge: silver into gold, silver into silver."""
    for spent in (500_000, 100_000):
        steps = (bought(spent, at=FEB), bought(100_000, at="2025-12-31", purchase_id="b", **TWO))
        two(*steps, program=LADDER).when(merge(at=MARCH)).then(no_tier_change)


def test_the_sum_can_reach_a_tier_above_the_better_card():
    """life.md Merge: silver comes along, but both together are gold at the same instant."""
    steps = (bought(90_000, at=FEB), bought(410_000, at=FEB, purchase_id="b", **TWO))
    scenario = two(*steps, program=LADDER).when(merge(at=MARCH)).then()
    assert changes(scenario) == [("", "gold", "threshold")]


# -- what the other did before -------------------------------------------------------------------


def test_a_purchase_of_the_other_is_returned_on_the_member_from_the_lot_that_came():
    """life.md Merge: 60 of 100 came, 40 come from the member's own."""
    scenario = two(
        awarded(500), bought(10_000, at=FEB, **TWO), redeem(40, at=FEB, **TWO), merge(at=MARCH)
    )
    scenario.when(brought_back(at=APRIL, **TWO)).then_refused(AccountMerged, into="m-001")
    scenario.when(brought_back(at=APRIL)).then(
        wrote(ReturnRecorded, points_due=100, purchased_on=day(FEB), available={2: -60, 1: -40})
    )


def test_its_goods_count_no_more_for_the_members_ladder():
    """life.md Merge, RULES 16: 600.00 and 400.00 made silver."""
    steps = (bought(60_000, at=FEB), bought(40_000, at=FEB, purchase_id="b", **TWO))
    scenario = two(*steps, merge(at=MARCH), program=LADDER)
    scenario.when(brought_back(purchase_id="b", at=APRIL)).then(
        tier_reached("", cause="return", measured=60_000)
    )


def test_a_card_that_came_with_the_merge_is_not_lowered_by_a_return():
    """life.md Returns 3: only one that was reached by a threshold."""
    scenario = two(bought(100_000, at=FEB, **TWO), merge(at=MARCH), program=LADDER)
    scenario.when(brought_back(at=APRIL)).then(no_tier_change)
    assert scenario.account.tier == "silver"


def test_what_expired_of_it_before_the_merge_is_not_taken_twice():
    """life.md Returns 2: of a lot that expired in an account merged since, it opens one here."""
    program = BASIC + '[expiry]\npolicy = "months"\nmonths = 1\n'
    steps = (awarded(500, expires_on="2026-12-31"), bought(10_000, at=FEB, **TWO))
    scenario = two(*steps, redeem(40, at=FEB, **TWO), program=program)
    scenario.and_then(expire(MARCH, at="2026-03-02", **TWO), merge(at="2026-03-03"))
    scenario.when(brought_back(at=APRIL)).then(
        in_order(ExpiryUndone, ReturnRecorded),
        wrote(ExpiryUndone, points_restored=60, at="2026-03-02 00:00", available={2: 60}),
        wrote(ReturnRecorded, available={2: -60, 1: -40}),
    )
    (opened,) = scenario.events[0].lots
    assert opened == LotOpened(2, 60, day(FEB), day(FEB), day(MARCH), 0, "m-002", 1)


def test_each_of_its_expiries_is_undone_into_the_lot_that_is_opened_the_latest_first():
    """life.md Returns 2: 60 of 2 March, and 40 that came back and expired on the 3rd."""
    program = BASIC + '[expiry]\npolicy = "months"\nmonths = 1\n'
    spent = redeem(40, at=FEB, request_id="s-1", **TWO)
    scenario = two(bought(10_000, at=FEB, **TWO), spent, program=program)
    scenario.and_then(expire(MARCH, at="2026-03-02", **TWO), reverse(at="2026-03-03", **TWO))
    scenario.and_then(merge(at="2026-03-04")).when(brought_back(at=APRIL))
    scenario.then(
        in_order(ExpiryUndone, ExpiryUndone, ReturnRecorded),
        wrote(ExpiryUndone, nth=0, points_restored=40, at="2026-03-03", available={1: 40}),
        wrote(ExpiryUndone, nth=1, points_restored=60, at="2026-03-02 00:00", available={1: 60}),
        wrote(ReturnRecorded, available={1: -100}),
    ).left({})


def test_an_adjustment_of_the_other_is_undone_on_the_member():
    """life.md Merge: 20 taken go back to the lot that came."""
    taken = adjust(-20, at=FEB, request_id="a-1", **TWO)
    scenario = two(awarded(100, **TWO), taken, merge(at=MARCH)).left({1: 80})
    scenario.when(undo(at=APRIL)).then(wrote(PointsAdjusted, available={1: 20}, corrects="a-1"))


def test_a_late_merge_looks_at_the_lots_as_they_are():
    """life.md Merge: what has expired before stays expired, and the debt is owed."""
    scenario = two(awarded(100, expires_on=LAST), adjust(-30, may_owe=True, **TWO))
    scenario.and_then(expire(LAST, at="2026-07-02"))
    scenario.when(recorded(merge(at=LAST), on="2026-07-03")).left({}, debt=30)


def test_a_redemption_of_the_other_goes_back_to_the_lot_that_came():
    """life.md Merge."""
    spent = redeem(40, at=FEB, request_id="s-1", **TWO)
    scenario = two(awarded(100, **TWO), spent, merge(at=MARCH)).left({1: 60})
    scenario.when(reverse(at=APRIL)).then(wrote(RedemptionReversed, available={1: 40}))


def test_points_of_a_lot_that_did_not_come_open_one_with_its_days_once():
    """life.md Merge: all 100 were spent in two redemptions; the second goes where the first did."""
    scenario = two(
        awarded(100, expires_on=LAST, **TWO),
        redeem(60, at=FEB, request_id="s-1", **TWO),
        redeem(40, at=FEB, request_id="s-2", **TWO),
        merge(at=MARCH),
    )
    scenario.when(reverse(20, at=APRIL, of="s-1"))
    assert one(scenario.events, RedemptionReversed).lots == (
        LotOpened(1, 20, day("2026-01-01"), day("2026-01-01"), day(LAST), 0, "m-002", 1),
    )
    scenario.when(reverse(at=APRIL, of="s-2")).then(
        wrote(RedemptionReversed, lots=(), available={1: 40})
    )
    scenario.left({1: 60}, ends={1: LAST})


def test_past_its_last_day_it_expires_at_once():
    """RULES 13."""
    spent = redeem(100, at=FEB, request_id="s-1", **TWO)
    scenario = two(awarded(100, expires_on=LAST, **TWO), spent, merge(at=MARCH))
    scenario.when(reverse(at=AFTER)).then(
        in_order(RedemptionReversed, PointsExpired), wrote(PointsExpired, points_expired=100)
    )
    scenario.left({})


def test_a_purchase_is_followed_through_two_merges():
    """life.md Merge: m-003 into m-002 into m-001; 30 were spent between."""
    three = {"member": "m-003"}
    scenario = two(
        enrolled("m-003"),
        awarded(500),
        bought(10_000, at=FEB, **three),
        merge(other="m-003", at=FEB, **TWO),
        redeem(30, at=FEB, **TWO),
        merge(at=MARCH),
    ).left({1: 500, 2: 70})
    scenario.when(brought_back(at=APRIL)).then(wrote(ReturnRecorded, available={2: -70, 1: -30}))


def test_what_expired_before_the_merge_stays_expired_for_late_spending():
    """life.md Merge: a reversal opens its lot here, with none of what had expired there."""
    scenario = given(
        enrolled("m-001", "m-002"),
        awarded(50, expires_on="2026-02-28"),
        awarded(70, expires_on="2026-02-28", **TWO),
        redeem(10, at=FEB, request_id="s-1", **TWO),
        expire("2026-02-28", at="2026-03-01", **TWO),
        merge(at="2026-03-01"),
        reverse(10, at=FEB),
        expire("2026-02-28", at="2026-03-02"),
    )
    late = scenario.when(redeem(61, at="2026-02-20", request_id="s-2"))
    late.then_refused(InsufficientPoints, available=60)
