"""The versions of the program as they were published, and when each holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from ledger.readings import RecordedEvent
from schemas.events import ProgramPublished
from schemas.program import Program


class ProgramVersion(Struct, frozen=True):
    """A version, its file's text, and when it holds: from `effective_from` to before `until`.

    `until` is None for the last; where it is `effective_from`, another version took its place
    before it held at all. `in_force` tells whether it holds now.
    """

    version: int
    program: Program
    content: str
    effective_from: dt.datetime
    until: dt.datetime | None
    in_force: bool
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    operator: str
    source: str
    request_id: str
    position: int


def versions_of(recorded: Iterable[RecordedEvent], now: dt.datetime) -> tuple[ProgramVersion, ...]:
    """The versions in a program's stream, by number.

    Of two that take effect at the same time the later one holds.
    """
    published = [(r, r.event) for r in recorded if isinstance(r.event, ProgramPublished)]
    published.sort(key=lambda row: (row[1].effective_from, row[1].version))
    ends = [event.effective_from for _, event in published[1:]]
    versions = [
        ProgramVersion(
            version=event.version,
            program=event.program,
            content=event.content,
            effective_from=event.effective_from,
            until=until,
            in_force=event.effective_from <= now and (until is None or now < until),
            occurred_at=event.occurred_at,
            recorded_at=row.recorded_at,
            operator=event.operator,
            source=event.source,
            request_id=event.request_id,
            position=row.position,
        )
        for (row, event), until in zip(published, [*ends, None], strict=True)
    ]
    return tuple(sorted(versions, key=lambda version: version.version))
