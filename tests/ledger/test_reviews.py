"""RULES 20 to 22: what reviews decide, cards set by hand, and what late facts change."""

from __future__ import annotations

import pytest

from ledger.errors import DayNotOver, FloorInPast, NoFloor, UnknownTier
from schemas.commands import EndTierFloor, ReviewTier, SetTier
from schemas.events import TierChanged, TierFloorEnded, TierKept, TierSet
from tests.scenario import (
    BASIC,
    ask,
    bought,
    brought_back,
    day,
    earned_points,
    enrolled,
    entry,
    given,
    instant,
    merge,
    no_tier_change,
    tier_reached,
    wrote,
)

SILVER = entry("tier", id="silver", threshold="1000.00")
GOLD = entry("tier", id="gold", threshold="5000.00", multiplier="2")
LONG_AGO = enrolled(at="2024-01-01")


def program(ladder="", *rungs):
    """A program with a [ladder] section and its rungs."""
    return BASIC + f"[ladder]\n{ladder}\n" + "".join(rungs or (SILVER, GOLD))


def reviewed(as_of="2026-12-31", *, at="2027-01-10"):
    return ask(ReviewTier, at=at, as_of=day(as_of))


def by_hand(tier="gold", until=None, *, at="2026-03-01"):
    said = {"operator": "li", "reason": "press", "until": day(until) if until else None}
    return ask(SetTier, at=at, tier=tier, **said)


def floor_ended(*, at="2026-06-01"):
    return ask(EndTierFloor, at=at, operator="li", reason="a mistake")


def gold_of_2025(*more, ladder="", rungs=()):
    """A member with gold until the end of 2026."""
    return given(LONG_AGO, bought(500_000, at="2025-05-01"), *more, program=program(ladder, *rungs))


# -- what a review decides -----------------------------------------------------------------------


def test_a_card_whose_window_still_qualifies_is_kept_until_the_end_of_the_next_year():
    """RULES 20: with the window and the measure that decided it."""
    scenario = gold_of_2025(bought(500_000, at="2026-12-31", purchase_id="b"))
    scenario.when(reviewed()).then(
        wrote(
            TierKept,
            tier="gold",
            cause="kept",
            at="2027-01-01 00:00",
            window_from=day("2026-01-01"),
            window_until=day("2027-01-01"),
            measured=500_000,
            threshold=500_000,
            valid_until=day("2027-12-31"),
        ),
        no_tier_change,
    )


def test_below_the_threshold_it_goes_down_by_one():
    """RULES 20 `one_down`: whatever the windows support."""
    gold_of_2025(bought(499_999, at="2026-06-01", purchase_id="b")).when(reviewed()).then(
        tier_reached(
            "silver",
            tier_from="gold",
            cause="lowered",
            measured=499_999,
            valid_until=day("2027-12-31"),
            lost="gold",
            lost_on=day("2027-01-01"),
        )
    )
    gold_of_2025().when(reviewed()).then(tier_reached("silver", measured=0))


@pytest.mark.parametrize(("spent", "tier"), [(100_000, "silver"), (99_999, "")])
def test_by_balance_it_goes_to_what_the_window_supports(spent, tier):
    """RULES 20 `by_balance`."""
    steps = bought(spent, at="2026-06-01", purchase_id="b")
    scenario = gold_of_2025(steps, ladder='review = "by_balance"')
    scenario.when(reviewed()).then(tier_reached(tier, cause="lowered"))


def test_the_entry_tier_is_the_lowest_and_is_not_reviewed():
    """RULES 20."""
    rungs = (entry("tier", id="base"), GOLD)
    scenario = gold_of_2025(rungs=rungs).when(reviewed())
    scenario.then(tier_reached("base", valid_until=None))
    scenario.when(reviewed("2035-12-31", at="2036-01-02")).then_nothing()


def test_a_card_is_good_on_its_last_day():
    """RULES 20: the review of a day before the last good one finds nothing."""
    scenario = gold_of_2025().when(reviewed("2026-12-30", at="2026-12-31"))
    scenario.then_nothing()
    scenario.when(bought(100, at="2026-12-31 23:59", purchase_id="b")).then(earned_points(2))


def test_a_run_that_was_missed_for_years_goes_down_year_by_year():
    """RULES 20: ends where timely runs would have."""
    scenario = gold_of_2025().when(reviewed("2028-06-30", at="2028-07-01"))
    scenario.then(
        wrote(TierChanged, nth=0, tier_to="silver", on="2027-01-01"),
        wrote(TierChanged, nth=1, tier_to="", on="2028-01-01"),
    )
    assert scenario.account.tier == ""


def test_a_review_is_safe_to_repeat():
    """RULES 20."""
    scenario = gold_of_2025(reviewed())
    scenario.when(reviewed(at="2027-01-11")).then_nothing()


def test_a_purchase_records_the_reviews_that_are_due_before_its_day():
    """docs/life.md, The ladder: it earns under silver, whether or not the run came."""
    scenario = gold_of_2025().when(bought(10_000, at="2027-01-01", purchase_id="b"))
    scenario.then(tier_reached("silver", cause="lowered"), earned_points(100))


def test_rolling_months_look_back_from_the_last_good_day():
    rung = entry(
        "tier",
        id="up",
        threshold="1000.00",
        window="rolling_months",
        window_months=3,
        valid="months",
        valid_months=6,
    )
    for on, kept in (("2025-08-01", False), ("2025-08-02", True)):
        scenario = given(
            LONG_AGO,
            bought(100_000, at="2025-05-01"),
            bought(100_000, at=on, purchase_id="b"),
            program=program("", rung),
        ).when(reviewed("2025-11-01", at="2025-11-02"))
        if kept:
            scenario.then(wrote(TierKept, cause="kept", valid_until=day("2026-05-01")))
        else:
            scenario.then(tier_reached("", cause="lowered"))


@pytest.mark.parametrize(("amounts", "kept"), [((60_000, 60_000), False), ((100_000,), True)])
def test_a_same_day_card_is_kept_by_one_good_day(amounts, kept):
    """docs/life.md: the best single day of the year of the last good one."""
    rung = entry("tier", id="up", threshold="1000.00", window="same_day")
    more = [
        bought(amount, at=f"2026-0{number}-01", purchase_id=f"b-{number}")
        for number, amount in enumerate(amounts, start=1)
    ]
    scenario = given(
        LONG_AGO, bought(100_000, at="2025-05-01"), *more, program=program("", rung)
    ).when(reviewed())
    if kept:
        scenario.then(wrote(TierKept, window="best_day", measured=100_000))
    else:
        scenario.then(tier_reached("", window="best_day", measured=60_000))


def test_a_day_that_is_not_over_is_not_reviewed():
    gold_of_2025().when(reviewed(at="2026-12-31")).then_refused(DayNotOver, as_of="2026-12-31")


# -- grace and recovery --------------------------------------------------------------------------


def test_in_grace_the_card_stays_and_later_purchases_help():
    """RULES 20: what is bought in the time of grace counts towards the same window."""
    scenario = gold_of_2025(
        bought(400_000, at="2026-06-01", purchase_id="b"), ladder="grace_days = 31"
    ).when(reviewed())
    scenario.then(
        wrote(TierKept, cause="grace", valid_until=day("2027-01-31"), grace_from=day("2026-12-31"))
    )
    scenario.and_then(bought(100_000, at="2027-01-31", purchase_id="c"))
    scenario.when(reviewed("2027-01-31", at="2027-02-01")).then(
        wrote(
            TierKept,
            cause="kept",
            measured=500_000,
            window_from=day("2026-01-01"),
            window_until=day("2027-02-01"),
            valid_until=day("2027-12-31"),
        )
    )


def test_after_grace_the_card_is_lowered():
    scenario = gold_of_2025(ladder="grace_days = 31").when(reviewed("2027-01-31", at="2027-02-01"))
    scenario.then(
        wrote(TierKept, cause="grace"),
        wrote(TierChanged, cause="lowered", tier_to="silver", on="2027-02-01"),
    )


RECOVERY = 'recovery_days = 90\nrecovery_percent = "50"'


@pytest.mark.parametrize(
    ("on", "spent", "back"),
    [
        ("2027-04-01", 250_000, True),
        ("2027-04-01", 249_999, False),
        ("2027-04-02", 250_000, False),
    ],
)
def test_half_of_what_the_lost_card_takes_brings_it_back(on, spent, back):
    """RULES 20: within 90 days of the review of 1 January; what was spent before does not count."""
    scenario = gold_of_2025(
        bought(400_000, at="2026-06-01", purchase_id="b"), reviewed(), ladder=RECOVERY
    )
    scenario.when(bought(spent, at=on, purchase_id="c"))
    if back:
        scenario.then(
            tier_reached(
                "gold", cause="recovered", window="recovery", valid_until=day("2028-12-31"), lost=""
            )
        )
    else:
        scenario.then(no_tier_change)


def test_an_offer_is_taken_once():
    scenario = gold_of_2025(
        reviewed(), bought(250_000, at="2027-02-01", purchase_id="b"), ladder=RECOVERY
    )
    assert scenario.account.tier == "gold"
    scenario.when(brought_back(purchase_id="b", at="2027-02-02")).then(
        tier_reached("silver", cause="return", window="recovery", measured=0)
    )


def test_a_card_without_a_threshold_does_not_come_back():
    """RULES 20: nothing says what would be half of it."""
    top = entry("tier", id="top", invitation=True)
    scenario = given(
        LONG_AGO,
        by_hand("top", "2026-12-31"),
        reviewed(),
        program=program(RECOVERY, SILVER, GOLD, top),
    )
    scenario.when(bought(100, at="2027-01-20")).then(no_tier_change)


# -- late facts ----------------------------------------------------------------------------------


def test_a_late_purchase_saves_a_card_after_its_review():
    """RULES 21: by a new event, from the day of the review on; its points stay as they were."""
    scenario = gold_of_2025(
        bought(499_999, at="2026-06-01", purchase_id="b"),
        reviewed(),
        bought(10_000, at="2027-01-05", purchase_id="c"),
    )
    scenario.when(bought(1, at="2026-12-20", purchase_id="d")).then(
        tier_reached("gold", tier_from="silver", cause="kept", measured=500_000),
        wrote(TierChanged, at="2027-01-01 00:00"),
    )
    assert scenario.account.tier_at(instant("2027-01-06")) == "gold"


def test_a_late_purchase_that_changes_nothing_tells_nothing():
    scenario = gold_of_2025(reviewed())
    scenario.when(bought(1, at="2026-12-20", purchase_id="d")).then(no_tier_change)


def test_a_return_into_a_reviewed_window_takes_back_what_it_kept():
    """RULES 16 and 21: below a kept card is what the review would have lowered it to."""
    scenario = gold_of_2025(bought(500_000, at="2026-12-20", purchase_id="b"), reviewed())
    scenario.when(brought_back(1, purchase_id="b", at="2027-01-15")).then(
        tier_reached(
            "silver", cause="return", measured=499_999, valid_until=day("2027-12-31"), lost="gold"
        )
    )


def test_what_no_longer_happened_is_taken_from_the_record():
    """docs/life.md: the span that holds on is told again where nothing new begins."""
    scenario = given(
        LONG_AGO,
        bought(100_000, at="2026-03-01"),
        bought(50_000, at="2026-03-05", purchase_id="b"),
        bought(350_000, at="2026-03-10", purchase_id="c"),
        program=program(),
    )
    assert scenario.account.tier == "gold"
    scenario.when(brought_back(purchase_id="b", at="2026-03-06")).then(
        tier_reached("silver", tier_from="gold", cause="restated")
    )
    assert scenario.account.tier == "silver"


# -- by hand -------------------------------------------------------------------------------------


def test_a_card_set_by_hand_is_good_until_the_day_that_was_named():
    """RULES 22."""
    given(LONG_AGO, program=program()).when(by_hand(until="2026-09-30")).then(
        wrote(TierSet, tier="gold", until=day("2026-09-30"), reason="press"),
        tier_reached("gold", cause="by_hand", valid_until=day("2026-09-30")),
    )


def test_without_a_day_it_is_good_as_long_as_one_that_is_reached():
    given(LONG_AGO, program=program()).when(by_hand()).then(
        tier_reached("gold", valid_until=day("2027-12-31"))
    )


def test_a_floor_below_the_card_changes_nothing_now_and_holds_at_the_review():
    """RULES 22: gold by spending is lowered to silver, which was promised until June."""
    scenario = gold_of_2025(by_hand("silver", "2027-06-30"), ladder='review = "by_balance"')
    assert scenario.account.tier == "gold"
    scenario.when(reviewed()).then(
        tier_reached("silver", cause="lowered", valid_until=day("2027-06-30"))
    )


def test_a_review_does_not_lower_below_a_floor():
    scenario = gold_of_2025(by_hand(until="2028-03-31")).when(reviewed())
    scenario.then(wrote(TierKept, cause="floor", valid_until=day("2028-03-31")))


def test_a_return_does_not_lower_below_a_floor():
    """docs/life.md, The ladder."""
    scenario = gold_of_2025(by_hand("silver", "2026-12-31"))
    scenario.when(brought_back(at="2026-04-01")).then(
        tier_reached("silver", cause="floor", valid_until=day("2026-12-31"))
    )


def test_when_a_floor_ends_the_card_is_the_one_below():
    scenario = given(
        LONG_AGO, bought(100_000, at="2026-02-01"), by_hand(until="2026-12-31"), program=program()
    )
    scenario.when(floor_ended()).then(
        wrote(TierFloorEnded, reason="a mistake"),
        tier_reached("silver", cause="floor_ended", valid_until=day("2027-12-31")),
    )
    scenario.when(floor_ended(at="2026-06-02")).then_refused(NoFloor)


def test_a_card_that_was_earned_meanwhile_stays_when_the_floor_ends():
    scenario = given(
        LONG_AGO,
        by_hand("silver", "2026-12-31"),
        bought(500_000, at="2026-04-01"),
        program=program(),
    )
    scenario.when(floor_ended()).then(no_tier_change)
    assert scenario.account.tier == "gold"


def test_wrong_floors_are_refused():
    scenario = given(LONG_AGO, program=program())
    scenario.when(by_hand("platinum")).then_refused(UnknownTier, tier="platinum")
    scenario.when(by_hand(until="2026-02-28")).then_refused(FloorInPast, until="2026-02-28")
    scenario.when(floor_ended()).then_refused(NoFloor)


INVITED = entry("tier", id="black", invitation=True, threshold="9000.00")


def test_an_invitation_is_never_reached_but_kept_by_its_threshold():
    """RULES 18, docs/life.md."""
    scenario = given(LONG_AGO, program=program("", SILVER, GOLD, INVITED))
    scenario.when(bought(2_000_000, at="2026-02-01")).then(tier_reached("gold"))
    scenario.and_then(by_hand("black", "2026-12-31"))
    scenario.when(reviewed()).then(wrote(TierKept, tier="black", cause="kept", threshold=900_000))


def test_a_review_does_not_lower_to_an_invitation():
    top = entry("tier", id="top", threshold="90000.00")
    scenario = given(
        LONG_AGO,
        bought(9_000_000, at="2025-05-01"),
        program=program("", SILVER, GOLD, INVITED, top),
    )
    scenario.when(reviewed()).then(tier_reached("gold", tier_from="top"))


# -- when the next purchase brings the card --------------------------------------------------------


def test_a_card_can_wait_for_the_next_purchase():
    """RULES 19 `next_purchase`: that one earns under it, and its validity begins there."""
    scenario = given(LONG_AGO, program=program('upgrade = "next_purchase"'))
    scenario.when(bought(500_000, at="2025-12-31")).then(no_tier_change, earned_points(5_000))
    scenario.when(bought(10_000, at="2026-01-05", purchase_id="b")).then(
        tier_reached("gold", valid_until=day("2027-12-31")), earned_points(200)
    )


def test_the_card_of_a_member_that_comes_along_is_reviewed_before_the_merge():
    """docs/life.md, The ladder: gold of 2025 is silver by then."""
    scenario = given(
        enrolled("m-001", "m-002", at="2024-01-01"),
        bought(500_000, at="2025-05-01", member="m-002"),
        program=program(),
    )
    scenario.when(merge(at="2027-02-01")).then(
        wrote(TierChanged, nth=0, tier_from="gold", tier_to="silver", cause="lowered"),
        wrote(TierChanged, nth=1, tier_to="silver", cause="merge"),
    )


def test_an_invitation_is_no_entry_tier():
    """Though it may be without a threshold, and the lowest."""
    low = entry("tier", id="press", invitation=True)
    scenario = given(program=program("", low, GOLD)).when(LONG_AGO)
    assert scenario.then().account.tier == ""


def test_what_is_below_may_be_over_already_and_is_reviewed_from_now_on():
    """docs/life.md: silver of 2024 ended with 2025; gold of 2025 was held until it is returned."""
    scenario = given(
        enrolled(at="2023-01-01"),
        bought(100_000, at="2024-06-01"),
        bought(500_000, at="2025-12-01", purchase_id="b"),
        program=program(),
    ).when(brought_back(purchase_id="b", at="2026-01-15"))
    scenario.then(tier_reached("", tier_from="gold", cause="lowered"))
    account = scenario.account
    assert account.tier_at(instant("2026-01-10")) == "gold"
    assert account.tier_at(instant("2026-01-16")) == ""


def test_a_card_that_came_with_the_enrolment_can_be_taken_back_to_the_entry_tier():
    """docs/life.md: what was bought before the enrolment counted when it came."""
    scenario = given(
        enrolled(at="2026-02-01"),
        bought(500_000, at="2026-01-15"),
        program=program("", entry("tier", id="base"), GOLD),
    )
    assert scenario.account.tier == "gold"
    scenario.when(brought_back(at="2026-01-20")).then(
        tier_reached("base", tier_from="gold", cause="entry")
    )
