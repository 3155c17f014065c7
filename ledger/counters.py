"""Sums over all members that caps and blocks need, as the events say (docs/alliance.md).

Shapes:
    CounterKey   (partner, kind, of) of a sum; kinds as below
    Counter      what it comes to
    Counters     the table, with what is not written yet

kind       of                      points units
issued     a month, '2026-06'      earned at the partner in purchases of the month, less returns
redeemed   a month                 redeemed there or on hold, less what came back
block      a number, '1'           what is left of a prepaid block

A group of commands keeps them while it is judged (ledger/group.py); `jifen verify` adds them up
again from the whole log and compares (ledger/counter_check.py).
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, Protocol

from msgspec import Struct

from schemas.events import (
    BlockDraw,
    Event,
    PointsBlockBought,
    PointsEvent,
    PurchaseRecorded,
    ReturnRecorded,
)

CounterKind = Literal["issued", "redeemed", "block"]
CounterKey = tuple[str, CounterKind, str]

ISSUED: Final = "issued:"
REDEEMED: Final = "redeemed:"
OVER_ALL: Final = (ISSUED, REDEEMED)
"""Before a partner's id: what an event counts over all members (schemas/events/base.py, Usage)."""
_KINDS: Final[dict[str, CounterKind]] = {ISSUED: "issued", REDEEMED: "redeemed"}


class Counter(Struct, frozen=True, gc=False):
    """`points` units, and the `position` of the last event that changed them."""

    points: int
    position: int


class Table(Protocol):
    """What is written already."""

    def find(self, key: CounterKey) -> Counter | None:
        """The sum that goes by a key."""

    def blocks(self, partner: str) -> dict[CounterKey, Counter]:
        """What is left of each block of a partner."""


class Nothing:
    """A table without rows."""

    def find(self, _: CounterKey) -> None:
        """None: there is no row."""
        return

    def blocks(self, _: str) -> dict[CounterKey, Counter]:
        """No blocks."""
        return {}


class Counters:
    """The table, with the changes that are not written yet in `changed`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.changed: dict[CounterKey, Counter] = {}

    def in_month(self, partner: str, kind: CounterKind, day: dt.date) -> int:
        """Points units of the month of `day`."""
        counter = self._find((partner, kind, month_of(day)))
        return counter.points if counter else 0

    def blocks(self, partner: str) -> tuple[BlockDraw, ...]:
        """What is left of the blocks that are not empty, oldest first."""
        rows = self._table.blocks(partner)
        rows |= {key: row for key, row in self.changed.items() if key[:2] == (partner, "block")}
        left = [BlockDraw(int(of), row.points) for (_, _, of), row in rows.items()]
        return tuple(sorted((b for b in left if b.points > 0), key=lambda b: b.block))

    def note(self, event: Event, position: int) -> None:
        """An event was written."""
        if isinstance(event, PointsBlockBought):
            self._add((event.partner, "block", str(event.block)), event.points, position)
        elif isinstance(event, PointsEvent):
            for usage in event.usage:
                if usage.key.startswith(OVER_ALL):
                    prefix, colon, partner = usage.key.partition(":")
                    key: CounterKey = (partner, _KINDS[prefix + colon], month_of(usage.on))
                    self._add(key, usage.units, position)
            if isinstance(event, PurchaseRecorded | ReturnRecorded):
                for draw in event.drawn:
                    key = (event.partner, "block", str(draw.block))
                    self._add(key, -draw.points, position)

    def _find(self, key: CounterKey) -> Counter | None:
        return self.changed.get(key) or self._table.find(key)

    def _add(self, key: CounterKey, points: int, position: int) -> None:
        there = self._find(key)
        self.changed[key] = Counter(points + (there.points if there else 0), position)


def month_of(day: dt.date) -> str:
    """A day's calendar month, '2026-06'."""
    return day.isoformat()[:7]
