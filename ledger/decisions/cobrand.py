"""What is spent elsewhere with a co-branded card (docs/life.md, Co-branded cards).

A row brings its month to what is due for all of the month's rows, so that any split of them costs
the same, and corrections take back what they should (as RULES 14 has it for returns).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from msgspec import Struct

from ledger.account import Account
from ledger.case import Case, Draft, Stamp
from ledger.cobrands import cobrand_of, is_offered, month_terms
from ledger.credits import credit
from ledger.decisions.admission import needs_when_late
from ledger.errors import CobrandNotOffered, UnknownCobrand
from ledger.lapse import settle_holds
from ledger.lots import take
from ledger.rules import Rulebook
from ledger.uses import used
from schemas.commands import AccrueCobrand
from schemas.events import CobrandAccrued, Event, LotOpened, Movement, Usage

_SPEND: Final = "cobrand:"
_POINTS: Final = "cobrand_points:"
_FORGIVEN: Final = "cobrand_forgiven:"
"""Before a card's id: the keys that the sums of its rows are counted under, by day."""


class _Sums(Struct, frozen=True):
    """What the rows of a card in a month come to: minor units, points units due and forgiven."""

    spend: int
    points: int
    forgiven: int


def takes_late(account: Account, command: AccrueCobrand, stamp: Stamp, rulebook: Rulebook) -> bool:
    """A correction of a day on which points were good that may have expired by now."""
    return command.spend_minor < 0 and needs_when_late(account, command, stamp, rulebook)


def decide_accrue(case: Case, command: AccrueCobrand) -> list[tuple[str, Event]]:
    """The row, and the points that it brings or takes back.

    Raises UnknownCobrand, CobrandNotOffered, TooManyPoints.
    """
    name, day, spend = command.cobrand, case.day, command.spend_minor
    cobrand = cobrand_of(case.rules, name)
    if cobrand is None:
        raise UnknownCobrand(cobrand=name, day=day.isoformat())
    if spend >= 0 and not is_offered(cobrand, day):
        raise CobrandNotOffered(cobrand=name, day=day.isoformat())
    terms = month_terms(case.rulebook, case.rules, name, day)
    so_far = _sums_of_month(case.account, name, day)
    month_due = terms.due(so_far.spend + spend)
    points = month_due - so_far.points
    # By itself so, but after a merge, or where the terms of the month have changed.
    points = max(points, 0) if spend >= 0 else min(points, 0)
    draft = case.draft()
    forgiven, lots, movements = _moved(draft, points, so_far.forgiven)
    counted = {_SPEND: spend, _POINTS: points, _FORGIVEN: forgiven}
    draft.add(
        CobrandAccrued,
        cobrand=name,
        partner=cobrand.partner,
        reference=command.reference,
        spend_minor=spend,
        month_spend_minor=so_far.spend + spend,
        month_points_due=month_due,
        terms_version=terms.rules.version,
        points_due=points,
        points_accrued=points + forgiven,
        points_forgiven=forgiven,
        lots=lots,
        movements=movements,
        usage=tuple(Usage(key + name, day, units) for key, units in counted.items() if units),
    )
    return draft.decided()


def _sums_of_month(account: Account, name: str, day: dt.date) -> _Sums:
    keys = (_SPEND, _POINTS, _FORGIVEN)
    return _Sums(*(used(account, key + name, "month", day) for key in keys))


def _moved(
    draft: Draft, points: int, forgiven: int
) -> tuple[int, tuple[LotOpened, ...], tuple[Movement, ...]]:
    """(points units forgiven, lots opened, movements) for `points` that come, or go below zero.

    `forgiven` is what the month's corrections could not take: what comes is first less by it.
    """
    program = draft.rules.program
    if points >= 0:
        less = min(points, forgiven)
        return -less, *credit(draft.account, program.expiry, points - less, draft.day)
    settle_holds(draft)
    movements = take(draft, -points, may_owe=True)
    if program.on_shortfall != "clamp":
        return 0, (), movements
    missing = sum(m.points for m in movements if m.bucket == "debt")
    return missing, (), tuple(m for m in movements if m.bucket != "debt")
