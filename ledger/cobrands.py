"""The terms of co-branded cards, made ready for deciding (docs/life.md, Co-branded cards).

Shapes:
    CobrandTerms   what one version of the program says about a card
    MonthTerms     what a whole month is due by
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from ledger.earning import ROUNDINGS
from ledger.rules import Rulebook, Rules
from schemas.program_cobrand import Cobrand
from schemas.values import add_months, parse_money, parse_points, start_of_day


class MonthTerms(Struct, frozen=True):
    """`units` points units for every `per_minor`, at most `most`, by a version of the program."""

    rules: Rules
    units: int
    per_minor: int
    most: int | None

    def due(self, spend_minor: int) -> int:
        """Points units for all that was spent in the month; nothing where it is below zero."""
        if spend_minor <= 0:
            return 0
        rounding = ROUNDINGS[self.rules.program.rounding]
        points = rounding(spend_minor * self.units, self.per_minor)
        return points if self.most is None else min(points, self.most)


def cobrand_of(rules: Rules, name: str) -> Cobrand | None:
    """The card of a version that has the id."""
    for cobrand in rules.program.cobrands:
        if cobrand.id == name:
            return cobrand
    return None


def is_offered(cobrand: Cobrand, day: dt.date) -> bool:
    """Whether what is spent on the day brings points."""
    first, last = cobrand.starts_on or dt.date.min, cobrand.ends_on or dt.date.max
    return cobrand.enabled and first <= day <= last


def month_terms(rulebook: Rulebook, rules: Rules, name: str, day: dt.date) -> MonthTerms:
    """What the month of a day is due by; `rules` are those of the day, which know the card.

    The version at the month's start counts or, where it has no such card that is enabled, the
    first that comes within the month and has.
    """
    start = day.replace(day=1)
    first, end = (start_of_day(on, rules.zone) for on in (start, add_months(start, 1)))
    known = [
        (version, cobrand)
        for version in rulebook.between(first, end)
        if (cobrand := cobrand_of(version, name)) is not None
    ]
    chosen, cobrand = next((pair for pair in known if pair[1].enabled), known[0])
    program = chosen.program
    return MonthTerms(
        chosen,
        parse_points(str(cobrand.points), program.points_decimals),
        parse_money(str(cobrand.per), program.currency),
        None
        if cobrand.per_month is None
        else parse_points(str(cobrand.per_month), program.points_decimals),
    )
