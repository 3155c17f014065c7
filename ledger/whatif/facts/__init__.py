"""From what was recorded back to what was asked (docs/whatif.md).

Shapes:
    doing        the event of what people did in a request, if they did anything
    command_of   the command that it was
    run_of       the run over all accounts that a request of no such event was a part of

What the rules decided on the way (expiries, lots that live on, tiers, bonuses of joining) is not
asked again: the decision brings it, the same or another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from ledger.rules import Rules
from ledger.whatif.facts.accounts import (
    closing_asked,
    extension_asked,
    floor_ended_asked,
    freezing_asked,
    joining_asked,
    leaving_asked,
    merge_asked,
    opening_asked,
    tier_set_asked,
    unfreezing_asked,
    unmerge_asked,
)
from ledger.whatif.facts.earning import (
    adjustment_asked,
    award_asked,
    enrolment_asked,
    purchase_asked,
    return_asked,
)
from ledger.whatif.facts.fact import Fact, Recorded, Request
from ledger.whatif.facts.spending import (
    hold_asked,
    redemption_asked,
    release_asked,
    reversal_asked,
    sent_asked,
)
from schemas.commands import ExpirePoints, MemberCommand, ReviewTier
from schemas.events import (
    CardIssued,
    CardStopped,
    CardUnblocked,
    Event,
    ExpiryUndone,
    HoldReleased,
    LotsExtended,
    MemberAbsorbed,
    MemberClosed,
    MemberEnrolled,
    MemberFrozen,
    MemberMerged,
    MemberRestored,
    MemberUnfrozen,
    MergeUndone,
    PhoneLinked,
    PhoneUnlinked,
    PointsAdjusted,
    PointsAwarded,
    PointsExpired,
    PointsForfeited,
    PointsHeld,
    PointsReceived,
    PointsRedeemed,
    PointsSent,
    PurchaseRecorded,
    PurseJoined,
    PurseLeft,
    PurseOpened,
    RedemptionReversed,
    ReturnRecorded,
    TierChanged,
    TierFloorEnded,
    TierKept,
    TierSet,
)

_ONE_DAY: Final = dt.timedelta(days=1)
_MICROSECOND: Final = dt.timedelta(microseconds=1)

_ASKED: Final[dict[type[Event], Callable[[Fact], MemberCommand]]] = {
    MemberEnrolled: enrolment_asked,
    PurchaseRecorded: purchase_asked,
    ReturnRecorded: return_asked,
    PointsAwarded: award_asked,
    PointsAdjusted: adjustment_asked,
    PointsRedeemed: redemption_asked,
    PointsHeld: hold_asked,
    HoldReleased: release_asked,
    RedemptionReversed: reversal_asked,
    LotsExtended: extension_asked,
    TierSet: tier_set_asked,
    TierFloorEnded: floor_ended_asked,
    PointsSent: sent_asked,
    MemberFrozen: freezing_asked,
    MemberUnfrozen: unfreezing_asked,
    MemberClosed: closing_asked,
    MemberAbsorbed: merge_asked,
    MergeUndone: unmerge_asked,
    PurseOpened: opening_asked,
    PurseJoined: joining_asked,
    PurseLeft: leaving_asked,
}
"""Event -> the command that it was."""

_SOMETIMES: Final[dict[type[Event], Callable[[Any], bool]]] = {
    HoldReleased: lambda event: event.release == "released",
    RedemptionReversed: lambda event: not event.purchase_id,
    LotsExtended: lambda event: event.why == "operator",
}
"""Kinds that also follow from something else, and how to tell when they do not."""

FOLLOWS: Final[frozenset[type[Event]]] = frozenset(
    {
        TierChanged,
        TierKept,
        PointsExpired,
        ExpiryUndone,
        PointsForfeited,
        PointsReceived,
        MemberMerged,
        MemberRestored,
    }
)
"""What only ever follows from what people did, or from a day that is over."""

BESIDE: Final[frozenset[type[Event]]] = frozenset(
    {CardIssued, CardStopped, CardUnblocked, PhoneLinked, PhoneUnlinked}
)
"""What people are found by: no rule looks at it, and it is not lived again."""

DOES: Final = frozenset(_ASKED)
"""What people do."""


def doing(request: Request) -> tuple[str, Event] | None:
    """The account and the event of what people did in a request; None where it only followed."""
    for name, _, event in request:
        kind = type(event)
        if kind in _ASKED and (kind not in _SOMETIMES or _SOMETIMES[kind](event)):
            return name, event
    return None


def command_of(fact: Fact) -> MemberCommand:
    """The command that the fact was."""
    return _ASKED[type(fact.event)](fact)


def run_of(request: Request, rules: Rules) -> ExpirePoints | ReviewTier:
    """A run over one account, as of the last day that it recorded something of."""
    name, _, first = request[0]
    said: dict[str, Any] = {
        "member": name,
        "request_id": first.request_id,
        "source": first.source,
        "operator": first.operator,
    }
    if isinstance(first, TierChanged | TierKept):
        return ReviewTier(
            as_of=max(event.occurred_on for _, _, event in request) - _ONE_DAY, **said
        )
    days = [
        event.lapsed_on
        if isinstance(event, PointsExpired)
        else rules.day(event.occurred_at - _MICROSECOND)
        for _, _, event in request
    ]
    return ExpirePoints(as_of=max(days), **said)


__all__ = [
    "BESIDE",
    "DOES",
    "FOLLOWS",
    "Fact",
    "Recorded",
    "Request",
    "command_of",
    "doing",
    "run_of",
]
