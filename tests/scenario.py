"""Given / when / then for decisions: what was, what is asked, what is decided.

    (given(enrolled(), awarded(100, expires_on="2026-12-31"))
        .when(redeem(60, at="2026-03-01T10:00+08:00"))
        .then(redeemed({"2026-12-31": 60})))

`given` runs its steps through the decisions themselves; `then` looks at the events alone, `left`
at the account after them. Times are ISO text; without a zone they are Shanghai's, and a bare day
means ten in the morning of it. Commands are of `m-001` unless they say otherwise. After every
command each account that it touched must be what its events fold to, and its points must add up
(RULES 29).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from ledger.account import Account
from ledger.case import Case, Stamp
from ledger.conservation import broken
from ledger.decisions import PROCEDURES
from ledger.decisions.admission import admit
from ledger.errors import Rejection
from ledger.evolve import evolve, fold
from ledger.movements import movements_total
from ledger.rules import Rulebook, Rules, make_rules, published
from ledger.story import Story, tell_story
from schemas.checking import checked
from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    CaptureHold,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    GiftPoints,
    HoldPoints,
    MemberCommand,
    MergeMembers,
    OpenPurse,
    PayIntoPurse,
    RecordPurchase,
    RedeemPoints,
    ReturnedItem,
    ReturnPurchase,
    ReverseRedemption,
    UndoAdjustment,
)
from schemas.events import (
    Event,
    PointsEvent,
    PointsRedeemed,
    ProgramPublished,
    PurchaseRecorded,
    TierChanged,
)
from schemas.program_file import load_program

MEMBER = "m-001"
OTHER = "m-002"
EARLY = "2026-01-01T10:00+08:00"
SHANGHAI = ZoneInfo("Asia/Shanghai")

HEAD = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01
"""

BASIC = (
    HEAD
    + """
[[earn]]
id = "base"
points = 1
per = "1.00"
"""
)

LADDER = (
    BASIC
    + """
[[tier]]
id = "silver"
threshold = "1000.00"

[[tier]]
id = "gold"
threshold = "5000.00"
multiplier = "1.5"
"""
)


def entry(section: str, **settings: Any) -> str:
    """A table of a program file; a day is written as a date, a dict as a table of its own line."""
    lines = [f"{name} = {_toml(value)}" for name, value in settings.items()]
    return "\n".join(["", f"[[{section}]]", *lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value)


def rules_of(text: str) -> Rules:
    """A program text made ready."""
    return make_rules(load_program(text), 1)


def instant(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
        if len(text) == len("2026-03-01"):
            moment += dt.timedelta(hours=10)
    return moment.astimezone(dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# -- commands ------------------------------------------------------------------------------------


def ask(kind: type[MemberCommand], *, at: str = EARLY, member: str = MEMBER, **said: Any) -> Any:
    """Any command, at a time."""
    return kind(member=member, occurred_at=instant(at), **said)


def enrolled(*members: str, at: str = EARLY, **said: Any) -> Any:
    """An enrolment: one command, or with several names a list of them."""
    if len(members) < 2:
        return ask(EnrolMember, at=at, member=members[0] if members else MEMBER, **said)
    return [ask(EnrolMember, at=at, member=member, **said) for member in members]


def awarded(points: int, *, expires_on: str | None = None, at: str = EARLY, **said: Any) -> Any:
    last_day = day(expires_on) if expires_on else None
    return ask(AwardPoints, at=at, points=points, reason="test", expires_on=last_day, **said)


def bought(amount_minor: int, *, at: str = EARLY, **said: Any) -> Any:
    said.setdefault("purchase_id", "p-1")
    return ask(RecordPurchase, at=at, amount_minor=amount_minor, **said)


def brought_back(amount_minor: int | None = None, *, at: str = EARLY, **said: Any) -> Any:
    """A return of `p-1`: of an amount, of lines {line: units, None for all of it}, or of all."""
    said.setdefault("purchase_id", "p-1")
    lines: dict[int, int | None] = said.pop("lines", {})
    items = tuple(ReturnedItem(line=line, quantity=units) for line, units in lines.items())
    return ask(
        ReturnPurchase, at=at, amount_minor=amount_minor, items=said.pop("items", items), **said
    )


def redeem(points: int, *, at: str = EARLY, **said: Any) -> Any:
    return ask(RedeemPoints, at=at, points=points, **said)


def hold(points: int, *, at: str = EARLY, name: str = "h-1", **said: Any) -> Any:
    return ask(HoldPoints, at=at, points=points, request_id=name, **said)


def capture(points: int | None = None, *, at: str = EARLY, name: str = "h-1", **said: Any) -> Any:
    return ask(CaptureHold, at=at, hold=name, points=points, **said)


def reverse(points: int | None = None, *, at: str = EARLY, of: str = "s-1", **said: Any) -> Any:
    return ask(ReverseRedemption, at=at, redemption=of, points=points, **said)


def adjust(points: int, *, at: str = EARLY, **said: Any) -> Any:
    return ask(AdjustPoints, at=at, points=points, operator="li", reason="recount", **said)


def undo(*, at: str = EARLY, of: str = "a-1", **said: Any) -> Any:
    return ask(UndoAdjustment, at=at, adjustment=of, operator="wang", reason="wrong", **said)


def expire(as_of: str, *, at: str, **said: Any) -> Any:
    return ask(ExpirePoints, at=at, as_of=day(as_of), **said)


def extend(until: str, *, at: str = EARLY, **said: Any) -> Any:
    return ask(ExtendLots, at=at, expires_on=day(until), operator="li", reason="closed", **said)


def gift(points: int, *, at: str = EARLY, to: str = OTHER, **said: Any) -> Any:
    return ask(GiftPoints, at=at, to=to, points=points, **said)


def merge(*, at: str = EARLY, other: str = OTHER, **said: Any) -> Any:
    return ask(MergeMembers, at=at, other=other, **said)


def purse(kind: type[MemberCommand] = OpenPurse, *, at: str = EARLY, **said: Any) -> Any:
    """A command about the purse `home`: open it unless told otherwise."""
    return ask(kind, at=at, purse="home", **said)


def pay_in(points: int, *, at: str = EARLY, **said: Any) -> Any:
    return purse(PayIntoPurse, at=at, points=points, **said)


class Recorded(NamedTuple):
    """A command that is recorded later than it happened."""

    command: MemberCommand
    now: dt.datetime


def recorded(command: MemberCommand, *, on: str) -> Recorded:
    return Recorded(command, instant(on))


# -- the scenario --------------------------------------------------------------------------------

Check = Callable[[Account, tuple[Event, ...]], None]
Step = MemberCommand | Recorded | list[MemberCommand]


class Scenario:
    """Accounts with their events, under the versions of one program.

    `account` is m-001's. `events` are those of the last command, `written` with their accounts;
    `before` is the command's own account before it.
    """

    def __init__(self, steps: tuple[Step, ...], program: str = BASIC) -> None:
        self._versions: list[ProgramPublished] = []
        self._requests = 0
        self.accounts: dict[str, Account] = {}
        self.histories: dict[str, list[Event]] = {}
        self.written: tuple[tuple[str, Event], ...] = ()
        self.refusal: Rejection | None = None
        self._all_before: dict[str, Account] = {}
        self.under(program)
        self.before = self.account
        self.and_then(*steps)

    @property
    def account(self) -> Account:
        return self.of(MEMBER)

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for _, event in self.written)

    def of(self, name: str) -> Account:
        """An account as it is now."""
        return self.accounts.get(name) or Account(name)

    def story_of(self, name: str) -> Story:
        return tell_story(name, lambda member: self.histories.get(member, []))

    def under(self, program: str) -> Scenario:
        """The same with one more version of the program."""
        version = len(self._versions) + 1
        event = published(
            program,
            load_program(program),
            version=version,
            occurred_at=instant(EARLY),
            source="test",
            request_id=f"v-{version}",
            operator="",
        )
        self._versions.append(event)
        self.rulebook = Rulebook(self._versions)
        return self

    def and_then(self, *steps: Step) -> Scenario:
        """More that was, before the next `when`."""
        for step in steps:
            for command in step if isinstance(step, list) else [step]:
                self._run(command)
        return self

    def when(self, step: MemberCommand | Recorded) -> Scenario:
        command = step.command if isinstance(step, Recorded) else step
        self.before, self.written, self.refusal = self.of(command.member), (), None
        self._all_before = dict(self.accounts)
        try:
            self._run(step)
        except Rejection as refusal:
            self.refusal = refusal
        return self

    def _run(self, step: MemberCommand | Recorded) -> None:
        asked, now = step if isinstance(step, Recorded) else (step, step.occurred_at)
        command, _ = checked(asked)
        self._requests += 1
        procedure = PROCEDURES[type(command)]
        case = self._case(command, now)
        admit(procedure, case, command)
        self.written = tuple(procedure.decide(case, command))
        for name, event in self.written:
            self.accounts[name] = evolve(self.of(name), event)
            self.histories.setdefault(name, []).append(event)
        for name in {name for name, _ in self.written}:
            assert fold(name, self.histories[name]) == self.of(name)
            assert list(broken(self.histories[name])) == []

    def _case(self, command: MemberCommand, now: dt.datetime | None) -> Case:
        """What the command is judged on; a story only where the table asks for one."""
        at = command.occurred_at
        assert at is not None
        rules = self.rulebook.at(at)
        request_id = command.request_id or f"r-{self._requests}"
        by = (command.source, request_id, command.operator, rules.version)
        stamp = Stamp(at, rules.day(at), *by, now)
        procedure = PROCEDURES[type(command)]
        name = procedure.other(command)

        def found(name: str) -> tuple[Account, Story | None]:
            account = self.of(name)
            needed = procedure.story(account, command, stamp, self.rulebook)
            return account, self.story_of(name) if needed else None

        account, story = found(command.member)
        other, other_story = found(name) if name else (None, None)
        return Case(account, rules, stamp, self.rulebook, story, other, other_story)

    def then(self, *checks: Check) -> Scenario:
        assert self.refusal is None, self.refusal
        for check in checks:
            check(self.before, self.events)
        return self

    def then_nothing(self) -> Scenario:
        """It was accepted, and wrote no event."""
        assert self.refusal is None, self.refusal
        assert self.events == ()
        return self

    def then_refused(self, kind: type[Rejection], **fields: Any) -> Scenario:
        assert type(self.refusal) is kind, self.refusal or self.events
        assert self.refusal.code == re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        assert {name: self.refusal.fields[name] for name in fields} == fields
        assert self.accounts == self._all_before, "a refusal writes nothing"
        return self

    def left(
        self,
        available: dict[int, int],
        *,
        of: str = MEMBER,
        held: dict[int, int] | None = None,
        debt: int = 0,
        ends: dict[int, str] | None = None,
    ) -> Scenario:
        """What is in the account's lots now, by number; `ends` are last good days of some."""
        account = self.of(of)
        assert {lot.number: lot.available for lot in account.lots if lot.available} == available
        assert {lot.number: lot.held for lot in account.lots if lot.held} == (held or {})
        assert account.debt == debt
        expires = {lot.number: str(lot.expires_on or "never") for lot in account.lots}
        assert {number: expires[number] for number in ends or {}} == (ends or {})
        return self


def given(*steps: Step, program: str = BASIC) -> Scenario:
    return Scenario(steps, program)


# -- checks --------------------------------------------------------------------------------------


def one(events: tuple[Event, ...], kind: type[Any]) -> Any:
    """The only event of a kind."""
    (event,) = [event for event in events if type(event) is kind]
    return event


def in_order(*kinds: type[Event]) -> Check:
    """Exactly events of these kinds, in this order."""

    def check(_: Account, events: tuple[Event, ...]) -> None:
        assert [type(event).__name__ for event in events] == [kind.__name__ for kind in kinds]

    return check


def wrote(kind: type[Event], *, nth: int | None = None, **fields: Any) -> Check:
    """The only event of a kind, or the `nth` of them from 0, says so.

    `available` and `held` {lot: points} and `debt` are all that it moves, where one is named;
    `at` and `on` are its time and day.
    """
    moves = {name: fields.pop(name) for name in ("available", "held", "debt") if name in fields}

    def check(_: Account, events: tuple[Event, ...]) -> None:
        some = [event for event in events if type(event) is kind]
        event: Any = some[nth] if nth is not None else one(events, kind)
        expected = dict(fields)
        if "at" in expected:
            assert event.occurred_at == instant(expected.pop("at"))
        if "on" in expected:
            assert event.occurred_on == day(expected.pop("on"))
        assert {name: getattr(event, name) for name in expected} == expected
        if moves:
            assert moved(event) == {"available": {}, "held": {}, "debt": 0} | moves

    return check


def moved(event: PointsEvent) -> dict[str, Any]:
    """Points by lot and bucket that an event moves."""
    found: dict[str, Any] = {"available": {}, "held": {}, "debt": 0}
    for movement in event.movements:
        if movement.bucket == "debt":
            found["debt"] += movement.points
        else:
            bucket = found[movement.bucket]
            bucket[movement.lot] = bucket.get(movement.lot, 0) + movement.points
    return found


def redeemed(lots: dict[str, int]) -> Check:
    """Points taken, by the last good day of the lots that they came from."""

    def check(before: Account, events: tuple[Event, ...]) -> None:
        event = one(events, PointsRedeemed)
        expiry = {lot.number: str(lot.expires_on or "never") for lot in before.lots}
        assert {expiry[m.lot]: -m.points for m in event.movements} == lots
        assert event.points_redeemed == sum(lots.values())

    return check


def earned_points(points: int) -> Check:
    def check(_: Account, events: tuple[Event, ...]) -> None:
        event = one(events, PurchaseRecorded)
        assert event.points_earned == points
        assert movements_total(event.movements) == points

    return check


def breakdown(*expected: str) -> Check:
    """The steps of a purchase in order: "rule points", the points exact."""

    def check(_: Account, events: tuple[Event, ...]) -> None:
        found = [(s.rule, Fraction(s.numerator, s.denominator)) for s in _steps(events)]
        assert [f"{rule} {points}" for rule, points in found] == list(expected)

    return check


def _steps(events: tuple[Event, ...]) -> Any:
    return one(events, PurchaseRecorded).breakdown


def tier_reached(tier: str, **fields: Any) -> Check:
    def check(_: Account, events: tuple[Event, ...]) -> None:
        event = one(events, TierChanged)
        shown = msgspec.structs.asdict(event)
        assert event.tier_to == tier
        assert {name: shown[name] for name in fields} == fields

    return check


def no_tier_change(_: Account, events: tuple[Event, ...]) -> None:
    assert not [event for event in events if type(event) is TierChanged]
