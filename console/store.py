"""Commands about the store itself: init, verify, config."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from console import failures
from console.cells import Column
from console.options import given_key, open_ledger, output_options, store_option
from console.output import Format, write_record, write_rows
from console.progress import progress
from console.words import _


@click.command(
    help=_(
        """Make an empty store under a program.

        Beside it the key that phones are hashed under is made, STORE.key: back it up
        apart from the store. With JIFEN_KEY in the environment none is made.

        What `jifen program check` calls an error refuses it.

        \b
        Examples:
          jifen init --program examples/department_store/program.toml
          jifen init --program program.toml --store shop.db"""
    )
)
@click.option(
    "--program",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=_("The program file."),
)
@click.option("--operator", default="", envvar="JIFEN_OPERATOR", metavar="NAME", help=_("Who."))
@store_option
def init(program: Path, operator: str, store: str) -> None:
    """See the command's help."""
    from ledger import Ledger, check_program
    from ledger.checks import refuse_errors
    from schemas.program_file import load_program, read_program

    content = read_program(program)
    loaded = load_program(content, origin=str(program))
    findings = check_program(loaded)
    refuse_errors(findings)
    with Ledger.create(store, content, operator=operator, **given_key()):
        click.echo(_("{store}: a new ledger under {name}").format(store=store, name=loaded.name))
    if findings:
        line = _("{count} warning(s) about the program; `jifen program check` shows them")
        failures.say(line.format(count=len(findings)))


@click.command(
    help=_(
        """Check every row of the log against its seals.

        Exits with 1 when something is not as it was written.

        \b
        Examples:
          jifen verify
          jifen verify --store shop.db --json"""
    )
)
@store_option
@click.option("--books", is_flag=True, help=_("Follow every point of every account, too."))
@click.option("--quiet", is_flag=True, help=_("No progress."))
@output_options
def verify(
    store: str, books: bool, quiet: bool, fmt: Format, as_json: bool, out: Path | None
) -> int:
    """See the command's help."""
    with (
        open_ledger(store) as ledger,
        progress(_("verifying"), ledger.position, _("events"), quiet=quiet) as bar,
    ):
        result = ledger.verify(bar.reach, books=books)
    record: dict[str, Any] = {
        "events": result.events,
        "commits": result.commits,
        "last_seal": result.last_seal,
        "sound": not result.findings,
        "findings": [
            {"code": f.code, "position": f.position, "detail": f.detail} for f in result.findings
        ],
    }
    columns = [
        Column("events", _("events checked"), "integer"),
        Column("commits", _("commits checked"), "integer"),
        Column("last_seal", _("last seal"), "identifier"),
        Column("sound", _("as it was written"), "flag"),
        Column("findings", _("findings"), "nested"),
    ]
    shown: Format = "json" if as_json else fmt
    write_record(record, columns, shown, out=out)
    if not result.findings:
        return failures.DONE
    if shown == "table":
        for finding in result.findings:
            sys.stdout.write(f"{finding.code}  #{finding.position}  {finding.detail}\n")
    return failures.FINDINGS


@click.group(name="config", help=_("Show the settings in force."))
def config_group() -> None:
    """See the group's help."""


@config_group.command(
    name="show",
    help=_(
        """Show every setting, its value and where that comes from.

        \b
        Example:
          jifen config show"""
    ),
)
@click.option("--store", default=None, metavar="URL", help=_("As a command would be told."))
@output_options
@click.pass_context
def config_show(
    ctx: click.Context, store: str | None, fmt: Format, as_json: bool, out: Path | None
) -> None:
    """See the command's help."""
    from click.core import ParameterSource

    from console.settings import in_force

    told = ctx.get_parameter_source("store") == ParameterSource.COMMANDLINE
    rows = [setting._asdict() for setting in in_force(store if told else None)]
    columns = [
        Column("name", _("setting"), "text"),
        Column("value", _("value"), "text"),
        Column("origin", _("from"), "text"),
    ]
    write_rows(rows, columns, "json" if as_json else fmt, out=out)
