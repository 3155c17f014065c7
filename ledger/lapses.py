"""The expiry run over all accounts: what lapsed is recorded, or only listed (RULES 8).

The accounts are read a page at a time, so memory does not grow with their number. Whether an
account has something to record is seen on what was read; the command judges again under the lock,
so the run may go on beside everything else, be stopped, and be repeated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from ledger.account import Account
from ledger.case import Draft, Stamp
from ledger.errors import DayNotOver, JifenError
from ledger.lapse import expire, settle_holds
from ledger.outcome import Outcome
from ledger.rules import Rules
from schemas.commands import Command, ExpirePoints
from schemas.events import Event, PointsExpired
from schemas.values import end_of_day

PAGE: Final = 500
_ONE_DAY: Final = dt.timedelta(days=1)

Pages = Iterable[list[Account]]
Progress = Callable[[int, int], None]


class LapsedLot(Struct, frozen=True):
    """`points` units of a lot that were good until `lapsed_on`."""

    member: str
    lot: int
    points: int
    lapsed_on: dt.date


def expiry_day_of(as_of: dt.date | None, today: dt.date) -> dt.date:
    """The day of a run: the one named, else yesterday. Raises DayNotOver."""
    day = as_of or today - _ONE_DAY
    if day >= today:
        raise DayNotOver(as_of=day.isoformat(), day=today.isoformat())
    return day


def with_progress(pages: Pages, of: int, progress: Progress) -> Pages:
    """The pages; `progress` is told how many of `of` accounts are done after each."""
    done = 0
    for page in pages:
        yield page
        done += len(page)
        progress(done, of)


def would_lapse(pages: Pages, rules: Rules, as_of: dt.date) -> Iterator[LapsedLot]:
    """All that a run would record; writes nothing."""
    for page in pages:
        for account in page:
            yield from _lapsed(lapse(account, rules, as_of), account.member)


def record_lapses(
    pages: Pages,
    rules: Rules,
    as_of: dt.date,
    send: Callable[[list[Command]], Iterator[Outcome | JifenError]],
    said: dict[str, Any],
) -> Iterator[LapsedLot]:
    """Record what lapsed, account by account, and tell each lot that was recorded.

    `said` is what each command says beside its account and day.
    """
    for page in pages:
        due = [account for account in page if lapse(account, rules, as_of)]
        commands: list[Command] = [
            ExpirePoints(member=account.member, as_of=as_of, **said) for account in due
        ]
        for account, result in zip(due, send(commands), strict=True):
            if isinstance(result, JifenError):
                raise result
            yield from _lapsed(result.events, account.member)


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


def _lapsed(events: Iterable[Event], member: str) -> Iterator[LapsedLot]:
    for event in events:
        if isinstance(event, PointsExpired):
            (movement,) = event.movements
            yield LapsedLot(member, movement.lot, event.points_expired, event.lapsed_on)
