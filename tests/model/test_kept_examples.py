"""Disagreements that the state machine found once, kept small; the naive model says what is right.

Each sends a few commands to both and then compares everything that can be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from ledger import Ledger, ManualClock
from schemas.commands import Command, EnrolMember, PublishProgram, RecordPurchase
from tests.model.pair import Pair

NOW = dt.datetime(2026, 3, 25, 2, tzinfo=dt.UTC)

BASIC = """
id = "shop"
name = "Shop"
currency = "CNY"
zone = "UTC"
effective_from = 2020-01-01

[[earn]]
id = "base"
"""

SILVER = '\n[[tier]]\nid = "silver"\nthreshold = 10\nmultiplier = "2"\n'
GOLD = '\n[[tier]]\nid = "gold"\nthreshold = 100\nmultiplier = "3"\n'
ENTRY = '\n[[tier]]\nid = "entry"\nmultiplier = "5"\n'
ROLLING = 'window = "rolling_months"\nwindow_months = 1\n'


class Shop:
    """Ledgers that were opened during a test."""

    def __init__(self) -> None:
        self.opened: list[Ledger] = []

    def check_story(self, program: str, *commands: Command) -> None:
        """A new shop under `program` is told the commands; ledger and model must agree."""
        clock = ManualClock(NOW)
        pair = Pair(Ledger(":memory:", program=program, clock=clock), program, clock)
        self.opened.append(pair.ledger)
        for number, command in enumerate(commands):
            pair.send(type(command)(**(fields(command) | {"request_id": f"r-{number}"})))
            pair.check_log()
            pair.check_member("ann")


def fields(command: Command) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    for ledger in shop.opened:
        ledger.close()


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T02:00+00:00")


def enrolled(at: dt.datetime) -> Command:
    return EnrolMember(member="ann", occurred_at=at)


def bought(yuan: int, on: str) -> Command:
    return RecordPurchase(
        member="ann", amount_minor=yuan * 100, purchase_id=f"p-{on}", occurred_at=at(on)
    )


def published(program: str, on: str) -> Command:
    return PublishProgram(content=program.replace("2020-01-01", on))


def test_a_time_given_with_an_offset_is_kept_in_utc(shop: Shop) -> None:
    tokyo = dt.timezone(dt.timedelta(hours=9))
    shop.check_story(BASIC, enrolled(at("2026-01-01").astimezone(tokyo)))


def test_the_way_to_the_next_tier_is_that_of_the_rules_in_force(shop: Shop) -> None:
    later = published(BASIC + SILVER.replace("10", "90"), "2026-06-01")
    shop.check_story(BASIC + SILVER, enrolled(at("2026-01-01")), later)


def test_how_far_ahead_a_time_may_be_is_that_of_the_rules_in_force(shop: Shop) -> None:
    later = published("future_tolerance_minutes = 60" + BASIC, "2026-06-01")
    shop.check_story(BASIC, later, enrolled(NOW + dt.timedelta(minutes=30)))


def test_a_purchase_from_before_the_enrolment_earns_without_a_card(shop: Shop) -> None:
    shop.check_story(BASIC + ENTRY, enrolled(at("2026-03-01")), bought(10, "2026-02-01"))


def test_a_late_purchase_under_rules_without_the_card_held_lowers_nothing(shop: Shop) -> None:
    with_gold = published(BASIC + SILVER + GOLD, "2026-03-01")
    shop.check_story(
        BASIC + SILVER,
        with_gold,
        enrolled(at("2026-01-01")),
        bought(100, "2026-03-02"),
        bought(10, "2026-02-01"),
    )


def test_a_purchase_earns_nothing_from_a_card_that_begins_on_a_later_day(shop: Shop) -> None:
    shop.check_story(
        "upgrade_first = true" + BASIC + SILVER + ROLLING,
        enrolled(at("2026-01-01")),
        bought(6, "2026-03-20"),
        bought(6, "2026-03-05"),
    )
