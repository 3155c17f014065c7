"""How points lapse, come back, and live on (RULES 8, 9, 12; docs/life.md).

Shapes:
    expire        what is left in lots past their last good day
    undo_expiry   expired points that count again for a late arrival
    keep_alive    lots that live on by activity
    release       held points free again
    settle_holds  holds whose time is over

All write their events on a Draft.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from ledger.account import Lot
from ledger.case import Draft
from ledger.story import good_on
from schemas.events import (
    ExpiryUndone,
    HoldReleased,
    LotExtended,
    LotsExtended,
    Movement,
    PointsExpired,
    PointsHeld,
    Usage,
)
from schemas.values import add_months, start_of_day

_ONE_DAY: Final = dt.timedelta(days=1)


def expire(draft: Draft, through: dt.date) -> None:
    """Record what is available in lots whose last good day is `through` or before it."""
    for lot in draft.account.lots:
        if lot.available and lot.expires_on is not None and lot.expires_on <= through:
            expire_one(draft, lot, lot.available)


def expire_one(draft: Draft, lot: Lot, points: int, at: dt.datetime | None = None) -> None:
    assert lot.expires_on is not None
    draft.add(
        PointsExpired,
        at=at or start_of_day(lot.expires_on + _ONE_DAY, draft.rules.zone),
        points_expired=points,
        lapsed_on=lot.expires_on,
        movements=(Movement(lot.number, "available", -points),),
    )


def keep_alive(draft: Draft) -> None:
    """Prolong the lots that live by activity, those that an early run expired included."""
    account, day = draft.account, draft.day
    if account.lapsed_through is not None and account.lapsed_through >= day:
        story = draft.story
        assert story is not None
        for number, lot in sorted(story.lots.items()):
            good = good_on(draft.expired.get(number, ()), day)
            if (
                good
                and lot.idle_months
                and lot.expires_on is not None
                and (add_months(day, lot.idle_months) > lot.expires_on)
            ):
                undo_expiry(draft, number, good, since=day)
    extended = [
        LotExtended(lot.number, lot.expires_on, until)
        for lot in draft.account.lots
        if lot.idle_months
        and lot.expires_on is not None
        and day <= lot.expires_on < (until := add_months(day, lot.idle_months))
    ]
    if extended:
        draft.add(LotsExtended, extended=tuple(extended), why="activity")


def undo_expiry(draft: Draft, number: int, points: int, *, since: dt.date | None) -> None:
    """Put expired points back into a lot, the latest expiry first.

    With `since` only expiries of points that were good on that day count.
    """
    for there, until, at in reversed(draft.expired.get(number, ())):
        part = min(there, points) if since is None or until >= since else 0
        points -= part
        if part:
            restore(draft, number, part, at)


def restore(draft: Draft, number: int, points: int, at: dt.datetime) -> None:
    """One expiry of a lot, or a part of it, as if it had not been."""
    closed = not draft.is_open(number)
    draft.add(
        ExpiryUndone,
        at=at,
        points_restored=points,
        movements=(Movement(number, "available", points),),
        reopened=(draft.days_of(number),) if closed else (),
    )


# -- holds -------------------------------------------------------------------------------------


def held_lots(placed: PointsHeld) -> list[tuple[int, int]]:
    """(lot, points units) that a hold reserves, in the order that they were taken."""
    return [(m.lot, m.points) for m in placed.movements if m.bucket == "held"]


def settle_holds(
    draft: Draft, until: dt.datetime | None = None, *, but: PointsHeld | None = None
) -> None:
    """Release the holds that lapsed by a time; by now unless told. The earliest lapse first."""
    stamp = draft.stamp
    moment = until or max(stamp.occurred_at, stamp.now or stamp.occurred_at)
    lapsed = [h for h in draft.account.holds if h.lapses_at <= moment and h is not but]
    for placed in sorted(lapsed, key=lambda placed: placed.lapses_at):
        release(draft, placed, held_lots(placed), "lapsed", at=placed.lapses_at)


def release(
    draft: Draft,
    placed: PointsHeld,
    items: Sequence[tuple[int, int]],
    how: str,
    *,
    at: dt.datetime | None = None,
) -> None:
    """Free held points; those past their last good day expire at once (RULES 12)."""
    points = sum(part for _, part in items)
    counted = {"redeem_points": -points, "redemptions": 0 if how == "captured" else -1}
    back = (Usage(u.key, u.on, counted.get(u.key, -points)) for u in placed.usage)
    event = draft.add(
        HoldReleased,
        at=at,
        hold=placed.request_id,
        hold_source=placed.source,
        points_released=points,
        release=how,
        movements=tuple(
            movement
            for number, part in items
            for movement in (Movement(number, "held", -part), Movement(number, "available", part))
        ),
        usage=tuple(usage for usage in back if usage.units),
    )
    lots = draft.account.lots_by_number()
    for number, part in items:
        lot = lots[number]
        if lot.expires_on is not None and lot.expires_on < event.occurred_on:
            expire_one(draft, lot, part, at=event.occurred_at)
