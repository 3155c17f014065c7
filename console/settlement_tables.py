"""Statements as tables and records: their columns, and the words for their lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cells import Column, shown
from console.words import _, marked
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from console.desk import Desk
    from projections.settlement import Closed
    from schemas.events import StatementLine
    from schemas.settlement import Statement

KINDS: Final[dict[str, str]] = {
    "issued": marked("points issued"),
    "returned": marked("points of returns"),
    "prepaid": marked("points bought in advance"),
    "redeemed": marked("points redeemed"),
    "reversed": marked("redemptions reversed"),
    "sent": marked("points sent to its program"),
    "received": marked("points received from its program"),
    "breakage": marked("share of expired points"),
    "issue_fee": marked("fee on points issued"),
    "redeem_fee": marked("fee on points redeemed"),
    "monthly_fee": marked("monthly fee"),
    "correction": marked("correction"),
}
"""Kind of line -> what a person calls it."""


class NotAMonth(InvalidInput):
    """Fields: text."""

    code = "not_a_month"
    template = marked("{text} is not a month")
    hint = marked("write it like 2026-06")


class NotSettled(InvalidInput):
    """Fields: period."""

    code = "not_settled"
    template = marked("{period} is not settled")
    hint = marked("`jifen settlement list` shows the periods that are")


def month(text: str) -> str:
    """The name of a month. Raises InvalidTime, NotAMonth."""
    from console.days import parse_period

    period = parse_period(text)
    if period.kind != "month":
        raise NotAMonth(text=text)
    return period.name


def find_closed(closed: Iterable[Closed], period: str) -> Closed:
    """The closed period. Raises NotSettled."""
    for each in closed:
        if each.statement.period == period:
            return each
    raise NotSettled(period=period)


def party(partner: str) -> str:
    """A party's name; the house has none of its own."""
    return partner or _("(house)")


def net_of(statement: Statement, partner: str) -> int:
    """What a party owes, minor units."""
    return next((net.net_minor for net in statement.nets if net.partner == partner), 0)


def line_columns(desk: Desk) -> list[Column]:
    """The columns of `line_rows`."""
    from schemas.values import currency_exponent

    currency, decimals = desk.program.currency, desk.program.points_decimals
    cents = currency_exponent(currency)
    return [
        Column("partner", _("partner"), "identifier"),
        Column("kind", _("line"), "identifier"),
        Column("month", _("month"), "identifier"),
        Column("late", _("late"), "flag"),
        Column("events", _("events"), "integer"),
        Column("points", _("points"), "points", decimals),
        Column("minor", _("price ({})").format(currency), "money", cents),
        Column("per", _("for so many points"), "points", decimals),
        Column("amount_minor", _("owed ({})").format(currency), "money", cents),
        Column("dispute", _("dispute"), "identifier"),
    ]


def line_rows(lines: Iterable[StatementLine], *, for_person: bool = False) -> list[dict[str, Any]]:
    """A row for each line; for a person the kind in words, and no zeros where nothing is."""
    rows = []
    for line in lines:
        row = {name: getattr(line, name) for name in line.__struct_fields__}
        if for_person:
            row["kind"] = _(KINDS[line.kind])
            row["late"] = line.late or None
            row |= {name: row[name] or None for name in ("points", "minor", "per", "dispute")}
        rows.append(row)
    return rows


def record_of(statement: Statement, digest: str) -> dict[str, Any]:
    """A statement as JSON has it."""
    import msgspec

    record: dict[str, Any] = {
        name: getattr(statement, name)
        for name in ("period", "starts_on", "ends_on", "after_position", "through_position", "seal")
    }
    record["digest"] = digest
    record["lines"] = line_rows(statement.lines)
    record["nets"] = msgspec.to_builtins(statement.nets)
    record["payments"] = msgspec.to_builtins(statement.payments)
    return record


def record_columns() -> list[Column]:
    """The columns of `record_of`."""
    return [
        Column("period", _("period"), "identifier"),
        Column("starts_on", _("first day"), "day"),
        Column("ends_on", _("last day"), "day"),
        Column("after_position", _("statement before made from the log up to"), "integer"),
        Column("through_position", _("made from the log up to"), "integer"),
        Column("seal", _("seal there"), "identifier"),
        Column("digest", _("digest"), "identifier"),
        Column("position", _("event"), "integer"),
        Column("lines", _("lines"), "nested"),
        Column("nets", _("nets"), "nested"),
        Column("payments", _("payments"), "nested"),
    ]


def show_statement(
    desk: Desk,
    statement: Statement,
    digest: str,
    *,
    partner: str | None = None,
    kind: str | None = None,
    month: str | None = None,
    **more: Any,
) -> None:
    """A statement, or some of its lines, in the format that was asked for."""
    lines = [
        line
        for line in statement.lines
        if partner in (None, line.partner)
        and kind in (None, line.kind)
        and month in (None, line.month)
    ]
    if desk.format in ("json", "ndjson"):
        record = record_of(statement, digest) | more
        record["lines"] = line_rows(lines)
        desk.record(record, record_columns())
        return
    if desk.format != "table":
        desk.rows(line_rows(lines), line_columns(desk))
        return
    words = closing_words(desk, statement, digest, partner)
    told_here = desk.out is None
    desk.rows(
        line_rows(lines, for_person=True),
        line_columns(desk),
        title=_("Statement of {period}").format(period=statement.period),
        caption=None if told_here else "; ".join(words),
    )
    if told_here:
        sys.stdout.writelines(f"{line}\n" for line in words)


def closing_words(
    desk: Desk, statement: Statement, digest: str, partner: str | None = None
) -> list[str]:
    """Nets, payments, and what it was made from, a sentence each."""
    money = line_columns(desk)[-2]
    words = []
    for net in statement.nets:
        if partner in (None, net.partner) and net.partner:
            line = (
                _("{partner} owes {amount}")
                if net.net_minor >= 0
                else _("{partner} is owed {amount}")
            )
            words.append(line.format(partner=net.partner, amount=shown(abs(net.net_minor), money)))
    for payment in statement.payments:
        if partner in (None, payment.payer, payment.payee):
            line = _("{payer} pays {payee} {amount}")
            names = {"payer": party(payment.payer), "payee": party(payment.payee)}
            words.append(line.format(amount=shown(payment.amount_minor, money), **names))
    made = _("made from event #{position}, digest {digest}")
    words.append(made.format(position=statement.through_position, digest=digest))
    return words


def write_page(
    desk: Desk, path: Path, statement: Statement, digest: str, partner: str | None = None
) -> None:
    """The statement as a page, to a file. Raises UnwritableFile."""
    from console.settlement_page import page
    from console.writing import plain_text

    with plain_text(None, path) as sink:
        sink.write(page(desk, statement, digest, partner))


def comparison_columns() -> list[Column]:
    """The columns of a recomputation."""
    return [
        Column("period", _("period"), "identifier"),
        Column("same", _("the same bytes"), "flag"),
        Column("digest", _("digest"), "identifier"),
        Column("digest_again", _("digest now"), "identifier"),
        Column("through_position", _("made from the log up to"), "integer"),
        Column("lines", _("lines that differ"), "nested"),
    ]


Pair = tuple["StatementLine | None", ...]


def comparison_rows(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """For each line that differs, what was closed and what it comes to now."""
    return [
        {"closed": closed, "now": now}
        for closed, now in (
            [line_rows([line])[0] if line else None for line in pair] for pair in pairs
        )
    ]


def show_differences(desk: Desk, pairs: Sequence[Pair]) -> None:
    """Each line that differs, in a sentence."""
    money = line_columns(desk)[-2]
    for closed, now in pairs:
        line = closed or now
        assert line is not None
        said = _("{partner} {kind} {month}: closed {closed}, now {now}").format(
            partner=line.partner,
            kind=line.kind,
            month=line.month,
            closed=shown(closed.amount_minor, money) if closed else _("no line"),
            now=shown(now.amount_minor, money) if now else _("no line"),
        )
        sys.stdout.write(said + "\n")
