"""Points that come in: the lots that they open, and the debt that they repay (RULES 7, 9, 15).

Shapes:
    credit       points -> the lot opened and the movements
    credited     new lots -> the movements
    repayments   points by lot, a debt -> what goes towards it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ledger.account import Account, Lot
from ledger.errors import TooManyPoints
from schemas.events import LotOpened, Movement
from schemas.program import Expiry
from schemas.values import MAX_QUANTITY, add_months


def credit(
    account: Account,
    expiry: Expiry,
    points: int,
    day: dt.date,
    *,
    available_from: dt.date | None = None,
    expires_on: dt.date | None = None,
) -> tuple[tuple[LotOpened, ...], tuple[Movement, ...]]:
    """The lot that `points` (units) earned on `day` open, and how they move.

    `available_from` and `expires_on` may be given; else it is good from the day on, as long as
    the program says. Raises TooManyPoints beyond what one event can hold.
    """
    if points == 0:
        return (), ()
    number = account.last_lot + 1
    if expires_on is None:
        lot = new_lot(expiry, number, points, day, available_from or day)
    else:
        _check_size(points)
        lot = LotOpened(number, points, day, available_from or day, expires_on)
    if account.debt:
        return (lot,), credited(account, (lot,))
    return (lot,), (Movement(number, "available", points),)


def new_lot(
    expiry: Expiry, number: int, points: int, day: dt.date, available_from: dt.date
) -> LotOpened:
    """The lot `number` of points earned on `day`, as long as the program says.

    Raises TooManyPoints beyond what one event can hold.
    """
    _check_size(points)
    until, idle = expiry_day(expiry, day), idle_months(expiry)
    return LotOpened(number, points, day, available_from, until, idle)


def _check_size(points: int) -> None:
    if points > MAX_QUANTITY:
        raise TooManyPoints(points=points, most=MAX_QUANTITY)


def idle_months(expiry: Expiry) -> int:
    """For how many months without activity points live; 0 where activity changes nothing."""
    return expiry.months or 0 if expiry.policy == "inactivity" else 0


def credited(account: Account, lots: Sequence[LotOpened]) -> tuple[Movement, ...]:
    """How new lots move: what is owed is repaid first, by those first in spending order."""
    debt = account.debt
    if not debt:
        return tuple(Movement(lot.lot, "available", lot.points) for lot in lots)
    repaid = repayments([(lot, lot.points) for lot in lots], debt)
    movements = [Movement(0, "debt", -sum(repaid.values()))] if repaid else []
    for lot in lots:
        left = lot.points - repaid.get(lot.lot, 0)
        if left:
            movements.append(Movement(lot.lot, "available", left))
    return tuple(movements)


def repayments(items: Iterable[tuple[LotOpened, int]], debt: int) -> dict[int, int]:
    """Lot -> points units of it that go towards the debt."""
    repaid: dict[int, int] = {}
    for lot, points in sorted(items, key=lambda item: _order(item[0])):
        part = min(points, debt)
        if part:
            repaid[lot.lot] = part
            debt -= part
    return repaid


def _order(lot: LotOpened) -> tuple[dt.date, dt.date, int]:
    return (lot.expires_on or dt.date.max, lot.earned_on, lot.lot)


def opened_as(lot: Lot | LotOpened, number: int, points: int, member: str, there: int) -> LotOpened:
    """A lot with the days of another, which is number `there` of `member`."""
    return LotOpened(
        number,
        points,
        lot.earned_on,
        lot.available_from,
        lot.expires_on,
        lot.idle_months,
        member,
        there,
    )


def expiry_day(expiry: Expiry, earned_on: dt.date) -> dt.date | None:
    """The last good day of points earned on `earned_on`; None is never (RULES 8 and 9)."""
    return _EXPIRIES[expiry.policy](expiry, earned_on)


def _never(_: Expiry, __: dt.date) -> None:
    return None


def _months(expiry: Expiry, earned_on: dt.date) -> dt.date:
    return add_months(earned_on, expiry.months or 0)


def _end_of_year(expiry: Expiry, earned_on: dt.date) -> dt.date:
    return dt.date(earned_on.year + expiry.years, 12, 31)


_EXPIRIES: Final[dict[str, Callable[[Expiry, dt.date], dt.date | None]]] = {
    "never": _never,
    "months": _months,
    "end_of_year": _end_of_year,
    "inactivity": _months,
}
