"""The table of transfers in SQLite: one row for each that went to another program or came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from ledger.store.identifiers import Statements
from ledger.transfers import State, Transfer, TransferKey, Way

CREATE: Final = (
    """CREATE TABLE transfers (
        way TEXT NOT NULL,
        name TEXT NOT NULL,
        program TEXT NOT NULL,
        member TEXT NOT NULL,
        account TEXT NOT NULL,
        theirs INTEGER NOT NULL,
        points INTEGER NOT NULL,
        fee INTEGER NOT NULL,
        state TEXT NOT NULL,
        code TEXT NOT NULL,
        reference TEXT NOT NULL,
        source TEXT NOT NULL,
        request_id TEXT NOT NULL,
        moved_on TEXT NOT NULL,
        answer_by TEXT NOT NULL,
        answered_on TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (way, name, program)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX transfers_by_state ON transfers (way, state, program, name)",
)

_COLUMNS: Final = Transfer.__struct_fields__
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM transfers"
_PUT: Final = (
    f"INSERT OR REPLACE INTO transfers ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_PAGE: Final = 1000


class TransferTable:
    """Reads and writes the table."""

    def __init__(self, database: Statements) -> None:
        self._database = database

    def find(self, key: TransferKey) -> Transfer | None:
        """The transfer that goes by a key."""
        rows = self._select("WHERE way = ? AND name = ? AND program = ?", key)
        return rows[0] if rows else None

    def sent(self, name: str) -> Transfer | None:
        """The transfer that we call so outside."""
        rows = self._select("WHERE way = 'out' AND name = ?", (name,))
        return rows[0] if rows else None

    def listed(
        self, way: Way, states: Iterable[State], *, program: str = "", member: str = ""
    ) -> Iterator[Transfer]:
        """Those in the states, by state, program and name, a page at a time; each read is indexed.

        With `program` or `member` only theirs.
        """
        narrowed = [("program", program), ("member", member)]
        extra = "".join(f" AND {column} = ?" for column, value in narrowed if value)
        values = [value for _, value in narrowed if value]
        for state in states:
            after = ("", "")
            while page := self._select(
                f"WHERE way = ? AND state = ? AND (program, name) > (?, ?){extra}"
                f" ORDER BY program, name LIMIT {_PAGE}",
                (way, state, *after, *values),
            ):
                yield from page
                after = (page[-1].program, page[-1].name)

    def every(self) -> Iterator[Transfer]:
        """All of them, in the order of their keys, a page at a time."""
        after = ("", "", "")
        while page := self._select(
            f"WHERE (way, name, program) > (?, ?, ?) ORDER BY way, name, program LIMIT {_PAGE}",
            after,
        ):
            yield from page
            after = page[-1].key

    def write(self, rows: Iterable[Transfer]) -> None:
        """Put each transfer as it is now."""
        put = [tuple(getattr(row, name) for name in _COLUMNS) for row in rows]
        if put:
            self._database.write(_PUT, put)

    def _select(self, where: str, parameters: Sequence[Any]) -> list[Transfer]:
        return [Transfer(*row) for row in self._database.rows(f"{_SELECT} {where}", parameters)]
