"""Cards set by hand, and those of merged members, in the naive model; worked by hand.

Tiers are by the net spend of the calendar year and valid for a month unless told otherwise.
"""

from __future__ import annotations

import pytest

from schemas.commands import EnrolMember, MergeMembers, UnmergeMembers
from tests.model.story import (
    BASIC,
    Cards,
    date,
    kinds,
    noon,
    outcomes,
    refused,
    rung,
    window,
)

SILVER = rung("silver", 10)
GOLD = rung("gold", 20)
BLACK = rung("black", invitation=True)
MONTHLY = {"window": "rolling_months", "window_months": 1}

# -- set by hand ----------------------------------------------------------------------------------


def test_a_tier_set_above_the_card_is_the_card_until_the_day_given() -> None:
    cards = Cards(BASIC + SILVER + BLACK)
    cards.buy(10, "2026-03-10")
    fact, change = cards.set("black", "2026-03-20", until="2026-06-30")
    assert (fact["kind"], fact["tier"], fact["until"]) == ("TierSet", "black", date("2026-06-30"))
    assert outcomes([change]) == [("2026-03-20", "by_hand", "black")]
    assert change["valid_until"] == date("2026-06-30")
    assert window(change) == ("", "2026-03-20", "2026-03-20", 0, 0)


def test_without_a_day_it_has_its_own_validity() -> None:
    for valid, until in (("months", "2026-04-20"), ("end_of_next_year", "2027-12-31")):
        cards = Cards(BASIC + rung("silver", 10, valid=valid))
        assert str(cards.set("silver", "2026-03-20")[0]["until"]) == until
        assert cards.card("2026-03-20") == ("silver", until)
    cards = Cards(BASIC + rung("silver", 10, valid="for_ever"))
    cards.set("silver", "2026-03-20")
    assert cards.card("2026-12-01") == ("silver", "")


def test_a_tier_set_that_is_not_above_the_card_is_a_floor_alone() -> None:
    cards = Cards(BASIC + SILVER)
    cards.buy(10, "2026-03-10")
    assert kinds(cards.set("silver", "2026-03-20", until="2026-06-30")) == ["TierSet"]
    assert cards.card("2026-03-20") == ("silver", "2026-04-10")


def test_only_known_tiers_are_set_and_not_for_the_past() -> None:
    cards = Cards(BASIC + SILVER)
    with refused("unknown_tier"):
        cards.set("gold", "2026-03-20", until="2026-03-19")
    with refused("floor_in_past"):
        cards.set("silver", "2026-03-20", until="2026-03-19")
    cards.set("silver", "2026-03-20", until="2026-03-20")


def test_when_a_floor_ends_the_card_is_the_one_below_what_it_gave() -> None:
    cards = Cards(BASIC + SILVER + GOLD + BLACK)
    cards.buy(10, "2026-03-10")
    cards.set("gold", "2026-03-11", until="2026-06-30")
    cards.set("black", "2026-03-12", until="2026-05-31")
    ended, change = cards.end_floor("2026-03-20")
    assert ended["kind"] == "TierFloorEnded"
    assert outcomes([change]) == [("2026-03-20", "floor_ended", "silver")]
    assert cards.card("2026-03-20") == ("silver", "2026-04-10")
    with refused("no_floor"):
        cards.end_floor("2026-03-21")


@pytest.mark.parametrize(("day", "lasts"), [("2026-06-30", True), ("2026-07-01", False)])
def test_a_floor_lasts_until_the_end_of_its_day(day: str, lasts: bool) -> None:
    cards = Cards(BASIC + GOLD)
    cards.set("gold", "2026-03-11", until="2026-06-30")
    if lasts:
        assert outcomes(cards.end_floor(day)) == [(day, "floor_ended", "")]
    else:
        with refused("no_floor"):
            cards.end_floor(day)


def test_a_floor_is_ended_as_of_its_day_not_before_it_was_set() -> None:
    cards = Cards(BASIC + GOLD)
    cards.set("gold", "2026-03-11")
    with refused("no_floor"):
        cards.end_floor("2026-03-10")


def test_a_card_that_is_over_when_the_floor_above_it_ends_is_reviewed() -> None:
    cards = Cards(BASIC + rung("silver", 10, **MONTHLY) + BLACK)
    cards.buy(10, "2026-03-10")
    cards.set("black", "2026-03-11", until="2026-12-31")
    assert outcomes(cards.end_floor("2026-05-01")) == [("2026-05-01", "lowered", "")]


def test_a_later_floor_replaces_an_earlier_one() -> None:
    cards = Cards(BASIC + SILVER + GOLD)
    cards.set("gold", "2026-03-11", until="2026-12-31")
    assert kinds(cards.set("silver", "2026-03-12", until="2026-03-31")) == ["TierSet"]
    assert cards.card("2026-04-01") == ("gold", "2026-12-31")
    with refused("no_floor"):
        cards.end_floor("2026-04-01")


# -- merging --------------------------------------------------------------------------------------


def two(settings: str) -> Cards:
    cards = Cards(BASIC + settings)
    cards.say(EnrolMember(member="n", occurred_at=noon("2024-03-01")))
    return cards


def test_the_others_card_comes_with_the_days_it_has_when_it_is_above() -> None:
    cards = two(SILVER)
    cards.buy(10, "2026-03-10", member="n")
    change = cards.tell(MergeMembers, "2026-03-20", other="n")[-1]
    assert outcomes([change]) == [("2026-03-20", "merge", "silver")]
    assert change["valid_until"] == date("2026-04-10")


def test_the_others_card_is_reviewed_up_to_that_day() -> None:
    cards = two(rung("silver", 10, **MONTHLY))
    cards.buy(10, "2026-03-10", member="n")
    facts = cards.tell(MergeMembers, "2026-04-20", other="n")
    assert [(f["member"], f["kind"]) for f in facts] == [
        ("n", "TierChanged"),
        ("n", "MemberMerged"),
        ("m", "MemberAbsorbed"),
    ]


def test_then_what_the_days_of_both_reach_on_the_day_of_the_merge() -> None:
    cards = two(SILVER + GOLD)
    cards.buy(10, "2026-03-10", member="n")
    cards.buy(10, "2026-03-10")
    change = cards.tell(MergeMembers, "2026-03-20", other="n")[-1]
    assert outcomes([change]) == [("2026-03-20", "threshold", "gold")]
    assert (change["measured"], change["valid_until"]) == (2000, date("2026-04-20"))
    undone = cards.tell(UnmergeMembers, "2026-03-25", other="n")
    assert kinds(undone) == ["MergeUndone", "TierChanged", "MemberRestored"]
    assert outcomes(undone) == [("2026-03-25", "unmerge", "silver")]
    assert window(undone[1]) == ("calendar_year", "2026-01-01", "2027-01-01", 1000, 2000)
    assert cards.card("2026-03-25") == ("silver", "2026-04-10")
    assert cards.card("2026-03-25", "n") == ("silver", "2026-04-10")


def test_an_unmerge_takes_the_card_that_the_merge_gave() -> None:
    cards = two(rung("silver", 10, valid="for_ever"))
    cards.buy(10, "2026-03-10", member="n")
    cards.tell(MergeMembers, "2026-03-20", other="n")
    undone = cards.tell(UnmergeMembers, "2026-03-25", other="n")
    assert outcomes(undone) == [("2026-03-25", "unmerge", "")]
    assert window(undone[1]) == ("", "2026-03-25", "2026-03-25", 0, 0)


def test_what_is_reached_without_the_other_stays() -> None:
    cards = two(SILVER)
    cards.buy(9, "2026-03-10", member="n")
    cards.tell(MergeMembers, "2026-03-20", other="n")
    assert cards.buy(10, "2026-03-21")[-1]["measured"] == 1900
    undone = cards.tell(UnmergeMembers, "2026-03-25", other="n")
    assert kinds(undone) == ["MergeUndone", "MemberRestored"]
