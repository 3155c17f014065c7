"""The naive model itself, held against examples worked by hand from the rules."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.commands import EnrolMember, RedeemPoints
from tests.model.naive_rules import Fact, months_on, window
from tests.model.story import BASIC, NOW, ROLLING, SILVER, Story, date, noon, refused


def test_the_lot_that_expires_first_goes_first_and_never_expiring_last() -> None:
    story = Story()
    story.award(100, "2026-01-01")
    story.award(50, "2026-01-02", expires_on="2026-12-31")
    story.award(30, "2026-01-03", expires_on="2026-06-30")
    (spent,) = story.redeem(90, "2026-03-01")
    assert spent["moves"] == {
        (3, "available"): -30,
        (2, "available"): -50,
        (1, "available"): -10,
    }


def test_ties_go_in_the_order_earned_not_recorded() -> None:
    story = Story()
    story.award(10, "2026-02-01")
    story.award(10, "2026-01-01")
    (spent,) = story.redeem(15, "2026-03-01")
    assert list(spent["moves"].items()) == [((2, "available"), -10), ((1, "available"), -5)]


def test_a_lot_is_good_on_its_last_day_and_not_after() -> None:
    story = Story()
    story.award(10, "2026-01-01", expires_on="2026-06-30")
    with refused("insufficient_points"):
        story.redeem(10, "2026-07-01")
    story.redeem(10, "2026-06-30")
    assert story.balance("2026-06-30")["balance"] == 0


def test_pending_points_are_seen_and_become_available_with_time() -> None:
    story = Story("available_after_days = 7" + BASIC)
    story.buy(10, "2026-03-01")
    before = story.balance("2026-03-07")
    assert (before["pending"], before["available"]) == (10, 0)
    after = story.balance("2026-03-08")
    assert (after["pending"], after["available"]) == (0, 10)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-11-30", 14, "2028-01-30"),
    ],
)
def test_months_keep_the_anchor_day(day: str, months: int, then: str) -> None:
    assert months_on(date(day), months) == date(then)


@pytest.mark.parametrize(
    ("expiry", "last_good_day"),
    [
        ('policy = "never"', None),
        ('policy = "months"\nmonths = 1', date("2026-02-28")),
        ('policy = "end_of_year"', date("2027-12-31")),
        ('policy = "end_of_year"\nyears = 0', date("2026-12-31")),
    ],
)
def test_the_last_good_day_is_fixed_when_the_lot_opens(
    expiry: str, last_good_day: dt.date | None
) -> None:
    (bought,) = Story(f"{BASIC}[expiry]\n{expiry}").buy(5, "2026-01-31")
    assert bought["lots"][0]["expires_on"] == last_good_day


@pytest.mark.parametrize(("rounding", "points"), [("floor", 4), ("half_up", 5), ("ceil", 5)])
def test_rules_add_up_and_are_rounded_once(rounding: str, points: int) -> None:
    """10.00 at 1 per 4.00 twice is 2.5 + 2.5; with 2 whole blocks of 4.00 in place of one, 4.5."""
    half = '\n[[earn]]\nid = "half"\npoints = 1\nper = "4.00"\n'
    program = f'rounding = "{rounding}"' + BASIC.replace('per = "1.00"', 'per = "4.00"')
    assert Story(program + half).buy(10, "2026-03-01")[0]["points_earned"] == 5
    blocks = half + 'method = "per_block"\n'
    assert Story(program + blocks).buy(10, "2026-03-01")[0]["points_earned"] == points


def test_the_purchase_that_reaches_a_tier_earns_under_the_one_before() -> None:
    story = Story(BASIC + SILVER)
    bought, change = story.buy(10, "2026-03-01")
    assert (bought["points_earned"], change["tier_to"]) == (10, "silver")
    assert change["valid_until"] == date("2027-12-31")
    (again,) = story.buy(10, "2026-03-02")
    assert again["points_earned"] == 20


def test_with_upgrade_first_it_earns_under_the_new_one() -> None:
    bought, _ = Story("upgrade_first = true" + BASIC + SILVER).buy(10, "2026-03-01")
    assert bought["points_earned"] == 20


def test_a_late_purchase_earns_under_the_tier_held_then() -> None:
    story = Story(BASIC + SILVER)
    story.buy(10, "2026-03-10")
    assert story.buy(3, "2026-03-09")[0]["points_earned"] == 3
    assert story.buy(3, "2026-03-11")[0]["points_earned"] == 6


def test_a_late_purchase_may_complete_a_window_that_ends_on_a_later_day() -> None:
    story = Story(BASIC + SILVER + ROLLING)
    assert len(story.buy(6, "2026-03-20")) == 1
    assert len(story.buy(1, "2026-03-25")) == 1
    _, change = story.buy(4, "2026-03-05")
    assert change["occurred_at"] == noon("2026-03-20")
    assert change["occurred_on"] == date("2026-03-20")
    assert (change["window_from"], change["window_until"]) == (
        date("2026-02-21"),
        date("2026-03-21"),
    )
    assert change["measured"] == 1000


@pytest.mark.parametrize(
    ("settings", "day", "start", "end"),
    [
        ({"window": "same_day"}, "2026-03-01", "2026-03-01", "2026-03-02"),
        ({"window": "calendar_year"}, "2026-03-01", "2026-01-01", "2027-01-01"),
        ({"window": "membership_year"}, "2026-03-01", "2026-02-28", "2027-02-28"),
        ({"window": "membership_year"}, "2026-02-27", "2025-02-28", "2026-02-28"),
        ({"window": "membership_year"}, "2028-02-29", "2028-02-29", "2029-02-28"),
        (
            {"window": "rolling_months", "window_months": 12},
            "2026-02-28",
            "2025-03-01",
            "2026-03-01",
        ),
    ],
)
def test_windows_are_half_open(settings: Fact, day: str, start: str, end: str) -> None:
    assert window(settings, date(day), date("2024-02-29")) == (date(start), date(end))


def test_visits_are_days_with_a_purchase() -> None:
    tier = '\n[[tier]]\nid = "regular"\nmeasure = "visits"\nthreshold = 2\n'
    story = Story(BASIC + tier)
    assert len(story.buy(1, "2026-03-01")) == 1
    assert len(story.buy(1, "2026-03-01")) == 1
    assert len(story.buy(1, "2026-03-02")) == 2


def test_the_rules_are_those_in_force_on_the_business_date() -> None:
    story = Story()
    story.publish(BASIC.replace("2020-01-01", "2026-06-01").replace("points = 1", "points = 3"))
    assert story.buy(10, "2026-05-31")[0]["points_earned"] == 10
    assert story.buy(10, "2026-06-01")[0]["points_earned"] == 30
    with refused("no_program_in_force"):
        story.buy(10, "2019-12-31")


def test_a_request_id_answers_once_and_refuses_anything_else() -> None:
    story = Story()
    first = story.award(5, "2026-03-01")
    story.requests -= 1
    assert story.award(5, "2026-03-01") == first
    story.requests -= 1
    with refused("request_conflict"):
        story.award(6, "2026-03-01")
    assert len(story.model.log) == 3


def test_a_receipt_earns_once() -> None:
    story = Story()
    story.buy(5, "2026-03-01", purchase_id="p")
    story.buy(5, "2026-03-01", purchase_id="p", partner="cafe")
    with refused("receipt_already_claimed"):
        story.buy(5, "2026-03-01", purchase_id="p")


def test_a_time_beyond_the_tolerance_is_refused() -> None:
    story = Story()
    story.say(EnrolMember(member="n", occurred_at=NOW + dt.timedelta(minutes=5)))
    with refused("occurred_in_future"):
        story.say(EnrolMember(member="o", occurred_at=NOW + dt.timedelta(minutes=5, seconds=1)))
    with refused("unknown_member"):
        story.say(RedeemPoints(member="o", points=1))
    with refused("already_enrolled"):
        story.say(EnrolMember(member="n"))
