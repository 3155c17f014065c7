"""Giving back what was redeemed, into the lots that it came from (RULES 13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.case import Case, Draft
from ledger.errors import AlreadyReversed, UnknownRedemption
from ledger.lots import give_back
from ledger.partners import reversed_there
from ledger.story import Place
from ledger.told import RedemptionStory
from schemas.commands import ReverseRedemption
from schemas.events import Event, Movement, RedemptionReversed


def decide_reverse(case: Case, command: ReverseRedemption) -> list[tuple[str, Event]]:
    """All that is left of the redemption, or some of it.

    Raises UnknownRedemption, BeforeItsCause, or AlreadyReversed with what is left.
    """
    assert case.story is not None
    source = command.redemption_source or command.source
    told = case.story.redemptions.get((source, command.redemption))
    if told is None:
        raise UnknownRedemption(redemption=command.redemption)
    case.check_follows("redemption", command.redemption, told.event)
    points = command.points or told.left
    if points > told.left or not told.left:
        asked = points or told.event.points_redeemed
        raise AlreadyReversed(redemption=command.redemption, asked=asked, left=told.left)
    draft = case.draft()
    reverse(draft, told, points, reason=command.reason)
    return draft.decided()


def reverse(draft: Draft, told: RedemptionStory, points: int, **fields: Any) -> None:
    """Give back `points` of a redemption; what was taken last goes back first."""
    event = told.event
    give_back(
        draft,
        taken_last(told.owner, event.movements, points, skipped=told.reversed),
        RedemptionReversed,
        redemption=event.request_id,
        redemption_source=event.source,
        points_reversed=points,
        usage=reversed_there(event, points),
        **fields,
    )


def taken_last(
    owner: str, movements: Sequence[Movement], points: int, *, skipped: int = 0
) -> list[tuple[Place, int]]:
    """(lot, points units) of what `owner` spent, from its end on, past what went back before."""
    found = []
    for movement in reversed(movements):
        there = -movement.points
        gone = min(skipped, there)
        skipped -= gone
        part = min(there - gone, points)
        points -= part
        if part:
            found.append(((owner, movement.lot), part))
    return found
