"""`jifen import`: files into the ledger."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console import failures
from console.options import open_ledger, store_option
from console.words import _
from console.writing import encoding_of, fitting

if TYPE_CHECKING:
    from console.purchases_file import Tally
    from console.rejects import Rejects
    from console.tabular import Table
    from ledger import Ledger
    from schemas.program import Program

F = TypeVar("F", bound=Callable[..., Any])

_KEPT_IN_MIND = 20_000


@click.group(name="import", help=_("Bring files into the ledger."))
def import_group() -> None:
    """See the group's help."""


def _file_options(function: F) -> F:
    """FILE, and what every import may be told about it."""
    for option in (
        click.option("--quiet", is_flag=True, help=_("No progress and no preview.")),
        click.option(
            "--rejects",
            "rejects_file",
            default=None,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=_("Where rejected rows go.  [default: beside FILE]"),
        ),
        click.option("--sheet", default=None, metavar="NAME", help=_("The sheet of a workbook.")),
        click.option(
            "--encoding", default=None, metavar="NAME", help=_("The encoding of a CSV file.")
        ),
    ):
        function = option(function)
    return click.argument("file", type=click.Path(path_type=Path))(function)


@import_group.command(
    help=_(
        """Record the purchases of a file.

        FILE is CSV (UTF-8 or GB18030, gzipped or not), xlsx or Parquet. Columns are
        found by their usual names, English or Chinese, or named with --map. Whose
        purchase it is says member, card or phone, the first that is filled. Rows that
        can't be posted go to a rejects file, which can be mended and fed again as it
        is; so can FILE itself, and what is there is not recorded twice.

        \b
        Examples:
          jifen import purchases june.csv --enrol
          jifen import purchases cdnow.csv --source cdnow \\
                --map member=customer_id --map amount=dollar_value"""
    )
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=_("Which column fills a field; may be repeated."),
)
@click.option(
    "--source",
    default=None,
    metavar="NAME",
    help=_("A lasting name for where the rows come from.  [default: import]"),
)
@click.option("--enrol", is_flag=True, help=_("Enrol members who are not known."))
@click.option("--partner", default="", metavar="ID", help=_("The partner, where no column says."))
@click.option("--zone", default=None, metavar="ZONE", help=_("The zone of times without one."))
@_file_options
@store_option
def purchases(file: Path, pairs: tuple[str, ...], store: str, quiet: bool, **options: Any) -> int:
    """See the command's help."""
    from console.tabular import open_table

    with (
        open_ledger(store) as ledger,
        open_table(file, encoding=options["encoding"], sheet=options["sheet"]) as table,
    ):
        tally = import_purchases(
            ledger,
            table,
            pairs,
            source=options["source"],
            enrol=options["enrol"],
            partner=options["partner"],
            zone=options["zone"],
            rejects_file=options["rejects_file"],
            quiet=quiet,
        )
    return failures.FINDINGS if tally.rejected else failures.DONE


@import_group.command(
    name="online-retail",
    help=_(
        """Record the invoices of the Online Retail data set.

        FILE is the set of the UCI repository as Parquet, xlsx or CSV. An invoice
        becomes a purchase with its lines, in the program's currency. A C-invoice
        becomes returns: each of its rows is matched to earlier purchases of the
        same member and product, the latest first. Members are enrolled on the
        way. Rows left out go to a rejects file with the reason. Feeding FILE
        again records nothing twice.

        \b
        Example:
          jifen import online-retail online_retail_2010_2011.parquet"""
    ),
)
@click.option(
    "--source",
    default="online-retail",
    show_default=True,
    metavar="NAME",
    help=_("A lasting name for where the rows come from."),
)
@click.option(
    "--zone",
    default=None,
    metavar="ZONE",
    help=_("The zone of the file's times.  [default: the program's]"),
)
@_file_options
@store_option
def online_retail(file: Path, store: str, **options: Any) -> int:
    """See the command's help."""
    from console.online_retail import import_online_retail

    with open_ledger(store) as ledger:
        tally = import_online_retail(ledger, file, **options)
    return failures.FINDINGS if tally.rejected else failures.DONE


def import_purchases(
    ledger: Ledger,
    table: Table,
    pairs: tuple[str, ...],
    *,
    source: str | None,
    enrol: bool,
    partner: str = "",
    zone: str | None = None,
    rejects_file: Path | None = None,
    quiet: bool = False,
) -> Tally:
    """Import an open table, telling a person on standard error; gives the counts."""
    from console import purchases_file
    from console.mapping import parse_mapping
    from console.progress import progress
    from console.rejects import Rejects, rejects_path
    from console.row_count import expected_rows
    from schemas.values import check_identifier, zone_named

    mapping = parse_mapping(
        pairs,
        purchases_file.FIELDS,
        table.columns,
        required=purchases_file.REQUIRED,
        instead={"member": purchases_file.WHO},
    )
    named_rows = "purchase_id" not in mapping
    if named_rows and source is None:
        raise purchases_file.Unidentified(path=str(table.path))
    program: Program = ledger.program
    file = purchases_file.PurchasesFile(
        table,
        mapping,
        source=check_identifier(source or "import", "source"),
        named_rows=named_rows,
        currency=program.currency,
        program_zone=ledger.rules.zone,
        zone=zone_named(zone) if zone else None,
        find=_finding(ledger),
        partner=partner,
    )
    if not quiet:
        preview(table, mapping)
    tally = purchases_file.Tally()
    where = rejects_file or rejects_path(table.path)
    with Rejects(where, table.columns) as rejects, reporting(tally, table, program):
        rows = expected_rows(table.path, table.kind)
        with progress(_("importing"), rows, _("rows"), quiet=quiet) as bar:
            purchases_file.post_purchases(
                ledger, file, table.rows, rejects, tally, enrol=enrol, advance=bar.advance
            )
    tell_rejects(rejects)
    return tally


def _finding(ledger: Ledger) -> Callable[[str, str], str]:
    """Gives the member that a card or a phone means, and keeps some thousands in mind."""

    @lru_cache(maxsize=_KEPT_IN_MIND)
    def find(text: str, by: Any) -> str:
        return ledger.resolve(text, by=by).member

    return find


def preview(table: Table, mapping: dict[str, str]) -> None:
    """Which encoding and columns were taken, and what the first rows say (EASE 8)."""
    kind = table.kind if table.encoding is None else f"{table.kind}, {table.encoding}"
    failures.say(f"{table.path} ({kind})")
    failures.say("  " + ", ".join(f"{field} = {column}" for field, column in mapping.items()))
    from ledger.phones import masked_text

    for row in table.preview(3):
        cells = {field: str(row.values.get(column)) for field, column in mapping.items()}
        if "phone" in cells:
            cells["phone"] = masked_text(cells["phone"])
        shown = ", ".join(cells.values())
        failures.say(f"  {row.line}: {shown}")


@contextmanager
def reporting(tally: Tally, table: Table, program: Program) -> Iterator[None]:
    """Print the counts when the block ends, and also when something stops it."""
    started = time.monotonic()
    try:
        yield
    except BaseException:
        _report(tally, table, program, started)
        failures.say(_("stopped; feed the same file again to finish"))
        raise
    _report(tally, table, program, started)


def tell_rejects(rejects: Rejects) -> None:
    """Say where the rejected rows are, if there are any."""
    if rejects.count:
        failures.say(_("rejected rows, with reasons: {path}").format(path=rejects.path))


def _report(tally: Tally, table: Table, program: Program, started: float) -> None:
    from schemas.values import format_money, format_points

    tally.repaired = table.repaired
    seconds = max(time.monotonic() - started, 1e-9)
    lines = [
        tally.counts(),
        _("enrolled {enrolled:,}; {amount} {currency}; {points} points; {rate:,.0f} rows/s").format(
            enrolled=tally.enrolled,
            amount=format_money(tally.amount_minor, program.currency),
            currency=program.currency,
            points=format_points(tally.points, program.points_decimals),
            rate=tally.read / seconds,
        ),
        *tally.remarks(program),
    ]
    # A reason may quote what the file has.
    sys.stdout.write(fitting("".join(f"{line}\n" for line in lines), encoding_of(sys.stdout)))
