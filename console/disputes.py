"""`jifen dispute`: a partner disputes a line of a statement, and what it comes to."""

from __future__ import annotations

from typing import Any

import click

from console.cells import Column
from console.desk import at_the_desk
from console.options import (
    accountable_options,
    command_options,
    output_options,
    quiet_option,
    store_option,
    warehouse_option,
)
from console.words import _


@click.group(
    name="dispute",
    help=_(
        """Disputes about lines of statements.

        \b
        Example:
          jifen dispute list"""
    ),
)
@click.pass_context
def dispute_group(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = dict.fromkeys(dispute_group.commands, ctx.default_map)


@dispute_group.command(
    name="open",
    help=_(
        """Record that a partner disputes a line of a closed statement.

        KIND is that of the line, as in issued. The dispute goes by its request.

        \b
        Example:
          jifen dispute open 2026-06 cafe issued --reason "two receipts twice\""""
    ),
)
@click.argument("period")
@click.argument("partner")
@click.argument("kind")
@click.option("--month", "month_", metavar="MONTH", help=_("The line's month, for a late one."))
@click.option("--reason", required=True, metavar="TEXT", help=_("What is wrong with it."))
@command_options
@store_option
@output_options
def open_dispute(
    period: str,
    partner: str,
    kind: Any,
    month_: str | None,
    reason: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.settlement_tables import month
    from schemas.commands import DisputeLine

    with at_the_desk(store, options) as desk:
        name = month(period)
        of = {"partner": partner, "kind": kind, "month": month(month_) if month_ else name}
        command = DisputeLine(period=name, reason=reason, **of, **desk.said())
        event = desk.ledger.execute(command).events[0]
        record = {"dispute": event.request_id, "period": name, **of}
        desk.record(record, _columns(desk), title=_("Dispute recorded"))


@dispute_group.command(
    name="decide",
    help=_(
        """Say what a dispute came to.

        The next statement has it as a correction. DISPUTE is the request that
        opened it. --amount is what the partner owes
        more; below zero less, 0 where nothing changes.

        \b
        Example:
          jifen dispute decide d-1 --amount -2.50 --reason agreed --operator Li"""
    ),
)
@click.argument("dispute")
@click.option("--amount", required=True, metavar="MONEY", help=_("What it owes more, or less."))
@click.option("--dispute-source", default="", metavar="NAME", help=_("The dispute's source."))
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@accountable_options
@store_option
@output_options
def decide(
    dispute: str, amount: str, dispute_source: str, reason: str, store: str, **options: Any
) -> None:
    """See the command's help."""
    from schemas.commands import DecideDispute
    from schemas.events import DisputeDecided
    from schemas.values import parse_money

    with at_the_desk(store, options) as desk:
        command = DecideDispute(
            dispute=dispute,
            dispute_source=dispute_source,
            amount_minor=parse_money(amount, desk.program.currency, signed=True),
            reason=reason,
            **desk.said(),
        )
        event = desk.ledger.execute(command).events[0]
        assert isinstance(event, DisputeDecided)
        names = ("dispute", "period", "partner", "kind", "month", "amount_minor")
        record = {name: getattr(event, name) for name in names}
        desk.record(record, _columns(desk), title=_("Dispute decided"))


@dispute_group.command(
    name="list",
    help=_(
        """List the disputes, oldest first, with what they came to.

        \b
        Example:
          jifen dispute list --json"""
    ),
)
@quiet_option
@store_option
@warehouse_option
@output_options
def list_disputes(quiet: bool, store: str, warehouse: str | None, **options: Any) -> None:
    """See the command's help."""
    from console.reports import caught_up
    from projections.settlement import disputes

    with at_the_desk(store, options) as desk:
        with caught_up(store, warehouse, quiet=quiet) as opened:
            found = disputes(opened)
        rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
        desk.rows(rows, _columns(desk))


def _columns(desk: Any) -> list[Column]:
    from schemas.values import currency_exponent

    currency = desk.program.currency
    came_to = _("owed more ({})").format(currency)
    return [
        Column("dispute", _("dispute"), "identifier"),
        Column("source", _("source"), "identifier"),
        Column("occurred_at", _("at"), "instant"),
        Column("period", _("period"), "identifier"),
        Column("partner", _("partner"), "identifier"),
        Column("kind", _("line"), "identifier"),
        Column("month", _("month"), "identifier"),
        Column("reason", _("reason"), "text"),
        Column("decided_at", _("decided at"), "instant"),
        Column("amount_minor", came_to, "money", currency_exponent(currency)),
        Column("decision", _("decision"), "text"),
    ]
