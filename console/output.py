"""One way to print an answer: a list of rows or a single record, in any of the formats.

    table    for a person: labels in their language, aligned, in the program's zone
    json     one JSON document: an array for rows, an object for a record
    ndjson   one JSON object per line
    csv      UTF-8 with a byte order mark, CRLF (RFC 4180), safe to open in a spreadsheet
    xlsx     a workbook, to a file only

Keys are stable and language independent; only `table` shows labels. What each kind of value looks
like is in `console/cells.py`. JSON is UTF-8 where the stream is, else ASCII with escapes, which
every reader takes. Everything but `table` prints rows as they come, in flat memory.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TextIO

import msgspec

from console.cells import Column, plain, shown, visible
from console.file_errors import NeedsFile
from console.tables import drawn
from console.writing import csv_text, encoding_of, fitting, is_terminal, plain_text, width

Format = Literal["table", "json", "ndjson", "csv", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = ("table", "json", "ndjson", "csv", "xlsx")

Rows = Iterable[Mapping[str, Any] | Sequence[Any]]

_encode = msgspec.json.Encoder().encode
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def write_rows(
    rows: Rows,
    columns: Sequence[Column],
    fmt: Format,
    *,
    stream: TextIO | None = None,
    out: Path | None = None,
    zone: dt.tzinfo | None = None,
    title: str | None = None,
    caption: str | None = None,
) -> int:
    """Print rows (mappings by key, or values in the columns' order); gives how many there were.

    To the file `out` if there is one, else to `stream` (standard output). `zone` is the program's;
    without it instants show in UTC. `title` and `caption` stand above and below a table.
    Raises NeedsFile for xlsx without `out`, UnwritableFile, TooManyRows.
    """
    if fmt == "table":
        return _write_table(rows, columns, stream, out, zone, title, caption)
    if fmt in ("json", "ndjson"):
        return _write_json(rows, columns, stream, out, array=fmt == "json")
    flat = [column for column in columns if column.kind != "nested"]
    values = (_values(row, flat, columns) for row in rows)
    if fmt == "csv":
        return _write_csv(values, flat, stream, out, zone)
    if out is None:
        raise NeedsFile(format=fmt)
    from console.sheets import write_workbook

    return write_workbook(values, flat, out, zone=zone, title=title)


def write_record(
    record: Mapping[str, Any],
    columns: Sequence[Column],
    fmt: Format,
    *,
    stream: TextIO | None = None,
    out: Path | None = None,
    zone: dt.tzinfo | None = None,
    title: str | None = None,
    caption: str | None = None,
) -> None:
    """Print one record: a line per field as a table, one object as JSON, one row as CSV or xlsx.

    The arguments are those of `write_rows`. Loads no table library. A field that is None has no
    line in the table.
    """
    if fmt == "table":
        with plain_text(stream, out) as sink:
            encoding = encoding_of(sink)
            for line in _record_lines(record, columns, zone, title, caption):
                sink.write(fitting(line, encoding) + "\n")
    elif fmt == "json":
        with plain_text(stream, out) as sink:
            sink.write(_json(record, columns, ascii_only=_needs_ascii(sink)) + "\n")
    else:
        write_rows([record], columns, fmt, stream=stream, out=out, zone=zone, title=title)


def _record_lines(
    record: Mapping[str, Any],
    columns: Sequence[Column],
    zone: dt.tzinfo | None,
    title: str | None,
    caption: str | None,
) -> Iterator[str]:
    fields = [c for c in columns if c.kind != "nested" and record.get(c.key) is not None]
    margin = max((width(c.label) for c in fields), default=0) + 2
    if title:
        yield visible(title)
    for column in fields:
        gap = " " * (margin - width(column.label))
        yield f"{column.label}{gap}{shown(record[column.key], column, zone)}"
    if caption:
        yield visible(caption)


def _values(
    row: Mapping[str, Any] | Sequence[Any], wanted: Sequence[Column], columns: Sequence[Column]
) -> list[Any]:
    """The row's values for the wanted columns, a mapping's missing key as None."""
    if isinstance(row, Mapping):
        return [row.get(column.key) for column in wanted]
    if len(wanted) == len(columns):
        return list(row)
    return [v for v, column in zip(row, columns, strict=True) if column.kind != "nested"]


# JSON


def _write_json(
    rows: Rows, columns: Sequence[Column], stream: TextIO | None, out: Path | None, *, array: bool
) -> int:
    count = 0
    with plain_text(stream, out) as sink:
        ascii_only = _needs_ascii(sink)
        for count, row in enumerate(rows, start=1):
            line = _json(row, columns, ascii_only=ascii_only)
            opening = "[\n" if count == 1 else ",\n"
            sink.write(f"{opening}{line}" if array else f"{line}\n")
        if array:
            sink.write("\n]\n" if count else "[]\n")
    return count


def _json(
    row: Mapping[str, Any] | Sequence[Any], columns: Sequence[Column], *, ascii_only: bool
) -> str:
    values = _values(row, columns, columns)
    pairs = zip(values, columns, strict=True)
    text = _encode({column.key: plain(value, column) for value, column in pairs}).decode()
    return _NOT_ASCII.sub(_escaped, text) if ascii_only and not text.isascii() else text


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _needs_ascii(sink: TextIO) -> bool:
    return encoding_of(sink) != "utf-8"


# CSV


def _write_csv(
    rows: Iterable[Sequence[Any]],
    columns: Sequence[Column],
    stream: TextIO | None,
    out: Path | None,
    zone: dt.tzinfo | None,
) -> int:
    import csv

    from console.armour import csv_cell

    count = 0
    with csv_text(stream, out) as sink:
        # Text on its way to a terminal is the only kind that the encoding may fail.
        terminal = encoding_of(sink) if out is None and is_terminal(sink) else None
        line = io.StringIO()
        # CRLF: the writer quotes a lone CR only where that is the line end.
        writer = csv.writer(line, lineterminator="\r\n")
        writer.writerow([column.sheet_key for column in columns])
        for row in rows:
            count += 1
            _move(line, sink, terminal)
            writer.writerow([csv_cell(v, c, zone) for v, c in zip(row, columns, strict=True)])
        _move(line, sink, terminal)
    return count


def _move(line: io.StringIO, sink: TextIO, terminal: str | None) -> None:
    """Send on what `line` holds and empty it."""
    text = line.getvalue()
    sink.write(fitting(text, terminal) if terminal else text)
    line.seek(0)
    line.truncate()


# Tables


def _write_table(
    rows: Rows,
    columns: Sequence[Column],
    stream: TextIO | None,
    out: Path | None,
    zone: dt.tzinfo | None,
    title: str | None,
    caption: str | None,
) -> int:
    flat = [column for column in columns if column.kind != "nested"]
    with plain_text(stream, out) as sink:
        encoding = encoding_of(sink)
        cells = [
            [fitting(shown(v, c, zone), encoding) for v, c in zip(values, flat, strict=True)]
            for values in (_values(row, flat, columns) for row in rows)
        ]
        if title:
            sink.write(fitting(visible(title), encoding) + "\n")
        sink.write(drawn(cells, flat, encoding, terminal=is_terminal(sink)))
        if caption:
            sink.write(fitting(visible(caption), encoding) + "\n")
    return len(cells)
