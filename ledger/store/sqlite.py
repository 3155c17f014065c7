"""The log in one SQLite file, on eventsourcing's recorder interface.

A commit's events, requests, receipts, identifiers, counters, transfers and seal land in one
transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from eventsourcing.persistence import (
    ApplicationRecorder,
    Notification,
    StoredEvent,
    Subscription,
)
from msgspec import Struct

from ledger.clock import Clock, system_clock
from ledger.counters import Counter, CounterKey
from ledger.identifiers import Identifier, Key
from ledger.seals import NO_SEAL, Seal, leaf, make_seal, tree_root
from ledger.store import layout
from ledger.store.counters import CounterTable
from ledger.store.file import MEMORY, Durability, SQLiteFile
from ledger.store.identifiers import IdentifierTable
from ledger.store.layout import marks, portions
from ledger.store.subscription import PollingSubscription
from ledger.store.transfers import TransferTable
from ledger.transfers import Transfer, TransferKey

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LAST: Final = "\uffff"
"""Behind every character of a stream's name but those of the rarest planes."""
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_LATEST: Final = 2**62


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


class Tail(Struct, frozen=True, gc=False):
    """Where the log ends: its last position, when that was recorded, and its seal."""

    position: int
    recorded_at: int
    seal: str


Prepared = tuple[str, int, str, bytes]
"""An event on its way to the log: stream, version, topic, payload in UTF-8."""


class Claims(Struct):
    """What a commit records beside its events; positions count from its first event, 0-based.

    requests: (source, request_id, digest, first, last)
    receipts: (partner, purchase_id, event)
    identifiers: as they are after the commit, None for one that is gone; whole positions
    counters: sums as they are after the commit
    transfers: the same, none is ever gone
    """

    requests: list[tuple[str, str, str, int, int]] = []
    receipts: list[tuple[str, str, int]] = []
    identifiers: dict[Key, Identifier | None] = {}
    counters: dict[CounterKey, Counter] = {}
    transfers: dict[TransferKey, Transfer] = {}


class SQLiteRecorder(ApplicationRecorder):
    """Reads and writes the log of one SQLite file, or of `:memory:`."""

    def __init__(
        self, path: str, *, clock: Clock = system_clock, durability: Durability = "full"
    ) -> None:
        self.file = SQLiteFile(path, durability)
        self._clock = clock
        self.identifiers = IdentifierTable(self.file)
        self.counters = CounterTable(self.file)
        self.transfers = TransferTable(self.file)
        self._rows = self.file.rows
        self._known_tail: Tail | None = None
        self._new_tail = Tail(0, 0, NO_SEAL)
        self._data_version = 0

    @property
    def path(self) -> str:
        """The store's file."""
        return self.file.path

    # -- writing -----------------------------------------------------------------------------

    def begin(self) -> Tail:
        """Take the write lock and tell where the log ends; `commit` or `rollback` must follow."""
        self.file.begin()
        try:
            # Changes when, and only when, another connection has changed the file.
            ((version,),) = self._rows("PRAGMA data_version")
            if self._known_tail is None or version != self._data_version:
                self._known_tail, self._data_version = self.tail(), version
        except BaseException:
            self.rollback()
            raise
        self._new_tail = self._known_tail
        return self._known_tail

    def append(self, events: Sequence[Prepared], claims: Claims) -> range:
        """Append events with their claims and seal; returns their positions."""
        tail = self._new_tail
        first = tail.position + 1
        stamp = max((self._clock() - _EPOCH) // _MICROSECOND, tail.recorded_at + 1)
        rows = []
        leaves = []
        position = first
        for stream, version, topic, state in events:
            rows.append((position, stream, version, topic, stamp, state.decode()))
            leaves.append(leaf(position, stream, version, topic, stamp, state))
            position += 1
            stamp += 1
        seal = make_seal(position - 1, len(rows), tree_root(leaves), tail.seal)
        write = self.file.write
        write(layout.INSERT_EVENT, rows)
        write(
            layout.INSERT_REQUEST,
            [(s, r, d, first + a, first + b) for s, r, d, a, b in claims.requests],
        )
        write(layout.INSERT_RECEIPT, [(p, i, first + at) for p, i, at in claims.receipts])
        self.identifiers.write(claims.identifiers.items())
        self.counters.write(claims.counters.items())
        self.transfers.write(claims.transfers.values())
        write(
            layout.INSERT_SEAL,
            [(seal.last_position, seal.count, seal.root, seal.previous, seal.seal)],
        )
        self._new_tail = Tail(position - 1, stamp - 1, seal.seal)
        return range(first, position)

    def commit(self) -> None:
        """Make what was appended durable; after an error it must be rolled back."""
        self.file.commit()
        self._known_tail = self._new_tail

    def rollback(self) -> None:
        """Undo what was appended since `begin`."""
        self._known_tail = None
        self.file.rollback()

    def after_fork(self) -> None:
        """In the child: leave the parent's connections and locks alone."""
        self._known_tail = None
        self.file.after_fork()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Append events as one commit; returns their positions. For the library's event store.

        A version that is taken raises VersionTaken, an IntegrityError of eventsourcing.
        """
        if not stored_events:
            return ()
        self.begin()
        try:
            positions = self.append(
                [
                    (str(e.originator_id), e.originator_version, e.topic, e.state)
                    for e in stored_events
                ],
                kwargs.get("claims") or Claims(),
            )
            self.commit()
        except BaseException:
            self.rollback()
            raise
        return positions

    # -- reading: what the library asks ------------------------------------------------------

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
            (originator_id, gt or 0, _LATEST if lte is None else lte, _all(limit)),
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
        filtered = f" AND topic IN ({marks(topics)})" if topics else ""
        rows = self._rows(
            "SELECT stream, version, topic, state, position FROM events"
            f" WHERE position >= ? AND position <= ?{filtered} ORDER BY position LIMIT ?",
            (first, _LATEST if stop is None else stop, *topics, limit),
        )
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The last position; None while the log is empty."""
        return self.tail().position or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Events after `gt` as they are committed, by whichever process."""
        return PollingSubscription(self, gt, topics)

    # -- reading: what the ledger asks -------------------------------------------------------

    def tail(self) -> Tail:
        """Where the log ends."""
        rows = self._rows(layout.TAIL)
        return Tail(*rows[0]) if rows else Tail(0, 0, NO_SEAL)

    def select_rows(self, stream: str) -> list[Row]:
        """Every row of a stream, with position and the time of its commit."""
        rows = self._rows(f"{layout.SELECT_ROWS} WHERE stream = ? ORDER BY version", (stream,))
        return [Row(*row) for row in rows]

    def select_prefixed(self, prefixes: Sequence[str]) -> list[Row]:
        """Every row of the streams whose names begin so, in the order of the log."""
        found = []
        for prefix in prefixes:
            found += self._rows(
                f"{layout.SELECT_ROWS} WHERE stream >= ? AND stream < ?", (prefix, prefix + _LAST)
            )
        return [Row(*row) for row in sorted(found)]

    def select_span(self, first_position: int, last_position: int) -> list[Row]:
        """The rows from one position to another, both inclusive."""
        rows = self._rows(
            f"{layout.SELECT_ROWS} WHERE position >= ? AND position <= ? ORDER BY position",
            (first_position, last_position),
        )
        return [Row(*row) for row in rows]

    def select_streams(self, streams: Iterable[str]) -> Iterator[StoredEvent]:
        """Every event of several streams, stream by stream, in order of version."""
        for some in portions(streams):
            for row in self._rows(
                "SELECT stream, version, topic, state FROM events"
                f" WHERE stream IN ({marks(some)}) ORDER BY stream, version",
                some,
            ):
                yield StoredEvent(*row)

    def existing_streams(self, streams: Iterable[str]) -> Iterator[str]:
        """Those of `streams` that have events."""
        for some in portions(streams):
            for (stream,) in self._rows(
                f"SELECT stream FROM events WHERE stream IN ({marks(some)}) AND version = 1", some
            ):
                yield stream

    def count_streams(self) -> int:
        """How many accounts there are."""
        return int(self._rows(layout.COUNT_ACCOUNTS)[0][0])

    def streams_from(self, after: str, limit: int) -> list[str]:
        """The streams of accounts that come after one, in the order of their names."""
        rows = self._rows(layout.SELECT_ACCOUNTS, (after, limit))
        return [row[0] for row in rows]

    def streams_after(self, position: int, limit: int) -> list[str] | None:
        """The streams that have events after `position`; None when there are more than `limit`."""
        rows = self._rows(
            "SELECT stream FROM events WHERE position > ? ORDER BY position LIMIT ?",
            (position, limit + 1),
        )
        return None if len(rows) > limit else [row[0] for row in rows]

    def select_requests(self, source: str, request_ids: Iterable[str]) -> Iterator[RequestRow]:
        """The recorded requests among `request_ids` of a source."""
        for some in portions(request_ids):
            for row in self._rows(
                "SELECT source, request_id, digest, first_position, last_position FROM requests"
                f" WHERE source = ? AND request_id IN ({marks(some)})",
                (source, *some),
            ):
                yield RequestRow(*row)

    def select_receipts(
        self, partner: str, purchase_ids: Iterable[str]
    ) -> Iterator[tuple[str, int]]:
        """(purchase_id, position) of the receipts of a partner that have earned."""
        for some in portions(purchase_ids):
            yield from self._rows(
                "SELECT purchase_id, position FROM receipts"
                f" WHERE partner = ? AND purchase_id IN ({marks(some)})",
                (partner, *some),
            )

    def select_seals(self, after: int, limit: int) -> list[Seal]:
        """Seals of commits that end after a position, in order."""
        rows = self._rows(
            "SELECT last_position, count, root, previous, seal FROM seals"
            " WHERE last_position > ? ORDER BY last_position LIMIT ?",
            (after, limit),
        )
        return [Seal(*row) for row in rows]

    def seal_at(self, position: int) -> str | None:
        """The seal of the commit that ends at a position; None where none does."""
        if position == 0:
            return NO_SEAL
        rows = self._rows("SELECT seal FROM seals WHERE last_position = ?", (position,))
        return str(rows[0][0]) if rows else None

    def has_since(self, position: int, topics: Sequence[str]) -> bool:
        """Whether an event of one of the topics stands behind a position."""
        found = self._rows(
            f"SELECT 1 FROM events WHERE position > ? AND topic IN ({marks(topics)}) LIMIT 1",
            (position, *topics),
        )
        return bool(found)

    def last_position(self) -> int:
        """The position of the last row of `events`, sealed or not."""
        return int(self._rows("SELECT coalesce(max(position), 0) FROM events")[0][0])

    def loose_claims(self) -> Iterator[tuple[str, int, str]]:
        """(code, position, detail) of requests and receipts that point past or beside the log."""
        for source, request_id, first in self._rows(layout.LOOSE_REQUESTS):
            yield "loose_request", first, f"request {request_id!r} of {source!r} has no event"
        for purchase_id, position in self._rows(layout.LOOSE_RECEIPTS):
            yield "loose_receipt", position, f"receipt {purchase_id!r} has no event"


def _all(limit: int | None) -> int:
    return -1 if limit is None else limit


__all__ = ["MEMORY", "Claims", "Durability", "RequestRow", "Row", "SQLiteRecorder", "Tail"]
