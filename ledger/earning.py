"""What a purchase earns: exact rational arithmetic, one rounding per purchase (RULES 2, 3, 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from math import gcd
from typing import Final

from ledger.errors import TooManyPoints
from ledger.rules import PointsRate, Rules
from schemas.events import EarningStep
from schemas.values import MAX_QUANTITY, Rounding

_MOST: Final = 2**60


def earned(
    rules: Rules, qualifying_minor: int, day: dt.date, tier: str
) -> tuple[int, tuple[EarningStep, ...]]:
    """Points units for `qualifying_minor` of money on `day` by a holder of `tier`.

    Returns the rounded points and the exact steps that they are rounded from. Raises
    TooManyPoints where a step would not fit into 64 bits.
    """
    if qualifying_minor == 0:
        return 0, ()
    steps = [
        _base_step(rate, qualifying_minor)
        for rate in rules.rates
        if rate.always or rate.starts_on <= day <= rate.ends_on
    ]
    if not steps:
        return 0, ()
    multiplier = rules.multiplier(tier)
    if multiplier is not None:
        numerator, denominator = exact_sum(steps)
        numerator *= multiplier.numerator - multiplier.denominator
        denominator *= multiplier.denominator
        common = gcd(numerator, denominator)
        if abs(numerator) // common > _MOST:
            raise TooManyPoints(points=numerator // denominator, most=MAX_QUANTITY)
        steps.append(
            EarningStep(
                f"tier:{tier}", numerator // common, denominator // common, 0, multiplier.text
            )
        )
    return _ROUNDINGS[rules.program.rounding](*exact_sum(steps)), tuple(steps)


def exact_sum(steps: Sequence[EarningStep]) -> tuple[int, int]:
    """The steps' sum as numerator and denominator, not in lowest terms."""
    numerator, denominator = 0, 1
    for step in steps:
        if step.denominator == denominator:
            numerator += step.numerator
        else:
            numerator = numerator * step.denominator + step.numerator * denominator
            denominator *= step.denominator
    return numerator, denominator


def _base_step(rate: PointsRate, amount_minor: int) -> EarningStep:
    if rate.whole_blocks:
        numerator, denominator = amount_minor // rate.per_minor * rate.units, 1
    else:
        numerator, denominator = amount_minor * rate.units, rate.per_minor
    if numerator > _MOST:
        raise TooManyPoints(points=numerator // denominator, most=MAX_QUANTITY)
    return EarningStep(rate.rule, numerator, denominator, amount_minor)


def _floor(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


_ROUNDINGS: Final[dict[Rounding, Callable[[int, int], int]]] = {
    "floor": _floor,
    "half_up": _half_up,
    "ceil": _ceil,
}
