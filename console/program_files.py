"""A program by what was typed: a file, or the number of a version in the store."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from console.options import open_ledger
from ledger.errors import StoreNotFound
from ledger.naming import Lack
from schemas.program import Program
from schemas.program_file import load_program, read_program


class NamedProgram(NamedTuple):
    """A program, and the text of its file."""

    program: Program
    content: str


def named_program(text: str, store: str) -> NamedProgram:
    """The version with a number, else the file. Raises UnknownVersion, InvalidProgram."""
    if text.isascii() and text.isdigit() and not Path(text).exists():
        with open_ledger(store) as ledger:
            version = ledger.program_version(int(text))
        return NamedProgram(version.program, version.content)
    return read_file(Path(text))


def read_file(path: Path) -> NamedProgram:
    """A program file. Raises InvalidProgram."""
    content = read_program(path)
    return NamedProgram(load_program(content, origin=str(path)), content)


def terms_lacking(program: Program, store: str) -> list[Lack]:
    """What it would take from partners' terms; nothing without a store, or in another program's."""
    try:
        with open_ledger(store) as ledger:
            return ledger.lacks_with(program) if ledger.program.id == program.id else []
    except StoreNotFound:
        return []
