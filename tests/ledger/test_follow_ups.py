"""A follow-up comes after its cause (docs/life.md, Always 5)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.errors import (
    AlreadyReversed,
    AlreadyUndone,
    BeforeItsCause,
    HoldClosed,
    HoldLapsed,
    ReturnExceedsPurchase,
    UnknownAdjustment,
    UnknownHold,
    UnknownPurchase,
    UnknownRedemption,
)
from schemas.commands import ReleaseHold
from tests.scenario import (
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    capture,
    enrolled,
    expire,
    given,
    hold,
    merge,
    pay_in,
    purse,
    recorded,
    redeem,
    reverse,
    undo,
)

FEB, MARCH, APRIL = "2026-02-28", "2026-03-01", "2026-04-01"
DAYS_START, DAYS_END = "2026-03-01T00:00", "2026-03-01T23:59"
TWO = {"member": "m-002"}
HOME = {"member": "purse:home"}


def release(**said):
    return ask(ReleaseHold, hold="h-1", **said)


BOUGHT = bought(1_000, at=MARCH)
SPENT = redeem(10, at=MARCH, request_id="s-1")
HELD = hold(10, at=MARCH, minutes=100)
ADDED = adjust(10, at=MARCH, request_id="a-1")
TAKEN = adjust(-10, at=MARCH, request_id="a-1")
FOLLOW_UPS = {
    "return": (BOUGHT, brought_back, "purchase", "p-1"),
    "reversal": (SPENT, reverse, "redemption", "s-1"),
    "capture": (HELD, capture, "hold", "h-1"),
    "release": (HELD, release, "hold", "h-1"),
    "undoing": (ADDED, undo, "adjustment", "a-1"),
    "undoing of one below zero": (TAKEN, undo, "adjustment", "a-1"),
}
each_follow_up = pytest.mark.parametrize(
    ("before", "follow_up", "cause", "name"), FOLLOW_UPS.values(), ids=FOLLOW_UPS
)


@each_follow_up
def test_a_follow_up_is_not_of_a_day_before_what_it_names(before, follow_up, cause, name):
    """life.md Always 5: and nothing but another day helps."""
    scenario = given(enrolled(), awarded(100), before).when(follow_up(at=FEB))
    scenario.then_refused(
        BeforeItsCause, cause=cause, name=name, cause_on="2026-03-01", day="2026-02-28"
    )
    assert scenario.refusal is not None
    assert not scenario.refusal.retryable


@each_follow_up
def test_on_its_day_it_may_be_at_any_time(before, follow_up, cause, name):
    """life.md Always 5: days are compared, not instants; the cause was at ten."""
    given(enrolled(), awarded(100), before).when(follow_up(at=DAYS_START)).then()


def test_days_are_those_of_the_program():
    """RULES, Values: from the evening of 28 February on it is 1 March in Shanghai."""
    scenario = given(enrolled(), BOUGHT)
    scenario.when(brought_back(at="2026-02-28T15:59Z")).then_refused(BeforeItsCause)
    scenario.when(brought_back(at="2026-02-28T16:00Z")).then()


ENDED = {
    "all came back": (BOUGHT, brought_back, ReturnExceedsPurchase),
    "all reversed": (SPENT, reverse, AlreadyReversed),
    "captured": (HELD, capture, HoldClosed),
    "released": (HELD, release, HoldClosed),
    "undone": (ADDED, undo, AlreadyUndone),
}


@pytest.mark.parametrize(("before", "follow_up", "refusal"), ENDED.values(), ids=ENDED)
def test_the_day_comes_before_anything_else_about_what_is_named(before, follow_up, refusal):
    """life.md Always 5: also where it has been done before."""
    scenario = given(enrolled(), awarded(100), before, follow_up(at=MARCH))
    scenario.when(follow_up(at=FEB)).then_refused(BeforeItsCause)
    scenario.when(follow_up(at=MARCH)).then_refused(refusal)


def test_a_hold_that_lapsed_since_is_told_by_its_day_first():
    """life.md Always 5, Capture: released by the run on 2 March."""
    scenario = given(enrolled(), awarded(100), HELD, expire(MARCH, at="2026-03-02"))
    scenario.when(capture(at=FEB)).then_refused(BeforeItsCause)
    scenario.when(capture(at=DAYS_END)).then_refused(HoldLapsed)


NOT_THERE = {
    "return": (brought_back, UnknownPurchase),
    "reversal": (reverse, UnknownRedemption),
    "capture": (capture, UnknownHold),
    "release": (release, UnknownHold),
    "undoing": (undo, UnknownAdjustment),
}


@pytest.mark.parametrize(("follow_up", "refusal"), NOT_THERE.values(), ids=NOT_THERE)
def test_what_is_not_there_has_no_day(follow_up, refusal):
    """life.md Always 5: as soon as the thing named is found."""
    given(enrolled(), awarded(100)).when(follow_up(at=FEB)).then_refused(refusal)


def test_an_undoing_can_not_be_undone_whatever_the_day():
    """life.md Undo an adjustment: an undoing is no adjustment that is found."""
    undone = undo(at=MARCH, request_id="u-1")
    scenario = given(enrolled(), awarded(100), ADDED, undone)
    scenario.when(undo(of="u-1", at=FEB)).then_refused(UnknownAdjustment)


CAME_ALONG = {name: row for name, row in FOLLOW_UPS.items() if row[2] != "hold"}


@pytest.mark.parametrize(
    ("before", "follow_up", "cause", "name"), CAME_ALONG.values(), ids=CAME_ALONG
)
def test_what_came_along_with_a_merge_keeps_its_day(before, follow_up, cause, name):
    """life.md Always 5, Merge: the day of what is named counts, not that of the merge."""
    theirs = replace(before, **TWO)
    scenario = given(enrolled("m-001", "m-002"), awarded(100, **TWO), theirs, merge(at=APRIL))
    scenario.when(follow_up(at=FEB)).then_refused(
        BeforeItsCause, cause=cause, name=name, cause_on="2026-03-01", day="2026-02-28"
    )
    scenario.when(follow_up(at=MARCH)).then()


def test_a_follow_up_of_a_purse_comes_after_its_cause_too():
    """life.md Purse: it is spent from, held and reversed like a member's account."""
    spent = redeem(10, at=MARCH, request_id="s-1", spender="m-001", **HOME)
    scenario = given(enrolled(), awarded(100), purse(), pay_in(50), spent)
    scenario.when(reverse(at=FEB, **HOME)).then_refused(BeforeItsCause, cause="redemption")
    scenario.when(reverse(at=MARCH, **HOME)).then()


def test_when_it_is_recorded_makes_no_difference():
    """life.md Always 5: the purchase was told late, after the return's day."""
    scenario = given(enrolled(), recorded(BOUGHT, on=APRIL))
    scenario.when(recorded(brought_back(at=FEB), on=APRIL)).then_refused(BeforeItsCause)
    scenario.when(recorded(brought_back(at=MARCH), on=APRIL)).then()
