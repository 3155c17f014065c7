"""What a member has on a day: folded from the stream by business time (docs/life.md, "Readings").

Shapes:
    Balance   what can be spent on a day, and why the rest can't
    Lapse     what will be lost when
    Cut       the events that count, and the instant that holds are looked at
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from ledger.account import Account
from ledger.conservation import Books
from ledger.evolve import fold
from ledger.lapse import held_lots
from schemas.events import (
    Event,
    HoldReleased,
    LotsExtended,
    MemberRestored,
    PointsEvent,
    PointsHeld,
    PointsRedeemed,
)


class Lapse(Struct, frozen=True):
    """`points` units are lost after their last good day, `lapses_on`, unless spent before."""

    lapses_on: dt.date
    points: int


class Balance(Struct, frozen=True):
    """Points units on `day`: `balance` = available + pending + held - debt.

    `pending` becomes available later; `lapsed` is past its last good day with its expiry not yet
    recorded and counts no more. It is below 0, as much as another account's is above it, for what
    lapsed there and came home only after the day. `lapses` is what will be lost when, pending
    points included, the next being `next_lapse_points` after `next_lapse_on`. `status` is "open",
    "frozen", "closed" or "merged into <member>".
    """

    member: str
    day: dt.date
    position: int
    balance: int
    available: int
    pending: int
    held: int
    debt: int
    lapsed: int
    next_lapse_on: dt.date | None = None
    next_lapse_points: int = 0
    lapses: tuple[Lapse, ...] = ()
    status: str = "open"


class Cut(Struct, frozen=True):
    """`day` is looked at from `moment`; of events from `until` on none count, None is no end."""

    day: dt.date
    moment: dt.datetime
    until: dt.datetime | None = None


class _Standing:
    """Lots and holds as the events that count leave them, whatever their order."""

    def __init__(self) -> None:
        self.books = Books()
        self.expires_on: dict[int, dt.date | None] = {}
        self.available_from: dict[int, dt.date] = {}
        self.holds: dict[tuple[str, str], PointsHeld] = {}

    def tell(self, event: Event) -> None:
        if isinstance(event, HoldReleased | PointsRedeemed) and event.hold:
            placed = self.holds.pop((event.hold_source, event.hold), None)
            if placed is not None and not _from_held(event):
                # A late capture: the lapse that it found recorded has not happened yet.
                self._release(placed)
        for _ in self.books.tell(event):
            pass
        if isinstance(event, PointsEvent):
            # Others that open a lot again say what its days were when they were recorded, which an
            # extension after the cut may have changed.
            restored = event.reopened if isinstance(event, MemberRestored) else ()
            for lot in (*event.lots, *restored):
                self.expires_on[lot.lot] = lot.expires_on
                self.available_from[lot.lot] = lot.available_from
        if isinstance(event, LotsExtended):
            for extended in event.extended:
                self.expires_on[extended.lot] = extended.expires_on
        elif isinstance(event, PointsHeld):
            self.holds[event.source, event.request_id] = event

    def release_lapsed(self, moment: dt.datetime) -> None:
        """What holds reserve that lapsed by then is as free as it would be."""
        for placed in self.holds.values():
            if placed.lapses_at <= moment:
                self._release(placed)

    def _release(self, placed: PointsHeld) -> None:
        for number, points in held_lots(placed):
            for bucket, sign in ((self.books.held, -1), (self.books.available, 1)):
                bucket[number] = bucket.get(number, 0) + sign * points


def _from_held(event: PointsEvent) -> bool:
    return any(movement.bucket == "held" for movement in event.movements)


def balance_on(member: str, events: Iterable[Event], cut: Cut, position: int) -> Balance:
    """The member's points as they can be used on the cut's day."""
    standing, told = _Standing(), list(events)
    for event in told:
        if cut.until is None or event.occurred_at < cut.until:
            standing.tell(event)
    standing.release_lapsed(cut.moment)
    day, debt = cut.day, standing.books.debt
    available = pending = lapsed = 0
    lapses: dict[dt.date, int] = {}
    for number, points in standing.books.available.items():
        last = standing.expires_on.get(number)
        if last is not None and last < day:
            lapsed += points
            continue
        if standing.available_from.get(number, dt.date.max) <= day:
            available += points
        else:
            pending += points
        if last is not None and points:
            lapses[last] = lapses.get(last, 0) + points
    held = sum(standing.books.held.values())
    ahead = tuple(Lapse(on, points) for on, points in sorted(lapses.items()))
    return Balance(
        member=member,
        day=day,
        position=position,
        balance=available + pending + held - debt,
        available=available,
        pending=pending,
        held=held,
        debt=debt,
        lapsed=lapsed,
        next_lapse_on=ahead[0].lapses_on if ahead else None,
        next_lapse_points=ahead[0].points if ahead else 0,
        lapses=ahead,
        status=_status(fold(member, told)),
    )


def _status(account: Account) -> str:
    if account.merged_into:
        return f"merged into {account.merged_into}"
    if account.closed:
        return "closed"
    return "frozen" if account.frozen else "open"
