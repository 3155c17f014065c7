"""What a row of the table is made of, and the bench that its contestants work at.

Shapes:
    Row          contestants by name, and what is compared with what
    Comparison   ours beside the best of some references, and the bar
    Scale        how much work, and how often
    Bench        a folder of stores; hands out paths and copies
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from benchmarks.timing import Measured

OURS: Final = "ours"


class Comparison(Struct, frozen=True):
    """`ours` beside the fastest of `references`.

    `at_least`: our rate is at least `bar` times theirs. `at_most`: our run takes at most `bar`
    times as long as theirs. `floor`: our rate is at least `bar`, whatever theirs is. None as the
    bar only reports.
    """

    title: str
    references: tuple[str, ...]
    bar: float | None
    kind: Literal["at_least", "at_most", "floor"] = "at_least"


class Row(Struct, frozen=True):
    """Contestants are run in turn, in the order given; one of them is called `ours`.

    `notes` are lines to tell below the table, asked for after the last round.
    """

    key: str
    contestants: dict[str, Callable[[], Measured]]
    comparisons: tuple[Comparison, ...]
    rounds: int
    notes: Callable[[], list[str]] = list


class Scale(Struct, frozen=True):
    """How many commands, members and events a row uses; see rows.py for what each one means."""

    rounds: int
    single: int
    cold_members: int
    threaded: int
    pipelined: int
    bulk: int
    bulk_singly: int
    warehouse_purchases: int
    projected_purchases: int
    launches: int
    whatif_purchases: int
    whatif_again: int
    settled_purchases: int


FULL: Final = Scale(
    rounds=5,
    single=3_000,
    cold_members=400,
    threaded=3_200,
    pipelined=12_000,
    bulk=24_000,
    bulk_singly=3_000,
    warehouse_purchases=500_000,
    projected_purchases=10_000,
    launches=15,
    whatif_purchases=1_000_000,
    whatif_again=30_000,
    settled_purchases=600_000,
)

QUICK: Final = Scale(
    rounds=3,
    single=600,
    cold_members=100,
    threaded=320,
    pipelined=3_000,
    bulk=5_000,
    bulk_singly=400,
    warehouse_purchases=30_000,
    projected_purchases=2_000,
    launches=5,
    whatif_purchases=60_000,
    whatif_again=4_000,
    settled_purchases=80_000,
)


class Bench:
    """Paths in a folder, each given out once."""

    def __init__(self, folder: Path, scale: Scale) -> None:
        self.scale = scale
        self._folder = folder
        self._numbers = count(1)

    def path(self, name: str) -> Path:
        """A path that nothing is at yet."""
        return self._folder / f"{next(self._numbers):04d}-{name}"

    def copy(self, store: Path) -> Path:
        """A closed store's copy, on the disk before it is used."""
        target = self.path(store.name.split("-", 1)[1])
        shutil.copyfile(store, target)
        with target.open("rb+") as file:
            os.fsync(file.fileno())
        return target

    def on_copy(self, store: Path, work: Callable[[Path], Measured]) -> Callable[[], Measured]:
        """A contestant that works on its own copy of a store at each run, and leaves none."""

        def run() -> Measured:
            target = self.copy(store)
            try:
                return work(target)
            finally:
                self.discard(target)

        return run

    def on_new(self, name: str, work: Callable[[Path], Measured]) -> Callable[[], Measured]:
        """A contestant that makes a file of its own at each run, and leaves none."""

        def run() -> Measured:
            target = self.path(name)
            try:
                return work(target)
            finally:
                self.discard(target)

        return run

    @staticmethod
    def discard(path: Path) -> None:
        """Delete a file and what SQLite or DuckDB keeps beside it."""
        for beside in path.parent.glob(path.stem + "*"):
            beside.unlink()
