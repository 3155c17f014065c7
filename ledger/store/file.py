"""One SQLite file: opening it, one connection that writes and one that reads, typed errors."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

from eventsourcing.persistence import IntegrityError

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
from ledger.store import layout

Durability = Literal["full", "relaxed"]

MEMORY: Final = ":memory:"
_BUSY_SECONDS: Final = 30.0
_CACHE_KIB: Final = 32_768
_ABANDONED: Final[list[sqlite3.Connection]] = []
"""Connections inherited over a fork: closing them in the child could harm the parent's locks."""


class VersionTaken(IntegrityError):
    """A row with that key is there already; what eventsourcing calls an integrity error."""


class SQLiteFile:
    """The connections to one file, or to `:memory:`, where one connection does both.

    The thread between `begin` and `commit` reads what it writes on; everyone else reads what is
    committed. Between the two no other process can write, so what the writer reads stays true.
    """

    def __init__(
        self, path: str, durability: Durability = "full", *, cache_kib: int = _CACHE_KIB
    ) -> None:
        self.path = path
        self._durability = durability
        self._cache_kib = cache_kib
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._closed = False
        self._make_locks()

    def _make_locks(self) -> None:
        self._write_lock = threading.RLock()
        self._read_lock = self._write_lock if self.path == MEMORY else threading.RLock()
        self._owner = 0

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
        try:
            writer = self._writer = self._connect()
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("BEGIN IMMEDIATE")
            for statement in layout.CREATE:
                writer.execute(statement)
            writer.execute("COMMIT")
        except sqlite3.Error as error:
            self.close()
            if self.path != MEMORY:
                Path(self.path).unlink(missing_ok=True)
            raise self.translated(error) from None

    def open(self) -> None:
        """Open an existing store; one of an older layout is brought up to this version's.

        Raises StoreNotFound, NotAStore, StoreTooNew, StoreDamaged, StoreUnwritable.
        """
        if not Path(self.path).is_file():
            raise StoreNotFound(store=self.path)
        try:
            reader = self._reader = self._connect()
            application_id = reader.execute("PRAGMA application_id").fetchone()[0]
            version = reader.execute("PRAGMA user_version").fetchone()[0]
            if application_id != layout.APPLICATION_ID:
                raise NotAStore(store=self.path)
            if version > layout.LAYOUT_VERSION:
                raise StoreTooNew(store=self.path, version=version, supported=layout.LAYOUT_VERSION)
            if version < layout.LAYOUT_VERSION:
                self._upgrade()
        except sqlite3.Error as error:
            self.close()
            raise self.translated(error) from None
        except BaseException:
            self.close()
            raise

    def _upgrade(self) -> None:
        """Make the newest layout of an older one, in one transaction; others may try it, too."""
        writer = self._writer = self._connect()
        writer.execute("BEGIN IMMEDIATE")
        version = writer.execute("PRAGMA user_version").fetchone()[0]
        while version in layout.UPGRADES:
            for statement in layout.UPGRADES[version]:
                writer.execute(statement)
            version += 1
        writer.execute("COMMIT")

    def close(self) -> None:
        """Close the connections; further use raises LedgerClosed."""
        with self._write_lock, self._read_lock:
            self._closed = True
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None

    def after_fork(self) -> None:
        """In the child: leave the parent's connections and locks alone."""
        self._make_locks()
        if self.path != MEMORY:
            _ABANDONED.extend(c for c in (self._reader, self._writer) if c is not None)
            self._reader = self._writer = None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        full = self._durability == "full"
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        connection.execute(f"PRAGMA cache_size = -{self._cache_kib}")
        return connection

    def _reading(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerClosed(store=self.path)
        if self.path == MEMORY:
            return self._writing()
        if self._reader is None:
            self._reader = self._connect()
        return self._reader

    def _writing(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerClosed(store=self.path)
        if self._writer is None:
            self._writer = self._connect()
        return self._writer

    # -- statements --------------------------------------------------------------------------

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        try:
            if self._owner == threading.get_ident():
                return self._writing().execute(statement, parameters).fetchall()
            with self._read_lock:
                return self._reading().execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise self.translated(error) from None

    def write(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row, within `begin` and `commit`."""
        writer = self._writing()
        try:
            if len(rows) == 1:
                writer.execute(statement, rows[0])
            else:
                writer.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self.translated(error) from None

    @property
    def is_writing(self) -> bool:
        """Whether this thread is between `begin` and `commit`."""
        return self._owner == threading.get_ident()

    def begin(self) -> None:
        """Take the write lock, of this process and across processes; waits for its turn."""
        self._write_lock.acquire()
        # Owned before it has begun: whatever interrupts from here on, `rollback` puts it right.
        self._owner = threading.get_ident()
        try:
            self._writing().execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self.rollback()
            raise self.translated(error) from None
        except BaseException:
            self.rollback()
            raise

    def commit(self) -> None:
        """Make what was written durable; on an error it still has to be rolled back."""
        try:
            self._writing().execute("COMMIT")
        except sqlite3.Error as error:
            raise self.translated(error) from None
        self._owner = 0
        self._write_lock.release()

    def rollback(self) -> None:
        """Undo what was written since `begin`; does nothing when it is committed already."""
        if not self.is_writing:
            return
        try:
            if self._writer is not None and self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        finally:
            self._owner = 0
            self._write_lock.release()

    def translated(self, error: sqlite3.Error) -> Exception:
        """The typed error that an error of SQLite means."""
        reason = str(error)
        if isinstance(error, sqlite3.IntegrityError):
            return VersionTaken(reason)
        if "not a database" in reason:
            return NotAStore(store=self.path)
        if isinstance(error, sqlite3.OperationalError):
            if "locked" in reason or "busy" in reason:
                return StoreBusy(store=self.path)
            if "malformed" not in reason and "no such" not in reason and "corrupt" not in reason:
                return StoreUnwritable(store=self.path, reason=reason)
        return StoreDamaged(store=self.path, reason=reason)
