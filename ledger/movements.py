"""How movements change the open lots and the debt, whatever the event."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

from msgspec.structs import replace

from ledger.account import Account, Lot, spending_order
from schemas.events import LotOpened, Movement, PointsEvent


def moved(account: Account, event: PointsEvent) -> tuple[tuple[Lot, ...], int, int]:
    """Open lots, last lot number and debt after the event's movements, whatever its type."""
    movements = event.movements
    last_lot = account.last_lot
    if not movements and not event.lots:
        return account.lots, last_lot, account.debt
    credited = credited_lot(event, last_lot)
    if credited is not None:
        return _inserted(account.lots, credited), credited.number, account.debt
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
        lots = _touched(lots, available, held)
    for lot in opened:
        if lot.number > last_lot:
            last_lot = lot.number
    filled = [lot for lot in opened if lot.available or lot.held]
    if len(filled) == 1:
        lots = _inserted(lots, filled[0])
    elif filled:
        lots = tuple(sorted((*lots, *filled), key=spending_order))
    return lots, last_lot, debt


def credited_lot(event: PointsEvent, last_lot: int) -> Lot | None:
    """The one lot that an event opens and fills, and does nothing else: most of all events."""
    movements, opened = event.movements, event.lots
    if len(movements) == 1 and len(opened) == 1:
        movement, lot = movements[0], opened[0]
        if movement.lot == lot.lot > last_lot and movement.bucket == "available":
            return _lot(lot, movement.points, 0)
    return None


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
) -> tuple[Lot, ...]:
    """The open lots after movements; most touch the first lots alone, so the rest is not seen."""
    missing = len(available.keys() | held.keys())
    seen: list[Lot] = []
    for place, lot in enumerate(lots):
        if not missing:
            return (*seen, *lots[place:])
        if lot.number in available or lot.number in held:
            missing -= 1
            lot = replace(
                lot,
                available=lot.available + available.get(lot.number, 0),
                held=lot.held + held.get(lot.number, 0),
            )
        if lot.available or lot.held:
            seen.append(lot)
    return tuple(seen)


def _inserted(lots: tuple[Lot, ...], lot: Lot) -> tuple[Lot, ...]:
    if not lots or follows(lots[-1], lot):
        return (*lots, lot)
    ordered = list(lots)
    insort(ordered, lot, key=spending_order)
    return tuple(ordered)


def follows(last: Lot, lot: Lot) -> bool:
    """Whether a newer lot goes behind `last`: the usual case, told without building keys."""
    if last.number > lot.number:
        return False
    if last.expires_on == lot.expires_on:
        return last.earned_on <= lot.earned_on
    if last.expires_on is None:
        return False
    return lot.expires_on is None or last.expires_on < lot.expires_on


def movements_total(movements: Iterable[Movement]) -> int:
    """What movements add to a balance: points in lots, less debt."""
    return sum(-m.points if m.bucket == "debt" else m.points for m in movements)
