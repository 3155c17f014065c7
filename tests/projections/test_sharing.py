"""One process at a time has the warehouse, and the others are told who."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from projections import Warehouse
from projections.errors import WarehouseBusy
from tests.projections.support import count_purchases, file_of

HOLD = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        assert process.stdin is not None
        process.stdin.close()


def test_a_taken_warehouse_names_the_process_that_has_it(five: Path) -> None:
    count_purchases(five)

    with (
        held_by_another_process(file_of(five)) as pid,
        Warehouse.open(five, wait_seconds=0.1) as opened,
    ):
        with pytest.raises(WarehouseBusy, match=str(pid)):
            opened.catch_up()
        with pytest.raises(WarehouseBusy, match=str(pid)):
            opened.query("SELECT 1")
        with pytest.raises(WarehouseBusy, match=str(pid)):
            opened.rebuild()
    assert count_purchases(five) == 4


def test_a_warehouse_taken_in_this_process_is_told_too(five: Path) -> None:
    count_purchases(five)

    with Warehouse.open(five) as asking, Warehouse.open(five, wait_seconds=0.1) as writing:
        asking.query("SELECT 1")
        with pytest.raises(WarehouseBusy, match="this process"):
            writing.catch_up()
