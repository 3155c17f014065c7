"""The rejects file: the rows that did not land, as they were, with why and how to mend (EASE 9).

CSV in UTF-8 with a byte order mark: the original columns, then `jifen_line, jifen_code,
jifen_reason, jifen_mend`. Mended or not, `open_table` reads it as it is. A cell keeps its text but
for an apostrophe before what a spreadsheet would run, which the reader takes away again; a ragged
row's surplus cells stand behind the four.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO

from console.armour import bared, neutralised
from console.file_errors import UnwritableFile
from console.tabular import EXTRA_COLUMNS, Row, cell_text
from console.words import advice, explain, marked
from console.writing import unwritable
from schemas.errors import JifenError

_SIGNED_NUMBER: Final = re.compile(r"[+-][0-9][0-9,]*(\.[0-9]+)?%?")
_EXISTS = marked("it is there already and may hold what you mended")


def rejects_path(source: Path) -> Path:
    """A path that is free, beside `source`: june.rejects.csv, then june.rejects-2.csv."""
    stem = source.name.split(".")[0] or source.name
    names = (f"{stem}.rejects{f'-{n}' if n > 1 else ''}.csv" for n in count(1))
    return next(path for name in names if not (path := source.with_name(name)).exists())


class Rejects:
    """Rejected rows on their way to `path`; a context manager. No row, no file.

    Each row is with the operating system when `write` returns, so a killed process leaves whole
    rows. A file that is there is never written over. `count` is how many rows were rejected.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = list(columns)
        self.count = 0
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if there is one; closing twice is fine."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def write(self, row: Row, error: JifenError) -> None:
        """Reject a row for `error`. Raises UnwritableFile."""
        if self._writer is None:
            self._begin()
        cells = [_guarded(cell_text(cell)) for cell in row.cells]
        width = len(self.columns)
        own = cells[:width] + [""] * (width - len(cells))
        added = [str(row.line), error.code, _guarded(explain(error)), _guarded(advice(error))]
        try:
            self._writer.writerow([*own, *added, *cells[width:]])
        except OSError as failure:
            raise unwritable(self.path, failure) from None
        self.count += 1

    def _begin(self) -> None:
        try:
            # "x": whoever mended an earlier rejects file must not lose it.
            self._file = self.path.open("x", encoding="utf-8-sig", newline="", buffering=1)
            self._writer = csv.writer(self._file, lineterminator="\r\n")
            self._writer.writerow([*map(_guarded, self.columns), *EXTRA_COLUMNS])
        except FileExistsError:
            raise UnwritableFile(path=os.fspath(self.path), reason=_EXISTS) from None
        except OSError as failure:
            raise unwritable(self.path, failure) from None


def _guarded(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would run it.

    Left alone: a signed number, and what is guarded already; `bared` gives the same text for both.
    """
    if cell[:1] == "'" or _SIGNED_NUMBER.fullmatch(cell) or bared(cell) != cell:
        return cell
    return neutralised(cell)
