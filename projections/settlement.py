"""Working out a period's statement from the warehouse.

SQL adds up integers; prices and rounding are exact in Python. The answer follows from the facts up
to a position alone, so a closed statement comes out the same for ever.

Shapes:
    work_out     the statement of a month, at a position
    again        a closed one once more
    closed       the closed one, as it stands in the log
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from projections.warehouse import Warehouse
from schemas.events import Net, Payment, StatementLine
from schemas.settlement import Statement, month_named, statement_of, worth

_SUMS: Final = """
SELECT
    partner, kind, month, minor, per, dispute, count(*) AS events,
    sum(points) AS points, sum(amount_minor) AS amount_minor
FROM statement_events($from_day, $to_day, $seen, $through)
GROUP BY ALL
"""
_CLOSED: Final = """
SELECT
    period, starts_on, ends_on, after_position, through_position, seal, lines, nets, payments,
    digest
FROM settlements
"""


class Closed(Struct, frozen=True):
    """A closed period: its statement, and the digest that was written down."""

    statement: Statement
    digest: str


def work_out(
    warehouse: Warehouse, period: str, *, after_position: int, through_position: int, seal: str
) -> Statement:
    """The statement of a month from the log up to `through_position`, which `seal` is of.

    `after_position` is what the statement before it was made from, 0 where there is none. The
    warehouse has to know the log up to there. Raises WarehouseMissing, WarehouseBusy.
    """
    days = month_named(period)
    found = warehouse.query(
        _SUMS,
        {
            "from_day": days.start,
            "to_day": days.last,
            "seen": after_position,
            "through": through_position,
        },
        max_rows=None,
        timeout_seconds=None,
    )
    lines = [_line(period, *row) for row in found.rows]
    return statement_of(period, after_position, through_position, seal, lines)


def again(warehouse: Warehouse, statement: Statement) -> Statement:
    """A closed statement, worked out once more from what it was made from."""
    return work_out(
        warehouse,
        statement.period,
        after_position=statement.after_position,
        through_position=statement.through_position,
        seal=statement.seal,
    )


def closed(warehouse: Warehouse) -> list[Closed]:
    """All closed periods, oldest first."""
    found = warehouse.query(_CLOSED + " ORDER BY period", max_rows=None)
    return [_closed(dict(zip(found.columns, row, strict=True))) for row in found.rows]


def _closed(row: dict[str, Any]) -> Closed:
    digest = row.pop("digest")
    lists = {
        "lines": tuple[StatementLine, ...],
        "nets": tuple[Net, ...],
        "payments": tuple[Payment, ...],
    }
    parts = {name: msgspec.convert(row.pop(name), kind) for name, kind in lists.items()}
    return Closed(Statement(**row, **parts), digest)


def _line(
    period: str,
    partner: str,
    kind: Any,
    month: str,
    minor: int,
    per: int,
    dispute: str,
    events: int,
    points: int,
    amount_minor: int,
) -> StatementLine:
    return StatementLine(
        partner=partner,
        kind=kind,
        month=month,
        amount_minor=worth(kind, int(points), minor, per) if per else int(amount_minor),
        late=month < period,
        events=events,
        points=int(points),
        minor=minor,
        per=per,
        dispute=dispute,
    )
