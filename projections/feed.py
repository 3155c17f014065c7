"""The feed: the log's rows, in order, as Arrow tables.

Shape of a piece:

    position: int64, stream: string, version: int64, topic: string,
    recorded_at: int64 (microseconds since 1970-01-01 UTC), state: string

A feed is one class per kind of store URL, found by `open_feed`; another database needs a class
that answers to `Feed` and a line there.

The SQLite feed uses Python's own sqlite3, on purpose: a driver with an SQLite library of its own
(ADBC's has one) would drop the locks that a ledger in the same process holds on the file, since
POSIX gives them to the process and takes them back when any descriptor is closed. To stay
columnar all the same, SQLite joins each column of a piece into one text, and Arrow splits it: no
Python object per event. No read transaction outlives a piece, so a writer's checkpoints go on.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from projections.errors import LogNotFound, LogUnreadable, UnsupportedLog

PIECE_ROWS: Final = 4096
"""Rows of one piece: a few megabytes of text."""

SCHEMA: Final = pa.schema(
    [
        ("position", pa.int64()),
        ("stream", pa.string()),
        ("version", pa.int64()),
        ("topic", pa.string()),
        ("recorded_at", pa.int64()),
        ("state", pa.string()),
    ]
)

_APPLICATION_ID: Final = 0x4A494645
_NEWEST_LAYOUT: Final = 3
_COLUMNS: Final = ", ".join(SCHEMA.names)
# A line end can't stand in any column but a foreign writer's state: see `_split`.
_JOINED: Final = ", ".join(f"group_concat({name}, '\n')" for name in SCHEMA.names)
_RANGE: Final = "FROM events WHERE position > ? AND position <= ?"


class Feed(Protocol):
    """The log of one store, read only."""

    def last_position(self) -> int:
        """The newest event's position; 0 for an empty log."""

    def fingerprint(self, position: int) -> str | None:
        """A hash of the row at `position`; None where there is none."""

    def pieces(self, after: int, until: int) -> Iterator[pa.Table]:
        """The rows behind `after` up to `until`, in order, each table of bounded size."""

    def close(self) -> None:
        """Let go of the store."""


def open_feed(store: str) -> Feed:
    """The feed of a store file. Raises LogNotFound, LogUnreadable or UnsupportedLog."""
    if "://" in store or store == ":memory:":
        raise UnsupportedLog(store=store)
    return SqliteFeed(Path(store))


class SqliteFeed:
    """The log in an SQLite file (docs/log.md). It never creates or changes the store."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise LogNotFound(store=str(path))
        self._path = path
        self._connection = self._connect()
        try:
            self._check()
        except BaseException:
            self._connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        uri = self._path.resolve().as_uri() + "?mode=ro"
        try:
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)
        except sqlite3.Error as error:
            raise LogUnreadable(store=str(self._path), reason=str(error)) from None
        connection.text_factory = bytes
        return connection

    def _check(self) -> None:
        (application_id,) = self._row("PRAGMA application_id") or (0,)
        (layout,) = self._row("PRAGMA user_version") or (0,)
        if application_id != _APPLICATION_ID:
            raise LogUnreadable(store=str(self._path), reason="it is not a Jifen store")
        if layout > _NEWEST_LAYOUT:
            raise LogUnreadable(
                store=str(self._path), reason="it was written by a newer version: update jifen"
            )

    def _row(self, sql: str, *values: int) -> tuple[int, ...] | None:
        try:
            row: tuple[int, ...] | None = self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise LogUnreadable(store=str(self._path), reason=str(error)) from None
        return row

    def last_position(self) -> int:
        (last,) = self._row("SELECT max(position) FROM events") or (None,)
        return last or 0

    def fingerprint(self, position: int) -> str | None:
        row = self._row(f"SELECT {_COLUMNS} FROM events WHERE position = ?", position)
        return None if row is None else sha256(repr(row).encode()).hexdigest()

    def pieces(self, after: int, until: int) -> Iterator[pa.Table]:
        """Read on a connection of its own: the thread that iterates may be another one."""
        connection = self._connect()
        try:
            while after < until:
                upto = min(after + PIECE_ROWS, until)
                piece = _piece(connection, after, upto)
                if piece.num_rows:
                    yield piece
                after = upto
        except (sqlite3.Error, pa.ArrowInvalid) as error:
            reason = f"behind event #{after}: {error}"
            raise LogUnreadable(store=str(self._path), reason=reason) from None
        finally:
            connection.close()

    def close(self) -> None:
        self._connection.close()


def _piece(connection: sqlite3.Connection, after: int, until: int) -> pa.Table:
    try:
        count, *texts = connection.execute(
            f"SELECT count(*), {_JOINED} {_RANGE}", (after, until)
        ).fetchone()
    except (sqlite3.DataError, OverflowError):  # longer together than SQLite lets a text be
        return _piece_by_rows(connection, after, until)
    if count == 0:
        return SCHEMA.empty_table()
    columns = [_split(text, count, field) for text, field in zip(texts, SCHEMA, strict=True)]
    if any(column is None for column in columns):
        return _piece_by_rows(connection, after, until)
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _split(text: bytes, count: int, field: pa.Field) -> pa.Array | None:
    """A joined column as an array; None where a value holds a line end itself."""
    joined = pa.Array.from_buffers(
        pa.string(),
        1,
        [None, pa.array([0, len(text)], pa.int32()).buffers()[1], pa.py_buffer(text)],
    )
    values = pc.split_pattern(joined, "\n").values
    if len(values) != count:
        return None
    values.validate(full=True)  # UTF-8: what SQLite hands out is not checked by it
    return values if field.type == pa.string() else values.cast(field.type)


def _piece_by_rows(connection: sqlite3.Connection, after: int, until: int) -> pa.Table:
    rows = connection.execute(f"SELECT {_COLUMNS} {_RANGE} ORDER BY position", (after, until))
    columns = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [
            pa.array(column, pa.binary() if field.type == pa.string() else field.type).cast(
                field.type
            )
            for column, field in zip(columns, SCHEMA, strict=True)
        ],
        schema=SCHEMA,
    )


def read_ahead(feed: Feed, after: int, until: int, rows: int) -> Iterator[pa.Table]:
    """The rows behind `after` up to `until` in tables of `rows`, the last one smaller.

    A thread reads the next table while the caller works on this one; at most three are in
    memory. Leaving the iteration early ends the thread.
    """
    ready: queue.Queue[pa.Table | BaseException | None] = queue.Queue(maxsize=1)
    stop = threading.Event()

    def read() -> None:
        try:
            for table in _gathered(feed.pieces(after, until), rows):
                if not _offer(ready, table, stop):
                    return
            _offer(ready, None, stop)
        except BaseException as error:  # handed to the caller, who raises it
            _offer(ready, error, stop)

    reader = threading.Thread(target=read, name="jifen-feed", daemon=True)
    reader.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        reader.join()


def _gathered(pieces: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    gathered: list[pa.Table] = []
    missing = rows
    for piece in pieces:
        while piece.num_rows >= missing:
            yield pa.concat_tables([*gathered, piece.slice(0, missing)])
            piece = piece.slice(missing)
            gathered, missing = [], rows
        if piece.num_rows:
            gathered.append(piece)
            missing -= piece.num_rows
    if gathered:
        yield pa.concat_tables(gathered)


def _offer(
    ready: queue.Queue[pa.Table | BaseException | None],
    item: pa.Table | BaseException | None,
    stop: threading.Event,
) -> bool:
    """Put an item in the queue; False where the caller has left meanwhile."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.05)
        except queue.Full:
            continue
        return True
    return False
