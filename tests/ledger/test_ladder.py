"""RULES 18 and 19: the tier that a purchase reaches."""

from __future__ import annotations

import pytest

from schemas.events import TierChanged
from tests.scenario import (
    BASIC,
    LADDER,
    bought,
    brought_back,
    day,
    earned_points,
    enrolled,
    given,
    no_tier_change,
    redeem,
    tier_reached,
    wrote,
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


def test_a_purchase_from_before_all_others_counts_in_its_window():
    scenario = given(enrolled(), bought(90_000, at="2026-03-02T12:00+08:00"), program=LADDER)
    scenario.when(bought(10_000, at="2026-03-01T12:00+08:00", purchase_id="b")).then(
        tier_reached("silver", measured=100_000)
    )
    scenario.when(bought(1, at="2026-02-01T12:00+08:00", purchase_id="c")).then(no_tier_change)
    assert [totals.net_minor for totals in scenario.account.days] == [1, 10_001, 100_001]


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


def test_the_day_of_enrolment_begins_a_new_membership_year():
    scenario = given(
        enrolled(at="2025-05-10T00:00+08:00"),
        bought(90_000, at="2026-05-10T00:00+08:00", purchase_id="a"),
        program=ladder("membership_year"),
    )
    scenario.when(bought(10_000, at="2027-05-09T12:00+08:00", purchase_id="b")).then(
        tier_reached("up", window_from=day("2026-05-10"), window_until=day("2027-05-10"))
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


# -- goods that come back (RULES 16; docs/life.md, Returns 3) ------------------------------------


def climbed(*purchases, program=LADDER):
    """(day, yuan) of purchases p-1, p-2, ... of a member of 2025."""
    steps = [
        bought(yuan * 100, at=on, purchase_id=f"p-{number}")
        for number, (on, yuan) in enumerate(purchases, start=1)
    ]
    return given(enrolled(at="2025-01-01T10:00+08:00"), *steps, program=program)


def test_a_return_that_goes_below_the_threshold_takes_the_tier_back_at_once():
    """RULES 16: 999.99 of 1000.00; the event says what was measured in which window."""
    climbed(("2026-03-01", 1_000)).when(brought_back(1, at="2026-04-01")).then(
        tier_reached(
            "",
            tier_from="silver",
            cause="return",
            measure="net_spend",
            window_from=day("2026-01-01"),
            window_until=day("2027-01-01"),
            measured=99_999,
            threshold=100_000,
            valid_until=None,
            occurred_on=day("2026-04-01"),
        )
    )


def test_a_tier_that_still_measures_up_stays():
    """RULES 16: 1000.00 of 1000.01."""
    scenario = climbed(("2026-03-01", 1_000), ("2026-03-01", 1))
    scenario.when(brought_back(purchase_id="p-2", at="2026-04-01")).then(no_tier_change)


def test_spending_points_never_lowers_a_tier():
    """RULES 18: qualifying measures count apart from redeemable points."""
    program = ladder("calendar_year", "50", 'measure = "points_earned"')
    climbed(("2026-03-01", 50), program=program).when(redeem(50, at="2026-03-02")).then(
        no_tier_change
    )


def test_the_tier_is_the_one_held_before():
    """RULES 16: 5000.00 of the next year brought gold; silver is good for as long as it was."""
    scenario = climbed(("2025-12-31", 1_000), ("2026-02-01", 5_000))
    scenario.when(brought_back(1, purchase_id="p-2", at="2026-04-01")).then(
        tier_reached("silver", tier_from="gold", cause="return", valid_until=day("2026-12-31"))
    )


def test_tiers_are_taken_back_one_after_the_other():
    """RULES 16: 4999.00 made silver, 1.00 more made gold; 1.00 is left. One event tells it."""
    scenario = climbed(("2026-02-01", 4_999), ("2026-03-01", 1))
    scenario.when(brought_back(at="2026-04-01"))
    changes = [event for event in scenario.events if isinstance(event, TierChanged)]
    assert [(c.tier_from, c.tier_to, c.measured) for c in changes] == [("gold", "", 100)]


def test_what_is_left_can_reach_a_tier_in_the_middle_valid_as_from_the_purchases_day():
    """RULES 16: 5000.00 of New Year's Eve reached gold; 2000.00 are enough for silver."""
    scenario = climbed(("2025-12-31", 5_000)).when(brought_back(300_000, at="2026-01-05"))
    (change,) = [event for event in scenario.events if isinstance(event, TierChanged)]
    assert (change.tier_from, change.tier_to, change.cause) == ("gold", "silver", "threshold")
    assert (change.measured, change.valid_until) == (200_000, day("2026-12-31"))
    assert scenario.account.tier == "silver"


def test_a_return_of_a_purchase_outside_the_tiers_window_leaves_it():
    """life.md: silver was reached in 2026, the purchase is of 2025."""
    scenario = climbed(("2025-12-31", 500), ("2026-02-01", 1_000))
    scenario.when(brought_back(at="2026-04-01")).then(no_tier_change)
    assert scenario.account.tier == "silver"


def test_a_program_may_leave_the_tier_until_its_next_review():
    """RULES 16: returns_lower_tier = false."""
    program = "returns_lower_tier = false\n" + LADDER
    scenario = climbed(("2026-03-01", 1_000), program=program)
    scenario.when(brought_back(at="2026-04-01")).then(no_tier_change)
    assert scenario.account.tier == "silver"


def test_what_came_back_does_not_count_towards_the_next_tier():
    """RULES 16, docs/life.md: net spend is 600.00 after a return, 999.99, then 1000.00."""
    scenario = climbed(("2026-03-01", 900)).and_then(brought_back(30_000, at="2026-03-02"))
    scenario.when(bought(39_999, at="2026-03-03", purchase_id="b")).then(no_tier_change)
    scenario.when(bought(1, at="2026-03-03", purchase_id="c")).then(
        tier_reached("silver", measured=100_000)
    )


def test_points_that_a_return_is_due_count_no_more_as_earned():
    """docs/life.md: 60 earned, 20 due, so 50 is not reached any more."""
    program = ladder("calendar_year", "50", 'measure = "points_earned"')
    climbed(("2026-03-01", 60), program=program).when(brought_back(2_000, at="2026-04-01")).then(
        tier_reached("", measured=40)
    )


@pytest.mark.parametrize(("amount", "lowered"), [(999, False), (None, True)])
def test_a_visit_counts_until_the_purchase_is_returned_whole(amount, lowered):
    """docs/life.md: the second of two visits."""
    program = ladder("calendar_year", "2", 'measure = "visits"')
    scenario = climbed(("2026-03-01", 10), ("2026-03-02", 10), program=program)
    scenario.when(brought_back(amount, purchase_id="p-2", at="2026-04-01")).then(
        tier_reached("", measured=1) if lowered else no_tier_change
    )


def test_a_day_with_another_purchase_stays_a_visit():
    """docs/life.md: it is the purchase that no longer counts."""
    program = ladder("calendar_year", "2", 'measure = "visits"')
    scenario = climbed(("2026-03-01", 10), ("2026-03-02", 10), ("2026-03-02", 10), program=program)
    scenario.when(brought_back(purchase_id="p-2", at="2026-04-01")).then(no_tier_change)


def test_a_tier_that_was_taken_back_can_be_reached_again():
    """RULES 16 and 19: with a validity of its own."""
    scenario = climbed(("2025-12-31", 1_000)).and_then(brought_back(1, at="2026-01-02"))
    scenario.when(bought(100_000, at="2026-02-01", purchase_id="b")).then(
        tier_reached("silver", tier_from="", valid_until=day("2027-12-31"))
    )


def test_a_card_that_was_reached_with_the_enrolment_and_goes_leaves_the_one_of_joining():
    """docs/life.md, Recording: what was bought before counts when the enrolment comes."""
    scenario = given(
        enrolled(at="2026-03-10"),
        bought(100_000, at="2026-03-08"),
        program=BASIC + '[[tier]]\nid = "basic"\n[[tier]]\nid = "up"\nthreshold = "1000"\n',
    )
    scenario.when(brought_back(at="2026-03-09")).then(
        wrote(TierChanged, tier_from="up", tier_to="basic", cause="restated")
    )
