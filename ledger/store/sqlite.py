"""The log in one SQLite file, on eventsourcing's recorder interface.

One connection writes under a lock; another reads committed rows. A commit's events, requests,
receipts and seal land in one transaction (BEGIN IMMEDIATE, WAL, synchronous FULL).
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)
from msgspec import Struct

from ledger.clock import Clock, system_clock
from ledger.errors import (
    LedgerClosed,
    NotAStore,
    StoreBusy,
    StoreDamaged,
    StoreExists,
    StoreNotFound,
    StoreTooNew,
    StoreUnwritable,
)
from ledger.seals import NO_SEAL, Seal, leaf, make_seal, tree_root
from ledger.store import layout
from ledger.store.subscription import PollingSubscription

Durability = Literal["full", "relaxed"]

MEMORY: Final = ":memory:"
_BUSY_SECONDS: Final = 30.0
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_MOST_PARAMETERS: Final = 500
_ABANDONED: Final[list[sqlite3.Connection]] = []
"""Connections inherited over a fork: closing them in the child could harm the parent's locks."""


class Row(Struct, frozen=True, gc=False):
    """A row of `events`; `recorded_at` in microseconds since the epoch, UTC."""

    position: int
    stream: str
    version: int
    topic: str
    recorded_at: int
    state: str


class RequestRow(Struct, frozen=True, gc=False):
    """A row of `requests`."""

    source: str
    request_id: str
    digest: str
    first_position: int
    last_position: int


class Claims(Struct):
    """What a commit records beside its events; positions count from its first event, 0-based.

    requests: (source, request_id, digest, first, last)
    receipts: (partner, purchase_id, event)
    """

    requests: list[tuple[str, str, str, int, int]] = []
    receipts: list[tuple[str, str, int]] = []


class SQLiteRecorder(ApplicationRecorder):
    """Reads and writes the log of one SQLite file, or of `:memory:`."""

    def __init__(
        self, path: str, *, clock: Clock = system_clock, durability: Durability = "full"
    ) -> None:
        self.path = path
        self._clock = clock
        self._durability = durability
        self._write_lock = threading.RLock()
        self._read_lock = self._write_lock if path == MEMORY else threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._closed = False

    # -- opening and closing -----------------------------------------------------------------

    def create(self) -> None:
        """Make an empty store. Raises StoreExists; an existing file is never touched."""
        if self.path != MEMORY:
            try:
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                raise StoreExists(store=self.path) from None
            except OSError as error:
                raise StoreUnwritable(store=self.path, reason=error.strerror) from None
        with self._translated():
            writer = self._connect()
            self._writer = writer
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("BEGIN IMMEDIATE")
            for statement in layout.CREATE:
                writer.execute(statement)
            writer.execute("COMMIT")

    def open(self) -> None:
        """Open an existing store. Raises StoreNotFound, NotAStore, StoreTooNew, StoreDamaged."""
        if not Path(self.path).is_file():
            raise StoreNotFound(store=self.path)
        with self._translated():
            reader = self._connect()
            try:
                application_id = reader.execute("PRAGMA application_id").fetchone()[0]
                version = reader.execute("PRAGMA user_version").fetchone()[0]
            except BaseException:
                reader.close()
                raise
            if application_id != layout.APPLICATION_ID:
                reader.close()
                raise NotAStore(store=self.path)
            if version > layout.LAYOUT_VERSION:
                reader.close()
                raise StoreTooNew(store=self.path, version=version, supported=layout.LAYOUT_VERSION)
            self._reader = reader

    def close(self) -> None:
        """Close the connections; further use raises LedgerClosed."""
        with self._write_lock, self._read_lock:
            self._closed = True
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None

    def forget_connections(self) -> None:
        """After a fork, in the child: leave the parent's connections and locks alone."""
        self._write_lock = threading.RLock()
        if self.path == MEMORY:
            self._read_lock = self._write_lock
            return
        self._read_lock = threading.RLock()
        _ABANDONED.extend(c for c in (self._reader, self._writer) if c is not None)
        self._reader = self._writer = None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        full = self._durability == "full"
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        return connection

    def _reading(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerClosed(store=self.path)
        if self.path == MEMORY and self._writer is not None:
            return self._writer
        if self._reader is None:
            self._reader = self._connect()
        return self._reader

    def _writing(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerClosed(store=self.path)
        if self._writer is None:
            self._writer = self._connect()
        return self._writer

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(str(error)) from error
        except sqlite3.OperationalError as error:
            reason = str(error)
            if "locked" in reason or "busy" in reason:
                raise StoreBusy(store=self.path) from None
            if "malformed" in reason or "no such" in reason or "corrupt" in reason:
                raise StoreDamaged(store=self.path, reason=reason) from None
            raise StoreUnwritable(store=self.path, reason=reason) from None
        except sqlite3.DatabaseError as error:
            reason = str(error)
            if "not a database" in reason:
                raise NotAStore(store=self.path) from None
            raise StoreDamaged(store=self.path, reason=reason) from None

    # -- writing -----------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store's write lock, across processes, and commit at the end.

        What is read within stays true until the commit. An error rolls everything back; when
        nothing was inserted there is nothing to make durable.
        """
        with self._write_lock:
            writer = self._writing()
            with self._translated():
                writer.execute("BEGIN IMMEDIATE")
            try:
                yield
                with self._translated():
                    writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Append events as one commit; returns their positions.

        kwargs: `claims`, the Claims to record with them. Within `writing()` it joins that
        transaction. A version that is taken raises eventsourcing's IntegrityError.
        """
        if not stored_events:
            return []
        with self._write_lock:
            if self._writing().in_transaction:
                return self._insert(stored_events, kwargs.get("claims") or Claims())
            with self.writing():
                return self._insert(stored_events, kwargs.get("claims") or Claims())

    def _insert(self, events: Sequence[StoredEvent], claims: Claims) -> Sequence[int]:
        writer = self._writing()
        with self._translated():
            last = writer.execute(layout.LAST_EVENT).fetchone() or (0, 0)
            previous = writer.execute(layout.LAST_SEAL).fetchone()
            first = last[0] + 1
            recorded_at = max((self._clock() - _EPOCH) // _MICROSECOND, last[1] + 1)
            rows = [
                (position, str(e.originator_id), e.originator_version, e.topic, stamp, text)
                for position, stamp, e in zip(count(first), count(recorded_at), events)
                for text in (e.state.decode(),)
            ]
            root = tree_root([leaf(*row) for row in rows])
            seal = make_seal(rows[-1][0], len(rows), root, previous[0] if previous else NO_SEAL)
            writer.executemany(layout.INSERT_EVENT, rows)
            writer.executemany(
                layout.INSERT_REQUEST,
                [(s, r, d, first + a, first + b) for s, r, d, a, b in claims.requests],
            )
            writer.executemany(
                layout.INSERT_RECEIPT, [(p, i, first + at) for p, i, at in claims.receipts]
            )
            writer.execute(
                layout.INSERT_SEAL,
                (seal.last_position, seal.count, seal.root, seal.previous, seal.seal),
            )
        return range(first, first + len(rows))

    # -- reading -----------------------------------------------------------------------------

    def _rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with self._read_lock, self._translated():
            return self._reading().execute(statement, parameters).fetchall()

    def select_events(
        self,
        originator_id: Any,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Events of a stream, in order of version."""
        rows = self._rows(
            "SELECT stream, version, topic, state FROM events"
            " WHERE stream = ? AND version > ? AND version <= ?"
            f" ORDER BY version {'DESC' if desc else 'ASC'} LIMIT ?",
            (
                originator_id,
                0 if gt is None else gt,
                2**62 if lte is None else lte,
                -1 if limit is None else limit,
            ),
        )
        return [StoredEvent(*row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events of the log, in order of position."""
        first = 0 if start is None else start + (0 if inclusive_of_start else 1)
        filtered = f" AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        rows = self._rows(
            "SELECT stream, version, topic, state, position FROM events"
            f" WHERE position >= ? AND position <= ?{filtered} ORDER BY position LIMIT ?",
            (first, 2**62 if stop is None else stop, *topics, limit),
        )
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The last position; None while the log is empty."""
        last = self._rows(layout.LAST_EVENT)
        return last[0][0] if last else None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Events after `gt` as they are committed, by whichever process."""
        return PollingSubscription(self, gt, topics)

    def select_rows(self, stream: str) -> list[Row]:
        """Every row of a stream, with position and the time of its commit."""
        return [
            Row(*row)
            for row in self._rows(
                "SELECT position, stream, version, topic, recorded_at, state FROM events"
                " WHERE stream = ? ORDER BY version",
                (stream,),
            )
        ]

    def select_span(self, first_position: int, last_position: int) -> list[Row]:
        """The rows from one position to another, both inclusive."""
        return [
            Row(*row)
            for row in self._rows(
                "SELECT position, stream, version, topic, recorded_at, state FROM events"
                " WHERE position >= ? AND position <= ? ORDER BY position",
                (first_position, last_position),
            )
        ]

    def select_streams(self, streams: Iterable[str]) -> Iterator[StoredEvent]:
        """Every event of several streams, stream by stream, in order of version."""
        for some in _portions(streams):
            for row in self._rows(
                "SELECT stream, version, topic, state FROM events"
                f" WHERE stream IN ({','.join('?' * len(some))}) ORDER BY stream, version",
                some,
            ):
                yield StoredEvent(*row)

    def existing_streams(self, streams: Iterable[str]) -> Iterator[str]:
        """Those of `streams` that have events."""
        for some in _portions(streams):
            for (stream,) in self._rows(
                "SELECT stream FROM events"
                f" WHERE stream IN ({','.join('?' * len(some))}) AND version = 1",
                some,
            ):
                yield stream

    def streams_after(self, position: int, limit: int) -> list[str] | None:
        """The streams that have events after `position`; None when there are more than `limit`."""
        rows = self._rows(
            "SELECT stream FROM events WHERE position > ? ORDER BY position LIMIT ?",
            (position, limit + 1),
        )
        return None if len(rows) > limit else [row[0] for row in rows]

    def select_requests(self, source: str, request_ids: Iterable[str]) -> Iterator[RequestRow]:
        """The recorded requests among `request_ids` of a source."""
        for some in _portions(request_ids):
            for row in self._rows(
                "SELECT source, request_id, digest, first_position, last_position FROM requests"
                f" WHERE source = ? AND request_id IN ({','.join('?' * len(some))})",
                (source, *some),
            ):
                yield RequestRow(*row)

    def select_receipts(
        self, partner: str, purchase_ids: Iterable[str]
    ) -> Iterator[tuple[str, int]]:
        """(purchase_id, position) of the receipts of a partner that have earned."""
        for some in _portions(purchase_ids):
            yield from self._rows(
                "SELECT purchase_id, position FROM receipts"
                f" WHERE partner = ? AND purchase_id IN ({','.join('?' * len(some))})",
                (partner, *some),
            )

    def select_seals(self, after: int, limit: int) -> list[Seal]:
        """Seals of commits that end after a position, in order."""
        return [
            Seal(*row)
            for row in self._rows(
                "SELECT last_position, count, root, previous, seal FROM seals"
                " WHERE last_position > ? ORDER BY last_position LIMIT ?",
                (after, limit),
            )
        ]

    def loose_claims(self) -> Iterator[tuple[str, int, str]]:
        """(code, position, detail) of requests and receipts that point past or beside the log."""
        for source, request_id, first in self._rows(
            "SELECT source, request_id, first_position FROM requests r WHERE NOT EXISTS"
            " (SELECT 1 FROM events e WHERE e.position = r.first_position)"
            " OR last_position < first_position LIMIT 20"
        ):
            yield "loose_request", first, f"request {request_id!r} of {source!r} has no event"
        for purchase_id, position in self._rows(
            "SELECT purchase_id, position FROM receipts r WHERE NOT EXISTS"
            " (SELECT 1 FROM events e WHERE e.position = r.position) LIMIT 20"
        ):
            yield "loose_receipt", position, f"receipt {purchase_id!r} has no event"


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = list(values)
    for start in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[start : start + _MOST_PARAMETERS]
