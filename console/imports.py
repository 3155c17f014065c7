"""`jifen import`: files into the ledger."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console import failures
from console.options import open_ledger, store_option
from console.words import _

if TYPE_CHECKING:
    from console.purchases_file import Tally
    from console.tabular import Table
    from schemas.program import Program


@click.group(name="import", help=_("Bring files into the ledger."))
def import_group() -> None:
    """See the group's help."""


@import_group.command(
    help=_(
        """Record the purchases of a file.

        FILE is CSV (UTF-8 or GB18030, gzipped or not), xlsx or Parquet. Columns are
        found by their usual names, English or Chinese, or named with --map. Rows that
        can't be posted go to a rejects file, which can be mended and fed again as it
        is; so can FILE itself, and what is there is not recorded twice.

        \b
        Examples:
          jifen import purchases june.csv --enrol
          jifen import purchases cdnow.csv --source cdnow \\
                --map member=customer_id --map amount=dollar_value"""
    )
)
@click.argument("file", type=click.Path(path_type=Path))
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
@click.option("--encoding", default=None, metavar="NAME", help=_("The encoding of a CSV file."))
@click.option("--sheet", default=None, metavar="NAME", help=_("The sheet of a workbook."))
@click.option(
    "--rejects",
    "rejects_file",
    default=None,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("Where rejected rows go.  [default: beside FILE]"),
)
@click.option("--quiet", is_flag=True, help=_("No progress and no preview."))
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


def import_purchases(
    ledger: Any,
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
        pairs, purchases_file.FIELDS, table.columns, required=purchases_file.REQUIRED
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
        partner=partner,
    )
    if not quiet:
        _preview(table, mapping)
    tally = purchases_file.Tally()
    started = time.monotonic()
    where = rejects_file or rejects_path(table.path)
    with Rejects(where, table.columns) as rejects:
        try:
            rows = expected_rows(table.path, table.kind)
            with progress(_("importing"), rows, _("rows"), quiet=quiet) as bar:
                purchases_file.post_purchases(
                    ledger, file, table.rows, rejects, tally, enrol=enrol, advance=bar.advance
                )
        except BaseException:
            _report(tally, table, program, started)
            failures.say(_("stopped; feed the same file again to finish"))
            raise
    _report(tally, table, program, started)
    if rejects.count:
        failures.say(_("rejected rows, with reasons: {path}").format(path=where))
    return tally


def _preview(table: Table, mapping: dict[str, str]) -> None:
    """Which encoding and columns were taken, and what the first rows say (EASE 8)."""
    kind = table.kind if table.encoding is None else f"{table.kind}, {table.encoding}"
    failures.say(f"{table.path} ({kind})")
    failures.say("  " + ", ".join(f"{field} = {column}" for field, column in mapping.items()))
    for row in table.preview(3):
        shown = ", ".join(f"{row.values.get(c)}" for c in mapping.values())
        failures.say(f"  {row.line}: {shown}")


def _report(tally: Tally, table: Table, program: Program, started: float) -> None:
    from schemas.values import format_money, format_points

    seconds = max(time.monotonic() - started, 1e-9)
    lines = [
        _("read {read:,} = posted {posted:,} + duplicate {duplicate:,} + rejected {rejected:,}"),
        _("enrolled {enrolled:,}; {amount} {currency}; {points} points; {rate:,.0f} rows/s"),
    ]
    if table.repaired:
        lines.append(_("{repaired:,} numbers that a spreadsheet had made floats were repaired"))
    for line in lines:
        sys.stdout.write(
            line.format(
                read=tally.read,
                posted=tally.posted,
                duplicate=tally.duplicate,
                rejected=tally.rejected,
                enrolled=tally.enrolled,
                amount=format_money(tally.amount_minor, program.currency),
                currency=program.currency,
                points=format_points(tally.points, program.points_decimals),
                rate=tally.read / seconds,
                repaired=table.repaired,
            )
            + "\n"
        )
