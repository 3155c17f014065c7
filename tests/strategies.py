"""Strategies that several tests share: small programs as the text of a program file.

Money is in yuan with two decimals and small, so that thresholds, caps and limits are reached within
a few purchases. Every version that `programs(shape)` draws has the shape's identity (id, currency,
decimals, zone) and its rungs, lowest first, of which a version may lack the upper ones; all else
differs from version to version. What a program may say beside plain earning, cards and expiry is
drawn from the shape's few `features`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

EARLIEST = dt.date(2023, 1, 1)
"""The first version of a generated program holds from here on."""

ZONES = ("Asia/Shanghai", "America/New_York", "UTC")

FEATURES = (
    *("lines", "tenders", "exclusive", "conditions", "multiply", "campaign", "caps", "basis"),
    *("bonus", "reward", "redemption", "limits", "returns", "holds", "frozen", "cards"),
)

SKUS = ("tea", "cup", "")
CATEGORIES = ("drinks", "wares", "cards", "")
BRANDS = ("mu", "")
TENDERS = ("cash", "card", "points", "voucher")
STORES = ("north", "south", "")
PARTNERS = ("", "", "cafe")
CHANNELS = ("shop", "app")
OCCASIONS = ("birthday", "opening")
BONUSES = ("welcome", "friend", "brought", "birthday")
REWARDS = ("mug", "tea")
OFFER_DAYS = (10, 60)
"""For so many days after a review it can be made good."""

Settings = dict[str, Any]

ODD = st.sampled_from([False, False, False, True])
MOSTLY = st.sampled_from([True, True, True, False])


@dataclass(frozen=True)
class Shape:
    """What all versions of one generated program have in common.

    `features` are those that a version may use. `capped` are the periods that its caps, where it
    has any, always name, so that what counts does not depend on when a cap was named first.
    """

    zone: str
    points_decimals: int
    rungs: tuple[str, ...]
    entry: bool
    features: frozenset[str] = frozenset()
    capped: tuple[str, ...] = ("per_day",)
    id: str = "shop"
    currency: str = "CNY"


def shapes(features: tuple[str, ...] = FEATURES, most: int = 5) -> st.SearchStrategy[Shape]:
    rungs = st.sampled_from([("silver", "gold", "black"), ("silver", "gold"), ("silver",), ()])
    return st.builds(
        Shape,
        st.sampled_from(ZONES),
        st.sampled_from([0, 2]),
        rungs,
        st.booleans(),
        st.frozensets(st.sampled_from(features), max_size=most),
        st.sampled_from([("per_day",), ("per_member",), ("per_day", "per_member")]),
    )


@st.composite
def programs(draw: st.DrawFn, shape: Shape, effective_from: dt.date) -> str:
    """A program file that holds from `effective_from` on."""
    expiry = draw(expiries())
    rungs = shape.rungs[: draw(ladder_heights(shape))]
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
        "available_after_days": draw(st.sampled_from(waits)),
        "future_tolerance_minutes": draw(st.sampled_from([0, 5, 1440])),
    }
    cards = draw(ladders()) if rungs else {}
    if cards.get("upgrade") != "next_purchase":
        general["upgrade_first"] = draw(st.booleans())
    parts = [section("", general | draw(settings_of_features(shape))), section("[expiry]", expiry)]
    parts.append(section("[ladder]", cards))
    parts += draw(tables_of_features(shape, rungs))
    for number in range(draw(st.sampled_from([1, 2, 3, 0]))):
        rule = draw(earning_rules(shape)) | draw(conditions(shape, rungs))
        parts.append(section("[[earn]]", {"id": f"rule-{number}"} | rule))
    parts += draw(multipliers(shape, rungs))
    for number, rung in enumerate(rungs):
        entry = shape.entry and number == 0
        parts.append(section("[[tier]]", {"id": rung} | draw(rungs_of(shape, entry))))
    return "\n".join(parts)


def ladder_heights(shape: Shape) -> st.SearchStrategy[int]:
    """How many of the shape's rungs a version has; most have all, and all have the entry rung."""
    height = len(shape.rungs)
    return st.sampled_from([height, height, max(height - 1, min(height, int(shape.entry)))])


def expiries() -> st.SearchStrategy[Settings]:
    return st.one_of(
        st.just({"policy": "never"}),
        st.sampled_from([{"policy": "months", "months": n} for n in (1, 2, 12, 13)]),
        st.sampled_from([{"policy": "end_of_year", "years": n} for n in (0, 1, 2)]),
        st.sampled_from([{"policy": "inactivity", "months": n} for n in (1, 2, 12)]),
    )


@st.composite
def some_of(draw: st.DrawFn, offered: dict[str, list[Any]], least: int = 0) -> Settings:
    """Some of the settings, each with one of its values; the first value is the simplest."""
    names = draw(st.lists(st.sampled_from(list(offered)), min_size=least, unique=True))
    return {name: draw(st.sampled_from(offered[name])) for name in names}


# -- earning ---------------------------------------------------------------------------------


@st.composite
def earning_rules(draw: st.DrawFn, shape: Shape) -> Settings:
    fine = ["0.25", "1.5"] if shape.points_decimals else []
    methods = ["per_amount", "per_block"]
    chosen: dict[str, list[Any]] = {}
    if "lines" in shape.features:
        methods.append("fixed")
        chosen |= {"skus": [["tea"], ["tea", "cup"]], "brands": [["mu"]]}
        chosen |= {"categories": [["drinks"], ["drinks", "cards"]]}
    rule: Settings = {
        "method": draw(st.sampled_from(methods)),
        "points": draw(st.sampled_from([1, 3, "10", *fine])),
        "per": draw(st.sampled_from(["1", "3.00", "0.07", "5"])),
        "enabled": draw(st.sampled_from([True, True, True, False])),
    }
    if rule["method"] == "fixed":
        rule["per_unit"] = draw(st.booleans())
    elif "tenders" in shape.features and draw(ODD):
        rule["tenders"] = draw(st.sampled_from([["cash"], ["points", "card"]]))
    return rule | (draw(some_of(chosen)) if chosen else {})


@st.composite
def conditions(draw: st.DrawFn, shape: Shape, rungs: tuple[str, ...]) -> Settings:
    """When a rule or a multiplier applies, how it shares, and its caps."""
    named: Settings = {}
    if draw(st.sampled_from([False, False, True])):
        first = draw(days_around_the_story())
        named["starts_on"] = first
        named["ends_on"] = first + dt.timedelta(days=draw(st.integers(0, 400)))
    if "conditions" in shape.features:
        offered: dict[str, list[Any]] = {
            "stores": [["north"]],
            "partners": [["cafe"]],
            "channels": [["app"]],
            "occasions": [["birthday"], ["birthday", "opening"]],
            "weekdays": [["sat", "sun"], ["wed"], ["mon", "tue", "wed", "thu", "fri"]],
            "days_of_month": [[1, 31], [28, 29, 30], list(range(1, 16))],
            "first_purchase": [True],
            "min_amount": ["20.00", 5, 60],
        }
        if rungs:
            offered["tiers"] = [[rungs[0]], list(rungs)]
        named |= draw(some_of(offered)) if draw(st.booleans()) else {}
    if "exclusive" in shape.features and draw(st.booleans()):
        named |= {"stackable": draw(st.booleans()), "priority": draw(st.sampled_from([0, 1, -1]))}
    if "campaign" in shape.features and draw(st.booleans()):
        named["campaign"] = "opening"
    if "caps" in shape.features and draw(st.booleans()):
        named["caps"] = draw(caps(shape))
    return named


@st.composite
def multipliers(draw: st.DrawFn, shape: Shape, rungs: tuple[str, ...]) -> list[str]:
    if "multiply" not in shape.features:
        return []
    parts = []
    for name in draw(st.lists(st.sampled_from(["more", "other"]), unique=True)):
        factor = draw(st.sampled_from(["2", "1.25", "0.5", "0", "3"]))
        named = {"id": name, "factor": factor} | draw(conditions(shape, rungs))
        parts.append(section("[[multiply]]", named))
    return parts


@st.composite
def caps(draw: st.DrawFn, shape: Shape) -> Settings:
    sizes = st.sampled_from([10, 1, 3, 30, "60"])
    named = {name: draw(sizes) for name in shape.capped}
    return named | ({"per_purchase": draw(sizes)} if draw(st.booleans()) else {})


# -- all the rest ----------------------------------------------------------------------------


@st.composite
def settings_of_features(draw: st.DrawFn, shape: Shape) -> Settings:
    """Settings at the top of the file."""
    offered: dict[str, list[Any]] = {}
    if "returns" in shape.features:
        offered |= {
            "return_window_days": [7, 0, 30],
            "on_shortfall": ["clamp", "debt"],
            "returns_lower_tier": [False],
            "reversal_grace_days": [7, 1, 40],
        }
        if "redemption" in shape.features:
            offered["on_shortfall"].append("cash")
    if "holds" in shape.features:
        offered["hold_minutes"] = [30, 1, 1440 * 31]
    if "frozen" in shape.features:
        offered["frozen_earns"] = [False, True]
    named = draw(some_of(offered)) if offered else {}
    if "caps" in shape.features and draw(st.booleans()):
        named["caps"] = draw(caps(shape))
    return named


@st.composite
def tables_of_features(draw: st.DrawFn, shape: Shape, rungs: tuple[str, ...]) -> list[str]:
    features, parts = shape.features, []
    if "campaign" in features:
        first = draw(days_around_the_story())
        campaign = {"id": "opening", "starts_on": first}
        campaign["ends_on"] = first + dt.timedelta(days=draw(st.sampled_from([400, 3000, 0])))
        if "caps" in features:
            campaign["caps"] = draw(caps(shape))
        parts.append(section("[[campaign]]", campaign))
    if "basis" in features:
        offered: dict[str, list[Any]] = {"tax": ["excluded"], "except_categories": [["cards"]]}
        parts.append(
            section("[basis]", draw(some_of(offered | {"except_tenders": [["card"], []]})))
        )
    if "bonus" in features:
        parts += draw(bonuses())
    if "reward" in features:
        parts += draw(rewards(rungs))
    if "redemption" in features:
        parts.append(section("[redemption]", draw(redemptions())))
    if "limits" in features:
        parts.append(section("[limits]", draw(limits())))
    return parts


@st.composite
def bonuses(draw: st.DrawFn) -> list[str]:
    events = dict(zip(BONUSES, ("enrolment", "referral", "referred", "request"), strict=True))
    parts = []
    for name in draw(st.lists(st.sampled_from(BONUSES), unique=True)):
        bonus: Settings = {"id": name, "on": events[name], "points": draw(st.integers(1, 40))}
        bonus |= draw(some_of({"times": [2, 1], "period": ["day", "month", "year", "ever"]}))
        parts.append(section("[[bonus]]", bonus | draw(offers())))
    return parts


@st.composite
def rewards(draw: st.DrawFn, rungs: tuple[str, ...]) -> list[str]:
    parts = []
    for name in draw(st.lists(st.sampled_from(REWARDS), min_size=1, unique=True)):
        reward: Settings = {"id": name, "points": draw(st.sampled_from([1, 5, 20]))}
        reward |= draw(some_of({"money": ["9.90"]})) | draw(offers())
        if rungs and draw(st.booleans()):
            reward["tiers"] = draw(st.sampled_from([[rungs[0]], [rungs[-1]], list(rungs)]))
        parts.append(section("[[reward]]", reward))
    return parts


@st.composite
def offers(draw: st.DrawFn) -> Settings:
    """Whether and when a bonus or a reward is offered: mostly always."""
    if draw(MOSTLY):
        return {}
    first = draw(days_around_the_story())
    last = first + dt.timedelta(days=draw(st.integers(0, 400)))
    return draw(st.sampled_from([{"enabled": False}, {"starts_on": first, "ends_on": last}]))


@st.composite
def redemptions(draw: st.DrawFn) -> Settings:
    rate = {
        "points": draw(st.sampled_from([10, 1, 3])),
        "money": draw(st.sampled_from([1, "0.07"])),
    }
    offered: dict[str, list[Any]] = {
        "min_points": [2, 10],
        "step_points": [2, 5],
        "max_bill_percent": ["50", "0.5"],
    }
    return rate | draw(some_of(offered))


def limits() -> st.SearchStrategy[Settings]:
    few, points = [1, 2], [10, 1, 60]
    return some_of(
        {
            f"{what}_per_{period}": points if "points" in what else few
            for what in ("earnings", "redemptions", "gifts", "redeem_points", "gift_points")
            for period in ("day", "month")
        },
        least=1,
    )


# -- the ladder ------------------------------------------------------------------------------


@st.composite
def rungs_of(draw: st.DrawFn, shape: Shape, entry: bool) -> Settings:
    """A rung without its id; the entry rung has no threshold.

    With the feature `cards` it is reached soon, and over soon.
    """
    soon = "cards" in shape.features
    valid = ["months"] * 4 if soon else ["for_ever", "end_of_next_year"]
    rung: Settings = {
        "multiplier": draw(st.sampled_from(["1", "1.5", "0.333", "2"])),
        "discount_percent": draw(st.sampled_from(["0", "7.5"])),
        "valid": draw(st.sampled_from([*valid, "for_ever", "end_of_next_year", "months"])),
    }
    if rung["valid"] == "months":
        rung["valid_months"] = draw(st.sampled_from([1, 1, 2, 3, 12]))
    rung["window"] = draw(
        st.sampled_from(
            ["rolling_months", "rolling_months", "calendar_year", "membership_year", "same_day"]
        )
    )
    if rung["window"] == "rolling_months":
        rung["window_months"] = draw(st.sampled_from([1, 2, 12]))
    rung["measure"] = draw(st.sampled_from(["net_spend", "points_earned", "visits"]))
    invited = not entry and draw(st.sampled_from([False] * 7 + [True]))
    if invited:
        rung["invitation"] = True
    if not entry and not (invited and draw(st.booleans())):
        high = 40 if soon else 200
        if rung["measure"] == "visits":
            high = 1 if rung["window"] == "same_day" else 3
        rung["threshold"] = draw(st.integers(1, high))
    return rung


def ladders() -> st.SearchStrategy[Settings]:
    """How cards go up and down."""
    return some_of(
        {
            "review": ["by_balance", "one_down"],
            "grace_days": [7, 0, 1, 40],
            "recovery_days": [*OFFER_DAYS, 0],
            "recovery_percent": ["10", "33.33", "0", "100"],
            "upgrade": ["next_purchase", "at_once"],
        },
        least=1,
    )


# -- what a till says ------------------------------------------------------------------------


def days_around_the_story() -> st.SearchStrategy[dt.date]:
    """Days with many month ends and leap days among them."""
    edges = [dt.date(2024, 2, 29), dt.date(2025, 12, 31), dt.date(2026, 1, 1)]
    edges += [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31)]
    return st.sampled_from(edges) | st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))


# -- the file --------------------------------------------------------------------------------


def section(header: str, settings: Settings) -> str:
    """One table of a program file."""
    return "\n".join([header, *(f"{name} = {toml(value)}" for name, value in settings.items()), ""])


def toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {toml(part)}' for name, part in value.items())} }}"
    return f'"{value}"' if isinstance(value, str) else str(value)
