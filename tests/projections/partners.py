"""Alliances to settle: terms files, closing a month, and facts that no command writes here."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.reference_settlement import Figures, Key
from ledger import Ledger
from ledger.store.sqlite import Claims
from projections import Warehouse
from projections.settlement import closed, work_out
from schemas.codec import encode_event
from schemas.commands import ChangeTerms, JoinPartner, SettlePeriod
from schemas.events import Event, StatementLine
from schemas.settlement import Statement


def terms(partner: str, effective_from: str, **said: str) -> str:
    """A terms file; what is said is the text of its sections: issue='points = "100" ...'."""
    sections = "".join(f"\n[{name}]\n{text}\n" for name, text in said.items())
    return f'partner = "{partner}"\neffective_from = {effective_from}\n{sections}'


def join(ledger: Ledger, content: str, **said: Any) -> None:
    ledger.execute(JoinPartner(content=content, **said))


def change(ledger: Ledger, content: str, **said: Any) -> None:
    ledger.execute(ChangeTerms(content=content, **said))


def worked_out(ledger: Ledger, warehouse: Warehouse, period: str) -> Statement:
    """What the next statement would be, from the log as it stands."""
    position, seal = ledger.end_of_log()
    warehouse.catch_up()
    before = closed(warehouse)
    after = before[-1].statement.through_position if before else 0
    return work_out(warehouse, period, after_position=after, through_position=position, seal=seal)


def command_of(statement: Statement, **other: Any) -> SettlePeriod:
    """The command that closes a month with a statement."""
    said: dict[str, Any] = {
        "period": statement.period,
        "through_position": statement.through_position,
        "seal": statement.seal,
        "lines": statement.lines,
        "nets": statement.nets,
        "payments": statement.payments,
        "digest": statement.digest,
    }
    return SettlePeriod(**(said | other))


def settle(ledger: Ledger, warehouse: Warehouse, period: str) -> Statement:
    """Close a month."""
    statement = worked_out(ledger, warehouse, period)
    ledger.execute(command_of(statement))
    return statement


def write_down(ledger: Ledger, *facts: tuple[str, Event]) -> None:
    """Facts into the log as they are: (stream, event) in one commit."""
    recorder = ledger._recorder
    recorder.begin()
    versions: dict[str, int] = {}
    rows = []
    for stream, event in facts:
        known = versions.get(stream) or sum(1 for _ in recorder.select_rows(stream))
        versions[stream] = known + 1
        rows.append((stream, known + 1, event.topic, encode_event(event)))
    recorder.append(rows, Claims())
    recorder.commit()


def at(day: str, request_id: str = "r", **more: Any) -> dict[str, Any]:
    """What every event says, at noon in Shanghai on a day."""
    on = dt.date.fromisoformat(day)
    return {
        "occurred_at": dt.datetime.combine(on, dt.time(4), dt.UTC),
        "occurred_on": on,
        "source": "test",
        "request_id": request_id,
        **more,
    }


def figures(lines: tuple[StatementLine, ...]) -> dict[Key, Figures]:
    """Lines as the reference has them; corrections of a line are told together there."""
    found: dict[Key, Figures] = {}
    for line in lines:
        price = Fraction(line.minor, line.per) if line.per else Fraction(0)
        key = (line.partner, line.kind, line.month, price)
        events, points, amount = found.get(key, (0, 0, 0))
        found[key] = (events + line.events, points + line.points, amount + line.amount_minor)
    return found


def store_of(warehouse: Warehouse) -> Path:
    """The store beside a warehouse."""
    return Path(str(warehouse.path).removesuffix(".duckdb"))
