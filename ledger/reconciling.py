"""Holding what was sent to a program against what it says of it (docs/alliance.md).

Shapes:
    Mismatch         a transfer of which the two programs say other things, and what kind that is
    Reconciliation   how many and how much in each state, and every mismatch

Kinds: what is under way is no fault, the rest is.
    not_seen         sent, and not known there yet: still to be carried
    not_answered     known there, and the answer was not taken here yet
    other_answer     the answers differ
    other_points     they took other points than were sent
    missing_there    it was answered here, and is not known there
    unknown_here     known there, and never sent from here
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from ledger.exchange import Answer
from ledger.transfers import OPEN, Transfer

Kind = Literal[
    "not_seen",
    "not_answered",
    "other_answer",
    "other_points",
    "missing_there",
    "unknown_here",
]
UNDER_WAY: Final[tuple[Kind, ...]] = ("not_seen", "not_answered")
_ANSWERS: Final = {"received": "confirmed", "declined": "rejected"}


class Mismatch(Struct, frozen=True):
    """`state` and `points` are what is said here, `answer` and `their_points` what there; points
    are those of the program that sent them."""

    kind: Kind
    name: str
    member: str = ""
    state: str = ""
    points: int = 0
    answer: str = ""
    their_points: int = 0

    @property
    def is_fault(self) -> bool:
        """Whether it will not settle itself by carrying what is under way."""
        return self.kind not in UNDER_WAY


class Reconciliation(Struct):
    """Sent = confirmed + rejected + pending, here; sent = received + declined + not seen, there.

    Counts, and points of the sender, by state.
    """

    sent: tuple[int, int] = (0, 0)
    confirmed: tuple[int, int] = (0, 0)
    rejected: tuple[int, int] = (0, 0)
    pending: tuple[int, int] = (0, 0)
    received: tuple[int, int] = (0, 0)
    declined: tuple[int, int] = (0, 0)
    not_seen: tuple[int, int] = (0, 0)
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def faults(self) -> tuple[Mismatch, ...]:
        """What has to be looked into."""
        return tuple(found for found in self.mismatches if found.is_fault)

    def count(self, name: str, points: int) -> None:
        """One more in a state."""
        number, total = getattr(self, name)
        setattr(self, name, (number + 1, total + points))


def reconcile(sent: Iterable[Transfer], answers: Iterable[Answer]) -> Reconciliation:
    """All that was sent to a program against all answers that it gave; each mismatch by name."""
    there = {answer.name: answer for answer in answers}
    result = Reconciliation()
    found: list[Mismatch] = []
    for row in sent:
        answer = there.pop(row.name, None)
        result.count("sent", row.points)
        result.count("pending" if row.state in OPEN else row.state, row.points)
        if answer is None:
            result.count("not_seen", row.points)
        else:
            points = row.points if answer.points is None else answer.points
            result.count(answer.answer, points)
        found += _mismatches(row, answer)
    for answer in there.values():
        points = answer.points or 0
        result.count(answer.answer, points)
        found.append(
            Mismatch("unknown_here", answer.name, answer=answer.answer, their_points=points)
        )
    result.mismatches = tuple(sorted(found, key=lambda one: (not one.is_fault, one.name)))
    return result


def _mismatches(row: Transfer, answer: Answer | None) -> list[Mismatch]:
    def mismatch(kind: Kind) -> Mismatch:
        told = (answer.answer, answer.points or 0) if answer else ("", 0)
        return Mismatch(kind, row.name, row.member, row.state, row.points, *told)

    if answer is None:
        return [mismatch("not_seen" if row.state in OPEN else "missing_there")]
    found = []
    if answer.points not in (None, row.points):
        found.append(mismatch("other_points"))
    if row.state in OPEN:
        found.append(mismatch("not_answered"))
    elif row.state != _ANSWERS[answer.answer]:
        found.append(mismatch("other_answer"))
    return found
