"""Deciding and committing, many callers' commands in one transaction.

While one commit is under way the others queue, and then go together: no timers. A lone caller
commits in its own thread; where several meet, a writer thread commits for all of them. Each command
succeeds or fails alone. States live in an overlay until the commit, and are published after it.

Commands are judged under the store's write lock, so what they are judged on can't change before
they land, whichever process shares the file (docs/decisions.md).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Final, Literal

from ledger.alliance import is_alliance
from ledger.application import LedgerApplication
from ledger.clock import Clock
from ledger.errors import LedgerClosed, StoreDamaged
from ledger.group import Group
from ledger.outcome import Outcome, Pending
from ledger.rules import Rulebook
from ledger.store.file import VersionTaken
from ledger.store.sqlite import SQLiteRecorder
from schemas.commands import PublishProgram
from schemas.events import PROGRAM_STREAM

LARGEST_GROUP: Final = 1024
Keep = Literal["each", "all", "none"]
"""What of a group is written: each command that is not refused, all or none, or nothing."""
_MOST_CHANGED_STREAMS: Final = 2000

logger = logging.getLogger("jifen.ledger")


class Committer:
    """Takes pending commands to the log, one group at a time."""

    def __init__(
        self,
        application: LedgerApplication,
        recorder: SQLiteRecorder,
        *,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._application = application
        self._recorder = recorder
        self._clock = clock
        self._new_id = new_id
        self._position = recorder.tail().position
        self.rulebook = Rulebook(application.programs())
        self.alliance = application.alliance()
        self._closed = False
        self._start_over()

    def _start_over(self) -> None:
        """Locks, queue and thread anew: at the start, and in the child after a fork."""
        self._turn = threading.Lock()
        self._queue: SimpleQueue[Pending | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._crowded = False

    def after_fork(self) -> None:
        """In the child: nothing of the parent's threads, locks or connections may be used."""
        self._recorder.after_fork()
        self._start_over()

    # -- three ways in -----------------------------------------------------------------------

    def execute(self, pending: Pending) -> Outcome:
        """Make one command durable and return its Outcome, or raise what refused it."""
        if not self._crowded and self._turn.acquire(blocking=False):
            try:
                if self._queue.empty():
                    self._settle([pending])
                    return pending.result()
            finally:
                self._turn.release()
        self.submit(pending)
        return pending.result()

    def submit(self, pending: Pending) -> None:
        """Queue a command for the writer thread."""
        pending.await_later()
        with self._starting:
            if self._closed:
                raise LedgerClosed(store=self._recorder.path)
            self._queue.put(pending)
            if self._thread is None:
                self._start_writer()

    def execute_group(self, group: Sequence[Pending]) -> None:
        """Settle all of them, in order, in one commit; each has its outcome or error after."""
        with self._turn:
            self._settle(group)

    def execute_together(self, group: Sequence[Pending], *, keep: bool = True) -> None:
        """Settle all of them in one commit, or none: then each that failed has its error.

        Without `keep` they are only judged.
        """
        with self._turn:
            self._settle_together(group, "all" if keep else "none")

    def close(self) -> None:
        """Settle what is queued, then stop the writer thread."""
        with self._starting:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join()

    # -- the writer thread -------------------------------------------------------------------

    def _start_writer(self) -> None:
        self._thread = threading.Thread(
            target=self._write_until_closed, name="jifen-writer", daemon=True
        )
        self._thread.start()

    def _write_until_closed(self) -> None:
        queue = self._queue
        closing = False
        while not closing:
            first = queue.get()
            if first is None:
                return
            with self._turn:
                group = [first]
                while len(group) < LARGEST_GROUP and not queue.empty():
                    another = queue.get()
                    if another is None:
                        closing = True
                        break
                    group.append(another)
                self._crowded = len(group) > 1
                try:
                    self._settle(group)
                finally:
                    for pending in group:
                        pending.settle()

    # -- one group ---------------------------------------------------------------------------

    def _settle(self, pendings: Sequence[Pending]) -> None:
        """Judge and commit; whatever goes wrong ends up in the pendings, never here."""
        some: list[Pending] = []
        for pending in pendings:
            if isinstance(pending.command, PublishProgram):
                self._settle_together(some)
                self._settle_together([pending])
                some = []
            else:
                some.append(pending)
        self._settle_together(some)

    def _settle_together(self, pendings: Sequence[Pending], keep: Keep = "each") -> None:
        if not pendings:
            return
        try:
            # A lone new request, by far the most of them, needs no look at what was there before:
            # a key that is taken shows when it is written.
            alone = len(pendings) == 1 and keep == "each"
            if alone and self._commit(pendings, look_up=False):
                return
            if self._commit(pendings, look_up=True, keep=keep):
                return
            # Judged under the write lock, so only a cache that lies can get here.
            logger.warning("a version was taken; judging again from the log")
            self._application.forget(None)
            if not self._commit(pendings, look_up=True, keep=keep):
                reason = "a row of the log is in the way of the next"
                self._fail(pendings, StoreDamaged(store=self._recorder.path, reason=reason))
        except BaseException as error:
            self._application.forget(None)
            self._fail(pendings, error)
            if not isinstance(error, Exception):
                raise

    @staticmethod
    def _fail(pendings: Sequence[Pending], error: BaseException) -> None:
        for pending in pendings:
            if pending.error is None:
                pending.outcome, pending.error = None, error

    def _commit(self, pendings: Sequence[Pending], *, look_up: bool, keep: Keep = "each") -> bool:
        """One transaction. False when it has to be judged again, with a look at what is there."""
        recorder = self._recorder
        tail = recorder.begin()
        try:
            self._catch_up(tail.position)
            group = Group(
                self._application,
                recorder,
                self.rulebook,
                self.alliance,
                self._clock(),
                self._new_id,
                base=tail.position + 1,
            )
            sure = group.judge_all(pendings, look_up=look_up)
            if keep == "none" or (keep == "all" and any(p.error for p in pendings)):
                recorder.rollback()
                return True
            if sure and group.events:
                recorder.append(group.events, group.claims)
                recorder.commit()
            else:
                recorder.rollback()
        except VersionTaken:
            recorder.rollback()
            return False
        except BaseException:
            recorder.rollback()
            raise
        if sure:
            # Last of all: should anything before fail, the next commit catches up from here.
            self._publish(group)
            self._position = tail.position + len(group.events)
            group.conclude()
        return sure

    def _publish(self, group: Group) -> None:
        for stream, account in group.overlay.items():
            self._application.remember(stream, account)
        if group.published:
            self.rulebook = Rulebook(self._application.programs())
        self.alliance = group.alliance

    def _catch_up(self, last: int) -> None:
        """Drop what other processes have changed since this one looked; `last` is the log's end."""
        if last == self._position:
            return
        changed = self._recorder.streams_after(self._position, _MOST_CHANGED_STREAMS)
        self._application.forget(changed)
        if changed is None or PROGRAM_STREAM in changed:
            self.rulebook = Rulebook(self._application.programs())
        if changed is None or any(map(is_alliance, changed)):
            self.alliance = self._application.alliance()
        self._position = last
