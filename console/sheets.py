"""Answers as an xlsx workbook: identifiers are text, numbers are numbers, nothing is a formula."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cells import NUMERIC, Column, number
from console.file_errors import TooManyRows
from console.writing import replacing, unwritable

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS: Final = 1_048_575
"""Rows under the header that a sheet holds."""

_MAX_TEXT: Final = 32_767
_MAX_EXACT: Final = 10**15
_WIDTHS: Final = {"text": 24, "identifier": 20, "instant": 20, "flag": 8}


def write_workbook(
    rows: Iterable[Sequence[Any]],
    columns: Sequence[Column],
    out: Path,
    *,
    zone: dt.tzinfo | None = None,
    title: str | None = None,
) -> int:
    """Write the rows (values in the columns' order) to `out`; gives how many there were.

    An instant becomes the wall time of `zone`, since a sheet knows no zones. Memory is that of
    one row. Raises TooManyRows, UnwritableFile; the file then stays as it was.
    """
    # Loaded here: whoever prints text does without it.
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with replacing(out) as part:
        # A path that can't be written is found out before any work is done for it.
        part.touch()
        options = {"constant_memory": True, "strings_to_formulas": False}
        book = xlsxwriter.Workbook(os.fspath(part), options)
        try:
            sheet = book.add_worksheet(_sheet_name(title))
            formats = [book.add_format({"num_format": _num_format(c)}) for c in columns]
            heading = book.add_format({"bold": True, "num_format": "@"})
            count = _fill(sheet, rows, columns, formats, heading, zone, out)
        finally:
            # Closed in any case: it holds temporary files until then.
            try:
                book.close()
            except FileCreateError as error:
                cause = error.args[0] if error.args else error
                raise unwritable(out, _as_os_error(cause)) from None
    return count


def _as_os_error(cause: object) -> OSError:
    return cause if isinstance(cause, OSError) else OSError(str(cause))


def _fill(
    sheet: Worksheet,
    rows: Iterable[Sequence[Any]],
    columns: Sequence[Column],
    formats: Sequence[Format],
    heading: Format,
    zone: dt.tzinfo | None,
    out: Path,
) -> int:
    for place, (column, form) in enumerate(zip(columns, formats, strict=True)):
        sheet.set_column(place, place, _WIDTHS.get(column.kind, 14), form)
        sheet.write_string(0, place, column.sheet_key, heading)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise TooManyRows(path=os.fspath(out), limit=MAX_ROWS)
        for place, (value, column, form) in enumerate(zip(row, columns, formats, strict=True)):
            if value is not None:
                _write_cell(sheet, count, place, value, column, form, zone)
    return count


def _write_cell(
    sheet: Worksheet,
    row: int,
    place: int,
    value: Any,
    column: Column,
    form: Format,
    zone: dt.tzinfo | None,
) -> None:
    kind = column.kind
    if kind in NUMERIC and abs(quantity := number(value, column)) < _MAX_EXACT:
        sheet.write_number(row, place, quantity, form)
    elif kind == "flag":
        sheet.write_boolean(row, place, value, form)
    elif kind == "day" and value.year >= 1900:
        sheet.write_datetime(row, place, value, form)
    elif kind == "instant":
        wall = value.astimezone(zone or dt.UTC).replace(tzinfo=None)
        sheet.write_datetime(row, place, wall, form)
    else:
        sheet.write_string(row, place, str(value)[:_MAX_TEXT], form)


def _num_format(column: Column) -> str:
    """A spreadsheet's name for how the column's cells look; '@' is text."""
    if column.kind in {"points", "money"} and column.decimals:
        return "#,##0." + "0" * column.decimals
    return {
        "points": "#,##0",
        "money": "#,##0",
        "integer": "#,##0",
        "percent": "0.0%",
        "number": "General",
        "flag": "General",
        "day": "yyyy-mm-dd",
        "instant": "yyyy-mm-dd hh:mm:ss",
    }.get(column.kind, "@")


def _sheet_name(title: str | None) -> str | None:
    """The title without the signs that a sheet's name may not have, at most 31 characters."""
    if title is None:
        return None
    return "".join(c for c in title if c not in "[]:*?/\\").strip(" '")[:31] or None
