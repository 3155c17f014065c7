"""The program file (`program.toml`): what it may say, and how it is read.

Shapes:
    Program       the whole file
    EarningRule   `[[earn]]`: points for money
    Expiry        `[expiry]`: how long points live
    Tier          `[[tier]]`, lowest first: a card, and what it takes to reach it
    RfmSettings   `[rfm]`: window, and where each measure splits into 2 and 1

`load_program` reports every mistake with its path in the file (`$.tier[2].threshold`), not only
the first. Amounts are text in the program's currency, so that no float can take part.
"""

from __future__ import annotations

import datetime as dt
import tomllib
import typing
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from schemas.errors import InvalidAmount, InvalidPoints, InvalidProgram, InvalidTime
from schemas.values import Rounding, is_identifier, parse_money, parse_points, zone_named

Measure = Literal["net_spend", "points_earned", "visits"]
Window = Literal["same_day", "calendar_year", "rolling_months", "membership_year"]

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Months = Annotated[int, Meta(ge=1, le=1200)]
Ratio = Annotated[str, Meta(pattern=r"^\d{1,6}(\.\d{1,6})?$")]
AmountText = Annotated[str, Meta(min_length=1, max_length=32)] | Annotated[int, Meta(ge=0)]


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Named(_Section, frozen=True):
    id: str


class EarningRule(_Named, frozen=True):
    """`points` for every `per` of qualifying money (RULES 2).

    `per_amount` is proportional; `per_block` counts whole blocks and drops the remainder.
    Both days are inclusive; a rule outside them, or not `enabled`, is passed over.
    """

    method: Literal["per_amount", "per_block"] = "per_amount"
    points: AmountText = "1"
    per: AmountText = "1"
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Expiry(_Section, frozen=True):
    """How long points live (RULES 9).

    `never`; `months` from the day they were earned; `end_of_year` so many years on.
    """

    policy: Literal["never", "months", "end_of_year"] = "never"
    months: Months | None = None
    years: Annotated[int, Meta(ge=0, le=100)] = 1


class Tier(_Named, frozen=True):
    """A rung of the ladder (RULES 18), reached at or above `threshold` within `window`.

    A tier without `threshold` is the entry tier: everyone has it from enrolment on. `multiplier`
    scales what its holder earns; `discount_percent` is for the till to apply.
    """

    label: str = ""
    measure: Measure = "net_spend"
    window: Window = "calendar_year"
    window_months: Months | None = None
    threshold: AmountText | None = None
    multiplier: Ratio = "1"
    discount_percent: Ratio = "0"
    valid: Literal["for_ever", "end_of_next_year", "months"] = "end_of_next_year"
    valid_months: Months | None = None

    @property
    def card(self) -> str:
        """The name that people know the card by: its label, else its id."""
        return self.label or self.id


class RfmSettings(_Section, frozen=True):
    """Where recency, frequency and monetary split into 2 and 1; the medians where it is silent.

    A member is 2 at `recency_days` or fewer, at `frequency` purchases or more, at `monetary` net
    spend or more.
    """

    window_days: Count = 365
    recency_days: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    frequency: Count | None = None
    monetary: AmountText | None = None


class Program(_Section, frozen=True):
    """A loyalty program. `effective_from` is a day in `zone`; the version holds from its start."""

    id: str
    name: str
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    effective_from: dt.date
    zone: str = "Asia/Shanghai"
    points_decimals: Annotated[int, Meta(ge=0, le=4)] = 0
    rounding: Rounding = "floor"
    upgrade_first: bool = False
    available_after_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    future_tolerance_minutes: Annotated[int, Meta(ge=0, le=1440)] = 5
    earn: tuple[EarningRule, ...] = ()
    expiry: Expiry = Expiry()
    tiers: tuple[Tier, ...] = field(default=(), name="tier")
    rfm: RfmSettings = RfmSettings()


def read_program(path: Path) -> str:
    """The text of a program file. Raises InvalidProgram where it can't be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidProgram(origin=str(path), mistakes=("it is not UTF-8",)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidProgram(origin=str(path), mistakes=(reason,)) from None


def load_program(content: str, origin: str = "program.toml") -> Program:
    """Read a program file's text.

    Raises InvalidProgram with every mistake and its path; `origin` names the file in it.
    """
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidProgram(origin=origin, mistakes=(f"not TOML: {error}",)) from None
    mistakes = list(_shape_mistakes(data, Program, "$"))
    if mistakes:
        raise InvalidProgram(origin=origin, mistakes=tuple(mistakes))
    program = msgspec.convert(data, Program)
    mistakes = list(_meaning_mistakes(program))
    if mistakes:
        raise InvalidProgram(origin=origin, mistakes=tuple(mistakes))
    return program


def _shape_mistakes(value: Any, kind: Any, path: str) -> typing.Iterator[str]:
    """Every place where `value` does not fit `kind`: msgspec alone would stop at the first."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        known = {f.encode_name: f for f in msgspec.structs.fields(kind)}
        for key in value.keys() - known.keys():
            yield f"{path}.{key}: unknown setting"
        for name, entry in known.items():
            if name in value:
                yield from _shape_mistakes(value[name], entry.type, f"{path}.{name}")
            elif entry.required:
                yield f"{path}.{name}: missing"
    elif origin is tuple and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _shape_mistakes(item, arguments[0], f"{path}[{index}]")
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            yield f"{path}: {error}"


def _meaning_mistakes(program: Program) -> typing.Iterator[str]:
    """What each field alone can't show: names, amounts, dates, the order of the ladder."""
    try:
        zone_named(program.zone)
    except InvalidTime:
        yield f"$.zone: {program.zone!r} is not an IANA time zone"
    if not 1900 <= program.effective_from.year <= 2999:
        yield "$.effective_from: not a day of the years 1900 to 2999"
    sections: dict[str, tuple[_Named, ...]] = {"earn": program.earn, "tier": program.tiers}
    for section, entries in sections.items():
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            if not is_identifier(entry.id):
                yield f"$.{section}[{index}].id: not an identifier"
            if entry.id in seen:
                yield f"$.{section}[{index}].id: {entry.id!r} is there twice"
            seen.add(entry.id)
    for index, rule in enumerate(program.earn):
        yield from _earning_mistakes(program, rule, f"$.earn[{index}]")
    if (program.expiry.policy == "months") != (program.expiry.months is not None):
        yield "$.expiry.months: goes with policy 'months', and only with it"
    if program.available_after_days > _shortest_life(program.expiry):
        yield "$.available_after_days: some points would lapse before they become available"
    for index, tier in enumerate(program.tiers):
        yield from _tier_mistakes(program, tier, index)
    if program.rfm.monetary is not None:
        yield from _amount_mistakes(program.rfm.monetary, program, "$.rfm.monetary")


def _shortest_life(expiry: Expiry) -> int:
    """Days from earning to the last good day, at the least."""
    if expiry.policy == "months":
        return 28 * (expiry.months or 0)
    return 365 * expiry.years if expiry.policy == "end_of_year" else 10**6


def _earning_mistakes(program: Program, rule: EarningRule, path: str) -> typing.Iterator[str]:
    yield from _amount_mistakes(rule.per, program, f"{path}.per")
    try:
        if parse_points(str(rule.points), program.points_decimals) <= 0:
            yield f"{path}.points: must be more than 0"
    except InvalidPoints as error:
        yield f"{path}.points: {error}"
    if rule.starts_on and rule.ends_on and rule.ends_on < rule.starts_on:
        yield f"{path}.ends_on: before starts_on"


def _tier_mistakes(program: Program, tier: Tier, index: int) -> typing.Iterator[str]:
    path = f"$.tier[{index}]"
    if tier.threshold is None:
        if index > 0:
            yield f"{path}.threshold: only the lowest tier may be without one"
    else:
        try:
            if parse_threshold(tier, program) <= 0:
                yield f"{path}.threshold: must be more than 0"
        except (InvalidAmount, InvalidPoints) as error:
            yield f"{path}.threshold: {error}"
    if (tier.window == "rolling_months") != (tier.window_months is not None):
        yield f"{path}.window_months: goes with window 'rolling_months', and only with it"
    if (tier.valid == "months") != (tier.valid_months is not None):
        yield f"{path}.valid_months: goes with valid 'months', and only with it"
    try:
        if Decimal(tier.discount_percent) > 100:
            yield f"{path}.discount_percent: more than 100"
    except InvalidOperation:
        yield f"{path}.discount_percent: not a number"


def _amount_mistakes(text: str | int, program: Program, path: str) -> typing.Iterator[str]:
    try:
        if parse_money(str(text), program.currency) <= 0:
            yield f"{path}: must be more than 0"
    except InvalidAmount as error:
        yield f"{path}: {error}"


def parse_threshold(tier: Tier, program: Program) -> int:
    """The tier's threshold in the unit of its measure; 0 for the entry tier."""
    if tier.threshold is None:
        return 0
    if tier.measure == "net_spend":
        return parse_money(str(tier.threshold), program.currency)
    decimals = program.points_decimals if tier.measure == "points_earned" else 0
    return parse_points(str(tier.threshold), decimals)
