"""Commands that change a balance without a purchase: award, bonus, adjust, undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.confirming import confirm
from console.desk import at_the_desk
from console.naming import named, names_request, next_step
from console.options import (
    accountable_options,
    command_options,
    output_options,
    store_option,
    yes_option,
)
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk


@click.command(
    help=_(
        """Give points without a purchase, for a reason.

        \b
        Examples:
          jifen award m-001 100 --reason "waited too long"
          jifen award m-001 100 --reason quiz --expires 2026-12-31"""
    )
)
@click.argument("member")
@click.argument("points")
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@click.option(
    "--expires",
    metavar="DAY",
    help=_("The last good day.  [default: as the program says]"),
)
@command_options
@store_option
@output_options
def award(
    member: str, points: str, reason: str, expires: str | None, store: str, **options: Any
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.award(
            member,
            desk.points(points),
            reason,
            expires_on=desk.maybe_day(expires),
            **desk.said(),
        )
        desk.answer(member, outcome, _("Points awarded"))


@click.command(
    help=_(
        """Give a bonus of the program, as often as it allows.

        \b
        Examples:
          jifen bonus m-001 birthday
          jifen bonus m-001 birthday --at 2026-06-30"""
    )
)
@click.argument("member")
@click.argument("bonus")
@command_options
@store_option
@output_options
def bonus(member: str, bonus: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.bonus(member, bonus, **desk.said())
        desk.answer(member, outcome, _("Bonus given"))


@click.command(
    # A number below zero looks like an option.
    context_settings={"ignore_unknown_options": True},
    help=_(
        """Correct a balance by hand.

        POINTS are added, or taken below zero. Someone answers for it, with a
        reason. A terminal is asked first.

        With --file, every row of a CSV or xlsx file with the columns member, points
        and reason is an adjustment: all of them land, or none. The same file again
        changes nothing, unless --request-id gives the batch a name of its own.

        \b
        Examples:
          jifen adjust m-001 -50 --reason "typed twice" --operator Li
          jifen adjust m-001 200 --reason goodwill --operator Li --yes
          jifen adjust --file june.csv --operator Li --reason "June repairs\"""",
    ),
)
@click.argument("member", required=False)
@click.argument("points", required=False)
@click.option("--reason", default="", metavar="TEXT", help=_("Why; for rows that do not say."))
@click.option("--may-owe", is_flag=True, help=_("What is missing becomes a debt."))
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help=_("A batch: CSV or xlsx, a row for each adjustment."),
)
@click.option("--encoding", default=None, metavar="NAME", help=_("The encoding of a CSV file."))
@yes_option
@accountable_options
@store_option
@output_options
def adjust(
    member: str | None,
    points: str | None,
    reason: str,
    may_owe: bool,
    file: Path | None,
    encoding: str | None,
    yes: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    if file is not None:
        if member is not None:
            raise click.UsageError(_("Name either a member and points, or --file."))
        from console.batches import adjust_file

        with at_the_desk(store, options) as desk:
            adjust_file(desk, file, encoding, reason=reason, may_owe=may_owe, yes=yes)
        return
    if member is None or points is None:
        raise click.UsageError(_("Name a member and points, or --file."))
    if not reason:
        raise click.MissingParameter(param_hint="'--reason'", param_type="option")
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        change = desk.points(points)
        confirm(_before_and_after(desk, member, change), yes=yes)
        outcome = desk.ledger.adjust(member, change, reason, may_owe=may_owe, **desk.said())
        undo = f"{next_step('undo', member, outcome)} --reason ..."
        desk.answer(member, outcome, _("Balance adjusted"), undo=undo)


@click.command(
    help=_(
        """Undo an adjustment by entering its opposite.

        REQUEST is the one that adjusted; '#123' is its event in the statement.

        \b
        Examples:
          jifen undo m-001 0187c2d4 --reason "wrong member" --operator Li
          jifen undo m-001 --event 123 --reason "wrong member" --operator Li"""
    )
)
@click.argument("member")
@names_request
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@click.option("--may-owe", is_flag=True, help=_("What is missing becomes a debt."))
@accountable_options
@store_option
@output_options
def undo(
    member: str,
    request: str | None,
    event: int | None,
    of_source: str,
    reason: str,
    may_owe: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        adjustment, source = named(desk.ledger, member, request, event, of_source)
        outcome = desk.ledger.undo_adjustment(
            member,
            adjustment,
            reason,
            adjustment_source=source,
            may_owe=may_owe,
            **desk.said(),
        )
        desk.answer(member, outcome, _("Adjustment undone"))


def _before_and_after(desk: Desk, member: str, change: int) -> str:
    before = desk.ledger.account(member).balance
    return _("{member}: {before} points now, {after} then. Go on?").format(
        member=member,
        before=desk.shown_points(before),
        after=desk.shown_points(before + change),
    )
