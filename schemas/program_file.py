"""Reading a program file: every mistake is reported with its path, not only the first.

A mistake reads `$.tier[2].threshold: must be more than 0`.
"""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from schemas.errors import InvalidAmount, InvalidPoints, InvalidProgram, InvalidTime
from schemas.program import Caps, EarningRule, Expiry, Program, Tier
from schemas.program_checks import money_mistakes, points_mistakes, tier_mistakes
from schemas.program_club_checks import club_mistakes
from schemas.program_cobrand_checks import cobrand_mistakes
from schemas.program_identity_checks import cards_mistakes
from schemas.program_rates_checks import rates_mistakes
from schemas.values import is_identifier, parse_money, parse_points, zone_named

_SECTIONS: Final = (
    *("earn", "multiply", "campaign", "bonus", "reward", "voucher", "rebate", "benefit"),
    *("cobrand", "rate", "tier"),
)
_ATTRIBUTES: Final = {
    "campaign": "campaigns",
    "bonus": "bonuses",
    "reward": "rewards",
    "voucher": "vouchers",
    "rebate": "rebates",
    "benefit": "benefits",
    "cobrand": "cobrands",
    "rate": "rates",
    "tier": "tiers",
}


def read_program(path: Path) -> str:
    """The text of a program file. Raises InvalidProgram where it can't be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidProgram(origin=str(path), mistakes=("it is not UTF-8",)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidProgram(origin=str(path), mistakes=(reason,)) from None


def text_of(program: str | Path) -> str:
    """A program file's text, as it is or read from its Path. Raises InvalidProgram."""
    return read_program(program) if isinstance(program, Path) else program


def load_program(content: str, origin: str = "program.toml") -> Program:
    """Read a program file's text.

    Raises InvalidProgram with every mistake and its path; `origin` names the file in it.
    """
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidProgram(origin=origin, mistakes=(f"not TOML: {error}",)) from None
    mistakes = list(shape_mistakes(data, Program, "$"))
    if mistakes:
        raise InvalidProgram(origin=origin, mistakes=tuple(mistakes))
    program = msgspec.convert(data, Program)
    mistakes = list(_meaning_mistakes(program))
    if mistakes:
        raise InvalidProgram(origin=origin, mistakes=tuple(mistakes))
    return program


def parse_threshold(tier: Tier, program: Program) -> int:
    """The tier's threshold in the unit of its measure; 0 for the entry tier."""
    if tier.threshold is None:
        return 0
    if tier.measure == "net_spend":
        return parse_money(str(tier.threshold), program.currency)
    decimals = program.points_decimals if tier.measure == "points_earned" else 0
    return parse_points(str(tier.threshold), decimals)


def shape_mistakes(value: Any, kind: Any, path: str) -> Iterator[str]:
    """Every place where `value` does not fit `kind`: msgspec alone would stop at the first."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        known = {f.encode_name: f for f in msgspec.structs.fields(kind)}
        for key in value.keys() - known.keys():
            yield f"{path}.{key}: unknown setting"
        for name, entry in known.items():
            if name in value:
                yield from shape_mistakes(value[name], entry.type, f"{path}.{name}")
            elif entry.required:
                yield f"{path}.{name}: missing"
    elif origin is tuple and isinstance(value, list):
        for index, item in enumerate(value):
            yield from shape_mistakes(item, arguments[0], f"{path}[{index}]")
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            yield f"{path}: {error}"


def _meaning_mistakes(program: Program) -> Iterator[str]:
    """What each field alone can't show: names, amounts, dates, the order of the ladder."""
    try:
        zone_named(program.zone)
    except InvalidTime:
        yield f"$.zone: {program.zone!r} is not an IANA time zone"
    if not 1900 <= program.effective_from.year <= 2999:
        yield "$.effective_from: not a day of the years 1900 to 2999"
    for section in _SECTIONS:
        seen: set[str] = set()
        for path, entry in _entries(program, section):
            if not is_identifier(entry.id):
                yield f"{path}.id: not an identifier"
            if entry.id in seen:
                yield f"{path}.id: {entry.id!r} is there twice"
            seen.add(entry.id)
            yield from _interval_mistakes(entry, path)
            yield from _caps_mistakes(program, getattr(entry, "caps", Caps()), f"{path}.caps")
    yield from _caps_mistakes(program, program.caps, "$.caps")
    yield from _earning_mistakes(program)
    yield from _bonus_mistakes(program)
    yield from _redemption_mistakes(program)
    yield from _expiry_mistakes(program)
    yield from cobrand_mistakes(program)
    yield from rates_mistakes(program)
    yield from cards_mistakes(program.cards)
    yield from club_mistakes(program)
    for path, tier in _entries(program, "tier"):
        yield from _tier_mistakes(program, tier, path, lowest=path == "$.tier[0]")
    if program.ladder.upgrade == "next_purchase" and program.upgrade_first:
        yield "$.upgrade_first: with [ladder] upgrade 'next_purchase' no purchase reaches a tier"
    if Decimal(program.ladder.recovery_percent) > 100:
        yield "$.ladder.recovery_percent: more than 100"
    if program.rfm.monetary is not None:
        yield from money_mistakes(program.rfm.monetary, program, "$.rfm.monetary")


def _entries(program: Program, section: str) -> Iterator[tuple[str, Any]]:
    """(path, entry) of an array of tables."""
    for index, entry in enumerate(getattr(program, _ATTRIBUTES.get(section, section))):
        yield f"$.{section}[{index}]", entry


def _interval_mistakes(entry: Any, path: str) -> Iterator[str]:
    first, last = getattr(entry, "starts_on", None), getattr(entry, "ends_on", None)
    if first and last and last < first:
        yield f"{path}.ends_on: before starts_on"


def _caps_mistakes(program: Program, caps: Caps, path: str) -> Iterator[str]:
    for name in caps.__struct_fields__:
        cap = getattr(caps, name)
        if cap is not None:
            yield from points_mistakes(cap, program, f"{path}.{name}")


def _earning_mistakes(program: Program) -> Iterator[str]:
    campaigns = {campaign.id for campaign in program.campaigns}
    tiers = {tier.id for tier in program.tiers}
    for section in ("earn", "multiply"):
        for path, entry in _entries(program, section):
            if entry.campaign is not None and entry.campaign not in campaigns:
                yield f"{path}.campaign: there is no campaign {entry.campaign!r}"
            yield from tier_mistakes(entry.tiers, tiers, f"{path}.tiers")
            if entry.min_amount is not None:
                yield from money_mistakes(entry.min_amount, program, f"{path}.min_amount")
    for path, rule in _entries(program, "earn"):
        yield from _rule_mistakes(program, rule, path)
    names = [entry.id for entry in (*program.earn, *program.multiply)]
    for index, entry in enumerate(program.multiply):
        if names.count(entry.id) > 1 and entry.id in {rule.id for rule in program.earn}:
            yield f"$.multiply[{index}].id: {entry.id!r} is a rule's id"


def _rule_mistakes(program: Program, rule: EarningRule, path: str) -> Iterator[str]:
    yield from money_mistakes(rule.per, program, f"{path}.per")
    yield from points_mistakes(rule.points, program, f"{path}.points")
    if rule.method == "fixed" and rule.tenders:
        yield f"{path}.tenders: points given once do not depend on money"
    if rule.per_unit and rule.method != "fixed":
        yield f"{path}.per_unit: goes with method 'fixed', and only with it"


def _bonus_mistakes(program: Program) -> Iterator[str]:
    for section in ("bonus", "reward"):
        for path, entry in _entries(program, section):
            yield from points_mistakes(entry.points, program, f"{path}.points")
            if getattr(entry, "money", None) is not None:
                yield from money_mistakes(entry.money, program, f"{path}.money")
    for name in program.limits.__struct_fields__:
        limit = getattr(program.limits, name)
        if limit is not None and "points" in name:
            yield from points_mistakes(limit, program, f"$.limits.{name}")


def _redemption_mistakes(program: Program) -> Iterator[str]:
    terms = program.redemption
    if (terms.points is None) != (terms.money is None):
        yield "$.redemption.money: goes with points, and only with them"
    if terms.money is not None:
        yield from money_mistakes(terms.money, program, "$.redemption.money")
    for name in ("points", "min_points", "step_points"):
        value = getattr(terms, name)
        if value is not None:
            yield from points_mistakes(value, program, f"$.redemption.{name}")
    if terms.max_bill_percent is not None:
        if terms.money is None:
            yield "$.redemption.max_bill_percent: needs points and money, to know their worth"
        if Decimal(terms.max_bill_percent) > 100:
            yield "$.redemption.max_bill_percent: more than 100"
    if program.on_shortfall == "cash" and terms.money is None:
        yield "$.on_shortfall: 'cash' needs [redemption] points and money, to know what to withhold"


def _expiry_mistakes(program: Program) -> Iterator[str]:
    expiry = program.expiry
    if (expiry.policy in ("months", "inactivity")) != (expiry.months is not None):
        yield "$.expiry.months: goes with policy 'months' or 'inactivity', and only with them"
    if program.available_after_days > _shortest_life(expiry):
        yield "$.available_after_days: some points would lapse before they become available"


def _shortest_life(expiry: Expiry) -> int:
    """Days from earning to the last good day, at the least."""
    if expiry.months is not None:
        return 28 * expiry.months
    return 365 * expiry.years if expiry.policy == "end_of_year" else 10**6


def _tier_mistakes(program: Program, tier: Tier, path: str, *, lowest: bool) -> Iterator[str]:
    if tier.threshold is None:
        if not lowest and not tier.invitation:
            yield f"{path}.threshold: only the lowest tier and invitations may be without one"
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
    if Decimal(tier.discount_percent) > 100:
        yield f"{path}.discount_percent: more than 100"
