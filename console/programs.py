"""`jifen program`: the versions of the program, and what a file would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console import failures
from console.desk import at_the_desk
from console.options import command_options, output_options, store_option, yes_option
from console.output import write_record, write_rows
from console.words import _
from console.writing import encoding_of, fitting, plain_text

if TYPE_CHECKING:
    from console.output import Format


@click.group(
    name="program",
    help=_(
        """The versions of the program: show, compare, check, publish.

        \b
        Examples:
          jifen program list
          jifen program publish program.toml"""
    ),
)
@click.pass_context
def program_group(ctx: click.Context) -> None:
    """See the group's help."""
    # The settings file speaks to each command of the group.
    ctx.default_map = dict.fromkeys(program_group.commands, ctx.default_map)


@program_group.command(
    name="list",
    help=_(
        """Show every version, and from when to when it holds.

        \b
        Examples:
          jifen program list
          jifen program list --json"""
    ),
)
@store_option
@output_options
def list_versions(store: str, **options: Any) -> None:
    """See the command's help."""
    from console.program_answers import version_columns, version_rows

    with at_the_desk(store, options) as desk:
        columns = version_columns(for_person=desk.format == "table")
        desk.rows(version_rows(desk.ledger.program_versions()), columns)


@program_group.command(
    help=_(
        """Show the file of a version as it was published.

        Without VERSION, of the one that is in force.

        \b
        Examples:
          jifen program show
          jifen program show 2 --out program-2.toml"""
    )
)
@click.argument("version", required=False, type=click.IntRange(1))
@store_option
@output_options
def show(version: int | None, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.cells import Column
    from console.program_answers import version_columns, version_rows

    with at_the_desk(store, options) as desk:
        chosen = desk.ledger.program_version(version or desk.ledger.rules.version)
        if desk.format == "table":
            with plain_text(None, desk.out) as sink:
                text = chosen.content if chosen.content.endswith("\n") else f"{chosen.content}\n"
                sink.write(fitting(text, encoding_of(sink)))
            return
        (row,) = version_rows([chosen])
        columns = version_columns(for_person=False)
        columns.append(Column("content", _("file"), "text"))
        desk.record(row | {"content": chosen.content}, columns)


@program_group.command(
    help=_(
        """Show what differs between two programs, setting by setting.

        OLD and NEW are files, or numbers of versions in the store. Exits with 1
        when there are differences.

        \b
        Examples:
          jifen program diff 1 2
          jifen program diff 2 program.toml --json"""
    )
)
@click.argument("old")
@click.argument("new")
@store_option
@output_options
def diff(old: str, new: str, store: str, fmt: Format, as_json: bool, out: Path | None) -> int:
    """See the command's help."""
    from console import program_answers as answers
    from console.program_files import named_program
    from ledger import diff_programs

    before, after = named_program(old, store).program, named_program(new, store).program
    differences = diff_programs(before, after)
    shown: Format = "json" if as_json else fmt
    rows = answers.difference_rows(differences)
    if shown == "table":
        with plain_text(None, out) as sink:
            answers.show_differences(differences, before, after, sink)
            if not differences:
                sink.write(_("no differences") + "\n")
    elif shown in ("json", "ndjson"):
        write_rows(rows, answers.difference_columns(nested=True), shown, out=out)
    else:
        columns = answers.difference_columns(nested=False)
        write_rows(answers.texts(rows), columns, shown, out=out)
    return failures.FINDINGS if differences else failures.DONE


@program_group.command(
    help=_(
        """Look for what can be read in a program and makes no sense.

        Shows each finding with a way out, and what money brings back in points.
        FILE may be the number of a version, too. Where the store is of the same
        program, what its partners' terms name is looked for as well. Exits with 1
        when something is found.

        \b
        Examples:
          jifen program check program.toml
          jifen program check program.toml --follows 2"""
    )
)
@click.argument("file")
@click.option("--follows", metavar="OLD", help=_("The file or version that it comes after."))
@store_option
@output_options
def check(
    file: str, follows: str | None, store: str, fmt: Format, as_json: bool, out: Path | None
) -> int:
    """See the command's help."""
    from console import program_answers as answers
    from console.program_files import named_program, terms_lacking
    from ledger import check_program, effective_rates

    program = named_program(file, store).program
    before = named_program(follows, store).program if follows is not None else None
    findings = check_program(program, before, terms_lacking(program, store))
    rates = answers.rate_rows(effective_rates(program), program)
    shown: Format = "json" if as_json else fmt
    if shown == "table":
        with plain_text(None, out) as sink:
            answers.show_findings(findings, sink)
            answers.show_rates(rates, program, sink)
            sink.write(answers.totals(findings) + "\n")
    elif shown == "json":
        told = answers.plain_rates(rates, program)
        record = {"findings": answers.finding_rows(findings), "rates": told}
        write_record(record, answers.check_columns(), shown, out=out)
    else:
        write_rows(answers.finding_rows(findings), answers.finding_columns(), shown, out=out)
    return failures.FINDINGS if findings else failures.DONE


@program_group.command(
    help=_(
        """Put a version of the program in force.

        It holds from its effective_from on. Shows what it changes and what `check`
        finds, and asks; a script has to say --yes. With --dry-run it shows all and
        writes nothing. Errors refuse it.

        \b
        Examples:
          jifen program publish program.toml --dry-run
          jifen program publish program.toml --yes --operator Li"""
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Only show what it would change."))
@yes_option
@command_options
@store_option
@output_options
def publish(file: Path, dry_run: bool, yes: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.publishing import Publishing

    with at_the_desk(store, options) as desk:
        publishing = Publishing(desk, file)
        if publishing.is_known:
            publishing.tell_known()
            return
        publishing.show()
        publishing.refuse_errors()
        if dry_run:
            publishing.tell_rehearsed()
        else:
            publishing.ask(yes=yes)
            publishing.publish()
