"""The stock eventsourcing application: the same loyalty program as its documentation writes one.

An `Aggregate` with `@event` methods, the JSON transcoder with its stock transcodings, the SQLite
persistence module. It decides the same things (points by tier, a lot with its last day, the
upgrade within the purchase); it keeps no request ids, no receipts, no breakdown and no seals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.sqlite import SQLiteRecorder

from benchmarks.generate import GOLD_MINOR, SILVER_MINOR
from schemas.commands import EnrolMember, RecordPurchase
from schemas.values import add_months

ZONE: Final = ZoneInfo("Asia/Shanghai")
EXPIRY_MONTHS: Final = 24
# (tier, yearly spend in minor units that reaches it, multiplier in percent), highest first.
LADDER: Final = (("gold", GOLD_MINOR, 150), ("silver", SILVER_MINOR, 120), ("basic", 0, 100))
PERCENT: Final = {tier: percent for tier, _, percent in LADDER}
RANK: Final = {tier: -place for place, (tier, _, _) in enumerate(LADDER)}


class MemberAccount(Aggregate):
    """A member's lots, the spend of the running year, the tier."""

    class Enrolled(Aggregate.Created):
        member: str
        occurred_at: dt.datetime

    class PurchaseRecorded(Aggregate.Event):
        purchase_id: str
        amount_minor: int
        points: int
        tier: str
        year: int
        expires_on: str
        occurred_at: dt.datetime

    class TierChanged(Aggregate.Event):
        tier: str
        measured: int
        occurred_at: dt.datetime

    @event(Enrolled)
    def __init__(self, member: str, occurred_at: dt.datetime) -> None:
        self.member = member
        self.enrolled_at = occurred_at
        self.tier = "basic"
        self.lots: list[tuple[int, str]] = []
        self.available = 0
        self.year = 0
        self.spent_minor = 0

    @staticmethod
    def create_id(member: str) -> UUID:
        """The aggregate's id, a function of the member's."""
        return uuid5(NAMESPACE_URL, f"/members/{member}")

    def record_purchase(self, purchase_id: str, amount_minor: int, at: dt.datetime) -> None:
        """Earn points at the tier held, then move up where the year's spend reaches it."""
        day = at.astimezone(ZONE).date()
        self._record_purchase(
            purchase_id=purchase_id,
            amount_minor=amount_minor,
            points=amount_minor * PERCENT[self.tier] // 10_000,
            tier=self.tier,
            year=day.year,
            expires_on=add_months(day, EXPIRY_MONTHS).isoformat(),
            occurred_at=at,
        )
        reached = next(tier for tier, needed, _ in LADDER if self.spent_minor >= needed)
        if RANK[reached] > RANK[self.tier]:
            self._change_tier(tier=reached, measured=self.spent_minor, occurred_at=at)

    @event(PurchaseRecorded)
    def _record_purchase(
        self,
        purchase_id: str,
        amount_minor: int,
        points: int,
        tier: str,
        year: int,
        expires_on: str,
        occurred_at: dt.datetime,
    ) -> None:
        if points:
            self.lots.append((points, expires_on))
        self.available += points
        self.spent_minor = amount_minor + (self.spent_minor if year == self.year else 0)
        self.year = year

    @event(TierChanged)
    def _change_tier(self, tier: str, measured: int, occurred_at: dt.datetime) -> None:
        self.tier = tier


class StockLedger(Application[UUID]):
    """Loads an account, asks it, saves it."""

    # The library's own limit of events per read of the log; its default is 10.
    log_section_size = 1000

    def enrol(self, command: EnrolMember) -> None:
        """Save a new account."""
        self.save(_enrolled(command))

    def record_purchase(self, command: RecordPurchase) -> None:
        """Load, decide, save: durable when it returns."""
        account = self._account(command.member)
        _purchase(account, command)
        self.save(account)

    def record_together(self, commands: Sequence[EnrolMember | RecordPurchase]) -> None:
        """Save what all the commands decide in one transaction: all of them or none."""
        accounts: dict[str, MemberAccount] = {}
        for command in commands:
            if isinstance(command, EnrolMember):
                accounts[command.member] = _enrolled(command)
            else:
                account = accounts.get(command.member)
                if account is None:
                    account = accounts[command.member] = self._account(command.member)
                _purchase(account, command)
        self.save(*accounts.values())

    def balance(self, member: str) -> int:
        """Points available."""
        return self._account(member).available

    def _account(self, member: str) -> MemberAccount:
        account: MemberAccount = self.repository.get(MemberAccount.create_id(member))
        return account


def _enrolled(command: EnrolMember) -> MemberAccount:
    assert command.occurred_at is not None, "the generator dates every command"
    return MemberAccount(member=command.member, occurred_at=command.occurred_at)


def _purchase(account: MemberAccount, command: RecordPurchase) -> None:
    assert command.occurred_at is not None, "the generator dates every command"
    account.record_purchase(command.purchase_id, command.amount_minor, command.occurred_at)


@contextmanager
def stock_ledger(path: Path, cached: bool = False) -> Iterator[StockLedger]:
    """The stock application over an SQLite file.

    `cached` turns on the library's own aggregate cache at its fastest: unlimited, not
    fast-forwarded and not copied, which only a single process without failing saves can afford.
    Raises RuntimeError where its commits would not be as durable as ours.
    """
    settings = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    if cached:
        settings |= {
            "AGGREGATE_CACHE_MAXSIZE": "0",
            "AGGREGATE_CACHE_FASTFORWARD": "n",
            "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
        }
    with StockLedger(settings) as application:
        check_durable(application)
        yield application


def check_durable(application: StockLedger) -> None:
    """Hold the stock connection to WAL and synchronous=FULL (2), which it inherits from SQLite."""
    recorder = application.recorder
    assert isinstance(recorder, SQLiteRecorder)
    with recorder.datastore.transaction(commit=False) as cursor:
        found = []
        for pragma in ("journal_mode", "synchronous"):
            cursor.execute(f"PRAGMA {pragma}")
            found.append(cursor.fetchone()[0])
    if found != ["wal", 2]:
        raise RuntimeError(f"the stock application commits with {found}, not ['wal', 2]")


def import_together(
    application: StockLedger, commands: Iterable[EnrolMember | RecordPurchase], size: int
) -> None:
    """Every command, `size` of them to a save."""
    batch: list[EnrolMember | RecordPurchase] = []
    for command in commands:
        batch.append(command)
        if len(batch) == size:
            application.record_together(batch)
            batch = []
    if batch:
        application.record_together(batch)
