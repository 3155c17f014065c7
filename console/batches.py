"""Adjustments from a file: all of them land, or none, and every failure is listed (EASE 5)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from console import failures
from console.confirming import confirm
from console.mapping import parse_mapping
from console.refusals import in_points
from console.tabular import Row, Table, Value, cell_text, open_table
from console.words import _, explain, marked, ngettext
from ledger.errors import BatchRefused
from ledger.movements import movements_total
from schemas.commands import AdjustPoints
from schemas.errors import InvalidInput, JifenError
from schemas.events import PointsEvent

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Outcome

_FIELDS: Final = ("member", "points", "reason")
_REQUIRED: Final = ("member", "points")


class UnreadableBatch(InvalidInput):
    """Fields: path, count."""

    code = "unreadable_batch"
    template = marked("{path}: nothing was adjusted; rows that can't be read: {count}")
    hint = marked("mend the rows that are listed, and feed the file again")


class MissingCell(InvalidInput):
    """Fields: field."""

    code = "missing_value"
    template = marked("the row has no {field}")
    hint = marked("fill the cell, or name a reason for all rows with --reason")


class Entry(NamedTuple):
    """A row as it was understood; `points` are points units."""

    line: int
    member: str
    points: int
    reason: str


def adjust_file(
    desk: Desk, path: Path, encoding: str | None, *, reason: str, may_owe: bool, yes: bool
) -> None:
    """Make every row's adjustment, in one commit, and show each with the balance around it.

    Raises a FileProblem or a MappingProblem, UnreadableBatch, BatchRefused, after a line for each
    row that failed.
    """
    entries = _entries(desk, path, encoding, reason)
    said = desk.said()
    batch = said.pop("request_id") or _name_of(entries)
    commands = [
        AdjustPoints(
            member=entry.member,
            points=entry.points,
            reason=entry.reason,
            may_owe=may_owe,
            request_id=f"{batch}#{entry.line}",
            **said,
        )
        for entry in entries
    ]
    confirm(_question(desk, entries), yes=yes)
    try:
        outcomes = desk.ledger.execute_all(commands)
    except BatchRefused as refused:
        for index, error in refused.failures:
            _tell(entries[index].line, error, desk)
        raise
    _show(desk, entries, outcomes)


def _entries(desk: Desk, path: Path, encoding: str | None, reason: str) -> list[Entry]:
    """The rows of the file. Raises UnreadableBatch when one of them can't be read."""
    entries: list[Entry] = []
    unreadable = 0
    with open_table(path, encoding=encoding) as table:
        mapping = parse_mapping((), _FIELDS, table.columns, required=_REQUIRED)
        for row in table.rows:
            try:
                entries.append(_entry(desk, table, row, mapping, reason))
            except JifenError as error:
                unreadable += 1
                _tell(row.line, error, desk)
    if unreadable:
        raise UnreadableBatch(path=os.fspath(path), count=unreadable)
    return entries


def _entry(desk: Desk, table: Table, row: Row, mapping: dict[str, str], reason: str) -> Entry:
    if row.problem is not None:
        raise row.problem
    cells = {field: row.values[column] for field, column in mapping.items()}
    member = table.identifier(cells["member"])
    if not member:
        raise MissingCell(field="member")
    if cells["points"] is None:
        raise MissingCell(field="points")
    why = cell_text(cells.get("reason")) or reason
    if not why:
        raise MissingCell(field="reason")
    return Entry(row.line, member, desk.points(_number(cells["points"])), why)


def _number(value: Value) -> str:
    """A cell's number as text; a spreadsheet's 50.0 is 50."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    return cell_text(value)


def _name_of(entries: Sequence[Entry]) -> str:
    """A name for the batch by what it says, so that the same file fed again changes nothing."""
    digest = sha256(repr(entries).encode()).hexdigest()
    return f"batch-{digest[:24]}"


def _question(desk: Desk, entries: Sequence[Entry]) -> str:
    more = sum(entry.points for entry in entries if entry.points > 0)
    less = -sum(entry.points for entry in entries if entry.points < 0)
    return ngettext(
        "{count:,} adjustment: {more} points to add, {less} to take. Go on?",
        "{count:,} adjustments: {more} points to add, {less} to take. Go on?",
        len(entries),
    ).format(count=len(entries), more=desk.shown_points(more), less=desk.shown_points(less))


def _tell(line: int, error: JifenError, desk: Desk) -> None:
    error = in_points(error, desk.program.points_decimals)
    words = f"{explain(error)} [{error.code}]"
    failures.say(_("line {line}: {words}").format(line=line, words=words))


def _show(desk: Desk, entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
    from console.columns import batch_columns

    rows = []
    for entry, outcome in zip(entries, outcomes, strict=True):
        assert outcome.account is not None
        moved = sum(
            movements_total(event.movements)
            for event in outcome.events
            if isinstance(event, PointsEvent)
        )
        balance = outcome.account.balance
        rows.append(
            {
                "line": entry.line,
                "member": entry.member,
                "reason": entry.reason,
                "points": moved,
                "balance_before": balance - moved,
                "balance_after": balance,
                "position": outcome.last_position,
                "request_id": outcome.events[-1].request_id,
                "replayed": outcome.replayed,
            }
        )
    again = sum(row["replayed"] is True for row in rows)
    caption = _("read {read:,} = adjusted {adjusted:,} + there already {again:,}").format(
        read=len(rows), adjusted=len(rows) - again, again=again
    )
    desk.rows(rows, batch_columns(desk.program), caption=caption)
