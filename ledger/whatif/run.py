"""A what-if over all accounts: split over processes by streams, summed up as they come.

Shapes:
    WhatIf   each account's change as it is iterated; the report after that
    Asked    what is asked, of which log
    Job      what all processes know
    Task     the accounts that one of them lives again
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Final

from msgspec import Struct, msgpack
from msgspec.structs import replace

from ledger.alliance import NO_ALLIANCE, Alliance
from ledger.decisions.publish import decide_publish
from ledger.errors import FactsAfterDay
from ledger.rules import Rulebook
from ledger.store.scan import Scan, Stretch
from ledger.whatif.course import Recorded
from ledger.whatif.crew import Crew, usable_cores
from ledger.whatif.figures import MemberChange
from ledger.whatif.links import Link, groups_of, links_in, pays_referrals, topics_of_links
from ledger.whatif.replay import Replay, Tally, Terms
from ledger.whatif.report import Report, Summing
from schemas.codec import decode_event
from schemas.commands import PublishProgram
from schemas.events import ProgramPublished, member_of
from schemas.program import Program
from schemas.values import start_of_day, zone_named

Progress = Callable[[int, int], None]
Group = Sequence[str]

_EVER: Final = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_ROWS: Final = 5_000
_SURVEYED: Final = 100_000
_GROUPS: Final = 50
_WORTH_A_PROCESS: Final = 20_000
"""Rows; starting a process takes as long as reading about as many."""

_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(list[MemberChange]).decode


class Asked(Struct, frozen=True):
    """What is asked: the text of a `program`, of the log that `scan` reads.

    `path` is the store's file for other processes, None where there is none; `versions` are the
    program's so far, `alliance` the partners, `now` is the time by the clock.
    """

    path: str | None
    scan: Scan
    versions: tuple[ProgramPublished, ...]
    program: str
    now: dt.datetime
    since: dt.date | None = None
    as_of: dt.date | None = None
    alliance: Alliance = NO_ALLIANCE

    def job(self) -> Job:
        """The same for workers. Raises InvalidProgram, ProgramMismatch."""
        command = PublishProgram(content=self.program)
        other = decide_publish(Rulebook(self.versions), command, self.now, "what-if")
        return Job(self.path, self.scan.last, self.versions, other, self.since, self.alliance)


class Job(Struct, frozen=True, dict=True):
    """All that a worker has to know; without a `path` there are no workers."""

    path: str | None
    last: int
    versions: tuple[ProgramPublished, ...]
    other: ProgramPublished
    since: dt.date | None
    alliance: Alliance = NO_ALLIANCE

    @cached_property
    def terms(self) -> Terms:
        """What the facts are judged by."""
        kept: list[ProgramPublished] = []
        starts, version = _EVER, self.versions[-1].version if self.versions else 1
        if self.since is not None:
            version = self.other.version
            starts = start_of_day(self.since, zone_named(self.other.zone))
            kept = [version for version in self.versions if version.effective_from < starts]
        # Alone it goes by the newest number that there is, so that the same events are the same.
        other = replace(self.other, effective_from=starts, version=version)
        recorded, rulebook = Rulebook(self.versions or (other,)), Rulebook([*kept, other])
        return Terms(recorded, rulebook, rulebook.version(version), self.since, self.alliance)

    @property
    def referrals(self) -> bool:
        """Whether it matters who brought whom."""
        return pays_referrals(version.program for version in (*self.versions, self.other))


class Task(Struct, frozen=True):
    """Accounts to live again: those of a stretch but for the `linked`, or of groups."""

    as_of: dt.date
    stretch: Stretch | None = None
    linked: frozenset[str] = frozenset()
    groups: Sequence[Group] = ()


class WhatIf:
    """Give each account's change when iterated, once; what they come to is in `report` then.

    `progress` is told how many rows of how many are done.
    """

    def __init__(
        self, asked: Asked, *, processes: int | None = None, progress: Progress | None = None
    ) -> None:
        self._asked = asked
        self._job = asked.job()
        self._progress = progress
        few = self._job.last < _WORTH_A_PROCESS
        self._processes = processes or (1 if few else usable_cores())
        self._report: Report | None = None

    @property
    def program(self) -> Program:
        """The other program."""
        return self._job.other.program

    @property
    def report(self) -> Report:
        """What it came to; goes through the accounts first where nobody has."""
        if self._report is None:
            for _ in self:
                pass
        assert self._report is not None
        return self._report

    def __iter__(self) -> Iterator[MemberChange]:
        """Raises FactsAfterDay."""
        job = self._job
        with Crew(job, self._asked.scan, self._processes) as crew:
            groups, as_of = self._survey(crew)
            summing, done = Summing(job.since, as_of), 0
            for changes, tally, rows in crew.map(_live, _tasks(self._asked.scan, groups, as_of)):
                summing.tally.merge(tally)
                for change in _decode(changes):
                    summing.add(change)
                    yield change
                done += rows
                if self._progress is not None:
                    self._progress(done, job.last)
        self._report = summing.report(job.terms.closings(as_of))

    def _survey(self, crew: Crew[Job]) -> tuple[list[Group], dt.date]:
        """The accounts that touch each other, and the day that all is looked at."""
        links: list[Link] = []
        last: dt.date | None = None
        for found, day in crew.map(_survey, range(0, self._job.last, _SURVEYED)):
            links += found
            last = max(last or day, day) if day is not None else last
        as_of = self._asked.as_of
        if as_of is not None and last is not None and as_of < last:
            raise FactsAfterDay(as_of=as_of.isoformat(), last=last.isoformat())
        today = self._job.terms.other.day(self._asked.now)
        return groups_of(links), as_of or last or today


def _tasks(scan: Scan, groups: list[Group], as_of: dt.date) -> Iterator[Task]:
    """Groups first, since some may take long; then all the others, a stretch at a time."""
    for at in range(0, len(groups), _GROUPS):
        yield Task(as_of, groups=groups[at : at + _GROUPS])
    linked = sorted(stream for group in groups for stream in group)
    for stretch in scan.stretches(_ROWS):
        after, through = (bisect_right(linked, stream) for stream in stretch)
        yield Task(as_of, stretch, frozenset(linked[after:through]))


# -- what workers do -----------------------------------------------------------------------------


def _survey(job: Job, scan: Scan, after: int) -> tuple[list[Link], dt.date | None]:
    """The links, and the latest day, among so many rows after a position."""
    through = min(after + _SURVEYED, job.last)
    rows, last_day = scan.survey(topics_of_links(referrals=job.referrals), after, through)
    return links_in(rows), last_day


def _live(job: Job, scan: Scan, task: Task) -> tuple[bytes, Tally, int]:
    """The changes of a task's accounts, what was counted, and how many events it was."""
    tally, closings = Tally(), job.terms.closings(task.as_of)
    changes: list[MemberChange] = []
    count = 0
    for recorded in _units(scan, task):
        replay = Replay(job.terms, tally)
        replay.tell(recorded)
        changes += replay.changes(closings)
        count += len(recorded)
    return _encode(changes), tally, count


def _units(scan: Scan, task: Task) -> Iterator[list[Recorded]]:
    """What was recorded of accounts that are lived again together, in the order of the log."""
    for group in task.groups:
        yield [
            (member_of(stream), recorded_at, decode_event(topic, state))
            for stream, recorded_at, topic, state in scan.together(group)
        ]
    if task.stretch is not None:
        for stream, rows in groupby(scan.streams(task.stretch), key=itemgetter(0)):
            if stream not in task.linked:
                name = member_of(stream)
                yield [(name, at, decode_event(topic, state)) for _, at, topic, state in rows]
