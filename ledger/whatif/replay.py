"""Facts lived again: each goes into the course as recorded, and into that of the other rules.

Shapes:
    Terms    what the facts are judged by
    Tally    what is counted over all accounts
    Replay   accounts that touch each other, in both courses
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.alliance import NO_ALLIANCE, Alliance
from ledger.case import Stamp
from ledger.decisions.plain_purchases import PlainRun
from ledger.errors import Rejection
from ledger.partners import AtPartner, bought_there, spent_there
from ledger.rules import Rulebook, Rules
from ledger.whatif.closing import Closing, closing
from ledger.whatif.course import Course, Recorded
from ledger.whatif.facts import BESIDE, Fact, Request, command_of, doing, run_of
from ledger.whatif.figures import Figures, MemberChange, Rounding
from schemas.events import (
    Event,
    PointsEvent,
    PointsHeld,
    PointsRedeemed,
    PurchaseRecorded,
    RebateGranted,
)

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Terms(Struct, frozen=True):
    """What facts are judged by: the `other` program from the start of `since`, None from ever.

    `recorded` are the versions that the log has, `rulebook` the versions of the other course;
    partners are as recorded in both.
    """

    recorded: Rulebook
    rulebook: Rulebook
    other: Rules
    since: dt.date | None
    alliance: Alliance = NO_ALLIANCE

    def covers(self, event: Event) -> bool:
        """Whether the other program judges a fact."""
        return self.since is None or event.occurred_on >= self.since

    def rules_for(self, event: Event) -> Rules:
        """The version that judges a fact: the other one, or that which it was recorded under.

        A rebate names the version that judged its period, which may be an earlier one.
        """
        if self.since is None or event.occurred_on >= self.since:
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


Decided = list[tuple[str, Event]]
"""What a request comes to: events with the account that each belongs to."""


class Refused(Struct):
    """Facts of one kind that are refused for one reason: how many, of how many points units."""

    facts: int = 0
    points: int = 0


class Tally(Struct):
    """Counted over any number of accounts.

    `refused` goes by (command, code). How purchases were rounded is in `same` for accounts whose
    courses are.
    """

    refused: dict[tuple[str, str], Refused] = field(default_factory=dict)
    before: Rounding = field(default_factory=Rounding)
    after: Rounding = field(default_factory=Rounding)
    same: Rounding = field(default_factory=Rounding)

    def refuse(self, command: str, code: str, points: int, facts: int = 1) -> None:
        """Facts that are not covered."""
        refused = self.refused.setdefault((command, code), Refused())
        refused.facts += facts
        refused.points += points

    def merge(self, other: Tally) -> None:
        """What was counted elsewhere, too."""
        self.before.merge(other.before)
        self.after.merge(other.after)
        self.same.merge(other.same)
        for (command, code), refused in other.refused.items():
            self.refuse(command, code, refused.points, refused.facts)


class Replay:
    """The two courses of accounts that touch each other; one, as long as they are the same."""

    def __init__(self, terms: Terms, tally: Tally) -> None:
        self._terms = terms
        self._tally = tally
        self._begun = terms.since is None
        self._before = self.after = Course()
        self._untold: list[Recorded] = []
        self._refused: dict[str, Refused] = {}
        self._runs: dict[str, PlainRun] = {}

    @property
    def before(self) -> Course:
        """The course as recorded; told only when something is asked of it, which is seldom."""
        if self._untold:
            self._before.tell([(name, event) for name, _, event in self._untold])
            self._untold = []
        return self._before

    @property
    def parted(self) -> bool:
        """Whether anything was different so far."""
        return self.after is not self._before

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """All that was recorded of the accounts, in the order of the log."""
        request: list[Recorded] = []
        request_id = source = ""
        for row in recorded:
            event = row[2]
            if type(event) in BESIDE:
                continue
            if event.request_id != request_id or event.source != source:
                if request:
                    self._request(request)
                request, request_id, source = [row], event.request_id, event.source
            else:
                request.append(row)
        if request:
            self._request(request)

    def _request(self, request: Request) -> None:
        did = doing(request)
        if not self._begun:
            if did is None or not self._terms.covers(did[1]):
                self._untold += request
                return
            self._begun, self.after = True, self.before
        decided = self._plainly(request) if len(request) == 1 else None
        if decided is None:
            now = _instant(request[0][1])
            decided = self._run(request, now) if did is None else self._judged(request, *did, now)
            for name, _ in decided:
                self._runs.pop(name, None)
        if not self.parted:
            if _same(decided, request):
                self.after.tell(decided)
                return
            self.after = self.before.parted()
        self.after.tell(decided)
        self._untold += request

    def _plainly(self, request: Request) -> Decided | None:
        """A purchase of which only the rate decides; None for all else."""
        name, _, event = request[0]
        terms, run = self._terms, self._runs.get(name)
        if type(event) is not PurchaseRecorded or not terms.covers(event):
            return None
        if run is None:
            account = self.after.account(name)
            run = PlainRun.on_from(account, terms.other, terms.rulebook)
            if run is None:
                return None
            self._runs[name] = run
        purchase = run.again(event)
        return None if purchase is None else [(name, purchase)]

    def _judged(self, request: Request, name: str, event: Event, now: dt.datetime) -> Decided:
        """What it comes to, in the other course, that people did; nothing where it is refused."""
        terms = self._terms
        rules = terms.rules_for(event)
        command = command_of(Fact(name, event, request, terms.recorded, rules, self))
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
            at = _where(event, terms.alliance)
            return self.after.judge(command, rules, stamp, terms.rulebook, terms.alliance, at)
        except Rejection as error:
            points = points_of(event)
            self._tally.refuse(type(command).__name__, error.code, points)
            refused = self._refused.setdefault(name, Refused())
            refused.facts += 1
            refused.points += points
            return []

    def _run(self, request: Request, now: dt.datetime) -> Decided:
        """A run comes by; when it does so changes little (docs/life.md)."""
        rules = self._terms.rulebook.current(now)
        command, earliest = run_of(request, rules)
        day = max(rules.day(now), earliest)
        event = request[0][2]
        stamp = Stamp(now, day, event.source, event.request_id, event.operator, rules.version, now)
        return self.after.judge(command, rules, stamp, self._terms.rulebook)

    def changes(self, closings: Closings) -> Iterator[MemberChange]:
        """Each account in both courses, as of the end of a day."""
        before, runs = self.before, closings.before.runs or closings.after.runs
        if runs and not self.parted:
            self.after = before.parted()
        before.settle(closings.before)
        if self.parted:
            self.after.settle(closings.after)
        for name, side in before.sides.items():
            account = side.account
            refused = self._refused.get(name, _NOTHING)
            yield MemberChange(
                name,
                *self._figures(name, closings),
                not (account.is_purse or account.closed or account.merged_into),
                refused.facts,
                refused.points,
            )

    def _figures(self, name: str, closings: Closings) -> tuple[Figures, Figures]:
        """What became of an account in both courses."""
        tally, before, after = self._tally, self.before, self.after
        if self.parted:
            return (
                before.figures(name, closings.before, tally.before),
                after.figures(name, closings.after, tally.after),
            )
        same = before.figures(name, closings.before, tally.same)
        tier = before.tier(name, closings.after)
        return same, same if tier == same.tier else replace(same, tier=tier)


def _where(event: Event, alliance: Alliance) -> AtPartner | None:
    """The partner that a fact was at, as it was for it then (docs/whatif.md)."""
    if isinstance(event, PurchaseRecorded):
        return bought_there(alliance, event)
    return spent_there(event) if isinstance(event, PointsRedeemed | PointsHeld) else None


@lru_cache(maxsize=1024)
def _instant(recorded_at: int) -> dt.datetime:
    """When it was recorded; all that a commit has was recorded at once."""
    return _EPOCH + dt.timedelta(microseconds=recorded_at)


def _same(decided: Decided, request: Request) -> bool:
    """Whether the same was decided as was recorded, by whatever version of the program."""
    if len(decided) != len(request):
        return False
    for (name, event), (there, _, recorded) in zip(decided, request, strict=True):
        if name != there:
            return False
        if event != recorded:
            version = recorded.program_version
            if version == event.program_version or recorded != replace(
                event, program_version=version
            ):
                return False
    return True


_NOTHING: Final = Refused()


def points_of(event: Event) -> int:
    """The points units that a fact was about, as recorded."""
    if isinstance(event, PointsHeld):
        return event.points_held
    if isinstance(event, PointsEvent) and event.headline:
        return abs(int(getattr(event, event.headline)))
    return 0
