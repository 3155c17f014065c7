"""Ledgers in which a peer's cases are run, through the public API."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import Ledger, ManualClock
from tests.scenario import BASIC


@pytest.fixture
def clock():
    return ManualClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))


@pytest.fixture
def open_ledger(clock):
    opened = []

    def under(program=BASIC):
        ledger = Ledger(":memory:", program=program, clock=clock)
        opened.append(ledger)
        ledger.enrol("m-1", occurred_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
        return ledger

    yield under
    for ledger in opened:
        ledger.close()
