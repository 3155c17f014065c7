"""Ledgers to test on: in memory with a clock to move, and in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import Ledger, ManualClock
from tests.scenario import LADDER


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC))


@pytest.fixture
def ledger(clock: ManualClock) -> Iterator[Ledger]:
    with Ledger(":memory:", program=LADDER, clock=clock) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The path of a store with one member, m-001."""
    path = tmp_path / "shop.jifen"
    with Ledger.create(path, LADDER) as opened:
        opened.enrol("m-001", occurred_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return path
