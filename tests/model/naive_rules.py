"""What the naive model counts with: lots, windows, months, numbers. All of it pure.

Shapes as in `naive_book.py`; a tier and an expiry are tables of the program file.
"""

from __future__ import annotations

import calendar
import datetime as dt
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Fact = dict[str, Any]
Program = dict[str, Any]
Days = dict[dt.date, dict[str, int]]
"""What counts for the ladder: `net_minor`, `points` and `purchases` of each day."""

DECIMALS = {"CNY": 2, "USD": 2, "JPY": 0, "KWD": 3}
ONE_DAY = dt.timedelta(days=1)


# -- lots ------------------------------------------------------------------------------------


def lapsed(lot: Fact, day: dt.date) -> bool:
    """Whether the lot's last good day is before `day` (RULES 8)."""
    return lot["expires_on"] is not None and lot["expires_on"] < day


def spending_order(lot: Fact) -> tuple[dt.date, dt.date, int]:
    return (lot["expires_on"] or dt.date.max, lot["earned_on"], lot["lot"])


def last_good_day(day: dt.date, expiry: Fact) -> dt.date | None:
    """Of a lot that is earned on `day` (RULES 8 and 9)."""
    if expiry.get("policy") in ("months", "inactivity"):
        return months_on(day, expiry["months"])
    if expiry.get("policy") == "end_of_year":
        return dt.date(day.year + expiry.get("years", 1), 12, 31)
    return None


def credited(opened: list[Fact], debt: int) -> dict[tuple[int, str], int]:
    """Movements of lots that come in: what is first in spending order repays (RULES 15)."""
    moves: dict[tuple[int, str], int] = {}
    owed = debt
    for lot in sorted(opened, key=spending_order):
        repaid = min(owed, lot["points"])
        owed -= repaid
        moves[lot["lot"], "available"] = lot["points"] - repaid
    moves[0, "debt"] = owed - debt
    return some(moves)


def some(moves: dict[tuple[int, str], int]) -> dict[tuple[int, str], int]:
    """The movements that move something."""
    return {place: points for place, points in moves.items() if points}


# -- the ladder ------------------------------------------------------------------------------


def window(tier: Fact, day: dt.date, enrolled_on: dt.date) -> tuple[dt.date, dt.date]:
    """The window that `day` is seen in: from, and the day after its last (half open)."""
    name = tier.get("window", "calendar_year")
    if name == "same_day":
        return day, day + ONE_DAY
    if name == "calendar_year":
        return dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1)
    if name == "rolling_months":
        return months_on(day + ONE_DAY, -tier["window_months"]), day + ONE_DAY
    years = day.year - enrolled_on.year
    if months_on(enrolled_on, 12 * years) > day:
        years -= 1
    return months_on(enrolled_on, 12 * years), months_on(enrolled_on, 12 * (years + 1))


def measured_in(name: str, days: Days, start: dt.date, end: dt.date) -> int:
    """The measure `name` over the days of a window; a visit is a day with a purchase."""
    inside = [counts for day, counts in days.items() if start <= day < end]
    if name == "visits":
        return sum(counts["purchases"] > 0 for counts in inside)
    field = {"net_spend": "net_minor", "points_earned": "points"}[name]
    return sum(counts[field] for counts in inside)


def threshold(tier: Fact, program: Program) -> int:
    if "threshold" not in tier:
        return 0
    name = tier.get("measure", "net_spend")
    if name == "net_spend":
        return money(tier["threshold"], program)
    return int(tier["threshold"]) if name == "visits" else points_units(tier["threshold"], program)


def valid_until(tier: Fact, day: dt.date) -> dt.date | None:
    """The last day that a card reached on `day` is good for."""
    name = tier.get("valid", "end_of_next_year")
    if name == "end_of_next_year":
        return dt.date(day.year + 1, 12, 31)
    return months_on(day, tier["valid_months"]) if name == "months" else None


# -- the program file ------------------------------------------------------------------------


def entry_named(name: str, section: str, program: Program) -> Fact | None:
    """The `[[section]]` of a program whose id is `name`."""
    found = [entry for entry in program.get(section, []) if entry["id"] == name]
    return found[0] if found else None


def offered_on(entry: Fact, day: dt.date) -> bool:
    """Whether a rule, a bonus or a reward is enabled, and `day` one of its days."""
    first, last = entry.get("starts_on", dt.date.min), entry.get("ends_on", dt.date.max)
    return entry.get("enabled", True) and bool(first <= day <= last)


def same_period(one: dt.date, other: dt.date, period: str) -> bool:
    """Whether two days are in one `day`, `month`, `year`, or at all (`ever`)."""
    parts = {"day": 3, "month": 2, "year": 1, "ever": 0}[period]
    return one.timetuple()[:parts] == other.timetuple()[:parts]


# -- numbers and days ------------------------------------------------------------------------


def money(text: str | int, program: Program) -> int:
    return int(Fraction(str(text)) * 10 ** DECIMALS[program["currency"]])


def points_units(text: str | int, program: Program) -> int:
    return int(Fraction(str(text)) * 10 ** int(program.get("points_decimals", 0)))


def worth(points: int, program: Program) -> Fraction:
    """What points are worth at the till, exactly, in minor units; 0 without a rate."""
    rate = program.get("redemption", {})
    if "money" not in rate:
        return Fraction(0)
    return points * Fraction(money(rate["money"], program), points_units(rate["points"], program))


def zone(program: Program) -> ZoneInfo:
    return ZoneInfo(program.get("zone", "Asia/Shanghai"))


def day_of(at: dt.datetime, program: Program) -> dt.date:
    return at.astimezone(zone(program)).date()


def start_of(day: dt.date, program: Program) -> dt.datetime:
    """Midnight of the program's zone, in UTC."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone(program)).astimezone(dt.UTC)


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months on, or the last day of a month without it."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    while month < 1:
        year, month = year - 1, month + 12
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


# -- commands --------------------------------------------------------------------------------


def said_by(command: object) -> Fact:
    """A command as a dict of all its fields, and so its lines, tenders and items."""
    names: tuple[str, ...] = getattr(command, "__struct_fields__", ())
    return {name: _plain(getattr(command, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return said_by(value) if hasattr(value, "__struct_fields__") else value
