"""`jifen rebate` over all members, and `jifen benefit` for one."""

from __future__ import annotations

from typing import Any

import click

from console.desk import at_the_desk
from console.naming import named, names_request
from console.options import (
    accountable_options,
    command_options,
    output_options,
    place_options,
    recording_options,
    store_option,
)
from console.words import _


@click.command(
    help=_(
        """Pay the rebates due for a period (返利).

        To all members: for a month, a quarter or a year that is over, and what has
        changed since in those before it. What was paid too much is taken off the
        next. It may be stopped and run again: running twice pays nothing. With
        --dry-run it lists what would be paid and writes nothing.

        \b
        Examples:
          jifen rebate --period 2026Q2 --dry-run
          jifen rebate --period 2026-06"""
    )
)
@click.option(
    "--period",
    required=True,
    metavar="PERIOD",
    help=_("A month 2026-06, a quarter 2026Q2, a year 2026."),
)
@recording_options("rebate")
@store_option
@output_options
def rebate(
    period: str,
    dry_run: bool,
    source: str,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_run import RebateRun
    from console.days import parse_period

    with at_the_desk(store, options) as desk:
        name = parse_period(period).name
        run = RebateRun(desk, name, quiet=quiet, source=source, operator=operator)
        run.rehearse() if dry_run else run.record()


@click.group(
    name="benefit",
    help=_(
        """Benefits of a member's card: used so often in a period.

        \b
        Example:
          jifen benefit list m-001"""
    ),
)
@click.pass_context
def benefit_group(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = dict.fromkeys(benefit_group.commands, ctx.default_map)


@benefit_group.command(
    name="use",
    help=_(
        """Record that a member used a benefit of their card.

        Refused beyond what the card's quota leaves in the period.

        \b
        Examples:
          jifen benefit use m-001 parking --shop east
          jifen benefit use m-001 lounge --quantity 2 --at 2026-03-01"""
    ),
)
@click.argument("member")
@click.argument("benefit")
@click.option(
    "--quantity", type=click.IntRange(1), default=1, show_default=True, help=_("How many.")
)
@click.option("--reason", default="", metavar="TEXT", help=_("What for."))
@place_options
@command_options
@store_option
@output_options
def use(
    member: str,
    benefit: str,
    quantity: int,
    reason: str,
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_answers import benefit_answer

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.use_benefit(
            member,
            benefit,
            quantity=quantity,
            reason=reason,
            partner=partner,
            store=shop,
            till=till,
            **desk.said(),
        )
        benefit_answer(desk, member, outcome, _("Benefit used"))


@benefit_group.command(
    name="cancel",
    help=_(
        """Let a use of a benefit count no more.

        REQUEST is the one that recorded it.

        \b
        Examples:
          jifen benefit cancel m-001 0187c2d4 --reason slip --operator Li
          jifen benefit cancel m-001 --event 123 --reason slip --operator Li"""
    ),
)
@click.argument("member")
@names_request
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@accountable_options
@store_option
@output_options
def cancel(
    member: str,
    request: str | None,
    event: int | None,
    of_source: str,
    reason: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_answers import benefit_answer

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        use, source = named(desk.ledger, member, request, event, of_source)
        outcome = desk.ledger.cancel_benefit_use(
            member, use, reason, use_source=source, **desk.said()
        )
        benefit_answer(desk, member, outcome, _("Use of a benefit cancelled"))


@benefit_group.command(
    name="list",
    help=_(
        """Show what a member's benefits leave.

        In the present period, by the card that they hold today.

        \b
        Examples:
          jifen benefit list m-001
          jifen benefit list m-001 --json"""
    ),
)
@click.argument("member")
@store_option
@output_options
def list_benefits(member: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.club_answers import benefit_row
    from console.club_columns import benefit_columns
    from console.columns import telling

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        for_person = desk.format == "table"
        lines = desk.ledger.benefits(member)
        rows = [benefit_row(line, for_person=for_person) for line in lines]
        columns = benefit_columns()
        if for_person:
            columns = telling(columns, rows, always=("benefit", "entitled", "used", "left"))
        desk.rows(rows, columns, title=member)
