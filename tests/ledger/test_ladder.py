"""RULES 18 and 19: the tier that a purchase reaches."""

from __future__ import annotations

import pytest

from tests.scenario import (
    BASIC,
    LADDER,
    bought,
    day,
    earned_points,
    enrolled,
    given,
    no_tier_change,
    tier_reached,
)


def ladder(window: str, threshold: str = "1000.00", more: str = "") -> str:
    return BASIC + (
        f'[[tier]]\nid = "up"\nwindow = "{window}"\nthreshold = "{threshold}"\n{more}\n'
    )


def test_a_threshold_is_reached_at_it_and_not_below():
    scenario = given(enrolled(), program=LADDER)
    scenario.when(bought(99_999)).then(no_tier_change)
    scenario.when(bought(1, purchase_id="p-2")).then(
        tier_reached("silver", measured=100_000, threshold=100_000, tier_from="")
    )


def test_the_highest_rung_that_is_reached_counts():
    given(enrolled(), program=LADDER).when(bought(700_000)).then(tier_reached("gold"))


def test_the_purchase_that_reaches_a_tier_earns_under_the_one_before():
    given(enrolled(), program=LADDER).when(bought(600_000)).then(
        earned_points(6000), tier_reached("gold")
    )


def test_with_upgrade_first_it_earns_under_the_tier_that_it_reaches():
    given(enrolled(), program="upgrade_first = true\n" + LADDER).when(bought(600_000)).then(
        earned_points(9000), tier_reached("gold")
    )


def test_same_day_counts_the_programs_day_only():
    scenario = given(
        enrolled(at="2025-01-01T00:00+08:00"),
        bought(90_000, at="2026-03-01T23:59+08:00", purchase_id="a"),
        program=ladder("same_day"),
    )
    scenario.when(bought(10_000, at="2026-03-02T00:00+08:00", purchase_id="b")).then(no_tier_change)
    scenario.when(bought(10_000, at="2026-03-01T12:00+08:00", purchase_id="c")).then(
        tier_reached("up", window_from=day("2026-03-01"), window_until=day("2026-03-02"))
    )


def test_a_calendar_year_starts_over_in_january():
    scenario = given(
        enrolled(at="2025-01-01T00:00+08:00"),
        bought(90_000, at="2025-12-31T12:00+08:00", purchase_id="a"),
        program=ladder("calendar_year"),
    )
    scenario.when(bought(90_000, at="2026-01-01T12:00+08:00", purchase_id="b")).then(no_tier_change)


@pytest.mark.parametrize(("at", "reached"), [("2026-03-31", True), ("2026-04-01", False)])
def test_rolling_months_look_back_from_the_purchase(at, reached):
    scenario = given(
        enrolled(at="2025-01-01T00:00+08:00"),
        bought(90_000, at="2026-01-01T12:00+08:00", purchase_id="a"),
        program=ladder("rolling_months", more="window_months = 3"),
    ).when(bought(10_000, at=f"{at}T12:00+08:00", purchase_id="b"))
    scenario.then(tier_reached("up") if reached else no_tier_change)


def test_a_late_purchase_completes_a_rolling_window_that_ends_later():
    scenario = given(
        enrolled(at="2025-01-01T00:00+08:00"),
        bought(90_000, at="2026-03-10T12:00+08:00", purchase_id="a"),
        program=ladder("rolling_months", more="window_months = 1"),
    )
    scenario.when(bought(10_000, at="2026-03-01T12:00+08:00", purchase_id="b")).then(
        tier_reached("up", occurred_on=day("2026-03-10"), window_until=day("2026-03-11"))
    )


def test_a_membership_year_starts_on_the_day_of_enrolment():
    scenario = given(
        enrolled(at="2025-05-10T00:00+08:00"),
        bought(90_000, at="2026-05-09T12:00+08:00", purchase_id="a"),
        program=ladder("membership_year"),
    )
    scenario.when(bought(90_000, at="2026-05-10T12:00+08:00", purchase_id="b")).then(no_tier_change)
    scenario.when(bought(10_000, at="2026-05-08T12:00+08:00", purchase_id="c")).then(
        tier_reached("up", window_from=day("2025-05-10"), window_until=day("2026-05-10"))
    )


def test_visits_are_days_with_a_purchase():
    scenario = given(enrolled(), program=ladder("calendar_year", "2", 'measure = "visits"'))
    scenario.when(bought(1, purchase_id="a")).then(no_tier_change)
    scenario.when(bought(1, purchase_id="b")).then(no_tier_change)
    scenario.when(bought(1, at="2026-01-02T10:00+08:00", purchase_id="c")).then(tier_reached("up"))


def test_points_earned_can_be_the_measure():
    given(enrolled(), program=ladder("calendar_year", "50", 'measure = "points_earned"')).when(
        bought(5000)
    ).then(tier_reached("up", measured=50))


def test_a_purchase_never_lowers_a_tier():
    scenario = given(enrolled(), bought(600_000, at="2026-01-05T10:00+08:00"), program=LADDER)
    scenario.when(bought(150_000, at="2027-01-05T10:00+08:00", purchase_id="b")).then(
        no_tier_change
    )
    assert scenario.account.tier == "gold"


def test_an_upgrade_is_valid_until_the_end_of_the_next_year():
    given(enrolled(), program=LADDER).when(bought(100_000)).then(
        tier_reached("silver", valid_until=day("2027-12-31"))
    )


def test_months_of_validity_keep_the_anchor_day():
    program = ladder("same_day", more='valid = "months"\nvalid_months = 13')
    given(enrolled(), program=program).when(bought(100_000, at="2026-01-31T10:00+08:00")).then(
        tier_reached("up", valid_until=day("2027-02-28"))
    )


def test_a_holder_of_a_tier_that_was_dropped_can_still_climb(ledger):
    """The newest version that has both tiers says which is higher."""
    ledger.enrol("m-001")
    ledger.purchase("m-001", 100_000, "p-1")
    assert ledger.tier("m-001").tier == "silver"
    without_silver = LADDER.replace('id = "silver"\nthreshold = "1000.00"', 'id = "entry"')
    ledger.publish(without_silver)
    assert ledger.tier("m-001").next_tier == "gold"
    ledger.purchase("m-001", 400_000, "p-2")
    assert ledger.tier("m-001").tier == "gold"
