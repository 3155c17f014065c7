"""The ladder's windows: what a member's days measure up to, and the rung they reach (RULES 18).

Shapes:
    Span       a half-open window of days, from -> until
    Window     a measure over a Span, and what it has to come to
    Reached    the rung, the window that decided it and what was measured in it
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ledger.account import DayTotals
from ledger.rules import Climb, Rung
from schemas.program import Tier
from schemas.values import add_months

ONE_DAY: Final = dt.timedelta(days=1)
BEST_DAY: Final = "best_day"
"""The window of a review of a same-day tier: the best single day within it."""
RECOVERY: Final = "recovery"
"""The window of a recovery offer: from the review that lowered the card."""

Days = Sequence[DayTotals]


class Span(NamedTuple):
    """Days from `start` to before `end`."""

    start: dt.date
    end: dt.date


class Window(Struct, frozen=True):
    """`needed` of `measure`, in its unit, within `span`; `name` says what kind of window it is."""

    measure: str
    name: str
    span: Span
    needed: int

    def measured(self, days: Days) -> int:
        """Net spend in minor units, points in points units, or days with a visit."""
        if self.name == BEST_DAY:
            return _best_day(self.measure, days, self.span)
        return measure_named(self.measure, days, self.span)

    def holds(self, days: Days) -> bool:
        """Whether the days come to what is needed."""
        return self.measured(days) >= self.needed


class Reached(Struct, frozen=True):
    """`rung` was reached: `measured`, in its measure's unit, within `window`."""

    rung: Rung
    window: Window
    measured: int


def reached_on(
    climbs: Sequence[Climb], days: Days, day: dt.date, enrolled_on: dt.date
) -> Reached | None:
    """The highest rung of the climbs that `days` reach in the windows of `day`, if any."""
    best: Reached | None = None
    for climb in climbs:
        least = best.rung.rank if best is not None else 0
        span = window_of(climb.tier, enrolled_on, day)
        measured = measure_named(climb.tier.measure, days, span)
        for rung in climb.rungs:
            if rung.rank <= least:
                break
            if measured >= rung.threshold:
                window = Window(climb.tier.measure, climb.tier.window, span, rung.threshold)
                best = Reached(rung, window, measured)
                break
    return best


def reached_around(
    climbs: Sequence[Climb], days: Days, day: dt.date, enrolled_on: dt.date
) -> Reached | None:
    """The highest rung reached in a window that has `day` in it, seen from it or a later day."""
    best: Reached | None = None
    for seen_from in (day, *_counting_after(days, day)):
        around = [c for c in climbs if window_of(c.tier, enrolled_on, seen_from).start <= day]
        reached = reached_on(around, days, seen_from, enrolled_on)
        if reached is not None and (best is None or reached.rung.rank > best.rung.rank):
            best = reached
    return best


def _counting_after(days: Days, day: dt.date) -> Iterator[dt.date]:
    """The days after `day` on which something counts."""
    for before, totals in pairwise(days):
        if totals.day > day and replace(before, day=totals.day) != totals:
            yield totals.day


def in_reach(climbs: Sequence[Climb], most: DayTotals) -> list[Climb]:
    """The climbs with a threshold that `most` comes to, which no window has more than."""
    return [climb for climb in climbs if _MEASURES[climb.tier.measure](most) >= climb.least]


def window_of(tier: Tier, enrolled_on: dt.date, day: dt.date) -> Span:
    """The tier's window that `day` falls into, or that ends with it."""
    return _WINDOWS[tier.window](tier, enrolled_on, day)


def measure_named(name: str, days: Days, span: Span) -> int:
    """Net spend in minor units, points in points units, or days with a visit, within the span."""
    total = _MEASURES[name]
    upper = len(days)
    if upper and days[-1].day >= span.end:
        upper = bisect_left(days, span.end, key=_day)
    lower = bisect_left(days, span.start, hi=upper, key=_day)
    if lower == upper:
        return 0
    return total(days[upper - 1]) - (total(days[lower - 1]) if lower else 0)


def valid_until(tier: Tier, day: dt.date) -> dt.date | None:
    """The last good day of a tier that is valid as from `day`; None is for ever."""
    if tier.valid == "end_of_next_year":
        return dt.date(day.year + 1, 12, 31)
    if tier.valid == "months":
        return add_months(day, tier.valid_months or 0)
    return None


def _best_day(name: str, days: Days, span: Span) -> int:
    total = _MEASURES[name]
    lower = bisect_left(days, span.start, key=_day)
    upper = bisect_left(days, span.end, key=_day)
    before = total(days[lower - 1]) if lower else 0
    best = 0
    for totals in days[lower:upper]:
        best = max(best, total(totals) - before)
        before = total(totals)
    return best


def _same_day(_: Tier, __: dt.date, day: dt.date) -> Span:
    return Span(day, day + ONE_DAY)


def _calendar_year(_: Tier, __: dt.date, day: dt.date) -> Span:
    return _year(day.year)


@cache
def _year(year: int) -> Span:
    return Span(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))


def _rolling_months(tier: Tier, _: dt.date, day: dt.date) -> Span:
    end = day + ONE_DAY
    return Span(add_months(end, -(tier.window_months or 0)), end)


def _membership_year(_: Tier, enrolled_on: dt.date, day: dt.date) -> Span:
    start = enrolled_on
    years = day.year - start.year
    if day < add_months(start, 12 * years):
        years -= 1
    return Span(add_months(start, 12 * years), add_months(start, 12 * (years + 1)))


_WINDOWS: Final[dict[str, Callable[[Tier, dt.date, dt.date], Span]]] = {
    "same_day": _same_day,
    "calendar_year": _calendar_year,
    "rolling_months": _rolling_months,
    "membership_year": _membership_year,
}


_day: Final = attrgetter("day")

_MEASURES: Final[dict[str, Callable[[DayTotals], int]]] = {
    "net_spend": attrgetter("net_minor"),
    "points_earned": attrgetter("points"),
    "visits": attrgetter("visits"),
}
