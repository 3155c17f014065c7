"""`jifen phone`: phones that a member is found by; `jifen key`: what they are hashed under."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.confirming import confirm
from console.desk import at_the_desk
from console.options import (
    accountable_options,
    command_options,
    open_ledger,
    output_options,
    store_option,
    yes_option,
)
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk


@click.group(
    name="phone",
    help=_(
        """Phones that a member is found by.

        Every command that takes MEMBER takes a phone number, too, in any shape. The
        store has no phone number, only a hash of it under the key in STORE.key or
        JIFEN_KEY.

        \b
        Example:
          jifen balance 13800138000"""
    ),
)
@click.pass_context
def phone_group(ctx: click.Context) -> None:
    """See the group's help."""
    # The settings file speaks to each command of the group.
    ctx.default_map = dict.fromkeys(phone_group.commands, ctx.default_map)


@phone_group.command(
    help=_(
        """Let a phone lead to a member.

        \b
        Examples:
          jifen phone link m-001 13800138000
          jifen phone link m-001 "+852 9123 4567\""""
    )
)
@click.argument("member")
@click.argument("phone")
@command_options
@store_option
@output_options
def link(member: str, phone: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.identity_answers import tell
    from ledger.phones import masked

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.link_phone(member, phone, **desk.said())
        tell(desk, member, outcome, _("Phone linked"), phone=masked(phone))


@phone_group.command(
    help=_(
        """Let a member's phone lead to nobody.

        \b
        Examples:
          jifen phone unlink m-001 13800138000
          jifen phone unlink m-001 13800138000 --reason "gave it up\""""
    )
)
@click.argument("member")
@click.argument("phone")
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@command_options
@store_option
@output_options
def unlink(member: str, phone: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.identity_answers import tell
    from ledger.phones import masked

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.unlink_phone(member, phone, reason=reason, **desk.said())
        tell(desk, member, outcome, _("Phone unlinked"), phone=masked(phone))


@phone_group.command(
    help=_(
        """Let a phone that leads to someone else lead to MEMBER.

        Someone answers for it, with a reason. A terminal is asked first.

        \b
        Examples:
          jifen phone move m-001 13800138000 --reason "his now" --operator Li
          jifen phone move m-001 13800138000 --from m-002 \\
                --reason "his now" --operator Li --yes"""
    )
)
@click.argument("member")
@click.argument("phone")
@click.option(
    "--from", "other", default="", metavar="MEMBER", help=_("Who has it.  [default: looked up]")
)
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@yes_option
@accountable_options
@store_option
@output_options
def move(
    member: str, phone: str, other: str, reason: str, yes: bool, store: str, **options: Any
) -> None:
    """See the command's help."""
    from console.identity_answers import tell
    from ledger.phones import masked

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        other = desk.member(other) if other else _who_has(desk, phone)
        confirm(
            _("{phone} leads to {other}. Let it lead to {member}?").format(
                phone=masked(phone), other=other, member=member
            ),
            yes=yes,
        )
        outcome = desk.ledger.move_phone(member, other, phone, reason, **desk.said())
        tell(desk, member, outcome, _("Phone moved"), phone=masked(phone), other=other)


def _who_has(desk: Desk, phone: str) -> str:
    """Whom a phone leads to. Raises InvalidPhone, UnknownPerson."""
    from ledger.errors import UnknownPerson
    from ledger.phones import masked

    desk.ledger.phone_hashes(phone)
    for meaning in desk.ledger.find(phone):
        if meaning.by == "phone":
            return meaning.member
    raise UnknownPerson(text=masked(phone))


@click.group(name="key", help=_("The key that phones are hashed under."))
def key_group() -> None:
    """See the group's help."""


@key_group.command(
    name="create",
    help=_(
        """Make the key of a store that has none.

        `jifen init` makes it for a new store. It is not made where phones were
        linked under another key: put that one back. Back it up apart from the
        store.

        \b
        Examples:
          jifen key create
          jifen key create --store shop.db"""
    ),
)
@store_option
def create(store: str) -> None:
    """See the command's help."""
    with open_ledger(store) as ledger:
        path: Path = ledger.create_key()
    click.echo(_("{path}: a new key").format(path=path))
