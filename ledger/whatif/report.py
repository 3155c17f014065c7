"""What a what-if comes to over all accounts.

Shapes:
    Report       the totals of both courses, the tiers from and to, who gains and loses most
    Totals       one course
    Uncovered    facts that the other rules refuse, by kind and reason
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Final

from msgspec import Struct

from ledger.whatif.figures import (
    FLOWS,
    Figures,
    MemberChange,
    Rounding,
    VoucherFigures,
)
from ledger.whatif.replay import Closings, Tally

MOST: Final = 10
ISSUED: Final = ("earned", "returned", "awarded", "rebated", "adjusted")
"""The flows that points come into being by."""


class Totals(Struct):
    """Points units, signed as they moved balances, by contra account; what is in lots, and owed.

    `value_minor` is what the points in lots are worth at the program's rate, None without one.
    `rounded` purchases earned `rounding` more, exactly, than they got, at most `most_rounding`.
    """

    flows: dict[str, int]
    points: int = 0
    debt: int = 0
    vouchers: VoucherFigures = VoucherFigures()
    value_minor: int | None = None
    rounded: int = 0
    rounding: Fraction = Fraction(0)
    most_rounding: Fraction = Fraction(0)

    @property
    def issued(self) -> int:
        """What came in for purchases, less returns, by awards, rebates and adjustments."""
        return sum(self.flows[flow] for flow in ISSUED)

    @property
    def balance(self) -> int:
        """All lots less debt; the sum of the flows."""
        return self.points - self.debt


class Uncovered(Struct, frozen=True):
    """So many `facts`, recorded with `points` units in all, that `code` refuses."""

    command: str
    code: str
    facts: int
    points: int


class Report(Struct):
    """`since` None is from ever; both courses are as of the end of `as_of`.

    `tiers` counts the members by the tiers that they have and would have ('' is no card);
    `gains` and `losses` are the largest by balance, at most ten.
    """

    since: dt.date | None
    as_of: dt.date
    before: Totals
    after: Totals
    accounts: int = 0
    changed: int = 0
    purchases: int = 0
    tiers: dict[tuple[str, str], int] = {}
    gains: list[MemberChange] = []
    losses: list[MemberChange] = []
    uncovered: list[Uncovered] = []

    @property
    def members(self) -> int:
        """How many members have an account that is neither closed nor merged."""
        return sum(self.tiers.values())


class Summing:
    """Adds up a Report, account by account."""

    def __init__(self, since: dt.date | None, as_of: dt.date) -> None:
        self.tally = Tally()
        self._report = Report(since, as_of, _no_totals(), _no_totals())

    def add(self, change: MemberChange) -> None:
        """One more account."""
        report = self._report
        report.accounts += 1
        report.changed += change.changed
        _sum(report.before, change.before)
        _sum(report.after, change.after)
        if change.has_card:
            move = (change.before.tier, change.after.tier)
            report.tiers[move] = report.tiers.get(move, 0) + 1
        if change.gain > 0:
            _keep(report.gains, change)
        elif change.gain < 0:
            _keep(report.losses, change)

    def report(self, closings: Closings) -> Report:
        """All of it, with the points valued by the versions in force on the day."""
        report, tally = self._report, self.tally
        tally.before.merge(tally.same)
        tally.after.merge(tally.same)
        for totals, closing, rounding in (
            (report.before, closings.before, tally.before),
            (report.after, closings.after, tally.after),
        ):
            _round(totals, rounding)
            price = closing.rules.spending.price
            totals.value_minor = int(price.worth(totals.points)) if price else None
        for most in (report.gains, report.losses):
            most.sort(key=_most_first)
            del most[MOST:]
        report.purchases = tally.before.purchases
        report.uncovered = [
            Uncovered(command, code, refused.facts, refused.points)
            for (command, code), refused in sorted(tally.refused.items())
        ]
        return report


_NO_VOUCHERS: Final = VoucherFigures()


def _no_totals() -> Totals:
    return Totals(dict.fromkeys(FLOWS, 0))


def _sum(totals: Totals, figures: Figures) -> None:
    for flow, points in zip(FLOWS, figures.flows, strict=True):
        totals.flows[flow] += points
    totals.points += figures.points
    totals.debt += figures.debt
    if figures.vouchers != _NO_VOUCHERS:
        totals.vouchers = totals.vouchers.plus(figures.vouchers)


def _round(totals: Totals, rounding: Rounding) -> None:
    totals.rounded = rounding.rounded
    totals.rounding = rounding.total
    totals.most_rounding = rounding.most


def _keep(most: list[MemberChange], change: MemberChange) -> None:
    """Among the largest; now and then those that are not are let go."""
    most.append(change)
    if len(most) >= 20 * MOST:
        most.sort(key=_most_first)
        del most[MOST:]


def _most_first(change: MemberChange) -> tuple[int, str]:
    return -abs(change.gain), change.member
