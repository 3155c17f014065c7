"""Workbooks and Parquet files as records; the first record is the header.

A number that a spreadsheet held comes as a Decimal, for there every number is a float: 1234.0 is
Decimal("1234") and 12.35 is Decimal("12.35"), never the binary fraction behind it. A whole-number
column of Parquet comes as int.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Generator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from console.file_errors import EmptyFile, UnknownSheet, UnreadableFile
from console.read_files import Record, readable

_BATCH_ROWS: Final = 8192


def workbook_records(path: Path, sheet: str | None = None) -> Generator[Record, None, None]:
    """The rows of `sheet` (None: the first that is visible) by their numbers; blank rows are none.

    The library holds the sheet in memory. Raises UnreadableFile, UnknownSheet, EmptyFile.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with readable(path):
        try:
            with CalamineWorkbook.from_path(path) as book:
                names = [
                    s.name
                    for s in book.sheets_metadata
                    if s.typ == SheetTypeEnum.WorkSheet
                    and (s.visible == SheetVisibleEnum.Visible or s.name == sheet)
                ]
                wanted = sheet if sheet is not None else next(iter(names), "")
                if wanted not in names:
                    raise UnknownSheet(path=os.fspath(path), sheet=wanted, sheets=", ".join(names))
                rows = book.get_sheet_by_name(wanted).iter_rows()
        except CalamineError as error:
            raise UnreadableFile(path=os.fspath(path), reason=str(error)) from None
    found = False
    for number, cells in enumerate(rows, start=1):
        if any(cell != "" for cell in cells):
            found = True
            yield Record(number, [_from_sheet(cell) for cell in cells])
    if not found:
        raise EmptyFile(path=os.fspath(path))


def _from_sheet(cell: Any) -> Any:
    if isinstance(cell, str | dt.date):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        # 15 digits are what a spreadsheet computes with and shows: =0.1+0.2 is 0.3.
        return Decimal(format(cell, ".15g")) if math.isfinite(cell) else ""
    return cell.isoformat() if isinstance(cell, dt.time) else str(cell)


def parquet_records(path: Path) -> Generator[Record, None, None]:
    """The rows of a Parquet file, counted from 1; the header is record 0, None an empty cell.

    Raises UnreadableFile.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with readable(path):
        try:
            with pq.ParquetFile(path) as file:
                yield Record(0, list(file.schema_arrow.names))
                line = 0
                for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                    columns = [_column(column, pa) for column in batch.columns]
                    for cells in zip(*columns, strict=True):
                        line += 1
                        yield Record(line, list(cells))
        except pa.ArrowException as error:
            reason = str(error).splitlines()[0]
            raise UnreadableFile(path=os.fspath(path), reason=reason) from None


def _column(column: Any, pa: Any) -> list[Any]:
    """A column of a batch as Python values: str, int, Decimal, date, datetime or None."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        # Nanoseconds have no place in a datetime.
        return list(column.cast(pa.timestamp("us", kind.tz), safe=False).to_pylist())
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return [None if value is None else int(value) for value in column.to_pylist()]
    convert = _CONVERSIONS.get(str(kind)) or _as_it_is_or_text
    return [None if value is None else convert(value) for value in column.to_pylist()]


def _from_float(value: float) -> Decimal | None:
    return Decimal(repr(value)) if math.isfinite(value) else None


def _as_it_is_or_text(value: Any) -> Any:
    return value if isinstance(value, str | int | Decimal | dt.date) else str(value)


_CONVERSIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "bool": lambda value: str(value).upper(),
    "double": _from_float,
    # The shortest digits of a float are those of its own 32 bits, not of the 64 it is lifted to.
    "float": lambda value: _from_float(float(f"{value:.7g}")),
    "halffloat": lambda value: _from_float(float(f"{value:.4g}")),
    "binary": lambda value: value.decode("utf-8", "replace"),
}
