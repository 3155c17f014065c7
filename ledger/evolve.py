"""How each event changes an account.

`evolve` believes and never judges: no rule runs here, so history means the same for ever. Points
move in one generic way (`_moved`), whatever the event; the table at the end says what else changes.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec.structs import replace

from ledger.account import Account, DayTotals, Lot, TierSpan, Uses, spending_order
from schemas.events import (
    Event,
    ExpiryUndone,
    HoldReleased,
    LotOpened,
    LotsExtended,
    MemberAbsorbed,
    MemberClosed,
    MemberEnrolled,
    MemberFrozen,
    MemberMerged,
    MemberRestored,
    MemberUnfrozen,
    MergeUndone,
    Movement,
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
    RedemptionReversed,
    ReturnRecorded,
    TierChanged,
    Usage,
)


def evolve(account: Account, event: Event) -> Account:
    """The account after one more event of its stream."""
    return _EVOLVE[type(event)](account, event)


def fold(member: str, events: Iterable[Event]) -> Account:
    """The account after all events of the stream, from the first."""
    account = Account(member)
    for event in events:
        account = _EVOLVE[type(event)](account, event)
    return account


# -- one function for each way that events change an account -------------------------------------


def _enrolled(account: Account, event: MemberEnrolled) -> Account:
    return replace(
        account,
        version=account.version + 1,
        enrolled_at=event.occurred_at,
        enrolled_on=event.occurred_on,
        tiers=(TierSpan(event.occurred_at, event.tier),),
    )


def _changed(account: Account, event: PointsEvent, **changes: Any) -> Account:
    lots, last_lot, debt = _moved(account, event)
    if event.usage:
        changes["uses"] = _counted_uses(account.uses, event.usage)
    return replace(
        account, version=account.version + 1, lots=lots, last_lot=last_lot, debt=debt, **changes
    )


def _noted(account: Account, _: Event, **changes: Any) -> Account:
    return replace(account, version=account.version + 1, **changes)


def _purchased(account: Account, event: PurchaseRecorded) -> Account:
    lots, last_lot, debt = _moved(account, event)
    return replace(
        account,
        version=account.version + 1,
        lots=lots,
        last_lot=last_lot,
        debt=debt,
        days=counted(account.days, event),
        has_bought=True,
        uses=_counted_uses(account.uses, event.usage) if event.usage else account.uses,
    )


def _returned(account: Account, event: ReturnRecorded) -> Account:
    whole = -1 if event.whole else 0
    days = days_with(
        account.days, event.purchased_on, -event.qualifying_minor, -event.points_due, whole
    )
    return _changed(account, event, days=days)


def _redeemed(account: Account, event: PointsRedeemed) -> Account:
    if not event.hold:
        return _changed(account, event)
    return _changed(account, event, holds=_without(account, event.hold_source, event.hold))


def _held(account: Account, event: PointsHeld) -> Account:
    return _changed(account, event, holds=(*account.holds, event))


def _released(account: Account, event: HoldReleased) -> Account:
    return _changed(account, event, holds=_without(account, event.hold_source, event.hold))


def _expired(account: Account, event: PointsExpired) -> Account:
    through = max(account.lapsed_through or event.lapsed_on, event.lapsed_on)
    return _changed(account, event, lapsed_through=through)


def _extended(account: Account, event: LotsExtended) -> Account:
    ends = {extended.lot: extended.expires_on for extended in event.extended}
    lots = [
        replace(lot, expires_on=ends[lot.number]) if lot.number in ends else lot
        for lot in account.lots
    ]
    return _noted(account, event, lots=tuple(sorted(lots, key=spending_order)))


def _tier_changed(account: Account, event: TierChanged) -> Account:
    held = account.tiers[-1] if account.tiers else None
    if event.cause in ("return", "unmerge") and held is not None and held.below is not None:
        span = replace(held.below, since=event.occurred_at, tier=event.tier_to)
    else:
        span = TierSpan(event.occurred_at, event.tier_to, event.valid_until, event, held)
    return _noted(account, event, tiers=(*account.tiers, span))


def _merged(account: Account, event: MemberMerged) -> Account:
    return _changed(account, event, merged_into=event.other)


def _restored(account: Account, event: MemberRestored) -> Account:
    return _changed(account, event, merged_into="")


def _absorbed(account: Account, event: MemberAbsorbed) -> Account:
    days = account.days
    for day in event.days:
        days = days_with(days, day.day, day.net_minor, day.points, day.purchases)
    return _changed(account, event, days=days)


def _separated(account: Account, event: MergeUndone) -> Account:
    days = account.days
    for day in event.days:
        days = days_with(days, day.day, -day.net_minor, -day.points, -day.purchases)
    return _changed(account, event, days=days)


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


_EVOLVE: Final[dict[type[Any], Callable[[Account, Any], Account]]] = {
    MemberEnrolled: _enrolled,
    PurchaseRecorded: _purchased,
    ReturnRecorded: _returned,
    PointsAwarded: _changed,
    PointsAdjusted: _changed,
    PointsRedeemed: _redeemed,
    PointsHeld: _held,
    HoldReleased: _released,
    RedemptionReversed: _changed,
    PointsExpired: _expired,
    ExpiryUndone: _changed,
    LotsExtended: _extended,
    TierChanged: _tier_changed,
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
}


# -- lots ----------------------------------------------------------------------------------------


def _moved(account: Account, event: PointsEvent) -> tuple[tuple[Lot, ...], int, int]:
    """Open lots, last lot number and debt after the event's movements, whatever its type."""
    movements = event.movements
    last_lot = account.last_lot
    if not movements and not event.lots:
        return account.lots, last_lot, account.debt
    if len(movements) == 1 and len(event.lots) == 1 and movements[0].bucket == "available":
        # A credit without debt: most of what is ever folded.
        (movement,), (new,) = movements, event.lots
        if movement.lot == new.lot > last_lot:
            return _inserted(account.lots, _lot(new, movement.points, 0)), new.lot, account.debt
    debt = account.debt
    available: dict[int, int] = {}
    held: dict[int, int] = {}
    for movement in movements:
        bucket, number = movement.bucket, movement.lot
        if bucket == "available":
            available[number] = available.get(number, 0) + movement.points
        elif bucket == "held":
            held[number] = held.get(number, 0) + movement.points
        else:
            debt += movement.points
    opened = [
        _lot(lot, available.pop(lot.lot, 0), held.pop(lot.lot, 0))
        for lot in (*event.lots, *event.reopened)
    ]
    lots = account.lots
    if available or held:
        lots = tuple(_touched(lots, available, held))
    for lot in opened:
        if lot.number > last_lot:
            last_lot = lot.number
        if lot.available or lot.held:
            lots = _inserted(lots, lot)
    return lots, last_lot, debt


def _lot(opened: LotOpened, available: int, held: int) -> Lot:
    return Lot(
        opened.lot,
        available,
        held,
        opened.earned_on,
        opened.available_from,
        opened.expires_on,
        opened.idle_months,
        opened.from_member,
        opened.from_lot,
    )


def _touched(
    lots: tuple[Lot, ...], available: dict[int, int], held: dict[int, int]
) -> Iterable[Lot]:
    for lot in lots:
        if lot.number in available or lot.number in held:
            lot = replace(
                lot,
                available=lot.available + available.get(lot.number, 0),
                held=lot.held + held.get(lot.number, 0),
            )
        if lot.available or lot.held:
            yield lot


def _inserted(lots: tuple[Lot, ...], lot: Lot) -> tuple[Lot, ...]:
    if not lots or _follows(lots[-1], lot):
        return (*lots, lot)
    ordered = list(lots)
    insort(ordered, lot, key=spending_order)
    return tuple(ordered)


def _follows(last: Lot, lot: Lot) -> bool:
    """Whether a newer lot goes behind `last`: the usual case, told without building keys."""
    if last.number > lot.number:
        return False
    if last.expires_on == lot.expires_on:
        return last.earned_on <= lot.earned_on
    if last.expires_on is None:
        return False
    return lot.expires_on is None or last.expires_on < lot.expires_on


def _without(account: Account, source: str, hold: str) -> tuple[PointsHeld, ...]:
    return tuple(h for h in account.holds if (h.source, h.request_id) != (source, hold))


# -- days and uses -------------------------------------------------------------------------------


def counted(days: tuple[DayTotals, ...], event: PurchaseRecorded) -> tuple[DayTotals, ...]:
    """The days with one more purchase counted in."""
    return days_with(days, event.occurred_on, event.qualifying_minor, event.points_earned, 1)


def days_with(
    days: tuple[DayTotals, ...], day: dt.date, net: int, points: int, purchases: int
) -> tuple[DayTotals, ...]:
    """The days with so much more on one of them; a visit is a day with a purchase left."""
    if not days or days[-1].day < day:
        last = days[-1] if days else DayTotals(day, 0, 0, 0, 0)
        visit = 1 if purchases > 0 else 0
        return (
            *days,
            DayTotals(
                day,
                last.net_minor + net,
                last.points + points,
                last.purchases + purchases,
                last.visits + visit,
            ),
        )
    at = len(days) - 1 if days[-1].day == day else bisect_left(days, day, key=_day)
    before = days[at - 1] if at else DayTotals(day, 0, 0, 0, 0)
    known = days[at].day == day
    already = days[at].purchases - before.purchases if known else 0
    visit = (already + purchases > 0) - (already > 0)
    own = () if known else (replace(before, day=day),)
    return (
        *days[:at],
        *(
            DayTotals(
                t.day,
                t.net_minor + net,
                t.points + points,
                t.purchases + purchases,
                t.visits + visit,
            )
            for t in (*own, *days[at:])
        ),
    )


def _day(totals: DayTotals) -> dt.date:
    return totals.day


def _counted_uses(uses: dict[str, Uses], usage: Iterable[Usage]) -> dict[str, Uses]:
    after = dict(uses)
    for entry in usage:
        after[entry.key] = _uses_with(after.get(entry.key, ()), entry.on, entry.units)
    return after


def _uses_with(uses: Uses, day: dt.date, units: int) -> Uses:
    """The running totals with so much more on one day."""
    last, total = uses[-1] if uses else (dt.date.min, 0)
    if last < day:
        return (*uses, (day, total + units))
    if last == day:
        return (*uses[:-1], (day, total + units))
    at = bisect_left(uses, day, key=_first)
    before = uses[at - 1][1] if at else 0
    own = () if uses[at][0] == day else ((day, before),)
    return (*uses[:at], *((on, so_far + units) for on, so_far in (*own, *uses[at:])))


def _first(entry: tuple[dt.date, int]) -> dt.date:
    return entry[0]


def movements_total(movements: Iterable[Movement]) -> int:
    """What movements add to a balance: points in lots, less debt."""
    return sum(-m.points if m.bucket == "debt" else m.points for m in movements)
