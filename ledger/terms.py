"""What a version of the program says about earning, spending and limits, made ready for deciding.

Shapes, amounts in minor units, points in points units, ratios exact:
    PointsRate   an earning rule with its conditions and caps
    Factor       a multiplier with its conditions and caps
    Scope        caps that hold together: of a rule, a campaign, or the program
    Limit        the most of something in a day or month
    Price        what points are worth at the till
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Final

from msgspec import Struct

from schemas.program import (
    Bonus,
    Campaign,
    Caps,
    EarningRule,
    Multiplier,
    Program,
    Reward,
    Weekday,
)
from schemas.values import parse_money, parse_points

_WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PROGRAM_SCOPE: Final = "program"


class Scope(Struct, frozen=True):
    """Caps under one name: `rule:<id>`, `campaign:<id>` or `program`; None is no cap."""

    name: str
    per_purchase: int | None
    per_day: int | None
    per_member: int | None

    @property
    def cumulative(self) -> bool:
        """Whether what was earned before counts."""
        return self.per_day is not None or self.per_member is not None


class Conditions(Struct, frozen=True):
    """What must hold for a rule to apply; the empty ones name nothing."""

    starts_on: dt.date = dt.date.min
    ends_on: dt.date = dt.date.max
    weekdays: frozenset[int] = frozenset()
    days_of_month: frozenset[int] = frozenset()
    stores: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    occasions: frozenset[str] = frozenset()
    first_purchase: bool = False
    min_minor: int = 0

    @property
    def is_dated_only(self) -> bool:
        """Whether it names nothing but days from and until."""
        return self == Conditions(starts_on=self.starts_on, ends_on=self.ends_on)


class PointsRate(Struct, frozen=True):
    """`units` points units for every `per_minor` of money, for each unit, or once."""

    rule: str
    method: str
    units: int
    per_minor: int
    per_unit: bool
    conditions: Conditions
    skus: frozenset[str]
    categories: frozenset[str]
    brands: frozenset[str]
    tenders: frozenset[str]
    exclusive: bool
    priority: int
    scopes: tuple[Scope, ...]

    @property
    def any_line(self) -> bool:
        """Whether it chooses no lines."""
        return not (self.skus or self.categories or self.brands)


class Factor(Struct, frozen=True):
    """A multiplier: an exact ratio, and as it was written."""

    rule: str
    ratio: Fraction
    text: str
    conditions: Conditions
    exclusive: bool
    priority: int
    scopes: tuple[Scope, ...]


class Earning(Struct, frozen=True):
    """All that a purchase earns by.

    `plain` tells that nothing but the amount that earns, day and tier matters.
    """

    rates: tuple[PointsRate, ...]
    factors: tuple[Factor, ...]
    scope: Scope | None
    cumulative: tuple[Scope, ...]
    before_tax: bool
    except_categories: frozenset[str]
    except_tenders: frozenset[str]
    plain: bool
    partner_scopes: tuple[Scope, ...] = ()
    """The caps of the partner whose shop it is, after the program's own."""


class Price(Struct, frozen=True):
    """`points` units are worth `money_minor` at the till."""

    points: int
    money_minor: int

    def worth(self, points: int) -> Fraction:
        """Minor units, exactly."""
        return Fraction(points * self.money_minor, self.points)


class Spending(Struct, frozen=True):
    """How points are spent (RULES 11); None is no such condition."""

    price: Price | None
    min_points: int | None
    step_points: int | None
    bill_share: Fraction | None


class Limit(Struct, frozen=True):
    """At most `most` of `action` in a `period` ("day" or "month"); `name` as in the file."""

    name: str
    action: str
    period: str
    most: int


def earning_of(program: Program) -> Earning:
    """The earning part of a checked program."""
    campaigns = {campaign.id: campaign for campaign in program.campaigns}

    def scopes(entry_id: str, caps: Caps, campaign: str | None) -> tuple[Scope, ...]:
        found = [_scope(f"rule:{entry_id}", caps, program)]
        if campaign is not None:
            found.append(_scope(f"campaign:{campaign}", campaigns[campaign].caps, program))
        return tuple(scope for scope in found if scope is not None)

    rates = tuple(
        PointsRate(
            rule=rule.id,
            method=rule.method,
            units=_points(rule.points, program),
            per_minor=parse_money(str(rule.per), program.currency),
            per_unit=rule.per_unit,
            conditions=_conditions(rule, campaigns, program),
            skus=frozenset(rule.skus),
            categories=frozenset(rule.categories),
            brands=frozenset(rule.brands),
            tenders=frozenset(rule.tenders),
            exclusive=not rule.stackable,
            priority=rule.priority,
            scopes=scopes(rule.id, rule.caps, rule.campaign),
        )
        for rule in program.earn
        if rule.enabled
    )
    factors = tuple(
        Factor(
            rule=entry.id,
            ratio=Fraction(entry.factor),
            text=entry.factor,
            conditions=_conditions(entry, campaigns, program),
            exclusive=not entry.stackable,
            priority=entry.priority,
            scopes=scopes(entry.id, entry.caps, entry.campaign),
        )
        for entry in program.multiply
        if entry.enabled
    )
    scope = _scope(PROGRAM_SCOPE, program.caps, program)
    used = [entry.scopes for entry in rates] + [entry.scopes for entry in factors]
    every = {scope.name: scope for some in used for scope in some}
    if scope is not None:
        every[scope.name] = scope
    basis = program.basis
    return Earning(
        rates=rates,
        factors=factors,
        scope=scope,
        cumulative=tuple(s for s in every.values() if s.cumulative),
        before_tax=basis.tax == "excluded",
        except_categories=frozenset(basis.except_categories),
        except_tenders=frozenset(basis.except_tenders),
        plain=not factors
        and not every
        and basis.tax == "included"
        and not basis.except_categories
        and all(
            rate.any_line
            and not rate.tenders
            and not rate.exclusive
            and rate.method != "fixed"
            and rate.conditions.is_dated_only
            for rate in rates
        ),
    )


def _scope(name: str, caps: Caps, program: Program) -> Scope | None:
    if caps == Caps():
        return None
    values = [
        None if cap is None else _points(cap, program)
        for cap in (caps.per_purchase, caps.per_day, caps.per_member)
    ]
    return Scope(name, *values)


def _conditions(
    entry: EarningRule | Multiplier, campaigns: dict[str, Campaign], program: Program
) -> Conditions:
    """The conditions of a rule or multiplier, with the days of its campaign."""
    first, last = entry.starts_on or dt.date.min, entry.ends_on or dt.date.max
    if entry.campaign is not None:
        campaign = campaigns[entry.campaign]
        first, last = max(first, campaign.starts_on), min(last, campaign.ends_on)
    return Conditions(
        starts_on=first,
        ends_on=last,
        weekdays=frozenset(_WEEKDAYS.index(day) + 1 for day in entry.weekdays),
        days_of_month=frozenset(entry.days_of_month),
        stores=frozenset(entry.stores),
        partners=frozenset(entry.partners),
        channels=frozenset(entry.channels),
        tiers=frozenset(entry.tiers),
        occasions=frozenset(entry.occasions),
        first_purchase=entry.first_purchase,
        min_minor=(
            0 if entry.min_amount is None else parse_money(str(entry.min_amount), program.currency)
        ),
    )


def spending_of(program: Program) -> Spending:
    """The spending part of a checked program."""
    terms = program.redemption
    price = None
    if terms.points is not None and terms.money is not None:
        money = parse_money(str(terms.money), program.currency)
        price = Price(_points(terms.points, program), money)
    return Spending(
        price=price,
        min_points=None if terms.min_points is None else _points(terms.min_points, program),
        step_points=None if terms.step_points is None else _points(terms.step_points, program),
        bill_share=(
            None if terms.max_bill_percent is None else Fraction(terms.max_bill_percent) / 100
        ),
    )


def limits_of(program: Program) -> dict[str, tuple[Limit, ...]]:
    """Action -> its limits, day before month."""
    found: dict[str, tuple[Limit, ...]] = {}
    for name in program.limits.__struct_fields__:
        most = getattr(program.limits, name)
        if most is not None:
            action, _, period = name.rpartition("_per_")
            units = _points(most, program) if "points" in action else int(most)
            found[action] = (*found.get(action, ()), Limit(name, action, period, units))
    return found


def bonus_points(bonus: Bonus, program: Program) -> int:
    """Points units of a bonus."""
    return _points(bonus.points, program)


def reward_points(reward: Reward, program: Program) -> int:
    """Points units of one reward."""
    return _points(reward.points, program)


def reward_money(reward: Reward, program: Program) -> int:
    """Minor units to pay beside the points of one reward."""
    return 0 if reward.money is None else parse_money(str(reward.money), program.currency)


def _points(text: str | int, program: Program) -> int:
    return parse_points(str(text), program.points_decimals)
