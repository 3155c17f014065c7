"""The most of something in a day or a month (docs/program.md `[limits]`; docs/life.md)."""

from __future__ import annotations

import pytest

from ledger.errors import InsufficientPoints, LimitExceeded
from schemas.commands import RedeemReward
from schemas.events import PurchaseRecorded
from tests.scenario import (
    BASIC,
    HEAD,
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    earned_points,
    enrolled,
    entry,
    gift,
    given,
    hold,
    merge,
    pay_in,
    purse,
    recorded,
    redeem,
    reverse,
    wrote,
)

TODAY, TOMORROW, LAST_OF_MONTH, NEXT_MONTH = "2026-03-01", "2026-03-02", "2026-03-31", "2026-04-01"


def limits(**most):
    return "".join(["[limits]\n", *(f"{name} = {value}\n" for name, value in most.items())])


def limited(*steps, **most):
    """Two members, the first with a thousand points, under one limit."""
    start = (enrolled("m-001", "m-002"), awarded(1_000))
    return given(*start, *steps, program=BASIC + limits(**most))


def buy(receipt, *, at=TODAY, yuan=1, **said):
    return bought(yuan * 100, at=at, purchase_id=receipt, **said)


# -- earnings ------------------------------------------------------------------------------------


def test_a_purchase_beyond_the_days_earnings_is_refused_by_the_limits_name():
    """life.md Purchase: two a day."""
    scenario = limited(buy("a"), buy("b"), earnings_per_day=2)
    scenario.when(buy("c")).then_refused(
        LimitExceeded, limit="earnings_per_day", most=2, used=2, asked=1
    )
    scenario.when(buy("c", at=TOMORROW)).then(earned_points(1))


def test_a_purchase_beyond_the_months_earnings_is_refused():
    """life.md Purchase: the calendar month of the business day."""
    scenario = limited(buy("a"), buy("b", at=LAST_OF_MONTH), earnings_per_month=2)
    scenario.when(buy("c", at="2026-03-15")).then_refused(
        LimitExceeded, limit="earnings_per_month", most=2, used=2
    )
    scenario.when(buy("c", at=NEXT_MONTH)).then(earned_points(1))


def test_the_day_is_that_of_the_purchase_whenever_it_is_told():
    """life.md Purchase: yesterday's second is told today."""
    scenario = limited(buy("a"), earnings_per_day=1)
    scenario.when(recorded(buy("b"), on=TOMORROW)).then_refused(LimitExceeded, used=1)
    scenario.when(buy("c", at=TOMORROW)).then()


def test_a_purchase_that_earns_nothing_is_neither_counted_nor_refused():
    """life.md Purchase: 0.99 earns no point."""
    free = bought(99, at=TODAY, purchase_id="free")
    scenario = limited(free, buy("a"), earnings_per_day=1)
    scenario.when(bought(99, at=TODAY, purchase_id="b")).then(
        wrote(PurchaseRecorded, points_earned=0)
    )
    scenario.when(buy("c")).then_refused(LimitExceeded)


def test_a_return_leaves_the_count_of_earnings():
    """life.md Returns: counts of earnings stay."""
    scenario = limited(buy("a"), brought_back(at=TODAY, purchase_id="a"), earnings_per_day=1)
    scenario.when(buy("b")).then_refused(LimitExceeded, used=1)


def test_every_member_has_limits_of_their_own():
    """program.md `[limits]`."""
    scenario = limited(buy("a"), earnings_per_day=1)
    scenario.when(buy("b", member="m-002")).then(earned_points(1))


# -- redemptions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "limit", "used", "asked"),
    [
        ({"redemptions_per_day": 2}, "redemptions_per_day", 2, 1),
        ({"redemptions_per_month": 2}, "redemptions_per_month", 2, 1),
        ({"redeem_points_per_day": 100}, "redeem_points_per_day", 70, 31),
        ({"redeem_points_per_month": 100}, "redeem_points_per_month", 70, 31),
    ],
)
def test_redemptions_and_their_points_are_limited_by_the_day_and_the_month(
    most, limit, used, asked
):
    """RULES 11: 40 and 30 were spent, and 31 more are asked for."""
    bound = next(iter(most.values()))
    scenario = limited(redeem(40, at=TODAY), redeem(30, at=TODAY), **most)
    scenario.when(redeem(31, at=TODAY)).then_refused(
        LimitExceeded, limit=limit, most=bound, used=used, asked=asked
    )
    scenario.when(redeem(31, at=TOMORROW if "day" in limit else NEXT_MONTH)).then()


@pytest.mark.parametrize("points", [30, 100])
def test_a_limit_can_be_used_up_to_the_last_point(points):
    """program.md `[limits]`: the most, not less than it."""
    steps = (redeem(100 - points, at=TODAY),) if points < 100 else ()
    limited(*steps, redeem_points_per_day=100).when(redeem(points, at=TODAY)).then()


@pytest.mark.parametrize(
    ("most", "name"),
    [
        (("redemptions_per_day", "redemptions_per_month"), "redemptions_per_day"),
        (("redeem_points_per_day", "redemptions_per_month"), "redemptions_per_month"),
        (("redeem_points_per_month", "redeem_points_per_day"), "redeem_points_per_day"),
    ],
)
def test_redemptions_come_before_points_and_the_day_before_the_month(most, name):
    """life.md Redeem: of several limits that are over the first is named."""
    scenario = limited(redeem(1, at=TODAY), **dict.fromkeys(most, 1))
    scenario.when(redeem(5_000, at=TODAY)).then_refused(LimitExceeded, limit=name)


def test_a_limit_comes_before_what_is_available():
    """life.md Redeem: the order of checks."""
    scenario = limited(redeem_points_per_day=100)
    scenario.when(redeem(1_001, at=TODAY)).then_refused(LimitExceeded)
    limited(redeem_points_per_day=2_000).when(redeem(1_001, at=TODAY)).then_refused(
        InsufficientPoints
    )


def test_a_reversal_does_not_count_back():
    """program.md `[limits]`: what an account may do; it was done."""
    scenario = limited(
        redeem(100, at=TODAY, request_id="s-1"), reverse(at=TODAY), redeem_points_per_day=100
    )
    scenario.when(redeem(1, at=TODAY)).then_refused(LimitExceeded, used=100)


def test_rewards_count_as_redemptions_of_their_points():
    """life.md Redeem a reward."""
    program = BASIC + limits(redeem_points_per_day=100) + entry("reward", id="mug", points=30)
    mugs = ask(RedeemReward, reward="mug", quantity=3, at=TODAY)
    scenario = given(enrolled(), awarded(1_000), mugs, program=program)
    scenario.when(ask(RedeemReward, reward="mug", at=TODAY)).then_refused(
        LimitExceeded, limit="redeem_points_per_day", used=90, asked=30
    )


def test_a_lapsed_hold_counts_back_before_the_limit_is_looked_at():
    """life.md, Lapsed holds: it was one of one redemption of the day."""
    scenario = limited(hold(10, at="2026-03-01 10:00", minutes=60), redemptions_per_day=1)
    scenario.when(redeem(10, at="2026-03-01 10:59")).then_refused(LimitExceeded)
    scenario.when(redeem(10, at="2026-03-01 11:00")).then()


def test_corrections_and_gifts_are_not_redemptions():
    """program.md `[limits]`."""
    steps = (adjust(-10, at=TODAY), gift(10, at=TODAY))
    limited(*steps, redemptions_per_day=1, redeem_points_per_day=5).when(redeem(5, at=TODAY)).then()


# -- gifts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "limit", "used", "asked"),
    [
        ({"gifts_per_day": 2}, "gifts_per_day", 2, 1),
        ({"gifts_per_month": 2}, "gifts_per_month", 2, 1),
        ({"gift_points_per_day": 100}, "gift_points_per_day", 70, 31),
        ({"gift_points_per_month": 100}, "gift_points_per_month", 70, 31),
    ],
)
def test_gifts_and_their_points_are_limited_for_the_giver(most, limit, used, asked):
    """life.md Gift: 40 and 30 were given."""
    scenario = limited(gift(40, at=TODAY), gift(30, at=TODAY), **most)
    scenario.when(gift(31, at=TODAY)).then_refused(
        LimitExceeded, limit=limit, most=next(iter(most.values())), used=used, asked=asked
    )
    scenario.when(gift(31, at=TOMORROW if "day" in limit else NEXT_MONTH)).then()
    scenario.when(gift(1, at=TODAY, member="m-002", to="m-001")).then()


def test_paying_into_a_purse_is_no_gift():
    """life.md Purse."""
    limited(purse(), pay_in(10, at=TODAY), gift_points_per_day=5).when(gift(5, at=TODAY)).then()


def test_spending_from_a_purse_counts_for_the_purse():
    """life.md Purse: not for who spends."""
    scenario = limited(purse(), pay_in(100), redemptions_per_day=1)
    home = {"member": "purse:home", "spender": "m-001", "at": TODAY}
    scenario.when(redeem(10, **home)).then()
    scenario.when(redeem(10, **home)).then_refused(
        LimitExceeded, limit="redemptions_per_day", used=1
    )
    scenario.when(redeem(10, at=TODAY)).then()


# -- versions ------------------------------------------------------------------------------------


def test_limits_count_only_what_happened_under_versions_that_name_them():
    """program.md 6: caps and limits; 80 of before do not count, 80 of since do."""
    scenario = given(enrolled(), awarded(1_000), redeem(80, at=TODAY))
    scenario.under(BASIC + limits(redeem_points_per_day=100)).and_then(redeem(80, at=TODAY))
    scenario.under(BASIC + limits(redeem_points_per_day=120)).when(
        redeem(41, at=TODAY)
    ).then_refused(LimitExceeded, most=120, used=80, asked=41)
    scenario.when(redeem(40, at=TODAY)).then()


def test_at_a_merge_what_both_have_done_adds_up():
    """life.md Merge: one redemption of each that day are the two of the limit."""
    mine = (awarded(50, member="m-002"), redeem(1, at=TODAY), redeem(1, at=TODAY, member="m-002"))
    scenario = limited(*mine, merge(at=TODAY), redemptions_per_day=2)
    scenario.when(redeem(1, at=TODAY)).then_refused(LimitExceeded, used=2)


def test_limits_in_points_have_the_programs_decimals():
    """program.md: 1.25 points are 125 units."""
    program = "points_decimals = 2\n" + HEAD + limits(redeem_points_per_day='"1.25"')
    scenario = given(enrolled(), awarded(1_000), program=program)
    scenario.when(redeem(126, at=TODAY)).then_refused(LimitExceeded, most=125)
    scenario.when(redeem(125, at=TODAY)).then()
