"""Whether two rules can meet in one purchase, and whether one is there whenever another is."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from ledger.checks.situations import day_fits, days_from
from ledger.terms import Conditions, PointsRate

_PLACES: Final = ("stores", "partners", "channels", "tiers")
_GOODS: Final = ("skus", "categories", "brands", "tenders")


def can_meet(a: Any, b: Any, first: dt.date) -> bool:
    """Whether two rules or multipliers can apply to one purchase, from the day `first` on."""
    return (
        all(_share(getattr(a.conditions, name), getattr(b.conditions, name)) for name in _PLACES)
        and common_day(a.conditions, b.conditions, first) is not None
    )


def common_day(a: Conditions, b: Conditions, first: dt.date) -> dt.date | None:
    """The first day from `first` on that both can apply on."""
    start, end = max(a.starts_on, b.starts_on, first), min(a.ends_on, b.ends_on)
    fitting = (day for day in days_from(start, end) if day_fits(a, day) and day_fits(b, day))
    return next(fitting, None)


def count_the_same(a: PointsRate, b: PointsRate) -> bool:
    """Whether two earning rules can count the same goods, paid with the same money."""
    return all(_share(getattr(a, name), getattr(b, name)) for name in _GOODS)


def covers(a: Conditions, b: Conditions, first: dt.date) -> bool:
    """Whether `a` holds for every purchase that `b` holds for, from the day `first` on."""
    return (
        max(a.starts_on, first) <= max(b.starts_on, first)
        and a.ends_on >= b.ends_on
        and _covers_days(a, b)
        and all(_all_of(getattr(a, name), getattr(b, name)) for name in (*_PLACES, "occasions"))
        and (b.first_purchase or not a.first_purchase)
        and a.min_minor <= b.min_minor
    )


def counts_all_of(a: PointsRate, b: PointsRate) -> bool:
    """Whether `a` counts every line that `b` counts, whenever `b` counts it."""
    same_money = not (a.tenders or b.tenders) or bool(b.tenders and b.tenders <= a.tenders)
    return same_money and all(
        _all_of(getattr(a, name), getattr(b, name)) for name in ("skus", "categories", "brands")
    )


def _covers_days(a: Conditions, b: Conditions) -> bool:
    if not (a.weekdays or a.days_of_month):
        return True
    return bool(b.weekdays or b.days_of_month) and (
        b.weekdays <= a.weekdays and b.days_of_month <= a.days_of_month
    )


def _share(a: frozenset[str], b: frozenset[str]) -> bool:
    """Naming nothing is naming all."""
    return not a or not b or not a.isdisjoint(b)


def _all_of(a: frozenset[str], b: frozenset[str]) -> bool:
    return not a or bool(b and b <= a)
