"""`jifen import`: files into the ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console import failures
from console.options import open_ledger, store_option
from console.words import _

if TYPE_CHECKING:
    from console.posting import Tally
    from console.tabular import Table
    from ledger import Ledger

F = TypeVar("F", bound=Callable[..., Any])


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


_map_option = click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=_("Which column fills a field; may be repeated."),
)
_zone_option = click.option(
    "--zone", default=None, metavar="ZONE", help=_("The zone of times without one.")
)


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
@_map_option
@click.option(
    "--source",
    default=None,
    metavar="NAME",
    help=_("A lasting name for where the rows come from.  [default: import]"),
)
@click.option("--enrol", is_flag=True, help=_("Enrol members who are not known."))
@click.option("--partner", default="", metavar="ID", help=_("The partner, where no column says."))
@_zone_option
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
    help=_(
        """Record a bank's file of what was spent with its card.

        FILE is CSV (UTF-8 or GB18030, gzipped or not), xlsx or Parquet. A row says
        whose it is (member, card or phone), the bank's reference, the day on which
        the bank posted it, and the amount; one below zero corrects earlier rows.
        Rows that can't be posted go to a rejects file, which can be mended and fed
        again as it is; so can FILE itself, and no row is recorded twice. What FILE
        adds up to is shown, and compared with what the bank says, before anything
        is written.

        \b
        Examples:
          jifen import cobrand june.csv --cobrand bank-card
          jifen import cobrand june.xlsx --cobrand bank-card \\
                --map card=卡号 --expect-rows 1204 --expect-total 358221.90"""
    )
)
@click.option(
    "--cobrand", required=True, metavar="ID", help=_("The card, as the program names it.")
)
@_map_option
@click.option(
    "--expect-rows", type=int, default=None, metavar="N", help=_("How many rows there must be.")
)
@click.option(
    "--expect-total", default=None, metavar="AMOUNT", help=_("What the amounts must add up to.")
)
@_zone_option
@_file_options
@store_option
def cobrand(file: Path, pairs: tuple[str, ...], store: str, **options: Any) -> int:
    """See the command's help."""
    with open_ledger(store) as ledger:
        tally = import_cobrand(ledger, file, pairs, **options)
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
    from console.importing import finding, import_rows, preview
    from console.mapping import parse_mapping
    from console.posting import Tally
    from console.row_fields import WHO, RowFields
    from schemas.values import check_identifier, zone_named

    mapping = parse_mapping(
        pairs,
        purchases_file.FIELDS,
        table.columns,
        required=purchases_file.REQUIRED,
        instead={"member": WHO},
    )
    named_rows = "purchase_id" not in mapping
    if named_rows and source is None:
        raise purchases_file.Unidentified(path=str(table.path))
    find = finding(ledger)
    fields = RowFields(
        table,
        mapping,
        currency=ledger.program.currency,
        program_zone=ledger.rules.zone,
        zone=zone_named(zone) if zone else None,
        find=lambda text, field: text if field == "member" else find(text, field),
    )
    file = purchases_file.PurchasesFile(
        fields,
        source=check_identifier(source or "import", "source"),
        named_rows=named_rows,
        partner=partner,
    )
    if not quiet:
        preview(table, mapping)
    tally = Tally()
    import_rows(
        ledger, table, file.command, tally, enrol=enrol, rejects_file=rejects_file, quiet=quiet
    )
    return tally


def import_cobrand(
    ledger: Ledger,
    path: Path,
    pairs: tuple[str, ...],
    *,
    cobrand: str,
    expect_rows: int | None = None,
    expect_total: str | None = None,
    zone: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    rejects_file: Path | None = None,
    quiet: bool = False,
) -> Tally:
    """Import a bank's file, telling a person on standard error; gives the counts.

    Raises UnknownCobrand, and ControlTotalDiffers before anything is written.
    """
    from console import cobrand_file
    from console.importing import finding, import_rows, preview
    from console.mapping import parse_mapping
    from console.row_fields import WHO, RowFields
    from console.tabular import open_table
    from schemas.values import zone_named

    bank, currency = cobrand_file.bank_of(ledger, cobrand), ledger.program.currency
    find = finding(ledger)
    with open_table(path, encoding=encoding, sheet=sheet) as table:
        mapping = parse_mapping(
            pairs,
            cobrand_file.FIELDS,
            table.columns,
            required=cobrand_file.REQUIRED,
            instead={"member": WHO},
        )
        fields = RowFields(
            table,
            mapping,
            currency=currency,
            program_zone=ledger.rules.zone,
            zone=zone_named(zone) if zone else None,
            find=lambda text, field: find(text, None if field == "member" else field),
        )
        if not quiet:
            preview(table, mapping)
        with open_table(path, encoding=table.encoding, sheet=sheet) as whole:
            control = cobrand_file.control_of(whole, fields)
        cobrand_file.check_control(table, control, currency, rows=expect_rows, total=expect_total)
        file = cobrand_file.CobrandFile(fields, cobrand=cobrand, bank=bank)
        tally = cobrand_file.CobrandTally(control=control)
        import_rows(ledger, table, file.command, tally, rejects_file=rejects_file, quiet=quiet)
    return tally
