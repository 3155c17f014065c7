"""Commands about accounts: enrol, freeze, unfreeze, close, merge, unmerge, gift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.confirming import confirm
from console.desk import at_the_desk
from console.options import command_options, output_options, store_option, yes_option
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk

_reason = click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
_maybe_reason = click.option("--reason", default="", metavar="TEXT", help=_("Why."))


@click.command(
    help=_(
        """Let a person into the program.

        With --card and --phone they are found by these, too; all of it is recorded,
        or nothing. --card new gives out the next free number.

        \b
        Examples:
          jifen enrol m-001
          jifen enrol m-001 --card new --phone 13800138000
          jifen enrol m-002 --at 2026-03-01 --shop east --referred-by m-001"""
    )
)
@click.argument("member")
@click.option("--shop", default="", metavar="NAME", help=_("The store where it happened."))
@click.option("--referred-by", default="", metavar="MEMBER", help=_("The member who brought them."))
@click.option("--card", default="", metavar="NUMBER", help=_("A card for them, or 'new'."))
@click.option("--phone", default="", metavar="PHONE", help=_("A phone that leads to them."))
@yes_option
@command_options
@store_option
@output_options
def enrol(member: str, card: str, phone: str, yes: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.joining import join

    with at_the_desk(store, options) as desk:
        referrer = desk.maybe_member(options["referred_by"])
        outcome = join(
            desk, member, shop=options["shop"], referrer=referrer, card=card, phone=phone, yes=yes
        )
        desk.answer(member, outcome, _("Enrolled"), other=referrer)


@click.command(
    help=_(
        """Stop spending from an account, until it is unfrozen.

        \b
        Examples:
          jifen freeze m-001 --reason "card lost"
          jifen freeze m-001 --reason "under review" --operator Li"""
    )
)
@click.argument("member")
@_reason
@command_options
@store_option
@output_options
def freeze(member: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.freeze(member, reason, **desk.said())
        desk.answer(member, outcome, _("Account frozen"))


@click.command(
    help=_(
        """Allow spending from a frozen account again.

        \b
        Examples:
          jifen unfreeze m-001 --reason "card found"
          jifen unfreeze m-001 --reason cleared --operator Li"""
    )
)
@click.argument("member")
@_reason
@command_options
@store_option
@output_options
def unfreeze(member: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.unfreeze(member, reason, **desk.said())
        desk.answer(member, outcome, _("Account open again"))


@click.command(
    help=_(
        """Let a member go, for good.

        Points that are left stand in the way, unless --forfeit gives them up. A
        terminal is asked first; a script has to say --yes.

        \b
        Examples:
          jifen close m-001 --reason "moved away"
          jifen close m-001 --reason "moved away" --forfeit --yes"""
    )
)
@click.argument("member")
@_reason
@click.option("--forfeit", is_flag=True, help=_("What is left is lost."))
@yes_option
@command_options
@store_option
@output_options
def close(member: str, reason: str, forfeit: bool, yes: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        confirm(
            _("Close the account of {member}, with {points} points, for good?").format(
                member=member, points=_has(desk, member)
            ),
            yes=yes,
            final=True,
        )
        outcome = desk.ledger.close_member(member, reason, forfeit=forfeit, **desk.said())
        desk.answer(member, outcome, _("Account closed"))


@click.command(
    help=_(
        """Make the account of OTHER a part of MEMBER's.

        Points keep their days, what counts for the card is added up, and the better
        card is kept. A terminal is asked first.

        \b
        Examples:
          jifen merge m-001 m-002
          jifen merge m-001 m-002 --reason "two cards, one person" --yes"""
    )
)
@click.argument("member")
@click.argument("other")
@_maybe_reason
@yes_option
@command_options
@store_option
@output_options
def merge(member: str, other: str, reason: str, yes: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member, other = desk.member(member), desk.member(other)
        confirm(
            _("Make {other} ({there} points) a part of {member} ({here} points)?").format(
                other=other,
                there=_has(desk, other),
                member=member,
                here=_has(desk, member),
            ),
            yes=yes,
        )
        outcome = desk.ledger.merge(member, other, reason=reason, **desk.said())
        desk.answer(member, outcome, _("Accounts merged"), other=other)


@click.command(
    help=_(
        """Take OTHER out of MEMBER again.

        While nothing was spent since.

        \b
        Examples:
          jifen unmerge m-001 m-002
          jifen unmerge m-001 m-002 --reason "two persons after all\""""
    )
)
@click.argument("member")
@click.argument("other")
@_maybe_reason
@command_options
@store_option
@output_options
def unmerge(member: str, other: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.unmerge(member, other, reason=reason, **desk.said())
        desk.answer(member, outcome, _("Accounts apart again"), other=other)


@click.command(
    help=_(
        """Give points of MEMBER to the member TO.

        They keep their days.

        \b
        Examples:
          jifen gift m-001 m-002 100
          jifen gift m-001 m-002 100 --reason "happy birthday\""""
    )
)
@click.argument("member")
@click.argument("to")
@click.argument("points")
@_maybe_reason
@command_options
@store_option
@output_options
def gift(member: str, to: str, points: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member, to = desk.member(member), desk.member(to)
        outcome = desk.ledger.gift(member, to, desk.points(points), reason=reason, **desk.said())
        desk.answer(member, outcome, _("Points given"), other=to)


def _has(desk: Desk, member: str) -> str:
    return desk.shown_points(desk.ledger.account(member).balance)
