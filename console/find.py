"""`jifen find`: everything that a text may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.desk import at_the_desk
from console.options import output_options, store_option
from console.who import BY
from console.words import _

if TYPE_CHECKING:
    from ledger import Ledger


@click.command(
    help=_(
        """Show whom a text may mean: a member id, a card or a phone.

        Four digits list everybody whose phone ends so. Cards and phones are shown
        masked; a stopped card says why.

        \b
        Examples:
          jifen find 13800138000
          jifen find 8000"""
    )
)
@click.argument("text")
@store_option
@output_options
def find(text: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.columns import telling
    from console.identity_answers import meaning_columns
    from ledger.errors import UnknownPerson
    from ledger.phones import masked_text

    with at_the_desk(store, options) as desk:
        for_person = desk.format == "table"
        rows = [
            {
                "member": meaning.member,
                "account": _account(desk.ledger, meaning.member),
                "by": _(BY[meaning.by]) if for_person else meaning.by,
                "shown": meaning.shown,
                "status": (meaning.stopped or "good") if meaning.by == "card" else None,
                "since": meaning.since,
                "card": meaning.card or None,
            }
            for meaning in desk.ledger.find(text)
        ]
        if not rows:
            raise UnknownPerson(text=masked_text(text))
        columns = meaning_columns()
        if for_person:
            columns = telling(columns, rows, always=("member", "by", "shown"))
        desk.rows(rows, columns)


def _account(ledger: Ledger, member: str) -> str:
    """How the account is, as `balance` says it."""
    return ledger.balance(member).status
