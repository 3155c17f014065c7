"""Runs the contestants of each row in turn and puts the medians side by side."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct

from benchmarks.bench import OURS, Bench, Comparison, Row
from benchmarks.timing import Measured


class Line(Struct, frozen=True):
    """One line of the table. Rates are per second; `ratio` reads as the bar's kind says."""

    key: str
    title: str
    ours: float
    reference: str
    reference_rate: float
    ratio: float
    bar: float | None
    kind: str
    met: bool | None


class Result(Struct, frozen=True):
    """A row's lines, its notes, and every run: contestant -> rates in order of time."""

    lines: tuple[Line, ...]
    rates: dict[str, tuple[float, ...]]
    notes: tuple[str, ...] = ()


def run_row(build: Callable[[Bench], Row], bench: Bench) -> Result:
    """Set the row up, then let every contestant run once per round: A B C, A B C."""
    row = build(bench)
    runs: dict[str, list[Measured]] = {name: [] for name in row.contestants}
    # The commands were made for the benchmark: no contestant's collector shall walk over them, nor
    # over what the one before has left behind.
    gc.collect()
    gc.freeze()
    for _ in range(row.rounds):
        for name, run in row.contestants.items():
            gc.collect()
            runs[name].append(run())
    gc.unfreeze()
    rates = {name: tuple(each.rate for each in measured) for name, measured in runs.items()}
    medians = {name: median(each) for name, each in rates.items()}
    lines = tuple(compare(row.key, each, medians) for each in row.comparisons)
    return Result(lines, rates, tuple(row.notes()))


def compare(key: str, comparison: Comparison, rates: dict[str, float]) -> Line:
    """Ours beside the fastest of the comparison's references."""
    best = max(comparison.references, key=rates.__getitem__)
    ours, reference = rates[OURS], rates[best]
    bar = comparison.bar
    ratio = reference / ours if comparison.kind == "at_most" else ours / reference
    met = None
    if bar is not None:
        met = {"at_least": ratio >= bar, "at_most": ratio <= bar, "floor": ours >= bar}[
            comparison.kind
        ]
    return Line(key, comparison.title, ours, best, reference, ratio, bar, comparison.kind, met)


def table(lines: Iterable[Line]) -> str:
    """The lines in columns."""
    head = ("row", "", "ours", "reference", "", "ratio", "bar", "met")
    cells = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join(_aligned(row, widths) for row in cells)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    to_the_left = (True, True, False, False, True, False, False, True)
    return "  ".join(
        cell.ljust(width) if left else cell.rjust(width)
        for cell, width, left in zip(cells, widths, to_the_left, strict=True)
    ).rstrip()


def _cells(line: Line) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: "-"}[line.met]
    return (
        line.key,
        line.title,
        _figure(line.ours, line.kind),
        _figure(line.reference_rate, line.kind),
        line.reference,
        f"{line.ratio:.2f}",
        _bar(line),
        met,
    )


def _figure(rate: float, kind: str) -> str:
    return f"{1000 / rate:,.1f} ms" if kind == "at_most" else f"{rate:,.0f}/s"


def _bar(line: Line) -> str:
    if line.bar is None:
        return "-"
    if line.kind == "floor":
        return f"≥ {line.bar:,.0f}/s"
    return f"{'≤' if line.kind == 'at_most' else '≥'} {line.bar:g} ×"


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the file system that a folder is on; 'unknown' where nothing tells."""
    if not mounts.exists():
        return "unknown"
    found = ("", "unknown")
    for entry in mounts.read_text().splitlines():
        _, point, kind, *_ = entry.split(" ")
        if folder.resolve().is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]
