"""Running totals by day: what counts for the ladder, and against caps and limits."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Final

from msgspec.structs import replace

from ledger.account import DayTotals, Uses
from ledger.counters import OVER_ALL
from schemas.events import CountedDay, PurchaseRecorded, Usage

_NOTHING: Final = (dt.date.min, 0)


def counted(days: tuple[DayTotals, ...], event: PurchaseRecorded) -> tuple[DayTotals, ...]:
    """The days with one more purchase counted in, mostly on a day of its own."""
    day = event.occurred_on
    if days and (last := days[-1]).day < day:
        return (*days, a_day_more(last, event))
    return days_with(days, day, event.qualifying_minor, event.points_earned, 1)


def a_day_more(last: DayTotals, event: PurchaseRecorded) -> DayTotals:
    """The totals through `last` and a purchase, as if nobody had come on its day before."""
    return DayTotals(
        event.occurred_on,
        last.net_minor + event.qualifying_minor,
        last.points + event.points_earned,
        last.purchases + 1,
        last.visits + 1,
    )


def at_most(days: tuple[DayTotals, ...], event: PurchaseRecorded) -> DayTotals:
    """What all days have together with one more purchase; of visits at most so many."""
    return a_day_more(days[-1] if days else DayTotals(event.occurred_on, 0, 0, 0, 0), event)


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


def days_with_all(
    days: tuple[DayTotals, ...], more: Iterable[CountedDay], *, sign: int = 1
) -> tuple[DayTotals, ...]:
    """The days with so much more, or with `sign` -1 less, on many of them."""
    counts = {day.day: day for day in by_day(days)}
    for day in more:
        there = counts.get(day.day, CountedDay(day.day, 0, 0, 0))
        counts[day.day] = CountedDay(
            day.day,
            there.net_minor + sign * day.net_minor,
            there.points + sign * day.points,
            there.purchases + sign * day.purchases,
        )
    totals = []
    net = points = purchases = visits = 0
    for on in sorted(counts):
        net += counts[on].net_minor
        points += counts[on].points
        purchases += counts[on].purchases
        visits += counts[on].purchases > 0
        totals.append(DayTotals(on, net, points, purchases, visits))
    return tuple(totals)


def by_day(days: tuple[DayTotals, ...]) -> tuple[CountedDay, ...]:
    """Running totals as what each day counted."""
    if not days:
        return ()
    zero = DayTotals(days[0].day, 0, 0, 0, 0)
    return tuple(
        CountedDay(
            after.day,
            after.net_minor - before.net_minor,
            after.points - before.points,
            after.purchases - before.purchases,
        )
        for before, after in pairwise((zero, *days))
    )


def last_bought_on(days: tuple[DayTotals, ...]) -> dt.date | None:
    """The last day that has a purchase left; None without one."""
    for at in range(len(days) - 1, -1, -1):
        if days[at].purchases > (days[at - 1].purchases if at else 0):
            return days[at].day
    return None


def _day(totals: DayTotals) -> dt.date:
    return totals.day


def uses_with(uses: dict[str, Uses], usage: Iterable[Usage]) -> dict[str, Uses]:
    """What counts against each key, with so much more on some days.

    What counts over all members is kept elsewhere (ledger/counters.py).
    """
    by_key: dict[str, list[Usage]] = {}
    for entry in usage:
        if entry.key.startswith(OVER_ALL):
            continue
        by_key.setdefault(entry.key, []).append(entry)
    if not by_key:
        return uses
    after = dict(uses)
    for key, entries in by_key.items():
        with_more = _on_day if len(entries) == 1 else _on_days
        after[key] = with_more(after.get(key, ()), *entries)
    return after


def _on_day(uses: Uses, entry: Usage) -> Uses:
    """The running totals with so much more on one day."""
    day, units = entry.on, entry.units
    last, total = uses[-1] if uses else _NOTHING
    if last < day:
        return (*uses, (day, total + units))
    if last == day:
        return (*uses[:-1], (day, total + units))
    at = bisect_left(uses, day, key=_first)
    before = uses[at - 1][1] if at else 0
    own = () if uses[at][0] == day else ((day, before),)
    return (*uses[:at], *((on, so_far + units) for on, so_far in (*own, *uses[at:])))


def _on_days(uses: Uses, *entries: Usage) -> Uses:
    """The same for many days: in one pass, not one for each of them."""
    units = {day: total - so_far for (_, so_far), (day, total) in pairwise((_NOTHING, *uses))}
    for entry in entries:
        units[entry.on] = units.get(entry.on, 0) + entry.units
    days = sorted(units)
    return tuple(zip(days, accumulate(units[day] for day in days), strict=True))


def _first(entry: tuple[dt.date, int]) -> dt.date:
    return entry[0]
