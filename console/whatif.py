"""What would be under other rules: the command, its progress, what it writes where."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.desk import at_the_desk
from console.options import output_options, quiet_option, store_option
from console.progress import progress
from console.words import _
from console.writing import is_terminal

if TYPE_CHECKING:
    from ledger.whatif import MemberChange


@click.command(
    help=_(
        """See what would be if another program had held.

        Everything that people did is lived again under it: purchases, returns,
        redemptions and all the rest. Nothing is written to the store. What the
        other rules would not have covered is told apart.

        \b
        Examples:
          jifen whatif --program new.toml
          jifen whatif --program new.toml --since 2026-01-01 --parquet all.parquet"""
    )
)
@click.option(
    "--program",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("The other program's file."),
)
@click.option(
    "--since",
    metavar="DAY",
    help=_("The day from which it holds.  [default: from the beginning]"),
)
@click.option(
    "--as-of",
    metavar="DAY",
    help=_("Compare at the end of this day.  [default: when something happened last]"),
)
@click.option("--members", is_flag=True, help=_("A row for each account instead of the sums."))
@click.option(
    "--parquet",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Write a row for each account to this Parquet file, too."),
)
@click.option(
    "--processes",
    type=click.IntRange(1, 1024),
    metavar="N",
    help=_("How many processes work on it.  [default: one for each core]"),
)
@quiet_option
@store_option
@output_options
def whatif(
    program: Path,
    since: str | None,
    as_of: str | None,
    members: bool,
    parquet: Path | None,
    processes: int | None,
    quiet: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.whatif_members import member_columns, member_rows, written
    from console.whatif_report import show

    with at_the_desk(store, options) as desk, ExitStack() as stack:
        told = members and desk.out is None and is_terminal(sys.stdout)
        bar = stack.enter_context(
            # A bar and rows can't share a terminal.
            progress(_("living again"), desk.ledger.position, _("events"), quiet=quiet or told)
        )
        asked = desk.ledger.what_if(
            program,
            since=desk.maybe_day(since),
            as_of=desk.maybe_day(as_of),
            processes=processes,
            progress=bar.reach,
        )
        changes: Iterator[MemberChange] = iter(asked)
        if parquet is not None:
            changes = written(parquet, changes, desk.program)
        if members:
            desk.rows(member_rows(changes), member_columns(desk.program))
        else:
            for _change in changes:
                pass
            stack.close()
            show(desk, asked.report, asked.program, str(program))
