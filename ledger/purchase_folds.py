"""How purchases change an account: one, and many that follow each other.

Most of every log are purchases, so many in a row are folded without an account for each.
"""

from __future__ import annotations

from bisect import insort
from typing import Final

from msgspec.structs import replace

from ledger.account import Account, spending_order
from ledger.movements import credited_lot, follows, moved
from ledger.totals import a_day_more, counted, uses_with
from schemas.events import PurchaseRecorded

_FEW: Final = 2


def purchased(account: Account, *events: PurchaseRecorded) -> Account:
    """The account after purchases of its stream, in order."""
    if len(events) > _FEW:
        return _many(account, events)
    for event in events:
        account = _one(account, event)
    return account


def _one(account: Account, event: PurchaseRecorded) -> Account:
    lots, lot, debt = account.lots, credited_lot(event, account.last_lot), account.debt
    if lot is not None and (not lots or follows(lots[-1], lot)):
        lots, last_lot = (*lots, lot), lot.number
    else:
        lots, last_lot, debt = moved(account, event)
    at, known = event.occurred_at, account.ladder_at
    return replace(
        account,
        version=account.version + 1,
        lots=lots,
        last_lot=last_lot,
        debt=debt,
        days=counted(account.days, event),
        has_bought=True,
        ladder_at=at if known is None or at > known else known,
        uses=uses_with(account.uses, event.usage) if event.usage else account.uses,
    )


def _many(account: Account, events: tuple[PurchaseRecorded, ...]) -> Account:
    lots, last_lot, debt = list(account.lots), account.last_lot, account.debt
    days, uses, ladder_at = list(account.days), account.uses, account.ladder_at
    for event in events:
        lot = credited_lot(event, last_lot)
        if lot is not None:
            last_lot = lot.number
            if not lots or follows(lots[-1], lot):
                lots.append(lot)
            else:
                insort(lots, lot, key=spending_order)
        elif event.movements or event.lots:
            so_far = replace(account, lots=tuple(lots), last_lot=last_lot, debt=debt)
            left, last_lot, debt = moved(so_far, event)
            lots = list(left)
        if days and (last := days[-1]).day < event.occurred_on:
            days.append(a_day_more(last, event))
        else:
            days = list(counted(tuple(days), event))
        at = event.occurred_at
        if ladder_at is None or at > ladder_at:
            ladder_at = at
        if event.usage:
            uses = uses_with(uses, event.usage)
    return replace(
        account,
        version=account.version + len(events),
        lots=tuple(lots),
        last_lot=last_lot,
        debt=debt,
        days=tuple(days),
        has_bought=True,
        ladder_at=ladder_at,
        uses=uses,
    )
