"""Runs over all accounts that record what is due, or only list it: expiry, reviews.

The accounts are read a page at a time, so memory does not grow with their number. Whether an
account has something to record is seen on what was read; the command judges again under the lock,
so a run may go on beside everything else, be stopped, and be repeated.

Shapes:
    Due    an account -> the events that a run would record of it, none for most
    Told   (account, event), one for each event of the run
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ledger.account import Account
from ledger.errors import CommandFailed, DayNotOver, JifenError
from ledger.outcome import Outcome
from schemas.commands import Command
from schemas.events import Event

PAGE: Final = 500
_ONE_DAY: Final = dt.timedelta(days=1)

Pages = Iterable[list[Account]]
Progress = Callable[[int, int], None]
Due = Callable[[Account], tuple[Event, ...]]
Told = Iterator[tuple[str, Event]]


def day_of_run(as_of: dt.date | None, today: dt.date) -> dt.date:
    """The day up to whose end a run goes: the one named, else yesterday. Raises DayNotOver."""
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


def rehearse(pages: Pages, due: Due) -> Told:
    """All that a run would record; writes nothing."""
    for page in pages:
        for account in page:
            for event in due(account):
                yield account.member, event


def record(
    pages: Pages,
    due: Due,
    ask: Callable[[Account], Command],
    send: Callable[[list[Command]], Iterator[Outcome | JifenError]],
) -> Told:
    """Record what is due, account by account, by the command that `ask` gives for it."""
    for page in pages:
        some = [account for account in page if due(account)]
        for account, result in zip(some, send([ask(account) for account in some]), strict=True):
            if isinstance(result, CommandFailed):
                continue  # What it was is raised when the others are told.
            if isinstance(result, JifenError):
                raise result
            for event in result.events:
                yield account.member, event
