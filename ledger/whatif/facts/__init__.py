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
from ledger.whatif.facts.club import (
    benefit_asked,
    cancelled_use_asked,
    cancelled_voucher_asked,
    given_back_asked,
    issue_asked,
    rebates_asked,
    use_asked,
)
from ledger.whatif.facts.earning import (
    accrual_asked,
    adjustment_asked,
    award_asked,
    enrolment_asked,
    purchase_asked,
    return_asked,
)
from ledger.whatif.facts.fact import Fact, Request
from ledger.whatif.facts.spending import (
    hold_asked,
    redemption_asked,
    release_asked,
    reversal_asked,
    sent_asked,
)
from ledger.whatif.facts.transfers import (
    confirmation_asked,
    receipt_asked,
    rejection_asked,
    time_out_asked,
    transfer_asked,
)
from schemas.commands import (
    ExpirePoints,
    IssueAnniversaryVouchers,
    LapseVouchers,
    MemberCommand,
    ReviewTier,
)
from schemas.events import (
    BenefitUseCancelled,
    BenefitUsed,
    CardIssued,
    CardStopped,
    CardUnblocked,
    CobrandAccrued,
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
    RebateGranted,
    RedemptionReversed,
    ReturnRecorded,
    TierChanged,
    TierFloorEnded,
    TierKept,
    TierSet,
    TransferConfirmed,
    TransferReceived,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherIssued,
    VoucherLapsed,
    VoucherUsed,
)

_ONE_DAY: Final = dt.timedelta(days=1)
_MICROSECOND: Final = dt.timedelta(microseconds=1)

_ASKED: Final[dict[type[Event], Callable[[Fact], MemberCommand]]] = {
    MemberEnrolled: enrolment_asked,
    PurchaseRecorded: purchase_asked,
    ReturnRecorded: return_asked,
    PointsAwarded: award_asked,
    CobrandAccrued: accrual_asked,
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
    VoucherIssued: issue_asked,
    VoucherUsed: use_asked,
    VoucherGivenBack: given_back_asked,
    VoucherCancelled: cancelled_voucher_asked,
    RebateGranted: rebates_asked,
    BenefitUsed: benefit_asked,
    BenefitUseCancelled: cancelled_use_asked,
    TransferSent: transfer_asked,
    TransferConfirmed: confirmation_asked,
    TransferRejected: rejection_asked,
    TransferTimedOut: time_out_asked,
    TransferReceived: receipt_asked,
}
"""Event -> the command that it was."""

_SOMETIMES: Final[dict[type[Event], Callable[[Any], bool]]] = {
    HoldReleased: lambda event: event.release == "released",
    RedemptionReversed: lambda event: not event.purchase_id,
    LotsExtended: lambda event: event.why == "operator",
    VoucherIssued: lambda event: event.occasion in ("request", "birthday"),
    VoucherGivenBack: lambda event: not event.purchase_id,
    VoucherCancelled: lambda event: not event.forfeited,
}
"""Kinds that also follow from something else, and how to tell when they do not."""

_ALWAYS: Final = _ASKED.keys() - _SOMETIMES.keys()

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
        VoucherLapsed,
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
        if kind in _ALWAYS or (kind in _SOMETIMES and _SOMETIMES[kind](event)):
            return name, event
    return None


def command_of(fact: Fact) -> MemberCommand:
    """The command that the fact was."""
    return _ASKED[type(fact.event)](fact)


def run_of(request: Request, rules: Rules) -> tuple[MemberCommand, dt.date]:
    """A run over one account, as of the last day that it recorded something of.

    Beside it the first day that it can have come on.
    """
    name, _, first = request[0]
    said: dict[str, Any] = {
        "member": name,
        "request_id": first.request_id,
        "source": first.source,
        "operator": first.operator,
    }
    events: list[Any] = [event for _, _, event in request]
    issued = [event.occurred_on for event in events if isinstance(event, VoucherIssued)]
    if issued:
        return IssueAnniversaryVouchers(as_of=max(issued), **said), max(issued)
    if isinstance(first, TierChanged | TierKept):
        reviewed_on = max(event.occurred_on for event in events)
        return ReviewTier(as_of=reviewed_on - _ONE_DAY, **said), reviewed_on
    run = LapseVouchers if isinstance(first, VoucherLapsed) else ExpirePoints
    lapsed_on = max(_lapsed_on(event, rules) for event in events)
    return run(as_of=lapsed_on, **said), lapsed_on + _ONE_DAY


def _lapsed_on(event: Any, rules: Rules) -> dt.date:
    """The last good day of what lapsed; of a hold, the day that it lapsed at the end of, or on."""
    if isinstance(event, HoldReleased):
        return rules.day(event.occurred_at - _MICROSECOND)
    day: dt.date = event.lapsed_on
    return day


__all__ = [
    "BESIDE",
    "DOES",
    "FOLLOWS",
    "Fact",
    "Request",
    "command_of",
    "doing",
    "run_of",
]
