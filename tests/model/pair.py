"""A real ledger and a naive one side by side: told the same, asked the same."""

from __future__ import annotations

import datetime as dt

import msgspec

from ledger import JifenError, Ledger, ManualClock, Outcome
from schemas.commands import Command, MemberCommand, PublishProgram
from tests.model.agreement import (
    assert_movements_add_up,
    assert_same,
    assert_same_fact,
    assert_same_history,
    code_of,
    points_moved,
)
from tests.model.naive import NaiveLedger, Refused
from tests.model.naive_rules import Fact


class Pair:
    """`ledger`, which was just opened with `program`, and a model that is told the same.

    `sent` maps each (source, request_id) that was accepted to its command.
    """

    def __init__(self, ledger: Ledger, program: str, clock: ManualClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.model = NaiveLedger()
        self.sent: dict[tuple[str, str | None], Command] = {}
        self._expected(PublishProgram(content=program, request_id="opening"))

    # -- sending -----------------------------------------------------------------------------

    def send(self, command: Command) -> None:
        """Send a command to both and compare what they say."""
        expected = self._expected(command)
        try:
            outcome: Outcome | JifenError = self.ledger.execute(command)
        except JifenError as error:
            outcome = error
        self._compare(command, expected, outcome)
        if isinstance(outcome, Outcome) and isinstance(command, MemberCommand):
            assert outcome.replayed or outcome.account == self.ledger.account(command.member)

    def send_together(self, commands: list[Command]) -> None:
        """The same for commands that go in one commit."""
        expected = [self._expected(command) for command in commands]
        outcomes = self.ledger.execute_many(commands)
        for command, facts, outcome in zip(commands, expected, outcomes, strict=True):
            self._compare(command, facts, outcome)

    def _expected(self, command: Command) -> list[Fact] | str:
        """The model's facts, or the code of its refusal."""
        kind, said = type(command).__name__, msgspec.structs.asdict(command)
        try:
            return self.model.do(kind, said, self.clock())
        except Refused as refused:
            return refused.code

    def _compare(
        self, command: Command, expected: list[Fact] | str, outcome: Outcome | JifenError
    ) -> None:
        if isinstance(expected, str) or isinstance(outcome, JifenError):
            got = outcome.code if isinstance(outcome, JifenError) else outcome.events
            assert got == expected, f"the ledger says {got!r}, the model {expected!r}"
            return
        key = (command.source, command.request_id)
        assert outcome.replayed == (key in self.sent)
        self.sent[key] = command
        positions = range(outcome.first_position, outcome.last_position + 1)
        assert [fact["position"] for fact in expected] == list(positions)
        for happened, fact in zip(outcome.events, expected, strict=True):
            assert_same_fact(happened, fact)

    # -- asking ------------------------------------------------------------------------------

    def check_log(self) -> None:
        """The log has the model's facts and no more, and every seal holds."""
        assert self.ledger.position == len(self.model.log)
        verification = self.ledger.verify()
        assert verification.findings == ()
        assert verification.events == len(self.model.log)

    def check_member(self, member: str) -> None:
        """Everything that can be read of a member is what the model says."""
        if member not in self.model.members():
            for reading in (self.ledger.balance, self.ledger.tier, self.ledger.account):
                assert code_of(reading, member) == "unknown_member"
            return
        history = list(self.ledger.history(member))
        assert_same_history(history, self.model.facts(member))
        assert_movements_add_up(history)
        lines = list(self.ledger.statement(member))
        shown = [(line.position, line.points, line.balance_after) for line in lines]
        assert shown == self.model.statement(member)
        card = msgspec.structs.asdict(self.ledger.tier(member))
        assert_same(card, self.model.card(member, self.ledger.today(), self.clock()))
        self._check_balance(member, sum(points_moved(recorded.event) for recorded in history))

    def _check_balance(self, member: str, replayed: int) -> None:
        """RULES 29: the lots less the debt, a replay's sum, and every day's reading agree."""
        account = self.ledger.account(member)
        assert sum(lot.available + lot.held for lot in account.lots) - account.debt == replayed
        for day in self.days_of_interest(member):
            balance = msgspec.structs.asdict(self.ledger.balance(member, on=day))
            assert balance["balance"] == replayed
            assert balance["position"] == len(self.model.log)
            assert_same(balance, self.model.balance(member, day))

    def readings(self, member: str) -> list[object]:
        """All that the ledger tells about a member, to compare before and after."""
        return [
            self.ledger.account(member),
            list(self.ledger.history(member)),
            list(self.ledger.statement(member)),
            self.ledger.tier(member),
            *(self.ledger.balance(member, on=day) for day in self.days_of_interest(member)),
        ]

    def days_of_interest(self, member: str) -> list[dt.date]:
        """Today, days far from it, and the edges of the newest lots."""
        today = self.ledger.today()
        days = {today + dt.timedelta(days=n) for n in (-400, -1, 0, 1, 14, 36500)}
        for lot in self.model.lots(member)[-3:]:
            for edge in (lot["available_from"], lot["expires_on"] or today):
                days |= {edge - dt.timedelta(days=1), edge, edge + dt.timedelta(days=1)}
        return sorted(days)
