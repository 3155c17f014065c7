"""The rows of the table: which work, for whom, beside what."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks import ours, reference_sqlite, stock
from benchmarks.bench import OURS, Bench, Comparison, Row
from benchmarks.generate import (
    Shop,
    business,
    enrolments,
    histories,
    member_name,
    next_purchases,
    purchases,
)
from benchmarks.settlement import settlement
from benchmarks.timing import Measured
from benchmarks.whatif import what_if
from schemas.commands import RecordPurchase

THREADS: Final = 16
HISTORY: Final = 20


def one_caller(bench: Bench) -> Row:
    """(a) One caller's purchases beside bare commits of the bytes that they wrote."""
    shop = Shop(members=200, skew=0.0)
    store = bench.path("ours.db")
    ours.seed(store, list(enrolments(shop)))
    commands = list(purchases(shop, bench.scale.single))
    written = bench.copy(store)
    ours.execute_each(written, commands)
    copied = reference_sqlite.copy_rows(written, after=ours.events(store))
    blobs = copied.blobs()
    bench.discard(written)
    bare_rows = "the same rows, bare"

    def bare(path: Path) -> Measured:
        return Measured(len(blobs), reference_sqlite.write_blobs(path, blobs))

    def rows(path: Path) -> Measured:
        return Measured(len(commands), reference_sqlite.write_rows(path, copied))

    return Row(
        key="single",
        contestants={
            OURS: bench.on_copy(store, partial(ours.execute_each, commands=commands)),
            "bare SQLite commit": bench.on_new("bare.db", bare),
            bare_rows: bench.on_new("rows.db", rows),
        },
        comparisons=(
            Comparison("one caller, a purchase made durable", ("bare SQLite commit",), 0.5),
            Comparison("one caller, beside the same rows in the same tables", (bare_rows,), None),
        ),
        rounds=bench.scale.rounds,
    )


def cold_members(bench: Bench) -> Row:
    """(b) One caller, each command on another member whose 20 events must be loaded first."""
    shop = Shop(members=bench.scale.cold_members)
    commands = list(histories(shop, HISTORY))
    stores = {OURS: bench.path("ours.db"), "stock": bench.path("stock.db")}
    ours.seed(stores[OURS], commands)
    stock.seed(stores["stock"], commands)
    names = [member_name(number) for number in range(shop.members)]
    lengths = (
        ours.history_length(stores[OURS], names[0]),
        stock.history_length(stores["stock"], names[0]),
    )
    if lengths != (HISTORY, HISTORY):
        raise RuntimeError(f"the members have {lengths} events, not {HISTORY} each")
    asked = list(next_purchases(names, "cold"))
    return Row(
        key="cold",
        contestants={
            OURS: bench.on_copy(stores[OURS], partial(ours.execute_each, commands=asked)),
            "stock, one caller": bench.on_copy(
                stores["stock"], partial(stock.execute_each, commands=asked, cached=False)
            ),
        },
        comparisons=(
            Comparison("one caller, load + command + save, 20 events", ("stock, one caller",), 3),
        ),
        rounds=bench.scale.rounds,
    )


def threads(bench: Bench) -> Row:
    """(c) Sixteen threads, each blocking on one call after the other, none on another's member."""
    shop = Shop(members=20 * THREADS, skew=0.0)
    stores = _enrolled_stores(bench, shop)
    parts = apart(list(purchases(shop, bench.scale.threaded)))
    on_threads = partial(stock.execute_on_threads, parts=parts)
    plain, cached = "stock, 16 threads", "stock, 16 threads, cache"
    references = {
        plain: partial(on_threads, cached=False),
        cached: partial(on_threads, cached=True),
    }
    return Row(
        key="threads",
        contestants={
            OURS: bench.on_copy(stores[OURS], partial(ours.execute_on_threads, parts=parts)),
            **dict(_on_copies(bench, stores["stock"], references)),
        },
        comparisons=(
            Comparison("16 threads, one blocking call each", (plain,), 6),
            Comparison("16 threads, beside its cache at its fastest", (cached,), None),
        ),
        rounds=bench.scale.rounds,
    )


def pipelined(bench: Bench) -> Row:
    """(d) Futures in flight beside the fastest ways to use the stock application."""
    shop = Shop(members=1_000, skew=0.0)
    stores = _enrolled_stores(bench, shop)
    commands = list(purchases(shop, bench.scale.pipelined))
    few = commands[: bench.scale.threaded]
    each = {
        "stock, one caller, cache": partial(stock.execute_each, commands=few, cached=True),
        "stock, 16 threads, cache": partial(
            stock.execute_on_threads, parts=apart(few), cached=True
        ),
    }
    together = _together(len(commands))
    references = {**each, together: partial(stock.execute_together, commands=commands)}
    return Row(
        key="pipelined",
        contestants={
            OURS: bench.on_copy(stores[OURS], partial(ours.submit_all, commands=commands)),
            **dict(_on_copies(bench, stores["stock"], references)),
        },
        comparisons=(
            Comparison("pipelined futures, beside one save each", tuple(each), 20),
            Comparison("pipelined futures, beside all or nothing", (together,), None),
        ),
        rounds=bench.scale.rounds,
    )


def bulk(bench: Bench) -> Row:
    """(e) A bulk import by busy and idle members, beside the stock one and raw executemany."""
    shop = Shop(members=4_000)
    stores = _enrolled_stores(bench, shop)
    commands = list(purchases(shop, bench.scale.bulk))
    written = bench.copy(stores[OURS])
    ours.import_all(written, commands)
    copied = reference_sqlite.copy_rows(written, after=ours.events(stores[OURS]))
    bench.discard(written)
    # The raw writer is measured in the purchases that its rows stand for, as the others are.
    raw = "raw executemany"
    singly, cached = "stock, one save each", "stock, one save each, cache"
    together = _together(len(commands))
    few = commands[: bench.scale.bulk_singly]
    references = {
        singly: partial(stock.execute_each, commands=few, cached=False),
        cached: partial(stock.execute_each, commands=few, cached=True),
        together: partial(stock.execute_together, commands=commands),
    }

    def write_raw(path: Path) -> Measured:
        return Measured(len(commands), reference_sqlite.write_rows(path, copied))

    return Row(
        key="bulk",
        contestants={
            OURS: bench.on_copy(stores[OURS], partial(ours.import_all, commands=commands)),
            **dict(_on_copies(bench, stores["stock"], references)),
            raw: bench.on_new("raw.db", write_raw),
        },
        comparisons=(
            Comparison("bulk import, beside one save each", (singly,), 25),
            Comparison("bulk import, beside its cache at its fastest", (cached,), None),
            Comparison("bulk import, beside all or nothing", (together,), None),
            Comparison("bulk import, beside the same rows raw", (raw,), 0.25),
        ),
        rounds=bench.scale.rounds,
    )


def warehouse(bench: Bench) -> Row:
    """(f) The warehouse built from the whole log, beside the stock projection, in events."""
    shop = Shop(members=20_000)
    store, stock_store = bench.path("ours.db"), bench.path("stock.db")
    ours.seed(store, business(shop, bench.scale.warehouse_purchases))
    small = Shop(members=bench.scale.projected_purchases // 10)
    stock.seed(stock_store, business(small, bench.scale.projected_purchases))
    in_file, in_memory = "stock projection, SQLite", "stock projection, memory"
    return Row(
        key="warehouse",
        contestants={
            OURS: bench.on_copy(store, ours.rebuild),
            in_file: bench.on_new("view.db", partial(stock.project_to_file, stock_store)),
            in_memory: partial(stock.project_to_memory, stock_store),
        },
        comparisons=(
            Comparison("rebuild of the warehouse", (in_file,), 30),
            Comparison("rebuild, beside a view in memory", (in_memory,), None),
            Comparison("rebuild, events a second", (in_file,), 300_000, "floor"),
        ),
        rounds=bench.scale.rounds,
    )


def launch(bench: Bench) -> Row:
    """(g) The whole process of `jifen balance` beside an empty Python."""
    shop = Shop(members=1)
    store = bench.path("ours.db")
    ours.seed(store, list(histories(shop, HISTORY)))
    command = ours.balance_command(store, member_name(0))
    return Row(
        key="launch",
        contestants={
            OURS: partial(_launched, command),
            "python -c pass": partial(_launched, [sys.executable, "-c", "pass"]),
        },
        comparisons=(
            Comparison("`jifen balance`, whole process", ("python -c pass",), 12, "at_most"),
        ),
        rounds=bench.scale.launches,
    )


ROWS: Final[dict[str, Callable[[Bench], Row]]] = {
    "single": one_caller,
    "cold": cold_members,
    "threads": threads,
    "pipelined": pipelined,
    "bulk": bulk,
    "warehouse": warehouse,
    "launch": launch,
    "whatif": what_if,
    "settlement": settlement,
}


def apart(commands: Sequence[RecordPurchase]) -> list[list[RecordPurchase]]:
    """The commands in one part per thread, no member in two: the stock application can't retry."""
    parts: list[list[RecordPurchase]] = [[] for _ in range(THREADS)]
    for command in commands:
        parts[int(command.member.removeprefix("m-")) % THREADS].append(command)
    return parts


def check_same_decisions(bench: Bench) -> None:
    """Hold the two programs to the same points. Raises RuntimeError with who differs."""
    shop = Shop(members=60)
    commands = business(shop, 1_200)
    names = [member_name(number) for number in range(shop.members)]
    store, stock_store = bench.path("ours.db"), bench.path("stock.db")
    ours.seed(store, commands)
    stock.seed(stock_store, commands)
    found, expected = ours.balances(store, names), stock.balances(stock_store, names)
    different = [name for name in names if found[name] != expected[name]]
    if different:
        raise RuntimeError(f"ours and the stock application differ on {different}")


def _enrolled_stores(bench: Bench, shop: Shop) -> dict[str, Path]:
    stores = {OURS: bench.path("ours.db"), "stock": bench.path("stock.db")}
    ours.seed(stores[OURS], list(enrolments(shop)))
    stock.seed(stores["stock"], list(enrolments(shop)))
    return stores


def _on_copies(
    bench: Bench, store: Path, works: Mapping[str, Callable[[Path], Measured]]
) -> Iterator[tuple[str, Callable[[], Measured]]]:
    for name, work in works.items():
        yield name, bench.on_copy(store, work)


def _together(commands: int) -> str:
    return f"stock, {min(commands, stock.TOGETHER)} commands a save"


def _launched(command: Sequence[str]) -> Measured:
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return Measured(1, perf_counter() - started)
