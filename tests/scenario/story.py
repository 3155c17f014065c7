"""Accounts with what happened to them, and what is decided next."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from ledger.account import Account
from ledger.alliance import NO_ALLIANCE, evolve_alliance, stream_of
from ledger.case import Case, Stamp
from ledger.conservation import broken
from ledger.counters import Counters, Nothing
from ledger.decisions import PROCEDURES, Procedure
from ledger.decisions.admission import admit
from ledger.decisions.alliance import ALLIANCE_PROCEDURES, AllianceCase
from ledger.errors import Rejection
from ledger.evolve import evolve, fold
from ledger.identifiers import Known
from ledger.partners import place_of
from ledger.register import Register, what_is_known
from ledger.rules import Rulebook, Rules, published
from ledger.story import Story, tell_story
from schemas.checking import checked
from schemas.commands import AllianceCommand, MemberCommand
from schemas.events import Event, ProgramPublished
from schemas.program_file import load_program
from tests.scenario.checks import Check
from tests.scenario.commands import MEMBER, Recorded
from tests.scenario.programs import BASIC
from tests.scenario.times import EARLY, instant

Step = MemberCommand | AllianceCommand | Recorded | list[MemberCommand]


class NothingWritten:
    """A table of identifiers that is empty: a scenario keeps all of them unwritten."""

    def find(self, key: Any) -> None:
        return None

    def of_member(self, member: str) -> list[Any]:
        return []

    def highest_card(self, prefix: str, digits: int) -> str:
        return ""


class Scenario:
    """Accounts with their events, under the versions of one program.

    `account` is m-001's. `events` are those of the last command, `written` with their accounts;
    `before` is the command's own account before it.
    """

    def __init__(self, steps: tuple[Step, ...], program: str = BASIC) -> None:
        self._versions: list[ProgramPublished] = []
        self._positions = 0
        self.register = Register(NothingWritten())
        self.counters = Counters(Nothing())
        self.alliance = NO_ALLIANCE
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

    def when(self, step: MemberCommand | AllianceCommand | Recorded) -> Scenario:
        command = step.command if isinstance(step, Recorded) else step
        who = command.member if isinstance(command, MemberCommand) else MEMBER
        self.before, self.written, self.refusal = self.of(who), (), None
        self._all_before = dict(self.accounts)
        try:
            self._run(step)
        except Rejection as refusal:
            self.refusal = refusal
        return self

    def _run(self, step: MemberCommand | AllianceCommand | Recorded) -> None:
        asked, now = step if isinstance(step, Recorded) else (step, step.occurred_at)
        command, _ = checked(asked)
        self._requests += 1
        if isinstance(command, AllianceCommand):
            self._agree(command)
            return
        procedure = PROCEDURES[type(command)]
        case = self._case(command, now)
        admit(procedure, case, command)
        self.written = tuple(procedure.decide(case, command))
        for name, event in self.written:
            self.accounts[name] = evolve(self.of(name), event)
            self.histories.setdefault(name, []).append(event)
            self._positions += 1
            self.register.note(name, event, self._positions, lambda who: self.of(who).merged_into)
            self.counters.note(event, self._positions)
        for name in {name for name, _ in self.written}:
            assert fold(name, self.histories[name]) == self.of(name)
            assert list(broken(self.histories[name])) == []

    def _agree(self, command: AllianceCommand) -> None:
        """What is agreed with a partner."""
        at = command.occurred_at
        assert at is not None
        rules = self.rulebook.at(at)
        stamp = Stamp(at, rules.day(at), command.source, f"r-{self._requests}", "", rules.version)
        case = AllianceCase(self.alliance, rules, stamp, self.rulebook)
        decided = ALLIANCE_PROCEDURES[type(command)](case, command)
        self.alliance = evolve_alliance(self.alliance, *decided)
        for event in decided:
            self._positions += 1
            self.counters.note(event, self._positions)
        self.written = tuple((stream_of(event), event) for event in decided)

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
        known = self._known(procedure, command, rules)
        alliance, at = self.alliance, None
        if alliance.has_partners:
            at = place_of(command, stamp.occurred_on, alliance, self.counters)
        others = (other, other_story, known)
        return Case(account, rules, stamp, self.rulebook, story, *others, alliance, at)

    def _known(self, procedure: Procedure, command: MemberCommand, rules: Rules) -> Known | None:
        if procedure.names is None:
            return None
        keys, holder = procedure.names(command), procedure.holder(command)
        return what_is_known(self.register, keys, holder, rules.program.cards, self.of)

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

    def then_refused(self, kind: type[Rejection], /, **fields: Any) -> Scenario:
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
