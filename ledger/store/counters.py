"""The table of counters in SQLite: one row for each sum over all members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ledger.counters import Counter, CounterKey
from ledger.store.identifiers import Statements

CREATE: Final = (
    """CREATE TABLE counters (
        partner TEXT NOT NULL,
        kind TEXT NOT NULL,
        of TEXT NOT NULL,
        points INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (partner, kind, of)
    ) STRICT, WITHOUT ROWID""",
)

_SELECT: Final = "SELECT partner, kind, of, points, position FROM counters"
_PUT: Final = (
    "INSERT OR REPLACE INTO counters (partner, kind, of, points, position) VALUES (?, ?, ?, ?, ?)"
)


class CounterTable:
    """Reads and writes the table; each question is one indexed read."""

    def __init__(self, database: Statements) -> None:
        self._database = database

    def find(self, key: CounterKey) -> Counter | None:
        """The sum that goes by a key."""
        rows = self._select("WHERE partner = ? AND kind = ? AND of = ?", *key)
        return rows.get(key)

    def blocks(self, partner: str) -> dict[CounterKey, Counter]:
        """What is left of each block of a partner, but for those that are empty."""
        return self._select("WHERE partner = ? AND kind = 'block' AND points > 0", partner)

    def every(self) -> dict[CounterKey, Counter]:
        """All of them: a few for each partner and month."""
        return self._select("")

    def write(self, changed: Iterable[tuple[CounterKey, Counter]]) -> None:
        """Put each sum as it is now."""
        rows = [(*key, counter.points, counter.position) for key, counter in changed]
        if rows:
            self._database.write(_PUT, rows)

    def _select(self, where: str, *parameters: Any) -> dict[CounterKey, Counter]:
        rows = self._database.rows(f"{_SELECT} {where}", parameters)
        return {(partner, kind, of): Counter(*rest) for partner, kind, of, *rest in rows}
