"""Writes `docs/cli.md` from the commands' own help.

python -m console.reference            write it
python -m console.reference --check    exit with 1 when it is not fresh
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from console.root import root

FILE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
_HEAD = """# Commands

Written by `make docs` from the commands' own help; not to be edited by hand.

Exit status: 0 done · 1 findings · 2 usage · 3 rejected · 4 the store can't be read or is busy ·
5 a failure of ours, with the trace in a file · 130 stopped with Ctrl-C.
"""


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command with its full name and a context to ask for its help, groups included."""
    settings = {**root.context_settings, "terminal_width": 80}
    yield from _below(root, click.Context(root, info_name="jifen", **settings))


def _below(
    command: click.Command, ctx: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    yield ctx.command_path, command, ctx
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            if below is not None:
                child = click.Context(below, info_name=name, parent=ctx, terminal_width=80)
                yield from _below(below, child)


def text() -> str:
    """The whole reference."""
    parts = [_HEAD]
    for name, command, ctx in commands():
        parts.append(f"\n## {name}\n\n```\n{command.get_help(ctx)}\n```\n")
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """The command."""
    fresh = text()
    if "--check" not in arguments:
        FILE.write_text(fresh, encoding="utf-8")
        return 0
    if FILE.is_file() and FILE.read_text(encoding="utf-8") == fresh:
        return 0
    sys.stderr.write("docs/cli.md is not fresh: run make docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
