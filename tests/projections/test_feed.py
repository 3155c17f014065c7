"""The feed gives the log's rows as they are, in order, and leaves the store alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from projections import feed
from projections.errors import LogNotFound, LogUnreadable, UnsupportedLog
from projections.feed import open_feed, read_ahead
from tests.projections.support import append, append_rows, bought, create_log, enrolled

RIVAL = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
"""


def rows_of(store: Path, after: int = 0, until: int | None = None, rows: int = 3) -> list[Any]:
    source = open_feed(str(store))
    try:
        until = source.last_position() if until is None else until
        tables = list(read_ahead(source, after, until, rows))
    finally:
        source.close()
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


def stored_rows(store: Path) -> list[Any]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute("SELECT * FROM events ORDER BY position").fetchall()


@pytest.fixture
def ten(store: Path) -> Path:
    append(store, *(("m-雨", bought(purchase_id=f"p{n}")) for n in range(10)))
    return store


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 10, 11])
@pytest.mark.parametrize("piece_rows", [1, 3, 100])
def test_rows_come_as_they_were_written(
    ten: Path, rows: int, piece_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PIECE_ROWS", piece_rows)

    assert rows_of(ten, rows=rows) == stored_rows(ten)


def test_only_what_is_asked_for_comes(ten: Path) -> None:
    assert [row[0] for row in rows_of(ten, after=3, until=7)] == [4, 5, 6, 7]


def test_tables_have_the_size_asked_for(ten: Path) -> None:
    source = open_feed(str(ten))

    sizes = [table.num_rows for table in read_ahead(source, 0, 10, 4)]

    source.close()
    assert sizes == [4, 4, 2]


def test_a_payload_with_line_ends_comes_whole(store: Path) -> None:
    append_rows(store, [("member:a", "T.1", '{\n "x": 1\n}'), ("member:b", "T.1", "{}")])

    assert rows_of(store) == stored_rows(store)


def test_a_payload_that_is_not_text_names_where_it_stands(store: Path) -> None:
    append(store, ("a", enrolled()))
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE events SET state = CAST(x'ff7b' AS TEXT)")

    with pytest.raises(LogUnreadable, match="behind event #0"):
        rows_of(store)


def test_an_empty_log_has_no_rows(store: Path) -> None:
    assert rows_of(store) == []


def test_leaving_early_ends_the_reading_thread(ten: Path) -> None:
    source = open_feed(str(ten))
    tables = read_ahead(source, 0, 10, 1)
    next(tables)

    tables.close()  # type: ignore[attr-defined]

    source.close()
    assert not [t for t in threading.enumerate() if t.name == "jifen-feed"]


def test_a_missing_store_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(LogNotFound):
        open_feed(str(tmp_path / "none.jifen"))

    assert list(tmp_path.iterdir()) == []


def test_another_file_is_no_store(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("hello, this is no database at all\n" * 50)

    with pytest.raises(LogUnreadable):
        open_feed(str(other))


def test_a_database_of_something_else_is_no_store(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection, connection:
        connection.execute("CREATE TABLE events (position INTEGER)")

    with pytest.raises(LogUnreadable, match="not a Jifen store"):
        open_feed(str(tmp_path / "x.db"))


def test_a_store_of_a_newer_version_is_not_read(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(LogUnreadable, match="newer version"):
        open_feed(str(store))


@pytest.mark.parametrize("url", ["postgresql://localhost/x", ":memory:"])
def test_a_kind_of_store_without_a_feed_is_told(url: str) -> None:
    with pytest.raises(UnsupportedLog):
        open_feed(url)


def test_reading_goes_on_beside_an_open_writer_and_keeps_its_lock(ten: Path) -> None:
    """A reader in the same process must not take the writer's locks away, as a second SQLite
    library would; another process finds out."""
    with closing(sqlite3.connect(ten, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO events VALUES (11, 's', 1, 'T.1', 1, '{}')")

        assert len(rows_of(ten)) == 10

        rival = subprocess.run(
            [sys.executable, "-c", RIVAL, str(ten)], capture_output=True, text=True, check=False
        )
        assert "database is locked" in rival.stderr
        writer.execute("COMMIT")
    assert len(rows_of(ten)) == 11


def test_a_path_with_odd_characters_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "店 #1?%20"
    folder.mkdir()
    store = create_log(folder / "a&b.jifen")
    append(store, ("a", enrolled()))

    assert len(rows_of(store)) == 1
