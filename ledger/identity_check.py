"""Holding the table of identifiers against the log (RULES 29): what the events say, row by row.

The table is made once more from the events, by the code that keeps it, in a file of its own that
is gone afterwards; so memory does not grow with the number of cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol, TypeVar

from msgspec import Struct

from ledger.card_numbers import masked
from ledger.identifiers import Identifier
from ledger.register import NOTED_TOPICS, Register
from ledger.store.identifiers import IdentifierTable, Scratch
from ledger.store.sqlite import Row
from schemas.codec import decode_event
from schemas.events import MemberMerged, MemberRestored, member_of

_MOST_UNWRITTEN: Final = 2000

Difference = tuple[str, int, str]
"""(code, position, detail)"""


class Keyed(Protocol):
    """A row of a table that is kept in the order of its keys."""

    @property
    def key(self) -> tuple[str, ...]:
        """What it goes by."""


K = TypeVar("K", bound=Keyed)


class IdentityCheck:
    """Is told the log's rows in order, then compares."""

    def __init__(self) -> None:
        self._scratch = Scratch()
        self._table = IdentifierTable(self._scratch)
        self._register = Register(self._table)
        self._merged: dict[str, str] = {}

    def tell(self, rows: Iterable[Row]) -> None:
        """The next rows of the log."""
        for row in rows:
            if row.topic in NOTED_TOPICS:
                self._note(row)
        if len(self._register.changed) > _MOST_UNWRITTEN:
            self._write()

    def _note(self, row: Row) -> None:
        name, event = member_of(row.stream), decode_event(row.topic, row.state)
        if isinstance(event, MemberMerged):
            self._merged[name] = event.other
        elif isinstance(event, MemberRestored):
            self._merged.pop(name, None)
        self._register.note(name, event, row.position, lambda who: self._merged.get(who, ""))

    def _write(self) -> None:
        self._table.write(self._register.changed.items())
        self._register.changed.clear()

    def differences(self, there: Iterable[Identifier]) -> Iterator[Difference]:
        """What of the table differs from the events, in the order of the keys."""
        self._write()
        for due, found in side_by_side(self._table.every(), there):
            if due is None and found is not None:
                yield "loose_identifier", found.position, f"{_named(found)}: no event says so"
            elif due is not None and found is None:
                yield "missing_identifier", due.position, f"{_named(due)} is missing"
            elif due is not None and found is not None and due != found:
                yield "wrong_identifier", due.position, f"{_named(due)}: {unlike(due, found)}"

    def close(self) -> None:
        """Let go of the file."""
        self._scratch.close()


def side_by_side(one: Iterator[K], other: Iterable[K]) -> Iterator[tuple[K | None, K | None]]:
    """Two lists in the order of their keys, equal keys together."""
    others = iter(other)
    left, right = next(one, None), next(others, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.key < right.key):
            yield left, None
            left = next(one, None)
        elif left is None or right.key < left.key:
            yield None, right
            right = next(others, None)
        else:
            yield left, right
            left, right = next(one, None), next(others, None)


def _named(row: Identifier) -> str:
    return f"{row.kind} {masked(row.value)}"


def unlike(due: Struct, found: Struct) -> str:
    """The columns that differ."""
    names = [n for n in due.__struct_fields__ if getattr(due, n) != getattr(found, n)]
    return ", ".join(f"{n} is {getattr(found, n)!r}, not {getattr(due, n)!r}" for n in names)
