"""What reviews of cards come to in the naive model, held against examples worked by hand.

Silver is reached on 10 March 2026 and valid until 10 April unless told otherwise; 11 April is the
day of its review.
"""

from __future__ import annotations

import pytest

from tests.model.story import (
    BASIC,
    Cards,
    date,
    kinds,
    ladder,
    outcomes,
    refused,
    rung,
    window,
)

ENTRY = rung("plain")
MONTHLY = {"window": "rolling_months", "window_months": 1}
YEARLY = rung("silver", 10)
SILVER = rung("silver", 10, **MONTHLY)
GOLD = rung("gold", 20, **MONTHLY)
BY_BALANCE = ladder(review="by_balance")
GRACE = ladder(grace_days=10)


def with_silver(settings: str = SILVER, yuan: int = 10) -> Cards:
    cards = Cards(BASIC + settings)
    cards.buy(yuan, "2026-03-10", purchase_id="p")
    return cards


# -- the window -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "name", "start", "kept"),
    [
        ({"window": "calendar_year"}, "calendar_year", "2026-01-01", True),
        ({"window": "membership_year"}, "membership_year", "2026-02-28", True),
        (MONTHLY, "rolling_months", "2026-03-11", False),
        ({"window": "rolling_months", "window_months": 2}, "rolling_months", "2026-02-11", True),
        ({"window": "same_day"}, "best_day", "2026-01-01", True),
    ],
)
def test_the_window_ends_with_the_last_good_day(
    settings: dict[str, object], name: str, start: str, kept: bool
) -> None:
    (fact,) = with_silver(rung("silver", 10, **settings)).review("2026-04-10")
    assert window(fact) == (name, start, "2026-04-11", 1000 if kept else 0, 1000)
    assert outcomes([fact]) == [("2026-04-11", *(("kept", "silver") if kept else ("lowered", "")))]


@pytest.mark.parametrize(
    ("name", "bought", "last", "start"),
    [
        ("calendar_year", "2025-12-15", "2026-01-15", "2026-01-01"),
        ("membership_year", "2026-02-27", "2026-03-27", "2026-02-28"),
    ],
)
def test_the_year_is_that_of_the_last_good_day(
    name: str, bought: str, last: str, start: str
) -> None:
    """What was bought in the year before does not count."""
    cards = Cards(BASIC + rung("silver", 10, window=name))
    cards.buy(10, bought)
    (fact,) = cards.review(last)
    assert window(fact) == (name, start, str(fact["occurred_on"]), 0, 1000)


@pytest.mark.parametrize(("day", "kept"), [("2026-04-10", True), ("2026-04-11", False)])
def test_the_last_good_day_counts_and_the_day_of_the_review_does_not(day: str, kept: bool) -> None:
    cards = with_silver(SILVER)
    first = outcomes(cards.buy(10, day) + cards.review("2026-04-10"))[0]
    assert first == ("2026-04-11", "kept" if kept else "lowered", "silver" if kept else "")


# -- kept -----------------------------------------------------------------------------------------


def test_a_card_that_is_kept_is_valid_as_from_its_last_good_day() -> None:
    cards = with_silver(YEARLY)
    (kept,) = cards.review("2026-04-10")
    assert (kept["kind"], kept["tier"], kept["valid_until"]) == (
        "TierKept",
        "silver",
        date("2026-05-10"),
    )
    assert kept["occurred_at"].isoformat() == "2026-04-10T16:00:00+00:00"
    yearly = Cards(BASIC + rung("silver", 10, valid="end_of_next_year"))
    yearly.buy(10, "2024-05-01")
    yearly.buy(10, "2025-05-01")
    assert yearly.card("2025-12-31") == ("silver", "2025-12-31")
    assert yearly.card("2026-01-01") == ("silver", "2026-12-31")


def test_below_a_kept_card_is_what_the_review_would_have_lowered_it_to() -> None:
    """As one down would have: the goods that kept gold in April come back in May."""
    cards = with_silver(rung("silver", 10, valid="end_of_next_year") + GOLD, yuan=20)
    cards.buy(20, "2026-04-10", purchase_id="q")
    assert outcomes(cards.review("2026-04-10")) == [("2026-04-11", "kept", "gold")]
    (_, lowered) = cards.back(1, "2026-05-01", of="q")
    assert outcomes([lowered]) == [("2026-05-01", "return", "silver")]
    assert window(lowered) == ("rolling_months", "2026-03-11", "2026-04-11", 1900, 2000)
    assert lowered["valid_until"] == date("2027-12-31")


# -- held by a floor ------------------------------------------------------------------------------


def test_a_floor_keeps_the_card_until_its_own_last_day() -> None:
    cards = with_silver()
    cards.set("silver", "2026-03-20", until="2026-06-30")
    (held,) = cards.review("2026-04-10")
    assert outcomes([held]) == [("2026-04-11", "floor", "silver")]
    assert held["valid_until"] == date("2026-06-30")
    assert window(held) == ("rolling_months", "2026-03-11", "2026-04-11", 0, 1000)
    assert outcomes(cards.review("2026-06-30")) == [("2026-07-01", "lowered", "")]


def test_a_card_that_measures_up_needs_no_floor() -> None:
    cards = with_silver(YEARLY)
    cards.set("silver", "2026-03-20", until="2026-06-30")
    assert outcomes(cards.review("2026-04-10")) == [("2026-04-11", "kept", "silver")]


def test_a_floor_must_last_on_the_day_of_the_review() -> None:
    cards = with_silver()
    cards.set("silver", "2026-03-20", until="2026-04-10")
    assert outcomes(cards.review("2026-04-10")) == [("2026-04-11", "lowered", "")]


def test_below_a_card_held_by_a_floor_is_what_it_would_have_been_lowered_to() -> None:
    cards = with_silver(SILVER + GOLD, yuan=20)
    cards.set("gold", "2026-03-20", until="2026-06-30")
    cards.review("2026-04-10")
    (_, ended) = cards.end_floor("2026-04-20")
    assert outcomes([ended]) == [("2026-04-20", "floor_ended", "silver")]
    assert ended["valid_until"] == date("2026-05-10")
    assert window(ended) == ("", "2026-04-20", "2026-04-20", 0, 0)


def test_a_card_is_not_lowered_below_a_floor() -> None:
    cards = with_silver(SILVER + GOLD + rung("black", 30, **MONTHLY) + BY_BALANCE, yuan=30)
    cards.set("gold", "2026-03-20", until="2026-06-30")
    (lowered,) = cards.review("2026-04-10")
    assert outcomes([lowered]) == [("2026-04-11", "lowered", "gold")]
    assert lowered["valid_until"] == date("2026-06-30")


def test_a_card_set_by_hand_is_reviewed_on_the_day_after_the_floor() -> None:
    cards = Cards(BASIC + rung("black", invitation=True))
    cards.set("black", "2026-03-20", until="2026-04-10")
    (lowered,) = cards.review("2026-04-10")
    assert outcomes([lowered]) == [("2026-04-11", "lowered", "")]
    assert window(lowered) == ("", "2026-04-11", "2026-04-11", 0, 0)


# -- grace ----------------------------------------------------------------------------------------


def test_in_grace_the_card_stays_some_days_more() -> None:
    cards = with_silver(SILVER + GRACE)
    (grace,) = cards.review("2026-04-10")
    assert outcomes([grace]) == [("2026-04-11", "grace", "silver")]
    assert grace["valid_until"] == date("2026-04-20")
    assert window(grace) == ("rolling_months", "2026-03-11", "2026-04-11", 0, 1000)


def test_its_end_measures_from_the_start_of_the_same_window() -> None:
    cards = with_silver(SILVER + GRACE)
    cards.buy(4, "2026-03-11")
    cards.buy(6, "2026-04-20")
    (kept,) = cards.review("2026-04-20")
    assert outcomes([kept]) == [("2026-04-21", "kept", "silver")]
    assert window(kept) == ("rolling_months", "2026-03-11", "2026-04-21", 1000, 1000)
    assert kept["valid_until"] == date("2026-05-10"), "as from the day before the grace"


def test_a_validity_that_would_be_over_by_then_is_as_from_the_end_of_the_grace() -> None:
    cards = with_silver(rung("silver", 10, **MONTHLY) + ladder(grace_days=30))
    cards.buy(10, "2026-05-10")
    (kept,) = cards.review("2026-05-10")
    assert window(kept)[:3] == ("rolling_months", "2026-03-11", "2026-05-11")
    assert kept["valid_until"] == date("2026-06-10")


def test_there_is_no_grace_in_grace() -> None:
    cards = with_silver(SILVER + GRACE)
    assert outcomes(cards.review("2026-06-30")) == [
        ("2026-04-11", "grace", "silver"),
        ("2026-04-21", "lowered", ""),
    ]


def test_who_is_lowered_after_a_grace_gets_days_as_from_its_end() -> None:
    cards = with_silver(rung("silver", 10, valid_months=2, **MONTHLY) + GOLD + GRACE, yuan=20)
    assert cards.card("2026-04-21") == ("silver", "2026-06-20")


# -- lowered --------------------------------------------------------------------------------------


def test_one_down_passes_over_tiers_by_invitation() -> None:
    club = rung("club", invitation=True)
    cards = with_silver(SILVER + club + GOLD, yuan=20)
    (lowered,) = cards.review("2026-04-10")
    assert (lowered["tier_from"], lowered["tier_to"]) == ("gold", "silver")
    assert lowered["valid_until"] == date("2026-05-10")
    assert window(lowered) == ("rolling_months", "2026-03-11", "2026-04-11", 0, 2000)


def test_by_balance_goes_to_the_highest_tier_whose_own_window_measures_up() -> None:
    bronze = rung("bronze", 5, window="calendar_year")
    rungs = ENTRY + bronze + SILVER + GOLD
    assert with_silver(rungs + BY_BALANCE, yuan=20).card("2026-04-11")[0] == "bronze"
    assert with_silver(rungs, yuan=20).card("2026-04-11")[0] == "silver"


def test_nobody_is_lowered_below_the_entry_tier() -> None:
    for how in (BY_BALANCE, ""):
        cards = with_silver(ENTRY + SILVER + how)
        assert cards.card("2026-04-11") == ("plain", "")
    assert with_silver(SILVER + BY_BALANCE).card("2026-04-11") == ("", "")


def test_reviews_go_on_as_long_as_the_card_is_over() -> None:
    cards = with_silver(SILVER + GOLD, yuan=20)
    assert outcomes(cards.review("2026-06-30")) == [
        ("2026-04-11", "lowered", "silver"),
        ("2026-05-11", "lowered", ""),
    ]


def test_a_tier_that_the_version_does_not_know_goes_to_what_the_balance_supports() -> None:
    cards = with_silver(YEARLY + GOLD, yuan=20)
    cards.publish(BASIC.replace("2020-01-01", "2026-04-11") + YEARLY)
    (lowered,) = cards.review("2026-04-10")
    assert (lowered["tier_to"], lowered["valid_until"]) == ("silver", date("2026-05-10"))
    assert (lowered["program_version"], window(lowered)[0]) == (2, "")


def test_the_version_in_force_when_the_review_begins_decides() -> None:
    cards = with_silver(YEARLY)
    harder = BASIC + rung("silver", 11)
    cards.publish(harder.replace("2020-01-01", "2026-04-11"))
    (lowered,) = cards.review("2026-04-10")
    assert (lowered["cause"], lowered["threshold"], lowered["program_version"]) == (
        "lowered",
        1100,
        2,
    )


# -- runs -----------------------------------------------------------------------------------------


def test_a_run_is_about_days_that_are_over() -> None:
    cards = with_silver()
    with refused("day_not_over"):
        cards.review("2026-04-10", "2026-04-10")
    assert cards.review("2026-04-09", "2026-04-10") == []
    assert kinds(cards.review("2026-04-10", "2026-04-11")) == ["TierChanged"]
    assert cards.review("2026-04-10", "2026-04-11") == []
