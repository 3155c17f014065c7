"""What the naive model counts with: points for money, lots, windows, months. All of it pure.

Shapes as in `naive.py`; a tier, an earning rule and an expiry are tables of the program file.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Fact = dict[str, Any]
Program = dict[str, Any]

DECIMALS = {"CNY": 2, "USD": 2, "JPY": 0, "KWD": 3}
ONE_DAY = dt.timedelta(days=1)


# -- earning, lots ---------------------------------------------------------------------------


def when(kind: str, at: dt.datetime, program: Program) -> Fact:
    day = at.astimezone(zone(program)).date()
    return {"kind": kind, "occurred_at": at, "occurred_on": day}


def begins_by(change: Fact, at: dt.datetime) -> bool:
    begun: bool = change["occurred_at"] <= at
    return begun


def earn(bought: Fact, program: Program, tier: str) -> None:
    """Set `exact` and `points_earned` as `tier` earns: rules add up, one rounding (RULES 3)."""
    bought["tier"] = tier
    exact = Fraction(0)
    for rule in program.get("earn", []):
        first = rule.get("starts_on", dt.date.min)
        last = rule.get("ends_on", dt.date.max)
        if rule.get("enabled", True) and first <= bought["occurred_on"] <= last:
            portion = Fraction(bought["qualifying_minor"], money(rule.get("per", "1"), program))
            if rule.get("method", "per_amount") == "per_block":
                portion = Fraction(math.floor(portion))
            exact += portion * points_units(rule.get("points", "1"), program)
    for rung in program.get("tier", []):
        if rung["id"] == tier:
            exact *= Fraction(rung.get("multiplier", "1"))
    rounding = program.get("rounding", "floor")
    if rounding == "floor":
        bought["points_earned"] = math.floor(exact)
    elif rounding == "ceil":
        bought["points_earned"] = math.ceil(exact)
    else:
        bought["points_earned"] = math.floor(exact + Fraction(1, 2))
    bought["exact"] = exact


def credit(fact: Fact, opened: Fact) -> Fact:
    """Let the fact open a lot, unless there are no points to put in."""
    fact["lots"] = [opened] if opened["points"] else []
    fact["moves"] = {opened["lot"]: opened["points"]} if opened["points"] else {}
    return fact


def state(lot: Fact, day: dt.date) -> str:
    """'ok', 'pending' or 'lapsed': what a lot's points are on a day."""
    if lot["expires_on"] and day > lot["expires_on"]:
        return "lapsed"
    return "pending" if day < lot["available_from"] else "ok"


def spending_order(lot: Fact) -> tuple[dt.date, dt.date, int]:
    return (lot["expires_on"] or dt.date.max, lot["earned_on"], lot["lot"])


def last_good_day(day: dt.date, expiry: Fact) -> dt.date | None:
    """RULES 8 and 9."""
    if expiry.get("policy") == "months":
        return months_on(day, expiry["months"])
    if expiry.get("policy") == "end_of_year":
        return dt.date(day.year + expiry.get("years", 1), 12, 31)
    return None


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


def measure(tier: Fact, purchases: list[Fact], start: dt.date, end: dt.date) -> int:
    inside = [p for p in purchases if start <= p["occurred_on"] < end]
    name = tier.get("measure", "net_spend")
    if name == "visits":
        return len({p["occurred_on"] for p in inside})
    field = {"net_spend": "qualifying_minor", "points_earned": "points_earned"}[name]
    return sum(p[field] for p in inside)


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


# -- numbers and days ------------------------------------------------------------------------


def money(text: str | int, program: Program) -> int:
    return int(Fraction(str(text)) * 10 ** DECIMALS[program["currency"]])


def points_units(text: str | int, program: Program) -> int:
    return int(Fraction(str(text)) * 10 ** int(program.get("points_decimals", 0)))


def zone(program: Program) -> ZoneInfo:
    return ZoneInfo(program.get("zone", "Asia/Shanghai"))


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
