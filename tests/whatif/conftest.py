"""A shop with a clock to move, whose log is lived again under other rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger import Ledger, ManualClock
from tests.whatif.support import OPENING, PLAIN


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(OPENING)


@pytest.fixture
def shop(clock: ManualClock) -> Iterator[Ledger]:
    """Open under PLAIN, with the members ann and bo."""
    with Ledger(":memory:", program=PLAIN, clock=clock) as ledger:
        ledger.enrol("ann")
        ledger.enrol("bo")
        yield ledger
