"""`jifen demo`: a real purchase history through the whole of it, for a person to look at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from console.words import _
from schemas.errors import InvalidInput

_DATA = Path(__file__).resolve().parent.parent / "examples" / "cdnow"
_FILE = "cdnow_master.csv.gz"
_MAPPING = ("member=customer_id", "amount=dollar_value", "occurred_at=date")
_LAST_DAY = "1998-06-30"


class NoDemoData(InvalidInput):
    """Fields: path."""

    code = "no_demo_data"
    template = "the purchase history is not at {path}"
    hint = "run it from a checkout of the project, or name the folder with --data"


class DemoStoreExists(InvalidInput):
    """Fields: path."""

    code = "demo_store_exists"
    template = "{path} is there already"
    hint = "name another folder with --folder, or start over with --again"


@click.command(
    help=_(
        """Look around in a real purchase history.

        Imports the 69,659 purchases of CDNOW under a made-up program.

        \b
        Examples:
          jifen demo
          jifen demo --folder /tmp/demo --again"""
    )
)
@click.option(
    "--folder",
    default="demo-store",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help=_("Where the store is made."),
)
@click.option("--again", is_flag=True, help=_("Start over when it is there already."))
@click.option(
    "--data",
    default=_DATA,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help=_("Where the purchase history is."),
)
@click.option(
    "--member", default="00051", show_default=True, metavar="MEMBER", help=_("Whom to show.")
)
def demo(folder: Path, again: bool, data: Path, member: str) -> None:
    """See the command's help."""
    from console.root import root

    data = Path(os.path.relpath(data))
    source = data / _FILE
    if not source.is_file():
        raise NoDemoData(path=str(source))
    store = folder / "cdnow.db"
    _make_room(folder, store, again=again)
    mapping = [word for pair in _MAPPING for word in ("--map", pair)]
    steps: list[list[str]] = [
        ["init", "--program", str(data / "program.toml")],
        ["import", "purchases", str(source), "--source", "cdnow", "--enrol", *mapping],
        ["balance", member],
        ["tier", member],
        ["statement", member],
        ["tier"],
        ["rfm", "--as-of", _LAST_DAY],
        ["verify"],
    ]
    for step in steps:
        _show(step, store)
        root.main([*step, "--store", str(store)], prog_name="jifen", standalone_mode=False)
    click.echo()
    click.echo(_("Look further:"))
    click.echo(f'  jifen query "SELECT * FROM balances LIMIT 5" --store {store}')


def _make_room(folder: Path, store: Path, *, again: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    leftovers = sorted(folder.glob(f"{store.name}*"))
    if leftovers and not again:
        raise DemoStoreExists(path=str(store))
    for path in leftovers:
        path.unlink()


def _show(step: list[str], store: Path) -> None:
    words = " ".join(f'"{word}"' if " " in word else word for word in step)
    click.echo()
    click.secho(f"$ jifen {words} --store {store}", bold=sys.stdout.isatty())
