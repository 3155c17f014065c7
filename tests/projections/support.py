"""Logs to test on, written row by row as docs/log.md says, without the ledger."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from projections import QueryResult, Warehouse
from schemas.codec import encode_event
from schemas.events import (
    Event,
    LotOpened,
    MemberEnrolled,
    Movement,
    PointsAwarded,
    PointsRedeemed,
    ProgramPublished,
    PurchaseRecorded,
    TierChanged,
    TierLabel,
    member_stream,
)
from schemas.program_file import load_program

EARLY = dt.date(2026, 1, 1)
FAR = dt.date(2027, 12, 31)
EPOCH = 1_767_225_600_000_000
"""Microseconds of 2026-01-01 UTC: event n of a test log is recorded n microseconds later."""

PROGRAM = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01
"""


def create_log(path: Path) -> Path:
    """An empty store: the tables that a reader looks at."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA application_id = 0x4A494645;
            PRAGMA user_version = 1;
            CREATE TABLE events (
                position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL,
                version INTEGER NOT NULL, topic TEXT NOT NULL, recorded_at INTEGER NOT NULL,
                state TEXT NOT NULL, UNIQUE (stream, version)
            ) STRICT;
            """
        )
    return path


def append_rows(path: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    """Rows of (stream, topic, payload) at the log's end, in one transaction."""
    with closing(sqlite3.connect(path)) as connection, connection:
        (last,) = connection.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
        versions = dict(
            connection.execute("SELECT stream, max(version) FROM events GROUP BY stream").fetchall()
        )
        for position, (stream, topic, state) in enumerate(rows, start=last + 1):
            versions[stream] = versions.get(stream, 0) + 1
            connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (position, stream, versions[stream], topic, EPOCH + position, state),
            )


def append(path: Path, *events: tuple[str, Event]) -> None:
    """Events of (member or 'program', event) at the log's end."""
    append_rows(
        path,
        (
            (
                who if isinstance(event, ProgramPublished) else member_stream(who),
                event.topic,
                encode_event(event).decode(),
            )
            for who, event in events
        ),
    )


def change_row(path: Path, position: int, **columns: Any) -> None:
    """Tamper with a row of the log."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, value in columns.items():
            connection.execute(
                f"UPDATE events SET {name} = ? WHERE position = ?", (value, position)
            )


def file_of(store: Path) -> Path:
    """The warehouse beside a store."""
    return Path(f"{store}.duckdb")


def count_purchases(store: Path) -> int:
    """The purchases that the warehouse knows after catching up."""
    return int(answers(store, "SELECT count(*) FROM purchases")[0][0])


def answers(store: Path, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a query after catching up."""
    return ask(store, sql, params).rows


def ask(store: Path, sql: str, params: list[Any] | None = None) -> QueryResult:
    with Warehouse.open(store) as warehouse:
        warehouse.catch_up()
        return warehouse.query(sql, params)


def utc(year: int, month: int, day: int, hour: int, second: float = 0) -> dt.datetime:
    """A time as the warehouse gives it: UTC, without saying so."""
    midnight = dt.datetime.combine(dt.date(year, month, day), dt.time())
    return midnight + dt.timedelta(hours=hour, seconds=second)


def said(day: dt.date | str) -> dict[str, Any]:
    """What every event says, at noon in Shanghai on a day."""
    on = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return {
        "occurred_at": dt.datetime.combine(on, dt.time(4), dt.UTC),
        "occurred_on": on,
        "source": "test",
        "request_id": "r",
    }


def enrolled(day: dt.date | str = EARLY, **more: Any) -> MemberEnrolled:
    return MemberEnrolled(**said(day), **more)


def lot(number: int, points: int, expires_on: dt.date | None = FAR, **more: Any) -> LotOpened:
    days = {"earned_on": EARLY, "available_from": EARLY} | more
    return LotOpened(lot=number, points=points, expires_on=expires_on, **days)


def into(number: int, points: int) -> Movement:
    """Points into a lot, or out of it."""
    return Movement(lot=number, bucket="available", points=points)


def owed(points: int) -> Movement:
    return Movement(lot=0, bucket="debt", points=points)


def bought(
    day: dt.date | str = EARLY,
    amount_minor: int = 1000,
    points: int = 0,
    movements: Sequence[Movement] = (),
    lots: Sequence[LotOpened] = (),
    **more: Any,
) -> PurchaseRecorded:
    return PurchaseRecorded(
        **said(day),
        amount_minor=amount_minor,
        qualifying_minor=amount_minor,
        points_earned=points,
        movements=tuple(movements),
        lots=tuple(lots),
        **({"purchase_id": "p"} | more),
    )


def awarded(
    points: int, movements: Sequence[Movement], lots: Sequence[LotOpened] = ()
) -> PointsAwarded:
    return PointsAwarded(
        **said(EARLY),
        points_awarded=points,
        reason="test",
        movements=tuple(movements),
        lots=tuple(lots),
    )


def redeemed(points: int, movements: Sequence[Movement], **more: Any) -> PointsRedeemed:
    return PointsRedeemed(**said(EARLY), points_redeemed=points, movements=tuple(movements), **more)


def moved_to(tier: str, day: dt.date | str, valid_until: dt.date | None = None) -> TierChanged:
    return TierChanged(
        **said(day),
        tier_to=tier,
        cause="threshold",
        measure="net_spend",
        window="calendar_year",
        window_from=dt.date(2026, 1, 1),
        window_until=dt.date(2027, 1, 1),
        measured=100_000,
        threshold=100_000,
        valid_until=valid_until,
    )


def program(version: int = 1, tiers: Sequence[TierLabel] = (), **rfm: Any) -> ProgramPublished:
    return ProgramPublished(
        **said("2026-01-01"),
        version=version,
        effective_from=dt.datetime(1999, 12, 31, 16, tzinfo=dt.UTC),
        content=PROGRAM,
        program=load_program(PROGRAM),
        currency="CNY",
        currency_exponent=2,
        points_decimals=0,
        zone="Asia/Shanghai",
        tiers=tuple(tiers),
        **rfm,
    )
