"""What was redeemed, held, given back and sent, asked again."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from ledger.whatif.facts.fact import Fact
from schemas.commands import (
    CaptureHold,
    GiftPoints,
    HoldPoints,
    PayIntoPurse,
    RedeemPoints,
    RedeemReward,
    ReleaseHold,
    ReverseRedemption,
    WithdrawFromPurse,
)
from schemas.events import PURSE_PREFIX, is_purse
from schemas.values import MAX_QUANTITY

_MINUTE: Final = dt.timedelta(minutes=1)


def redemption_asked(fact: Fact) -> RedeemPoints | RedeemReward | CaptureHold:
    """The same points; a reward at the price that it has now."""
    event = fact.event
    if event.hold:
        return CaptureHold(
            member=fact.name,
            hold=event.hold,
            hold_source=event.hold_source,
            points=event.points_redeemed,
            **fact.said,
        )
    if event.reward:
        return RedeemReward(
            member=fact.name,
            reward=event.reward,
            quantity=event.quantity,
            **_where(event),
            **fact.said,
        )
    return RedeemPoints(
        member=fact.name,
        points=event.points_redeemed,
        bill_minor=_bill(fact),
        purchase_id=event.purchase_id,
        reason=event.reason,
        **_where(event),
        **fact.said,
    )


def hold_asked(fact: Fact) -> HoldPoints:
    event = fact.event
    minutes = (event.lapses_at - event.occurred_at) // _MINUTE
    return HoldPoints(
        member=fact.name,
        points=event.points_held,
        minutes=None if minutes == fact.recorded_under.program.hold_minutes else minutes,
        bill_minor=_bill(fact),
        purchase_id=event.purchase_id,
        reason=event.reason,
        **_where(event),
        **fact.said,
    )


def _bill(fact: Fact) -> int | None:
    """The bill; where nobody told it and a share of it is asked for, one that is large enough."""
    told: int | None = fact.event.bill_minor
    if told is None and fact.rules.spending.bill_share is not None:
        return MAX_QUANTITY
    return told


def _where(event: Any) -> dict[str, Any]:
    return {
        "partner": event.partner,
        "store": event.store,
        "till": event.till,
        "spender": event.spender,
    }


def release_asked(fact: Fact) -> ReleaseHold:
    event = fact.event
    return ReleaseHold(
        member=fact.name, hold=event.hold, hold_source=event.hold_source, **fact.said
    )


def reversal_asked(fact: Fact) -> ReverseRedemption:
    """All that was left, or so many points."""
    event = fact.event
    key = (event.redemption_source, event.redemption)
    told = fact.before.story(fact.name).redemptions[key]
    return ReverseRedemption(
        member=fact.name,
        redemption=event.redemption,
        redemption_source=event.redemption_source,
        points=None if event.points_reversed == told.left else event.points_reversed,
        reason=event.reason,
        **fact.said,
    )


def sent_asked(fact: Fact) -> GiftPoints | PayIntoPurse | WithdrawFromPurse:
    event = fact.event
    if event.purpose == "gift":
        return GiftPoints(
            member=fact.name,
            to=event.other,
            points=event.points_sent,
            reason=event.reason,
            **fact.said,
        )
    if is_purse(fact.name):
        return WithdrawFromPurse(
            member=event.other, purse=_purse(fact.name), points=event.points_sent, **fact.said
        )
    return PayIntoPurse(
        member=fact.name, purse=_purse(event.other), points=event.points_sent, **fact.said
    )


def _purse(name: str) -> str:
    return name.removeprefix(PURSE_PREFIX)
