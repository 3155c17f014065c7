"""Giving a redemption back into the lots that it came from (RULES 13; docs/life.md, Reverse)."""

from __future__ import annotations

import pytest

from ledger.errors import AlreadyReversed, UnknownRedemption
from schemas.commands import RedeemReward
from schemas.events import (
    LotExtended,
    LotsExtended,
    PointsExpired,
    RedemptionReversed,
)
from tests.scenario import (
    BASIC,
    adjust,
    ask,
    awarded,
    capture,
    day,
    enrolled,
    entry,
    expire,
    extend,
    given,
    hold,
    in_order,
    recorded,
    redeem,
    reverse,
    wrote,
)

LAST, AFTER = "2026-06-30", "2026-07-01"
MARCH = "2026-03-01"

TWO_LOTS = (enrolled(), awarded(100, expires_on="2026-12-31"), awarded(50, expires_on=LAST))


def spent(points=60, *, program=BASIC):
    """60 points are 50 until June and 10 until December."""
    return given(*TWO_LOTS, redeem(points, at=MARCH, request_id="s-1"), program=program)


def test_a_redemption_that_is_reversed_is_in_its_lots_again_with_their_own_days():
    """RULES 13: never as a new lot with a new life."""
    spent().when(reverse(at=MARCH)).then(
        in_order(RedemptionReversed),
        wrote(
            RedemptionReversed,
            redemption="s-1",
            points_reversed=60,
            lots=(),
            available={1: 10, 2: 50},
        ),
    ).left({1: 100, 2: 50}, ends={1: "2026-12-31", 2: LAST})


def test_what_was_taken_last_goes_back_first():
    """life.md Reverse: redeeming 60 and reversing 20 is redeeming 40."""
    spent().when(reverse(20, at=MARCH)).left({1: 100, 2: 10})
    spent(40).left({1: 100, 2: 10})


def test_partial_reversals_go_on_where_the_last_one_stopped_and_sum_to_the_whole():
    """RULES 13: 5, then 5 and 20, then the other 30."""
    scenario = spent()
    scenario.when(reverse(5, at=MARCH)).then(wrote(RedemptionReversed, available={1: 5}))
    scenario.when(reverse(25, at=MARCH)).then(wrote(RedemptionReversed, available={1: 5, 2: 20}))
    scenario.when(reverse(at=MARCH)).then(
        wrote(RedemptionReversed, points_reversed=30, available={2: 30})
    )
    scenario.left({1: 100, 2: 50})


@pytest.mark.parametrize(("back", "asked", "left"), [(None, 1, 0), (20, 41, 40), (60, 60, 0)])
def test_no_more_is_given_back_than_was_spent(back, asked, left):
    """RULES 13: reversible once."""
    scenario = spent().and_then(reverse(back, at=MARCH))
    scenario.when(reverse(asked, at=MARCH)).then_refused(
        AlreadyReversed, redemption="s-1", asked=asked, left=left
    )


def test_what_is_all_given_back_is_refused_without_a_number_too():
    """RULES 13."""
    spent().and_then(reverse(at=MARCH)).when(reverse(at=MARCH)).then_refused(
        AlreadyReversed, left=0
    )


def test_a_redemption_that_is_not_there_is_refused():
    """life.md Reverse: nor one of another source, nor what was no redemption."""
    scenario = spent().and_then(adjust(-1, at=MARCH, request_id="a-1"))
    for asked in (reverse(of="s-9"), reverse(redemption_source="till"), reverse(of="a-1")):
        scenario.when(asked).then_refused(UnknownRedemption, redemption=asked.redemption)


def test_a_redemption_of_another_source_is_found_under_it():
    """life.md: it goes by its request's source and id."""
    scenario = given(*TWO_LOTS, redeem(60, request_id="s-1", source="till-2"))
    scenario.when(reverse(redemption_source="till-2")).then(
        wrote(RedemptionReversed, redemption_source="till-2", redemption="s-1")
    )


# -- past the last day ---------------------------------------------------------------------------


def test_what_is_past_its_last_day_expires_at_once():
    """RULES 13: cancelling is no way round expiry; the 10 of December live on."""
    spent().when(reverse(at=f"{AFTER} 00:00")).then(
        in_order(RedemptionReversed, PointsExpired),
        wrote(RedemptionReversed, points_reversed=60),
        wrote(PointsExpired, points_expired=50, lapsed_on=day(LAST), at=f"{AFTER} 00:00"),
    ).left({1: 100})


def test_on_its_last_day_it_does_not():
    """RULES 8: the last good day is inclusive."""
    spent().when(reverse(at=f"{LAST} 23:59")).then(in_order(RedemptionReversed))


def test_a_reversal_from_before_the_last_day_that_is_told_later_is_left_to_the_run():
    """RULES 13: it was good on the day of the reversal."""
    scenario = spent().when(recorded(reverse(at=LAST), on="2026-07-05"))
    scenario.then(in_order(RedemptionReversed)).left({1: 100, 2: 50})
    scenario.when(expire(LAST, at="2026-07-06")).then(wrote(PointsExpired, points_expired=50))


def test_after_the_run_what_comes_back_expires_by_itself():
    """RULES 13: the run took 20, the 30 that were spent come and go."""
    scenario = spent(30).and_then(expire(LAST, at="2026-07-02")).left({1: 100})
    scenario.when(reverse(at="2026-07-05")).then(
        in_order(RedemptionReversed, PointsExpired), wrote(PointsExpired, points_expired=30)
    )
    scenario.left({1: 100})


def test_a_lot_that_was_extended_takes_its_points_back_with_its_new_end():
    """RULES 9 and 13."""
    scenario = spent(30).and_then(extend("2026-12-30", at=LAST, lots=(2,)))
    scenario.when(reverse(at="2026-08-01")).then(in_order(RedemptionReversed))
    scenario.left({1: 100, 2: 50}, ends={2: "2026-12-30"})


# -- with days of grace --------------------------------------------------------------------------

GRACE = "reversal_grace_days = 10\n" + BASIC


def test_with_days_of_grace_the_lapsed_lots_live_so_many_days_from_the_reversal():
    """RULES 13, reversal_grace_days: the other lot keeps its end."""
    spent(program=GRACE).when(reverse(at="2026-07-05")).then(
        in_order(RedemptionReversed, LotsExtended),
        wrote(
            LotsExtended,
            why="reversal_grace",
            extended=(LotExtended(2, day(LAST), day("2026-07-15")),),
        ),
    ).left({1: 100, 2: 50}, ends={1: "2026-12-31", 2: "2026-07-15"})


def test_grace_is_not_for_what_else_was_in_the_lot():
    """life.md Reverse: the 20 that had lapsed are expired first, as the run would."""
    spent(30, program=GRACE).when(reverse(at="2026-07-05")).then(
        in_order(PointsExpired, RedemptionReversed, LotsExtended),
        wrote(PointsExpired, points_expired=20, at=f"{AFTER} 00:00", lapsed_on=day(LAST)),
    ).left({1: 100, 2: 30}, ends={2: "2026-07-15"})


def test_points_in_grace_can_be_spent_until_its_last_day_and_lapse_then():
    """RULES 8."""
    scenario = spent(50, program=GRACE).and_then(reverse(at="2026-07-05"))
    scenario.when(redeem(20, at="2026-07-15 23:59")).then().left({1: 100, 2: 30})
    scenario.when(expire("2026-07-15", at="2026-07-16")).then(
        wrote(PointsExpired, points_expired=30, lapsed_on=day("2026-07-15"))
    )


def test_a_lot_within_its_life_gets_no_grace():
    """RULES 13: it would only be shortened by it."""
    spent(program=GRACE).when(reverse(at=LAST)).then(in_order(RedemptionReversed))


# -- debt ----------------------------------------------------------------------------------------


def test_what_comes_back_repays_debt_first():
    """RULES 15: 150 spent, 70 owed; the 50 of June repay, then 20 of December's 100."""
    scenario = spent(150).and_then(adjust(-70, at=MARCH, may_owe=True))
    scenario.when(reverse(at=MARCH)).then(
        wrote(RedemptionReversed, points_reversed=150, available={1: 80}, debt=-70)
    )
    scenario.left({1: 80})


def test_what_expires_at_once_repays_nothing():
    """life.md Reverse: the 70 come from December's 100."""
    scenario = spent(150).and_then(adjust(-70, at=MARCH, may_owe=True))
    scenario.when(reverse(at=AFTER)).then(
        in_order(RedemptionReversed, PointsExpired),
        wrote(RedemptionReversed, available={2: 50, 1: 30}, debt=-70),
        wrote(PointsExpired, points_expired=50),
    )
    scenario.left({1: 30})


def test_points_in_grace_repay_debt():
    """life.md Reverse: they do not expire at once; 50 of June, then 20."""
    scenario = spent(150, program=GRACE).and_then(adjust(-70, at=MARCH, may_owe=True))
    scenario.when(reverse(at=AFTER)).left({1: 80})


# -- other kinds of redemption -------------------------------------------------------------------


def test_a_capture_is_reversed_under_the_captures_name():
    """RULES 13: its points come back as available, not as held."""
    scenario = given(*TWO_LOTS, hold(60, at=MARCH), capture(55, at=MARCH, request_id="c-1"))
    scenario.when(reverse(of="h-1", at=MARCH)).then_refused(UnknownRedemption)
    scenario.when(reverse(of="c-1", at=MARCH)).then(
        wrote(RedemptionReversed, available={2: 50, 1: 5})
    )
    scenario.left({1: 100, 2: 50})


def test_a_reward_is_reversed_like_any_redemption():
    """RULES 13."""
    program = BASIC + entry("reward", id="mug", points=30)
    mugs = ask(RedeemReward, reward="mug", quantity=2, request_id="s-1")
    scenario = given(*TWO_LOTS, mugs, program=program).left({1: 90})
    scenario.when(reverse(30)).left({1: 100, 2: 20})


def test_redemptions_are_reversed_each_into_its_own_lots():
    """RULES 13: the first took 40 of June, the second 10 of June and 20 of December."""
    scenario = given(
        *TWO_LOTS, redeem(40, at=MARCH, request_id="s-1"), redeem(30, at=MARCH, request_id="s-2")
    )
    scenario.when(reverse(of="s-1", at=MARCH)).left({1: 80, 2: 40})
    scenario.when(reverse(of="s-2", at=MARCH)).left({1: 100, 2: 50})
