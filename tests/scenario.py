"""Given / when / then for decisions: what was, what is asked, what is decided.

    (given(enrolled(), awarded(100, expires_on="2026-12-31"))
        .when(redeem(60, at="2026-03-01T10:00+08:00"))
        .then(redeemed({"2026-12-31": 60})))

`given` runs its steps through the decisions themselves; `then` looks at the events alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from ledger.account import Account, evolve
from ledger.decisions import DECISIONS, Stamp
from ledger.errors import Rejection
from ledger.rules import Rules, make_rules
from schemas.commands import AwardPoints, EnrolMember, MemberCommand, RecordPurchase, RedeemPoints
from schemas.events import Event, PointsRedeemed, PurchaseRecorded, TierChanged
from schemas.program import load_program

MEMBER = "m-001"
EARLY = "2026-01-01T10:00+08:00"

BASIC = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01

[[earn]]
id = "base"
points = 1
per = "1.00"
"""

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


def rules_of(text: str) -> Rules:
    """A program text made ready."""
    return make_rules(load_program(text), 1)


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def enrolled(*, at: str = EARLY) -> MemberCommand:
    return EnrolMember(member=MEMBER, occurred_at=instant(at))


def awarded(points: int, *, expires_on: str | None = None, at: str = EARLY) -> MemberCommand:
    last_day = day(expires_on) if expires_on else None
    return AwardPoints(
        member=MEMBER, points=points, reason="test", expires_on=last_day, occurred_at=instant(at)
    )


def bought(amount_minor: int, *, at: str = EARLY, **said: Any) -> MemberCommand:
    said.setdefault("purchase_id", "p-1")
    return RecordPurchase(member=MEMBER, amount_minor=amount_minor, occurred_at=instant(at), **said)


def redeem(points: int, *, at: str = EARLY) -> MemberCommand:
    return RedeemPoints(member=MEMBER, points=points, occurred_at=instant(at))


Check = Callable[[Account, tuple[Event, ...]], None]


class Scenario:
    """One account, under one program."""

    def __init__(self, steps: tuple[MemberCommand, ...], program: str = BASIC) -> None:
        self.rules = rules_of(program)
        self.account = Account(MEMBER)
        self.before = self.account
        self.events: tuple[Event, ...] = ()
        self.refusal: Rejection | None = None
        for step in steps:
            self._run(step)

    def under(self, program: str) -> Scenario:
        """The same under other rules from here on."""
        self.rules = rules_of(program)
        return self

    def when(self, command: MemberCommand) -> Scenario:
        self.before, self.events, self.refusal = self.account, (), None
        try:
            self._run(command)
        except Rejection as refusal:
            self.refusal = refusal
        return self

    def _run(self, command: MemberCommand) -> None:
        at = command.occurred_at
        assert at is not None
        stamp = Stamp(at, self.rules.day(at), "test", "r", "", self.rules.version)
        self.events = DECISIONS[type(command)](self.account, self.rules, command, stamp)
        for event in self.events:
            self.account = evolve(self.account, event)

    def then(self, *checks: Check) -> Scenario:
        assert self.refusal is None, self.refusal
        for check in checks:
            check(self.before, self.events)
        return self

    def then_refused(self, kind: type[Rejection], **fields: Any) -> Scenario:
        assert type(self.refusal) is kind, self.refusal or self.events
        assert {name: self.refusal.fields[name] for name in fields} == fields
        assert self.account == self.before, "a refusal writes nothing"
        return self


def given(*steps: MemberCommand, program: str = BASIC) -> Scenario:
    return Scenario(steps, program)


def one(events: tuple[Event, ...], kind: type[Any]) -> Any:
    """The only event of a kind."""
    (event,) = [event for event in events if type(event) is kind]
    return event


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
        assert sum(m.points for m in event.movements) == points

    return check


def tier_reached(tier: str, **fields: Any) -> Check:
    def check(_: Account, events: tuple[Event, ...]) -> None:
        event = one(events, TierChanged)
        shown = msgspec.structs.asdict(event)
        assert event.tier_to == tier
        assert {name: shown[name] for name in fields} == fields

    return check


def no_tier_change(_: Account, events: tuple[Event, ...]) -> None:
    assert not [event for event in events if type(event) is TierChanged]
