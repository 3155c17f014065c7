"""What a purchase earns: exact rational arithmetic, one rounding per purchase (RULES 2, 3, 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from ledger.rules import PointsRate, Rules
from schemas.events import EarningStep
from schemas.values import Rounding


def earned(
    rules: Rules, qualifying_minor: int, day: dt.date, tier: str
) -> tuple[int, tuple[EarningStep, ...]]:
    """Points units for `qualifying_minor` of money on `day` by a holder of `tier`.

    Returns the rounded points and the exact steps that they are rounded from.
    """
    if qualifying_minor == 0:
        return 0, ()
    steps = [
        _base_step(rate, qualifying_minor)
        for rate in rules.rates
        if rate.starts_on <= day <= rate.ends_on
    ]
    if not steps:
        return 0, ()
    multiplier = rules.multiplier(tier)
    if multiplier is not None:
        base = sum((Fraction(step.numerator, step.denominator) for step in steps), Fraction())
        extra = base * (multiplier - 1)
        steps.append(
            EarningStep(
                f"tier:{tier}", extra.numerator, extra.denominator, factor=_decimal_text(multiplier)
            )
        )
    return round_steps(steps, rules.program.rounding), tuple(steps)


def round_steps(steps: list[EarningStep], rounding: Rounding) -> int:
    """The steps' exact sum, rounded once in the direction that `rounding` names."""
    if len(steps) == 1:  # one rule and no multiplier: by far the most purchases
        numerator, denominator = steps[0].numerator, steps[0].denominator
    else:
        total = sum((Fraction(step.numerator, step.denominator) for step in steps), Fraction())
        numerator, denominator = total.numerator, total.denominator
    return _ROUNDINGS[rounding](numerator, denominator)


def _base_step(rate: PointsRate, amount_minor: int) -> EarningStep:
    if rate.whole_blocks:
        units = amount_minor // rate.per_minor * rate.units
        return EarningStep(rate.rule, units, amount_minor=amount_minor)
    return EarningStep(
        rate.rule, amount_minor * rate.units, rate.per_minor, amount_minor=amount_minor
    )


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


def _decimal_text(ratio: Fraction) -> str:
    """A ratio that was written with up to six decimals, as text again ('1.5')."""
    millionths = ratio.numerator * 10**6 // ratio.denominator
    whole, fraction = divmod(millionths, 10**6)
    return f"{whole}.{fraction:06d}".rstrip("0").rstrip(".")
