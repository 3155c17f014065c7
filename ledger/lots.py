"""Opening lots and drawing on them (RULES 7 to 9, 11, 15).

Shapes:
    credit   points in -> the lot opened and the movements, debt repaid first
    draw     points out -> movements, the lot that expires first goes first
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from ledger.account import Account, Lot
from ledger.errors import InsufficientPoints, TooManyPoints
from schemas.events import LotOpened, Movement
from schemas.program import Expiry
from schemas.values import MAX_QUANTITY, add_months


def credit(
    account: Account,
    points: int,
    *,
    earned_on: dt.date,
    available_from: dt.date,
    expires_on: dt.date | None,
) -> tuple[tuple[LotOpened, ...], tuple[Movement, ...]]:
    """The lot that `points` (units) open and how they move; what is owed is repaid first.

    Raises TooManyPoints beyond what one event can hold.
    """
    if points == 0:
        return (), ()
    if points > MAX_QUANTITY:
        raise TooManyPoints(points=points, most=MAX_QUANTITY)
    number = account.last_lot + 1
    lot = LotOpened(number, points, earned_on, available_from, expires_on)
    repaid = min(points, account.debt)
    if not repaid:
        return (lot,), (Movement(number, "available", points),)
    movements = [Movement(0, "debt", -repaid)]
    if points > repaid:
        movements.append(Movement(number, "available", points - repaid))
    return (lot,), tuple(movements)


def draw(account: Account, points: int, day: dt.date) -> tuple[Movement, ...]:
    """Movements that take `points` from the lots that can be spent on `day`, in spending order.

    Raises InsufficientPoints, with what is available.
    """
    movements = []
    missing = points
    for lot in account.lots:
        if spendable(lot, day):
            taken = min(lot.available, missing)
            movements.append(Movement(lot.number, "available", -taken))
            missing -= taken
            if not missing:
                return tuple(movements)
    raise InsufficientPoints(asked=points, available=available(account, day))


def spendable(lot: Lot, day: dt.date) -> bool:
    """Whether the lot has points that can be spent on `day`: both its days are inclusive."""
    return (
        lot.available > 0
        and lot.available_from <= day
        and (lot.expires_on is None or day <= lot.expires_on)
    )


def available(account: Account, day: dt.date) -> int:
    """Points units that can be spent on `day`."""
    return sum(lot.available for lot in account.lots if spendable(lot, day))


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
}
