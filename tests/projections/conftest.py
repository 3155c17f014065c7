"""A log of its own for every test of the projections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import Ledger, ManualClock
from projections import Warehouse
from tests.projections.shop import OPENED, PROGRAM, Shop, noon
from tests.projections.support import append, bought, create_log, enrolled


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The path of an empty store."""
    return create_log(tmp_path / "shop.jifen")


@pytest.fixture
def five(store: Path) -> Path:
    """A log of an enrolment and four purchases."""
    append(store, ("a", enrolled()), *(("a", bought(purchase_id=f"p{n}")) for n in range(4)))
    return store


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop on its first day, with the members ann, bo and cy."""
    path, clock = tmp_path / "real.jifen", ManualClock(noon(OPENED))
    with (
        Ledger.create(path, PROGRAM, clock=clock, durability="relaxed") as ledger,
        Warehouse.open(path) as warehouse,
    ):
        for member in ("ann", "bo", "cy"):
            ledger.enrol(member)
        yield Shop(ledger, clock, warehouse)
