"""What a purchase earns: exact rational arithmetic, one rounding (RULES 2 to 5; docs/program.md).

`earned_plainly` serves programs where only the amount, the day and the tier matter, which is by far
the most of what is ever recorded; `earned` serves all, and gives the same where both can.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, gcd
from typing import Final

from msgspec import Struct

from ledger.errors import TooFine, TooManyPoints
from ledger.rules import Rules
from ledger.sale import Counted, Sale, chooses, counted_lines, earning_share, holds
from ledger.terms import PROGRAM_SCOPE, Factor, PointsRate, Scope
from schemas.events import EarningStep
from schemas.values import MAX_QUANTITY, Rounding

_MOST: Final = 2**60


class Earned(Struct, frozen=True):
    """Points units, the exact steps that they are rounded from, and what counts against caps.

    `uses` are (scope, points units) of the scopes with cumulative caps.
    """

    points: int
    steps: tuple[EarningStep, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()


NOTHING: Final = Earned(0)


def earned(rules: Rules, sale: Sale, rooms: Mapping[str, int], *, explain: bool = True) -> Earned:
    """What the purchase earns, or what it would have with what is kept of it.

    `rooms` is what the cumulative caps left for it, by scope. Without `explain` there are no
    steps. Raises TooManyPoints or TooFine where a step would not fit into 64 bits.
    """
    tally = _Tally(rooms, explain=explain)
    for rate, lines in _applying(rules, sale):
        share = earning_share(sale, rate)
        value, counted = _points(rate, lines, share)
        tally.add(rate.rule, value, rate.scopes, amount_minor=int(counted))
    if not tally.any:
        return NOTHING
    for rule, ratio, text, scopes in _factors(rules, sale):
        tally.add(rule, tally.total * (ratio - 1), scopes, factor=text)
    earning = rules.earning
    if earning.scope is not None:
        tally.cut_total(earning.scope)
    for scope in earning.partner_scopes:
        tally.cut_total(scope)
    total = tally.total
    points = ROUNDINGS[rules.program.rounding](total.numerator, total.denominator)
    uses = tuple(
        (scope.name, points if scope.name == PROGRAM_SCOPE else ceil(tally.used[scope.name]))
        for scope in earning.cumulative
        if (points if scope.name == PROGRAM_SCOPE else tally.used.get(scope.name))
    )
    return Earned(points, tuple(tally.steps), uses)


def _applying(rules: Rules, sale: Sale) -> list[tuple[PointsRate, list[Counted]]]:
    """The rules that apply, each with the lines that it counts; those that claim lines first."""
    lines = counted_lines(rules.earning, sale)
    rates = [rate for rate in rules.earning.rates if holds(rate.conditions, sale)]
    found = []
    for rate in sorted((r for r in rates if r.exclusive), key=lambda rate: -rate.priority):
        mine = [c for c in lines if chooses(rate, c.line) and earning_share(sale, rate)]
        if mine:
            found.append((rate, mine))
            claimed = {counted.line.line for counted in mine}
            lines = [counted for counted in lines if counted.line.line not in claimed]
    for rate in rates:
        if not rate.exclusive:
            mine = [c for c in lines if chooses(rate, c.line) and earning_share(sale, rate)]
            if mine:
                found.append((rate, mine))
    return found


def _points(
    rate: PointsRate, lines: Sequence[Counted], share: Fraction
) -> tuple[Fraction, Fraction]:
    """Points units of a rule, and the money that it counted."""
    money = sum((counted.money for counted in lines), Fraction(0)) * share
    if rate.method == "fixed":
        times = sum(counted.units for counted in lines) if rate.per_unit else 1
        return Fraction(rate.units * times), money
    if rate.method == "per_block":
        return Fraction(money // rate.per_minor * rate.units), money
    return money * rate.units / rate.per_minor, money


def _factors(rules: Rules, sale: Sale) -> list[tuple[str, Fraction, str, tuple[Scope, ...]]]:
    """(rule, ratio, text, scopes) of the multipliers that apply, the tier's first."""
    applying = [factor for factor in rules.earning.factors if holds(factor.conditions, sale)]
    exclusive: list[Factor] = [factor for factor in applying if factor.exclusive]
    found: list[tuple[str, Fraction, str, tuple[Scope, ...]]] = []
    if exclusive:
        applying = [max(exclusive, key=lambda factor: factor.priority)]
    else:
        tier = rules.multiplier(sale.tier)
        if tier is not None:
            ratio = Fraction(tier.numerator, tier.denominator)
            found.append((f"tier:{sale.tier}", ratio, tier.text, ()))
    found += [(f.rule, f.ratio, f.text, f.scopes) for f in applying]
    return found


class _Tally:
    """Steps as they add up, cut where a cap says so."""

    def __init__(self, rooms: Mapping[str, int], *, explain: bool) -> None:
        self._rooms = rooms
        self._explain = explain
        self.any = False
        self.total = Fraction(0)
        self.steps: list[EarningStep] = []
        self.used: dict[str, Fraction] = {}

    def add(
        self,
        rule: str,
        value: Fraction,
        scopes: tuple[Scope, ...],
        *,
        amount_minor: int = 0,
        factor: str = "",
    ) -> None:
        self._step(rule, value, amount_minor, factor)
        for scope in scopes:
            most = self._most(scope)
            if most is not None and value > most - self.used.get(scope.name, 0):
                left = most - self.used.get(scope.name, Fraction(0))
                self._step(f"cap:{scope.name}", left - value)
                value = left
        if value > 0:
            for scope in scopes:
                self.used[scope.name] = self.used.get(scope.name, Fraction(0)) + value
        self.total += value

    def cut_total(self, scope: Scope) -> None:
        most = self._most(scope)
        if most is not None and self.total > most:
            self._step(f"cap:{scope.name}", most - self.total)
            self.total = Fraction(most)

    def _most(self, scope: Scope) -> int | None:
        """What the scope's caps allow for this purchase."""
        room = self._rooms.get(scope.name) if scope.cumulative else None
        caps = [cap for cap in (scope.per_purchase, room) if cap is not None]
        return min(caps, default=None)

    def _step(self, rule: str, value: Fraction, amount_minor: int = 0, factor: str = "") -> None:
        self.any = True
        if not self._explain:
            return
        _check_fits(value.numerator, value.denominator)
        self.steps.append(
            EarningStep(rule, value.numerator, value.denominator, amount_minor, factor)
        )


# -- the plain way -------------------------------------------------------------------------------


def earned_plainly(rules: Rules, qualifying_minor: int, day: dt.date, tier: str) -> Earned:
    """What `qualifying_minor` earns on `day` for a holder of `tier`, where that is all that counts.

    Raises TooManyPoints where a step would not fit into 64 bits.
    """
    if qualifying_minor == 0:
        return NOTHING
    steps = []
    for rate in rules.earning.rates:
        if rate.conditions.starts_on <= day <= rate.conditions.ends_on:
            steps.append(_base_step(rate, qualifying_minor))
    if not steps:
        return NOTHING
    numerator, denominator = exact_sum(steps)
    multiplier = rules.multiplier(tier)
    if multiplier is not None:
        times, of = multiplier.numerator, multiplier.denominator
        more, parts = numerator * (times - of), denominator * of
        common = gcd(more, parts)
        more, parts = more // common, parts // common
        _check_fits(more, parts)
        steps.append(EarningStep(f"tier:{tier}", more, parts, 0, multiplier.text))
        numerator, denominator = numerator * times, denominator * of
    return Earned(ROUNDINGS[rules.program.rounding](numerator, denominator), tuple(steps))


def exact_sum(steps: Sequence[EarningStep]) -> tuple[int, int]:
    """The steps' sum as numerator and denominator, not in lowest terms."""
    if not steps:
        return 0, 1
    numerator, denominator = steps[0].numerator, steps[0].denominator
    if len(steps) == 1:
        return numerator, denominator
    for step in steps[1:]:
        if step.denominator == denominator:
            numerator += step.numerator
        else:
            numerator = numerator * step.denominator + step.numerator * denominator
            denominator *= step.denominator
    return numerator, denominator


def _base_step(rate: PointsRate, amount_minor: int) -> EarningStep:
    if rate.method == "per_block":
        numerator, denominator = amount_minor // rate.per_minor * rate.units, 1
    else:
        numerator, denominator = amount_minor * rate.units, rate.per_minor
    _check_fits(numerator, denominator)
    return EarningStep(rate.rule, numerator, denominator, amount_minor)


def _check_fits(numerator: int, denominator: int) -> None:
    """A step is stored exactly, and read with 64 bits."""
    if abs(numerator) > _MOST or denominator > _MOST:
        if abs(numerator) // denominator > MAX_QUANTITY:
            raise TooManyPoints(points=numerator // denominator, most=MAX_QUANTITY)
        raise TooFine(numerator=numerator, denominator=denominator)


def _floor(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


ROUNDINGS: Final[dict[Rounding, Callable[[int, int], int]]] = {
    "floor": _floor,
    "half_up": _half_up,
    "ceil": _ceil,
}
