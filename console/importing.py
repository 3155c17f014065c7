"""What every import of a file has in common: the preview, the counts, the rejects."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console import failures
from console.posting import Tally, post_rows
from console.progress import progress
from console.rejects import Rejects, rejects_path
from console.row_count import expected_rows
from console.words import _
from console.writing import encoding_of, fitting

if TYPE_CHECKING:
    from console.tabular import Row, Table
    from ledger import Ledger
    from schemas.commands import MemberCommand
    from schemas.program import Program

_KEPT_IN_MIND: Final = 20_000
_MAY_BE_PHONES: Final = frozenset({"member", "phone"})


def import_rows(
    ledger: Ledger,
    table: Table,
    command_of: Callable[[Row], MemberCommand],
    tally: Tally,
    *,
    enrol: bool = False,
    rejects_file: Path | None = None,
    quiet: bool = False,
) -> None:
    """Post the rows of an open table, telling a person on standard error; `tally` has the counts.

    `rejects_file` is where rejected rows go; beside the table's file unless told otherwise.
    """
    where = rejects_file or rejects_path(table.path)
    with Rejects(where, table.columns) as rejects, reporting(tally, table, ledger.program):
        rows = expected_rows(table.path, table.kind)
        with progress(_("importing"), rows, _("rows"), quiet=quiet) as bar:
            post_rows(
                ledger, command_of, table.rows, rejects, tally, enrol=enrol, advance=bar.advance
            )
    tell_rejects(rejects)


def finding(ledger: Ledger) -> Callable[[str, Any], str]:
    """Gives the member that a text means as a "card" or "phone", or as any of them for None.

    Some thousands are kept in mind.
    """

    @lru_cache(maxsize=_KEPT_IN_MIND)
    def find(text: str, by: Any) -> str:
        return ledger.resolve(text, by=by).member

    return find


def preview(table: Table, mapping: dict[str, str]) -> None:
    """Which encoding and columns were taken, and what the first rows say (EASE 8)."""
    kind = table.kind if table.encoding is None else f"{table.kind}, {table.encoding}"
    failures.say(f"{table.path} ({kind})")
    failures.say("  " + ", ".join(f"{field} = {column}" for field, column in mapping.items()))
    from ledger.card_numbers import masked
    from ledger.phones import masked_text

    for row in table.preview(3):
        cells = {field: str(row.values.get(column)) for field, column in mapping.items()}
        for field in _MAY_BE_PHONES & cells.keys():
            cells[field] = masked_text(cells[field])
        if "card" in cells:
            cells["card"] = masked(cells["card"])
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
    tally.repaired = table.repaired
    seconds = max(time.monotonic() - started, 1e-9)
    lines = [tally.counts(), tally.sums(program, seconds), *tally.remarks(program)]
    # A reason may quote what the file has.
    sys.stdout.write(fitting("".join(f"{line}\n" for line in lines), encoding_of(sys.stdout)))
