"""The stock projection: decode each event with the stock mapper, upsert a row, keep the position.

A `Projection` over a view that is a tracking recorder, as the library's documentation builds one.
The stock SQLite recorder offers no subscription, so the events come from the notification log, in
sections of a thousand; nothing is lost in speed by that.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import singledispatchmethod
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import InfrastructureFactory, Tracking, TrackingRecorder
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteDatastore, SQLiteTrackingRecorder
from eventsourcing.system import NotificationLogReader
from eventsourcing.utils import Environment

from benchmarks.reference_eventsourcing import MemberAccount, StockLedger

SECTION: Final = 1000


class BalancesView(TrackingRecorder):
    """A table of balances, one row per account; each upsert goes with its position."""

    @abstractmethod
    def add_account(self, account: UUID, tracking: Tracking) -> None:
        """A new account with nothing in it."""

    @abstractmethod
    def add_purchase(
        self, account: UUID, points: int, amount_minor: int, tracking: Tracking
    ) -> None:
        """More points and spend (minor units), one purchase more."""

    @abstractmethod
    def set_tier(self, account: UUID, tier: str, tracking: Tracking) -> None:
        """Another tier."""

    @abstractmethod
    def balances(self) -> dict[UUID, int]:
        """Points of every account."""


class SQLiteBalances(SQLiteTrackingRecorder, BalancesView):
    """The view in SQLite."""

    def __init__(self, datastore: SQLiteDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.create_table_statements.append(
            "CREATE TABLE IF NOT EXISTS balances (account TEXT PRIMARY KEY, tier TEXT,"
            " points INTEGER, spent_minor INTEGER, purchases INTEGER) WITHOUT ROWID"
        )

    def add_account(self, account: UUID, tracking: Tracking) -> None:
        self._write(
            "INSERT INTO balances VALUES (?, 'basic', 0, 0, 0) ON CONFLICT DO NOTHING",
            (account.hex,),
            tracking,
        )

    def add_purchase(
        self, account: UUID, points: int, amount_minor: int, tracking: Tracking
    ) -> None:
        self._write(
            "INSERT INTO balances VALUES (?, 'basic', ?, ?, 1) ON CONFLICT (account) DO UPDATE SET"
            " points = points + excluded.points, purchases = purchases + 1,"
            " spent_minor = spent_minor + excluded.spent_minor",
            (account.hex, points, amount_minor),
            tracking,
        )

    def set_tier(self, account: UUID, tier: str, tracking: Tracking) -> None:
        self._write("UPDATE balances SET tier = ? WHERE account = ?", (tier, account.hex), tracking)

    def _write(self, statement: str, values: tuple[Any, ...], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement, values)

    def balances(self) -> dict[UUID, int]:
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT account, points FROM balances")
            return {UUID(account): points for account, points in cursor.fetchall()}


class MemoryBalances(POPOTrackingRecorder, BalancesView):
    """The view in dictionaries: the least that a stock projection can do, and nothing kept."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[UUID, list[Any]] = {}

    def add_account(self, account: UUID, tracking: Tracking) -> None:
        with self._database_lock:
            self._track(tracking)
            self._rows.setdefault(account, ["basic", 0, 0, 0])

    def add_purchase(
        self, account: UUID, points: int, amount_minor: int, tracking: Tracking
    ) -> None:
        with self._database_lock:
            self._track(tracking)
            row = self._rows[account]
            row[1] += points
            row[2] += amount_minor
            row[3] += 1

    def set_tier(self, account: UUID, tier: str, tracking: Tracking) -> None:
        with self._database_lock:
            self._track(tracking)
            self._rows[account][0] = tier

    def _track(self, tracking: Tracking) -> None:
        self._assert_tracking_uniqueness(tracking)
        self._insert_tracking(tracking)

    def balances(self) -> dict[UUID, int]:
        with self._database_lock:
            return {account: row[1] for account, row in self._rows.items()}


class BalancesProjection(Projection[BalancesView]):
    """What each event does to the view."""

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        raise TypeError(f"no such event: {domain_event!r}")

    @process_event.register
    def enrolled(self, domain_event: MemberAccount.Enrolled, tracking: Tracking) -> None:
        self.view.add_account(domain_event.originator_id, tracking)

    @process_event.register
    def purchased(self, domain_event: MemberAccount.PurchaseRecorded, tracking: Tracking) -> None:
        self.view.add_purchase(
            domain_event.originator_id, domain_event.points, domain_event.amount_minor, tracking
        )

    @process_event.register
    def promoted(self, domain_event: MemberAccount.TierChanged, tracking: Tracking) -> None:
        self.view.set_tier(domain_event.originator_id, domain_event.tier, tracking)


@contextmanager
def sqlite_view(path: Path) -> Iterator[SQLiteBalances]:
    """A fresh view in a file.

    It need not survive a power cut, since it can be rebuilt, so it is spared the sync at each
    commit (synchronous=OFF); the stock connection would make one per event.
    """
    settings = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    factory = InfrastructureFactory[SQLiteBalances].construct(Environment("balances", settings))
    with factory:
        view = factory.tracking_recorder(SQLiteBalances)
        # One caller reuses one pooled connection, so the setting holds for all that follows.
        with view.datastore.get_connection(commit=True) as connection:
            connection.cursor().execute("PRAGMA synchronous=OFF")
        try:
            yield view
        finally:
            view.datastore.close()


def project(application: StockLedger, view: BalancesView) -> int:
    """Feed the whole log to the view, event by event; how many there were."""
    projection = BalancesProjection(view)
    reader = NotificationLogReader(application.notification_log, section_size=SECTION)
    count = 0
    for notifications in reader.select(start=1):
        for notification in notifications:
            domain_event = application.mapper.to_domain_event(notification)
            tracking = Tracking(application.name, notification.id)
            projection.process_event(domain_event, tracking)
        count += len(notifications)
    return count
