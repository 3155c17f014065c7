"""The ledger: commands in, events written, members read."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ledger.account import Account, fold
from ledger.application import LedgerApplication
from ledger.clock import Clock, system_clock
from ledger.commit import Committer
from ledger.errors import JifenError, UnknownMember, UnsupportedStore
from ledger.outcome import Outcome, Pending
from ledger.readings import (
    Balance,
    RecordedEvent,
    StatementLine,
    TierCard,
    balance_on,
    statement,
    tier_card,
)
from ledger.rules import Rules
from ledger.store.file import MEMORY, Durability, SQLiteFile
from ledger.store.sqlite import SQLiteRecorder
from ledger.verification import Progress, Verification, verify
from schemas.codec import decode_event
from schemas.commands import (
    AwardPoints,
    Command,
    EnrolMember,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    checked,
)
from schemas.events import member_stream
from schemas.program import Program, load_program, read_program

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
BULK_GROUP = 2000


def new_request_id() -> str:
    """An id for a request that came without one; begins with the time, so that ids stay near."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


class Ledger:
    """An open ledger, safe to use from many threads and from several processes at once.

    `url` is a file, `sqlite:///file`, or `:memory:` for a host's tests, which needs `program`: a
    program file's text, or the Path of one. `clock` and `new_id` can be replaced. `durability`
    "full" survives a power cut; "relaxed" may lose the last commits in one, never the order or a
    part of a commit.

    Raises StoreNotFound, NotAStore, StoreTooNew, StoreDamaged or UnsupportedStore.
    """

    def __init__(
        self,
        url: str | os.PathLike[str],
        *,
        program: str | Path | None = None,
        clock: Clock = system_clock,
        new_id: Callable[[], str] = new_request_id,
        durability: Durability = "full",
    ) -> None:
        self._clock = clock
        self._recorder = SQLiteRecorder(store_path(url), clock=clock, durability=durability)
        if self._recorder.path == MEMORY:
            self._recorder.file.create()
        else:
            self._recorder.file.open()
        try:
            self._application = LedgerApplication(self._recorder)
            self._committer = Committer(
                self._application, self._recorder, clock=clock, new_id=new_id
            )
            if program is not None and not len(self._committer.rulebook):
                self.publish(_text_of(program))
        except BaseException:
            self._recorder.file.close()
            raise
        _mind_forks(self._committer)

    @classmethod
    def create(cls, url: str | os.PathLike[str], program: str | Path, **options: Any) -> Self:
        """Make a store with its first program, a program file's text or Path, and open it.

        Raises InvalidProgram or StoreExists, and leaves nothing behind then.
        """
        program = _text_of(program)
        load_program(program)
        path = store_path(url)
        if path != MEMORY:
            file = SQLiteFile(path)
            file.create()
            file.close()
        try:
            return cls(url, program=program, **options)
        except BaseException:
            if path != MEMORY:
                for ending in ("", "-wal", "-shm"):
                    Path(path + ending).unlink(missing_ok=True)
            raise

    @classmethod
    def open(cls, url: str | os.PathLike[str], **options: Any) -> Self:
        """Open an existing store; the same as calling the class."""
        return cls(url, **options)

    def close(self) -> None:
        """Finish what is queued and close the store; closing twice is harmless."""
        self._committer.close()
        self._recorder.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- commands ----------------------------------------------------------------------------

    def execute(self, command: Command) -> Outcome:
        """Judge a command and make its events durable.

        Raises InvalidCommand, a Rejection, or a StoreError; nothing is written then.
        """
        return self._committer.execute(Pending(*checked(command)))

    def submit(self, command: Command) -> Pending:
        """Send a command on its way and return at once; `result()` waits until it is durable.

        Raises InvalidCommand here, everything else from `result()`.
        """
        pending = Pending(*checked(command))
        self._committer.submit(pending)
        return pending

    def execute_many(
        self, commands: Iterable[Command], *, group: int = BULK_GROUP
    ) -> Iterator[Outcome | JifenError]:
        """Judge commands in order, `group` to a commit; yields what became of each, in order.

        A refused command yields its error and the others land. What was yielded is durable.
        """
        iterator = iter(commands)
        while some := list(islice(iterator, group)):
            yield from self._execute_group(some)

    def _execute_group(self, commands: list[Command]) -> Iterator[Outcome | JifenError]:
        results: list[Pending | JifenError] = []
        for command in commands:
            try:
                results.append(Pending(*checked(command)))
            except JifenError as error:
                results.append(error)
        self._committer.execute_group([r for r in results if isinstance(r, Pending)])
        for result in results:
            if not isinstance(result, Pending):
                yield result
            elif isinstance(result.error, JifenError):
                yield result.error
            else:
                yield result.result()

    def enrol(self, member: str, *, store: str = "", **said: Any) -> Outcome:
        """Let a person into the program.

        `said`: occurred_at, request_id, source, operator, as in every command.
        """
        return self.execute(EnrolMember(member=member, store=store, **said))

    def purchase(self, member: str, amount_minor: int, purchase_id: str, **said: Any) -> Outcome:
        """Record a purchase of `amount_minor`; `said` as in RecordPurchase."""
        return self.execute(
            RecordPurchase(
                member=member, amount_minor=amount_minor, purchase_id=purchase_id, **said
            )
        )

    def award(self, member: str, points: int, reason: str, **said: Any) -> Outcome:
        """Give `points` units without a purchase; `said` as in AwardPoints."""
        return self.execute(AwardPoints(member=member, points=points, reason=reason, **said))

    def redeem(self, member: str, points: int, **said: Any) -> Outcome:
        """Spend `points` units; `said` as in RedeemPoints."""
        return self.execute(RedeemPoints(member=member, points=points, **said))

    def publish(self, content: str, **said: Any) -> Outcome:
        """Put a version of the program in force; `content` is the text of a program file."""
        return self.execute(PublishProgram(content=content, **said))

    # -- readings ----------------------------------------------------------------------------

    @property
    def rules(self) -> Rules:
        """The version of the program that is in force now."""
        return self._committer.rulebook.current(self._clock())

    @property
    def program(self) -> Program:
        """The version of the program that is in force now, as its file says it."""
        return self.rules.program

    @property
    def position(self) -> int:
        """The last position of the log; 0 while it is empty."""
        return self._recorder.tail().position

    def today(self) -> dt.date:
        """The day in the program's zone."""
        return self.rules.day(self._clock())

    def strangers(self, members: Iterable[str]) -> set[str]:
        """Those of `members` who are not enrolled."""
        streams = {member_stream(member): member for member in members}
        for stream in self._recorder.existing_streams(streams):
            del streams[stream]
        return set(streams.values())

    def account(self, member: str) -> Account:
        """The member's state, folded from the log now. Raises UnknownMember."""
        stored = self._recorder.select_events(member_stream(member))
        if not stored:
            raise UnknownMember(member=member)
        return fold(member, (decode_event(e.topic, e.state) for e in stored))

    def history(self, member: str) -> Iterator[RecordedEvent]:
        """The member's events in order, with position and commit time. Raises UnknownMember."""
        rows = self._recorder.select_rows(member_stream(member))
        if not rows:
            raise UnknownMember(member=member)
        return (
            RecordedEvent(
                row.position,
                row.version,
                row.topic,
                _EPOCH + dt.timedelta(microseconds=row.recorded_at),
                decode_event(row.topic, row.state),
            )
            for row in rows
        )

    def balance(self, member: str, *, on: dt.date | None = None) -> Balance:
        """The member's points as they can be used on a day (default today)."""
        position = self.position
        return balance_on(self.account(member), on or self.today(), position)

    def tier(self, member: str) -> TierCard:
        """The member's card, and what is missing to the next tier."""
        position = self.position
        return tier_card(self.account(member), self.rules, self.today(), position)

    def statement(self, member: str) -> Iterator[StatementLine]:
        """Every event that moved the member's points, with the balance after it."""
        return statement(self.history(member))

    def verify(self, progress: Progress | None = None) -> Verification:
        """Check every row of the log against its seals."""
        return verify(self._recorder, progress)


def _text_of(program: str | Path) -> str:
    return read_program(program) if isinstance(program, Path) else program


def store_path(url: str | os.PathLike[str]) -> str:
    """The file that a URL means. Raises UnsupportedStore for a kind that there is none of."""
    text = os.fspath(url)
    if text == MEMORY:
        return text
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    if scheme == "sqlite" and rest.startswith("/"):
        return rest[1:]
    raise UnsupportedStore(store=text)


def _mind_forks(committer: Committer) -> None:
    reference = weakref.ref(committer)

    def in_child() -> None:
        forked = reference()
        if forked is not None:
            forked.after_fork()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
