"""How each event changes an account.

`evolve` believes and never judges: no rule runs here, so history means the same for ever. Points
move in one generic way (ledger/movements.py), whatever the event; the table at the end says what
else changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec.structs import replace

from ledger.account import Account, Card, Floor, Phone, TierSpan, spending_order
from ledger.club_folds import CLUB_FOLDS, CLUB_TOGETHER, without
from ledger.movements import moved
from ledger.purchase_folds import purchased
from ledger.totals import days_with, days_with_all, uses_with
from schemas.events import (
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
    PointsEvent,
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
)


def evolve(account: Account, *events: Event) -> Account:
    """The account after one more event of its stream, or several in order.

    When thousands of lots expire, thousands of events follow each other: such move their points
    together, or each of them would go through all lots.
    """
    if len(events) == 1:
        return _EVOLVE[type(events[0])](account, events[0])
    for kind, row in groupby(events, type):
        together = _TOGETHER.get(kind)
        if together is not None:
            account = together(account, *row)
            continue
        one = _EVOLVE[kind]
        for event in row:
            account = one(account, event)
    return account


def fold(member: str, events: Iterable[Event]) -> Account:
    """The account after all events of the stream, from the first."""
    return evolve(Account(member), *events)


# -- one function for each way that events change an account -------------------------------------


def _enrolled(account: Account, event: MemberEnrolled) -> Account:
    return replace(
        account,
        version=account.version + 1,
        enrolled_at=event.occurred_at,
        enrolled_on=event.occurred_on,
        tiers=(TierSpan(event.occurred_at, event.tier),),
        ladder_at=event.occurred_at,
    )


def _changed(account: Account, event: PointsEvent, **changes: Any) -> Account:
    lots, last_lot, debt = moved(account, event)
    if event.usage:
        changes["uses"] = uses_with(account.uses, event.usage)
    return replace(
        account, version=account.version + 1, lots=lots, last_lot=last_lot, debt=debt, **changes
    )


def _noted(account: Account, _: Event, **changes: Any) -> Account:
    return replace(account, version=account.version + 1, **changes)


def _returned(account: Account, event: ReturnRecorded) -> Account:
    whole = -1 if event.whole else 0
    days = days_with(
        account.days, event.purchased_on, -event.qualifying_minor, -event.points_due, whole
    )
    return _changed(account, event, days=days, ladder_at=_later(account, event))


def _redeemed(account: Account, event: PointsRedeemed) -> Account:
    if not event.hold:
        return _changed(account, event)
    return _changed(account, event, holds=_without(account, event.hold_source, event.hold))


def _held(account: Account, event: PointsHeld) -> Account:
    return _changed(account, event, holds=(*account.holds, event))


def _released(account: Account, event: HoldReleased) -> Account:
    return _changed(account, event, holds=_without(account, event.hold_source, event.hold))


def _expired(account: Account, *events: PointsExpired) -> Account:
    through = max(event.lapsed_on for event in events)
    if account.lapsed_through is not None:
        through = max(account.lapsed_through, through)
    return _all_changed(account, events, lapsed_through=through)


def _undone(account: Account, *events: ExpiryUndone) -> Account:
    return _all_changed(account, events)


def _all_changed(account: Account, events: Sequence[PointsEvent], **changes: Any) -> Account:
    """Several of a kind that only takes points, or only gives them: all at once."""
    joined = replace(
        events[0],
        lots=tuple([lot for event in events for lot in event.lots]),
        movements=tuple([movement for event in events for movement in event.movements]),
        reopened=tuple([lot for event in events for lot in event.reopened]),
        usage=tuple([usage for event in events for usage in event.usage]),
    )
    return replace(_changed(account, joined, **changes), version=account.version + len(events))


def _extended(account: Account, event: LotsExtended) -> Account:
    ends = {extended.lot: extended.expires_on for extended in event.extended}
    lots = [
        replace(lot, expires_on=ends[lot.number]) if lot.number in ends else lot
        for lot in account.lots
    ]
    return _noted(account, event, lots=tuple(sorted(lots, key=spending_order)))


def _tier_changed(account: Account, event: TierChanged) -> Account:
    return _carded(account, event, event.tier_to)


def _tier_kept(account: Account, event: TierKept) -> Account:
    return _carded(account, event, event.tier)


def _carded(account: Account, event: TierChanged | TierKept, tier: str) -> Account:
    """The timeline with a span that takes the place of all from its instant on."""
    span = TierSpan(
        event.occurred_at,
        tier,
        event.valid_until,
        event.cause,
        event.grace_from,
        event.lost,
        event.lost_on,
    )
    before = tuple([held for held in account.tiers if held.since < event.occurred_at])
    return _noted(account, event, tiers=(*before, span), ladder_at=_later(account, event))


def _tier_set(account: Account, event: TierSet) -> Account:
    return _floored(account, event, event.tier, event.until)


def _floor_ended(account: Account, event: TierFloorEnded) -> Account:
    return _floored(account, event, "", None)


def _floored(account: Account, event: Event, tier: str, until: dt.date | None) -> Account:
    floor = account.floor
    if floor is None or floor.since <= event.occurred_at:
        floor = Floor(event.occurred_at, tier, until)
    return _noted(account, event, floor=floor, ladder_at=_later(account, event))


def _later(account: Account, event: Event) -> dt.datetime:
    at, known = event.occurred_at, account.ladder_at
    return at if known is None or at > known else known


def _merged(account: Account, event: MemberMerged) -> Account:
    return _changed(account, event, merged_into=event.other, vouchers=())


def _restored(account: Account, event: MemberRestored) -> Account:
    return _changed(account, event, merged_into="", vouchers=event.vouchers)


def _absorbed(account: Account, event: MemberAbsorbed) -> Account:
    days = days_with_all(account.days, event.days)
    absorbed = {**account.absorbed, event.other: event.absorbed}
    later = _later(account, event)
    vouchers = (*account.vouchers, *event.vouchers)
    return _changed(
        account, event, days=days, absorbed=absorbed, ladder_at=later, vouchers=vouchers
    )


def _separated(account: Account, event: MergeUndone) -> Account:
    days = days_with_all(account.days, event.days, sign=-1)
    absorbed = {name: theirs for name, theirs in account.absorbed.items() if name != event.other}
    later = _later(account, event)
    vouchers = without(account.vouchers, {voucher.name for voucher in event.vouchers})
    return _changed(
        account, event, days=days, absorbed=absorbed, ladder_at=later, vouchers=vouchers
    )


def _frozen(account: Account, event: MemberFrozen) -> Account:
    return _noted(account, event, frozen=True)


def _unfrozen(account: Account, event: MemberUnfrozen) -> Account:
    return _noted(account, event, frozen=False)


def _closed(account: Account, event: MemberClosed) -> Account:
    return _noted(account, event, closed=True)


def _purse_opened(account: Account, event: PurseOpened) -> Account:
    return _noted(account, event, enrolled_at=event.occurred_at, enrolled_on=event.occurred_on)


def _joined(account: Account, event: PurseJoined) -> Account:
    return _noted(account, event, purse_members=(*account.purse_members, event.joiner))


def _left(account: Account, event: PurseLeft) -> Account:
    staying = tuple(member for member in account.purse_members if member != event.leaver)
    return _noted(account, event, purse_members=staying)


def _card_issued(account: Account, event: CardIssued) -> Account:
    cards = tuple(
        replace(card, replaced_by=event.card) if card.number == event.replaces else card
        for card in account.cards
    )
    return _noted(account, event, cards=(*cards, Card(event.card, event.occurred_on)))


def _card_stopped(account: Account, event: CardStopped) -> Account:
    return _card_is(account, event, event.stopped_for)


def _card_unblocked(account: Account, event: CardUnblocked) -> Account:
    return _card_is(account, event, "")


def _card_is(account: Account, event: CardStopped | CardUnblocked, stopped: str) -> Account:
    cards = tuple(
        replace(card, since=event.occurred_on, stopped=stopped)
        if card.number == event.card
        else card
        for card in account.cards
    )
    return _noted(account, event, cards=cards)


def _phone_linked(account: Account, event: PhoneLinked) -> Account:
    phone = Phone(event.phone, event.ending, event.key_check)
    return _noted(account, event, phones=(*account.phones, phone))


def _phone_unlinked(account: Account, event: PhoneUnlinked) -> Account:
    left = tuple(phone for phone in account.phones if phone.phone != event.phone)
    return _noted(account, event, phones=left)


def _sent(account: Account, event: TransferSent) -> Account:
    sent = (event.source, event.request_id)
    return _changed(account, event, transfers=(*account.transfers, sent))


def _confirmed(account: Account, event: TransferConfirmed) -> Account:
    return _noted(account, event, transfers=_unanswered(account, event))


def _rejected(account: Account, event: TransferRejected) -> Account:
    return _changed(account, event, transfers=_unanswered(account, event))


def _unanswered(
    account: Account, event: TransferConfirmed | TransferRejected
) -> tuple[tuple[str, str], ...]:
    answered = (event.transfer_source, event.transfer)
    return tuple(sent for sent in account.transfers if sent != answered)


def _without(account: Account, source: str, hold: str) -> tuple[PointsHeld, ...]:
    return tuple(h for h in account.holds if (h.source, h.request_id) != (source, hold))


_EVOLVE: Final[dict[type[Any], Callable[[Account, Any], Account]]] = {
    MemberEnrolled: _enrolled,
    PurchaseRecorded: purchased,
    ReturnRecorded: _returned,
    PointsAwarded: _changed,
    PointsAdjusted: _changed,
    PointsRedeemed: _redeemed,
    PointsHeld: _held,
    HoldReleased: _released,
    RedemptionReversed: _changed,
    PointsExpired: _expired,
    ExpiryUndone: _undone,
    LotsExtended: _extended,
    TierChanged: _tier_changed,
    TierKept: _tier_kept,
    TierSet: _tier_set,
    TierFloorEnded: _floor_ended,
    PointsSent: _changed,
    PointsReceived: _changed,
    PointsForfeited: _changed,
    MemberFrozen: _frozen,
    MemberUnfrozen: _unfrozen,
    MemberClosed: _closed,
    MemberMerged: _merged,
    MemberAbsorbed: _absorbed,
    MergeUndone: _separated,
    MemberRestored: _restored,
    PurseOpened: _purse_opened,
    PurseJoined: _joined,
    PurseLeft: _left,
    CardIssued: _card_issued,
    CardStopped: _card_stopped,
    CardUnblocked: _card_unblocked,
    PhoneLinked: _phone_linked,
    PhoneUnlinked: _phone_unlinked,
    RebateGranted: _changed,
    **CLUB_FOLDS,
    CobrandAccrued: _changed,
    TransferSent: _sent,
    TransferConfirmed: _confirmed,
    TransferRejected: _rejected,
    TransferTimedOut: _noted,
    TransferReceived: _changed,
}

_TOGETHER: Final[dict[type[Any], Callable[..., Account]]] = {
    PurchaseRecorded: purchased,
    PointsExpired: _expired,
    ExpiryUndone: _undone,
    **CLUB_TOGETHER,
}
"""Those of the table that take several events of their kind at once."""
