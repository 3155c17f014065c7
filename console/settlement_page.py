"""A statement as a page: one file, no network, no script; prints on A4, reads on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from console.cells import Column, shown
from console.settlement_tables import KINDS, line_columns, net_of, party
from console.words import _, chosen_language

if TYPE_CHECKING:
    from console.desk import Desk
    from schemas.events import StatementLine
    from schemas.settlement import Statement

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #1a1a1a; background: #fff; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #444; padding: .25rem 0; }
th, td { border-bottom: 1px solid #bbb; padding: .3rem .5rem; text-align: left; }
th { font-weight: 600; } .n { text-align: right; white-space: nowrap; }
tfoot td, tfoot th { border-top: 2px solid #1a1a1a; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl { display: block; } body { padding: .5rem; font-size: 14px; }
  table { font-size: 12px; } th, td { padding: .25rem .2rem; } th.n { white-space: normal; } }
@media print { @page { size: A4; margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""


def page(desk: Desk, statement: Statement, digest: str, partner: str | None = None) -> str:
    """The page of a statement, or of a partner's part of it."""
    title = _("Statement of {period}").format(period=statement.period)
    names = [net.partner for net in statement.nets if net.partner]
    wanted = [name for name in names if partner in (None, name)]
    language = "zh-CN" if chosen_language() == "zh" else "en"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{language}">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(desk.program.name)} · {escape(title)}</title>",
            f"<style>{_STYLE}</style></head>",
            "<body>",
            f"<h1>{escape(desk.program.name)} · {escape(title)}</h1>",
            f"<p>{statement.starts_on} – {statement.ends_on}, {escape(desk.program.currency)}</p>",
            _payments(desk, statement, partner),
            *(_part(desk, statement, name) for name in wanted),
            _made_from(statement, digest),
            "</body></html>",
            "",
        ]
    )


def _payments(desk: Desk, statement: Statement, partner: str | None) -> str:
    money = line_columns(desk)[-2]
    rows = [
        (party(each.payer), party(each.payee), shown(each.amount_minor, money))
        for each in statement.payments
        if partner in (None, each.payer, each.payee)
    ]
    heads = [_("who pays"), _("who is paid"), money.label]
    return _section(
        _("Payments"), _table(_("As few as settle everything."), heads, rows, numbers=1)
    )


def _part(desk: Desk, statement: Statement, partner: str) -> str:
    columns = line_columns(desk)
    by_key = {column.key: column for column in columns}
    lines = [line for line in statement.lines if line.partner == partner]
    heads = [
        by_key["kind"].label,
        by_key["month"].label,
        *(by_key[key].label for key in ("events", "points")),
        _("price"),
        by_key["amount_minor"].label,
    ]
    rows = [_cells(line, by_key) for line in lines]
    net = net_of(statement, partner)
    word = _("owes in all") if net >= 0 else _("is owed in all")
    foot = (word, "", "", "", "", shown(abs(net), by_key["amount_minor"]))
    caption = _("Above zero the partner owes, below zero it is owed.")
    return _section(_named(desk, partner), _table(caption, heads, rows, numbers=4, foot=foot))


def _named(desk: Desk, partner: str) -> str:
    """A partner as people know it, with its id beside where that is something else."""
    label = desk.ledger.partner(partner).label
    return partner if label == partner else f"{label} ({partner})"


def _cells(line: StatementLine, by_key: dict[str, Column]) -> tuple[str, ...]:
    late = " ({})".format(_("late")) if line.late else ""
    price = ""
    if line.per:
        price = _("{money} for {points}").format(
            money=shown(line.minor, by_key["minor"]), points=shown(line.per, by_key["per"])
        )
    return (
        _(KINDS[line.kind]) + (f" {line.dispute}" if line.dispute else ""),
        line.month + late,
        shown(line.events, by_key["events"]),
        shown(line.points, by_key["points"]) if line.points else "",
        price,
        shown(line.amount_minor, by_key["amount_minor"]),
    )


def _made_from(statement: Statement, digest: str) -> str:
    pairs = (
        (_("made from the log up to"), f"#{statement.through_position}"),
        (_("seal there"), statement.seal),
        (_("digest"), digest),
        (
            _("to see the events behind a figure"),
            f"jifen settlement show {statement.period} --partner … --line … --events",
        ),
        (_("to work it out again"), f"jifen settle --period {statement.period} --recompute"),
    )
    said = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in pairs)
    return f"<h2>{escape(_('Where it is from'))}</h2>\n<dl>{said}</dl>"


def _section(title: str, content: str) -> str:
    return f'<h2>{escape(title)}</h2>\n<div class="scroll">{content}</div>'


def _table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: int,
    foot: Sequence[str] = (),
) -> str:
    """A table whose last `numbers` columns are numbers, the first of each row its header."""
    words = len(heads) - numbers

    def right(place: int) -> str:
        return ' class="n"' if place >= words else ""

    def row(cells: Sequence[str]) -> str:
        first, *others = cells
        data = "".join(
            f"<td{right(place)}>{escape(cell)}</td>" for place, cell in enumerate(others, start=1)
        )
        return f'<tr><th scope="row">{escape(first)}</th>{data}</tr>'

    head = "".join(
        f'<th scope="col"{right(place)}>{escape(name)}</th>' for place, name in enumerate(heads)
    )
    body = "\n".join(map(row, rows))
    tail = f"<tfoot>{row(foot)}</tfoot>" if foot else ""
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>\n"
        f"<tbody>{body}</tbody>{tail}</table>"
    )
