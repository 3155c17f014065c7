"""Caps on what a purchase earns, and the room that they leave (docs/program.md 6; RULES 4)."""

from __future__ import annotations

import pytest

from schemas.commands import UnmergeMembers
from schemas.events import CapRoom, PurchaseRecorded, ReturnRecorded
from tests.scenario import (
    BASIC,
    HEAD,
    ask,
    bought,
    breakdown,
    brought_back,
    day,
    earned_points,
    enrolled,
    entry,
    given,
    merge,
    one,
    wrote,
)

TODAY, TOMORROW, NEXT_YEAR = "2026-03-01", "2026-03-02", "2027-03-01"


def base(**settings):
    """One point for each 1.00."""
    return entry("earn", id="base", points=1, per="1.00", **settings)


def double(**settings):
    return entry("multiply", id="double", factor="2", **settings)


def spring(**caps):
    days = {"starts_on": day("2026-01-01"), "ends_on": day("2026-12-31")}
    return entry("campaign", id="spring", caps=caps, **days)


def program_caps(**caps):
    return "".join(["[caps]\n", *(f"{name} = {most}\n" for name, most in caps.items())])


def buys(scenario, *purchases, member="m-001"):
    """(day, yuan, points earned) of purchases one after the other."""
    for on, yuan, points in purchases:
        receipt = f"p-{sum(map(len, scenario.histories.values()))}"
        scenario.when(bought(yuan * 100, at=on, purchase_id=receipt, member=member)).then(
            earned_points(points)
        )
    return scenario


# -- in one purchase -----------------------------------------------------------------------------


@pytest.mark.parametrize(("yuan", "points"), [(59, 59), (60, 60), (61, 60), (100, 60)])
def test_a_rules_cap_holds_for_what_it_adds_to_a_purchase(yuan, points):
    """program.md 6."""
    program = HEAD + base(caps={"per_purchase": 60})
    buys(given(enrolled(), program=program), (TODAY, yuan, points))


def test_what_is_above_a_cap_is_taken_off_by_a_step_of_its_own():
    """program.md 6, RULES 5."""
    program = HEAD + base(caps={"per_purchase": 60})
    given(enrolled(), program=program).when(bought(10_000)).then(
        breakdown("base 100", "cap:rule:base -40"), earned_points(60)
    )


def test_a_multipliers_cap_holds_for_what_it_adds():
    """program.md 6: 100 x 2 adds 100, of which 70 are left."""
    program = HEAD + base() + double(caps={"per_purchase": 70})
    given(enrolled(), program=program).when(bought(10_000)).then(
        breakdown("base 100", "double 100", "cap:rule:double -30"), earned_points(170)
    )


def test_a_campaigns_cap_holds_for_what_its_rules_and_multipliers_add_together():
    """program.md 6: extra 100 and double 200 come to 120."""
    extra = entry("earn", id="extra", points=1, per="1.00", campaign="spring")
    program = HEAD + base() + extra + double(campaign="spring") + spring(per_purchase=120)
    given(enrolled(), program=program).when(bought(10_000)).then(
        breakdown("base 100", "extra 100", "double 200", "cap:campaign:spring -180"),
        earned_points(220),
    )


def test_the_programs_cap_holds_for_the_total():
    """program.md 6."""
    program = HEAD + program_caps(per_purchase=150) + base() + double()
    given(enrolled(), program=program).when(bought(10_000)).then(
        breakdown("base 100", "double 100", "cap:program -50"), earned_points(150)
    )


def test_the_rules_cap_cuts_first_then_the_campaigns_and_the_programs_last():
    """program.md 6: 100 to 80 to 50, doubled to 100, to 30."""
    program = (
        HEAD
        + program_caps(per_purchase=30)
        + base(campaign="spring", caps={"per_purchase": 80})
        + double()
        + spring(per_purchase=50)
    )
    given(enrolled(), program=program).when(bought(10_000)).then(
        breakdown(
            "base 100",
            "cap:rule:base -20",
            "cap:campaign:spring -30",
            "double 50",
            "cap:program -70",
        ),
        earned_points(30),
    )


def test_multipliers_scale_what_the_cuts_before_them_left():
    """program.md 6: 60 x 2."""
    program = HEAD + base(caps={"per_purchase": 60}) + double()
    given(enrolled(), program=program).when(bought(10_000)).then(
        breakdown("base 100", "cap:rule:base -40", "double 60"), earned_points(120)
    )


def test_a_multiplier_below_one_takes_off_and_is_not_capped():
    """program.md 6: a half of 100, though its cap is 10."""
    half = entry("multiply", id="half", factor="0.5", caps={"per_purchase": 10, "per_day": 10})
    program = HEAD + base() + half
    scenario = given(enrolled(), program=program)
    for receipt in ("p-1", "p-2"):
        scenario.when(bought(10_000, purchase_id=receipt)).then(
            breakdown("base 100", "half -50"), earned_points(50)
        )


def test_what_a_multiplier_takes_off_makes_no_room_under_its_campaigns_cap():
    """program.md 6: the campaign has added its 100 before the half; what doubles the 50 is cut."""
    half = entry("multiply", id="half", factor="0.5", campaign="spring")
    program = HEAD + base(campaign="spring") + half + double(campaign="spring")
    given(enrolled(), program=program + spring(per_purchase=100)).when(bought(10_000)).then(
        breakdown("base 100", "half -50", "double 50", "cap:campaign:spring -50"),
        earned_points(50),
    )


def test_caps_are_points_with_the_programs_decimals():
    """program.md: 1.25 points are cut to 0.50."""
    program = "points_decimals = 2\n" + HEAD + base(caps={"per_purchase": "0.50"})
    given(enrolled(), program=program).when(bought(125)).then(earned_points(50))


# -- over several --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        HEAD + base(caps={"per_day": 150}),
        HEAD + base(campaign="spring") + spring(per_day=150),
        HEAD + program_caps(per_day=150) + base(),
    ],
    ids=["rule", "campaign", "program"],
)
def test_a_cap_per_day_counts_the_purchases_of_the_business_day(program):
    """program.md 6: also those that are told a day later."""
    buys(
        given(enrolled(), program=program),
        (TODAY, 100, 100),
        (TOMORROW, 100, 100),
        (TODAY, 100, 50),
        (TODAY, 100, 0),
        (TOMORROW, 100, 50),
    )


def test_a_multipliers_cap_per_day_counts_what_it_added():
    """program.md 6: 60 of the first purchase's, so 40 are left for the next."""
    program = HEAD + base() + double(caps={"per_day": 100})
    buys(given(enrolled(), program=program), (TODAY, 60, 120), (TODAY, 60, 100), (TODAY, 60, 60))


@pytest.mark.parametrize(
    "program",
    [
        HEAD + base(caps={"per_member": 150}),
        HEAD + base(campaign="spring") + spring(per_member=150),
        HEAD + program_caps(per_member=150) + base(),
    ],
    ids=["rule", "campaign", "program"],
)
def test_a_cap_per_member_counts_for_ever_and_for_each_member_apart(program):
    """program.md 6."""
    scenario = given(enrolled("m-001", "m-002"), program=program)
    buys(scenario, (TODAY, 100, 100), (TOMORROW, 100, 50), ("2026-12-31", 100, 0))
    buys(scenario, (TODAY, 100, 100), member="m-002")


def test_the_least_room_of_a_scope_decides():
    """program.md 6: 60 a purchase, 100 a day, 130 for ever."""
    program = HEAD + base(caps={"per_purchase": 60, "per_day": 100, "per_member": 130})
    buys(
        given(enrolled(), program=program),
        (TODAY, 99, 60),
        (TODAY, 99, 40),
        (TOMORROW, 99, 30),
        (NEXT_YEAR, 99, 0),
    )


def test_what_counts_against_a_cap_is_rounded_up_for_each_purchase():
    """program.md 6: 1.50 earns 1 and counts 2, so of 10 a day 8 are left."""
    program = HEAD + base(caps={"per_day": 10})
    scenario = given(enrolled(), program=program)
    scenario.when(bought(150, at=TODAY)).then(earned_points(1))
    buys(scenario, (TODAY, 99, 8))


def test_what_a_multiplier_adds_counts_rounded_up():
    """program.md 6: of 1.50 the double adds 1.5 and counts 2 of 5; then 3 of 99 are left."""
    program = HEAD + base() + double(caps={"per_day": 5})
    scenario = given(enrolled(), program=program)
    scenario.when(bought(150, at=TODAY)).then(earned_points(3))
    buys(scenario, (TODAY, 99, 102))


def test_the_room_of_each_cumulative_cap_is_on_the_purchase():
    """RULES 5 and 14: with it a return judges the purchase again."""
    program = HEAD + program_caps(per_member=500) + base(caps={"per_day": 150, "per_purchase": 90})
    scenario = buys(given(enrolled(), program=program), (TODAY, 100, 90))
    scenario.when(bought(10_000, at=TODAY, purchase_id="p-9")).then(earned_points(60))
    rooms = one(scenario.events, PurchaseRecorded).rooms
    assert set(rooms) == {CapRoom("rule:base", 60), CapRoom("program", 410)}


# -- over versions -------------------------------------------------------------------------------


def test_caps_count_only_what_happened_under_versions_that_name_them():
    """program.md 6: not the 100 of the first version, the 100 of the second in the third."""
    scenario = buys(given(enrolled(), program=BASIC), (TODAY, 100, 100))
    buys(scenario.under(HEAD + base(caps={"per_day": 150})), (TODAY, 100, 100))
    buys(scenario.under(HEAD + base(caps={"per_day": 180})), (TODAY, 100, 80))


def test_a_version_without_the_cap_does_not_fill_it():
    """program.md 6: 100 under the first, 100 uncounted, then 50 are left of 150."""
    capped = HEAD + program_caps(per_member=150) + base()
    scenario = buys(given(enrolled(), program=capped), (TODAY, 100, 100))
    buys(scenario.under(BASIC), (TODAY, 100, 100))
    buys(scenario.under(capped), (TODAY, 100, 50))


# -- after a merge (docs/life.md, Merge) ---------------------------------------------------------


def test_at_a_merge_what_both_have_used_adds_up_and_an_unmerge_takes_it_off_again():
    """life.md Merge: 30 and 50 of 100 for ever; 20 since; then 50 are free for each."""
    program = HEAD + base(caps={"per_member": 100})
    scenario = given(enrolled("m-001", "m-002"), program=program)
    buys(scenario, (TODAY, 30, 30))
    buys(scenario, (TODAY, 50, 50), member="m-002")
    buys(scenario.and_then(merge(at=TODAY)), (TODAY, 99, 20))
    scenario.and_then(ask(UnmergeMembers, other="m-002", at=TODAY))
    buys(scenario, (TODAY, 99, 50))
    buys(scenario, (TODAY, 99, 50), member="m-002")


def test_what_comes_back_of_a_merged_members_purchase_makes_the_room_that_it_had_used():
    """life.md Merge and Returns: 80 of 100 came along and go."""
    program = HEAD + base(caps={"per_member": 100})
    bought_before = bought(8_000, at=TODAY, member="m-002")
    scenario = given(enrolled("m-001", "m-002"), bought_before, merge(at=TODAY), program=program)
    scenario.and_then(brought_back(at=TODAY))
    buys(scenario, (TODAY, 200, 100))


# -- after returns (docs/life.md, Returns) -------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        HEAD + base(caps={"per_day": 100}),
        HEAD + base(campaign="spring") + spring(per_day=100),
        HEAD + program_caps(per_day=100) + base(),
        HEAD + program_caps(per_member=100) + base(),
    ],
    ids=["rule", "campaign", "program", "member"],
)
def test_an_exchange_on_the_same_day_earns_again(program):
    """life.md: 80 are returned, so all of 100 is free; 40 of 100, so 60 is left."""
    scenario = given(enrolled(), bought(8_000, at=TODAY), brought_back(at=TODAY), program=program)
    scenario.when(bought(10_000, at=TODAY, purchase_id="p-2")).then(earned_points(100))
    scenario.and_then(brought_back(4_000, at=TODAY, purchase_id="p-2"))
    scenario.when(bought(10_000, at=TODAY, purchase_id="p-3")).then(earned_points(40))


def test_a_part_above_the_cap_that_comes_back_frees_no_room():
    """life.md: 110.00 kept of 120.00 fill the cap of 100 still; 80.00 leave 20."""
    program = HEAD + base(caps={"per_day": 100})
    scenario = given(
        enrolled(), bought(12_000, at=TODAY), brought_back(1_000, at=TODAY), program=program
    )
    buys(scenario, (TODAY, 50, 0))
    scenario.and_then(brought_back(3_000, at=TODAY))
    buys(scenario, (TODAY, 50, 20))


def test_a_return_frees_room_on_the_purchases_day():
    """life.md: what comes back tomorrow makes no room tomorrow."""
    program = HEAD + base(caps={"per_day": 100})
    scenario = buys(given(enrolled(), bought(8_000, at=TODAY), program=program), (TOMORROW, 70, 70))
    scenario.and_then(brought_back(at=TOMORROW))
    buys(scenario, (TOMORROW, 70, 30), (TODAY, 150, 100))


def test_a_return_judges_the_purchase_with_the_room_that_it_had():
    """life.md: 50 of 100 were left; with 60.00 of 90.00 kept it would have earned 50 as well."""
    program = HEAD + base(caps={"per_day": 100})
    scenario = buys(given(enrolled(), bought(5_000, at=TODAY), program=program), (TODAY, 90, 50))
    receipt = one(scenario.events, PurchaseRecorded).purchase_id
    scenario.when(brought_back(3_000, at=TODAY, purchase_id=receipt)).then(
        wrote(ReturnRecorded, points_due=0)
    )
    scenario.when(brought_back(2_000, at=TODAY, purchase_id=receipt)).then(
        wrote(ReturnRecorded, points_due=10)
    )
