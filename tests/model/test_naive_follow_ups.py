"""In the naive model a follow-up comes after its cause: examples worked by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from schemas.commands import (
    CaptureHold,
    MergeMembers,
    ReleaseHold,
    ReturnPurchase,
    ReverseRedemption,
    UndoAdjustment,
)
from tests.model.naive_rules import Fact
from tests.model.story import Life, kinds, noon, refused

DAY = "2026-03-02"
ITS_START = noon(DAY) - dt.timedelta(hours=12)
A_MOMENT = dt.timedelta(microseconds=1)


def purchase(life: Life) -> Fact:
    life.buy(10, DAY, purchase_id="p")
    return {"purchase_id": "p"}


def redemption(life: Life) -> Fact:
    life.award(10, "2026-03-01")
    life.redeem(4, DAY)
    return {"redemption": life.last}


def hold(life: Life) -> Fact:
    life.award(10, "2026-03-01")
    return {"hold": life.hold(4, DAY)}


def adjustment(life: Life) -> Fact:
    life.adjust(5, DAY)
    return {"adjustment": life.last, "operator": "wei", "reason": "slip"}


FOLLOW_UPS: list[tuple[type[Any], Callable[[Life], Fact], str]] = [
    (ReturnPurchase, purchase, "return_exceeds_purchase"),
    (ReverseRedemption, redemption, "already_reversed"),
    (CaptureHold, hold, "hold_closed"),
    (ReleaseHold, hold, "hold_closed"),
    (UndoAdjustment, adjustment, "already_undone"),
]


@pytest.mark.parametrize(("kind", "cause"), [part[:2] for part in FOLLOW_UPS])
def test_it_is_refused_until_the_day_of_its_cause_begins(
    kind: type[Any], cause: Callable[[Life], Fact]
) -> None:
    life = Life()
    named = cause(life)
    with refused("before_its_cause"):
        life.tell(kind, DAY, occurred_at=ITS_START - A_MOMENT, **named)
    assert life.tell(kind, DAY, occurred_at=ITS_START, **named)


@pytest.mark.parametrize(("kind", "cause", "once_more"), FOLLOW_UPS)
def test_its_day_is_looked_at_before_anything_else_about_its_cause(
    kind: type[Any], cause: Callable[[Life], Fact], once_more: str
) -> None:
    life = Life()
    named = cause(life)
    life.tell(kind, DAY, **named)
    with refused(once_more):
        life.tell(kind, DAY, **named)
    with refused("before_its_cause"):
        life.tell(kind, "2026-03-01", **named)


def test_a_capture_is_reversed_from_its_own_day_on_not_from_that_of_its_hold() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    name = life.hold(4, DAY, minutes=2 * 1440)
    life.tell(CaptureHold, "2026-03-03", hold=name)
    with refused("before_its_cause"):
        life.tell(ReverseRedemption, DAY, redemption=life.last)


def test_what_a_merged_member_bought_comes_back_from_the_day_of_its_purchase_on() -> None:
    life = Life()
    life.second()
    life.buy(10, DAY, member="n", purchase_id="p")
    life.tell(MergeMembers, "2026-03-09", other="n")
    with refused("before_its_cause"):
        life.tell(ReturnPurchase, "2026-03-01", purchase_id="p")
    assert life.tell(ReturnPurchase, DAY, purchase_id="p")


def test_a_return_names_its_purchase_and_not_what_was_redeemed_towards_it() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    life.buy(10, DAY, purchase_id="p")
    life.redeem(4, "2026-03-05", purchase_id="p")
    facts = life.tell(ReturnPurchase, "2026-03-03", purchase_id="p")
    assert kinds(facts) == ["RedemptionReversed", "ReturnRecorded"]
