"""`jifen card`: cards that a member is found by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.desk import at_the_desk
from console.options import command_options, output_options, store_option
from console.words import _, marked
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger.finding import CardLine

_REASONS = ("lost", "stolen", "damaged", "exchanged")


class WhichCard(InvalidInput):
    """Fields: member, cards."""

    code = "which_card"
    template = marked("{member!r} has not just one card that can be meant: {cards}")
    hint = marked("name the card itself; `jifen card list` shows them")


@click.group(
    name="card",
    help=_(
        """Cards that a member is found by.

        Every command that takes MEMBER takes a card number, too.

        \b
        Example:
          jifen balance 6200000000000013"""
    ),
)
@click.pass_context
def card_group(ctx: click.Context) -> None:
    """See the group's help."""
    # The settings file speaks to each command of the group.
    ctx.default_map = dict.fromkeys(card_group.commands, ctx.default_map)


@card_group.command(
    help=_(
        """Give a member a card.

        Without NUMBER the next free one of the program. A number is issued once,
        for ever.

        \b
        Examples:
          jifen card issue m-001
          jifen card issue m-001 6200000000000013"""
    )
)
@click.argument("member")
@click.argument("number", required=False, default="")
@command_options
@store_option
@output_options
def issue(member: str, number: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.identity_answers import tell

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.issue_card(member, number, **desk.said())
        tell(desk, member, outcome, _("Card issued"))


@card_group.command(
    help=_(
        """Stop a card and give another in its place, at once.

        CARD is a card number, or a member who has just one. Without --by the new
        card has the next free number of the program.

        \b
        Examples:
          jifen card replace 6200000000000013 --why lost
          jifen card replace m-001 --why damaged --by 6200000000000021"""
    )
)
@click.argument("card")
@click.option("--why", required=True, type=click.Choice(_REASONS), help=_("What became of it."))
@click.option("--by", default="", metavar="NUMBER", help=_("The new card's number."))
@command_options
@store_option
@output_options
def replace(card: str, why: Any, by: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.identity_answers import tell

    with at_the_desk(store, options) as desk:
        member, number = _held(desk, card, "", *_REASONS)
        outcome = desk.ledger.replace_card(member, number, by, why=why, **desk.said())
        tell(desk, member, outcome, _("Card replaced"))


@card_group.command(
    help=_(
        """Stop a card: it leads to nobody from now on.

        CARD is a card number, or a member who has just one. Only a blocked card
        can be good again.

        \b
        Examples:
          jifen card stop 6200000000000013 --why lost
          jifen card stop m-001 --why blocked --operator Li"""
    )
)
@click.argument("card")
@click.option(
    "--why", required=True, type=click.Choice((*_REASONS, "blocked")), help=_("What became of it.")
)
@command_options
@store_option
@output_options
def stop(card: str, why: Any, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.identity_answers import tell

    with at_the_desk(store, options) as desk:
        member, number = _held(desk, card, "")
        outcome = desk.ledger.stop_card(member, number, why, **desk.said())
        tell(desk, member, outcome, _("Card stopped"))


@card_group.command(
    help=_(
        """Make a blocked card good again.

        CARD is a card number, or a member who has just one that is blocked.

        \b
        Examples:
          jifen card unblock 6200000000000013
          jifen card unblock m-001 --operator Li"""
    )
)
@click.argument("card")
@command_options
@store_option
@output_options
def unblock(card: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.identity_answers import tell

    with at_the_desk(store, options) as desk:
        member, number = _held(desk, card, "blocked")
        outcome = desk.ledger.unblock_card(member, number, **desk.said())
        tell(desk, member, outcome, _("Card good again"))


@card_group.command(
    name="list",
    help=_(
        """Show the cards of a member, stopped ones included.

        \b
        Examples:
          jifen card list m-001
          jifen card list m-001 --json"""
    ),
)
@click.argument("member")
@store_option
@output_options
def list_cards(member: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.columns import telling
    from console.identity_answers import card_columns

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        rows = [
            {
                "card": line.number,
                "status": line.stopped or "good",
                "since": line.since,
                "replaced_by": line.replaced_by or None,
                "issued_to": line.issued_to,
            }
            for line in desk.ledger.cards(member)
        ]
        columns = card_columns()
        if desk.format == "table":
            for row in rows:
                row["issued_to"] = None if row["issued_to"] == member else row["issued_to"]
            columns = telling(columns, rows, always=("card", "status"))
        desk.rows(rows, columns, title=member)


def _held(desk: Desk, text: str, *statuses: str) -> tuple[str, str]:
    """(member, number) of the card that a text means: itself, or the only one of a member.

    Of a member's cards those with the first status that any has are meant; '' is good. Raises
    WhichCard.
    """
    from ledger.card_numbers import plain

    meant = next(desk.ledger.find(text), None)
    if meant is not None and meant.by == "card":
        return meant.member, plain(text)
    member = desk.member(text)
    cards = [line for line in desk.ledger.cards(member) if not line.replaced_by]
    for status in statuses:
        fitting = [line.number for line in cards if line.stopped == status]
        if len(fitting) == 1:
            return member, fitting[0]
        if fitting:
            break
    raise WhichCard(member=member, cards=_shown(cards))


def _shown(cards: list[CardLine]) -> str:
    shown = [f"{line.number} ({line.stopped or 'good'})" for line in cards]
    return ", ".join(shown) or "-"
