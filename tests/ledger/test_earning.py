"""RULES 1 to 6: what a purchase earns."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.earning import earned, earned_plainly
from ledger.sale import Sale, lines_of
from schemas.events import PurchaseRecorded
from tests.scenario import (
    BASIC,
    LADDER,
    bought,
    day,
    earned_points,
    enrolled,
    given,
    one,
    rules_of,
)

MARCH = "2026-03-01T10:00+08:00"


def test_a_rule_per_amount_earns_in_proportion_and_rounds_down_once():
    given(enrolled()).when(bought(11_899, at=MARCH)).then(earned_points(118))


def test_a_rule_per_block_drops_the_remainder_of_each_block():
    program = BASIC.replace('per = "1.00"', 'per = "50.00"\nmethod = "per_block"')
    given(enrolled(), program=program).when(bought(14_999, at=MARCH)).then(earned_points(2))


def test_two_rules_are_added_before_the_one_rounding():
    """19.99 + 9.995 = 29.985 (RULES 3), where a rounding per rule would give 28."""
    program = BASIC + '[[earn]]\nid = "half"\npoints = 1\nper = "2.00"\n'
    given(enrolled(), program=program).when(bought(1999, at=MARCH)).then(earned_points(29))


@pytest.mark.parametrize(("rounding", "points"), [("floor", 1), ("half_up", 2), ("ceil", 2)])
def test_the_programs_rounding_is_used(rounding, points):
    program = f'rounding = "{rounding}"\n' + BASIC
    given(enrolled(), program=program).when(bought(150, at=MARCH)).then(earned_points(points))


def test_points_with_decimals_are_counted_in_the_smallest_unit():
    program = "points_decimals = 2\n" + BASIC
    given(enrolled(), program=program).when(bought(125, at=MARCH)).then(earned_points(125))


def test_a_purchase_of_nothing_earns_nothing_and_opens_no_lot():
    scenario = given(enrolled()).when(bought(0, at=MARCH)).then(earned_points(0))
    assert scenario.account.lots == ()


def test_only_the_qualifying_part_earns():
    given(enrolled()).when(bought(10_000, at=MARCH, qualifying_minor=2_500)).then(earned_points(25))


def test_rules_out_of_their_days_or_not_enabled_are_passed_over():
    program = BASIC.replace("[[earn]]", "[[earn]]\nenabled = false") + (
        '[[earn]]\nid = "later"\npoints = 9\nper = "1.00"\nstarts_on = 2026-03-02\n'
        '[[earn]]\nid = "until"\npoints = 2\nper = "1.00"\nends_on = 2026-03-01\n'
    )
    scenario = given(enrolled(), program=program)
    scenario.when(bought(100, at="2026-03-01T23:59+08:00")).then(earned_points(2))
    scenario.when(bought(100, at="2026-03-02T00:00+08:00", purchase_id="p-2")).then(
        earned_points(9)
    )


def test_a_purchase_earns_under_the_tier_held_when_it_happened():
    """RULES 1: even when it is recorded after the upgrade."""
    scenario = given(
        enrolled(at="2025-01-01T10:00+08:00"),
        bought(600_000, at="2026-02-01T10:00+08:00"),
        program=LADDER,
    )
    assert scenario.account.tier == "gold"
    scenario.when(bought(10_000, at="2026-01-15T10:00+08:00", purchase_id="late")).then(
        earned_points(100)
    )
    scenario.when(bought(10_000, at="2026-02-02T10:00+08:00", purchase_id="next")).then(
        earned_points(150)
    )


def test_the_breakdown_names_rule_base_and_multiplier():
    """RULES 5."""
    scenario = given(enrolled(), bought(600_000), program=LADDER).when(
        bought(11_800, at=MARCH, purchase_id="p-2")
    )
    purchase = one(scenario.events, PurchaseRecorded)
    base, multiplied = purchase.breakdown
    assert (base.rule, base.amount_minor, base.numerator, base.denominator) == (
        "base",
        11_800,
        11_800,
        100,
    )
    assert (multiplied.rule, multiplied.factor) == ("tier:gold", "1.5")
    assert (multiplied.numerator, multiplied.denominator) == (59, 1)
    assert purchase.points_earned == 177


def test_points_can_be_pending_until_a_day():
    """RULES 6."""
    program = "available_after_days = 7\n" + BASIC
    scenario = given(enrolled(), program=program).when(bought(10_000, at=MARCH))
    (lot,) = scenario.account.lots
    assert lot.available_from == day("2026-03-08")


@for_all(
    st.integers(0, 10**9),
    st.integers(1, 999),
    st.integers(1, 10_000),
    st.sampled_from(["0.5", "1", "1.25", "3"]),
    st.sampled_from(["floor", "half_up", "ceil"]),
)
def test_points_are_the_breakdowns_exact_sum_rounded_once(amount, points, per, factor, rounding):
    program = f"""
id = "t"
name = "t"
currency = "CNY"
rounding = "{rounding}"
effective_from = 2000-01-01
[[earn]]
id = "a"
points = {points}
per = "{per}"
[[tier]]
id = "all"
multiplier = "{factor}"
"""
    rules, on = rules_of(program), day("2026-03-01")
    total, steps, _ = msgspec.structs.astuple(earned_plainly(rules, amount, on, "all"))
    exact = Fraction(amount, 100 * per) * points * Fraction(factor)
    assert sum((Fraction(s.numerator, s.denominator) for s in steps), Fraction()) == exact
    floor = exact.numerator // exact.denominator
    expected = {
        "floor": floor,
        "half_up": floor + (exact - floor >= Fraction(1, 2)),
        "ceil": floor + (exact > floor),
    }
    assert total == expected[rounding]
    sale = Sale(
        day=on,
        tier="all",
        store="",
        partner="",
        channel="",
        occasions=(),
        first=False,
        amount_minor=amount,
        qualifying_minor=amount,
        tenders=(),
        lines=lines_of((), amount),
    )
    assert earned(rules, sale, {}).points == total, "both ways of earning agree"
