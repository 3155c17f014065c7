"""Corrections by hand, and their undoing (RULES 31)."""

from __future__ import annotations

from typing import Any

from ledger.case import Case
from ledger.credits import credit
from ledger.errors import AlreadyUndone, UnknownAdjustment
from ledger.lapse import settle_holds
from ledger.lots import give_back, take, take_own_first
from ledger.told import AdjustmentStory
from schemas.commands import AdjustPoints, UndoAdjustment
from schemas.events import Event, PointsAdjusted


def decide_adjust(case: Case, command: AdjustPoints) -> list[tuple[str, Event]]:
    """A lot of its own, or points out in spending order.

    Raises InsufficientPoints, unless what is missing may be owed.
    """
    draft = case.draft()
    points = command.points
    if points > 0:
        lots, movements = credit(case.account, case.rules.program.expiry, points, case.day)
        draft.add(
            PointsAdjusted,
            points_adjusted=points,
            reason=command.reason,
            lots=lots,
            movements=movements,
        )
        return draft.decided()
    settle_holds(draft)
    taken = take(draft, -points, may_owe=command.may_owe, by_hand=True)
    draft.add(PointsAdjusted, points_adjusted=points, reason=command.reason, movements=taken)
    return draft.decided()


def decide_undo(case: Case, command: UndoAdjustment) -> list[tuple[str, Event]]:
    """The opposite of an adjustment: points back into their lots, or out of its own lot first.

    Raises UnknownAdjustment (of an undoing, too), BeforeItsCause, AlreadyUndone,
    InsufficientPoints.
    """
    assert case.story is not None
    source = command.adjustment_source or command.source
    told = case.story.adjustments.get((source, command.adjustment))
    if told is None or told.event.corrects:
        raise UnknownAdjustment(adjustment=command.adjustment)
    case.check_follows("adjustment", command.adjustment, told.event)
    if told.undone:
        raise AlreadyUndone(adjustment=command.adjustment)
    draft = case.draft()
    settle_holds(draft)
    points = told.event.points_adjusted
    fields: dict[str, Any] = {
        "points_adjusted": -points,
        "reason": command.reason,
        "corrects": command.adjustment,
        "corrects_source": source,
    }
    if points > 0:
        place = (told.owner, told.event.lots[0].lot)
        taken = take_own_first(draft, place, points, may_owe=command.may_owe)
        draft.add(PointsAdjusted, movements=taken, **fields)
        return draft.decided()
    items = [
        ((told.owner, m.lot), -m.points)
        for m in reversed(told.event.movements)
        if m.bucket == "available"
    ]
    owed = _owed(told)
    less_debt = min(owed, draft.account.debt)
    give_back(draft, items, PointsAdjusted, less_debt=less_debt, extra=owed - less_debt, **fields)
    return draft.decided()


def _owed(told: AdjustmentStory) -> int:
    return sum(m.points for m in told.event.movements if m.bucket == "debt")
