"""The ledger put to work: the one module here that knows its API."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.generate import PROGRAM
from benchmarks.stock import Commands
from benchmarks.timing import Measured, time_each, time_on_threads
from ledger import Ledger
from schemas.commands import Command, RecordPurchase
from schemas.errors import JifenError


def seed(path: Path, commands: Sequence[Command]) -> None:
    """A new store with the program published and the commands in it."""
    with Ledger.create(str(path), PROGRAM) as ledger:
        _import(ledger, commands)


def execute_each(path: Path, commands: Sequence[RecordPurchase]) -> Measured:
    """Open the store, then one blocking caller."""
    with Ledger.open(str(path)) as ledger:
        return time_each(ledger.execute, commands)


def execute_on_threads(path: Path, parts: Sequence[Sequence[RecordPurchase]]) -> Measured:
    """Open the store, then one blocking caller per part."""
    with Ledger.open(str(path)) as ledger:
        return time_on_threads(ledger.execute, parts)


def submit_all(path: Path, commands: Sequence[RecordPurchase]) -> Measured:
    """Open the store, hand in everything, then wait for every single answer."""
    with Ledger.open(str(path)) as ledger:
        started = perf_counter()
        futures = [ledger.submit(command) for command in commands]
        for future in futures:
            future.result()
        return Measured(len(commands), perf_counter() - started)


def import_all(path: Path, commands: Commands) -> Measured:
    """Open the store, then import everything in bulk, rules and seals on."""
    with Ledger.open(str(path)) as ledger:
        started = perf_counter()
        _import(ledger, commands)
        return Measured(len(commands), perf_counter() - started)


def _import(ledger: Ledger, commands: Sequence[Command]) -> None:
    for answer in ledger.execute_many(commands):
        if isinstance(answer, JifenError):
            raise answer


def rebuild(path: Path) -> Measured:
    """Build the warehouse from the whole log, in events."""
    # Loaded here, so that the rows of the ledger alone run without DuckDB in the process.
    from projections.warehouse import Warehouse

    with Warehouse.open(path) as warehouse:
        started = perf_counter()
        count = warehouse.rebuild()
        return Measured(count, perf_counter() - started)


def events(path: Path) -> int:
    """How many events the store has."""
    with Ledger.open(str(path)) as ledger:
        return ledger.position


def balances(path: Path, members: Sequence[str]) -> dict[str, int]:
    """Points of each of the members, lapsed ones included."""
    with Ledger.open(str(path)) as ledger:
        return {member: ledger.account(member).balance for member in members}


def history_length(path: Path, member: str) -> int:
    """How many events a member has."""
    with Ledger.open(str(path)) as ledger:
        return sum(1 for _ in ledger.history(member))


def balance_command(path: Path, member: str) -> list[str]:
    """The command line that prints a member's balance."""
    beside = shutil.which("jifen", path=str(Path(sys.executable).parent))
    program = [beside] if beside else [sys.executable, "-m", "cli"]
    return [*program, "balance", member, "--store", str(path)]
