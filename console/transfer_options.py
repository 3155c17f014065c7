"""Arguments and options that the commands about transfers share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from console.words import _

F = TypeVar("F", bound=Callable[..., Any])

file_argument = click.argument("file", type=click.Path(path_type=Path))
encoding_option = click.option(
    "--encoding", default=None, metavar="NAME", help=_("The encoding of a CSV file.")
)
operator_option = click.option(
    "--operator", default="", envvar="JIFEN_OPERATOR", metavar="NAME", help=_("Who.")
)


def program_option(*, required: bool) -> Callable[[F], F]:
    return click.option(
        "--program",
        required=required,
        default=None if required else "",
        metavar="ID",
        help=_("The other program."),
    )


def to_file_option(name: str) -> Callable[[F], F]:
    return click.option(
        name,
        "to_file",
        type=click.Path(dir_okay=False, path_type=Path),
        default=None,
        metavar="FILE",
        help=_("Write the CSV file for the other program here."),
    )
