"""How points may be spent (RULES 11; docs/life.md, Redeem; docs/program.md `[redemption]`)."""

from __future__ import annotations

import pytest

from ledger.errors import BillNeeded, InsufficientPoints, LimitExceeded, RedemptionPolicy
from schemas.commands import CloseMember, FreezeMember
from schemas.events import PointsHeld, PointsRedeemed
from tests.scenario import (
    BASIC,
    adjust,
    awarded,
    bought,
    brought_back,
    capture,
    enrolled,
    gift,
    given,
    hold,
    instant,
    merge,
    redeem,
    wrote,
)

MARCH = "2026-03-01"
PRICE = 'points = 100\nmoney = "1.00"\n'


def policy(*lines):
    return BASIC + "[redemption]\n" + "".join(f"{line}\n" for line in lines)


def rich(*lines, more=""):
    """A member with 1000 points under redemption policies."""
    return given(enrolled("m-001", "m-002"), awarded(1_000), program=policy(*lines) + more)


BOTH = pytest.mark.parametrize("spend", [redeem, hold])


@BOTH
def test_a_redemption_or_a_hold_is_of_at_least_the_minimum(spend):
    """RULES 11: min_points."""
    scenario = rich("min_points = 100")
    scenario.when(spend(99, at=MARCH)).then_refused(
        RedemptionPolicy, policy="min_points", asked=99, bound=100
    )
    scenario.when(spend(100, at=MARCH)).then()


@BOTH
def test_it_is_in_whole_steps(spend):
    """RULES 11: step_points."""
    scenario = rich("step_points = 50")
    for points in (1, 49, 51, 149):
        scenario.when(spend(points, at=MARCH)).then_refused(
            RedemptionPolicy, policy="step_points", asked=points, bound=50
        )
    scenario.when(spend(150, at=MARCH)).then()


@BOTH
@pytest.mark.parametrize(("bill", "most"), [(1_000, 500), (1_001, 500), (1_002, 501)])
def test_it_is_worth_at_most_its_share_of_the_bill(spend, bill, most):
    """RULES 11: half of 10.01 is 5.005, and 501 points at a fen each are more."""
    scenario = rich(PRICE + 'max_bill_percent = "50"')
    scenario.when(spend(most + 1, at=MARCH, bill_minor=bill)).then_refused(
        RedemptionPolicy, policy="max_bill_percent", asked=most + 1, bound="50"
    )
    scenario.when(spend(most, at=MARCH, bill_minor=bill)).then()


@pytest.mark.parametrize(("spend", "kind"), [(redeem, PointsRedeemed), (hold, PointsHeld)])
def test_the_bill_is_written_down_whether_a_policy_asks_for_it_or_not(spend, kind):
    """life.md Redeem: so that another policy can be tried on it (docs/whatif.md)."""
    for bill in (1_000, None):
        rich(PRICE).when(spend(1, at=MARCH, bill_minor=bill)).then(wrote(kind, bill_minor=bill))


def test_the_share_of_the_bill_is_exact():
    """life.md Redeem: 3 points are a fen; 12.5 % of 0.80 are 10 fen; 31 points are 10 1/3."""
    scenario = rich('points = 3\nmoney = "0.01"\nmax_bill_percent = "12.5"')
    scenario.when(redeem(31, bill_minor=80)).then_refused(RedemptionPolicy, bound="12.5")
    scenario.when(redeem(30, bill_minor=80)).then(wrote(PointsRedeemed, value_minor=10))


@BOTH
def test_the_bill_must_be_named_where_the_program_limits_its_share(spend):
    """life.md Redeem."""
    rich(PRICE + 'max_bill_percent = "50"').when(spend(1, at=MARCH)).then_refused(
        BillNeeded, policy="max_bill_percent"
    )


def test_the_policies_are_checked_in_their_order_before_limits_and_points():
    """life.md Redeem: minimum, step, bill, its share, limits, then what is there."""
    everything = (PRICE, "min_points = 100", "step_points = 50", 'max_bill_percent = "50"')
    scenario = rich(*everything, more="[limits]\nredeem_points_per_day = 1500\n")
    for points, bill, kind, fields in (
        (99, None, RedemptionPolicy, {"policy": "min_points"}),
        (1_601, None, RedemptionPolicy, {"policy": "step_points"}),
        (1_600, None, BillNeeded, {}),
        (1_600, 3_000, RedemptionPolicy, {"policy": "max_bill_percent"}),
        (1_600, 3_200, LimitExceeded, {}),
        (1_500, 3_200, InsufficientPoints, {"asked": 1_500, "available": 1_000}),
    ):
        scenario.when(redeem(points, at=MARCH, bill_minor=bill)).then_refused(kind, **fields)


@pytest.mark.parametrize(
    ("price", "points", "value"),
    [("", 99, 0), (PRICE, 99, 99), ('points = 3\nmoney = "0.02"\n', 100, 66)],
)
def test_what_points_are_worth_is_rounded_down(price, points, value):
    """life.md Redeem: 100 points at two fen for three are 66.67 fen; without a rate nothing."""
    scenario = rich(price)
    scenario.when(hold(points, at=MARCH)).then(wrote(PointsHeld, value_minor=value))
    scenario.when(capture(at=MARCH)).then(wrote(PointsRedeemed, value_minor=value))
    scenario.when(redeem(points, at=MARCH)).then(wrote(PointsRedeemed, value_minor=value))


def test_a_redemption_says_where_and_for_what():
    """schemas/events/spending.py."""
    said = {"partner": "cafe", "store": "s-1", "till": "t-1", "purchase_id": "p-1", "reason": "tea"}
    rich().when(redeem(10, operator="li", **said)).then(
        wrote(PointsRedeemed, operator="li", **said)
    )


def test_corrections_and_gifts_know_no_policies():
    """life.md Adjust, Gift: their checks are their own."""
    scenario = rich("min_points = 100", "step_points = 100")
    scenario.when(adjust(-1)).then()
    scenario.when(gift(1)).then()


# -- what may be redeemed now --------------------------------------------------------------------


@pytest.fixture
def ask_ledger(ledger, clock):
    """A ledger under given policies, its member m-001 with 1000 points; asks what is redeemable."""

    def answer(*lines, more="", steps=(), **asked):
        clock.now = instant(MARCH)
        ledger.publish(policy(*lines) + more)
        ledger.enrol("m-001")
        ledger.enrol("m-002")
        ledger.award("m-001", 1_000, "x")
        for step in steps:
            ledger.execute(step)
        found = ledger.redeemable("m-001", **asked)
        return found.points, found.value_minor, found.limited_by

    return answer


@pytest.mark.parametrize(
    ("lines", "more", "asked", "answer"),
    [
        ((PRICE,), "", {}, (1_000, 1_000, "")),
        ((PRICE,), "", {"asked": 400}, (400, 400, "")),
        ((PRICE,), "", {"asked": 1_001}, (1_000, 1_000, "available")),
        (
            (PRICE, 'max_bill_percent = "50"'),
            "",
            {"bill_minor": 999},
            (499, 499, "max_bill_percent"),
        ),
        ((PRICE, 'max_bill_percent = "50"'), "", {}, (0, 0, "max_bill_percent")),
        (("step_points = 300",), "", {}, (900, 0, "step_points")),
        (("step_points = 250",), "", {}, (1_000, 0, "")),
        (("min_points = 1000",), "", {}, (1_000, 0, "")),
        (("min_points = 300",), "", {"asked": 299}, (0, 0, "min_points")),
        ((), "[limits]\nredeem_points_per_day = 600\n", {}, (600, 0, "redeem_points_per_day")),
    ],
)
def test_what_is_redeemable_is_the_most_that_fits_and_names_what_limited_it(
    ask_ledger, lines, more, asked, answer
):
    """RULES 11, Redeemable."""
    assert ask_ledger(*lines, more=more, **asked) == answer


@pytest.mark.parametrize("more", ["", "step_points = 7\n", "min_points = 10\n"])
@pytest.mark.parametrize("bill", [1, 99, 1_000, 5_000])
def test_what_is_redeemable_can_be_redeemed_and_no_more(ask_ledger, ledger, more, bill):
    """RULES 11: the next larger redemption that fits the step is refused."""
    lines = (PRICE, more, 'max_bill_percent = "33.3"')
    points, value, _ = ask_ledger(*lines, bill_minor=bill)
    above = (
        points + 7 - points % 7 if "step" in more else max(points + 1, 10 if "min" in more else 1)
    )
    with pytest.raises((RedemptionPolicy, InsufficientPoints)):
        ledger.redeem("m-001", above, bill_minor=bill)
    if points:
        (event,) = ledger.redeem("m-001", points, bill_minor=bill).events
        assert event.value_minor == value


@pytest.mark.parametrize(
    ("steps", "answer"),
    [
        ([redeem(200, at=MARCH)], (400, 0, "redeem_points_per_day")),
        ([redeem(1, at=MARCH)] * 2, (0, 0, "redemptions_per_day")),
        ([adjust(-950, at=MARCH)], (50, 0, "")),
        ([adjust(-1_050, at=MARCH, may_owe=True)], (0, 0, "")),
        ([hold(590, at=MARCH)], (10, 0, "redeem_points_per_day")),
        ([adjust(-300, at=MARCH), hold(590, at=MARCH)], (10, 0, "redeem_points_per_day")),
        ([adjust(-405, at=MARCH), hold(590, at=MARCH)], (5, 0, "")),
    ],
)
def test_what_was_spent_held_or_owed_is_not_redeemable(ask_ledger, steps, answer):
    """RULES 11, `[limits]`: 600 points in two redemptions a day."""
    limits = "[limits]\nredeem_points_per_day = 600\nredemptions_per_day = 2\n"
    assert ask_ledger(more=limits, steps=steps) == answer


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (FreezeMember(member="m-001", reason="x"), "account_frozen"),
        (CloseMember(member="m-001", reason="x", forfeit=True), "account_closed"),
        (merge(member="m-002", other="m-001", at=MARCH), "account_merged"),
    ],
)
def test_nothing_is_redeemable_from_an_account_that_is_frozen_closed_or_merged(
    ask_ledger, step, name
):
    """Redeemable."""
    assert ask_ledger(steps=[step]) == (0, 0, name)


def test_what_a_lapsed_hold_frees_is_redeemable_and_counts_back(ledger, clock):
    """life.md, Lapsed holds: by the clock, as a redemption of now would find it."""
    clock.now = instant(f"{MARCH} 10:00")
    ledger.publish(BASIC + "[limits]\nredeem_points_per_day = 70\n")
    ledger.enrol("m-001")
    ledger.award("m-001", 100, "x")
    ledger.hold("m-001", 60, minutes=60)
    assert ledger.redeemable("m-001").points == 10
    clock.advance(hours=1)
    found = ledger.redeemable("m-001")
    assert (found.points, found.limited_by) == (70, "redeem_points_per_day")
    ledger.redeem("m-001", 70)


def test_what_can_be_spent_less_what_is_owed_is_redeemable(ledger, clock):
    """life.md, Spendable: 50 became available since, 20 are owed."""
    ledger.publish("available_after_days = 7\n" + BASIC)
    clock.now = instant("2026-03-20")
    ledger.enrol("m-001", occurred_at=instant(MARCH))
    for step in (
        bought(10_000, at=MARCH),
        redeem(100, at="2026-03-08"),
        bought(5_000, at="2026-03-10", purchase_id="p-2"),
        brought_back(2_000, at="2026-03-12"),
    ):
        ledger.execute(step)
    assert ledger.redeemable("m-001").points == 30
