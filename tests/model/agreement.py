"""What it means that the ledger and the naive model agree, in plain assertions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec

from ledger import JifenError, RecordedEvent
from schemas.events import Event, LotsExtended, PointsEvent, PurchaseRecorded
from tests.model.naive import signed
from tests.model.naive_rules import Fact

BESIDE = {"kind", "member", "position", "program"}
"""What a fact has beside the fields of its event."""
INSIDE = {"steps", "added", "parts", "had_room", "undoes", "back", "lump"}
INSIDE |= {"had_debt", "new_days", "late"}
"""What the model notes in a fact for itself."""
PARTS = {"moves", "lots", "extended", "days", "lines", "tenders", "returned"}
"""What is compared part by part."""


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


def assert_same_facts(events: Iterable[Event], facts: list[Fact]) -> None:
    """Events of the ledger say what the model's facts say, in this order."""
    events = list(events)
    kinds, wanted = [type(event).__name__ for event in events], [fact["kind"] for fact in facts]
    assert kinds == wanted, f"the ledger says {kinds}, the model {wanted}"
    for event, fact in zip(events, facts, strict=True):
        assert_same_fact(event, fact)


def assert_same_fact(event: Event, fact: Fact) -> None:
    """An event of the ledger says what the model's fact says."""
    assert type(event).__name__ == fact["kind"]
    assert event.occurred_at.utcoffset() == dt.timedelta(0), "times in the log are UTC"
    said = fact.keys() - BESIDE - INSIDE - PARTS
    assert_same(msgspec.structs.asdict(event), {name: fact[name] for name in said})
    if isinstance(event, PointsEvent):
        assert_same({"movements": summed(event)}, {"movements": fact.get("moves", {})})
        assert_same({"lots": plain(event.lots)}, {"lots": fact.get("lots", [])})
    if isinstance(event, LotsExtended):
        extended = [by_lot(plain(event.extended)), by_lot(fact["extended"])]
        assert extended[0] == extended[1], extended
    for name in ("tenders", "returned"):
        if name in fact:
            assert_same({name: plain(getattr(event, name))}, {name: list(fact[name])})
    if "days" in fact:
        counted = [day for day in plain(getattr(event, "days")) if any_count(day)]  # noqa: B009
        assert_same({"days": counted}, {"days": [day for day in fact["days"] if any_count(day)]})
    if isinstance(event, PurchaseRecorded):
        assert_same({"lines": plain(event.lines)}, {"lines": fact["lines"]})
        assert_same({"breakdown": steps_of(event)}, {"breakdown": nonzero(fact["steps"])})


def plain(parts: Iterable[Any]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(part) for part in parts]


def by_lot(extended: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(extended, key=lambda part: int(part["lot"]))


def any_count(day: dict[str, Any]) -> bool:
    return any(day[name] for name in ("net_minor", "points", "purchases"))


def summed(event: PointsEvent) -> dict[tuple[int, str], int]:
    """Signed points for each (lot, bucket) that an event moves points of."""
    moves: dict[tuple[int, str], int] = {}
    for move in event.movements:
        place = (move.lot, move.bucket)
        moves[place] = moves.get(place, 0) + move.points
    return {place: points for place, points in moves.items() if points}


def steps_of(event: PurchaseRecorded) -> list[tuple[str, Fraction]]:
    return nonzero((s.rule, Fraction(s.numerator, s.denominator)) for s in event.breakdown)


def nonzero(steps: Iterable[tuple[str, Fraction]]) -> list[tuple[str, Fraction]]:
    return [(rule, points) for rule, points in steps if points]


def assert_same_history(history: list[RecordedEvent], facts: list[Fact]) -> None:
    """The stream holds the model's facts at the model's positions, in the order of commit."""
    assert [recorded.position for recorded in history] == [fact["position"] for fact in facts]
    assert [recorded.version for recorded in history] == list(range(1, len(facts) + 1))
    assert_same_facts((recorded.event for recorded in history), facts)
    times = [recorded.recorded_at for recorded in history]
    assert all(earlier < later for earlier, later in pairwise(times))


# -- conservation ----------------------------------------------------------------------------


def assert_conserved(history: Iterable[RecordedEvent]) -> int:
    """At every position movements and headlines agree, nothing is below zero (RULES 29).

    Returns what the account has at the end: the points in its lots less its debt.
    """
    places: dict[tuple[int, str], int] = {(0, "debt"): 0}
    for recorded in history:
        event = recorded.event
        if not isinstance(event, PointsEvent):
            continue
        headline = int(getattr(event, event.headline)) if event.headline else 0
        assert points_moved(event) == event.sign * headline, event
        for lot in event.lots:
            assert (lot.lot, "available") not in places, "a lot opens once"
            places |= {(lot.lot, "available"): 0, (lot.lot, "held"): 0}
        for place, points in summed(event).items():
            places[place] += points
        below = {place: points for place, points in places.items() if points < 0}
        assert not below, (below, event)
    return signed(places)


def transferred(history: Iterable[RecordedEvent]) -> int:
    """Signed points that an account had from others, less what it gave them."""
    return sum(
        points_moved(recorded.event)
        for recorded in history
        if isinstance(recorded.event, PointsEvent) and recorded.event.contra == "transferred"
    )


def points_moved(event: Event) -> int:
    """Signed points that an event brings to the balance."""
    return signed(summed(event)) if isinstance(event, PointsEvent) else 0
