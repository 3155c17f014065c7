"""The ledger: commands in, events written, members read."""

from __future__ import annotations

import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ledger.alliance_calls import AllianceCalls
from ledger.application import LedgerApplication
from ledger.clock import Clock, system_clock
from ledger.club_calls import ClubCalls
from ledger.club_questions import ClubQuestions
from ledger.club_runs import ClubRuns
from ledger.commit import Committer
from ledger.errors import (
    BatchRefused,
    CommandFailed,
    InvalidCommand,
    JifenError,
    UnsupportedStore,
)
from ledger.finding import Finder
from ledger.identity_calls import IdentityCalls
from ledger.keys import KEY_BYTES, Keyring, checked_key, create_key, key_path
from ledger.outcome import Outcome, Pending
from ledger.partner_questions import PartnerQuestions
from ledger.phones import region_of
from ledger.rules import Rulebook
from ledger.store.file import MEMORY, Durability, SQLiteFile
from ledger.store.sqlite import SQLiteRecorder
from ledger.transfer_calls import TransferCalls
from ledger.verification import Progress, Verification, verify
from schemas.checking import checked
from schemas.commands import Command, PublishProgram
from schemas.program_file import load_program, text_of

BULK_GROUP = 2000


def new_request_id() -> str:
    """An id for a request that came without one; begins with the time, so that ids stay near."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


class Ledger(
    IdentityCalls,
    ClubCalls,
    AllianceCalls,
    TransferCalls,
    ClubRuns,
    ClubQuestions,
    PartnerQuestions,
):
    """An open ledger, safe to use from many threads and from several processes at once.

    `url` is a file, `sqlite:///file`, or `:memory:` for a host's tests, which needs `program`: a
    program file's text, or the Path of one; `operator` publishes it. `clock` and `new_id` can be
    replaced. `durability` "full" survives a power cut; "relaxed" may lose the last commits in one,
    never the order or a part of a commit. `key` is what phones are hashed under, 32 bytes; without
    it that of the file `<store>.key`, which is read when it is first needed.

    Raises StoreNotFound, NotAStore, StoreTooNew, StoreDamaged, UnsupportedStore or InvalidKey.
    """

    def __init__(
        self,
        url: str | os.PathLike[str],
        *,
        program: str | Path | None = None,
        operator: str = "",
        clock: Clock = system_clock,
        new_id: Callable[[], str] = new_request_id,
        durability: Durability = "full",
        key: bytes | None = None,
    ) -> None:
        self._clock = clock
        keyring = _keyring(store_path(url), key)
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
                self.publish(text_of(program), operator=operator)
        except BaseException:
            self._recorder.file.close()
            raise
        self._finder = Finder(self._recorder, keyring, lambda: region_of(self.program))
        _mind_forks(self._committer)

    @classmethod
    def create(
        cls,
        url: str | os.PathLike[str],
        program: str | Path,
        *,
        key: bytes | None = None,
        **options: Any,
    ) -> Self:
        """Make a store with its first program, a program file's text or Path, and open it.

        Without `key` the file `<store>.key` is made, too. Raises InvalidProgram, StoreExists or
        InvalidKey, and leaves nothing behind then.
        """
        program = text_of(program)
        load_program(program)
        path = store_path(url)
        if path == MEMORY:
            return cls(url, program=program, key=key, **options)
        _keyring(path, key)  # Raises before anything is made.
        made = [path, f"{path}-wal", f"{path}-shm"]
        file = SQLiteFile(path)
        file.create()
        file.close()
        try:
            if key is None:
                create_key(key_path(path))
                made.append(str(key_path(path)))
            return cls(url, program=program, key=key, **options)
        except BaseException:
            for name in made:
                Path(name).unlink(missing_ok=True)
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

        An Outcome that was yielded is durable. A refused command yields its error and the others
        land. One that fails by a fault of ours yields CommandFailed; when all of its commit are
        told, the fault itself is raised, and no further commit is begun. An interrupt is raised at
        once. A retry under the same request ids tells what landed.
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
        fault: BaseException | None = None
        for result in results:
            if not isinstance(result, Pending):
                yield result
            elif result.error is None:
                yield result.result()
            elif isinstance(result.error, JifenError):
                yield result.error
            else:
                fault = fault or result.error
                yield _failed(result.command, result.error)
        if fault is not None:
            raise fault

    def execute_all(self, commands: Sequence[Command]) -> list[Outcome]:
        """Judge commands in order, all of them or none, in one commit.

        Raises BatchRefused with every failure, and writes nothing then.
        """
        judged: list[Pending | JifenError] = []
        for command in commands:
            try:
                if isinstance(command, PublishProgram):
                    raise InvalidCommand(command="PublishProgram", reason="it stands alone")
                judged.append(Pending(*checked(command)))
            except JifenError as error:
                judged.append(error)
        pendings = [entry for entry in judged if isinstance(entry, Pending)]
        self._committer.execute_together(pendings, keep=len(pendings) == len(judged))
        for pending in pendings:
            if pending.error is not None and not isinstance(pending.error, JifenError):
                raise pending.error
        ends = [entry.error if isinstance(entry, Pending) else entry for entry in judged]
        failures = tuple((n, end) for n, end in enumerate(ends) if isinstance(end, JifenError))
        if failures:
            raise BatchRefused(failures=failures)
        return [pending.result() for pending in pendings]

    @property
    def _rulebook(self) -> Rulebook:
        return self._committer.rulebook

    def verify(self, progress: Progress | None = None, *, books: bool = False) -> Verification:
        """Check every row of the log against its seals; with `books` follow every point, too."""
        return verify(self._recorder, progress, books=books)


def _keyring(path: str, key: bytes | None) -> Keyring:
    """Where the key of a store is; a ledger in memory makes one of its own."""
    if key is not None:
        checked_key(key, "the caller")
    if path == MEMORY:
        return Keyring(None, key or secrets.token_bytes(KEY_BYTES))
    return Keyring(key_path(path), key)


def _failed(command: Command, fault: BaseException) -> CommandFailed:
    failed = CommandFailed(command=type(command).__name__, reason=repr(fault))
    failed.__cause__ = fault
    return failed


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
