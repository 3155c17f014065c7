"""The two files that programs exchange: what was sent, and the answers to it (docs/alliance.md).

    transfer,account,theirs,points,sent_on        transfer,answer,code,reference,theirs
    t-1@cli,A-7,250,400,2026-03-01                t-1@cli,received,,48,400
    #,1,250,shop,air                              #,1,400,air,shop

The last line has control totals: how many rows there are, and what `theirs` adds up to: points of
the program that reads the file; then whose file it is and who is to read it, which another firm may
leave out. A file that is not right is refused whole, before anything of it is taken.

Cells are plain text: a machine reads them, so nothing is armoured for spreadsheets.

Shapes:
    Parties   from which program a file is to which
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.cells import Column
from console.file_errors import (
    BadRow,
    LacksColumn,
    NoTotals,
    RaggedRow,
    TotalsDiffer,
    WrongParties,
)
from console.output import write_rows
from console.tabular import Row, Table, Value, cell_text, open_table
from schemas.errors import InvalidInput
from schemas.values import MAX_QUANTITY, is_identifier

if TYPE_CHECKING:
    from ledger import Answer, Ledger, Transfer
    from ledger.exchange import Sending

_SENDINGS: Final = [
    Column(name, "", "text") for name in ("transfer", "account", "theirs", "points", "sent_on")
]
_ANSWERS: Final = [
    Column(name, "", "text") for name in ("transfer", "answer", "code", "reference", "theirs")
]
_TOTALS: Final = "#"


class Parties(Struct, frozen=True):
    """The ids of the programs that a file is from and to."""

    sender: str
    receiver: str

    def turned(self) -> Parties:
        """Those of the answer."""
        return Parties(self.receiver, self.sender)


# -- out -----------------------------------------------------------------------------------------


def write_sendings(path: Path, sendings: Iterable[Sending], parties: Parties) -> tuple[int, int]:
    """Write what was sent; gives the control totals. Raises UnwritableFile."""
    totals = _Totals()

    def rows() -> Iterator[list[Any]]:
        for sent in sendings:
            totals.count(sent.theirs)
            yield [sent.name, sent.account, sent.theirs, sent.points, sent.sent_on]
        yield [_TOTALS, totals.rows, totals.theirs, parties.sender, parties.receiver]

    write_rows(rows(), _SENDINGS, "csv", out=path)
    return totals.rows, totals.theirs


def write_answers(path: Path, answers: Iterable[Answer], parties: Parties) -> tuple[int, int]:
    """Write answers; gives the control totals. Raises UnwritableFile."""
    totals = _Totals()

    def rows() -> Iterator[list[Any]]:
        for one in answers:
            totals.count(one.points or 0)
            yield [one.name, one.answer, one.code, one.reference, one.points]
        yield [_TOTALS, totals.rows, totals.theirs, parties.sender, parties.receiver]

    write_rows(rows(), _ANSWERS, "csv", out=path)
    return totals.rows, totals.theirs


class _Totals:
    def __init__(self) -> None:
        self.rows = self.theirs = 0

    def count(self, theirs: int) -> None:
        self.rows += 1
        self.theirs += theirs


# -- in ------------------------------------------------------------------------------------------


def read_sendings(path: Path, parties: Parties, encoding: str | None = None) -> list[Sending]:
    """All of a file of the other program. Raises a FileProblem."""
    from ledger.exchange import Sending

    with open_table(path, encoding=encoding) as table:
        reader = _Reader(table, ("transfer", "account", "theirs", "points"))
        found = [
            Sending(
                reader.name(row, "transfer"),
                reader.name(row, "account"),
                reader.points(row, "theirs"),
                reader.points(row, "points"),
                cell_text(row.values.get("sent_on")),
            )
            for row in reader.rows()
        ]
    reader.check_totals(len(found), sum(sent.theirs for sent in found))
    reader.check_parties(parties)
    return found


def read_answers(
    path: Path, ledger: Ledger, program: str, encoding: str | None = None
) -> list[Answer]:
    """All of a file of answers to what was sent to `program`, held against what was.

    Raises a FileProblem, also where an answer is to nothing that was sent there.
    """
    found, rest = _answers(path, encoding)
    rest.check_parties(Parties(program, ledger.program.id))
    theirs = 0
    for row, answer in found:
        sent = sent_as(ledger, answer.name)
        if sent is None or sent.program != program:
            reason = f"{answer.name!r} was not sent to {program!r}"
            raise BadRow(path=os.fspath(path), line=row.line, reason=reason)
        if answer.points not in (None, sent.points):
            reason = f"{sent.points} points were sent, and {answer.points} are answered"
            raise BadRow(path=os.fspath(path), line=row.line, reason=reason)
        theirs += sent.points
    rest.check_totals(len(found), theirs)
    return [answer for _, answer in found]


def read_any_answers(path: Path, parties: Parties, encoding: str | None = None) -> list[Answer]:
    """All of a file of answers, whatever they are to. Raises a FileProblem."""
    found, rest = _answers(path, encoding)
    rest.check_parties(parties)
    told = [answer.points for _, answer in found]
    known = [points for points in told if points is not None]
    rest.check_totals(len(found), sum(known) if len(known) == len(told) else None)
    return [answer for _, answer in found]


def sent_as(ledger: Ledger, name: str) -> Transfer | None:
    """The transfer that went out under a name; None where there is none."""
    from ledger.errors import UnknownTransfer

    try:
        return ledger.transfer(name)
    except UnknownTransfer:
        return None


def _answers(path: Path, encoding: str | None) -> tuple[list[tuple[Row, Answer]], _Reader]:
    from ledger.exchange import Answer

    found = []
    with open_table(path, encoding=encoding) as table:
        reader = _Reader(table, ("transfer", "answer", "code", "reference"))
        for row in reader.rows():
            said = cell_text(row.values["answer"])
            code = cell_text(row.values["code"])
            if said == "received":
                pass
            elif said != "declined":
                reader.refuse(row, f"the answer {said!r} is neither 'received' nor 'declined'")
            elif not is_identifier(code):
                reader.refuse(row, "declined without a code")
            points = None
            if row.values.get("theirs") is not None:
                points = reader.points(row, "theirs")
            reference = cell_text(row.values["reference"])[:200]
            name = reader.name(row, "transfer")
            answer = Answer(name, said, points, code, reference)  # type: ignore[arg-type]
            found.append((row, answer))
    return found, reader


class _Reader:
    """The rows of a file before its line of totals, and then the totals."""

    def __init__(self, table: Table, needed: tuple[str, ...]) -> None:
        self._table = table
        self._path = os.fspath(table.path)
        self._totals: tuple[int, int] | None = None
        self._parties = Parties("", "")
        self._seen: set[str] = set()
        for name in needed:
            if name not in table.columns:
                columns = ", ".join(table.columns)
                raise LacksColumn(path=self._path, column=name, columns=columns)

    def rows(self) -> Iterator[Row]:
        """Each row but the totals. Raises BadRow for the first that can't be read."""
        for row in self._table.rows:
            cells = [cell_text(cell).strip() for cell in row.cells]
            if cells and cells[0] == _TOTALS and isinstance(row.problem, RaggedRow | None):
                self._take_totals(row, cells)
                continue
            if self._totals is not None:
                self.refuse(row, "it stands behind the control totals")
            if row.problem is not None:
                self.refuse(row, str(row.problem))
            yield row

    def name(self, row: Row, column: str) -> str:
        """An identifier; a transfer is there once."""
        try:
            text = self._table.identifier(row.values[column]) or ""
        except InvalidInput as error:
            self.refuse(row, str(error))
        if not is_identifier(text):
            self.refuse(row, f"no {column}")
        if column == "transfer":
            if text in self._seen:
                self.refuse(row, f"{text!r} is there twice")
            self._seen.add(text)
        return text

    def points(self, row: Row, column: str) -> int:
        """A whole number above 0."""
        points = _whole(row.values[column])
        if not 0 < points <= MAX_QUANTITY:
            self.refuse(row, f"{column} is no whole number above 0")
        return points

    def refuse(self, row: Row, reason: str) -> Any:
        """The file is not taken. Raises BadRow."""
        raise BadRow(path=self._path, line=row.line, reason=reason)

    def check_totals(self, rows: int, theirs: int | None) -> None:
        """Raises NoTotals or TotalsDiffer; `theirs` None can't be compared."""
        if self._totals is None:
            raise NoTotals(path=self._path)
        for what, told, found in zip(("rows", "theirs"), self._totals, (rows, theirs), strict=True):
            if found is not None and told != found:
                raise TotalsDiffer(path=self._path, what=what, told=told, found=found)

    def check_parties(self, wanted: Parties) -> None:
        """Raises WrongParties where the file says that it is another's, or to another."""
        told = self._parties
        if told.sender in ("", wanted.sender) and told.receiver in ("", wanted.receiver):
            return
        raise WrongParties(
            path=self._path,
            sender=told.sender,
            receiver=told.receiver,
            wanted_sender=wanted.sender,
            wanted_receiver=wanted.receiver,
        )

    def _take_totals(self, row: Row, cells: list[str]) -> None:
        if self._totals is not None:
            self.refuse(row, "a second line of control totals")
        told, summed, sender, receiver = (*cells[1:5], "", "", "", "")[:4]
        count, theirs = _whole(told), _whole(summed)
        if count < 0 or theirs < 0:
            self.refuse(row, "the control totals are no whole numbers")
        self._totals = (count, theirs)
        self._parties = Parties(sender, receiver)


def _whole(value: Value) -> int:
    """A whole number of not too many digits; -1 for anything else."""
    text = cell_text(value)
    whole, _, fraction = text.partition(".")
    fits = whole.isascii() and whole.isdigit() and len(whole) <= 18 and not fraction.strip("0")
    return int(whole) if fits else -1
