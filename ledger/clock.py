"""Clocks: what the ledger asks for the time, and one to move by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """Now, in UTC."""
    return dt.datetime.now(dt.UTC)


class ManualClock:
    """A clock that stands still until it is moved; for a host's tests.

    >>> clock = ManualClock(dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC))
    >>> clock.advance(days=1)
    >>> clock()
    datetime.datetime(2026, 3, 2, 2, 0, tzinfo=datetime.timezone.utc)
    """

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Move on by so much."""
        self.now += dt.timedelta(days=days, hours=hours, minutes=minutes)
