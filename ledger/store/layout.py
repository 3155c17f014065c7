"""The layout of the log in SQLite (docs/log.md) and the statements that write and read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from ledger.store import counters, identifiers, transfers

T = TypeVar("T")

APPLICATION_ID: Final = 0x4A494645
LAYOUT_VERSION: Final = 3

CREATE: Final = (
    """CREATE TABLE events (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (stream, version)
    ) STRICT""",
    """CREATE TABLE requests (
        source TEXT NOT NULL,
        request_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        PRIMARY KEY (source, request_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE receipts (
        partner TEXT NOT NULL,
        purchase_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (partner, purchase_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE seals (
        last_position INTEGER PRIMARY KEY,
        count INTEGER NOT NULL,
        root TEXT NOT NULL,
        previous TEXT NOT NULL,
        seal TEXT NOT NULL
    ) STRICT""",
    *identifiers.CREATE,
    *counters.CREATE,
    *transfers.CREATE,
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {LAYOUT_VERSION}",
)

UPGRADES: Final[dict[int, tuple[str, ...]]] = {
    # No event of layout 1 is about an identifier: the table begins empty.
    1: (*identifiers.CREATE, "PRAGMA user_version = 2"),
    # No event of layout 2 is about a partner that has joined, or a transfer.
    2: (*counters.CREATE, *transfers.CREATE, "PRAGMA user_version = 3"),
}
"""Layout -> the statements that make the next one of it (docs/log.md)."""

INSERT_EVENT: Final = (
    "INSERT INTO events (position, stream, version, topic, recorded_at, state)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
INSERT_REQUEST: Final = (
    "INSERT INTO requests (source, request_id, digest, first_position, last_position)"
    " VALUES (?, ?, ?, ?, ?)"
)
INSERT_RECEIPT: Final = "INSERT INTO receipts (partner, purchase_id, position) VALUES (?, ?, ?)"
INSERT_SEAL: Final = (
    "INSERT INTO seals (last_position, count, root, previous, seal) VALUES (?, ?, ?, ?, ?)"
)
SELECT_ROWS: Final = "SELECT position, stream, version, topic, recorded_at, state FROM events"
TAIL: Final = (
    "SELECT last_position, recorded_at, seal FROM seals JOIN events ON position = last_position"
    " ORDER BY last_position DESC LIMIT 1"
)
LOOSE_REQUESTS: Final = (
    "SELECT source, request_id, first_position FROM requests r WHERE last_position < first_position"
    " OR NOT EXISTS (SELECT 1 FROM events e WHERE e.position = r.first_position)"
    " OR NOT EXISTS (SELECT 1 FROM events e WHERE e.position = r.last_position) LIMIT 20"
)
LOOSE_RECEIPTS: Final = (
    "SELECT purchase_id, position FROM receipts r"
    " WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.position = r.position) LIMIT 20"
)
OF_ACCOUNTS: Final = (
    "stream <> 'program' AND stream <> 'settlement' AND NOT stream GLOB 'partner:*'"
)
"""Rows of members and purses. Said so that no index is used for it: two ranges would be read whole
and sorted, instead of one from where it goes on."""
COUNT_ACCOUNTS: Final = f"SELECT count(*) FROM events WHERE version = 1 AND {OF_ACCOUNTS}"
SELECT_ACCOUNTS: Final = (
    f"SELECT stream FROM events WHERE stream > ? AND version = 1 AND {OF_ACCOUNTS}"
    " ORDER BY stream LIMIT ?"
)
_MOST_PARAMETERS: Final = 500


def portions(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in as many as a statement may have parameters."""
    ordered = list(values)
    for start in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[start : start + _MOST_PARAMETERS]


def marks(values: Sequence[Any]) -> str:
    """A parameter's mark for each value."""
    return ",".join("?" * len(values))
