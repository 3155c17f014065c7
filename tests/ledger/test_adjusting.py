"""Corrections by hand and their undoing (RULES 15 and 31; docs/life.md, Earning)."""

from __future__ import annotations

import pytest

from ledger.errors import AlreadyUndone, InsufficientPoints, UnknownAdjustment
from schemas.errors import InvalidCommand
from schemas.events import (
    ExpiryUndone,
    LotsExtended,
    PointsAdjusted,
    PointsExpired,
)
from tests.scenario import (
    BASIC,
    adjust,
    awarded,
    bought,
    brought_back,
    day,
    enrolled,
    expire,
    given,
    in_order,
    pay_in,
    purse,
    redeem,
    undo,
    wrote,
)

MARCH, LATER, LAST, AFTER = "2026-03-01", "2026-03-05", "2026-06-30", "2026-07-01"
LAPSING = BASIC + '[expiry]\npolicy = "months"\nmonths = 1\n'
TWO_LOTS = (enrolled(), awarded(100, expires_on="2026-12-31"), awarded(50, expires_on=LAST))


# -- adjusting -----------------------------------------------------------------------------------


def test_points_that_are_added_open_a_lot_like_an_awards():
    """life.md Adjust: with the program's expiry; the event says who and why (RULES 31)."""
    given(enrolled(), program=LAPSING).when(adjust(30, at="2026-01-31")).then(
        in_order(PointsAdjusted),
        wrote(
            PointsAdjusted, points_adjusted=30, operator="li", reason="recount", available={1: 30}
        ),
    ).left({1: 30}, ends={1: "2026-02-28"})


def test_points_that_are_added_repay_debt_first():
    """RULES 15."""
    scenario = given(enrolled(), adjust(-20, may_owe=True)).when(adjust(30))
    scenario.then(wrote(PointsAdjusted, available={1: 10}, debt=-20)).left({1: 10})


def test_points_are_taken_in_spending_order():
    """life.md Adjust: 50 until June, 10 until December."""
    given(*TWO_LOTS).when(adjust(-60, at=MARCH)).then(
        in_order(PointsAdjusted),
        wrote(PointsAdjusted, points_adjusted=-60, available={2: -50, 1: -10}),
    )


@pytest.mark.parametrize(("at", "available"), [(MARCH, 150), (AFTER, 100)])
def test_more_than_can_be_spent_is_not_taken(at, available):
    """life.md Adjust: after June its 50 are no more."""
    given(*TWO_LOTS).when(adjust(-151, at=at)).then_refused(
        InsufficientPoints, asked=151, available=available
    )


def test_what_is_missing_can_be_owed_where_the_command_says_so():
    """life.md Adjust: `may_owe`."""
    given(*TWO_LOTS).when(adjust(-151, at=AFTER, may_owe=True)).then(
        wrote(PointsAdjusted, available={1: -100}, debt=51)
    ).left({2: 50}, debt=51)


def test_pending_points_are_not_taken():
    """RULES 6, life.md Adjust."""
    waiting = "available_after_days = 7\n" + BASIC
    scenario = given(enrolled(), bought(10_000, at=MARCH), program=waiting)
    scenario.when(adjust(-1, at="2026-03-07")).then_refused(InsufficientPoints, available=0)


def test_a_correction_may_take_points_of_one_who_owes():
    """life.md, Spendable: adjusting looks at the lots alone; 50 are there and 20 owed."""
    scenario = given(
        enrolled(),
        bought(10_000, at=MARCH),
        redeem(100, at="2026-03-08"),
        bought(5_000, at="2026-03-10", purchase_id="p-2"),
        brought_back(2_000, at="2026-03-12"),
        program="available_after_days = 7\n" + BASIC,
    ).left({2: 50}, debt=20)
    scenario.when(adjust(-50, at="2026-03-17")).then(wrote(PointsAdjusted, available={2: -50}))
    scenario.left({}, debt=20)


def test_nothing_is_not_a_correction():
    """AdjustPoints."""
    with pytest.raises(InvalidCommand):
        given(enrolled()).when(adjust(0))


@pytest.mark.parametrize("field", ["operator", "reason"])
def test_a_correction_without_who_or_why_is_invalid(field):
    """EASE 5."""
    with pytest.raises(InvalidCommand):
        given(enrolled()).when(type(adjust(1))(**{**_said(adjust(1)), field: ""}))


def _said(command):
    return {name: getattr(command, name) for name in command.__struct_fields__}


def test_a_purse_can_be_corrected():
    """life.md Always 2."""
    scenario = given(enrolled(), awarded(100), purse(), pay_in(60))
    scenario.when(adjust(-20, member="purse:home")).then().left({1: 40}, of="purse:home")
    scenario.when(adjust(5, member="purse:home", request_id="a-1")).then()
    scenario.when(undo(member="purse:home")).then().left({1: 40}, of="purse:home").left({1: 40})


# -- undoing one below zero ----------------------------------------------------------------------


def test_undoing_gives_what_was_taken_back_to_its_lots():
    """life.md Undo: the new event names what it corrects, who and why (RULES 31)."""
    scenario = given(*TWO_LOTS, adjust(-60, at=MARCH, request_id="a-1", source="desk"))
    scenario.when(undo(at=LATER, adjustment_source="desk")).then(
        in_order(PointsAdjusted),
        wrote(
            PointsAdjusted,
            points_adjusted=60,
            corrects="a-1",
            corrects_source="desk",
            operator="wang",
            reason="wrong",
            lots=(),
            available={2: 50, 1: 10},
        ),
    )
    scenario.left({1: 100, 2: 50}, ends={1: "2026-12-31", 2: LAST})
    first, second = [e for e in scenario.histories["m-001"] if isinstance(e, PointsAdjusted)]
    assert (first.points_adjusted, first.corrects, first.operator) == (-60, "", "li")
    assert second.points_adjusted == 60


def test_what_is_past_its_last_day_expires_at_once_as_with_a_reversal():
    """life.md Undo, RULES 13."""
    scenario = given(*TWO_LOTS, adjust(-60, at=MARCH, request_id="a-1")).when(undo(at=AFTER))
    scenario.then(
        in_order(PointsAdjusted, PointsExpired),
        wrote(PointsExpired, points_expired=50, lapsed_on=day(LAST), at=AFTER),
    ).left({1: 100})


def test_days_of_grace_hold_for_an_undoing_too():
    """life.md Undo: as when a redemption is reversed."""
    program = "reversal_grace_days = 10\n" + BASIC
    scenario = given(*TWO_LOTS, adjust(-60, at=MARCH, request_id="a-1"), program=program)
    scenario.when(undo(at=AFTER)).then(in_order(PointsAdjusted, LotsExtended))
    scenario.left({1: 100, 2: 50}, ends={2: "2026-07-11"})


def test_what_had_become_debt_is_a_debt_less():
    """life.md Undo: 150 taken and 30 owed."""
    scenario = given(*TWO_LOTS, adjust(-180, at=MARCH, may_owe=True, request_id="a-1"))
    scenario.left({}, debt=30).when(undo(at=LATER)).then(
        wrote(PointsAdjusted, points_adjusted=180, lots=(), available={2: 50, 1: 100}, debt=-30)
    )
    scenario.left({1: 100, 2: 50})


@pytest.mark.parametrize(
    ("repaid", "left", "debt", "own"), [(10, {}, -20, {4: 10}), (45, {3: 15}, 0, {4: 30})]
)
def test_what_of_that_debt_was_repaid_since_comes_as_a_lot_of_its_own(repaid, left, debt, own):
    """life.md Undo: of 30 owed an award of 10 or of 45 repaid 10 or all; good for a month."""
    scenario = given(
        *TWO_LOTS,
        adjust(-180, at=MARCH, may_owe=True, request_id="a-1"),
        awarded(repaid, at=MARCH),
        program=LAPSING,
    ).left(left, debt=-debt)
    scenario.when(undo(at=LATER)).then(
        wrote(PointsAdjusted, available={2: 50, 1: 100} | own, debt=debt)
    )
    scenario.left({1: 100, 2: 50} | left | own, ends={4: "2026-04-05"})


def test_what_goes_back_to_lots_repays_another_debt():
    """life.md Undo: 60 come back, 25 are owed for the other correction."""
    scenario = given(
        enrolled(),
        awarded(100),
        adjust(-60, request_id="a-1"),
        adjust(-65, may_owe=True, request_id="a-2"),
    ).left({}, debt=25)
    scenario.when(undo()).then(wrote(PointsAdjusted, available={1: 35}, debt=-25)).left({1: 35})


# -- undoing one above zero ----------------------------------------------------------------------


def test_undoing_takes_from_its_own_lot_first_then_in_spending_order():
    """life.md Undo: 20 of its 50 were spent, so 20 of June's."""
    scenario = given(
        enrolled(),
        adjust(50, request_id="a-1"),
        redeem(20),
        awarded(100, at=MARCH),
        awarded(60, expires_on=LAST, at=MARCH),
    )
    scenario.when(undo(at=LATER)).then(
        wrote(PointsAdjusted, points_adjusted=-50, corrects="a-1", available={1: -30, 3: -20})
    )
    scenario.left({2: 100, 3: 40})


@pytest.mark.parametrize("run", [True, False])
def test_undoing_takes_what_has_lapsed_of_its_own_lot(run):
    """life.md Undo: until 1 February, whether or not the run has come; nothing of the other lot."""
    steps = (adjust(50, request_id="a-1"), awarded(100, expires_on="2026-12-31"))
    scenario = given(enrolled(), *steps, program=LAPSING)
    if run:
        scenario.and_then(expire("2026-02-01", at="2026-02-02"))
    scenario.when(undo(at=MARCH)).then(
        in_order(*([ExpiryUndone] if run else []), PointsAdjusted),
        wrote(PointsAdjusted, available={1: -50}),
    )
    if run:
        scenario.then(wrote(ExpiryUndone, points_restored=50, at="2026-02-02 00:00"))
    scenario.left({2: 100})


def test_undoing_more_than_is_there_is_refused_or_owed():
    """life.md Undo: 30 of its own and 15 others are there of 50."""
    steps = (enrolled(), adjust(50, request_id="a-1"), redeem(20), awarded(15, at=MARCH))
    given(*steps).when(undo(at=MARCH)).then_refused(InsufficientPoints, asked=50, available=45)
    given(*steps).when(undo(at=MARCH, may_owe=True)).then(
        wrote(PointsAdjusted, available={1: -30, 2: -15}, debt=5)
    )


def test_undoing_looks_at_the_lots_alone_whatever_is_owed():
    """life.md, Spendable: 60 of the 10th became available, 20 of the 5th are owed."""
    scenario = given(
        enrolled(),
        adjust(50, at=MARCH, request_id="a-1"),
        redeem(50, at=MARCH),
        awarded(60, at="2026-03-10"),
        adjust(-20, at=LATER, may_owe=True),
    ).left({2: 60}, debt=20)
    scenario.when(undo(at="2026-03-11")).then(wrote(PointsAdjusted, available={2: -50}))
    scenario.left({2: 10}, debt=20)


# -- refused -------------------------------------------------------------------------------------


def test_what_is_no_adjustment_can_not_be_undone():
    """life.md Undo: nothing of the name, of another source, a redemption, another's."""
    scenario = given(
        enrolled("m-001", "m-002"),
        awarded(100),
        adjust(5, request_id="a-1"),
        redeem(5, request_id="s-1"),
    )
    for asked in (
        undo(of="a-9"),
        undo(adjustment_source="desk"),
        undo(of="s-1"),
        undo(member="m-002"),
    ):
        scenario.when(asked).then_refused(UnknownAdjustment, adjustment=asked.adjustment)


@pytest.mark.parametrize("points", [5, -5])
def test_an_adjustment_is_undone_once(points):
    """life.md Undo."""
    scenario = given(enrolled(), awarded(100), adjust(points, request_id="a-1"), undo())
    scenario.when(undo()).then_refused(AlreadyUndone, adjustment="a-1")


@pytest.mark.parametrize("points", [5, -5])
def test_an_undoing_can_not_be_undone(points):
    """life.md Undo."""
    steps = (awarded(100), adjust(points, request_id="a-1"), undo(request_id="u-1"))
    given(enrolled(), *steps).when(undo(of="u-1")).then_refused(UnknownAdjustment, adjustment="u-1")
