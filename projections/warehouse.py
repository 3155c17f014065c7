"""The warehouse: a DuckDB file beside the store that answers SQL. Disposable, never the truth.

    with Warehouse.open("shop.jifen") as warehouse:
        warehouse.catch_up()
        result = warehouse.query("SELECT member, balance_points FROM balances")

It is opened, caught up, asked and closed: one process at a time can write the file, and none can
read it meanwhile. A warehouse that belongs to another store, that an other version of Jifen made
or that DuckDB can't open is built again from the log, with a warning to the log of this module.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb

from projections import files
from projections.errors import WarehouseMissing, WarehouseReadOnly
from projections.feed import Feed, open_feed, read_ahead
from projections.intake import Intake
from projections.query import MAX_ROWS, TIMEOUT_SECONDS, QueryResult, run_query
from projections.tables import families
from projections.views import layout, layout_fingerprint
from schemas.upcasts import UPCASTS, Upcasts

PIECE_ROWS: Final = 65_536
"""Events that are parsed at once: some tens of megabytes of payloads in memory."""

BATCH_ROWS: Final = 500_000
"""Events of one transaction: a larger one costs less work, and more memory."""

WAIT_SECONDS: Final = 5.0
"""How long to wait for a file that another process has."""

Progress = Callable[[int, int], None]
"""Told as it goes: events read so far, events to read in all. It may raise to stop."""

_POSITION: Final = "SELECT position FROM facts.progress"
_STANDING: Final = "SELECT layout, position, fingerprint FROM facts.progress"

_logger = logging.getLogger(__name__)


class Warehouse:
    """The warehouse of one store. Not for several threads at once."""

    def __init__(
        self, feed: Feed, path: Path, *, read_only: bool, wait_seconds: float, upcasts: Upcasts
    ) -> None:
        self._feed = feed
        self._path = path
        self._read_only = read_only
        self._wait_seconds = wait_seconds
        self._upcasts = upcasts
        self._known = families()
        self._layout = layout_fingerprint(tuple(self._known.values()))
        self._asking: duckdb.DuckDBPyConnection | None = None

    @classmethod
    def open(
        cls,
        store: str | Path,
        warehouse_path: str | Path | None = None,
        *,
        read_only: bool = False,
        wait_seconds: float = WAIT_SECONDS,
        upcasts: Upcasts = UPCASTS,
    ) -> Self:
        """The warehouse of a store file, by default in `<store>.duckdb` beside it.

        `read_only` never changes the warehouse. Raises LogNotFound, LogUnreadable or
        UnsupportedLog.
        """
        feed = open_feed(str(store))
        path = Path(warehouse_path) if warehouse_path else Path(f"{store}.duckdb")
        return cls(feed, path, read_only=read_only, wait_seconds=wait_seconds, upcasts=upcasts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store and the file."""
        self._stop_asking()
        self._feed.close()

    @property
    def path(self) -> Path:
        """The warehouse's file."""
        return self._path

    @property
    def position(self) -> int:
        """The newest event that the warehouse knows. Raises WarehouseMissing, WarehouseBusy."""
        ((position,),) = self._connection().execute(_POSITION).fetchall()
        return int(position)

    def catch_up(self, progress: Progress | None = None, batch_size: int = BATCH_ROWS) -> int:
        """Read what the log has and the warehouse has not; the number of events read.

        Raises WarehouseBusy, WarehouseReadOnly, and UnknownTopic or UndecodableEvent for a row
        that can't be read: the warehouse then stands before that row's batch.
        """
        self._start_writing()
        if not self._path.exists():
            return self.rebuild(progress, batch_size)
        try:
            connection = files.open_for_writing(self._path, self._wait_seconds)
        except files.Damaged as damage:
            return self._rebuild_because(str(damage), progress, batch_size)
        try:
            position, reason = self._standing(connection)
            if reason is None:
                return self._read(connection, position, progress, batch_size)
        finally:
            connection.close()
        return self._rebuild_because(reason, progress, batch_size)

    def rebuild(self, progress: Progress | None = None, batch_size: int = BATCH_ROWS) -> int:
        """Build the warehouse from the whole log, beside the old one, and put it in its place.

        Interrupted, it leaves the old one. Returns and raises as `catch_up`.
        """
        self._start_writing()
        new = self._path.with_name(self._path.name + ".new")
        self._clear(new)
        try:
            connection = files.open_for_writing(new, self._wait_seconds)
            try:
                self._create(connection)
                count = self._read(connection, 0, progress, batch_size)
            finally:
                connection.close()
            files.put_in_place(new, self._path, self._wait_seconds)
        except BaseException:
            files.remove(new)
            raise
        return count

    def query(
        self,
        sql: str,
        params: list[Any] | dict[str, Any] | None = None,
        *,
        max_rows: int | None = MAX_ROWS,
        timeout_seconds: float | None = TIMEOUT_SECONDS,
    ) -> QueryResult:
        """The answer to one SELECT, from the warehouse as it stands.

        At most `max_rows` rows (`truncated` says whether there were more), within
        `timeout_seconds`; None lifts a limit. Raises QueryRefused, QueryTimeout,
        WarehouseMissing or WarehouseBusy.
        """
        return run_query(self._connection(), sql, params, max_rows, timeout_seconds)

    def _connection(self) -> duckdb.DuckDBPyConnection:
        """The connection for asking, which can change nothing."""
        if self._asking is None:
            if not self._path.exists():
                raise WarehouseMissing(warehouse=str(self._path), reason="it was not built yet")
            try:
                connection = files.open_for_asking(self._path, self._wait_seconds)
            except files.Damaged as damage:
                raise WarehouseMissing(warehouse=str(self._path), reason=str(damage)) from None
            _, reason = self._standing(connection)
            if reason is not None:
                connection.close()
                raise WarehouseMissing(warehouse=str(self._path), reason=reason)
            self._asking = connection
        return self._asking

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.close()
            self._asking = None

    def _start_writing(self) -> None:
        if self._read_only:
            raise WarehouseReadOnly(warehouse=str(self._path))
        self._stop_asking()

    def _standing(self, connection: duckdb.DuckDBPyConnection) -> tuple[int, str | None]:
        """The position reached, or why the file is no warehouse of this log and this version."""
        try:
            ((made_as, position, fingerprint),) = connection.execute(_STANDING).fetchall()
        except (duckdb.Error, ValueError):
            return 0, "it is empty or not a warehouse"
        if made_as != self._layout:
            return 0, "another version of jifen made it"
        if position and self._feed.fingerprint(position) != fingerprint:
            return 0, f"it does not agree with the log at event #{position}"
        return int(position), None

    def _create(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.begin()
        for statement in layout(tuple(self._known.values())):
            connection.execute(statement)
        connection.execute("INSERT INTO facts.progress VALUES (?, 0, NULL)", [self._layout])
        connection.commit()

    def _read(
        self,
        connection: duckdb.DuckDBPyConnection,
        after: int,
        progress: Progress | None,
        batch_size: int,
    ) -> int:
        until = self._feed.last_position()
        count = pending = 0
        intake = Intake(connection, self._known, self._upcasts)
        try:
            for piece in read_ahead(self._feed, after, until, min(PIECE_ROWS, batch_size)):
                intake.take(piece)
                count += piece.num_rows
                pending += piece.num_rows
                reached = int(piece["position"][-1].as_py())
                if pending >= batch_size or reached == until:
                    intake.commit(reached, self._feed.fingerprint(reached))
                    pending = 0
                if progress is not None:
                    progress(count, until - after)
        finally:
            intake.rollback()
        return count

    def _rebuild_because(self, reason: str, progress: Progress | None, batch_size: int) -> int:
        _logger.warning("the warehouse %s is built again: %s", self._path, reason)
        return self.rebuild(progress, batch_size)

    def _clear(self, new: Path) -> None:
        """Remove what an interrupted rebuild left, unless another process is at it now."""
        if new.exists():
            with suppress(files.Damaged):
                files.open_for_writing(new, self._wait_seconds).close()
            files.remove(new)
