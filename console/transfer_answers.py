"""What is shown of transfers: rows, columns, and the totals of a file."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Mismatch, Reconciliation, Transfer


def transfer_columns(decimals: int) -> list[Column]:
    """A transfer, out or in."""
    return [
        Column("way", _("way"), "text"),
        Column("transfer", _("transfer"), "identifier"),
        Column("program", _("program"), "identifier"),
        Column("member", _("member"), "identifier"),
        Column("account", _("account there"), "identifier"),
        Column("points", _("points"), "points", decimals),
        Column("fee", _("fee"), "points", decimals),
        Column("theirs", _("theirs"), "integer"),
        Column("state", _("state"), "text"),
        Column("code", _("code"), "text"),
        Column("reference", _("reference"), "text"),
        Column("moved_on", _("on"), "day"),
        Column("answer_by", _("answer by"), "day"),
        Column("answered_on", _("answered on"), "day"),
        Column("event", _("last event"), "integer"),
    ]


def transfer_row(row: Transfer) -> dict[str, Any]:
    """The values of these columns."""

    def day(text: str) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return {
        "way": row.way,
        "transfer": row.name,
        "program": row.program,
        "member": row.member,
        "account": row.account,
        "points": row.points,
        "fee": row.fee or None,
        "theirs": row.theirs,
        "state": row.state,
        "code": row.code or None,
        "reference": row.reference or None,
        "moved_on": day(row.moved_on),
        "answer_by": day(row.answer_by),
        "answered_on": day(row.answered_on),
        "event": row.position,
    }


def show_transfer(desk: Desk, name: str, title: str) -> None:
    """One that went out, as it stands now, and the balance of its member."""
    row = desk.ledger.transfer(name)
    decimals = desk.program.points_decimals
    record = transfer_row(row) | {"balance": desk.ledger.account(row.member).balance}
    columns = [*transfer_columns(decimals), Column("balance", _("balance"), "points", decimals)]
    desk.record(record, columns, title=title)


def show_counts(desk: Desk, counts: dict[str, int]) -> None:
    """How many of what, under labels that are their keys' words."""
    desk.record(counts, [Column(key, _(key.replace("_", " ")), "integer") for key in counts])


def mismatch_columns(decimals: int) -> list[Column]:
    """What two programs say differently."""
    return [
        Column("kind", _("what"), "text"),
        Column("fault", _("to look into"), "flag"),
        Column("transfer", _("transfer"), "identifier"),
        Column("member", _("member"), "identifier"),
        Column("state", _("state here"), "text"),
        Column("points", _("points here"), "points", decimals),
        Column("answer", _("answer there"), "text"),
        Column("their_points", _("points there"), "points", decimals),
    ]


def mismatch_row(found: Mismatch) -> dict[str, Any]:
    """The values of these columns."""
    return {
        "kind": found.kind,
        "fault": found.is_fault,
        "transfer": found.name,
        "member": found.member or None,
        "state": found.state or None,
        "points": found.points,
        "answer": found.answer or None,
        "their_points": found.their_points,
    }


def sums_of(found: Reconciliation) -> str:
    """Both sums in a line each."""
    here = _("here: sent {} = confirmed {} + rejected {} + pending {}")
    there = _("there: received {} + declined {} + not seen {} = {}")
    told = found.received[0] + found.declined[0] + found.not_seen[0]
    return "\n".join(
        (
            here.format(found.sent[0], found.confirmed[0], found.rejected[0], found.pending[0]),
            there.format(found.received[0], found.declined[0], found.not_seen[0], told),
        )
    )
