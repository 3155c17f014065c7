"""Running totals by day: what counts for the ladder, and against caps and limits."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable

from msgspec.structs import replace

from ledger.account import DayTotals, Uses
from schemas.events import PurchaseRecorded, Usage


def counted(days: tuple[DayTotals, ...], event: PurchaseRecorded) -> tuple[DayTotals, ...]:
    """The days with one more purchase counted in."""
    return days_with(days, event.occurred_on, event.qualifying_minor, event.points_earned, 1)


def days_with(
    days: tuple[DayTotals, ...], day: dt.date, net: int, points: int, purchases: int
) -> tuple[DayTotals, ...]:
    """The days with so much more on one of them; a visit is a day with a purchase left."""
    if not days or days[-1].day < day:
        last = days[-1] if days else DayTotals(day, 0, 0, 0, 0)
        visit = 1 if purchases > 0 else 0
        return (
            *days,
            DayTotals(
                day,
                last.net_minor + net,
                last.points + points,
                last.purchases + purchases,
                last.visits + visit,
            ),
        )
    at = len(days) - 1 if days[-1].day == day else bisect_left(days, day, key=_day)
    before = days[at - 1] if at else DayTotals(day, 0, 0, 0, 0)
    known = days[at].day == day
    already = days[at].purchases - before.purchases if known else 0
    visit = (already + purchases > 0) - (already > 0)
    own = () if known else (replace(before, day=day),)
    return (
        *days[:at],
        *(
            DayTotals(
                t.day,
                t.net_minor + net,
                t.points + points,
                t.purchases + purchases,
                t.visits + visit,
            )
            for t in (*own, *days[at:])
        ),
    )


def _day(totals: DayTotals) -> dt.date:
    return totals.day


def uses_with(uses: dict[str, Uses], usage: Iterable[Usage]) -> dict[str, Uses]:
    after = dict(uses)
    for entry in usage:
        after[entry.key] = _on_day(after.get(entry.key, ()), entry.on, entry.units)
    return after


def _on_day(uses: Uses, day: dt.date, units: int) -> Uses:
    """The running totals with so much more on one day."""
    last, total = uses[-1] if uses else (dt.date.min, 0)
    if last < day:
        return (*uses, (day, total + units))
    if last == day:
        return (*uses[:-1], (day, total + units))
    at = bisect_left(uses, day, key=_first)
    before = uses[at - 1][1] if at else 0
    own = () if uses[at][0] == day else ((day, before),)
    return (*uses[:at], *((on, so_far + units) for on, so_far in (*own, *uses[at:])))


def _first(entry: tuple[dt.date, int]) -> dt.date:
    return entry[0]
