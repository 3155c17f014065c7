"""Working out a period's statement from the warehouse.

SQL adds up integers; prices and rounding are exact in Python. The answer follows from the facts up
to a position alone, so a closed statement comes out the same for ever.

Shapes:
    work_out     the statement of a month, at a position
    again        a closed one once more
    closed       all closed ones, as they stand in the log
    behind       the events behind lines of a closed one
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from projections.errors import WarehouseMissing
from projections.query import QueryResult
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

_BEHIND: Final = """
SELECT
    position, member, occurred_on, partner, kind, month, points, minor, per, amount_minor, dispute
FROM statement_events($from_day, $to_day, $seen, $through)
WHERE
    partner = coalesce($partner, partner) AND kind = coalesce($kind, kind)
    AND month = coalesce($month, month)
ORDER BY position, partner, kind
"""
_DISPUTES: Final = """
SELECT
    told.request_id AS dispute, told.source, told.occurred_at, told.period, told.partner,
    told.kind, told.month, told.reason, told.position,
    decided.occurred_at AS decided_at, decided.amount_minor, decided.reason AS decision,
    decided.position AS decided_position
FROM disputes AS told
LEFT JOIN dispute_decisions AS decided
    ON decided.dispute = told.request_id AND decided.dispute_source = told.source
ORDER BY told.position
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
    _check_knows(warehouse, through_position)
    span = _span(period, after_position, through_position)
    found = warehouse.query(_SUMS, span, max_rows=None, timeout_seconds=None)
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


def behind(
    warehouse: Warehouse,
    statement: Statement,
    *,
    partner: str | None = None,
    kind: str | None = None,
    month: str | None = None,
) -> QueryResult:
    """The events behind a closed statement's lines, or some of them; the columns of the view."""
    _check_knows(warehouse, statement.through_position)
    span = _span(statement.period, statement.after_position, statement.through_position)
    wanted = {"partner": partner, "kind": kind, "month": month}
    return warehouse.query(_BEHIND, span | wanted, max_rows=None, timeout_seconds=None)


def disputes(warehouse: Warehouse) -> QueryResult:
    """All disputes, oldest first, with what they came to."""
    return warehouse.query(_DISPUTES, max_rows=None)


def _check_knows(warehouse: Warehouse, position: int) -> None:
    """What the warehouse has not read yet would never be billed."""
    known = warehouse.position
    if known < position:
        reason = f"it knows the log up to event #{known}, not #{position}"
        raise WarehouseMissing(warehouse=str(warehouse.path), reason=reason)


def _span(period: str, after_position: int, through_position: int) -> dict[str, Any]:
    days = month_named(period)
    return {
        "from_day": days.start,
        "to_day": days.last,
        "seen": after_position,
        "through": through_position,
    }


def _closed(row: dict[str, Any]) -> Closed:
    digest = row.pop("digest")
    lists = {
        "lines": tuple[StatementLine, ...],
        "nets": tuple[Net, ...],
        "payments": tuple[Payment, ...],
    }
    parts = {name: msgspec.convert(_said(row.pop(name)), kind) for name, kind in lists.items()}
    return Closed(Statement(**row, **parts), digest)


def _said(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a list without what was left out of the payload, NULL in the warehouse."""
    return [{name: v for name, v in entry.items() if v is not None} for entry in entries]


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
