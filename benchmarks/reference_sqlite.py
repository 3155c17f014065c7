"""Bare SQLite: the rows that our store wrote, written again by nothing but the driver.

Shapes:
    Copied        the statements that make the tables, and the rows, commit by commit
    copy_rows     reads them out of a finished store
    write_rows    one executemany per table and commit: the floor of a bulk import
    write_blobs   one row and one commit per blob: the floor of a single durable purchase

Both writers use WAL and synchronous=FULL, as the store does.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from msgspec import Struct

# Which column tells the commit that a row belongs to: the position of its event (docs/log.md).
POSITION_COLUMN: Final = {
    "events": "position",
    "requests": "last_position",
    "receipts": "position",
    "seals": "last_position",
}

Rows = list[tuple[Any, ...]]


class Copied(Struct, frozen=True):
    """A store's tables and rows; `commits` holds, for each commit, INSERT statement -> rows."""

    schema: tuple[str, ...]
    commits: tuple[dict[str, Rows], ...]

    @property
    def events(self) -> int:
        """How many events there are."""
        return sum(
            len(rows)
            for commit in self.commits
            for insert, rows in commit.items()
            if insert.startswith("INSERT INTO events ")
        )

    def blobs(self) -> list[bytes]:
        """For each commit all of its values as one text: the same bytes in one piece."""
        return [
            "".join(
                str(value) for rows in commit.values() for row in rows for value in row
            ).encode()
            for commit in self.commits
        ]


def copy_rows(store: Path, after: int = 0) -> Copied:
    """Every row of a store that belongs to a commit after position `after`."""
    with closing(sqlite3.connect(store)) as connection:
        schema = [
            sql
            for (sql,) in connection.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                " ORDER BY rowid"
            )
        ]
        ends = [
            end
            for (end,) in connection.execute(
                "SELECT last_position FROM seals WHERE last_position > ? ORDER BY 1", (after,)
            )
        ]
        commits: list[dict[str, Rows]] = [defaultdict(list) for _ in ends]
        for table, column in POSITION_COLUMN.items():
            # An explicit column list keeps the order of the table's own columns.
            names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
            marks = ", ".join("?" * len(names))
            insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            place = names.index(column)
            rows = connection.execute(
                f"SELECT * FROM {table} WHERE {column} > ? ORDER BY {column}", (after,)
            )
            for row in rows:
                commits[bisect_left(ends, row[place])][insert].append(row)
    return Copied(tuple(schema), tuple(dict(commit) for commit in commits))


@contextmanager
def durable_connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a new file in WAL and synchronous=FULL that opens no transaction itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


def write_rows(path: Path, copied: Copied) -> float:
    """Write the rows into a new file, one transaction per commit; seconds without the set-up."""
    with durable_connection(path) as connection:
        for statement in copied.schema:
            connection.execute(statement)
        started = perf_counter()
        for commit in copied.commits:
            connection.execute("BEGIN IMMEDIATE")
            for insert, rows in commit.items():
                connection.executemany(insert, rows)
            connection.execute("COMMIT")
        return perf_counter() - started


def write_blobs(path: Path, blobs: Sequence[bytes]) -> float:
    """Insert and commit the blobs one by one into a new file; seconds without the set-up."""
    with durable_connection(path) as connection:
        connection.execute("CREATE TABLE blobs (position INTEGER PRIMARY KEY, content BLOB)")
        insert = "INSERT INTO blobs (content) VALUES (?)"
        started = perf_counter()
        for blob in blobs:
            connection.execute(insert, (blob,))
        return perf_counter() - started
