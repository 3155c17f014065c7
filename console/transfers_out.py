"""`jifen transfers`: what a program does that sends points, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console import failures
from console.desk import at_the_desk
from console.options import command_options, output_options, quiet_option, store_option
from console.transfer_options import (
    encoding_option,
    file_argument,
    operator_option,
    program_option,
    to_file_option,
)
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Transfer

F = TypeVar("F", bound=Callable[..., Any])


@click.command(
    help=_(
        """Send a member's points to their account in another program.

        Only whole blocks of the rate leave; the rest stays. It is pending until the
        other program answers.

        \b
        Examples:
          jifen transfers send m-001 air A-7 1000
          jifen transfers send m-001 air A-7 1000 --request-id web-17"""
    )
)
@click.argument("member")
@click.argument("program")
@click.argument("account")
@click.argument("points")
@command_options
@store_option
@output_options
def send(member: str, program: str, account: str, points: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.transfer_answers import show_transfer
    from ledger.transfers import outward_name

    with at_the_desk(store, options) as desk:
        outcome = desk.ledger.send_transfer(
            desk.member(member), program, account, desk.points(points), **desk.said()
        )
        sent = outcome.events[-1]
        title = _("Sent")
        if outcome.replayed:
            title += _(" (before; nothing was written now)")
        show_transfer(desk, outward_name(sent.source, sent.request_id), title)


@click.command(
    help=_(
        """Show what was sent and has no answer yet.

        With --file it is written for the other program, what has timed out
        included: what it has taken already it answers the same again.

        \b
        Examples:
          jifen transfers pending
          jifen transfers pending --program air --file to-air.csv"""
    )
)
@program_option(required=False)
@to_file_option("--file")
@store_option
@output_options
def pending(program: str, to_file: Path | None, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.columns import telling
    from console.transfer_answers import transfer_columns, transfer_row
    from console.transfer_files import Parties, write_sendings
    from ledger.exchange import outbox
    from ledger.transfers import OPEN

    with at_the_desk(store, options) as desk:
        if to_file is not None:
            if not program:
                raise click.UsageError(_("--file needs --program"))
            parties = Parties(desk.program.id, program)
            rows, theirs = write_sendings(to_file, outbox(desk.ledger, program), parties)
            line = _("{file}: {rows:,} transfers, {theirs:,} points there")
            failures.say(line.format(file=to_file, rows=rows, theirs=theirs))
            return
        found = [transfer_row(row) for row in desk.ledger.transfers("out", OPEN, program=program)]
        columns = transfer_columns(desk.program.points_decimals)
        if desk.format == "table":
            columns = telling(columns, found, always=("transfer", "member", "points", "theirs"))
        desk.rows(found, columns)


def _answer_options(function: F) -> F:
    """TRANSFER, and what every command says."""
    for option in (output_options, store_option, command_options, click.argument("transfer")):
        function = option(function)
    return function


@click.command(
    help=_(
        """Note that the other program has the points of a transfer.

        \b
        Examples:
          jifen transfers confirm web-17@cli
          jifen transfers confirm web-17@cli --reference AB-99"""
    )
)
@_answer_options
@click.option("--reference", default="", metavar="TEXT", help=_("The other program's name for it."))
def confirm(transfer: str, reference: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        row = desk.ledger.transfer(transfer)
        desk.ledger.confirm_transfer(*_named(row), reference=reference, **_said(desk, row))
        _show(desk, transfer, _("Confirmed"))


@click.command(
    help=_(
        """Note that the other program refused a transfer.

        Its points are back in the lots that they came from, the fee, too.

        \b
        Example:
          jifen transfers reject web-17@cli --code unknown_account"""
    )
)
@_answer_options
@click.option("--code", required=True, metavar="CODE", help=_("The other program's reason."))
def reject(transfer: str, code: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        row = desk.ledger.transfer(transfer)
        desk.ledger.reject_transfer(*_named(row), code, **_said(desk, row))
        _show(desk, transfer, _("Rejected"))


@click.command(
    name="time-out",
    help=_(
        """Note which transfers had no answer in time.

        All that are due, or the one that is named. The points stay out: who has
        them only the other program knows. An answer that comes later counts.

        \b
        Examples:
          jifen transfers time-out
          jifen transfers time-out web-17@cli"""
    ),
)
@click.argument("transfer", required=False, default="")
@quiet_option
@command_options
@store_option
@output_options
def time_out(transfer: str, quiet: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.progress import progress
    from console.transfer_answers import show_counts
    from ledger.exchange import time_out as all_due

    if not transfer and options["request_id"]:
        raise click.UsageError(_("--request-id goes with one TRANSFER"))
    with at_the_desk(store, options) as desk:
        if transfer:
            row = desk.ledger.transfer(transfer)
            desk.ledger.time_out_transfer(*_named(row), **_said(desk, row))
            _show(desk, transfer, _("Timed out"))
            return
        count = 0
        with progress(_("timing out"), None, _("transfers"), quiet=quiet) as bar:
            for _row in all_due(desk.ledger, **desk.said()):
                count += 1
                bar.advance()
        show_counts(desk, {"timed_out": count})


def _named(row: Transfer) -> tuple[str, str]:
    return row.member, row.request_id


def _said(desk: Desk, row: Transfer) -> dict[str, Any]:
    said: dict[str, Any] = desk.said() | {"transfer_source": row.source}
    return said


def _show(desk: Desk, transfer: str, title: str) -> None:
    from console.transfer_answers import show_transfer

    show_transfer(desk, transfer, title)


@click.command(
    name="take-answers",
    help=_(
        """Take a file with the other program's answers.

        Refused whole when its control totals are not right, or an answer is to
        nothing that was sent there. It may be fed again.

        \b
        Example:
          jifen transfers take-answers from-air.csv --program air"""
    ),
)
@file_argument
@program_option(required=True)
@encoding_option
@operator_option
@quiet_option
@store_option
@output_options
def take_answers(
    file: Path,
    program: str,
    encoding: str | None,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> int:
    """See the command's help."""
    from console.progress import progress
    from console.transfer_answers import show_counts
    from console.transfer_files import read_answers
    from ledger.exchange import settle
    from schemas.errors import JifenError

    with at_the_desk(store, options) as desk:
        answers = read_answers(file, desk.ledger, program, encoding)
        counts = dict.fromkeys(("read", "confirmed", "rejected", "known", "refused"), 0)
        changes = settle(desk.ledger, program, answers, operator=operator)
        with progress(_("answers"), len(answers), _("rows"), quiet=quiet) as bar:
            for answer, change in zip(answers, changes, strict=True):
                counts["read"] += 1
                bar.advance()
                if isinstance(change, JifenError):
                    counts["refused"] += 1
                    failures.say(f"{answer.name}: {change.code}: {change}")
                else:
                    counts[change] += 1
        show_counts(desk, counts)
        return failures.FINDINGS if counts["refused"] else failures.DONE
