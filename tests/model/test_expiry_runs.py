"""When the expiry run comes, how often, and between what, changes nothing (RULES 8).

The same commands go to two ledgers; to one of them expiry runs come in between, at any time and for
any day that is over. Every command must have the same result, and every day the same balance.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger import JifenError, Ledger, ManualClock, Outcome
from schemas.commands import (
    AwardPoints,
    Command,
    EnrolMember,
    ExpirePoints,
    JoinPurse,
    OpenPurse,
    RedeemPoints,
    ReleaseHold,
    ReturnPurchase,
)
from schemas.events import PointsEvent, PointsExpired
from tests.model.memory import PURSE, Draw
from tests.model.telling import Teller
from tests.strategies import EARLIEST, Shape, programs, shapes

START = dt.datetime(2026, 1, 30, 16, tzinfo=dt.UTC)
SHAPES = shapes(("holds", "returns", "redemption", "lines", "bonus", "reward"), most=4)
BACK = st.sampled_from([0, 0, 0, -1, -20, -31, -45, -100])
"""Days that a command comes late."""
STEPS = st.sampled_from([0, 0, 0, 1, 20, 29, 31, 70])
KINDS = (
    *("purchase", "award", "adjustment", "undoing", "redemption", "redemption", "hold", "hold"),
    *("end_of_hold", "reversal", "reversal", "giving_back", "giving_back", "gift", "payment"),
    "withdrawal",
)


@dataclass
class Twins:
    """A ledger that expiry runs come to, and one that they don't come to."""

    clock: ManualClock
    without: Ledger
    with_runs: Ledger
    runs: int = 0
    days: set[dt.date] = field(default_factory=set)

    def send(self, command: Command) -> bool:
        """The same to both; whether it was accepted."""
        results = [result_of(ledger, command) for ledger in (self.without, self.with_runs)]
        assert results[0] == results[1], command
        return not isinstance(results[0], str)

    def run(self, account: str, days: int) -> None:
        """An expiry run as of so many days ago."""
        as_of = self.without.today() - dt.timedelta(days=days)
        self.runs += 1
        self.with_runs.execute(
            ExpirePoints(member=account, as_of=as_of, request_id=f"run-{self.runs}")
        )

    def available(self, account: str, day: dt.date) -> int:
        return self.without.balance(account, on=day).available

    def check(self, accounts: list[str]) -> None:
        """Every day has the same balance in both."""
        today = self.without.today()
        days = {today + dt.timedelta(days=n) for n in (-60, -31, -1, 0, 1, 31, 400)} | self.days
        for account in accounts:
            for day in sorted(days):
                ours, theirs = (
                    seen(ledger, account, day) for ledger in (self.without, self.with_runs)
                )
                assert ours == theirs, (account, day)


def result_of(ledger: Ledger, command: Command) -> str | list[tuple[str, int]]:
    """What came of a command: the headlines of its events, or the code of the refusal.

    What expired or came back on the way is not part of it.
    """
    try:
        outcome: Outcome = ledger.execute(command)
    except JifenError as error:
        return error.code
    return [
        (type(event).__name__, int(getattr(event, event.headline)))
        for event in outcome.events
        if isinstance(event, PointsEvent) and event.headline and event.contra != "expired"
    ]


def seen(ledger: Ledger, account: str, day: dt.date) -> dict[str, int]:
    balance = msgspec.structs.asdict(ledger.balance(account, on=day))
    return {name: balance[name] for name in ("available", "pending", "held", "debt", "balance")}


@given(st.data(), SHAPES, st.integers(5, 30))
def test_expiry_runs_in_between_change_no_result_and_no_balance(
    data: st.DataObject, shape: Shape, steps: int
) -> None:
    program, clock = data.draw(programs(shape, EARLIEST)), ManualClock(START)
    with (
        Ledger(":memory:", program=program, clock=clock) as without,
        Ledger(":memory:", program=program, clock=clock) as with_runs,
    ):
        twins = Twins(clock, without, with_runs)
        teller = Teller(shape, twins.available, clock)
        for command in opening():
            twins.send(command)
            teller.remember(command)
        for number in range(steps):
            clock.advance(days=data.draw(STEPS))
            for account in data.draw(st.lists(st.sampled_from(teller.accounts()), max_size=2)):
                twins.run(account, data.draw(st.sampled_from([1, 1, 2, 30])))
            command = think(data.draw, teller, number, clock)
            if twins.send(command):
                teller.remember(command)
            if command.occurred_at:
                twins.days.add(command.occurred_at.date())
        twins.check(teller.accounts())


def opening() -> list[Command]:
    """Two members, and a purse that both are in."""
    enrolments = [EnrolMember(member=name, request_id=f"enrol-{name}") for name in ("ann", "bo")]
    purse = [
        OpenPurse(member="ann", purse="home", request_id="purse"),
        JoinPurse(member="bo", purse="home", request_id="join"),
    ]
    return [*enrolments, *purse]


def think(draw: Draw, teller: Teller, number: int, clock: ManualClock) -> Command:
    """A command that makes sense, about a purse where it may be; it may be recorded late."""
    kind, at = draw(st.sampled_from(KINDS)), clock() + dt.timedelta(days=draw(BACK))
    said: dict[str, Any] = {"request_id": f"r-{number}", "occurred_at": at}
    members = kind in ("purchase", "award", "giving_back", "gift", "payment", "withdrawal")
    account = draw(st.sampled_from(["ann", "ann", "bo"] + ([] if members else [PURSE])))
    command: Command = getattr(teller, kind)(draw, account, said)
    if isinstance(command, AwardPoints):
        command = alive(command, at)
    if isinstance(command, ReleaseHold):  # a release counts when it is recorded
        return msgspec.structs.replace(command, occurred_at=clock())
    return not_before_what_it_answers(command, teller.told)


def alive(award: AwardPoints, at: dt.datetime) -> Command:
    """The award; its points do not lapse before they are given."""
    ended = award.expires_on is not None and award.expires_on <= at.date()
    return msgspec.structs.replace(award, expires_on=None) if ended else award


def not_before_what_it_answers(command: Command, told: list[Command]) -> Command:
    """Nothing is captured, returned, reversed or undone before it was there."""
    for name in ("hold", "redemption", "adjustment"):
        for earlier in told:
            if getattr(command, name, "") == earlier.request_id:
                return later_of(command, earlier)
    if isinstance(command, ReturnPurchase):
        for earlier in told:
            if getattr(earlier, "purchase_id", "") == command.purchase_id:
                return later_of(command, earlier)
    return command


def later_of(command: Command, earlier: Command) -> Command:
    assert command.occurred_at
    assert earlier.occurred_at
    at = max(command.occurred_at, earlier.occurred_at)
    return msgspec.structs.replace(command, occurred_at=at)


def test_points_that_a_run_expired_are_there_for_a_redemption_of_a_day_before() -> None:
    program = 'id = "shop"\nname = "Shop"\ncurrency = "CNY"\neffective_from = 2020-01-01\n'
    clock = ManualClock(START)
    with Ledger(":memory:", program=program, clock=clock) as ledger:
        ledger.execute(EnrolMember(member="ann"))
        ends = ledger.today()
        ledger.execute(AwardPoints(member="ann", points=9, reason="gift", expires_on=ends))
        clock.advance(days=3)
        run = ledger.execute(ExpirePoints(member="ann", as_of=ends))
        assert [type(event) for event in run.events] == [PointsExpired]
        ledger.execute(RedeemPoints(member="ann", points=4, occurred_at=START))
        assert [ledger.balance("ann", on=ends).available, ledger.balance("ann").balance] == [5, 0]
