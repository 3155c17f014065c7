"""`python -m benchmarks [--quick] [--only ROW] [--json FILE]`."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import traceback
from pathlib import Path
from time import perf_counter

import msgspec

from benchmarks.bench import FULL, QUICK, Bench, Scale
from benchmarks.harness import Result, file_system, run_row, table
from benchmarks.rows import ROWS, check_same_decisions


def main() -> int:
    """Run the rows and print the table; 1 when a bar is missed or a row fails."""
    arguments = _arguments()
    keys = arguments.only or list(ROWS)
    scale = QUICK if arguments.quick else FULL
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="jifen-bench-") as name:
        folder = Path(name)
        machine = _machine(folder)
        print("  ".join(f"{key} {value}" for key, value in machine.items()))
        if machine["disk"] in ("tmpfs", "ramfs"):
            print("warning: this is memory, no commit is durable here; set TMPDIR to a disk")
        with tempfile.TemporaryDirectory(dir=folder) as checked:
            check_same_decisions(Bench(Path(checked), scale))
        for key in keys:
            try:
                results[key] = _run(key, folder, scale)
            except Exception:
                # Minutes of other rows are not to be lost to one.
                traceback.print_exc()
    lines = [line for result in results.values() for line in result.lines]
    print(table(lines))
    for result in results.values():
        for note in result.notes:
            print(note)
    if arguments.json:
        report = {"machine": machine, "quick": arguments.quick, "rows": results}
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    missed = any(line.met is False for line in lines)
    return 1 if missed or len(results) < len(keys) else 0


def _run(key: str, folder: Path, scale: Scale) -> Result:
    started = perf_counter()
    # A folder per row: its stores are gone before the next one starts.
    with tempfile.TemporaryDirectory(dir=folder) as name:
        result = run_row(ROWS[key], Bench(Path(name), scale))
    print(f"{key}: {perf_counter() - started:.0f} s", file=sys.stderr)
    return result


def _machine(folder: Path) -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": str(os.cpu_count()),
        "disk": file_system(folder),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less work, under a minute")
    parser.add_argument("--only", action="append", choices=list(ROWS), help="one row; repeatable")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run's rate there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
