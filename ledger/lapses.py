"""The expiry run over all accounts (RULES 8): what lapsed, and what a run would record of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from ledger.account import Account
from ledger.case import Draft, Stamp
from ledger.lapse import expire, settle_holds
from ledger.rules import Rules
from ledger.runs import Told
from schemas.events import Event, PointsExpired
from schemas.values import end_of_day

_ONE_DAY: Final = dt.timedelta(days=1)


class LapsedLot(Struct, frozen=True):
    """`points` units of a lot that were good until `lapsed_on`."""

    member: str
    lot: int
    points: int
    lapsed_on: dt.date


def lapse(account: Account, rules: Rules, as_of: dt.date) -> tuple[Event, ...]:
    """What the run would record of one account."""
    if account.closed or account.merged_into:
        return ()
    if not account.holds and not any(
        lot.available and lot.expires_on is not None and lot.expires_on <= as_of
        for lot in account.lots
    ):
        return ()
    moment = end_of_day(as_of, rules.zone)
    stamp = Stamp(moment, as_of + _ONE_DAY, "", "", "", rules.version)
    draft = Draft(account, rules, stamp, None)
    settle_holds(draft, moment)
    expire(draft, as_of)
    return tuple(draft.events)


def lapsed_points(account: Account, rules: Rules, as_of: dt.date) -> int:
    """Points units that the run would take off one account."""
    if account.holds:
        return sum(
            lot.points
            for lot in lapsed_lots(
                (account.member, event) for event in lapse(account, rules, as_of)
            )
        )
    if account.closed or account.merged_into:
        return 0
    return sum(
        lot.available
        for lot in account.lots
        if lot.expires_on is not None and lot.expires_on <= as_of
    )


def lapsed_lots(told: Told) -> Iterator[LapsedLot]:
    """The lots of a run's events."""
    for member, event in told:
        if isinstance(event, PointsExpired):
            (movement,) = event.movements
            yield LapsedLot(member, movement.lot, event.points_expired, event.lapsed_on)
