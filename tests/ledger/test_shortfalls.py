"""Returns of points that are not there any more, and of less than nothing (RULES 15; life.md)."""

from __future__ import annotations

import pytest

from schemas.events import (
    ExpiryUndone,
    PointsAwarded,
    PointsExpired,
    PurchaseRecorded,
    ReturnRecorded,
)
from tests.scenario import (
    BASIC,
    HEAD,
    adjust,
    awarded,
    bought,
    brought_back,
    enrolled,
    entry,
    expire,
    given,
    in_order,
    redeem,
    wrote,
)

MARCH, LATER = "2026-03-01", "2026-03-05"

PRICE = '[redemption]\npoints = 100\nmoney = "1.50"\n'


def program(policy):
    return f'on_shortfall = "{policy}"\n' + BASIC + PRICE


def spent(policy, *, left=0):
    """100 points of 1 March, all of them spent but `left`."""
    steps = (enrolled(), bought(10_000, at=MARCH), redeem(100 - left, at=MARCH))
    return given(*steps, program=program(policy))


def back(amount_minor=None, *, at=LATER):
    return brought_back(amount_minor, at=at)


# -- what is missing -----------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["", 'on_shortfall = "debt"\n'])
def test_what_is_missing_is_owed_unless_the_program_says_otherwise(setting):
    """RULES 15: 30 are left of 100; the balance is -70."""
    steps = (enrolled(), bought(10_000, at=MARCH), redeem(70, at=MARCH))
    scenario = given(*steps, program=setting + BASIC).when(back())
    scenario.then(
        wrote(
            ReturnRecorded,
            points_due=100,
            points_returned=100,
            points_forgiven=0,
            points_in_cash=0,
            cash_minor=0,
            available={1: -30},
            debt=70,
        )
    )
    assert scenario.left({}, debt=70).account.balance == -70


def test_what_is_missing_can_be_forgiven_and_is_recorded():
    """RULES 15: clamp."""
    spent("clamp", left=30).when(back()).then(
        wrote(
            ReturnRecorded,
            points_due=100,
            points_returned=30,
            points_forgiven=70,
            points_in_cash=0,
            available={1: -30},
        )
    ).left({})


def test_what_is_missing_can_be_kept_back_in_cash():
    """RULES 15: 70 points at 1.50 for a hundred are 1.05."""
    spent("cash", left=30).when(back()).then(
        wrote(
            ReturnRecorded,
            points_due=100,
            points_returned=30,
            points_forgiven=0,
            points_in_cash=70,
            cash_minor=105,
            available={1: -30},
        )
    ).left({})


def test_cash_is_rounded_up_over_all_that_the_purchase_has_in_cash():
    """life.md: 1, 2 and 5 points are 0.015, 0.03 and 0.075: 2 fen, 1 more, 5 more."""
    scenario = spent("cash")
    for yuan, points, cash in ((1, 1, 2), (1, 1, 1), (3, 3, 5)):
        scenario.when(back(100 * yuan)).then(
            wrote(ReturnRecorded, points_in_cash=points, cash_minor=cash)
        )


def test_the_policy_is_that_of_the_day_of_the_return():
    """RULES 1: the purchase was made under another one."""
    scenario = spent("debt").under(program("clamp"))
    scenario.when(back()).then(wrote(ReturnRecorded, points_forgiven=100)).left({})


def test_a_debt_never_expires_and_the_next_credits_repay_it_first():
    """RULES 15: 70 owed; 50 a year later, then 30 of which 10 are left."""
    scenario = spent("debt", left=30).and_then(back())
    scenario.when(expire("2027-03-31", at="2027-04-01")).then_nothing()
    scenario.when(bought(5_000, at="2027-04-01", purchase_id="p-2")).then(
        wrote(PurchaseRecorded, points_earned=50, debt=-50)
    )
    scenario.when(awarded(30, at="2027-04-01")).then(
        wrote(PointsAwarded, points_awarded=30, available={3: 10}, debt=-20)
    )
    scenario.left({3: 10})


def test_a_purchase_whose_points_repaid_a_debt_has_them_in_other_lots_or_owes_again():
    """RULES 15: its own lot was never filled; 20 of another are there."""
    scenario = given(
        enrolled(),
        adjust(-100, at=MARCH, may_owe=True),
        bought(10_000, at=MARCH),
        awarded(20, at=LATER),
        program=program("debt"),
    ).left({2: 20})
    scenario.when(back()).then(wrote(ReturnRecorded, available={2: -20}, debt=80))


# -- less than nothing ---------------------------------------------------------------------------

UNEVEN = (
    HEAD
    + entry("earn", id="base", points=1, per="1.00")
    + entry(
        "earn",
        id="middle",
        points=10,
        method="fixed",
        min_amount="50.00",
        stackable=False,
        priority=1,
    )
    + entry("earn", id="big", points=1, per="1.00", min_amount="90.00", stackable=False, priority=2)
    + PRICE
)
"""100.00 earn 100, 85.00 earn 10, 45.00 earn 45: 90 are due, then 35 come back, then 45 are due."""


def uneven(policy, *steps, more=""):
    text = f'on_shortfall = "{policy}"\n' + UNEVEN + more
    return given(enrolled(), bought(10_000, at=MARCH), *steps, program=text)


def test_when_less_kept_earns_more_points_come_back_into_the_purchases_lot():
    """RULES 14: earned(original) - earned(kept) is 90, 55, 100."""
    scenario = uneven("debt")
    scenario.when(back(1_500)).then(wrote(ReturnRecorded, points_due=90, available={1: -90}))
    scenario.when(back(4_000)).then(
        wrote(ReturnRecorded, points_due=-35, points_returned=-35, available={1: 35})
    )
    scenario.left({1: 45})
    scenario.when(back()).then(wrote(ReturnRecorded, points_due=45)).left({})


def test_they_repay_what_is_owed_first():
    """life.md, Below zero: like a reversal; all 100 were spent, so 90 were owed."""
    scenario = uneven("debt", redeem(100, at=MARCH), back(1_500)).left({}, debt=90)
    scenario.when(back(4_000)).then(wrote(ReturnRecorded, points_returned=-35, debt=-35))
    scenario.left({}, debt=55)


def test_first_less_is_forgiven():
    """life.md, Below zero: 70 of 90 were forgiven, now 35 less; in the end 80 of 100."""
    scenario = uneven("clamp", redeem(80, at=MARCH), back(1_500)).left({})
    scenario.when(back(4_000)).then(
        wrote(ReturnRecorded, points_due=-35, points_forgiven=-35, points_returned=0)
    )
    scenario.left({})
    scenario.when(back()).then(wrote(ReturnRecorded, points_due=45, points_forgiven=45))


def test_what_is_more_than_was_forgiven_comes_back_as_points():
    """life.md, Below zero: 20 of 90 were forgiven, 15 of 35 are points."""
    scenario = uneven("clamp", redeem(30, at=MARCH), back(1_500)).left({})
    scenario.when(back(4_000)).then(
        wrote(ReturnRecorded, points_forgiven=-20, points_returned=-15, available={1: 15})
    )


def test_then_less_is_kept_back_in_cash():
    """life.md, Below zero: 90 points are 1.35, 55 are 0.825, 100 are 1.50."""
    scenario = uneven("cash", redeem(100, at=MARCH))
    for asked, points, cash in ((back(1_500), 90, 135), (back(4_000), -35, -52), (back(), 45, 67)):
        scenario.when(asked).then(
            wrote(ReturnRecorded, points_due=points, points_in_cash=points, cash_minor=cash)
        )
    scenario.left({})


def test_of_points_forgiven_and_points_in_cash_the_forgiven_are_less_first():
    """life.md, Below zero: 5 were forgiven for 5.00, 85 are in cash since (1.28, then 0.83)."""
    scenario = uneven("clamp", redeem(100, at=MARCH), back(500))
    scenario.under('on_shortfall = "cash"\n' + UNEVEN).and_then(back(1_000))
    scenario.when(back(4_000)).then(
        wrote(
            ReturnRecorded,
            points_due=-35,
            points_forgiven=-5,
            points_in_cash=-30,
            cash_minor=-45,
            points_returned=0,
        )
    )


def test_points_that_come_back_past_their_last_day_expire_at_once():
    """RULES 13, life.md: of a lot of 1 April, on the 5th; 10 of it were expired before."""
    month = '[expiry]\npolicy = "months"\nmonths = 1\n'
    scenario = uneven("debt", back(1_500), expire("2026-04-01", at="2026-04-02"), more=month)
    scenario.when(back(4_000, at="2026-04-05")).then(
        in_order(ReturnRecorded, PointsExpired),
        wrote(ReturnRecorded, available={1: 35}),
        wrote(PointsExpired, points_expired=35, at="2026-04-05"),
    ).left({})
    scenario.when(back(at="2026-04-06")).then(
        in_order(ExpiryUndone, ExpiryUndone, ReturnRecorded),
        wrote(ExpiryUndone, nth=0, points_restored=35, at="2026-04-05"),
        wrote(ExpiryUndone, nth=1, points_restored=10, at="2026-04-02 00:00"),
        wrote(ReturnRecorded, points_due=45, available={1: -45}),
    ).left({})
