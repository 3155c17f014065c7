"""`jifen transfers`: what a program does that receives points, and what both look at."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console import failures
from console.desk import at_the_desk
from console.options import output_options, quiet_option, store_option
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
    from ledger.exchange import Answer


@click.command(
    help=_(
        """Take in a file of points that another program sent.

        Each transfer is taken or declined for good; fed again it gets the same
        answer. --answers writes these for the other program. The file is refused
        whole when its control totals are not right.

        \b
        Example:
          jifen transfers receive from-shop.csv --program shop --answers to-shop.csv"""
    )
)
@file_argument
@program_option(required=True)
@to_file_option("--answers")
@encoding_option
@operator_option
@quiet_option
@store_option
@output_options
def receive(
    file: Path,
    program: str,
    to_file: Path | None,
    encoding: str | None,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> int:
    """See the command's help."""
    from console.progress import progress
    from console.transfer_answers import show_counts
    from console.transfer_files import Parties, read_sendings, write_answers
    from ledger.exchange import take_in
    from schemas.errors import JifenError

    if to_file is not None and to_file.resolve() == file.resolve():
        text = _("--answers {file}: this is the file to read; name another")
        raise click.UsageError(text.format(file=to_file))
    with at_the_desk(store, options) as desk:
        parties = Parties(program, desk.program.id)
        _check_sender(desk, program)
        sendings = read_sendings(file, parties, encoding)
        counts = dict.fromkeys(("read", "received", "declined", "refused"), 0)
        results = take_in(desk.ledger, program, sendings, operator=operator)

        def taken() -> Iterator[Answer]:
            with progress(_("receiving"), len(sendings), _("rows"), quiet=quiet) as bar:
                for sent, result in zip(sendings, results, strict=True):
                    counts["read"] += 1
                    bar.advance()
                    if isinstance(result, JifenError):
                        counts["refused"] += 1
                        failures.say(f"{sent.name}: {result.code}: {result}")
                    else:
                        counts[result.answer] += 1
                        yield result

        if to_file is None:
            deque(taken(), maxlen=0)
        else:
            # Its file is opened before anything is taken: what can't be answered is not taken.
            write_answers(to_file, taken(), parties.turned())
        show_counts(desk, counts)
        return failures.FINDINGS if counts["refused"] else failures.DONE


def _check_sender(desk: Desk, program: str) -> None:
    """What a mistyped program sent would be declined for good. Raises NoRate."""
    own = desk.program.id
    versions = desk.ledger.program_versions()
    known = {rate.sender for version in versions for rate in version.program.rates}
    if program not in known - {own}:
        from ledger.errors import NoRate

        raise NoRate(sender=program, receiver=own, day=desk.ledger.today().isoformat())


@click.command(
    help=_(
        """Write the answers given to another program once more.

        All of them, or those since a day: those of a lost file are among them.

        \b
        Examples:
          jifen transfers answers --program shop --file to-shop.csv
          jifen transfers answers --program shop --since 2026-06-01 --json"""
    )
)
@program_option(required=True)
@click.option("--since", default=None, metavar="DAY", help=_("Given on this day or later."))
@to_file_option("--file")
@store_option
@output_options
def answers(
    program: str, since: str | None, to_file: Path | None, store: str, **options: Any
) -> None:
    """See the command's help."""
    from console.transfer_answers import transfer_columns, transfer_row
    from console.transfer_files import Parties, write_answers
    from ledger.exchange import answered

    with at_the_desk(store, options) as desk:
        day = desk.maybe_day(since)
        first = day.isoformat() if day else ""
        if to_file is not None:
            parties = Parties(desk.program.id, program)
            told = answered(desk.ledger, program, first)
            rows, theirs = write_answers(to_file, told, parties)
            line = _("{file}: {rows:,} answers, to {theirs:,} points")
            failures.say(line.format(file=to_file, rows=rows, theirs=theirs))
            return
        found = desk.ledger.transfers("in", program=program)
        shown = (transfer_row(row) for row in found if row.answered_on >= first)
        desk.rows(shown, transfer_columns(desk.program.points_decimals))


@click.command(
    name="list",
    help=_(
        """List transfers, out or in, whatever became of them.

        \b
        Examples:
          jifen transfers list --program air
          jifen transfers list --in --state declined --json"""
    ),
)
@program_option(required=False)
@click.option("--member", default="", metavar="MEMBER", help=_("Only this member's."))
@click.option("--in", "incoming", is_flag=True, help=_("Those that came, not those that went."))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(("pending", "timed_out", "confirmed", "rejected", "received", "declined")),
    help=_("Only in this state; may be repeated."),
)
@store_option
@output_options
def list_transfers(
    program: str, member: str, incoming: bool, states: tuple[Any, ...], store: str, **options: Any
) -> None:
    """See the command's help."""
    from console.transfer_answers import transfer_columns, transfer_row

    with at_the_desk(store, options) as desk:
        way: Any = "in" if incoming else "out"
        found = desk.ledger.transfers(
            way, states, program=program, member=desk.maybe_member(member)
        )
        shown = (transfer_row(row) for row in found)
        desk.rows(shown, transfer_columns(desk.program.points_decimals))


@click.command(
    help=_(
        """Hold what was sent to a program against what it says of it.

        FILE has all of its answers, or --with names its store. Each difference is
        named; what is still under way is shown, and is none to look into. Exits
        with 1 when something is.

        \b
        Examples:
          jifen transfers reconcile all-of-air.csv --program air
          jifen transfers reconcile --program air --with air.db"""
    )
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@program_option(required=True)
@click.option("--with", "other", default="", metavar="URL", help=_("The other program's store."))
@encoding_option
@store_option
@output_options
def reconcile(
    file: Path | None,
    program: str,
    other: str,
    encoding: str | None,
    store: str,
    **options: Any,
) -> int:
    """See the command's help."""
    from console.options import open_ledger
    from console.transfer_answers import mismatch_columns, mismatch_row, sums_of
    from console.transfer_files import Parties, read_any_answers
    from ledger import reconcile as held_against
    from ledger.exchange import answered

    if (file is None) == (not other):
        raise click.UsageError(_("give either FILE or --with"))
    with at_the_desk(store, options) as desk:
        if file is not None:
            told = read_any_answers(file, Parties(program, desk.program.id), encoding)
        else:
            with open_ledger(other) as theirs:
                if (own := theirs.program.id) != program:
                    text = _("{store} is of the program {own!r}, not of {program!r}")
                    raise click.UsageError(text.format(store=other, own=own, program=program))
                told = list(answered(theirs, desk.program.id))
        found = held_against(desk.ledger.transfers("out", program=program), told)
        rows = [mismatch_row(one) for one in found.mismatches]
        desk.rows(rows, mismatch_columns(desk.program.points_decimals), caption=sums_of(found))
        if desk.format != "table":
            failures.say(sums_of(found))
        return failures.FINDINGS if found.faults else failures.DONE
