"""Points are neither made nor lost: what must hold of an account at every position (RULES 29).

Every point that came in by one of the contra accounts (earned, awarded, adjusted, exchanged, ...)
went out by one (redeemed, expired, returned, forfeited, exchanged, ...) or is still there:

    sum of the contra accounts = available + held - debt

Pending points are available ones whose day has not come. `Books` is that equation, kept event by
event; `jifen verify`, the tests and the state machine all use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.movements import movements_total
from schemas.events import Event, PointsEvent


class Books:
    """The contra accounts and lots of one account.

    `flows` are points units by contra account, what came in positive. `tell` gives what an event
    breaks; after any number of events that break nothing, the equation holds.
    """

    def __init__(self) -> None:
        self.flows: dict[str, int] = {}
        self.opened: set[int] = set()
        self.available: dict[int, int] = {}
        self.held: dict[int, int] = {}
        self.debt = 0
        self._in_lots = 0

    @property
    def balance(self) -> int:
        """available + held - debt."""
        return self._in_lots - self.debt

    def tell(self, event: Event) -> Iterator[str]:
        """One more event; yields what is wrong with it."""
        if not isinstance(event, PointsEvent):
            return
        headline = event.sign * getattr(event, event.headline) if event.headline else 0
        if event.contra:
            self.flows[event.contra] = self.flows.get(event.contra, 0) + headline
        moved = movements_total(event.movements)
        if moved != headline:
            yield f"its movements add up to {moved}, it says {headline}"
        for lot in event.lots:
            if lot.lot in self.opened:
                yield f"lot {lot.lot} is opened a second time"
            self.opened.add(lot.lot)
        for movement in event.movements:
            if movement.bucket == "debt":
                self.debt += movement.points
                continue
            bucket = self.available if movement.bucket == "available" else self.held
            bucket[movement.lot] = bucket.get(movement.lot, 0) + movement.points
            self._in_lots += movement.points
            if movement.lot not in self.opened:
                yield f"lot {movement.lot} was never opened"
        for movement in event.movements:
            name = movement.bucket
            bucket = self.available if name == "available" else self.held
            left = self.debt if name == "debt" else bucket[movement.lot]
            if left < 0:
                yield f"{name} of lot {movement.lot} is {left}"

    def conserved(self) -> bool:
        """Whether what came in less what went out is what is there."""
        return sum(self.flows.values()) == self.balance


def broken(events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    """(version, what is wrong) of an account's story; nothing for a sound one."""
    books = Books()
    for version, event in enumerate(events, start=1):
        for wrong in books.tell(event):
            yield version, wrong
        if not books.conserved():
            yield version, f"{sum(books.flows.values())} came in, {books.balance} are there"
