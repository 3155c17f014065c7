"""What can be wrong with a file that is read or written, each with a stable code.

FileProblem                 fields: path, and what else the template names
├── UnreadableFile          missing, a folder, not permitted, damaged
├── UnwritableFile          no folder, not permitted, already there
├── EmptyFile, NoRows       nothing in it, nothing under its header
├── UndecodableFile         a byte that is in none of the encodings tried
├── UnknownEncoding         an encoding by a name that there is not
├── NulByte                 not a text table at all
├── UnknownSheet            a workbook without that sheet
├── DuplicateColumn         one header twice
├── BadRow, LacksColumn, NoTotals,
│   TotalsDiffer,
│   WrongParties            a file between programs, which is taken whole or not at all
├── TooManyRows             more than a sheet holds
└── NeedsFile               a format that is no text goes to a file, not to a terminal
RowProblem                  one row that can't be read; the rows around it can
├── RaggedRow, UnclosedQuote, BrokenRow
└── DamagedNumber           an identifier of which a spreadsheet kept 15 digits
MappingProblem              --map and the file's columns don't meet
└── MalformedMapping, UnknownField, UnknownColumn, AmbiguousColumn, MissingColumn
"""

from __future__ import annotations

from schemas.errors import InvalidInput


class FileProblem(InvalidInput):
    """Fields: path."""

    code = "file_problem"


class UnreadableFile(FileProblem):
    """Fields: path, reason."""

    code = "unreadable_file"
    template = "{path} can't be read: {reason}"
    hint = "give a CSV, xlsx or Parquet file that you may read"


class UnwritableFile(FileProblem):
    """Fields: path, reason."""

    code = "unwritable_file"
    template = "{path} can't be written: {reason}"
    hint = "give another path, in a folder that exists and that you may write to"


class EmptyFile(FileProblem):
    """Fields: path."""

    code = "empty_file"
    template = "{path} is empty"
    hint = "the file needs a header line and at least one row"


class NoRows(FileProblem):
    """Fields: path."""

    code = "no_rows"
    template = "{path} has a header and no rows"
    hint = "the file needs at least one row under its header line"


class UndecodableFile(FileProblem):
    """Fields: path, encoding (that got furthest), line, column (a byte's, both from 1), byte."""

    code = "undecodable_file"
    template = "{path}, line {line}, byte {column}: {byte} is not {encoding} text"
    hint = "name the file's encoding with --encoding, or save it as UTF-8"


class UnknownEncoding(FileProblem):
    """Fields: path, encoding."""

    code = "unknown_encoding"
    template = "there is no encoding {encoding!r}"
    hint = "write utf-8, gb18030 or another name that Python knows"


class NulByte(FileProblem):
    """Fields: path, line."""

    code = "nul_byte"
    template = "{path}, line {line}: a NUL byte; this is no CSV text"
    hint = "save it as CSV in UTF-8; for the Unicode text of a spreadsheet add --encoding utf-16"


class UnknownSheet(FileProblem):
    """Fields: path, sheet, sheets (the names that there are)."""

    code = "unknown_sheet"
    template = "{path} has no sheet {sheet!r}; its sheets: {sheets}"
    hint = "name one of the sheets, or none for the first"


class DuplicateColumn(FileProblem):
    """Fields: path, column."""

    code = "duplicate_column"
    template = "{path} has the column {column!r} twice"
    hint = "give each column a name of its own"


class TooManyRows(FileProblem):
    """Fields: path, limit."""

    code = "too_many_rows"
    template = "{path}: a sheet holds {limit} rows, and there are more"
    hint = "use --format csv, or ask for fewer rows"


class NeedsFile(FileProblem):
    """Fields: format."""

    code = "needs_file"
    template = "{format} goes to a file, not to the terminal or a pipe"
    hint = "say where with --out, or use --format csv"


class BadRow(FileProblem):
    """Fields: path, line, reason."""

    code = "bad_row"
    template = "{path}, line {line}: {reason}; nothing of the file was taken"
    hint = "ask the other program for the file once more"


class LacksColumn(FileProblem):
    """Fields: path, column, columns (all, as text)."""

    code = "lacks_column"
    template = "{path} has no column {column!r}; its columns: {columns}"
    hint = "nothing of the file was taken; ask the other program for it once more"


class NoTotals(FileProblem):
    """Fields: path."""

    code = "no_totals"
    template = "{path} has no line of control totals: it may be cut off"
    hint = "its last line reads #,rows,sum; ask the other program for the file once more"


class TotalsDiffer(FileProblem):
    """Fields: path, what (rows or theirs), told, found."""

    code = "totals_differ"
    template = "{path}: {what} are {told} by the control totals, and {found} in the file"
    hint = "nothing of the file was taken; ask the other program for it once more"


class WrongParties(FileProblem):
    """Fields: path, sender, receiver (as the file says), wanted_sender, wanted_receiver."""

    code = "wrong_parties"
    template = (
        "{path} is from {sender!r} to {receiver!r},"
        " and what is read here is from {wanted_sender!r} to {wanted_receiver!r}"
    )
    hint = "nothing of the file was taken; look at --program, --store and the file"


class RowProblem(InvalidInput):
    """One row that can't be read. Fields: line."""

    code = "row_problem"
    hint = "mend the row and import the rejects file"


class RaggedRow(RowProblem):
    """Fields: line, expected, found."""

    code = "ragged_row"
    template = "the row has {found} cells, the header {expected}"
    hint = "put a cell with a comma into quotes, or remove the surplus"


class UnclosedQuote(RowProblem):
    """Fields: line."""

    code = "unclosed_quote"
    template = "a quote is opened in the row that begins on line {line} and is never closed"
    hint = "close the quote; the rows after it were taken for a part of it"


class BrokenRow(RowProblem):
    """Fields: line, reason."""

    code = "broken_row"
    template = "the row on line {line} can't be read: {reason}"


class DamagedNumber(RowProblem):
    """Fields: text."""

    code = "damaged_number"
    template = "{text} was a longer number: a spreadsheet keeps 15 digits"
    hint = "make the column text before the numbers are pasted into it, and export again"


class MappingProblem(InvalidInput):
    """--map and the columns of the file don't meet."""

    code = "mapping_problem"


class MalformedMapping(MappingProblem):
    """Fields: text, reason."""

    code = "malformed_mapping"
    template = "--map {text!r}: {reason}"
    hint = "write --map field=column, once for each field"


class UnknownField(MappingProblem):
    """Fields: field, near, fields."""

    code = "unknown_field"
    template = "there is no field {field!r} to fill; the fields: {fields}"
    hint = "write --map field=column with one of the fields"


class UnknownColumn(MappingProblem):
    """Fields: field, column, near (names), columns (all, as text)."""

    code = "unknown_column"
    template = "the file has no column {column!r} for {field}; nearest: {near}; all: {columns}"
    hint = "write --map field=column with a column of the file"


class AmbiguousColumn(MappingProblem):
    """Fields: field, columns."""

    code = "ambiguous_column"
    template = "{field} could be any of the columns {columns}"
    hint = "choose one with --map field=column"


class MissingColumn(MappingProblem):
    """Fields: field, columns, aliases."""

    code = "missing_column"
    template = "no column is {field}; the file has: {columns}"
    hint = "name it with --map field=column"
