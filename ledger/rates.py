"""Rates between programs, made ready for deciding (RULES 26; docs/alliance.md).

Shapes:
    RateTerms   one rate in units: this program's points units, whole points of the others
    rates_of    all rates of a program
    rate_on     the one that holds from one program to another on a day
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from msgspec import Struct

from schemas.program import Program
from schemas.values import parse_points


class RateTerms(Struct, frozen=True):
    """`points` of `sender` for `gives` of `receiver`, from `starts_on` to `ends_on`, inclusive.

    The rest is for members who send, in points units of this program.
    """

    id: str
    sender: str
    receiver: str
    points: int
    gives: int
    starts_on: dt.date
    ends_on: dt.date
    minimum: int
    per_day: int | None
    per_year: int | None
    fee: int
    answer_days: int

    @property
    def ratio(self) -> Fraction:
        """What one point becomes."""
        return Fraction(self.gives, self.points)

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is in force."""
        return self.starts_on <= day <= self.ends_on


def rates_of(program: Program) -> tuple[RateTerms, ...]:
    """Every rate of a program that was read."""

    def units(text: str | int, owner: str) -> int:
        return parse_points(str(text), program.points_decimals if owner == program.id else 0)

    def own(text: str | int | None) -> int | None:
        return None if text is None else units(text, program.id)

    return tuple(
        RateTerms(
            id=rate.id,
            sender=rate.sender,
            receiver=rate.receiver,
            points=units(rate.points, rate.sender),
            gives=units(rate.gives, rate.receiver),
            starts_on=rate.starts_on or dt.date.min,
            ends_on=rate.ends_on or dt.date.max,
            minimum=own(rate.minimum) or 0,
            per_day=own(rate.per_day),
            per_year=own(rate.per_year),
            fee=own(rate.fee) or 0,
            answer_days=rate.answer_days,
        )
        for rate in program.rates
    )


def rate_on(program: Program, sender: str, receiver: str, day: dt.date) -> RateTerms | None:
    """The rate that holds on a day; the file has at most one."""
    for rate in rates_of(program):
        if (rate.sender, rate.receiver) == (sender, receiver) and rate.holds_on(day):
            return rate
    return None
