"""`jifen purse`: purses that several members pay into and spend from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console.desk import at_the_desk
from console.options import command_options, output_options, store_option
from console.words import _

if TYPE_CHECKING:
    from console.cells import Column
    from ledger.readings import LotLine
    from schemas.program import Program

F = TypeVar("F", bound=Callable[..., Any])


@click.group(
    name="purse",
    help=_(
        """Purses that several members pay into and spend from.

        A purse is spent from like a member, by the name purse:NAME.

        \b
        Example:
          jifen redeem purse:family 100 --spender m-001"""
    ),
)
@click.pass_context
def purse_group(ctx: click.Context) -> None:
    """See the group's help."""
    # The settings file speaks to each command of the group.
    ctx.default_map = dict.fromkeys(purse_group.commands, ctx.default_map)


def _account(purse: str) -> str:
    """What the account of a purse goes by."""
    from schemas.events import PURSE_PREFIX

    return PURSE_PREFIX + purse


def _bare(_ctx: click.Context, _parameter: click.Parameter, name: str) -> str:
    """A purse's own name, also where it was typed as its account's."""
    return name.removeprefix(_account(""))


_purse_argument = click.argument("purse", metavar="NAME", callback=_bare)


def _of_member_and_purse(function: F) -> F:
    """MEMBER NAME, and what every command says."""
    function = command_options(store_option(output_options(function)))
    return click.argument("member")(_purse_argument(function))


@purse_group.command(
    name="open",
    help=_(
        """Open a purse, with MEMBER as the first who may use it.

        \b
        Examples:
          jifen purse open m-001 family
          jifen purse open m-001 family --at 2026-03-01"""
    ),
)
@_of_member_and_purse
def open_purse(member: str, purse: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.open_purse(member, purse, **desk.said())
        desk.answer(member, outcome, _("Purse opened"), other=_account(purse))


@purse_group.command(
    help=_(
        """Let MEMBER pay into a purse and spend from it.

        \b
        Examples:
          jifen purse join m-002 family
          jifen purse join m-002 family --operator Li"""
    )
)
@_of_member_and_purse
def join(member: str, purse: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.join_purse(member, purse, **desk.said())
        desk.answer(member, outcome, _("Purse joined"), other=_account(purse))


@purse_group.command(
    help=_(
        """Leave a purse, with what is left of one's own points.

        \b
        Examples:
          jifen purse leave m-002 family
          jifen purse leave m-002 family --json"""
    )
)
@_of_member_and_purse
def leave(member: str, purse: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.leave_purse(member, purse, **desk.said())
        desk.answer(member, outcome, _("Purse left"), other=_account(purse))


@purse_group.command(
    name="pay-in",
    help=_(
        """Move points of MEMBER into a purse; they stay theirs.

        \b
        Examples:
          jifen purse pay-in m-001 family 500
          jifen purse pay-in m-001 family 500 --at 2026-03-01"""
    ),
)
@_of_member_and_purse
@click.argument("points")
def pay_in(member: str, purse: str, points: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.pay_into_purse(member, purse, desk.points(points), **desk.said())
        desk.answer(member, outcome, _("Points paid in"), other=_account(purse))


@purse_group.command(
    help=_(
        """Move points that MEMBER paid in back.

        Also for one who has left the purse. What a member who was merged into
        MEMBER had paid in is MEMBER's.

        \b
        Examples:
          jifen purse withdraw m-001 family 200
          jifen purse withdraw m-001 family 200 --json"""
    )
)
@_of_member_and_purse
@click.argument("points")
def withdraw(member: str, purse: str, points: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.withdraw_from_purse(member, purse, desk.points(points), **desk.said())
        desk.answer(member, outcome, _("Points withdrawn"), other=_account(purse))


@purse_group.command(
    help=_(
        """Show a purse, who is in it, and whose its points are.

        \b
        Examples:
          jifen purse show family
          jifen purse show family --json"""
    )
)
@_purse_argument
@store_option
@output_options
def show(purse: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.columns import purse_columns

    name = _account(purse)
    with at_the_desk(store, options) as desk:
        ledger = desk.ledger
        points = ledger.balance(name)
        lots = [lot for lot in ledger.lots(name) if (lot.expires_on or points.day) >= points.day]
        shares = _shares(ledger.account(name).purse_members, lots)
        columns = purse_columns(desk.program)
        record: dict[str, Any] = {
            "purse": name,
            "available": points.available,
            "pending": points.pending,
            "held": points.held,
            "debt": points.debt,
            "balance": points.balance,
            "members": ", ".join(share["member"] for share in shares if share["joined"]) or None,
            "shares": shares,
        }
        if desk.format == "table":
            for place, share in enumerate(shares):
                record[f"share_{place}"] = share["points"]
            columns += _share_columns(desk.program, shares)
        desk.record(record, columns)


def _shares(members: tuple[str, ...], lots: list[LotLine]) -> list[dict[str, Any]]:
    """Who is in the purse or has points there still, with the points, in the order of joining."""
    points: dict[str, int] = dict.fromkeys(members, 0)
    for lot in lots:
        points[lot.from_member] = points.get(lot.from_member, 0) + lot.available + lot.held
    return [
        {"member": member, "joined": member in members, "points": there}
        for member, there in points.items()
    ]


def _share_columns(program: Program, shares: list[dict[str, Any]]) -> list[Column]:
    from console.cells import Column

    return [
        Column(f"share_{place}", _share_label(share), "points", program.points_decimals)
        for place, share in enumerate(shares)
    ]


def _share_label(share: dict[str, Any]) -> str:
    if not share["member"]:
        return _("  of nobody")
    words = _("  of {}") if share["joined"] else _("  of {}, who has left")
    return words.format(share["member"])
