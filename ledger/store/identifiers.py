"""The table of identifiers in SQLite: one row for each card, each linked phone, and the key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

from ledger.identifiers import Identifier, Key, Kind

CREATE: Final = (
    """CREATE TABLE identifiers (
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        owner TEXT NOT NULL,
        member TEXT NOT NULL,
        mark TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (kind, value)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX identifiers_by_member ON identifiers (member)",
    "CREATE INDEX identifiers_by_ending ON identifiers (mark) WHERE kind = 'phone'",
)

_SELECT: Final = "SELECT kind, value, owner, member, mark, position FROM identifiers"
_PUT: Final = (
    "INSERT OR REPLACE INTO identifiers (kind, value, owner, member, mark, position)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_DELETE: Final = "DELETE FROM identifiers WHERE kind = ? AND value = ?"
_MEANT: Final = (
    "SELECT 'member', '', '', 0 FROM events WHERE stream = ? AND version = 1 UNION ALL"
    " SELECT 'card', member, mark, position FROM identifiers WHERE kind = 'card' AND value = ?"
)
_PAGE: Final = 1000


class Statements(Protocol):
    """What runs statements: the store's file, or a scratch of its own."""

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""

    def write(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row."""


class IdentifierTable:
    """Reads and writes the table; each question is one indexed read."""

    def __init__(self, database: Statements) -> None:
        self._database = database

    def find(self, key: Key) -> Identifier | None:
        """The identifier that goes by a key."""
        rows = self._select("WHERE kind = ? AND value = ?", key)
        return rows[0] if rows else None

    def of_member(self, member: str) -> list[Identifier]:
        """All that lead to a member."""
        return self._select("WHERE member = ? ORDER BY kind, value", (member,))

    def with_ending(self, mark: str) -> list[Identifier]:
        """The phones whose ending has this hash."""
        return self._select("WHERE kind = 'phone' AND mark = ? ORDER BY member", (mark,))

    def highest_card(self, prefix: str, digits: int) -> str:
        """The highest card number of `digits` digits under a prefix; '' for none."""
        rows = self._database.rows(
            "SELECT value FROM identifiers WHERE kind = 'card' AND value >= ? AND value < ?"
            " AND length(value) = ? AND value NOT GLOB '*[^0-9]*' ORDER BY value DESC LIMIT 1",
            (prefix, f"{prefix}:", digits),
        )
        return str(rows[0][0]) if rows else ""

    def meant(self, stream: str, card: str) -> dict[str, tuple[str, str, int]]:
        """What a text is: 'member' when the stream is there, 'card' with member, mark, position."""
        return {kind: rest for kind, *rest in self._database.rows(_MEANT, (stream, card))}

    def every(self) -> Iterator[Identifier]:
        """All of them, in the order of their keys, a page at a time."""
        kind, value = "", ""
        while page := self._select(
            "WHERE (kind, value) > (?, ?) ORDER BY kind, value LIMIT ?", (kind, value, _PAGE)
        ):
            yield from page
            kind, value = page[-1].key

    def write(self, changed: Iterable[tuple[Key, Identifier | None]]) -> None:
        """Put each identifier as it is now; None takes it away."""
        put = []
        gone: list[tuple[Kind, str]] = []
        for key, row in changed:
            if row is None:
                gone.append(key)
            else:
                put.append((*key, row.owner, row.member, row.mark, row.position))
        if put:
            self._database.write(_PUT, put)
        if gone:
            self._database.write(_DELETE, gone)

    def _select(self, where: str, parameters: Sequence[Any]) -> list[Identifier]:
        return [Identifier(*row) for row in self._database.rows(f"{_SELECT} {where}", parameters)]


class Scratch:
    """Empty tables, as statements make them, on a file that is gone when it is closed."""

    def __init__(self, create: Iterable[str] = CREATE) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        for statement in create:
            self._connection.execute(statement)

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        return self._connection.execute(statement, parameters).fetchall()

    def write(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        self._connection.execute("BEGIN")
        self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
