"""Text files as records: what kind a file is, which encoding it has, and its cells row by row.

The kind is told by the first bytes, not by the name; `.gz` is unpacked on the way. The first record
is the header.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Literal, NamedTuple, cast

from console.file_errors import (
    BrokenRow,
    EmptyFile,
    NulByte,
    RowProblem,
    UnclosedQuote,
    UndecodableFile,
    UnknownEncoding,
    UnreadableFile,
)

Kind = Literal["csv", "xlsx", "parquet"]


class Record(NamedTuple):
    """A row of a file before anything is known of its columns.

    `line` is the number of its first line (CSV), its row (xlsx) or its place from 1 under the
    header (Parquet); `cells` are as the file has them; `problem` is why they can't be trusted.
    """

    line: int
    cells: list[Any]
    problem: RowProblem | None = None


_CHUNK: Final = 1 << 20
_GZIP = b"\x1f\x8b"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PARQUET = b"PAR1"
# In a tie the earlier one: a semicolon is likelier inside a name than a comma or a tab.
_DELIMITERS: Final = ",\t;"
# Stands behind the last line: only an open quote can swallow it into a cell.
_END: Final = "\x00end\x00"


def kind_of(path: Path) -> Kind:
    """What the file is. Raises UnreadableFile, EmptyFile."""
    with readable(path), path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise EmptyFile(path=os.fspath(path))
    if start in _WORKBOOKS:
        return "xlsx"
    return "parquet" if start == _PARQUET else "csv"


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the file into an UnreadableFile."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(path=os.fspath(path), reason=f"damaged: {error}") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableFile(path=os.fspath(path), reason=reason) from None


def _opened(path: Path) -> IO[bytes]:
    """The bytes of the file, unpacked where it is gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(IO[bytes], gzip.open(path)) if packed else path.open("rb")


# CSV


def encoding_of_csv(path: Path, wanted: str | None = None) -> str:
    """'utf-8', 'utf-8-sig' (with a byte order mark) or 'gb18030' (GBK too); or `wanted`, checked.

    The whole file is decoded strictly once, so that no row is read of a file that breaks later.
    Raises UndecodableFile, UnknownEncoding, NulByte, UnreadableFile.
    """
    failures: dict[str, int] = {}
    for encoding in [_known(path, wanted)] if wanted else ["utf-8", "gb18030"]:
        with readable(path), _opened(path) as file:
            failure = _first_undecodable(file, encoding)
        if failure is None:
            return "utf-8-sig" if encoding == "utf-8" and _has_mark(path) else encoding
        failures[encoding] = failure
    # The encoding that got further is likelier to be the right one.
    furthest = max(failures, key=failures.__getitem__)
    with readable(path), _opened(path) as file:
        line, column, byte = _place(file, failures[furthest])
    if byte == 0:
        raise NulByte(path=os.fspath(path), line=line)
    raise UndecodableFile(
        path=os.fspath(path), encoding=furthest, line=line, column=column, byte=f"0x{byte:02x}"
    )


def _known(path: Path, encoding: str) -> str:
    """The one name of an encoding of text. Raises UnknownEncoding."""
    try:
        # This refuses the codecs that are no encodings of text, such as rot13.
        "a".encode(encoding)
        codecs.getincrementaldecoder(encoding)
        return codecs.lookup(encoding).name.removesuffix("-sig")
    except (LookupError, ValueError):
        raise UnknownEncoding(path=os.fspath(path), encoding=encoding) from None


def _has_mark(path: Path) -> bool:
    with readable(path), _opened(path) as file:
        return file.read(3) == codecs.BOM_UTF8


def _first_undecodable(file: IO[bytes], encoding: str) -> int | None:
    """Offset of the first byte that `encoding` has no text for, or of a NUL; None: all is text."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    # In these a NUL byte is half of a character.
    wide = encoding.startswith(("utf-16", "utf-32"))
    done = 0
    while True:
        chunk = file.read(_CHUNK)
        pending = len(decoder.getstate()[0])
        nul = -1 if wide else chunk.find(b"\0")
        try:
            decoder.decode(chunk if nul < 0 else chunk[:nul], final=not chunk)
        except UnicodeDecodeError as error:
            return done - pending + error.start
        except UnicodeError:
            return done
        if nul >= 0:
            return done + nul
        if not chunk:
            return None
        done += len(chunk)


def _place(file: IO[bytes], offset: int) -> tuple[int, int, int]:
    """Line and byte in the line, both from 1, and the byte itself."""
    line, line_start, done = 1, 0, 0
    while done < offset:
        chunk = file.read(min(_CHUNK, offset - done))
        line += chunk.count(b"\n")
        if (last := chunk.rfind(b"\n")) >= 0:
            line_start = done + last + 1
        done += len(chunk)
    following = file.read(1)
    return line, offset - line_start + 1, following[0] if following else 0xFF


def csv_records(path: Path, encoding: str) -> Generator[Record, None, None]:
    """The records of a CSV file; blank lines are none. `encoding` as `encoding_of_csv` says."""
    with (
        readable(path),
        _opened(path) as raw,
        io.TextIOWrapper(cast(BinaryIO, raw), encoding=encoding, newline="") as text,
    ):
        skipped = 0
        for header in text:
            if header.strip():
                break
            skipped += 1
        else:
            raise EmptyFile(path=os.fspath(path))
        reader = csv.reader(chain([header], text, [_END]), delimiter=_delimiter(header))
        yield from _parsed(reader, skipped)


def _parsed(reader: Any, skipped: int) -> Iterator[Record]:
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader goes on at the next line: one row is lost, not the file.
            yield Record(line, [], BrokenRow(line=line, reason=str(error)))
            continue
        if cells and cells[-1].endswith(_END):
            if cells == [_END]:
                return
            cells[-1] = cells[-1].removesuffix(_END)
            yield Record(line, cells, UnclosedQuote(line=line))
        elif cells:
            yield Record(line, cells)


def _delimiter(header: str) -> str:
    """The one of comma, tab and semicolon that the header has most of outside quotes."""
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)
