"""Strategies that several tests share: small programs as the text of a program file.

Money is in yuan with two decimals and small, so that thresholds are reached within a few
purchases. Every version that `programs(shape)` draws has the shape's identity (id, currency,
decimals, zone) and its rungs, lowest first, of which a version may lack the upper ones; all else
differs from version to version.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

EARLIEST = dt.date(2023, 1, 1)
"""The first version of a generated program holds from here on."""

ZONES = ("Asia/Shanghai", "America/New_York", "UTC")


@dataclass(frozen=True)
class Shape:
    """What all versions of one generated program have in common."""

    zone: str
    points_decimals: int
    rungs: tuple[str, ...]
    entry: bool
    id: str = "shop"
    currency: str = "CNY"


def shapes() -> st.SearchStrategy[Shape]:
    rungs = st.sampled_from([("silver", "gold", "black"), ("silver", "gold"), ("silver",), ()])
    return st.builds(Shape, st.sampled_from(ZONES), st.sampled_from([0, 2]), rungs, st.booleans())


@st.composite
def programs(draw: st.DrawFn, shape: Shape, effective_from: dt.date) -> str:
    """A program file that holds from `effective_from` on."""
    expiry = draw(expiries())
    # Points that end with the year of the purchase may not wait: some would never be available.
    waits = [0] if expiry.get("years") == 0 else [0, 0, 1, 14]
    general = {
        "id": shape.id,
        "name": "Shop",
        "currency": shape.currency,
        "zone": shape.zone,
        "points_decimals": shape.points_decimals,
        "effective_from": effective_from,
        "rounding": draw(st.sampled_from(["floor", "half_up", "ceil"])),
        "upgrade_first": draw(st.booleans()),
        "available_after_days": draw(st.sampled_from(waits)),
        "future_tolerance_minutes": draw(st.sampled_from([0, 5, 1440])),
    }
    parts = [section("", general), section("[expiry]", expiry)]
    for number in range(draw(st.sampled_from([1, 2, 3, 0]))):
        parts.append(section("[[earn]]", {"id": f"rule-{number}"} | draw(earning_rules(shape))))
    for number, rung in enumerate(shape.rungs[: draw(ladder_heights(shape))]):
        entry = shape.entry and number == 0
        parts.append(section("[[tier]]", {"id": rung} | draw(rungs_of(entry))))
    return "\n".join(parts)


def ladder_heights(shape: Shape) -> st.SearchStrategy[int]:
    """How many of the shape's rungs a version has; most have all, and all have the entry rung."""
    height = len(shape.rungs)
    return st.sampled_from([height, height, max(height - 1, min(height, int(shape.entry)))])


def expiries() -> st.SearchStrategy[dict[str, object]]:
    return st.one_of(
        st.just({"policy": "never"}),
        st.sampled_from([{"policy": "months", "months": n} for n in (1, 2, 12, 13)]),
        st.sampled_from([{"policy": "end_of_year", "years": n} for n in (0, 1, 2)]),
    )


@st.composite
def earning_rules(draw: st.DrawFn, shape: Shape) -> dict[str, object]:
    fine = ["0.25", "1.5"] if shape.points_decimals else []
    rule: dict[str, object] = {
        "method": draw(st.sampled_from(["per_amount", "per_block"])),
        "points": draw(st.sampled_from([1, 3, "10", *fine])),
        "per": draw(st.sampled_from(["1", "3.00", "0.07", "5"])),
        "enabled": draw(st.sampled_from([True, True, True, False])),
    }
    if draw(st.sampled_from([False, False, True])):
        first = draw(days_around_the_story())
        rule["starts_on"] = first
        rule["ends_on"] = first + dt.timedelta(days=draw(st.integers(0, 400)))
    return rule


@st.composite
def rungs_of(draw: st.DrawFn, entry: bool) -> dict[str, object]:
    """A rung without its id; the entry rung has no threshold."""
    rung: dict[str, object] = {
        "multiplier": draw(st.sampled_from(["1", "1.5", "0.333", "2"])),
        "discount_percent": draw(st.sampled_from(["0", "7.5"])),
        "valid": draw(st.sampled_from(["for_ever", "end_of_next_year", "months"])),
    }
    if rung["valid"] == "months":
        rung["valid_months"] = draw(st.sampled_from([1, 12, 24]))
    rung["window"] = draw(
        st.sampled_from(
            ["rolling_months", "rolling_months", "calendar_year", "membership_year", "same_day"]
        )
    )
    if rung["window"] == "rolling_months":
        rung["window_months"] = draw(st.sampled_from([1, 2, 12]))
    rung["measure"] = draw(st.sampled_from(["net_spend", "points_earned", "visits"]))
    if not entry:
        high = 6 if rung["measure"] == "visits" else 200
        rung["threshold"] = draw(st.integers(1, high))
    return rung


def days_around_the_story() -> st.SearchStrategy[dt.date]:
    """Days with many month ends and leap days among them."""
    edges = [dt.date(2024, 2, 29), dt.date(2025, 12, 31), dt.date(2026, 1, 1)]
    edges += [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31)]
    return st.sampled_from(edges) | st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))


def section(header: str, settings: dict[str, object]) -> str:
    """One table of a program file."""
    return "\n".join([header, *(f"{name} = {toml(value)}" for name, value in settings.items()), ""])


def toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
