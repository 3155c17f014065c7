"""The ladder: what a member's days measure up to, and the tier that this reaches (RULES 18, 19).

Shapes:
    Span      a half-open window of days, from -> until
    Reached   the rung, the window that decided it and what was measured in it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
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
    account: Account, days: tuple[DayTotals, ...], rules: Rules, day: dt.date
) -> Reached | None:
    """The highest rung above the account's own that `days` reach around `day`, if any.

    `days` are the account's with the purchase of `day` counted in. A rolling window that ends on
    a later day counts too: a purchase told late can complete it.
    """
    best: Reached | None = None
    for climb in rules.climbs_above(account.tier):
        rungs = climb.rungs
        if best is not None:
            least = best.rung.rank
            rungs = tuple(rung for rung in rungs if rung.rank > least)
        for last_day in _deciding_days(climb.tier, days, day):
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
    counted = _MEASURES[tier.measure]
    start, end = span
    total = 0
    for totals in reversed(days):
        day = totals.day
        if day < start:
            break
        if day < end:
            total += counted(totals)
    return total


def valid_until(tier: Tier, day: dt.date) -> dt.date | None:
    """The last good day of a tier reached on `day`; None is for ever."""
    if tier.valid == "end_of_next_year":
        return dt.date(day.year + 1, 12, 31)
    if tier.valid == "months":
        return add_months(day, tier.valid_months or 0)
    return None


def _deciding_days(tier: Tier, days: tuple[DayTotals, ...], day: dt.date) -> Sequence[dt.date]:
    if tier.window != "rolling_months" or days[-1].day == day:
        return (day,)
    return [totals.day for totals in days if totals.day >= day]


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


def _net_spend(totals: DayTotals) -> int:
    return totals.net_minor


def _points_earned(totals: DayTotals) -> int:
    return totals.points


def _visits(totals: DayTotals) -> int:
    return 1 if totals.purchases else 0


_MEASURES: Final[dict[str, Callable[[DayTotals], int]]] = {
    "net_spend": _net_spend,
    "points_earned": _points_earned,
    "visits": _visits,
}
