"""Commands that ask the warehouse: the ladder, rfm, query, rebuild."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console import failures
from console.cells import Column, Kind
from console.options import (
    now,
    open_ledger,
    open_warehouse,
    output_options,
    store_option,
    warehouse_option,
)
from console.output import Format, write_rows
from console.progress import progress
from console.words import _

if TYPE_CHECKING:
    from projections.query import QueryResult
    from projections.warehouse import Warehouse

_KINDS: dict[str, Kind] = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "HUGEINT": "integer",
    "DOUBLE": "number",
    "DATE": "day",
    "TIMESTAMP": "instant",
    "BOOLEAN": "flag",
    "VARCHAR": "identifier",
}


@contextmanager
def caught_up(store: str, warehouse: str | None, *, quiet: bool = False) -> Iterator[Warehouse]:
    """The warehouse with every event of the log in it."""
    with open_warehouse(store, warehouse) as opened:
        with progress(_("reading the log"), None, _("events"), quiet=quiet) as bar:
            opened.catch_up(bar.reach)
        yield opened


def show_ladder(store: str, warehouse: str | None, fmt: Format, out: Path | None) -> None:
    """The tiers, lowest first, with how many members hold each."""
    with caught_up(store, warehouse) as opened:
        result = opened.query("SELECT tier, label, rank, members FROM tier_ladder ORDER BY rank")
    rows = [
        {"tier": tier, "label": label or _("no card"), "rank": rank, "members": members}
        for tier, label, rank, members in result.rows
    ]
    columns = [
        Column("rank", _("rank"), "integer"),
        Column("tier", _("tier"), "identifier"),
        Column("label", _("card"), "text"),
        Column("members", _("members"), "integer"),
    ]
    write_rows(rows, columns, fmt, out=out)


@click.command(
    help=_(
        """Recency, frequency and monetary: who the good customers are.

        Shows the eight cells with their counts, or with --members each member.
        The window is the days up to and with --as-of; without it, up to the last
        purchase.

        \b
        Examples:
          jifen rfm
          jifen rfm --as-of 1998-06-30 --window-days 180
          jifen rfm --members --format csv --out rfm.csv"""
    )
)
@click.option("--as-of", metavar="DAY", help=_("The last day of the window."))
@click.option(
    "--window-days",
    type=click.IntRange(1, 100_000),
    default=None,
    metavar="DAYS",
    help=_("How long the window is.  [default: the program's]"),
)
@click.option("--members", is_flag=True, help=_("Each member instead of the cells."))
@store_option
@warehouse_option
@output_options
def rfm(
    as_of: str | None,
    window_days: int | None,
    members: bool,
    store: str,
    warehouse: str | None,
    fmt: Format,
    as_json: bool,
    out: Path | None,
) -> None:
    """See the command's help."""
    from console.days import parse_day
    from schemas.values import currency_exponent

    with open_ledger(store) as ledger:
        zone, program = ledger.rules.zone, ledger.program
    day = parse_day(as_of, zone, now()) if as_of else None
    days = window_days or program.rfm.window_days
    with caught_up(store, warehouse) as opened:
        if day is None:
            day = opened.query("SELECT max(occurred_on) FROM purchases").rows[0][0]
        sql = _RFM_MEMBERS if members else _RFM_CELLS
        result = opened.query(sql, [day, days], max_rows=sys.maxsize)
    exponent = currency_exponent(program.currency)
    columns = (_member_columns if members else _cell_columns)(program.currency, exponent)
    caption = _("{days} days to {day} 24:00").format(days=days, day=day) if day else None
    shown: Format = "json" if as_json else fmt
    write_rows(result.rows, columns, shown, out=out, zone=zone, caption=caption)


_RFM_MEMBERS = """
SELECT member, recency_days, frequency, monetary_minor, r_score, f_score, m_score, code, cell,
    cell_en
FROM rfm_at(?, ?) ORDER BY code DESC NULLS LAST, monetary_minor DESC, member
"""
_RFM_CELLS = """
SELECT code, any_value(cell), any_value(cell_en), count(*) AS members,
    sum(frequency)::BIGINT, sum(monetary_minor)::BIGINT,
    median(recency_days)::BIGINT
FROM rfm_at(?, ?) GROUP BY code ORDER BY code DESC NULLS LAST
"""


def _member_columns(currency: str, exponent: int) -> list[Column]:
    return [
        Column("member", _("member"), "identifier"),
        Column("recency_days", _("days since"), "integer"),
        Column("frequency", _("purchases"), "integer"),
        Column("monetary_minor", _("net spend ({})").format(currency), "money", exponent),
        Column("r_score", "R", "integer"),
        Column("f_score", "F", "integer"),
        Column("m_score", "M", "integer"),
        Column("code", _("code"), "identifier"),
        Column("cell", _("cell"), "text"),
        Column("cell_en", _("meaning"), "text"),
    ]


def _cell_columns(currency: str, exponent: int) -> list[Column]:
    return [
        Column("code", _("code"), "identifier"),
        Column("cell", _("cell"), "text"),
        Column("cell_en", _("meaning"), "text"),
        Column("members", _("members"), "integer"),
        Column("frequency", _("purchases"), "integer"),
        Column("monetary_minor", _("net spend ({})").format(currency), "money", exponent),
        Column("median_recency_days", _("median days since"), "integer"),
    ]


@click.command(
    help=_(
        """Ask the warehouse in SQL; nothing can be written.

        Tables and views: balances, tier_cards, tier_ladder, rfm, purchases,
        movements, postings and more; times are UTC, money is in minor units.

        \b
        Examples:
          jifen query "SELECT * FROM balances ORDER BY balance_points DESC LIMIT 5"
          jifen query "SHOW TABLES" --json"""
    )
)
@click.argument("sql")
@click.option(
    "--max-rows",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    metavar="N",
    help=_("No more rows than this are shown."),
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help=_("The query is stopped after so long."),
)
@store_option
@warehouse_option
@output_options
def query(
    sql: str,
    max_rows: int,
    timeout: float,
    store: str,
    warehouse: str | None,
    fmt: Format,
    as_json: bool,
    out: Path | None,
) -> None:
    """See the command's help."""
    with caught_up(store, warehouse) as opened:
        result = opened.query(sql, max_rows=max_rows, timeout_seconds=timeout)
    write_rows(_plain(result), _columns(result), "json" if as_json else fmt, out=out)
    if result.truncated:
        failures.say(
            _("only the first {count:,} rows; more with --max-rows").format(count=max_rows)
        )


def _columns(result: QueryResult) -> list[Column]:
    return [
        Column(name, name, _KINDS.get(kind, "text"))
        for name, kind in zip(result.columns, result.types, strict=True)
    ]


def _plain(result: QueryResult) -> Sequence[Sequence[Any]]:
    """Rows that every format can show: what has no kind of its own as text."""
    texts = [kind not in _KINDS for kind in result.types]
    if not any(texts):
        return result.rows
    return [
        [
            str(value) if is_text and value is not None else value
            for value, is_text in zip(row, texts, strict=True)
        ]
        for row in result.rows
    ]


@click.command(
    help=_(
        """Compute the warehouse again from the log.

        The old one stays in place until the new one is complete.

        \b
        Example:
          jifen rebuild"""
    )
)
@click.option("--quiet", is_flag=True, help=_("No progress."))
@store_option
@warehouse_option
def rebuild(quiet: bool, store: str, warehouse: str | None) -> int:
    """See the command's help."""
    import time

    with open_ledger(store) as ledger:
        total = ledger.position
    started = time.monotonic()
    with (
        open_warehouse(store, warehouse) as opened,
        progress(_("rebuilding"), total, _("events"), quiet=quiet) as bar,
    ):
        events = opened.rebuild(bar.reach)
    seconds = max(time.monotonic() - started, 1e-9)
    click.echo(
        _("{events:,} events in {seconds:.1f} s ({rate:,.0f} events/s)").format(
            events=events, seconds=seconds, rate=events / seconds
        )
    )
    return failures.DONE
