"""What the naive model's timeline of cards is made of, and what a rung of the ladder says.

Shapes:
    Window   what a measure is taken over, half open, and how much was needed in it
    Card     a tier with its last good day, what made it, and the card below it
    Span     since when a card holds, and what is told of that
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.model.naive_rules import (
    Days,
    Fact,
    Program,
    measured_in,
    threshold,
    valid_until,
    window,
)

BY_WINDOW = ("threshold", "kept", "recovered")
"""The causes of cards that were decided by a window, which must go on measuring up."""
BY_FLOOR = ("by_hand", "floor")
BY_REVIEW = ("kept", "floor", "grace", "lowered")


@dataclass(frozen=True)
class Window:
    measure: str
    name: str
    start: dt.date
    end: dt.date
    needed: int

    def measured(self, days: Days) -> int:
        """What counts in it; `best_day` is the most of any single day."""
        if self.name != "best_day":
            return measured_in(self.measure, days, self.start, self.end)
        each = [
            measured_in(self.measure, {day: counts}, self.start, self.end)
            for day, counts in days.items()
        ]
        return max([0, *each])

    def holds(self, days: Days) -> bool:
        return self.measured(days) >= self.needed


@dataclass(frozen=True)
class Card:
    """`first_day` is the day that it began on, `reviewed` tells that a review began it.

    `offer` is what a recovery gives back: the tier that a review took, and the day it did so.
    `merge` is the position of the merge that gave it. In grace `before_grace` is the card that
    went into it.
    """

    tier: str
    valid_until: dt.date | None
    cause: str
    first_day: dt.date
    window: Window | None = None
    below: Card | None = None
    reviewed: bool = False
    offer: tuple[str, dt.date] | None = None
    merge: int = 0
    before_grace: Card | None = None


@dataclass(frozen=True)
class Span:
    since: dt.datetime
    tier: str
    valid_until: dt.date | None
    told: Fact

    @property
    def card(self) -> tuple[object, ...]:
        """What is held, and what can come back or is in grace."""
        told = self.told
        offer = (told.get("lost", ""), told.get("lost_on"))
        return self.tier, self.valid_until, offer, told.get("grace_from")


def runs(spans: list[Span]) -> list[Span]:
    """The spans at which the card changes: those between are no news."""
    changes: list[Span] = []
    for span in spans:
        if not changes or changes[-1].card != span.card:
            changes.append(span)
    return changes


# -- rungs -----------------------------------------------------------------------------------


def rungs_of(program: Program) -> list[Fact]:
    rungs: list[Fact] = program.get("tier", [])
    return rungs


def by_invitation(rung: Fact) -> bool:
    return bool(rung.get("invitation", False))


def entry_tier(program: Program) -> str:
    """The tier that everyone has, or ''."""
    names = [r["id"] for r in rungs_of(program) if "threshold" not in r and not by_invitation(r)]
    return names[0] if names else ""


def valid_as_from(rung: Fact, day: dt.date, program: Program) -> dt.date | None:
    """The last good day of a card that is valid as from a day; the entry tier's is for ever."""
    return None if rung["id"] == entry_tier(program) else valid_until(rung, day)


def window_of(rung: Fact, day: dt.date, enrolled_on: dt.date, program: Program) -> Window:
    """The window of a rung that a day is seen in, and what it takes to reach the rung."""
    start, end = window(rung, day, enrolled_on)
    measure, name = rung.get("measure", "net_spend"), rung.get("window", "calendar_year")
    return Window(measure, name, start, end, threshold(rung, program))


def review_window(rung: Fact, card: Card, enrolled_on: dt.date, program: Program) -> Window:
    """The window that decides about a rung when a card is reviewed."""
    until: dt.date = card.valid_until  # type: ignore[assignment]
    seen = window_of(rung, until, enrolled_on, program)
    name = "best_day" if seen.name == "same_day" else seen.name
    begin = review_start(rung, card, enrolled_on)
    end = until + dt.timedelta(days=1)
    return Window(seen.measure, name, min(begin, end), end, seen.needed)


def review_start(rung: Fact, card: Card, enrolled_on: dt.date) -> dt.date:
    """Where the window of a rung starts when a card is reviewed; after a grace it is the same."""
    if card.before_grace is not None:
        return review_start(rung, card.before_grace, enrolled_on)
    until: dt.date = card.valid_until  # type: ignore[assignment]
    if rung.get("window") != "same_day":
        return window(rung, until, enrolled_on)[0]
    return dt.date(until.year, 1, 1)
