"""Points that went to other programs and came from them, one row each.

The rows follow from the events alone. The group keeps them while it judges; `jifen verify` makes
them again and compares (ledger/transfer_check.py).

Shapes:
    Transfer        a row of `transfers` (docs/log.md)
    TransferKey     (way, name, program) of one
    TransferBook    the table, with the changes that are not written yet
    outward_name    what a transfer is called outside: unique in the whole program
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Any, Final, Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from schemas.events import (
    Event,
    TransferConfirmed,
    TransferDeclined,
    TransferReceived,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
)

Way = Literal["out", "in"]
State = Literal["pending", "timed_out", "confirmed", "rejected", "received", "declined"]
TransferKey = tuple[Way, str, str]

OPEN: Final[tuple[State, ...]] = ("pending", "timed_out")
"""Sent, and no answer yet."""
_LONGEST: Final = 128


class Transfer(Struct, frozen=True, gc=False):
    """`points` left, without `fee`, or came in; `theirs` is that in the other program's units.

    `name` is the sender's outward name, `account` who gets it there, `code` why it was not taken,
    `reference` the other program's name for it. Of one that went out `source` and `request_id`
    name the request. Days are ISO dates, '' for none: `moved_on` sent or come, `answered_on`.
    `position` is the last event about it.
    """

    way: Way
    name: str
    program: str
    member: str
    account: str
    theirs: int
    points: int
    fee: int
    state: State
    code: str
    reference: str
    source: str
    request_id: str
    moved_on: str
    answer_by: str
    answered_on: str
    position: int

    @property
    def key(self) -> TransferKey:
        """What it goes by."""
        return self.way, self.name, self.program


def outward_name(source: str, request_id: str) -> str:
    """`<request id>@<source>`, or a hash of it where it is longer than an identifier may be.

    An @ in the id is escaped, so that two requests never have the same name.

    >>> outward_name("cli", "t-1")
    't-1@cli'
    """
    name = f"{request_id.replace('%', '%25').replace('@', '%40')}@{source}"
    return name if len(name) <= _LONGEST else f"{sha256(name.encode()).hexdigest()}@"


class Table(Protocol):
    """What is written already."""

    def find(self, key: TransferKey) -> Transfer | None:
        """The transfer that goes by a key."""


class TransferBook:
    """The table, with the changes that are not written yet in `changed`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.changed: dict[TransferKey, Transfer] = {}

    def note(self, member: str, event: Event, position: int) -> None:
        """An event was written; of one in a partner's stream the `member` is its own."""
        noted = _NOTED.get(type(event))
        if noted is not None:
            row = noted(self, member, event, position)
            self.changed[row.key] = row

    def sent(self, event: Any) -> Transfer:
        """The transfer that an answer is to."""
        name = outward_name(event.transfer_source, event.transfer)
        key: TransferKey = ("out", name, event.program)
        found = self.changed.get(key) or self._table.find(key)
        assert found is not None
        return found


def _sent(_: TransferBook, member: str, event: TransferSent, position: int) -> Transfer:
    return Transfer(
        way="out",
        name=outward_name(event.source, event.request_id),
        program=event.program,
        member=member,
        account=event.account,
        theirs=event.theirs,
        points=event.points_transferred - event.fee_points,
        fee=event.fee_points,
        state="pending",
        code="",
        reference="",
        source=event.source,
        request_id=event.request_id,
        moved_on=event.occurred_on.isoformat(),
        answer_by=event.answer_by.isoformat(),
        answered_on="",
        position=position,
    )


def _confirmed(book: TransferBook, _: str, event: TransferConfirmed, position: int) -> Transfer:
    return replace(
        book.sent(event),
        state="confirmed",
        reference=event.reference,
        answered_on=event.occurred_on.isoformat(),
        position=position,
    )


def _rejected(book: TransferBook, _: str, event: TransferRejected, position: int) -> Transfer:
    return replace(
        book.sent(event),
        state="rejected",
        code=event.code,
        answered_on=event.occurred_on.isoformat(),
        position=position,
    )


def _timed_out(book: TransferBook, _: str, event: TransferTimedOut, position: int) -> Transfer:
    return replace(book.sent(event), state="timed_out", position=position)


def _received(_: TransferBook, member: str, event: TransferReceived, position: int) -> Transfer:
    return _come(event, member, event.program, "received", position, points=event.points_taken_in)


def _declined(_: TransferBook, __: str, event: TransferDeclined, position: int) -> Transfer:
    return _come(event, event.member, event.partner, "declined", position, code=event.code)


def _come(
    event: TransferReceived | TransferDeclined,
    member: str,
    program: str,
    state: State,
    position: int,
    *,
    points: int = 0,
    code: str = "",
) -> Transfer:
    day = event.occurred_on.isoformat()
    return Transfer(
        way="in",
        name=event.transfer,
        program=program,
        member=member,
        account=member,
        theirs=event.theirs,
        points=points,
        fee=0,
        state=state,
        code=code,
        reference="",
        source=event.source,
        request_id=event.request_id,
        moved_on=day,
        answer_by="",
        answered_on=day,
        position=position,
    )


_NOTED: Final[dict[type[Event], Callable[..., Transfer]]] = {
    TransferSent: _sent,
    TransferConfirmed: _confirmed,
    TransferRejected: _rejected,
    TransferTimedOut: _timed_out,
    TransferReceived: _received,
    TransferDeclined: _declined,
}
NOTED_TOPICS: Final[Collection[str]] = frozenset(kind.topic for kind in _NOTED)
