"""Reading the whole log in pieces, each as large as is good for memory, in one process or several.

Shapes:
    Scan       the log up to a position: what had been recorded when it was begun
    Stretch    streams from after one to through another, in the order of their names
    ScannedRow   stream, when it was recorded, topic, payload
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from ledger.store.file import SQLiteFile
from ledger.store.layout import OF_ACCOUNTS, marks, portions

Rows = Callable[[str, Sequence[Any]], list[Any]]
Stretch = tuple[str, str]
ScannedRow = tuple[str, int, str, str]

_ACCOUNTS: Final = f"{OF_ACCOUNTS} AND position <= ?"
_ROWS: Final = "SELECT stream, recorded_at, topic, state FROM events"
_CACHE_KIB: Final = 2_048
_DAY: Final = '"occurred_on":"'


class Scan:
    """The log up to and with the row at `last`; `rows` runs a statement."""

    def __init__(self, rows: Rows, last: int) -> None:
        self._rows = rows
        self.last = last

    def stretches(self, size: int) -> Iterator[Stretch]:
        """All accounts' streams in stretches of some `size` rows."""
        after = ""
        while rows := self._rows(
            f"SELECT stream FROM events WHERE stream > ? AND {_ACCOUNTS}"
            " ORDER BY stream LIMIT 1 OFFSET ?",
            (after, self.last, size - 1),
        ):
            through = rows[0][0]
            yield after, through
            after = through
        ((through,),) = self._rows(
            f"SELECT max(stream) FROM events WHERE stream > ? AND {_ACCOUNTS}", (after, self.last)
        )
        if through is not None:
            yield after, through

    def streams(self, stretch: Stretch) -> list[ScannedRow]:
        """Every row of a stretch, stream by stream, in order of version."""
        return self._rows(
            f"{_ROWS} WHERE stream > ? AND stream <= ? AND {_ACCOUNTS} ORDER BY stream, version",
            (*stretch, self.last),
        )

    def together(self, streams: Sequence[str]) -> Iterator[ScannedRow]:
        """Every row of some streams, in the order of the log."""
        positions: list[tuple[int]] = []
        for some in portions(streams):
            positions += self._rows(
                f"SELECT position FROM events WHERE stream IN ({marks(some)}) AND position <= ?",
                (*some, self.last),
            )
        yield from self._at(sorted(position for (position,) in positions))

    def _at(self, positions: Iterable[int]) -> Iterator[ScannedRow]:
        """The rows at positions, which ascend."""
        for some in portions(positions):
            yield from self._rows(
                f"{_ROWS} WHERE position IN ({marks(some)}) ORDER BY position", some
            )

    def survey(
        self, topics: Sequence[str], after: int, through: int
    ) -> tuple[list[ScannedRow], dt.date | None]:
        """The rows of these topics between two positions, and the latest business day of all.

        Of the accounts, that is; in one pass.
        """
        at = f"instr(state, '{_DAY}') + {len(_DAY)}"
        ((day, positions),) = self._rows(
            f"SELECT max(substr(state, {at}, 10)),"
            f" group_concat(position) FILTER (WHERE topic IN ({marks(topics)}))"
            f" FROM events WHERE position > ? AND position <= ? AND {OF_ACCOUNTS}",
            (*topics, after, through),
        )
        found = self._at(map(int, positions.split(","))) if positions else ()
        return list(found), dt.date.fromisoformat(day) if day else None


@contextmanager
def opened(path: str, last: int) -> Iterator[Scan]:
    """A scan on a connection of its own, with a small cache: nearly no page is asked for twice."""
    file = SQLiteFile(path, cache_kib=_CACHE_KIB)
    file.open()
    try:
        yield Scan(file.rows, last)
    finally:
        file.close()
