"""`jifen partner`: the partners of the alliance, their terms and what they have prepaid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from console.desk import at_the_desk
from console.options import (
    accountable_options,
    command_options,
    output_options,
    store_option,
)
from console.words import _

_terms_file = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
_partner = click.argument("partner")
_from_option = click.option(
    "--from", "starts_on", metavar="DAY", help=_("The first day of it.  [default: the day of --at]")
)


@click.group(
    name="partner",
    help=_(
        """Partners (联盟商户): their terms, what they prepaid.

        \b
        Examples:
          jifen partner list
          jifen partner join examples/alliance/tea_house.toml"""
    ),
)
@click.pass_context
def partner_group(ctx: click.Context) -> None:
    """See the group's help."""
    # The settings file speaks to each command of the group.
    ctx.default_map = dict.fromkeys(partner_group.commands, ctx.default_map)


@partner_group.command(
    help=_(
        """Take a partner in.

        FILE has its terms, and names it and its first day.

        \b
        Examples:
          jifen partner join examples/alliance/tea_house.toml
          jifen partner join tea_house.toml --operator Li --json"""
    )
)
@_terms_file
@command_options
@store_option
@output_options
def join(file: Path, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import read_terms, tell, tell_lacks

    with at_the_desk(store, options) as desk:
        content = read_terms(file, desk.program)
        outcome = desk.ledger.join_partner(content, **desk.said())
        tell(desk, outcome, _("Partner joined"))
        tell_lacks(desk, outcome)


@partner_group.command(
    help=_(
        """Agree on other terms with a partner.

        FILE has all of them, and names the partner and the day from which they
        hold. What was bought on days before keeps the terms that it had.

        \b
        Examples:
          jifen partner terms tea_house_2027.toml
          jifen partner terms tea_house_2027.toml --operator Li"""
    )
)
@_terms_file
@command_options
@store_option
@output_options
def terms(file: Path, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import read_terms, tell, tell_lacks

    with at_the_desk(store, options) as desk:
        content = read_terms(file, desk.program)
        outcome = desk.ledger.change_terms(content, **desk.said())
        tell(desk, outcome, _("Terms changed"))
        tell_lacks(desk, outcome)


@partner_group.command(
    name="list",
    help=_(
        """Show everyone who ever joined, as they stand today.

        \b
        Examples:
          jifen partner list
          jifen partner list --json"""
    ),
)
@store_option
@output_options
def list_partners(store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import partner_columns, partner_record

    with at_the_desk(store, options) as desk:
        rows = map(partner_record, desk.ledger.partners())
        desk.rows(rows, partner_columns(desk.program))


@partner_group.command(
    help=_(
        """Show a partner: its terms, this month's points, its blocks.

        \b
        Examples:
          jifen partner show tea-house
          jifen partner show tea-house --json"""
    )
)
@_partner
@store_option
@output_options
def show(partner: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import tell_state

    with at_the_desk(store, options) as desk:
        tell_state(desk, desk.ledger.partner(partner))


@partner_group.command(
    help=_(
        """Let a partner pause: nothing is issued or redeemed there.

        Returns and reversals are taken as ever.

        \b
        Examples:
          jifen partner suspend cinema --reason "late payment" --operator Li
          jifen partner suspend cinema --reason audit --operator Li --from 2026-07-01"""
    )
)
@_partner
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@_from_option
@accountable_options
@store_option
@output_options
def suspend(partner: str, reason: str, starts_on: str | None, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import tell

    with at_the_desk(store, options) as desk:
        day = desk.maybe_day(starts_on)
        said = {**desk.said(), "starts_on": day}
        tell(desk, desk.ledger.suspend_partner(partner, reason, **said), _("Partner suspended"))


@partner_group.command(
    help=_(
        """Let a partner take part again.

        \b
        Examples:
          jifen partner resume cinema
          jifen partner resume cinema --from 2026-08-01 --reason paid"""
    )
)
@_partner
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@_from_option
@command_options
@store_option
@output_options
def resume(partner: str, reason: str, starts_on: str | None, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import tell

    with at_the_desk(store, options) as desk:
        said = {**desk.said(), "starts_on": desk.maybe_day(starts_on), "reason": reason}
        tell(desk, desk.ledger.resume_partner(partner, **said), _("Partner resumed"))


@partner_group.command(
    help=_(
        """Let a partner go.

        \b
        Examples:
          jifen partner leave cinema --last-day 2026-12-31
          jifen partner leave cinema --reason closed --json"""
    )
)
@_partner
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@click.option(
    "--last-day",
    metavar="DAY",
    help=_("The last day that it takes part on.  [default: the day of --at]"),
)
@command_options
@store_option
@output_options
def leave(partner: str, reason: str, last_day: str | None, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import tell

    with at_the_desk(store, options) as desk:
        said = {**desk.said(), "last_day": desk.maybe_day(last_day), "reason": reason}
        tell(desk, desk.ledger.let_partner_leave(partner, **said), _("Partner leaves"))


@partner_group.command(
    help=_(
        """Sell a partner points in advance, for a price.

        What its shops issue draws on its oldest block first.

        \b
        Examples:
          jifen partner buy pharmacy 50000 475
          jifen partner buy pharmacy 50000 475 --reason "order 7" --json"""
    )
)
@_partner
@click.argument("points")
@click.argument("price")
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@command_options
@store_option
@output_options
def buy(partner: str, points: str, price: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.partner_answers import tell

    with at_the_desk(store, options) as desk:
        asked = (partner, desk.points(points), desk.money(price))
        outcome = desk.ledger.buy_block(*asked, reason=reason, **desk.said())
        tell(desk, outcome, _("Block bought"))
