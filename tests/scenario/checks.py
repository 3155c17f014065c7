"""What `then` looks at: the account before the command, and the events that it wrote."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import msgspec

from ledger.account import Account
from ledger.movements import movements_total
from schemas.events import Event, PointsEvent, PointsRedeemed, PurchaseRecorded, TierChanged
from tests.scenario.times import day, instant

Check = Callable[[Account, tuple[Event, ...]], None]


def one(events: tuple[Event, ...], kind: type[Any]) -> Any:
    """The only event of a kind."""
    (event,) = [event for event in events if type(event) is kind]
    return event


def in_order(*kinds: type[Event]) -> Check:
    """Exactly events of these kinds, in this order."""

    def check(_: Account, events: tuple[Event, ...]) -> None:
        assert [type(event).__name__ for event in events] == [kind.__name__ for kind in kinds]

    return check


def wrote(kind: type[Event], /, *, nth: int | None = None, **fields: Any) -> Check:
    """The only event of a kind, or the `nth` of them from 0, says so.

    `available` and `held` {lot: points} and `debt` are all that it moves, where one is named;
    `at` and `on` are its time and day.
    """
    moves = {name: fields.pop(name) for name in ("available", "held", "debt") if name in fields}

    def check(_: Account, events: tuple[Event, ...]) -> None:
        some = [event for event in events if type(event) is kind]
        event: Any = some[nth] if nth is not None else one(events, kind)
        expected = dict(fields)
        if "at" in expected:
            assert event.occurred_at == instant(expected.pop("at"))
        if "on" in expected:
            assert event.occurred_on == day(expected.pop("on"))
        assert {name: getattr(event, name) for name in expected} == expected
        if moves:
            assert moved(event) == {"available": {}, "held": {}, "debt": 0} | moves

    return check


def moved(event: PointsEvent) -> dict[str, Any]:
    """Points by lot and bucket that an event moves."""
    found: dict[str, Any] = {"available": {}, "held": {}, "debt": 0}
    for movement in event.movements:
        if movement.bucket == "debt":
            found["debt"] += movement.points
        else:
            bucket = found[movement.bucket]
            bucket[movement.lot] = bucket.get(movement.lot, 0) + movement.points
    return found


def redeemed(lots: dict[str, int]) -> Check:
    """Points taken, by the last good day of the lots that they came from."""

    def check(before: Account, events: tuple[Event, ...]) -> None:
        event = one(events, PointsRedeemed)
        expiry = {lot.number: str(lot.expires_on or "never") for lot in before.lots}
        assert {expiry[m.lot]: -m.points for m in event.movements} == lots
        assert event.points_redeemed == sum(lots.values())

    return check


def earned_points(points: int) -> Check:
    def check(_: Account, events: tuple[Event, ...]) -> None:
        event = one(events, PurchaseRecorded)
        assert event.points_earned == points
        assert movements_total(event.movements) == points

    return check


def breakdown(*expected: str) -> Check:
    """The steps of a purchase in order: "rule points", the points exact."""

    def check(_: Account, events: tuple[Event, ...]) -> None:
        found = [(s.rule, Fraction(s.numerator, s.denominator)) for s in _steps(events)]
        assert [f"{rule} {points}" for rule, points in found] == list(expected)

    return check


def _steps(events: tuple[Event, ...]) -> Any:
    return one(events, PurchaseRecorded).breakdown


def tier_reached(tier: str, **fields: Any) -> Check:
    def check(_: Account, events: tuple[Event, ...]) -> None:
        event = one(events, TierChanged)
        shown = msgspec.structs.asdict(event)
        assert event.tier_to == tier
        assert {name: shown[name] for name in fields} == fields

    return check


def no_tier_change(_: Account, events: tuple[Event, ...]) -> None:
    assert not [event for event in events if type(event) is TierChanged]
