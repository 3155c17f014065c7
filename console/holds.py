"""Commands about points on hold, and giving back what was spent."""

from __future__ import annotations

from typing import Any

import click

from console.desk import at_the_desk
from console.naming import named, names_request, next_step
from console.options import command_options, output_options, store_option
from console.spending import spending_options, spent_on
from console.words import _


@click.command(
    help=_(
        """Reserve a member's points.

        Until they are captured or released; a hold lapses by itself, too. The answer
        names the hold: its request.

        \b
        Examples:
          jifen hold m-001 250 --minutes 30
          jifen hold m-001 250 --request-id order-77 --receipt A-9"""
    )
)
@click.argument("member")
@click.argument("points")
@click.option(
    "--minutes",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help=_("It lapses after so long.  [default: the program's]"),
)
@spending_options
@command_options
@store_option
@output_options
def hold(member: str, points: str, minutes: int | None, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.hold(
            member,
            desk.points(points),
            minutes=minutes,
            **spent_on(desk, options),
            **desk.said(),
        )
        desk.answer(
            member,
            outcome,
            _("Points held"),
            capture=next_step("capture", member, outcome),
            release=next_step("release", member, outcome),
        )


@click.command(
    help=_(
        """Spend what a hold reserves, or a part of it.

        The rest is free again. REQUEST is the one that placed the hold; '#123' is
        its event in the statement.

        \b
        Examples:
          jifen capture m-001 order-77
          jifen capture m-001 --event 123 --points 200"""
    )
)
@click.argument("member")
@names_request
@click.option("--points", metavar="POINTS", help=_("So many of them.  [default: all]"))
@command_options
@store_option
@output_options
def capture(
    member: str,
    request: str | None,
    event: int | None,
    of_source: str,
    points: str | None,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        placed, source = named(desk.ledger, member, request, event, of_source)
        outcome = desk.ledger.capture(
            member,
            placed,
            hold_source=source,
            points=desk.maybe_points(points),
            **desk.said(),
        )
        reverse = next_step("reverse", member, outcome)
        desk.answer(member, outcome, _("Hold captured"), reverse=reverse)


@click.command(
    help=_(
        """Give up a hold; its points are free again.

        REQUEST is the one that placed the hold; '#123' is its event in the
        statement.

        \b
        Examples:
          jifen release m-001 order-77
          jifen release m-001 '#123'"""
    )
)
@click.argument("member")
@names_request
@command_options
@store_option
@output_options
def release(
    member: str,
    request: str | None,
    event: int | None,
    of_source: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        placed, source = named(desk.ledger, member, request, event, of_source)
        outcome = desk.ledger.release(member, placed, hold_source=source, **desk.said())
        desk.answer(member, outcome, _("Hold released"))


@click.command(
    help=_(
        """Give back what was redeemed.

        Points go back into the lots that they came from; what is past its last day
        by now expires at once. REQUEST is the one that spent them; '#123' is its
        event in the statement.

        \b
        Examples:
          jifen reverse m-001 0187c2d4
          jifen reverse m-001 --event 123 --points 100 --reason "cup broken"
          jifen reverse m-001 '#123'"""
    )
)
@click.argument("member")
@names_request
@click.option("--points", metavar="POINTS", help=_("So many of them.  [default: all]"))
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@command_options
@store_option
@output_options
def reverse(
    member: str,
    request: str | None,
    event: int | None,
    of_source: str,
    points: str | None,
    reason: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        redemption, source = named(desk.ledger, member, request, event, of_source)
        outcome = desk.ledger.reverse(
            member,
            redemption,
            redemption_source=source,
            points=desk.maybe_points(points),
            reason=reason,
            **desk.said(),
        )
        desk.answer(member, outcome, _("Redemption reversed"))
