"""The state of a member's account, and how each event changes it.

Shapes:
    Account    everything that a decision about a member looks at
    Lot        points with their dates; an account keeps its open lots in spending order
    TierSpan   a tier and the instant from which it was held
    DayTotals  what counted for the ladder until the end of a day

`evolve` believes and never judges: no rule runs here, so history means the same for ever.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from schemas.events import (
    Event,
    LotOpened,
    MemberEnrolled,
    Movement,
    PointsAwarded,
    PointsEvent,
    PointsRedeemed,
    PurchaseRecorded,
    TierChanged,
)

_NEVER: Final = dt.date.max


class Lot(Struct, frozen=True, gc=False):
    """An open lot: points units in each bucket, and its days (inclusive; None is never)."""

    number: int
    available: int
    held: int
    earned_on: dt.date
    available_from: dt.date
    expires_on: dt.date | None


class TierSpan(Struct, frozen=True, gc=False):
    """`tier` ('' is no card) was held from `since` on."""

    since: dt.datetime
    tier: str


class DayTotals(Struct, frozen=True, gc=False):
    """What counts for the ladder from the first day to the end of `day`, a day with a purchase.

    Running totals, so that a window is a difference: minor units, points units, days.
    """

    day: dt.date
    net_minor: int
    points: int
    visits: int


class Account(Struct, frozen=True, gc=False):
    """A member's account after `version` events; version 0 is nobody.

    `lots` are the open ones in spending order, `tiers` in the order recorded, `days` ascending.
    """

    member: str
    version: int = 0
    enrolled_at: dt.datetime | None = None
    enrolled_on: dt.date | None = None
    lots: tuple[Lot, ...] = ()
    last_lot: int = 0
    debt: int = 0
    tier_valid_until: dt.date | None = None
    tiers: tuple[TierSpan, ...] = ()
    days: tuple[DayTotals, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the member was enrolled."""
        return self.version > 0

    @property
    def tier(self) -> str:
        """The tier held now; '' is no card."""
        return self.tiers[-1].tier if self.tiers else ""

    @property
    def balance(self) -> int:
        """What the program owes the member, in points units: all lots less debt (RULES 29)."""
        return sum(lot.available + lot.held for lot in self.lots) - self.debt

    def tier_at(self, moment: dt.datetime) -> str:
        """The tier held at `moment` as is known now: of the spans begun by then, the last told.

        Before the enrolment there is no card.
        """
        for span in reversed(self.tiers):
            if span.since <= moment:
                return span.tier
        return ""


def spending_order(lot: Lot) -> tuple[dt.date, dt.date, int]:
    """Earliest expiry first, never last; then in the order earned (RULES 7)."""
    return (lot.expires_on or _NEVER, lot.earned_on, lot.number)


def evolve(account: Account, event: Event) -> Account:
    """The account after one more event of its stream."""
    return _EVOLVE[type(event)](account, event)


def fold(member: str, events: Iterable[Event]) -> Account:
    """The account after all events of the stream, from the first."""
    account = Account(member)
    for event in events:
        account = _EVOLVE[type(event)](account, event)
    return account


def _enrolled(account: Account, event: MemberEnrolled) -> Account:
    return replace(
        account,
        version=account.version + 1,
        enrolled_at=event.occurred_at,
        enrolled_on=event.occurred_on,
        tiers=(TierSpan(event.occurred_at, event.tier),),
    )


def _purchased(account: Account, event: PurchaseRecorded) -> Account:
    lots, last_lot, debt = _moved(account, event)
    return replace(
        account,
        version=account.version + 1,
        lots=lots,
        last_lot=last_lot,
        debt=debt,
        days=counted(account.days, event),
    )


def _points_moved(account: Account, event: PointsEvent) -> Account:
    lots, last_lot, debt = _moved(account, event)
    return replace(account, version=account.version + 1, lots=lots, last_lot=last_lot, debt=debt)


def _tier_changed(account: Account, event: TierChanged) -> Account:
    return replace(
        account,
        version=account.version + 1,
        tiers=(*account.tiers, TierSpan(event.occurred_at, event.tier_to)),
        tier_valid_until=event.valid_until,
    )


_EVOLVE: Final[dict[type[Any], Callable[[Account, Any], Account]]] = {
    MemberEnrolled: _enrolled,
    PurchaseRecorded: _purchased,
    PointsAwarded: _points_moved,
    PointsRedeemed: _points_moved,
    TierChanged: _tier_changed,
}


def _moved(account: Account, event: PointsEvent) -> tuple[tuple[Lot, ...], int, int]:
    """Open lots, last lot number and debt after the event's movements, whatever its type."""
    movements = event.movements
    if not movements:
        return account.lots, account.last_lot, account.debt
    if len(movements) == 1 and len(event.lots) == 1 and movements[0].bucket == "available":
        # A credit without debt: most of what is ever folded.
        (movement,), (new,) = movements, event.lots
        if movement.lot == new.lot > account.last_lot:
            lot = Lot(
                *(new.lot, movement.points, 0),
                *(new.earned_on, new.available_from, new.expires_on),
            )
            return _inserted(account.lots, lot), new.lot, account.debt
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
    last_lot = account.last_lot
    opened = [_open(lot, available, held) for lot in event.lots]
    lots = account.lots
    if available or held:
        lots = tuple(_touched(lots, available, held))
    for lot in opened:
        if lot.number > last_lot:
            last_lot = lot.number
        if lot.available or lot.held:
            lots = _inserted(lots, lot)
    return lots, last_lot, debt


def _open(lot: LotOpened, available: dict[int, int], held: dict[int, int]) -> Lot:
    return Lot(
        lot.lot,
        available.pop(lot.lot, 0),
        held.pop(lot.lot, 0),
        lot.earned_on,
        lot.available_from,
        lot.expires_on,
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
    if last.expires_on == lot.expires_on:
        return last.earned_on <= lot.earned_on
    if last.expires_on is None:
        return False
    return lot.expires_on is None or last.expires_on < lot.expires_on


def counted(days: tuple[DayTotals, ...], event: PurchaseRecorded) -> tuple[DayTotals, ...]:
    """The days with one more purchase counted in."""
    day, net, points = event.occurred_on, event.qualifying_minor, event.points_earned
    if not days:
        return (DayTotals(day, net, points, 1),)
    last = days[-1]
    if last.day < day:
        totals = DayTotals(day, last.net_minor + net, last.points + points, last.visits + 1)
        return (*days, totals)
    if last.day == day:
        totals = DayTotals(day, last.net_minor + net, last.points + points, last.visits)
        return (*days[:-1], totals)
    return _counted_late(days, day, net, points)


def _counted_late(
    days: tuple[DayTotals, ...], day: dt.date, net: int, points: int
) -> tuple[DayTotals, ...]:
    at = bisect_left(days, day, key=_day)
    known = days[at].day == day
    visit = 0 if known else 1
    before = days[at - 1] if at else DayTotals(day, 0, 0, 0)
    own = () if known else (DayTotals(day, before.net_minor, before.points, before.visits),)
    return (
        *days[:at],
        *(
            DayTotals(t.day, t.net_minor + net, t.points + points, t.visits + visit)
            for t in (*own, *days[at:])
        ),
    )


def _day(totals: DayTotals) -> dt.date:
    return totals.day


def movements_total(movements: Iterable[Movement]) -> int:
    """What movements add to a balance: points in lots, less debt."""
    return sum(-m.points if m.bucket == "debt" else m.points for m in movements)
