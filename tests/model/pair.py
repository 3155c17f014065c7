"""A real ledger and a naive one side by side: told the same, asked the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from ledger import JifenError, Ledger, ManualClock, Outcome
from schemas.commands import Command, MemberCommand, PublishProgram
from tests.model.agreement import (
    assert_conserved,
    assert_same,
    assert_same_facts,
    assert_same_history,
    code_of,
    transferred,
)
from tests.model.naive import NaiveLedger
from tests.model.naive_book import Refused
from tests.model.naive_rules import Fact, said_by
from tests.model.naive_spending import is_purse


class Pair:
    """`ledger`, which was just opened with `program`, and a model that is told the same.

    `sent` maps each (source, request_id) that was accepted to its command; `touched` are the
    accounts that a command named or wrote about since `check_touched` was called last.
    """

    def __init__(self, ledger: Ledger, program: str, clock: ManualClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.model = NaiveLedger()
        self.sent: dict[tuple[str, str | None], Command] = {}
        self.touched: set[str] = set()
        self._expected(PublishProgram(content=program, request_id="opening"))

    # -- sending -----------------------------------------------------------------------------

    def send(self, command: Command) -> bool:
        """Send a command to both and compare what they say; whether it was accepted."""
        expected = self._expected(command)
        try:
            outcome: Outcome | JifenError = self.ledger.execute(command)
        except JifenError as error:
            outcome = error
        self._compare(command, expected, outcome)
        if not isinstance(outcome, Outcome):
            return False
        if isinstance(command, MemberCommand) and not outcome.replayed:
            assert outcome.account == self.ledger.account(command.member)
        return True

    def send_together(self, commands: list[Command]) -> list[bool]:
        """The same for commands that go in one commit."""
        expected = [self._expected(command) for command in commands]
        outcomes = list(self.ledger.execute_many(commands))
        for command, facts, outcome in zip(commands, expected, outcomes, strict=True):
            self._compare(command, facts, outcome)
        return [isinstance(outcome, Outcome) for outcome in outcomes]

    def _expected(self, command: Command) -> list[Fact] | str:
        """The model's facts, or the code of its refusal."""
        try:
            facts = self.model.do(type(command).__name__, said_by(command), self.clock())
        except Refused as refused:
            return refused.code
        self.touched |= {fact["member"] for fact in facts if "member" in fact}
        return facts

    def _compare(
        self, command: Command, expected: list[Fact] | str, outcome: Outcome | JifenError
    ) -> None:
        member = getattr(command, "member", None)
        if member is not None:
            self.touched.add(member)
        if isinstance(expected, str) or isinstance(outcome, JifenError):
            got = outcome.code if isinstance(outcome, JifenError) else outcome.events
            wanted = expected if isinstance(expected, str) else kinds(expected)
            assert got == wanted, f"the ledger says {got!r}, the model {wanted!r}"
            return
        key = (command.source, command.request_id)
        assert outcome.replayed == (key in self.sent)
        assert_same_facts(outcome.events, expected)
        if expected:
            self.sent[key] = command
            positions = range(outcome.first_position, outcome.last_position + 1)
            assert [fact["position"] for fact in expected] == list(positions)

    # -- asking ------------------------------------------------------------------------------

    def check_log(self) -> None:
        """The log has the model's facts and no more, and every seal holds."""
        assert self.ledger.position == len(self.model.log)
        verification = self.ledger.verify()
        assert verification.findings == ()
        assert verification.events == len(self.model.log)

    def check_touched(self) -> None:
        """All of the accounts that something happened to, and today's balance of the others."""
        assert self.ledger.position == len(self.model.log)
        for account in self.touched:
            self.check_member(account)
        for account in set(self.model.accounts()) - self.touched:
            self._check_balance(account, self.ledger.today())
        self.touched = set()

    def check_transfers(self) -> None:
        """What some accounts gave others is what others got (RULES 25)."""
        accounts = self.model.accounts()
        assert sum(transferred(self.ledger.history(account)) for account in accounts) == 0

    def check_member(self, member: str) -> None:
        """Everything that can be read of an account is what the model says."""
        if member not in self.model.accounts():
            unknown = "unknown_purse" if is_purse(member) else "unknown_member"
            for reading in (self.ledger.balance, self.ledger.account):
                assert code_of(reading, member) == unknown
            return
        history = list(self.ledger.history(member))
        assert_same_history(history, self.model.facts(member))
        replayed = assert_conserved(history)
        lines = list(self.ledger.statement(member))
        shown = [(line.position, line.points, line.balance_after) for line in lines]
        assert shown == self.model.statement(member)
        if not is_purse(member):
            card = msgspec.structs.asdict(self.ledger.tier(member))
            assert_same(card, self.model.card(member, self.ledger.today(), self.clock()))
        account = self.ledger.account(member)
        assert sum(lot.available + lot.held for lot in account.lots) - account.debt == replayed
        for day in self.days_of_interest(member):
            self._check_balance(member, day)
        now = self._check_balance(member, self.ledger.today())
        assert now["balance"] + now["lapsed"] == replayed

    def _check_balance(self, account: str, day: dt.date) -> dict[str, Any]:
        """RULES 29: the lots less the debt, a replay's sum, and every day's reading agree."""
        balance = msgspec.structs.asdict(self.ledger.balance(account, on=day))
        assert balance["position"] == len(self.model.log)
        expected = self.model.balance(account, day, self.clock())
        if not self.model.makes_sense(account, day, self.clock()):
            assert (
                balance["balance"] + balance["lapsed"] == expected["balance"] + expected["lapsed"]
            )
            expected = {name: expected[name] for name in ("held", "debt")}
        try:
            assert_same(balance, expected)
        except AssertionError as error:
            error.add_note(f"balance of {account} on {day}")
            raise
        return balance

    def readings(self, member: str) -> list[object]:
        """All that the ledger tells about an account, to compare before and after."""
        return [
            self.ledger.account(member),
            list(self.ledger.history(member)),
            list(self.ledger.statement(member)),
            None if is_purse(member) else self.ledger.tier(member),
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


def kinds(facts: list[Fact]) -> list[str]:
    return [fact["kind"] for fact in facts]
