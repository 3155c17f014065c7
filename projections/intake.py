"""Taking the log's rows into the warehouse: rows and position in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from projections.tables import BATCH, Family, broken_lists_query, insert_statement
from schemas.codec import decode_event, encode_event
from schemas.errors import UndecodableEvent, UnknownTopic
from schemas.upcasts import UPCASTS, Upcasts


class Intake:
    """Takes pieces of the log into an open warehouse.

    `known` maps each topic of today to its family; rows of an old topic are lifted by `upcasts`
    in Python, one by one, before they are parsed with the rest.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        known: Mapping[str, Family],
        upcasts: Upcasts = UPCASTS,
    ) -> None:
        self._connection = connection
        self._known = known
        self._upcasts = upcasts
        self._open = False
        self._inserts = {topic: insert_statement(family) for topic, family in known.items()}
        self._checks = {topic: broken_lists_query(family) for topic, family in known.items()}

    def take(self, piece: pa.Table) -> None:
        """Add rows that stand behind all that were taken before; `commit` makes them last.

        Raises UnknownTopic or UndecodableEvent; nothing since the last commit is then kept.
        """
        after = int(piece["position"][0].as_py()) - 1
        try:
            piece = self._lifted(piece)
            if not self._open:
                self._connection.begin()
                self._open = True
            self._connection.register(BATCH, piece)
            for topic in pc.unique(piece["topic"]).to_pylist():
                self._take_topic(piece, topic, after)
        except BaseException:
            self.rollback()
            raise

    def commit(self, position: int, fingerprint: str | None) -> None:
        """Make everything taken last, together with the position that it reaches."""
        self._connection.execute(
            "UPDATE facts.progress SET position = ?, fingerprint = ?", [position, fingerprint]
        ).fetchall()
        self._connection.commit()
        self._close()

    def rollback(self) -> None:
        """Forget what was taken since the last commit."""
        if self._open:
            self._connection.rollback()
            self._close()

    def _close(self) -> None:
        self._open = False
        self._connection.unregister(BATCH)

    def _lifted(self, piece: pa.Table) -> pa.Table:
        topics = set(pc.unique(piece["topic"]).to_pylist())
        for topic in topics - self._known.keys():
            if not self._upcasts.knows(topic):
                raise UnknownTopic(topic=topic)
        old = topics - self._known.keys()
        if not old:
            return piece
        is_old = pc.is_in(piece["topic"], pa.array(sorted(old), pa.string()))
        lifted = piece.filter(is_old)
        rows = [self._lift(row) for row in lifted.to_pylist()]
        return pa.concat_tables(
            [piece.filter(pc.invert(is_old)), pa.Table.from_pylist(rows, schema=piece.schema)]
        )

    def _lift(self, row: dict[str, Any]) -> dict[str, Any]:
        event = _decoded(row, self._upcasts)
        topic = self._upcasts.target(row["topic"])
        return {**row, "topic": topic, "state": encode_event(event).decode()}

    def _take_topic(self, piece: pa.Table, topic: str, after: int) -> None:
        try:
            self._connection.execute(self._inserts[topic]).fetchall()
            self._refuse_broken_lists(topic, after)
        except (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException) as error:
            self._blame(piece, topic, str(error).splitlines()[0])

    def _refuse_broken_lists(self, topic: str, after: int) -> None:
        check = self._checks[topic]
        if check is None:
            return
        ((position,),) = self._connection.execute(check, {"after": after}).fetchall()
        if position is not None:
            raise duckdb.DataError(f"event #{position}: a list lacks a value")

    def _blame(self, piece: pa.Table, topic: str, reason: str) -> None:
        """Find the row that could not be taken in, the way the ledger reads it."""
        for row in piece.filter(pc.equal(piece["topic"], topic)).to_pylist():
            _decoded(row, self._upcasts)
        raise UndecodableEvent(topic=topic, reason=reason) from None


def _decoded(row: dict[str, Any], upcasts: Upcasts) -> Any:
    try:
        return decode_event(row["topic"], row["state"], upcasts)
    except UndecodableEvent as error:
        reason = f"event #{row['position']}: {error.fields['reason']}"
        raise UndecodableEvent(topic=row["topic"], reason=reason) from None
