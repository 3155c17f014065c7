"""Holding the table of transfers against the log (RULES 29), as ledger/identity_check.py does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.identity_check import Difference, side_by_side, unlike
from ledger.store import transfers
from ledger.store.identifiers import Scratch
from ledger.store.sqlite import Row
from ledger.store.transfers import TransferTable
from ledger.transfers import NOTED_TOPICS, Transfer, TransferBook
from schemas.codec import decode_event
from schemas.events import member_of

_MOST_UNWRITTEN: Final = 2000


class TransferCheck:
    """Is told the log's rows in order, then compares."""

    def __init__(self) -> None:
        self._scratch = Scratch(transfers.CREATE)
        self._table = TransferTable(self._scratch)
        self._book = TransferBook(self._table)

    def tell(self, rows: Iterable[Row]) -> None:
        """The next rows of the log."""
        for row in rows:
            if row.topic in NOTED_TOPICS:
                event = decode_event(row.topic, row.state)
                self._book.note(member_of(row.stream), event, row.position)
        if len(self._book.changed) > _MOST_UNWRITTEN:
            self._write()

    def _write(self) -> None:
        self._table.write(self._book.changed.values())
        self._book.changed.clear()

    def differences(self, there: Iterable[Transfer]) -> Iterator[Difference]:
        """What of the table differs from the events, in the order of the keys."""
        self._write()
        for due, found in side_by_side(self._table.every(), there):
            if due is None and found is not None:
                yield "loose_transfer", found.position, f"{_named(found)}: no event says so"
            elif due is not None and found is None:
                yield "missing_transfer", due.position, f"{_named(due)} is missing"
            elif due is not None and found is not None and due != found:
                yield "wrong_transfer", due.position, f"{_named(due)}: {unlike(due, found)}"

    def close(self) -> None:
        """Let go of the file."""
        self._scratch.close()


def _named(row: Transfer) -> str:
    return f"transfer {row.way} {row.name!r}"
