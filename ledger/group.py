"""Judging a group of commands against the log as it stands, before they are written together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from ledger.account import Account
from ledger.alliance import Alliance, evolve_alliance, stream_of
from ledger.application import LedgerApplication
from ledger.case import Case, Stamp
from ledger.counters import Counters
from ledger.decisions import ON_ALLIANCE, PROCEDURES
from ledger.decisions.alliance import AllianceCase
from ledger.decisions.incoming import declined
from ledger.decisions.publish import decide_publish
from ledger.decisions.settlement import TERMS_TOPICS
from ledger.errors import (
    OccurredInFuture,
    ReceiptAlreadyClaimed,
    Rejection,
    RequestConflict,
)
from ledger.evolve import evolve, fold
from ledger.identifiers import Known
from ledger.judging import Stories, case_of, judge
from ledger.outcome import Outcome, Pending
from ledger.partners import place_of
from ledger.register import Register, what_is_known
from ledger.rules import Rulebook, Rules
from ledger.store.sqlite import Claims, Prepared, RequestRow, SQLiteRecorder
from ledger.story import Story
from ledger.transfers import TransferBook
from schemas.codec import decode_event, encode_event
from schemas.commands import (
    Command,
    MemberCommand,
    PublishProgram,
    ReceiveTransfer,
    RecordPurchase,
    SettlePeriod,
)
from schemas.events import PROGRAM_STREAM, AllianceEvent, Event, member_stream


class Group:
    """The events, claims and new states that a group of commands comes to.

    `base` is the position that its first event will have.
    """

    def __init__(
        self,
        application: LedgerApplication,
        recorder: SQLiteRecorder,
        rulebook: Rulebook,
        alliance: Alliance,
        now: dt.datetime,
        new_id: Callable[[], str],
        *,
        base: int,
    ) -> None:
        self._base = base
        self._application = application
        self._recorder = recorder
        self._rulebook = rulebook
        self._now = now
        self._new_id = new_id
        self.events: list[Prepared] = []
        self._register = Register(recorder.identifiers)
        self._counters = Counters(recorder.counters)
        self._transfers = TransferBook(recorder.transfers)
        self.claims = Claims(
            [], [], self._register.changed, self._counters.changed, self._transfers.changed
        )
        self.overlay: dict[str, Account] = {}
        self.published = False
        self.alliance = alliance
        self._has_partners = alliance.has_partners
        self._accounts: dict[str, Account] = {}
        self._requests: dict[tuple[str, str], RequestRow] = {}
        self._receipts: dict[tuple[str, str], int] = {}
        self._fresh: dict[str, list[Event]] = {}
        self._stories = Stories()
        self._written: dict[tuple[str, str], tuple[str, Outcome]] = {}
        self._outcomes: list[tuple[Pending, Outcome]] = []

    # -- looking up --------------------------------------------------------------------------

    def _look_up(self, commands: Sequence[Command]) -> None:
        """Read what the group will ask of the log, together."""
        wanted: dict[str, list[str]] = {}
        receipts: dict[str, list[str]] = {}
        for command in commands:
            if command.request_id is not None:
                wanted.setdefault(command.source, []).append(command.request_id)
            if isinstance(command, RecordPurchase):
                receipts.setdefault(command.partner, []).append(command.purchase_id)
        for source, request_ids in wanted.items():
            for row in self._recorder.select_requests(source, request_ids):
                self._requests[source, row.request_id] = row
        for partner, purchase_ids in receipts.items():
            for purchase_id, position in self._recorder.select_receipts(partner, purchase_ids):
                self._receipts[partner, purchase_id] = position
        self._accounts = self._application.accounts(
            {
                member_stream(name)
                for command in commands
                if isinstance(command, MemberCommand)
                and (command.source, command.request_id) not in self._requests
                for name in (command.member, PROCEDURES[type(command)].other(command))
                if name
            }
        )

    # -- judging -----------------------------------------------------------------------------

    def judge_all(self, pendings: Sequence[Pending], *, look_up: bool) -> bool:
        """Judge each in order; a refusal stays with the command that it refuses.

        Without `look_up` every request and receipt is taken for new. Gives False when that may
        have been wrong: a retry may be refused now where it was not at first.
        """
        if look_up:
            self._look_up([pending.command for pending in pendings])
        sure = True
        for pending in pendings:
            pending.outcome = pending.error = None
            try:
                self._judge(pending)
                if not look_up and not self.events:
                    # A retry may change nothing now where it changed something at first.
                    sure = sure and pending.command.request_id is None
            except Exception as error:
                pending.error = error
                sure = sure and (look_up or pending.command.request_id is None)
        return sure

    def _judge(self, pending: Pending) -> None:
        command: Any = pending.command
        kind = type(command)
        if command.request_id is not None and self._is_retry(pending):
            return
        at: dt.datetime = command.occurred_at or self._now
        request_id: str = command.request_id or self._new_id()
        self._refuse_the_future(at)
        if kind is PublishProgram:
            self._publish(pending, command, at, request_id)
            return
        if kind in ON_ALLIANCE:
            self._decide_on_alliance(pending, command, at, request_id)
            return
        case = self._case(command, at, request_id)
        try:
            decided = judge(case, command)
        except Rejection as refusal:
            if kind is not ReceiveTransfer:
                raise
            # What another program sent is answered for good, whatever the answer.
            self._enter_alliance(pending, request_id, [declined(case.stamp, command, refusal)])
            return
        if kind is RecordPurchase:
            self._claim_receipt(command)
        if decided:
            self._enter(pending, case, decided)
        else:
            self._outcomes.append((pending, Outcome((), 0, 0, case.account)))

    def _case(self, command: Any, at: dt.datetime, request_id: str) -> Case:
        """What the command is judged on."""
        rules = self._rulebook.at(at)
        stamp = self._stamp(command, rules, at, request_id)
        known = self._known(command, rules)
        place = None
        if self._has_partners:
            place = place_of(command, stamp.occurred_on, self.alliance, self._counters)
        accounts, stories, alliance = self._account, self._story, self.alliance
        return case_of(
            command, rules, stamp, self._rulebook, accounts, stories, known, alliance, place
        )

    def _stamp(self, command: Any, rules: Rules, at: dt.datetime, request_id: str) -> Stamp:
        return Stamp(
            occurred_at=at,
            occurred_on=rules.day(at),
            source=command.source,
            request_id=request_id,
            operator=command.operator,
            program_version=rules.version,
            now=self._now,
        )

    def _known(self, command: Any, rules: Rules) -> Known | None:
        """What the program knows of the cards and phones that the command is about."""
        procedure = PROCEDURES[type(command)]
        if procedure.names is None:
            return None
        keys, holder = procedure.names(command), procedure.holder(command)
        return what_is_known(self._register, keys, holder, rules.program.cards, self._account)

    def _account(self, name: str) -> Account:
        stream = member_stream(name)
        return (
            self.overlay.get(stream)
            or self._accounts.get(stream)
            or self._application.account(stream)
        )

    def _story(self, name: str) -> Story:
        """An account's story up to here, this group's events included."""
        return self._stories.of(name, self._events_of)

    def _events_of(self, name: str) -> Iterator[Event]:
        for stored in self._recorder.select_events(member_stream(name)):
            yield decode_event(stored.topic, stored.state)
        yield from self._fresh.get(name, ())

    def _enter(self, pending: Pending, case: Case, decided: Sequence[tuple[str, Event]]) -> None:
        """Make the events ready to be written, and go on from the accounts after them."""
        accounts = {case.account.member: case.account}
        told: dict[str, list[Event]] = {}
        rows: list[Prepared] = []
        for name, event in decided:
            if name not in accounts:
                accounts[name] = self._account(name)
            events = told.setdefault(name, [])
            events.append(event)
            version = accounts[name].version + len(events)
            rows.append((member_stream(name), version, event.topic, encode_event(event)))
        for name, events in told.items():
            accounts[name] = evolve(accounts[name], *events)
        first = self._base + len(self.events)
        self.events += rows
        for name, events in told.items():
            self.overlay[member_stream(name)] = accounts[name]
            self._fresh.setdefault(name, []).extend(events)
        for position, (name, event) in enumerate(decided, start=first):
            self._register.note(name, event, position, self._merged_into)
            if self._has_partners:
                self._counters.note(event, position)
            self._transfers.note(name, event, position)
            self._stories.tell(name, event)
        facts = tuple([event for _, event in decided])
        self._write(pending, case.stamp.request_id, facts, accounts[case.account.member])

    def _merged_into(self, name: str) -> str:
        return self._account(name).merged_into

    def _refuse_the_future(self, at: dt.datetime) -> None:
        """A business time may not be ahead of the clock by more than the program tolerates."""
        if at > self._now and len(self._rulebook):
            minutes = self._rulebook.current(self._now).program.future_tolerance_minutes
            if at > self._now + dt.timedelta(minutes=minutes):
                raise OccurredInFuture(occurred_at=at.isoformat(), tolerance_minutes=minutes)

    def _is_retry(self, pending: Pending) -> bool:
        """Answer a request seen before (RULES 23); False for a new one."""
        command: Any = pending.command
        key = (command.source, command.request_id)
        recorded = self._requests.get(key)
        if recorded is not None:
            if recorded.digest != pending.digest:
                raise _conflict(command, recorded.first_position)
            pending.outcome = self._first_answer(command, recorded)
            return True
        written = self._written.get(key)
        if written is None:
            return False
        digest, outcome = written
        if digest != pending.digest:
            raise _conflict(command, outcome.first_position)
        self._outcomes.append((pending, replace(outcome, replayed=True)))
        return True

    def _first_answer(self, command: Command, recorded: RequestRow) -> Outcome:
        rows = self._recorder.select_span(recorded.first_position, recorded.last_position)
        events = tuple(decode_event(row.topic, row.state) for row in rows)
        account = None
        if isinstance(command, MemberCommand):
            story = self._recorder.select_rows(member_stream(command.member))
            account = fold(
                command.member,
                (
                    decode_event(row.topic, row.state)
                    for row in story
                    if row.position <= recorded.last_position
                ),
            )
        return Outcome(
            events, recorded.first_position, recorded.last_position, account, replayed=True
        )

    def _claim_receipt(self, command: RecordPurchase) -> None:
        """A receipt earns once in the whole program (RULES 24)."""
        key = (command.partner, command.purchase_id)
        claimed = self._receipts.get(key)
        if claimed is not None:
            raise ReceiptAlreadyClaimed(
                partner=command.partner, purchase_id=command.purchase_id, position=claimed
            )
        self._receipts[key] = self._base + len(self.events)
        self.claims.receipts.append((*key, len(self.events)))

    def _publish(
        self, pending: Pending, command: PublishProgram, at: dt.datetime, request_id: str
    ) -> None:
        event = decide_publish(self._rulebook, command, at, request_id, self.alliance)
        self.events.append((PROGRAM_STREAM, event.version, event.topic, encode_event(event)))
        self.published = True
        self._write(pending, request_id, (event,), None)

    def _decide_on_alliance(
        self, pending: Pending, command: Any, at: dt.datetime, request_id: str
    ) -> None:
        rules = self._rulebook.at(at)
        stamp = self._stamp(command, rules, at, request_id)
        case = AllianceCase(self.alliance, rules, stamp, self._rulebook)
        if isinstance(command, SettlePeriod):
            made_from = command.through_position
            seal = self._recorder.seal_at(made_from)
            agreed_since = self._recorder.has_since(made_from, TERMS_TOPICS) or any(
                topic in TERMS_TOPICS for _, _, topic, _ in self.events
            )
            case = replace(case, seal=seal, agreed_since=agreed_since)
        self._enter_alliance(pending, request_id, ON_ALLIANCE[type(command)](case, command))

    def _enter_alliance(
        self, pending: Pending, request_id: str, decided: Sequence[AllianceEvent]
    ) -> None:
        """Make events ready that belong to streams of the alliance."""
        for event in decided:
            stream = stream_of(event)
            version = self.alliance.version_of(stream) + 1
            self.alliance = evolve_alliance(self.alliance, event)
            self._counters.note(event, self._base + len(self.events))
            self._transfers.note("", event, self._base + len(self.events))
            self.events.append((stream, version, event.topic, encode_event(event)))
        self._has_partners = self.alliance.has_partners
        self._write(pending, request_id, tuple(decided), None)

    def _write(
        self,
        pending: Pending,
        request_id: str,
        events: tuple[Event, ...],
        account: Account | None,
    ) -> None:
        last = len(self.events) - 1
        first = last - len(events) + 1
        key = (pending.command.source, request_id)
        self.claims.requests.append((*key, pending.digest, first, last))
        outcome = Outcome(events, self._base + first, self._base + last, account)
        self._written[key] = (pending.digest, outcome)
        self._outcomes.append((pending, outcome))

    # -- after the commit --------------------------------------------------------------------

    def conclude(self) -> None:
        """Hand out the outcomes."""
        for pending, outcome in self._outcomes:
            pending.outcome = outcome


def _conflict(command: Command, position: int) -> RequestConflict:
    return RequestConflict(source=command.source, request_id=command.request_id, position=position)
