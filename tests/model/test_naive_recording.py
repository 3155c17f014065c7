"""How the naive model tells what becomes of cards, held against examples worked by hand."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest

from schemas.commands import (
    EnrolMember,
    MergeMembers,
    RecordPurchase,
    RedeemReward,
    UnmergeMembers,
)
from tests.model.story import (
    BASIC,
    Cards,
    date,
    kinds,
    ladder,
    noon,
    outcomes,
    refused,
    rung,
    window,
)

MONTHLY = {"window": "rolling_months", "window_months": 1}
SILVER = rung("silver", 10, **MONTHLY)
GOLD = rung("gold", 20, **MONTHLY)
MUG = '\n[[reward]]\nid = "mug"\npoints = 1\ntiers = ["silver"]\n'


def with_silver(settings: str = SILVER, yuan: int = 10) -> Cards:
    cards = Cards(BASIC + settings)
    cards.buy(yuan, "2026-03-10", purchase_id="p")
    return cards


# -- reviews that are due come first --------------------------------------------------------------


def test_a_purchase_records_the_reviews_before_its_day_first() -> None:
    assert kinds(with_silver().buy(1, "2026-04-10")) == ["PurchaseRecorded"]
    reviewed, bought = with_silver().buy(1, "2026-04-11")
    assert (reviewed["occurred_at"], reviewed["source"]) == (midnight("2026-04-11"), "test")
    assert (outcomes([reviewed]), bought["tier"]) == ([("2026-04-11", "lowered", "")], "")


def midnight(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T00:00+08:00").astimezone(dt.UTC)


def test_so_do_returns_rewards_floors_and_merges() -> None:
    lowered = [("2026-04-11", "lowered", "")]
    assert outcomes(with_silver().back(1, "2026-04-20", of="p")) == lowered
    assert outcomes(with_silver().set("silver", "2026-04-20"))[:1] == lowered
    cards = with_silver()
    cards.set("silver", "2026-03-20", until="2026-05-20")
    held = [("2026-04-11", "floor", "silver")]
    assert outcomes(cards.end_floor("2026-05-20"))[:1] == held
    cards = with_silver()
    cards.say(EnrolMember(member="n", occurred_at=noon("2024-03-01")))
    cards.buy(10, "2026-04-19", member="n")
    facts = cards.tell(MergeMembers, "2026-04-20", other="n")
    assert outcomes(facts) == [*lowered, ("2026-04-20", "merge", "silver")]
    facts = cards.tell(UnmergeMembers, "2026-05-20", other="n")
    assert outcomes(facts) == [("2026-05-20", "lowered", "")]


def test_a_reward_is_for_the_card_after_its_reviews() -> None:
    cards = with_silver(SILVER + MUG)
    cards.tell(RedeemReward, "2026-04-10", reward="mug")
    with refused("reward_not_offered"):
        cards.tell(RedeemReward, "2026-04-11", reward="mug")
    assert cards.told()[-1][0] == "2026-03-10", "what is refused writes nothing"
    kept = with_silver(rung("silver", 10) + MUG)
    assert kinds(kept.tell(RedeemReward, "2026-04-11", reward="mug")) == [
        "TierKept",
        "PointsRedeemed",
    ]


def test_the_card_is_shown_as_it_will_be() -> None:
    cards = with_silver()
    assert (cards.card("2026-04-10"), cards.card("2026-04-11")) == (
        ("silver", "2026-04-10"),
        ("", ""),
    )
    assert cards.told()[-1] == ("2026-03-10", "silver", "2026-04-10")


# -- late facts -----------------------------------------------------------------------------------


def test_a_late_purchase_saves_a_tier_after_its_review() -> None:
    cards = with_silver()
    assert outcomes(cards.review("2026-04-10")) == [("2026-04-11", "lowered", "")]
    bought, kept = cards.buy(10, "2026-04-01")
    assert outcomes([kept]) == [("2026-04-11", "kept", "silver")]
    assert (kept["kind"], kept["tier_from"]) == ("TierChanged", ""), "what was on record"
    assert window(kept) == ("rolling_months", "2026-03-11", "2026-04-11", 1000, 1000)
    assert bought["tier"] == "silver"
    assert cards.card("2026-05-10") == ("silver", "2026-05-10")


def test_a_late_purchase_before_a_review_that_changes_nothing_tells_nothing() -> None:
    cards = with_silver()
    cards.review("2026-04-10")
    assert kinds(cards.buy(9, "2026-04-01")) == ["PurchaseRecorded"]


def test_a_late_return_of_what_kept_a_tier_takes_it_at_the_review() -> None:
    cards = with_silver()
    cards.buy(10, "2026-04-01", purchase_id="q")
    assert outcomes(cards.review("2026-04-10")) == [("2026-04-11", "kept", "silver")]
    (_, lowered) = cards.back(1, "2026-04-10", of="q")
    assert outcomes([lowered]) == [("2026-04-11", "lowered", "")]


def test_all_that_follows_from_the_first_difference_is_told_anew() -> None:
    cards = with_silver(SILVER + rung("gold", 25, **MONTHLY))
    cards.buy(10, "2026-04-05")
    assert outcomes(cards.review("2026-06-10")) == [
        ("2026-04-11", "kept", "silver"),
        ("2026-05-11", "lowered", ""),
    ]
    _, *told = cards.buy(10, "2026-04-04")
    assert outcomes(told) == [
        ("2026-04-05", "threshold", "gold"),
        ("2026-05-06", "lowered", "silver"),
    ]
    assert [fact["tier_from"] for fact in told] == ["silver", "gold"]
    days = [day for day, _, _ in cards.told()[1:]]
    assert days == ["2026-03-10", "2026-04-05", "2026-05-06"]
    assert outcomes(cards.review("2026-06-10")) == [("2026-06-06", "lowered", "")]


def test_it_is_looked_at_up_to_the_latest_instant_of_what_is_recorded() -> None:
    """The first run had nothing to do and left no trace; the second did."""
    cards = Cards(BASIC + SILVER)
    cards.review("2026-10-31")
    assert outcomes(cards.buy(10, "2026-03-10")) == [("2026-03-10", "threshold", "silver")]
    cards = Cards(BASIC + SILVER)
    cards.buy(10, "2026-07-10")
    cards.review("2026-10-31")
    assert outcomes(cards.buy(10, "2026-03-10")) == [
        ("2026-03-10", "threshold", "silver"),
        ("2026-04-11", "lowered", ""),
        ("2026-07-10", "threshold", "silver"),
        ("2026-08-11", "lowered", ""),
    ]


def test_where_nothing_new_begins_the_span_that_holds_on_is_told_again() -> None:
    for_ever = {"window": "calendar_year", "valid": "for_ever"}
    cards = Cards(BASIC + rung("silver", 10, **for_ever) + rung("gold", 21, **for_ever))
    cards.buy(15, "2026-03-10", purchase_id="p")
    assert outcomes(cards.buy(10, "2026-03-20")) == [("2026-03-20", "threshold", "gold")]
    (_, again) = cards.back(5, "2026-03-15", of="p")
    assert (again["tier_from"], again["tier_to"]) == ("gold", "silver")
    assert outcomes([again]) == [("2026-03-20", "restated", "silver")]
    assert window(again) == ("calendar_year", "2026-01-01", "2027-01-01", 1500, 1000)
    assert kinds(cards.buy(1, "2026-03-12", purchase_id="q")) == ["PurchaseRecorded", "TierChanged"]
    assert cards.told()[1:] == [("2026-03-10", "silver", ""), ("2026-03-20", "gold", "")]


def test_the_enrolment_that_holds_on_is_told_again_without_a_window() -> None:
    cards = Cards(BASIC + rung("gold", 10, valid="for_ever"))
    cards.buy(6, "2026-03-10", purchase_id="p")
    cards.buy(6, "2026-03-20")
    (_, again) = cards.back(5, "2026-03-15", of="p")
    assert (again["cause"], again["tier_to"], again["measured"]) == ("restated", "", 0)


def test_what_several_steps_come_to_at_one_instant_is_one_event_the_last_steps() -> None:
    cards = Cards(BASIC + rung("silver", 10) + rung("gold", 20) + rung("black", 30))
    cards.buy(10, "2026-03-10")
    cards.buy(11, "2026-03-20", purchase_id="q")
    cards.buy(9, "2026-03-25")
    (_, lowered) = cards.back(11, "2026-03-26", of="q")
    assert (lowered["tier_from"], lowered["tier_to"]) == ("black", "silver")
    assert (lowered["cause"], lowered["measured"], lowered["threshold"]) == ("return", 1900, 2000)


def test_two_purchases_at_one_time_are_two_facts_the_second_in_the_place_of_the_first() -> None:
    cards = Cards(BASIC + SILVER + GOLD)
    cards.buy(10, "2026-03-10")
    (_, change) = cards.buy(10, "2026-03-10")
    assert (change["tier_from"], change["tier_to"]) == ("silver", "gold")
    assert cards.told()[1:] == [("2026-03-10", "gold", "2026-04-10")]


def test_points_that_were_earned_are_kept() -> None:
    double = rung("silver", 10, multiplier="2", valid="for_ever")
    cards = Cards(BASIC + double)
    cards.buy(10, "2026-03-10", purchase_id="p")
    assert cards.buy(5, "2026-03-20")[0]["points_earned"] == 10
    cards.back(10, "2026-03-15", of="p")
    assert cards.card("2026-03-20") == ("", "")
    assert cards.balance("2026-12-01")["balance"] == 10


# -- versions -------------------------------------------------------------------------------------


def test_what_was_recorded_stays_with_its_version() -> None:
    """A version published later for earlier days decides what is recorded from then on."""
    cards = with_silver(rung("silver", 10))
    cards.review("2026-04-10")
    harder = BASIC + rung("silver", 11)
    cards.publish(harder.replace("2020-01-01", "2026-04-01"))
    assert kinds(cards.buy(1, "2026-04-02", purchase_id="q")) == ["PurchaseRecorded"]
    cards.back(1, "2026-04-20", of="q")
    assert outcomes(cards.review("2026-05-10")) == [("2026-05-11", "lowered", "")]


# -- the order in which facts come ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["one_down", "by_balance"])
@pytest.mark.parametrize("upgrade", ["at_once", "next_purchase"])
def test_the_timeline_does_not_depend_on_the_order_of_recording(how: str, upgrade: str) -> None:
    settings = ladder(review=how, upgrade=upgrade, grace_days=5, recovery_days=20)
    program = BASIC + SILVER + GOLD + rung("black", 40, **MONTHLY) + settings
    purchases = [
        (12, "2026-03-10"),
        (30, "2026-03-20"),
        (10, "2026-04-12"),
        (25, "2026-05-20"),
    ]
    told = set()
    for order in permutations(purchases):
        cards = Cards(program)
        for yuan, day in order:
            cards.buy(yuan, day)
        cards.review("2026-10-31")
        told.add(tuple(cards.told()))
    assert len(told) == 1


def test_a_run_missed_for_years_ends_where_timely_runs_do() -> None:
    settings = ladder(grace_days=5, recovery_days=20)
    program = BASIC + SILVER + GOLD + rung("black", 40, valid_months=3) + settings
    timely, late = Cards(program), Cards(program)
    for cards in (timely, late):
        day = date("2024-06-01")
        while day < date("2026-11-01"):
            if cards is timely:
                cards.review(str(day - dt.timedelta(days=1)), str(day))
            if day.month in (1, 2, 6, 7, 9) and day.day % 9 == 0:
                said = {"amount_minor": 100 * day.day, "purchase_id": str(day), "member": "m"}
                cards.say(RecordPurchase(occurred_at=noon(str(day)), **said))
            day += dt.timedelta(days=3)
        cards.review("2026-10-31")
    assert timely.told() == late.told()
    assert timely.card("2026-11-01") == late.card("2026-11-01")
