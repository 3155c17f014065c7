"""The stock application put to work: one function per way of using it, timed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.reference_eventsourcing import (
    MemberAccount,
    import_together,
    stock_ledger,
)
from benchmarks.reference_projection import MemoryBalances, project, sqlite_view
from benchmarks.timing import Measured, time_each, time_on_threads
from schemas.commands import EnrolMember, RecordPurchase

Commands = Sequence[EnrolMember | RecordPurchase]

# Where more commands to a save no longer make the stock application noticeably faster.
TOGETHER: Final = 5000


def seed(path: Path, commands: Commands) -> None:
    """A new store with the commands in it."""
    with stock_ledger(path, cached=True) as application:
        import_together(application, commands, TOGETHER)


def execute_each(path: Path, commands: Sequence[RecordPurchase], cached: bool) -> Measured:
    """Open the store, then one caller: load, command, save."""
    with stock_ledger(path, cached) as application:
        return time_each(application.record_purchase, commands)


def execute_on_threads(
    path: Path, parts: Sequence[Sequence[RecordPurchase]], cached: bool
) -> Measured:
    """Open the store, then one blocking caller per part; no member is in two parts."""
    with stock_ledger(path, cached) as application:
        return time_on_threads(application.record_purchase, parts)


def execute_together(path: Path, commands: Commands) -> Measured:
    """Open the store, then many commands to a save: all of them or none."""
    with stock_ledger(path, cached=True) as application:
        started = perf_counter()
        import_together(application, commands, TOGETHER)
        return Measured(len(commands), perf_counter() - started)


def project_to_file(path: Path, view_path: Path) -> Measured:
    """Build the view of balances in a new SQLite file from the whole log."""
    with stock_ledger(path) as application:
        started = perf_counter()
        with sqlite_view(view_path) as view:
            count = project(application, view)
        return Measured(count, perf_counter() - started)


def project_to_memory(path: Path) -> Measured:
    """Build the view of balances in dictionaries from the whole log."""
    with stock_ledger(path) as application:
        started = perf_counter()
        count = project(application, MemoryBalances())
        return Measured(count, perf_counter() - started)


def balances(path: Path, members: Sequence[str]) -> dict[str, int]:
    """Points available of each of the members."""
    with stock_ledger(path) as application:
        return {member: application.balance(member) for member in members}


def history_length(path: Path, member: str) -> int:
    """How many events a member has."""
    with stock_ledger(path) as application:
        account: MemberAccount = application.repository.get(MemberAccount.create_id(member))
        return account.version
