"""Where text goes: a stream in the encoding that it happens to have, or a file of our own.

A terminal that can't show a character gets a question mark, never a crash. A file is written
beside its place and moved there when it is complete, so that a broken run leaves none. A store or
a warehouse is never written over: a slip of the hand would be the end of the ledger.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from console.file_errors import UnwritableFile
from console.words import marked


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at the stream."""
    return not stream.closed and stream.isatty()


def encoding_of(stream: TextIO) -> str:
    """The stream's encoding by its one name ('utf-8', 'gbk'); utf-8 where it has none."""
    return codecs.lookup(getattr(stream, "encoding", None) or "utf-8").name


def fitting(text: str, encoding: str) -> str:
    """`text` with a question mark for each character that `encoding` lacks."""
    return text.encode(encoding, "replace").decode(encoding)


def has(encoding: str, text: str) -> bool:
    """Whether `encoding` has every character of `text`."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def width(text: str) -> int:
    """Columns of a terminal that `text` takes: a Chinese character two, a combining mark none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; what was written there becomes `path` when the block ends well.

    A pipe or a device is written to itself: nothing may take its place. Raises UnwritableFile for
    what the file system refuses, and for a database.
    """
    place = Path(os.path.realpath(path))
    part = place.with_name(f".{place.name}.part")
    try:
        if place.exists() and not place.is_file():
            yield place
            return
        if _is_database(place):
            raise UnwritableFile(path=os.fspath(path), reason=marked("it is a database"))
        yield part
        part.replace(place)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        part.unlink(missing_ok=True)


def _is_database(path: Path) -> bool:
    """Whether a file that is there is SQLite's or DuckDB's, told by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(16)
    return start.startswith(b"SQLite format 3\0") or start[8:12] == b"DUCK"


@contextmanager
def plain_text(stream: TextIO | None, out: Path | None) -> Iterator[TextIO]:
    """The file `out`, in UTF-8, else the stream as it is (standard output)."""
    if out is None:
        yield stream or sys.stdout
    else:
        with replacing(out) as part, part.open("w", encoding="utf-8") as file:
            yield file


@contextmanager
def csv_text(stream: TextIO | None, out: Path | None) -> Iterator[TextIO]:
    """A sink for CSV: UTF-8 with a byte order mark, line ends as written.

    To the file `out`, else to the bytes under `stream` (standard output) whatever its own
    encoding is. A terminal takes text as it is, a stream of text alone gets the mark as text.
    """
    stream = stream or sys.stdout
    if out is not None:
        with replacing(out) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
            yield file
    elif is_terminal(stream):
        yield stream
    elif hasattr(stream, "buffer"):
        stream.flush()
        wrapper = io.TextIOWrapper(stream.buffer, encoding="utf-8-sig", newline="")
        try:
            yield wrapper
        finally:
            wrapper.detach()
    else:
        stream.write("\ufeff")
        yield stream


def unwritable(path: Path, error: OSError) -> UnwritableFile:
    """The file system's refusal as an error with a line of its own."""
    return UnwritableFile(path=os.fspath(path), reason=error.strerror or str(error))
