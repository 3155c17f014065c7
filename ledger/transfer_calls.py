"""Transfers to other programs and from them: the commands as methods, and what can be asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ledger.errors import UnknownTransfer
from ledger.outcome import Outcome
from ledger.store.sqlite import SQLiteRecorder
from ledger.transfers import OPEN, State, Transfer, Way
from schemas.commands import (
    Command,
    ConfirmTransfer,
    ReceiveTransfer,
    RejectTransfer,
    SendTransfer,
    TimeOutTransfer,
)
from schemas.events import PROGRAM_SOURCE_PREFIX

STATES: Final[dict[Way, tuple[State, ...]]] = {
    "out": (*OPEN, "confirmed", "rejected"),
    "in": ("received", "declined"),
}
"""Way -> the states that a transfer of it may have."""


class TransferCalls(ABC):
    """Methods that make a command and execute it; each raises what `execute` raises.

    A transfer goes by the request that sent it, with `transfer_source` where that is not the
    command's own.
    """

    _recorder: SQLiteRecorder

    @abstractmethod
    def execute(self, command: Command) -> Outcome:
        """Judge a command and make its events durable."""

    def send_transfer(
        self, member: str, program: str, account: str, points: int, **said: Any
    ) -> Outcome:
        """Send the whole blocks in `points` units to `account` of another program."""
        return self.execute(
            SendTransfer(member=member, program=program, account=account, points=points, **said)
        )

    def confirm_transfer(self, member: str, transfer: str, **said: Any) -> Outcome:
        """The other program has the points."""
        return self.execute(ConfirmTransfer(member=member, transfer=transfer, **said))

    def reject_transfer(self, member: str, transfer: str, code: str, **said: Any) -> Outcome:
        """The other program refused them: they are back."""
        return self.execute(RejectTransfer(member=member, transfer=transfer, code=code, **said))

    def time_out_transfer(self, member: str, transfer: str, **said: Any) -> Outcome:
        """Note that no answer came in time."""
        return self.execute(TimeOutTransfer(member=member, transfer=transfer, **said))

    def receive_transfer(
        self, member: str, program: str, transfer: str, theirs: int, **said: Any
    ) -> Outcome:
        """Take in, or decline for good, what another program sent under its id `transfer`."""
        return self.execute(received(member, program, transfer, theirs, **said))

    def transfers(
        self,
        way: Way = "out",
        states: Sequence[State] = (),
        *,
        program: str = "",
        member: str = "",
    ) -> Iterator[Transfer]:
        """Transfers one way, in some states (default: all of that way), by pages.

        `states=OPEN` are those that have no answer yet.
        """
        wanted = states or STATES[way]
        return self._recorder.transfers.listed(way, wanted, program=program, member=member)

    def transfer(self, name: str) -> Transfer:
        """The transfer that went out under a name. Raises UnknownTransfer."""
        found = self._recorder.transfers.sent(name)
        if found is None:
            raise UnknownTransfer(transfer=name)
        return found

    def transfer_from(self, program: str, name: str) -> Transfer | None:
        """The transfer that came from a program under its name there; None where none did."""
        return self._recorder.transfers.find(("in", name, program))


def received(member: str, program: str, transfer: str, theirs: int, **said: Any) -> ReceiveTransfer:
    """The command, as the request that the transfer itself is."""
    return ReceiveTransfer(
        member=member,
        program=program,
        transfer=transfer,
        theirs=theirs,
        source=PROGRAM_SOURCE_PREFIX + program,
        request_id=transfer,
        **said,
    )
