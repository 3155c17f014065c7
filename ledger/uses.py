"""What an account has used of caps and limits, and what is left (RULES 4; docs/program.md)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

from ledger.account import Account, Uses
from ledger.errors import LimitExceeded
from ledger.rules import Rules
from ledger.terms import Scope
from schemas.events import Usage
from schemas.periods import PeriodKind, membership_year, period_of


def used(account: Account, key: str, period: str, day: dt.date) -> int:
    """Units that count against `key` in the period of `day`: one of `_PERIODS`, or "ever"."""
    found = account.uses.get(key, ())
    if not found:
        return 0
    if period == "ever":
        return found[-1][1]
    return used_between(account, key, *span_of(account, period, day))


def used_between(account: Account, key: str, start: dt.date, end: dt.date) -> int:
    """Units that count against `key` on days from `start` to before `end`."""
    found = account.uses.get(key, ())
    return _until(found, end) - _until(found, start)


def span_of(account: Account, period: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """The days of the period that `day` falls into, half open."""
    return _PERIODS[period](account, day)


def _until(uses: Uses, day: dt.date) -> int:
    """What counted before `day`."""
    at = bisect_left(uses, day, key=_first)
    return uses[at - 1][1] if at else 0


def _first(entry: tuple[dt.date, int]) -> dt.date:
    return entry[0]


def _day(_: Account, day: dt.date) -> tuple[dt.date, dt.date]:
    return day, day + dt.timedelta(days=1)


def _calendar(kind: PeriodKind) -> Callable[[Account, dt.date], tuple[dt.date, dt.date]]:
    def span(_: Account, day: dt.date) -> tuple[dt.date, dt.date]:
        period = period_of(kind, day)
        return period.start, period.end

    return span


def _membership_year(account: Account, day: dt.date) -> tuple[dt.date, dt.date]:
    return membership_year(account.enrolled_on or day, day)


_PERIODS: Final = {
    "day": _day,
    "month": _calendar("month"),
    "quarter": _calendar("quarter"),
    "year": _calendar("year"),
    "membership_year": _membership_year,
}


def uses_by_day(uses: Uses) -> Iterator[tuple[dt.date, int]]:
    """(day, units) of running totals."""
    before = 0
    for day, total in uses:
        if total != before:
            yield day, total - before
        before = total


def rooms(account: Account, scopes: tuple[Scope, ...], day: dt.date) -> dict[str, int]:
    """Scope -> points units that its cumulative caps still leave on `day`."""
    left = {}
    for scope in scopes:
        key = f"cap:{scope.name}"
        most = []
        if scope.per_day is not None:
            most.append(scope.per_day - used(account, key, "day", day))
        if scope.per_member is not None:
            most.append(scope.per_member - used(account, key, "ever", day))
        left[scope.name] = max(0, min(most))
    return left


def within_limits(account: Account, rules: Rules, day: dt.date, **asked: int) -> tuple[Usage, ...]:
    """What to count for actions that are asked for, where the program limits them.

    Raises LimitExceeded for the first that would be more than its day or month allows.
    """
    found = []
    for action, units in asked.items():
        for limit in rules.limits.get(action, ()):
            before = used(account, action, limit.period, day)
            if before + units > limit.most:
                raise LimitExceeded(limit=limit.name, most=limit.most, used=before, asked=units)
        if action in rules.limits:
            found.append(Usage(action, day, units))
    return tuple(found)
