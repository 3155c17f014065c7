"""Options that several commands share, and what they open."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console.output import FORMATS
from console.settings import DEFAULT_STORE
from console.words import _

if TYPE_CHECKING:
    from ledger import Ledger
    from projections.warehouse import Warehouse

F = TypeVar("F", bound=Callable[..., Any])

KEY_VARIABLE = "JIFEN_KEY"


def store_option(function: F) -> F:
    """--store."""
    return click.option(
        "--store",
        default=DEFAULT_STORE,
        envvar="JIFEN_STORE",
        show_default=True,
        show_envvar=True,
        metavar="URL",
        help=_("The ledger's file."),
    )(function)


def warehouse_option(function: F) -> F:
    """--warehouse."""
    return click.option(
        "--warehouse",
        default=None,
        envvar="JIFEN_WAREHOUSE",
        show_envvar=True,
        metavar="FILE",
        help=_("The warehouse's file; beside the store unless told otherwise."),
    )(function)


def output_options(function: F) -> F:
    """--format, --json and --out: how an answer is given."""
    for option in (
        click.option(
            "--out",
            type=click.Path(dir_okay=False, path_type=Path),
            default=None,
            metavar="FILE",
            help=_("Write to this file instead of showing it."),
        ),
        click.option("--json", "as_json", is_flag=True, help=_("Short for --format json.")),
        click.option(
            "--format",
            "fmt",
            type=click.Choice(FORMATS),
            default="table",
            envvar="JIFEN_FORMAT",
            show_default=True,
            metavar="FORMAT",
            help=_("How the answer is given: {}.").format(", ".join(FORMATS)),
        ),
    ):
        function = option(function)
    return function


def command_options(function: F) -> F:
    """--at, --request-id, --source and --operator: what every command to the ledger says."""
    return _said_options(function, operator_needed=False)


def accountable_options(function: F) -> F:
    """The same for what someone has to answer for: --operator has to be given."""
    return _said_options(function, operator_needed=True)


def _said_options(function: F, *, operator_needed: bool) -> F:
    # Required and a default exclude each other, be it None.
    needed: dict[str, Any] = {"required": True} if operator_needed else {"default": ""}
    for option in (
        click.option(
            "--operator",
            envvar="JIFEN_OPERATOR",
            metavar="NAME",
            help=_("Who gives the command."),
            **needed,
        ),
        click.option(
            "--source",
            default="cli",
            show_default=True,
            envvar="JIFEN_SOURCE",
            metavar="NAME",
            help=_("The system that the request comes from."),
        ),
        click.option("--request-id", metavar="ID", help=_("Makes a retry safe.")),
        click.option(
            "--at",
            metavar="TIME",
            help=_("Business time; a day alone is its start.  [default: now]"),
        ),
    ):
        function = option(function)
    return function


def place_options(function: F) -> F:
    """--partner, --shop and --till: where it happened."""
    for option in (
        click.option("--till", default="", metavar="NAME", help=_("The till.")),
        click.option("--shop", default="", metavar="NAME", help=_("The store where it happened.")),
        click.option("--partner", default="", metavar="ID", help=_("The alliance partner.")),
    ):
        function = option(function)
    return function


def yes_option(function: F) -> F:
    """--yes."""
    return click.option("--yes", "-y", is_flag=True, help=_("Do not ask."))(function)


def run_options(source: str) -> Callable[[F], F]:
    """--as-of, a day that is over, and the options of `recording_options`."""

    def with_options(function: F) -> F:
        day = click.option(
            "--as-of", metavar="DAY", help=_("A day that is over.  [default: yesterday]")
        )
        return day(recording_options(source)(function))

    return with_options


def recording_options(source: str) -> Callable[[F], F]:
    """--dry-run, --source, --operator and --quiet: what every run over all members says."""

    def with_options(function: F) -> F:
        for option in (
            quiet_option,
            click.option(
                "--operator",
                default="",
                envvar="JIFEN_OPERATOR",
                metavar="NAME",
                help=_("Who gives the command."),
            ),
            click.option(
                "--source",
                default=source,
                show_default=True,
                envvar="JIFEN_SOURCE",
                metavar="NAME",
                help=_("The system that the request comes from."),
            ),
            click.option("--dry-run", is_flag=True, help=_("Only list what would be recorded.")),
        ):
            function = option(function)
        return function

    return with_options


def quiet_option(function: F) -> F:
    """--quiet."""
    return click.option("--quiet", is_flag=True, help=_("No progress."))(function)


def open_ledger(store: str) -> Ledger:
    """The ledger behind --store. Raises StoreError, or InvalidKey."""
    from ledger import Ledger

    return Ledger.open(store, **given_key())


def given_key() -> dict[str, bytes]:
    """The key that the environment gives, as an option of a Ledger. Raises InvalidKey.

    It has no flag: a command line is seen by everybody on the machine.
    """
    text = os.environ.get(KEY_VARIABLE)
    if not text:
        return {}
    from ledger.keys import parse_key

    return {"key": parse_key(text, KEY_VARIABLE)}


def open_warehouse(store: str, warehouse: str | None) -> Warehouse:
    """The warehouse of the ledger behind --store. Raises StoreError or WarehouseError."""
    from ledger.ledger import store_path
    from projections.warehouse import Warehouse

    with open_ledger(store):
        # Opening says in one line what is wrong with a store before DuckDB meets it.
        path = Path(store_path(store))
    return Warehouse.open(path, Path(warehouse) if warehouse else None)


def now() -> dt.datetime:
    """The time at the desk, in UTC."""
    return dt.datetime.now(dt.UTC)


def business_time(text: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    """What --at means: None for now, a day's start for a bare day. Raises InvalidTime."""
    if text is None:
        return None
    from console.days import parse_moment

    return parse_moment(text, zone, now(), bare_day="start").instant
