"""What it means that the ledger and the naive model agree, in plain assertions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec

from ledger import JifenError, RecordedEvent
from schemas.events import Event, PointsEvent, PurchaseRecorded
from tests.model.naive_rules import Fact


def code_of(call: Callable[..., object], *arguments: object) -> str:
    """The code of the error that a call ends in; '' if it went through."""
    try:
        call(*arguments)
    except JifenError as error:
        return error.code
    return ""


def assert_same(got: dict[str, Any], expected: dict[str, Any]) -> None:
    """Every value that the model names is the same in what the ledger says."""
    apart = {n: (got[n], value) for n, value in expected.items() if got[n] != value}
    assert not apart, f"(ledger, model): {apart}"


def assert_same_fact(event: Event, fact: Fact) -> None:
    """An event of the ledger says what the model's fact says."""
    assert type(event).__name__ == fact["kind"]
    assert event.occurred_at.utcoffset() == dt.timedelta(0), "times in the log are UTC"
    beside = {"kind", "member", "position", "moves", "lots", "exact", "program"}
    assert_same(
        msgspec.structs.asdict(event),
        {name: value for name, value in fact.items() if name not in beside},
    )
    if isinstance(event, PointsEvent):
        assert [(move.lot, move.points) for move in event.movements] == list(fact["moves"].items())
        assert {move.bucket for move in event.movements} <= {"available"}
        opened = [msgspec.structs.asdict(lot) for lot in event.lots]
        assert opened == fact.get("lots", [])
    if isinstance(event, PurchaseRecorded):
        steps = [Fraction(step.numerator, step.denominator) for step in event.breakdown]
        assert sum(steps) == fact["exact"], "the breakdown adds up to the unrounded total"


def assert_same_history(history: list[RecordedEvent], facts: list[Fact]) -> None:
    """The stream holds the model's facts at the model's positions, in the order of commit."""
    assert [recorded.position for recorded in history] == [fact["position"] for fact in facts]
    assert [recorded.version for recorded in history] == list(range(1, len(facts) + 1))
    for recorded, fact in zip(history, facts, strict=True):
        assert_same_fact(recorded.event, fact)
    times = [recorded.recorded_at for recorded in history]
    assert all(earlier < later for earlier, later in pairwise(times))


def assert_movements_add_up(history: list[RecordedEvent]) -> None:
    """At every position movements and headlines agree and no lot is below zero (RULES 29)."""
    left: dict[int, int] = {}
    by_headline = 0
    for recorded in history:
        event = recorded.event
        if isinstance(event, PointsEvent):
            by_headline += event.sign * int(getattr(event, event.headline))
            for lot in event.lots:
                assert lot.lot not in left, "a lot opens once"
                left[lot.lot] = 0
            for move in event.movements:
                left[move.lot] += move.points
        assert sum(left.values()) == by_headline
        assert all(points >= 0 for points in left.values())


def points_moved(event: Event) -> int:
    """Signed points that an event brings to the balance."""
    return sum(move.points for move in event.movements) if isinstance(event, PointsEvent) else 0
