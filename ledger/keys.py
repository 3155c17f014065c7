"""The key that phones are hashed under: a file beside the store, or given by the host.

It is no part of the store: whoever has the store alone can't tell a phone number from its hash.
Without it phones can't be found any more, and nothing else is lost.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from ledger.errors import InvalidKey, MissingKey, StoreExists, StoreUnwritable

KEY_BYTES: Final = 32


class Keyring:
    """The key of one store: the one given, else that of its file, read when it is first needed."""

    def __init__(self, path: Path | None, key: bytes | None = None) -> None:
        self.path = path
        self._key = key

    def key(self) -> bytes:
        """The key. Raises MissingKey or InvalidKey."""
        if self._key is None:
            assert self.path is not None
            self._key = read_key(self.path)
        return self._key


def key_path(store: str) -> Path:
    """The key's file of a store: `<store>.key`."""
    return Path(f"{store}.key")


def parse_key(text: str, origin: str) -> bytes:
    """The key that 64 hexadecimal digits are. Raises InvalidKey, which names `origin` alone."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise InvalidKey(origin=origin, reason="it is not hexadecimal") from None
    return checked_key(key, origin)


def checked_key(key: bytes, origin: str) -> bytes:
    """The key itself. Raises InvalidKey."""
    if len(key) != KEY_BYTES:
        raise InvalidKey(origin=origin, reason=f"it has {len(key)} bytes")
    return key


def create_key(path: Path) -> None:
    """Make a key file that its owner alone can read, and see it on the disk.

    Raises StoreExists, or StoreUnwritable; a file that is there is never touched.
    """
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise StoreExists(store=str(path)) from None
    except OSError as error:
        raise StoreUnwritable(store=str(path), reason=error.strerror) from None
    try:
        with os.fdopen(file, "w", encoding="ascii") as key:
            key.write(f"{secrets.token_hex(KEY_BYTES)}\n")
            key.flush()
            os.fsync(key.fileno())
        _sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StoreUnwritable(store=str(path), reason=error.strerror) from None


def read_key(path: Path) -> bytes:
    """The key in a file. Raises MissingKey or InvalidKey."""
    try:
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise InvalidKey(origin=str(path), reason="it is not hexadecimal") from None
    except OSError as error:
        raise MissingKey(path=str(path), reason=error.strerror or str(error)) from None
    return parse_key(text, str(path))


def _sync_folder(folder: Path) -> None:
    """Make the file's name durable, too; some systems can't open a folder."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
