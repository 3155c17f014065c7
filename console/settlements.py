"""`jifen settlement`: the closed months and their statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from console.cells import Column
from console.desk import at_the_desk
from console.options import output_options, quiet_option, store_option, warehouse_option
from console.words import _


@click.group(
    name="settlement",
    help=_(
        """Statements of closed months (结算单).

        \b
        Example:
          jifen settlement show 2026-06"""
    ),
)
@click.pass_context
def settlement_group(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = dict.fromkeys(settlement_group.commands, ctx.default_map)


@settlement_group.command(
    name="list",
    help=_(
        """List the closed months, oldest first.

        \b
        Example:
          jifen settlement list"""
    ),
)
@quiet_option
@store_option
@warehouse_option
@output_options
def list_closed(quiet: bool, store: str, warehouse: str | None, **options: Any) -> None:
    """See the command's help."""
    from console.reports import caught_up
    from console.settlement_tables import net_of
    from projections.settlement import closed
    from schemas.values import currency_exponent

    with at_the_desk(store, options) as desk:
        with caught_up(store, warehouse, quiet=quiet) as opened:
            found = closed(opened)
        rows = [
            {
                "period": each.statement.period,
                "lines": len(each.statement.lines),
                "late_lines": sum(line.late for line in each.statement.lines),
                "payments": len(each.statement.payments),
                "house_minor": -net_of(each.statement, ""),
                "through_position": each.statement.through_position,
                "digest": each.digest,
            }
            for each in found
        ]
        currency = desk.program.currency
        house = _("owed to the house ({})").format(currency)
        columns = [
            Column("period", _("period"), "identifier"),
            Column("lines", _("lines"), "integer"),
            Column("late_lines", _("late lines"), "integer"),
            Column("payments", _("payments"), "integer"),
            Column("house_minor", house, "money", currency_exponent(currency)),
            Column("through_position", _("made from the log up to"), "integer"),
            Column("digest", _("digest"), "identifier"),
        ]
        desk.rows(rows, columns)


@settlement_group.command(
    name="show",
    help=_(
        """Show the statement of a closed month.

        With --events the events behind its lines instead, or behind those of one
        partner, one kind of line, one month.

        \b
        Examples:
          jifen settlement show 2026-06 --partner cafe
          jifen settlement show 2026-06 --page 2026-06.html
          jifen settlement show 2026-06 --partner cafe --line issued --events"""
    ),
)
@click.argument("period")
@click.option("--partner", metavar="ID", help=_("One partner's part of it."))
@click.option("--line", "kind", metavar="KIND", help=_("One kind of line, as in issued."))
@click.option("--month", "month_", metavar="MONTH", help=_("Lines of one month."))
@click.option("--events", is_flag=True, help=_("The events behind the lines."))
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Write the statement as a page to this file, too."),
)
@quiet_option
@store_option
@warehouse_option
@output_options
def show(
    period: str,
    partner: str | None,
    kind: str | None,
    month_: str | None,
    events: bool,
    page: Path | None,
    quiet: bool,
    store: str,
    warehouse: str | None,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.reports import caught_up
    from console.settlement_tables import find_closed, month, show_statement, write_page
    from projections.settlement import behind, closed
    from schemas.settlement import KINDS

    if kind is not None and kind not in KINDS:
        known = ", ".join(KINDS)
        raise click.BadParameter(_("it is one of {kinds}").format(kinds=known), param_hint="--line")
    name = month(period)
    of = {"kind": kind, "month": month(month_) if month_ else None}
    with at_the_desk(store, options) as desk:
        with caught_up(store, warehouse, quiet=quiet) as opened:
            found = find_closed(closed(opened), name)
            if events:
                told = behind(opened, found.statement, partner=partner, **of)
                rows = (dict(zip(told.columns, row, strict=True)) for row in told.rows)
                # A price is for all of a line's points: one event of it has no money of its own.
                priced = (row | {"amount_minor": None} if row["per"] else row for row in rows)
                desk.rows(priced, _event_columns(desk))
                return
        if page is not None:
            write_page(desk, page, found.statement, found.digest, partner)
        show_statement(desk, found.statement, found.digest, partner=partner, **of)


def _event_columns(desk: Any) -> list[Column]:
    from console.settlement_tables import line_columns

    by_key = {column.key: column for column in line_columns(desk)}
    return [
        Column("position", _("event"), "integer"),
        Column("member", _("member"), "identifier"),
        Column("occurred_on", _("day"), "day"),
        *(by_key[key] for key in ("partner", "kind", "month", "points", "minor", "per")),
        by_key["amount_minor"],
        by_key["dispute"],
    ]
