"""What became of a command."""

from __future__ import annotations

import threading
from typing import Any

from msgspec import Struct

from ledger.account import Account
from schemas.commands import Command
from schemas.events import Event


class Outcome(Struct, frozen=True, gc=False):
    """The events that a command wrote, at positions `first_position` to `last_position`.

    `replayed` tells that an earlier request with the same id wrote them; `account` is the
    member's state right after them, None for a command about the program.
    """

    events: tuple[Event, ...]
    first_position: int
    last_position: int
    account: Account | None = None
    replayed: bool = False


class Pending:
    """A command on its way to the log: what `submit` returns.

    `result()` waits until it is durable and returns its Outcome, or raises what refused it.
    """

    __slots__ = ("_awaited", "_settled", "command", "digest", "error", "outcome")

    def __init__(self, command: Command, digest: str) -> None:
        self.command = command
        self.digest = digest
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self._awaited: Any = None
        self._settled = False

    def await_later(self) -> None:
        """Make it waitable, before it is handed to another thread."""
        self._awaited = threading.Lock()
        self._awaited.acquire()

    def settle(self) -> None:
        """Its outcome or error is there, for good; wake whoever waits."""
        self._settled = True
        if self._awaited is not None:
            self._awaited.release()

    def done(self) -> bool:
        """Whether `result` would return, or raise, at once."""
        return self._settled

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What refused it, or None; waits like `result`."""
        self._wait(timeout)
        return self.error

    def result(self, timeout: float | None = None) -> Outcome:
        """Its Outcome. Raises what refused it, or TimeoutError after `timeout` seconds."""
        self._wait(timeout)
        if self.error is not None:
            raise self.error
        assert self.outcome is not None
        return self.outcome

    def _wait(self, timeout: float | None) -> None:
        if self._awaited is not None and not self._settled:
            if not self._awaited.acquire(timeout=-1 if timeout is None else timeout):
                raise TimeoutError("the command is not durable yet")
            self._awaited.release()
