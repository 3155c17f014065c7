"""Holding points, and how a hold ends (RULES 12; docs/life.md, Spending and Lapsed holds)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    HoldClosed,
    HoldLapsed,
    HoldsOpen,
    InsufficientPoints,
    LimitExceeded,
    NotInPurse,
    UnknownHold,
)
from schemas.commands import (
    CloseMember,
    LeavePurse,
    RedeemReward,
    ReleaseHold,
    WithdrawFromPurse,
)
from schemas.events import (
    ExpiryUndone,
    HoldReleased,
    LotsExtended,
    PointsExpired,
    PointsHeld,
    PointsRedeemed,
)
from tests.scenario import (
    BASIC,
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    capture,
    day,
    enrolled,
    entry,
    expire,
    extend,
    gift,
    given,
    hold,
    in_order,
    instant,
    merge,
    one,
    pay_in,
    purse,
    recorded,
    redeem,
    undo,
    wrote,
)

LAST, AFTER = "2026-06-30", "2026-07-01"
TEN, ELEVEN, NOON = "2026-03-01 10:00", "2026-03-01 11:00", "2026-03-01 12:00"


def release(*, at=TEN, name="h-1", **said):
    return ask(ReleaseHold, at=at, hold=name, **said)


TWO_LOTS = (enrolled(), awarded(100, expires_on="2026-12-31"), awarded(50, expires_on=LAST))


def holding_60(*, minutes=60, program=BASIC):
    """50 until June and 10 until December, from ten to eleven o'clock of 1 March."""
    return given(*TWO_LOTS, hold(60, at=TEN, minutes=minutes), program=program)


# -- holding -------------------------------------------------------------------------------------


def test_a_hold_moves_points_from_available_to_held_in_spending_order():
    """RULES 7 and 12: the lots are named."""
    holding_60().then(
        in_order(PointsHeld),
        wrote(PointsHeld, points_held=60, available={2: -50, 1: -10}, held={2: 50, 1: 10}),
    ).left({1: 90}, held={2: 50, 1: 10})


@pytest.mark.parametrize(
    ("asked", "setting", "until"),
    [
        (None, "", "2026-03-02 10:00"),
        (None, "hold_minutes = 90\n", "2026-03-01 11:30"),
        (30, "hold_minutes = 90\n", "2026-03-01 10:30"),
    ],
)
def test_a_hold_lasts_as_it_says_else_as_the_program_says(asked, setting, until):
    """life.md, hold_minutes: a day unless told otherwise."""
    scenario = given(*TWO_LOTS, program=setting + BASIC).when(hold(60, at=TEN, minutes=asked))
    scenario.then(wrote(PointsHeld, lapses_at=instant(until)))


def test_held_points_can_not_be_spent_a_second_time():
    """RULES 12."""
    scenario = holding_60()
    scenario.when(redeem(91, at=TEN)).then_refused(InsufficientPoints, asked=91, available=90)
    scenario.when(hold(91, at=TEN, name="h-2")).then_refused(InsufficientPoints, available=90)
    scenario.when(hold(90, at=TEN, name="h-2")).then().left({}, held={1: 100, 2: 50})


# -- capturing -----------------------------------------------------------------------------------


def test_a_hold_that_is_captured_whole_is_a_redemption_of_its_lots():
    """RULES 12: whatever could be spent by then."""
    scenario = holding_60().and_then(awarded(9, expires_on="2026-03-31", at=TEN))
    scenario.when(capture(at="2026-03-01 10:59")).then(
        in_order(PointsRedeemed),
        wrote(PointsRedeemed, points_redeemed=60, held={2: -50, 1: -10}, hold="h-1"),
    )
    scenario.left({1: 90, 3: 9})


def test_of_a_hold_that_is_captured_in_part_the_rest_is_released():
    """life.md Capture: in the order they were held, so 45 of June; 5 of June and 10 go back."""
    holding_60().when(capture(45, at=TEN)).then(
        in_order(PointsRedeemed, HoldReleased),
        wrote(PointsRedeemed, points_redeemed=45, held={2: -45}),
        wrote(
            HoldReleased,
            release="captured",
            points_released=15,
            held={2: -5, 1: -10},
            available={2: 5, 1: 10},
        ),
    ).left({2: 5, 1: 100})


def test_a_captured_hold_says_where_and_for_what_it_was_held():
    """life.md Capture: till, receipt and reason are those of the hold."""
    said = {"partner": "cafe", "store": "s-1", "till": "t-1", "purchase_id": "p-7", "reason": "tea"}
    given(*TWO_LOTS, hold(60, at=TEN, **said)).when(capture(at=TEN)).then(
        wrote(PointsRedeemed, **said)
    )


def test_more_than_is_held_can_not_be_captured():
    """life.md Capture."""
    holding_60().when(capture(61, at=TEN)).then_refused(InsufficientPoints, asked=61, available=60)


@pytest.mark.parametrize("end", [capture, release])
def test_a_hold_that_is_not_there_is_refused(end):
    """life.md Capture, Release: also that of another source."""
    scenario = holding_60()
    scenario.when(end(at=TEN, name="h-9")).then_refused(UnknownHold, hold="h-9")
    scenario.when(end(at=TEN, hold_source="till")).then_refused(UnknownHold, hold="h-1")


@pytest.mark.parametrize("again", [capture, release])
@pytest.mark.parametrize(("first", "ended"), [(capture, "captured"), (release, "released")])
def test_a_hold_ends_once(first, ended, again):
    """life.md Capture, Release."""
    scenario = holding_60().and_then(first(at=TEN))
    scenario.when(again(at=TEN)).then_refused(HoldClosed, hold="h-1", ended=ended)


@pytest.mark.parametrize("end", [capture, release])
@pytest.mark.parametrize("recorded_lapse", [False, True])
def test_a_hold_that_has_lapsed_can_not_be_captured_or_released(end, recorded_lapse):
    """life.md: at its last instant or later, whether or not the lapse is recorded."""
    scenario = holding_60()
    if recorded_lapse:
        scenario.and_then(redeem(1, at=ELEVEN))
    lapses_at = instant(ELEVEN).isoformat()
    scenario.when(end(at=ELEVEN)).then_refused(HoldLapsed, hold="h-1", lapses_at=lapses_at)


# -- releasing -----------------------------------------------------------------------------------


def test_a_released_hold_gives_its_points_back_to_their_lots():
    """RULES 12."""
    holding_60().when(release(at="2026-03-01 10:59")).then(
        in_order(HoldReleased),
        wrote(
            HoldReleased,
            release="released",
            points_released=60,
            held={2: -50, 1: -10},
            available={2: 50, 1: 10},
        ),
    ).left({2: 50, 1: 100})


@pytest.mark.parametrize(("at", "lapses"), [(f"{LAST} 23:59", False), (f"{AFTER} 00:00", True)])
def test_what_is_released_after_its_lots_last_day_expires_at_once(at, lapses):
    """RULES 12: at the time of the release."""
    scenario = given(*TWO_LOTS, hold(60, at=LAST, minutes=10_000)).when(release(at=at))
    if not lapses:
        scenario.then(in_order(HoldReleased)).left({2: 50, 1: 100})
        return
    scenario.then(
        in_order(HoldReleased, PointsExpired),
        wrote(PointsExpired, at=at, points_expired=50, lapsed_on=day(LAST), available={2: -50}),
    ).left({1: 100})


def test_a_hold_across_the_last_day_can_be_captured_whole():
    """RULES 12: held points do not lapse."""
    scenario = given(*TWO_LOTS, hold(60, at=LAST, minutes=10_000), expire(LAST, at=AFTER))
    scenario.when(capture(at="2026-07-02")).then(
        in_order(PointsRedeemed), wrote(PointsRedeemed, held={2: -50, 1: -10})
    )
    scenario.left({1: 90})


def test_a_hold_across_the_last_day_that_is_captured_in_part_loses_what_has_lapsed():
    """RULES 12: of 50 from June 20 are spent and 30 expire; the 10 of December are free."""
    scenario = given(*TWO_LOTS, hold(60, at=LAST, minutes=10_000))
    scenario.when(capture(20, at="2026-07-02")).then(
        in_order(PointsRedeemed, HoldReleased, PointsExpired),
        wrote(PointsExpired, points_expired=30, at="2026-07-02", lapsed_on=day(LAST)),
    )
    scenario.left({1: 100})


def test_lots_live_on_by_a_capture_after_the_rest_is_released():
    """life.md Capture: what lives on by activity comes last."""
    program = BASIC + '[expiry]\npolicy = "inactivity"\nmonths = 6\n'
    scenario = given(enrolled(), awarded(100), hold(60, at=TEN), program=program)
    scenario.when(capture(20, at=TEN)).then(in_order(PointsRedeemed, HoldReleased, LotsExtended))
    scenario.left({1: 80}, ends={1: "2026-09-01"})


def test_a_lot_that_was_extended_meanwhile_takes_its_points_back():
    """RULES 12: its last day is the one that it has at the release."""
    scenario = given(
        *TWO_LOTS, hold(60, at=LAST, minutes=10_000), extend("2026-08-31", at=LAST, lots=(2,))
    )
    scenario.when(release(at="2026-07-02")).then(in_order(HoldReleased)).left({2: 50, 1: 100})


# -- lapsing -------------------------------------------------------------------------------------


def test_a_lapsed_hold_is_released_before_points_are_taken_at_the_time_it_lapsed():
    """life.md, Lapsed holds."""
    holding_60().when(redeem(150, at=ELEVEN)).then(
        in_order(HoldReleased, PointsRedeemed),
        wrote(HoldReleased, release="lapsed", at=ELEVEN, points_released=60, hold="h-1"),
    ).left({})


def test_a_hold_is_not_released_before_it_lapses():
    """life.md, Lapsed holds."""
    holding_60().when(redeem(90, at="2026-03-01 10:59")).then(in_order(PointsRedeemed))


def test_a_hold_lapses_by_the_clock_even_for_a_command_of_an_earlier_time():
    """life.md, Lapsed holds: ten past ten, told at noon."""
    holding_60().when(recorded(redeem(150, at="2026-03-01 10:10"), on=NOON)).then(
        in_order(HoldReleased, PointsRedeemed), wrote(HoldReleased, at=ELEVEN)
    )


def test_the_hold_that_lapsed_first_is_released_first():
    """life.md, Lapsed holds."""
    scenario = given(
        *TWO_LOTS, hold(5, at=TEN, minutes=60), hold(6, at=TEN, minutes=30, name="h-2")
    )
    scenario.when(redeem(1, at=NOON)).then(
        in_order(HoldReleased, HoldReleased, PointsRedeemed),
        wrote(HoldReleased, nth=0, hold="h-2", at="2026-03-01 10:30"),
        wrote(HoldReleased, nth=1, hold="h-1", at=ELEVEN),
    )


def test_points_of_a_lapsed_hold_whose_lot_is_past_its_last_day_expire_at_the_lapse():
    """RULES 12: the hold lapsed on 7 July, is seen on the 20th."""
    scenario = given(*TWO_LOTS, hold(60, at=LAST, minutes=7 * 1440))
    scenario.when(redeem(1, at="2026-07-20")).then(
        in_order(HoldReleased, PointsExpired, PointsRedeemed),
        wrote(PointsExpired, at="2026-07-07", points_expired=50, lapsed_on=day(LAST)),
    )
    scenario.left({1: 99})


PROGRAM = BASIC + entry("reward", id="mug", points=30)
TAKES = {
    "redeem": redeem(1, at=NOON),
    "redeem reward": ask(RedeemReward, reward="mug", at=NOON),
    "hold": hold(1, at=NOON, name="h-2"),
    "capture": capture(at=NOON, name="h-3"),
    "return": brought_back(at=NOON),
    "gift": gift(1, at=NOON),
    "pay in": pay_in(1, at=NOON),
    "adjust": adjust(-1, at=NOON),
    "undo": undo(at=NOON),
    "close": ask(CloseMember, reason="left", forfeit=True, at=NOON),
    "merge": merge(at=NOON, member="m-002", other="m-001"),
    "expire": expire("2026-03-01", at="2026-03-02"),
}


@pytest.mark.parametrize("name", TAKES)
def test_every_command_that_takes_points_releases_lapsed_holds_first(name):
    """life.md, Lapsed holds."""
    scenario = given(
        enrolled("m-001", "m-002"),
        awarded(100),
        bought(1_000),
        adjust(1, request_id="a-1"),
        purse(),
        hold(60, at=TEN, minutes=60),
        program=PROGRAM,
    )
    if name == "capture":
        scenario.and_then(hold(1, at=TEN, name="h-3", minutes=1000))
    scenario.when(TAKES[name]).then()
    released = scenario.events[0]
    assert isinstance(released, HoldReleased)
    assert (released.hold, released.release) == ("h-1", "lapsed")


@pytest.mark.parametrize("kind", [WithdrawFromPurse, LeavePurse])
def test_taking_points_out_of_a_purse_releases_its_lapsed_holds_first(kind):
    """life.md, Lapsed holds."""
    on_hold = hold(60, at=TEN, minutes=60, member="purse:home", spender="m-001")
    scenario = given(enrolled(), awarded(100), purse(), pay_in(60), on_hold)
    points = {} if kind is LeavePurse else {"points": 60}
    scenario.when(purse(kind, at=NOON, **points)).then()
    assert isinstance(scenario.events[0], HoldReleased)
    scenario.left({}, of="purse:home").left({1: 40, 2: 60})


@pytest.mark.parametrize(
    "command",
    [awarded(1, at=NOON), bought(100, at=NOON), adjust(1, at=NOON), extend("2026-12-30", at=NOON)],
)
def test_a_command_that_takes_no_points_leaves_lapsed_holds_alone(command):
    """life.md, Lapsed holds: only before a command that takes points."""
    scenario = holding_60().when(command).then()
    assert not [event for event in scenario.events if isinstance(event, HoldReleased)]


@pytest.mark.parametrize(
    "command", [ask(CloseMember, reason="left", forfeit=True, at=TEN), merge(at=TEN)]
)
def test_an_account_with_a_hold_that_has_not_lapsed_can_not_end(command):
    """life.md, Close and Merge."""
    scenario = holding_60().and_then(enrolled("m-002"))
    scenario.when(command).then_refused(HoldsOpen, member="m-001", holds="h-1")


# -- a capture that is told after the lapse ------------------------------------------------------


def late_capture(points=None):
    return recorded(capture(points, at="2026-03-01 10:59"), on="2026-03-02")


def test_a_capture_from_before_a_lapse_that_was_recorded_takes_the_same_points():
    """life.md Capture: out of the same lots; nothing more is released then."""
    scenario = holding_60().and_then(redeem(1, at=NOON))
    scenario.when(late_capture(55)).then(
        in_order(PointsRedeemed),
        wrote(PointsRedeemed, points_redeemed=55, available={2: -49, 1: -6}, hold="h-1"),
    )
    scenario.left({1: 94})


def test_a_late_capture_takes_what_expired_since_as_well():
    """life.md Capture: whatever their days; 50 of June expired on 1 July after the lapse."""
    scenario = given(*TWO_LOTS, hold(60, at=LAST, minutes=60), expire(LAST, at=AFTER))
    told = recorded(capture(at=f"{LAST} 10:30"), on="2026-07-02")
    scenario.when(told).then(
        in_order(ExpiryUndone, PointsRedeemed),
        wrote(ExpiryUndone, points_restored=50, at=f"{AFTER} 00:00"),
        wrote(PointsRedeemed, available={2: -50, 1: -10}),
    )
    scenario.left({1: 90})


def test_a_late_capture_of_points_that_are_not_there_any_more_is_refused():
    """life.md Capture: of 60 held, 10 are left in the second lot."""
    scenario = holding_60().and_then(redeem(140, at=NOON))
    scenario.when(late_capture()).then_refused(InsufficientPoints, asked=60, available=10)
    scenario.when(late_capture(10)).then(wrote(PointsRedeemed, available={1: -10}))


def test_a_late_capture_is_captured_once():
    """life.md Capture."""
    scenario = holding_60().and_then(redeem(1, at=NOON), late_capture(10))
    scenario.when(late_capture(10)).then_refused(HoldClosed, hold="h-1", ended="captured")


# -- limits and purses ---------------------------------------------------------------------------

LIMITED = BASIC + "[limits]\nredemptions_per_day = 2\nredeem_points_per_day = 100\n"


def test_a_hold_counts_as_a_redemption_on_its_day():
    """life.md Hold: of 100 points 60, and one of two redemptions."""
    scenario = holding_60(program=LIMITED)
    scenario.when(redeem(41, at=TEN)).then_refused(
        LimitExceeded, limit="redeem_points_per_day", most=100, used=60, asked=41
    )
    scenario.and_then(redeem(1, at=TEN))
    scenario.when(hold(1, at=TEN, name="h-2")).then_refused(
        LimitExceeded, limit="redemptions_per_day", most=2, used=2, asked=1
    )


def test_what_is_released_of_a_hold_counts_back():
    """life.md Hold: points and the redemption, or of a part captured the points alone."""
    whole = holding_60(program=LIMITED).and_then(release(at=TEN), redeem(1, at=TEN))
    whole.when(redeem(99, at=TEN)).then()
    part = holding_60(program=LIMITED).and_then(capture(20, at=TEN), redeem(80, at=TEN))
    part.when(redeem(1, at=TEN)).then_refused(LimitExceeded, limit="redemptions_per_day")


def test_a_hold_on_a_purse_names_a_spender_who_is_in_it():
    """life.md Purse."""
    scenario = given(enrolled("m-001", "m-002"), awarded(100), purse(), pay_in(60))
    home = {"member": "purse:home", "at": TEN}
    scenario.when(hold(60, spender="m-002", **home)).then_refused(
        NotInPurse, purse="purse:home", member="m-002"
    )
    scenario.when(hold(60, **home)).then_refused(NotInPurse, member="")
    scenario.and_then(hold(60, spender="m-001", **home))
    scenario.when(capture(50, **home)).then(wrote(PointsRedeemed, spender="m-001"))
    assert one(scenario.events, HoldReleased).points_released == 10
    scenario.left({1: 10}, of="purse:home")
