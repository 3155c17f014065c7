"""A ledger's log lived again under a program, event by event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace

from ledger import Ledger
from ledger.store.scan import Scan
from ledger.whatif import Asked
from ledger.whatif.replay import Replay, Tally
from schemas.events import Event

OPENING = dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)

PLAIN = """
id = "shop"
name = "Shop"
currency = "CNY"
effective_from = 2020-01-01

[[earn]]
id = "base"
points = 1
per = "1.00"
"""
"""A point for each whole yuan; nothing lapses, nothing is limited."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def lived_again(
    ledger: Ledger, accounts: Iterable[str], program: str, since: dt.date | None = None
) -> tuple[Replay, Tally]:
    """All of the accounts together, as if they touched each other."""
    asked = Asked(
        path=None,
        scan=Scan(ledger._recorder.file.rows, ledger.position),
        versions=tuple(ledger._application.programs()),
        program=program,
        now=ledger._clock(),
        since=since,
        alliance=ledger._application.alliance(),
    )
    tally = Tally()
    replay = Replay(asked.job().terms, tally)
    rows = sorted(
        (recorded.position, name, (recorded.recorded_at - _EPOCH) // _MICROSECOND, recorded.event)
        for name in accounts
        for recorded in ledger.history(name)
    )
    replay.tell([row[1:] for row in rows])
    return replay, tally


def assert_lived_the_same(ledger: Ledger, accounts: Iterable[str]) -> None:
    """Under the program that there is, the same facts have the same events.

    Where there are several versions, under the last one from its first day on, unless facts about
    those days were recorded before it was there.
    """
    names = list(accounts)
    versions = ledger._application.programs()
    newest = max(versions, key=lambda version: (version.effective_from, version.version))
    since = newest.program.effective_from if len(versions) > 1 else None
    recorded = {name: [row.event for row in ledger.history(name)] for name in names}
    if since is not None:
        of_its_days = [e for events in recorded.values() for e in events if e.occurred_on >= since]
        if any(event.program_version != newest.version for event in of_its_days):
            return
    replay, tally = lived_again(ledger, names, newest.content, since)
    assert not tally.refused
    course = replay.after if replay.parted else replay.before
    for name in names:
        side = course.sides.get(name)
        assert _plain(side.events if side else ()) == _plain(recorded[name]), name


def _plain(events: Iterable[Event]) -> list[Event]:
    """Whatever version of the program they name."""
    return [replace(event, program_version=0) for event in events]
