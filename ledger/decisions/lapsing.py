"""The expiry run and extensions (RULES 8 and 9)."""

from __future__ import annotations

import datetime as dt

from ledger.account import Lot
from ledger.case import Case
from ledger.errors import DayNotOver, LotNotExtendable
from ledger.lapse import expire, settle_holds
from schemas.commands import ExpirePoints, ExtendLots
from schemas.events import Event, LotExtended, LotsExtended
from schemas.values import end_of_day


def decide_expire(case: Case, command: ExpirePoints) -> list[tuple[str, Event]]:
    """What lapsed by the end of `as_of`; nothing when nothing did. Raises DayNotOver."""
    if command.as_of >= case.day:
        raise DayNotOver(as_of=command.as_of.isoformat(), day=case.day.isoformat())
    if case.account.closed or case.account.merged_into:
        return []
    draft = case.draft()
    settle_holds(draft, end_of_day(command.as_of, case.rules.zone))
    expire(draft, command.as_of)
    return draft.decided()


def decide_extend(case: Case, command: ExtendLots) -> list[tuple[str, Event]]:
    """Lots that live until `expires_on`. Raises LotNotExtendable."""
    draft = case.draft()
    able = [lot for lot in case.account.lots if can_extend(lot, case.day, command.expires_on)]
    if command.lots:
        named = set(command.lots)
        unable = named - {lot.number for lot in able}
        if unable:
            raise LotNotExtendable(lots=", ".join(map(str, sorted(unable))))
        able = [lot for lot in able if lot.number in named]
    if not able:
        raise LotNotExtendable(lots="none ends before " + command.expires_on.isoformat())
    draft.add(
        LotsExtended,
        extended=tuple(
            LotExtended(lot.number, lot.expires_on, command.expires_on)
            for lot in able
            if lot.expires_on is not None
        ),
        why="operator",
        reason=command.reason,
    )
    return draft.decided()


def can_extend(lot: Lot, day: dt.date, until: dt.date) -> bool:
    """Whether the lot ends before `until` and has not lapsed on `day`."""
    return lot.expires_on is not None and day <= lot.expires_on < until
