"""What an account has used of caps and limits, and what is left (RULES 4; docs/program.md)."""

from __future__ import annotations

import datetime as dt

from ledger.account import Account
from ledger.errors import LimitExceeded
from ledger.rules import Rules
from ledger.terms import Scope
from schemas.events import Usage


def used(account: Account, key: str, period: str, day: dt.date) -> int:
    """Units that count against `key` in the period ("day", "month", "year", "ever") of `day`."""
    found = account.uses.get(key, ())
    if period == "ever":
        return sum(units for _, units in found)
    if period == "day":
        return sum(units for on, units in found if on == day)
    months = period == "month"
    return sum(
        units
        for on, units in found
        if on.year == day.year and (not months or on.month == day.month)
    )


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
