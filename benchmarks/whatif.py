"""What-if over a whole store beside the naive way: every command once more, on a fresh ledger.

`python -m benchmarks.whatif STORE` is one what-if in a process of its own, told in JSON.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
from msgspec import Struct

from benchmarks import ours
from benchmarks.bench import OURS, Bench, Comparison, Row
from benchmarks.generate import PROGRAM, Shop, business
from benchmarks.stock import Commands
from benchmarks.timing import Measured
from ledger import JifenError, Ledger
from schemas.events import PurchaseRecorded

OTHER: Final = PROGRAM.replace("points = 1\n", "points = 2\n")
NAIVE: Final = "each command again, in memory"
PURCHASES_EACH: Final = 20


class Told(Struct, frozen=True):
    """A what-if that is over: how long it took, and the most memory that a process had."""

    purchases: int
    points: int
    seconds: float
    asking_mib: int
    worker_mib: int


def what_if(bench: Bench) -> Row:
    """(h) Everyone's purchases under a doubled rate."""
    count = bench.scale.whatif_purchases
    store, small = bench.path("million.db"), bench.path("small.db")
    ours.seed(store, business(_shop(count), count))
    few = business(_shop(count // 10), count // 10)
    ours.seed(small, few)
    commands = few[: bench.scale.whatif_again]
    memory = [_asked(small)]
    if memory[0].points != lived_again(few)[1]:
        raise RuntimeError("the what-if and the commands lived again differ")

    def run() -> Measured:
        memory.append(_asked(store))
        return Measured(memory[-1].purchases, memory[-1].seconds)

    return Row(
        key="whatif",
        contestants={OURS: run, NAIVE: lambda: lived_again(commands)[0]},
        comparisons=(
            Comparison("what-if, beside each command again", (NAIVE,), 4),
            Comparison("what-if, purchases a second", (NAIVE,), 100_000, "floor"),
        ),
        rounds=bench.scale.rounds,
        notes=lambda: [_memory(told) for told in (memory[0], memory[-1])],
    )


def lived_again(commands: Commands) -> tuple[Measured, int]:
    """The commands on a fresh ledger in memory under the other program; and the points earned."""
    points = 0
    with Ledger(":memory:", program=OTHER) as ledger:
        started = perf_counter()
        for answer in ledger.execute_many(commands):
            if isinstance(answer, JifenError):
                raise answer
            points += sum(e.points_earned for e in answer.events if isinstance(e, PurchaseRecorded))
        purchases = sum(hasattr(command, "amount_minor") for command in commands)
        return Measured(purchases, perf_counter() - started), points


def _shop(purchases: int) -> Shop:
    return Shop(members=purchases // PURCHASES_EACH, skew=0.5)


def _asked(store: Path) -> Told:
    command = [sys.executable, "-m", "benchmarks.whatif", str(store)]
    done = subprocess.run(command, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Told)


def _memory(told: Told) -> str:
    return (
        f"whatif: {told.purchases:,} purchases, at most {told.worker_mib} MiB in a worker,"
        f" {told.asking_mib} MiB in the process that asked"
    )


def main(store: str) -> None:
    """One what-if from an open store to the report."""
    with Ledger.open(store) as ledger:
        started = perf_counter()
        report = ledger.what_if(OTHER).report
        seconds = perf_counter() - started
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    told = Told(report.purchases, report.after.flows["earned"], seconds, _peak_mib(), worker)
    print(msgspec.json.encode(told).decode())


def _peak_mib() -> int:
    """Of this process since it began; getrusage tells what its parent had, where that was more."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main(sys.argv[1])
