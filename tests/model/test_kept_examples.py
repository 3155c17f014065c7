"""Disagreements that the state machine found once, kept small; the naive model says what is right.

Each sends a few commands to both and then compares everything that can be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from ledger import Ledger, ManualClock
from schemas.commands import (
    AdjustPoints,
    CaptureHold,
    Command,
    EnrolMember,
    ExpirePoints,
    HoldPoints,
    MergeMembers,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    ReturnPurchase,
    ReverseRedemption,
    UndoAdjustment,
    UnmergeMembers,
)
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
MONTH = '\n[expiry]\npolicy = "months"\nmonths = 1\n'
IDLE = '\n[expiry]\npolicy = "inactivity"\nmonths = 1\n'
RATE = '\n[redemption]\npoints = 3\nmoney = "1"\n'
HALF_FROM_20 = '\n[[multiply]]\nid = "half"\nfactor = "0.5"\nmin_amount = "20.00"\n'
BOTH = (EnrolMember(member="ann"), EnrolMember(member="bo"))
ROLLING = 'window = "rolling_months"\nwindow_months = 1\n'


class Shop:
    """Ledgers that were opened during a test."""

    def __init__(self) -> None:
        self.opened: list[Ledger] = []

    def check_story(
        self, program: str, *steps: Command | dt.timedelta, refused: bool = False
    ) -> None:
        """A new shop under `program` is told the commands; ledger and model must agree.

        Commands go by `r-0`, `r-1`, ...; in between the clock goes on. All are accepted unless
        the last one is to be `refused`.
        """
        clock = ManualClock(NOW)
        pair = Pair(Ledger(":memory:", program=program, clock=clock), program, clock)
        self.opened.append(pair.ledger)
        number = 0
        for step in steps:
            if isinstance(step, dt.timedelta):
                clock.advance(days=step / dt.timedelta(days=1))
                continue
            accepted = pair.send(type(step)(**(fields(step) | {"request_id": f"r-{number}"})))
            assert accepted or (refused and step is steps[-1]), step
            number += 1
            pair.check_touched()
            pair.check_log()
        pair.check_transfers()


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


def enrolled(at: dt.datetime, member: str = "ann") -> Command:
    return EnrolMember(member=member, occurred_at=at)


def bought(yuan: int, on: str, member: str = "ann") -> Command:
    return RecordPurchase(
        member=member, amount_minor=yuan * 100, purchase_id=f"p-{on}", occurred_at=at(on)
    )


def returned(fen: int, of: str, on: str) -> Command:
    receipt = f"p-{of}"
    return ReturnPurchase(member="ann", amount_minor=fen, purchase_id=receipt, occurred_at=at(on))


def adjusted(points: int, on: str, member: str = "ann") -> Command:
    about: dict[str, Any] = {"operator": "wei", "reason": "count", "may_owe": True}
    return AdjustPoints(member=member, points=points, occurred_at=at(on), **about)


def redeemed(points: int, on: str) -> Command:
    return RedeemPoints(member="ann", points=points, occurred_at=at(on))


def merged(on: str) -> Command:
    return MergeMembers(member="ann", other="bo", occurred_at=at(on))


def days(number: float) -> dt.timedelta:
    return dt.timedelta(days=number)


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
    shop.check_story(BASIC, later, enrolled(NOW + dt.timedelta(minutes=30)), refused=True)


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


@pytest.mark.parametrize("on_shortfall", ["debt", "clamp", "cash"])
@pytest.mark.parametrize("spent", [0, 5, 12])
def test_a_return_after_which_less_kept_earns_more_gives_back(
    shop: Shop, on_shortfall: str, spent: int
) -> None:
    """25.00 earns 12; of it 21.00 would earn 10, 19.00 earns 19, 3.00 earns 3."""
    spending = [redeemed(spent, "2026-03-02")] if spent else []
    shop.check_story(
        f'on_shortfall = "{on_shortfall}"' + BASIC + HALF_FROM_20 + RATE,
        EnrolMember(member="ann"),
        bought(25, "2026-03-01"),
        *spending,
        returned(400, "2026-03-01", "2026-03-03"),
        returned(200, "2026-03-01", "2026-03-04"),
        returned(1600, "2026-03-01", "2026-03-05"),
        returned(300, "2026-03-01", "2026-03-05"),
    )


def test_points_that_a_return_gives_back_after_their_day_expire_at_once(shop: Shop) -> None:
    shop.check_story(
        BASIC + HALF_FROM_20 + MONTH,
        EnrolMember(member="ann"),
        bought(25, "2026-02-01"),
        returned(400, "2026-02-01", "2026-02-02"),
        returned(200, "2026-02-01", "2026-03-24"),
    )


def test_a_tier_that_the_members_version_does_not_know_comes_with_a_merge(shop: Shop) -> None:
    with_gold = published(BASIC + SILVER + GOLD, "2026-03-01")
    shop.check_story(
        BASIC + SILVER,
        with_gold,
        *BOTH,
        bought(10, "2026-02-01"),
        bought(100, "2026-03-02", "bo"),
        merged("2026-02-20"),
    )


def test_lots_that_activity_prolonged_go_back_with_their_new_days(shop: Shop) -> None:
    shop.check_story(
        BASIC + IDLE,
        *BOTH,
        adjusted(10, "2026-03-20", "bo"),
        merged("2026-03-20"),
        days(10),
        bought(1, "2026-03-30"),
        UnmergeMembers(member="ann", other="bo"),
        days(20),
    )


def test_what_is_given_back_does_not_bring_days_that_came_later(shop: Shop) -> None:
    """On the day of the undoing the lot still had its old end."""
    shop.check_story(
        BASIC + IDLE,
        EnrolMember(member="ann"),
        adjusted(10, "2026-02-20"),
        adjusted(-10, "2026-02-21"),
        adjusted(5, "2026-02-22"),
        bought(1, "2026-03-10"),
        UndoAdjustment(
            member="ann", adjustment="r-2", operator="wei", reason="x", occurred_at=at("2026-02-23")
        ),
    )


def test_what_expired_before_a_merge_is_not_taken_twice_by_a_return(shop: Shop) -> None:
    shop.check_story(
        BASIC + MONTH,
        *BOTH,
        bought(10, "2026-02-01", "bo"),
        ExpirePoints(member="bo", as_of=dt.date(2026, 3, 10)),
        merged("2026-03-20"),
        returned(400, "2026-02-01", "2026-03-21"),
        returned(600, "2026-02-01", "2026-03-22"),
    )


def test_what_a_merged_member_spent_before_goes_back_to_the_member(shop: Shop) -> None:
    shop.check_story(
        BASIC,
        *BOTH,
        adjusted(10, "2026-03-01", "bo"),
        RedeemPoints(member="bo", points=10, occurred_at=at("2026-03-02")),
        adjusted(-3, "2026-03-03"),
        merged("2026-03-04"),
        ReverseRedemption(member="ann", redemption="r-3", points=4),
        ReverseRedemption(member="ann", redemption="r-3"),
    )


def test_a_late_capture_takes_what_expired_with_its_lapse(shop: Shop) -> None:
    shop.check_story(
        BASIC + MONTH,
        EnrolMember(member="ann"),
        adjusted(10, "2026-02-28"),
        HoldPoints(member="ann", points=7, minutes=1440 * 5, occurred_at=at("2026-03-24")),
        days(10),
        ExpirePoints(member="ann", as_of=dt.date(2026, 4, 3)),
        CaptureHold(member="ann", hold="r-2", points=6, occurred_at=at("2026-03-27")),
        ReverseRedemption(member="ann", redemption="r-4", points=2),
    )


def test_with_grace_what_repays_a_debt_prolongs_nothing(shop: Shop) -> None:
    shop.check_story(
        "reversal_grace_days = 7" + BASIC + MONTH,
        EnrolMember(member="ann"),
        adjusted(10, "2026-01-01"),
        redeemed(8, "2026-01-02"),
        adjusted(-5, "2026-03-01"),
        ReverseRedemption(member="ann", redemption="r-2", points=4),
        ReverseRedemption(member="ann", redemption="r-2"),
        days(8),
        ExpirePoints(member="ann", as_of=dt.date(2026, 4, 1)),
    )


def test_a_card_that_a_second_merge_gave_stays_when_the_first_was_undone(shop: Shop) -> None:
    """The second is recorded for a time before the undoing."""
    shop.check_story(
        BASIC + ENTRY + SILVER,
        enrolled(at("2026-03-01")),
        enrolled(at("2026-03-01"), "bo"),
        merged("2026-03-19"),
        UnmergeMembers(member="ann", other="bo", occurred_at=at("2026-03-24")),
        bought(20, "2026-03-20", "bo"),
        merged("2026-03-23"),
    )


def test_who_loses_all_cards_at_the_enrolment_is_told_so_again(shop: Shop) -> None:
    """A purchase of the days before counts when the enrolment comes, until it is returned."""
    shop.check_story(
        BASIC + SILVER,
        enrolled(at("2026-03-22")),
        bought(20, "2026-03-20"),
        returned(2000, "2026-03-20", "2026-03-20"),
    )


def test_a_higher_rung_may_have_a_lower_threshold(shop: Shop) -> None:
    """Of one measure and window: the lowest rung is not the first that can be reached."""
    ladder = SILVER + GOLD.replace("threshold = 100", "threshold = 5")
    shop.check_story(BASIC + ladder, enrolled(at("2026-03-01")), bought(6, "2026-03-20"))


def test_a_lot_that_moved_and_then_stayed_behind_goes_by_where_it_was_last(shop: Shop) -> None:
    """From cy to bo, where it expired before bo became a part of ann."""
    shop.check_story(
        BASIC + MONTH,
        *BOTH,
        EnrolMember(member="cy"),
        adjusted(10, "2026-03-20", "cy"),
        MergeMembers(member="bo", other="cy"),
        days(40),
        ExpirePoints(member="bo", as_of=dt.date(2026, 5, 1)),
        MergeMembers(member="ann", other="bo"),
        UndoAdjustment(
            member="ann", adjustment="r-3", adjustment_source="api", operator="wei", reason="slip"
        ),
    )
