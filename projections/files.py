"""Opening, locking and replacing the warehouse's file.

DuckDB gives a file to one writing process or to several reading ones. Whoever comes second waits
a little, then learns who has it.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import duckdb

from projections.errors import WarehouseBusy

_SETTINGS: Final[dict[str, Any]] = {
    # A shop's network lets no extension in, and none is needed.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}
_ASKING: Final[dict[str, Any]] = {
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
_WRITING_MEMORY: Final = "768MB"
_FIRST_PAUSE_SECONDS: Final = 0.02
_LONGEST_PAUSE_SECONDS: Final = 0.25

_HOLDER = re.compile(r"held in (?P<name>.*?) \(PID (?P<pid>\d+)\)")
_TAKEN = ("Could not set lock", "being used by another process", "different configuration")


class Damaged(Exception):
    """DuckDB can't open the file."""


def open_for_writing(path: Path, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    """A connection that may change the file; it is made if it is missing.

    Raises WarehouseBusy after `wait_seconds`, or Damaged.
    """
    connection = _connect(path, wait_seconds, read_only=False, settings=_SETTINGS)
    # Rows are numbered by the log; DuckDB need not remember in which order they came.
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET memory_limit = '{_WRITING_MEMORY}'")
    # One core is the feed's: with a thread more than there are cores both get slower.
    connection.execute(f"SET threads = {max(1, (os.cpu_count() or 2) - 1)}")
    return connection


def open_for_asking(path: Path, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    """A connection that can change neither the file nor its own settings, nor reach outside.

    Raises WarehouseBusy after `wait_seconds`, or Damaged.
    """
    return _connect(path, wait_seconds, read_only=True, settings=_SETTINGS | _ASKING)


def _connect(
    path: Path, wait_seconds: float, *, read_only: bool, settings: dict[str, Any]
) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            return duckdb.connect(path, read_only=read_only, config=settings)
        except duckdb.Error as error:
            if not any(sign in str(error) for sign in _TAKEN):
                raise Damaged(str(error).splitlines()[0]) from None
            if time.monotonic() + pause > deadline:
                holder = _holder(str(error))
                raise WarehouseBusy(
                    warehouse=str(path), holder=holder, waited_seconds=wait_seconds
                ) from None
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _holder(message: str) -> str:
    if found := _HOLDER.search(message):
        return f"{found['name']} (process {found['pid']})"
    if "different configuration" in message:
        return f"this process (process {os.getpid()})"
    return "another process"


def remove(path: Path) -> None:
    """Delete a warehouse's file and its write-ahead log, as far as they are there."""
    _log_of(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def put_in_place(new: Path, path: Path, wait_seconds: float) -> None:
    """Make `new` the warehouse in one step, once nobody has the old one open.

    Raises WarehouseBusy after `wait_seconds`; both files are then as they were.
    """
    if path.exists():
        with suppress(Damaged):
            open_for_writing(path, wait_seconds).close()
        # The old file's write-ahead log must not be taken for the new one's.
        _log_of(path).unlink(missing_ok=True)
    new.replace(path)


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")
