"""A month's statement over a whole log beside the same sums in plain Python, event by event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Final

from msgspec.structs import replace

from benchmarks import ours, reference_settlement
from benchmarks.bench import OURS, Bench, Comparison, Row
from benchmarks.generate import Shop, business
from benchmarks.timing import Measured
from ledger import Ledger
from projections.settlement import work_out
from projections.warehouse import Warehouse
from schemas.commands import ChangeTerms, Command, EnrolMember, JoinPartner, RedeemPoints
from schemas.settlement import Statement

PLAIN: Final = "plain Python over the log"
PERIOD: Final = "2025-01"
"""After all of it: a first statement bills everything, which is the most that one can have."""

PARTNERS: Final = 5
EXPIRED: Final = dt.date(2024, 12, 31)
_TERMS: Final = """\
partner = "p{number}"
effective_from = {since}

[issue]
points = "100"
money = "{price}"

[redeem]
points = "100"
money = "0.90"

[fees]
issue_percent = "2.5"
monthly = "100.00"

[breakage]
share_percent = "30"
"""


def settlement(bench: Bench) -> Row:
    """(i) Everything that happened at five partners in one statement."""
    count = bench.scale.settled_purchases
    store, small = bench.path("ours.db"), bench.path("small.db")
    seed(store, count)
    seed(small, count // 10)
    check_same_figures(small)
    return Row(
        key="settlement",
        contestants={OURS: lambda: settled(store)[0], PLAIN: lambda: added_up(small)[0]},
        comparisons=(
            Comparison("a statement, beside plain sums", (PLAIN,), 20),
            Comparison("a statement, events a second", (PLAIN,), 1_000_000, "floor"),
        ),
        rounds=bench.scale.rounds,
    )


def seed(store: Path, count: int) -> None:
    """A store with purchases, redemptions and expiries, and its warehouse caught up."""
    shop = Shop(members=max(1, count // 20), skew=0.5)
    ours.seed(store, list(_at_partners(shop, count)))
    with Ledger.open(str(store)) as ledger:
        for _expired in ledger.expire_all(EXPIRED):
            pass
    with Warehouse.open(store) as warehouse:
        warehouse.catch_up()


def _at_partners(shop: Shop, count: int) -> Iterator[Command]:
    for number in range(PARTNERS):
        yield JoinPartner(content=_TERMS.format(number=number, since="2021-06-01", price="1.00"))
        yield ChangeTerms(content=_TERMS.format(number=number, since="2023-07-01", price="1.25"))
    for index, command in enumerate(business(shop, count)):
        if isinstance(command, EnrolMember):
            yield command
            continue
        assert command.occurred_at is not None
        yield replace(command, partner=f"p{index % PARTNERS}")
        if index % 4 == 0:
            yield RedeemPoints(
                member=command.member,
                points=1,
                partner=f"p{index % 3}",
                occurred_at=command.occurred_at + dt.timedelta(microseconds=1),
            )


def settled(store: Path) -> tuple[Measured, Statement]:
    """The statement of all events, from a warehouse that has caught up."""
    with Warehouse.open(store, read_only=True) as warehouse:
        last = warehouse.position
        started = perf_counter()
        statement = work_out(
            warehouse, PERIOD, after_position=0, through_position=last, seal="0" * 64
        )
        return Measured(last, perf_counter() - started), statement


def added_up(
    store: Path,
) -> tuple[Measured, dict[reference_settlement.Key, reference_settlement.Figures]]:
    """The same figures in plain Python."""
    with Warehouse.open(store, read_only=True) as warehouse:
        last = warehouse.position
    started = perf_counter()
    figures = reference_settlement.add_up(store, PERIOD, 0, last)
    return Measured(last, perf_counter() - started), figures


def check_same_figures(store: Path) -> None:
    """Hold the two to the same figures. Raises RuntimeError."""
    found = {
        (
            line.partner,
            line.kind,
            line.month,
            Fraction(line.minor, line.per) if line.per else Fraction(0),
        ): (line.events, line.points, line.amount_minor)
        for line in settled(store)[1].lines
    }
    if found != added_up(store)[1]:
        raise RuntimeError("the statement and the plain sums differ")
