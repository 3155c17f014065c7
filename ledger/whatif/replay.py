"""Facts lived again: each goes into the course as recorded, and into that of the other rules.

Shapes:
    Terms    what the facts are judged by
    Tally    what is counted over all accounts
    Replay   accounts that touch each other, in both courses
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from ledger.case import Stamp
from ledger.errors import Rejection
from ledger.rules import Rulebook, Rules
from ledger.whatif.closing import Closing, closing
from ledger.whatif.course import Course
from ledger.whatif.facts import BESIDE, Fact, Request, command_of, doing, run_of
from ledger.whatif.figures import MemberChange, Rounding
from schemas.events import Event, PointsEvent, PointsHeld, RebateGranted

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Terms(Struct, frozen=True):
    """What facts are judged by: the `other` program from the start of `since`, None from ever.

    `recorded` are the versions that the log has, `rulebook` the versions of the other course.
    """

    recorded: Rulebook
    rulebook: Rulebook
    other: Rules
    since: dt.date | None

    def covers(self, event: Event) -> bool:
        """Whether the other program judges a fact."""
        return self.since is None or event.occurred_on >= self.since

    def rules_for(self, event: Event) -> Rules:
        """The version that judges a fact: the other one, or that which it was recorded under.

        A rebate names the version that judged its period, which may be an earlier one.
        """
        if self.covers(event):
            return self.other
        if isinstance(event, RebateGranted):
            return self.rulebook.at(event.occurred_at)
        return self.rulebook.version(event.program_version)

    def closings(self, as_of: dt.date) -> Closings:
        """The end of a day in both courses."""
        zone = self.other.zone
        return Closings(closing(self.recorded, zone, as_of), closing(self.rulebook, zone, as_of))


class Closings(Struct, frozen=True):
    """The end of a day as recorded, and in the other course."""

    before: Closing
    after: Closing


class Refused(Struct):
    """Facts of one kind that are refused for one reason: how many, of how many points units."""

    facts: int = 0
    points: int = 0


class Tally(Struct):
    """Counted over any number of accounts.

    `refused` goes by (command, code).
    """

    refused: dict[tuple[str, str], Refused] = field(default_factory=dict)
    before: Rounding = field(default_factory=Rounding)
    after: Rounding = field(default_factory=Rounding)

    def refuse(self, command: str, code: str, points: int, facts: int = 1) -> None:
        """Facts that are not covered."""
        refused = self.refused.setdefault((command, code), Refused())
        refused.facts += facts
        refused.points += points

    def merge(self, other: Tally) -> None:
        """What was counted elsewhere, too."""
        self.before.merge(other.before)
        self.after.merge(other.after)
        for (command, code), refused in other.refused.items():
            self.refuse(command, code, refused.points, refused.facts)


class Replay:
    """The two courses of accounts that touch each other."""

    def __init__(self, terms: Terms, tally: Tally) -> None:
        self._terms = terms
        self._tally = tally
        self.before = Course()
        self.after = Course()
        self.parted = terms.since is None
        self._refused: dict[str, Refused] = {}

    def tell(self, recorded: Request) -> None:
        """All that was recorded of the accounts, in the order of the log."""
        recorded = [row for row in recorded if type(row[2]) not in BESIDE]
        start, end = 0, len(recorded)
        while start < end:
            first, stop = recorded[start][2], start + 1
            while stop < end and _same_request(first, recorded[stop][2]):
                stop += 1
            self._request(recorded[start:stop])
            start = stop

    def _request(self, request: Request) -> None:
        did = doing(request)
        if not self.parted and did is not None and self._terms.covers(did[1]):
            self.parted = True
            self.after = self.before.parted()
        if self.parted:
            now = _EPOCH + dt.timedelta(microseconds=request[0][1])
            if did is None:
                self._run(request, now)
            else:
                self._judge(request, *did, now)
        for name, _, event in request:
            self.before.tell(name, event)

    def _judge(self, request: Request, name: str, event: Event, now: dt.datetime) -> None:
        """What people did in a request, in the other course; it may be refused there."""
        terms = self._terms
        rules = terms.rules_for(event)
        fact = Fact(name, event, request, terms.recorded, rules, self.before, self.after)
        command = command_of(fact)
        stamp = Stamp(
            event.occurred_at,
            event.occurred_on,
            event.source,
            event.request_id,
            event.operator,
            rules.version,
            now,
        )
        try:
            self.after.judge(command, rules, stamp, terms.rulebook)
        except Rejection as error:
            points = points_of(event)
            self._tally.refuse(type(command).__name__, error.code, points)
            refused = self._refused.setdefault(name, Refused())
            refused.facts += 1
            refused.points += points

    def _run(self, request: Request, now: dt.datetime) -> None:
        """A run came by; when it does so changes little (docs/life.md)."""
        rules = self._terms.rulebook.current(now)
        command, earliest = run_of(request, rules)
        day = max(rules.day(now), earliest)
        event = request[0][2]
        stamp = Stamp(now, day, event.source, event.request_id, event.operator, rules.version, now)
        self.after.judge(command, rules, stamp, self._terms.rulebook)

    def changes(self, closings: Closings) -> Iterator[MemberChange]:
        """Each account in both courses, as of the end of a day."""
        tally = self._tally
        if not self.parted:
            self.parted, self.after = True, self.before.parted()
        self.before.settle(closings.before)
        self.after.settle(closings.after)
        for name, side in self.before.sides.items():
            account = side.account
            refused = self._refused.get(name, _NOTHING)
            yield MemberChange(
                name,
                self.before.figures(name, closings.before, tally.before),
                self.after.figures(name, closings.after, tally.after),
                not (account.is_purse or account.closed or account.merged_into),
                refused.facts,
                refused.points,
            )


def _same_request(one: Event, other: Event) -> bool:
    return one.request_id == other.request_id and one.source == other.source


_NOTHING: Final = Refused()


def points_of(event: Event) -> int:
    """The points units that a fact was about, as recorded."""
    if isinstance(event, PointsHeld):
        return event.points_held
    if isinstance(event, PointsEvent) and event.headline:
        return abs(int(getattr(event, event.headline)))
    return 0
