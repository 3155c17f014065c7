"""The ladder: what a member's days measure up to, and the tier that this reaches (RULES 18, 19).

Shapes:
    Span      a half-open window of days, from -> until
    Reached   the rung, the window that decided it and what was measured in it
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec import Struct

from ledger.account import Account, DayTotals
from ledger.rules import Rules, Rung
from schemas.program import Tier
from schemas.values import add_months

_ONE_DAY: Final = dt.timedelta(days=1)


class Span(NamedTuple):
    """Days from `start` to before `end`."""

    start: dt.date
    end: dt.date


class Reached(Struct, frozen=True):
    """`rung` was reached on `day`: `measured`, in its measure's unit, within `span`."""

    rung: Rung
    day: dt.date
    span: Span
    measured: int


def reached_by(
    account: Account,
    days: tuple[DayTotals, ...],
    rules: Rules,
    day: dt.date,
    *,
    look_ahead: bool = True,
) -> Reached | None:
    """The highest rung above the account's own that `days` reach around `day`, if any.

    `days` are the account's with the purchase of `day` counted in. A rolling window that ends on
    a later day counts too, unless told not to `look_ahead`: a late purchase can complete it.
    """
    best: Reached | None = None
    for climb in rules.climbs_above(account.tier):
        rungs = climb.rungs
        if best is not None:
            least = best.rung.rank
            rungs = tuple(rung for rung in rungs if rung.rank > least)
        deciding = _deciding_days(climb.tier, days, day) if look_ahead else (day,)
        for last_day in deciding:
            span = _WINDOWS[climb.tier.window](climb.tier, account, last_day)
            if span.start > day:
                break
            measured = measure(climb.tier, days, span)
            for place, rung in enumerate(rungs):
                if measured >= rung.threshold:
                    best = Reached(rung, last_day, span, measured)
                    rungs = rungs[:place]
                    break
    return best


def window_of(tier: Tier, account: Account, day: dt.date) -> Span:
    """The tier's window that `day` falls into, or that ends with it."""
    return _WINDOWS[tier.window](tier, account, day)


def measure(tier: Tier, days: tuple[DayTotals, ...], span: Span) -> int:
    """Net spend in minor units, points in points units, or days with a visit, within the span."""
    return measure_named(tier.measure, days, span)


def measure_named(name: str, days: tuple[DayTotals, ...], span: Span) -> int:
    """The same by the measure's name."""
    total = _MEASURES[name]
    upper = len(days)
    if upper and days[-1].day >= span.end:
        upper = bisect_left(days, span.end, key=_day)
    lower = bisect_left(days, span.start, hi=upper, key=_day)
    if lower == upper:
        return 0
    return total(days[upper - 1]) - (total(days[lower - 1]) if lower else 0)


def valid_until(tier: Tier, day: dt.date) -> dt.date | None:
    """The last good day of a tier reached on `day`; None is for ever."""
    if tier.valid == "end_of_next_year":
        return dt.date(day.year + 1, 12, 31)
    if tier.valid == "months":
        return add_months(day, tier.valid_months or 0)
    return None


def _deciding_days(tier: Tier, days: tuple[DayTotals, ...], day: dt.date) -> Sequence[dt.date]:
    if tier.window != "rolling_months" or days[-1].day <= day:
        return (day,)
    return [day, *(totals.day for totals in days if totals.day > day)]


def _same_day(_: Tier, __: Account, day: dt.date) -> Span:
    return Span(day, day + _ONE_DAY)


def _calendar_year(_: Tier, __: Account, day: dt.date) -> Span:
    return _year(day.year)


@cache
def _year(year: int) -> Span:
    return Span(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))


def _rolling_months(tier: Tier, _: Account, day: dt.date) -> Span:
    end = day + _ONE_DAY
    return Span(add_months(end, -(tier.window_months or 0)), end)


def _membership_year(_: Tier, account: Account, day: dt.date) -> Span:
    start = account.enrolled_on or day
    years = day.year - start.year - ((day.month, day.day) < (start.month, start.day))
    return Span(add_months(start, 12 * years), add_months(start, 12 * (years + 1)))


_WINDOWS: Final[dict[str, Callable[[Tier, Account, dt.date], Span]]] = {
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
