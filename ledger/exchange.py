"""Carrying transfers to another program and its answers back (docs/alliance.md).

Every step may be repeated, come late or be lost: what was taken is answered the same again, and an
answer that is known changes nothing. So an exchange that was broken off is finished by another.

Shapes:
    Sending     what the other program is told of a transfer
    Answer      what it says
    outbox      a ledger -> sendings; those that have no answer yet
    take_in     sendings -> answers, each durable when it is told
    answered    a ledger -> the answers that it gave before
    settle      answers -> what they changed
    time_out    what had no answer in time
    exchange    all of it, between two ledgers in one process
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from ledger.errors import (
    JifenError,
    RequestConflict,
    StoreError,
    TransferAnswered,
    UnknownTransfer,
)
from ledger.transfer_calls import received
from ledger.transfers import OPEN, Transfer
from schemas.commands import ConfirmTransfer, RejectTransfer, TimeOutTransfer
from schemas.events import PROGRAM_SOURCE_PREFIX, TransferDeclined, TransferReceived

if TYPE_CHECKING:
    from ledger.ledger import Ledger

_GROUP = 500

Change = Literal["confirmed", "rejected", "known"]


class Sending(Struct, frozen=True):
    """`points` that left for `account`, who is to get `theirs`; each program counts its own."""

    name: str
    account: str
    theirs: int
    points: int
    sent_on: str = ""


class Answer(Struct, frozen=True):
    """What became of a transfer there; `code` says why it was declined.

    `points` are the sender's, where it says them; `reference` is the receiver's name for it: the
    position of its event.
    """

    name: str
    answer: Literal["received", "declined"]
    points: int | None = None
    code: str = ""
    reference: str = ""


class Exchanged(Struct):
    """What an exchange did: sent = received + declined + failed there; known ones among them.

    `confirmed` and `rejected` count what changed here; `failures` are what could not be done now,
    by the transfer's name.
    """

    sent: int = 0
    received: int = 0
    declined: int = 0
    confirmed: int = 0
    rejected: int = 0
    failures: tuple[tuple[str, JifenError], ...] = ()


def outbox(ledger: Ledger, program: str) -> Iterator[Sending]:
    """All that was sent to a program and has no answer, timed out or not."""
    for row in ledger.transfers("out", OPEN, program=program):
        yield Sending(row.name, row.account, row.theirs, row.points, row.moved_on)


def take_in(
    ledger: Ledger, program: str, sendings: Iterable[Sending], *, operator: str = ""
) -> Iterator[Answer | JifenError]:
    """Take what `program` sent; gives each answer, or what stands in its way, in order.

    What was taken in by hand, without a promise, gets the answer that it had; RequestConflict stays
    where that was another transfer. Raises a StoreError at once: what was told before is durable.
    """
    iterator = iter(sendings)
    while some := list(islice(iterator, _GROUP)):
        commands = [
            received(s.account, program, s.name, s.points, promised=s.theirs, operator=operator)
            for s in some
        ]
        results = ledger.execute_many(commands, group=_GROUP)
        for sending, result in zip(some, results, strict=True):
            if isinstance(result, StoreError):
                raise result
            if isinstance(result, RequestConflict):
                yield _known_answer(ledger, program, sending) or result
            else:
                yield result if isinstance(result, JifenError) else _answer(result)


def _answer(outcome: Any) -> Answer:
    (event,) = outcome.events
    reference = str(outcome.first_position)
    if isinstance(event, TransferDeclined):
        return Answer(event.transfer, "declined", event.theirs, event.code, reference)
    assert isinstance(event, TransferReceived)
    return Answer(event.transfer, "received", event.theirs, "", reference)


def _known_answer(ledger: Ledger, program: str, sending: Sending) -> Answer | None:
    """What was answered to the same transfer when it came otherwise; None where it is another.

    What was taken must be what was promised; what was declined brought nothing, whatever was.
    """
    row = ledger.transfer_from(program, sending.name)
    if row is None or (row.account, row.theirs) != (sending.account, sending.points):
        return None
    if row.state == "received" and row.points != sending.theirs:
        return None
    return answer_of(row)


def answered(ledger: Ledger, program: str, since: str = "") -> Iterator[Answer]:
    """The answers to what `program` sent, those from the day `since` on (ISO)."""
    for row in ledger.transfers("in", program=program):
        if row.answered_on >= since:
            yield answer_of(row)


def answer_of(row: Transfer) -> Answer:
    """The answer that a transfer which came was given."""
    answer: Literal["received", "declined"] = "received" if row.state == "received" else "declined"
    return Answer(row.name, answer, row.theirs, row.code, str(row.position))


def settle(
    ledger: Ledger, program: str, answers: Iterable[Answer], *, operator: str = ""
) -> Iterator[Change | JifenError]:
    """Confirm or reject by the answers of `program`; gives what each changed, in order.

    An answer that can't be taken gives its error: UnknownTransfer, TransferAnswered, and the like.
    Raises a StoreError at once.
    """
    iterator = iter(answers)
    while some := list(islice(iterator, _GROUP)):
        changes = [_change(ledger, program, answer, operator) for answer in some]
        commands = [change for change in changes if not isinstance(change, str | JifenError)]
        results = ledger.execute_many(commands, group=_GROUP)
        for change in changes:
            if isinstance(change, str | JifenError):
                yield change
                continue
            result = next(results)
            if isinstance(result, StoreError):
                raise result
            if isinstance(result, JifenError):
                yield result
            elif not result.events:
                yield "known"
            else:
                yield "confirmed" if isinstance(change, ConfirmTransfer) else "rejected"


def _change(
    ledger: Ledger, program: str, answer: Answer, operator: str
) -> ConfirmTransfer | RejectTransfer | Change | JifenError:
    """The command that an answer is, "known" for one that was taken before, or an error."""
    try:
        row = ledger.transfer(answer.name)
    except UnknownTransfer as error:
        return error
    if row.program != program:
        return UnknownTransfer(transfer=answer.name)
    wanted = "confirmed" if answer.answer == "received" else "rejected"
    if row.state == wanted:
        return "known"
    if row.state not in OPEN:
        return TransferAnswered(transfer=answer.name, answer=row.state)
    said: dict[str, Any] = {
        "member": row.member,
        "transfer": row.request_id,
        "transfer_source": row.source,
        "source": PROGRAM_SOURCE_PREFIX + program,
        "operator": operator,
    }
    if wanted == "confirmed":
        return ConfirmTransfer(reference=answer.reference, **said)
    return RejectTransfer(code=answer.code, **said)


def time_out(ledger: Ledger, **said: Any) -> Iterator[Transfer]:
    """Note of each transfer that had no answer by its day that it had none; gives those.

    One that was answered meanwhile is passed over. Raises a StoreError at once.
    """
    today = ledger.today().isoformat()
    pending = ledger.transfers("out", ("pending",))
    due = (row for row in pending if row.answer_by < today)
    while some := list(islice(due, _GROUP)):
        commands = [
            TimeOutTransfer(
                member=row.member, transfer=row.request_id, transfer_source=row.source, **said
            )
            for row in some
        ]
        for row, result in zip(some, ledger.execute_many(commands, group=_GROUP), strict=True):
            if isinstance(result, TransferAnswered):
                continue
            if isinstance(result, JifenError):
                raise result
            yield row


def exchange(sender: Ledger, receiver: Ledger, *, operator: str = "") -> Exchanged:
    """Carry everything that is pending at `sender` for `receiver`'s program, and the answers back.

    It may be broken off anywhere and be done again. Raises a StoreError of either ledger.
    """
    done = Exchanged()
    here, there = sender.program.id, receiver.program.id
    iterator = outbox(sender, there)
    while some := list(islice(iterator, _GROUP)):
        done.sent += len(some)
        answers: list[Answer] = []
        for sending, result in zip(
            some, take_in(receiver, here, some, operator=operator), strict=True
        ):
            if isinstance(result, JifenError):
                done.failures += ((sending.name, result),)
                continue
            answers.append(result)
            done.received += result.answer == "received"
            done.declined += result.answer == "declined"
        for answer, change in zip(
            answers, settle(sender, there, answers, operator=operator), strict=True
        ):
            if isinstance(change, JifenError):
                done.failures += ((answer.name, change),)
            done.confirmed += change == "confirmed"
            done.rejected += change == "rejected"
    return done
