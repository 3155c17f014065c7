"""Tables that people hand in: CSV, xlsx and Parquet behind one reader (EASE 8).

    with open_table(Path("june.csv")) as table:
        table.columns                    ["会员号", "金额"]
        table.preview(3)                 the first rows, still to be read
        for row in table.rows:
            row.problem                  None, or why the row can't be read
            table.identifier(row.values["会员号"])    "00001"

A rejects file (console/rejects.py) is read as it is: its `jifen_*` columns are not columns of the
table, and a row's line is the one that it had in the file it came from.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from console.armour import bared
from console.file_errors import (
    DamagedNumber,
    DuplicateColumn,
    EmptyFile,
    NoRows,
    RaggedRow,
    RowProblem,
    UnknownSheet,
    UnreadableFile,
)
from console.read_files import Kind, Record, csv_records, encoding_of_csv, kind_of

Value = str | int | Decimal | dt.date | dt.datetime | None

LINE, CODE, REASON, MEND = "jifen_line", "jifen_code", "jifen_reason", "jifen_mend"
EXTRA_COLUMNS: Final = (LINE, CODE, REASON, MEND)

_FLOATED = re.compile(r"([0-9]+)\.0+")
_SPREADSHEET_DIGITS: Final = 15
_ARMOUR: Final = ("=", "'")


class Row(NamedTuple):
    """One row: where it stands, its values by column, its cells as they were, what is wrong.

    `values` are trimmed, an empty cell is None; it is empty where `problem` is set. `cells` are
    for the rejects file. A ragged row has more or fewer cells than the table has columns.
    """

    line: int
    values: dict[str, Value]
    cells: Sequence[Value]
    problem: RowProblem | None = None


class Table:
    """An open table; a context manager. `rows` can be read once.

    `encoding` is None unless `kind` is 'csv'; `repaired` counts what `identifier` repaired.
    """

    def __init__(self, path: Path, kind: Kind, encoding: str | None, records: Records) -> None:
        self.path = path
        self.kind: Kind = kind
        self.encoding = encoding
        self.repaired = 0
        self._records = records
        try:
            header = next(records, None)
            if header is None:
                raise EmptyFile(path=os.fspath(path))
            if header.problem is not None:
                raise UnreadableFile(path=os.fspath(path), reason=str(header.problem))
            self._names = _names(header.cells, path)
            self._extra = {n: i for i, n in enumerate(self._names) if n in EXTRA_COLUMNS}
            self.columns = [name for name in self._names if name not in self._extra]
            self._ahead: deque[Row] = deque()
            self._coming = self._read()
            if not self.preview(1):
                raise NoRows(path=os.fspath(path))
        except BaseException:
            records.close()
            raise

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
        """Close the file; closing twice is fine."""
        self._coming.close()
        self._records.close()

    def preview(self, count: int) -> list[Row]:
        """The first `count` rows that were not read yet, which `rows` will still give."""
        while len(self._ahead) < count:
            row = next(self._coming, None)
            if row is None:
                break
            self._ahead.append(row)
        return list(self._ahead)[:count]

    @property
    def rows(self) -> Iterator[Row]:
        """The rows in order; those with a problem among them. Rows of empty cells are skipped."""
        while self._ahead:
            yield self._ahead.popleft()
        yield from self._coming

    def identifier(self, value: Value) -> str | None:
        """`value` as an identifier's text; what a spreadsheet made a float of is repaired, counted.

        Raises DamagedNumber where digits are lost for good.
        """
        if isinstance(value, str):
            if floated := _FLOATED.fullmatch(value):
                self.repaired += 1
                return floated[1]
            return value
        if isinstance(value, Decimal) and value == value.to_integral_value():
            if abs(value) >= 10**_SPREADSHEET_DIGITS:
                raise DamagedNumber(text=cell_text(value))
            self.repaired += 1
            return str(int(value))
        return None if value is None else cell_text(value)

    def _read(self) -> Generator[Row, None, None]:
        tidy = _tidy_csv if self.kind == "csv" else _tidy
        for record in self._records:
            # `any` alone would take a sheet's zeros for nothing; it is the quick answer.
            if record.problem is None and not any(record.cells) and _blank(record.cells):
                continue
            yield self._row(record, tidy)

    def _row(self, record: Record, tidy: Callable[[list[Any]], list[Value]]) -> Row:
        line, cells, problem = record
        if problem is not None:
            return Row(line, {}, self._own(cells), problem)
        found = len(cells)
        expected = len(self._names)
        if found > expected and not any(cells[expected:]):
            # Empty cells behind the last column: a comma at the line's end.
            del cells[expected:]
        elif found != expected:
            line = self._original_line(cells, line)
            problem = RaggedRow(line=line, expected=expected, found=found)
            return Row(line, {}, self._own(cells), problem)
        if self._extra:
            line = self._original_line(cells, line)
            cells = self._own(cells)
        return Row(line, dict(zip(self.columns, tidy(cells), strict=True)), cells)

    def _own(self, cells: list[Any]) -> list[Any]:
        """The cells without those that a rejects file added."""
        extra = set(self._extra.values())
        return [cell for place, cell in enumerate(cells) if place not in extra] if extra else cells

    def _original_line(self, cells: list[Any], line: int) -> int:
        place = self._extra.get(LINE, len(cells))
        text = cell_text(cells[place]).strip() if place < len(cells) else ""
        # A person may have emptied it: then the line in this file must do.
        return int(text) if text.isascii() and text.isdigit() else line


Records = Generator[Record, None, None]


def open_table(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Table:
    """Open a CSV, CSV.gz, xlsx or Parquet file.

    `encoding` is for CSV (else told by a strict look at the whole file), `sheet` for workbooks.
    Raises a FileProblem.
    """
    kind = kind_of(path)
    if kind == "csv":
        if sheet is not None:
            raise UnknownSheet(path=os.fspath(path), sheet=sheet, sheets="")
        encoding = encoding_of_csv(path, encoding)
        return Table(path, kind, encoding, csv_records(path, encoding))
    # Loaded here: whoever reads CSV does without them.
    from console.read_books import parquet_records, workbook_records

    records = workbook_records(path, sheet) if kind == "xlsx" else parquet_records(path)
    return Table(path, kind, None, records)


def cell_text(value: Value) -> str:
    """A value as exact text: '12.35', '2026-06-30', '' for None. No exponent, no binary dust."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def clean_name(text: str) -> str:
    """A column's name: narrow forms for wide ones, no space around it, one line."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _names(cells: Sequence[Any], path: Path) -> list[str]:
    names = [
        clean_name(bared(cell_text(cell))) or f"column_{place}"
        for place, cell in enumerate(cells, start=1)
    ]
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DuplicateColumn(path=os.fspath(path), column=name)
        seen.add(name)
    return names


def _blank(cells: list[Any]) -> bool:
    return all(cell is None or cell == "" for cell in cells)


def _tidy(cells: list[Any]) -> list[Value]:
    return [(cell.strip() or None) if isinstance(cell, str) else cell for cell in cells]


def _tidy_csv(cells: list[str]) -> list[Value]:
    return [(bared(cell) if cell[:1] in _ARMOUR else cell).strip() or None for cell in cells]
