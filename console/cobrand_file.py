"""A bank's file of what was spent with its co-branded card (docs/life.md, Co-branded cards).

A row goes for ever by the bank's reference, whose source is the bank: the same row in another file
is the same request. What the whole file adds up to is told before anything is written, and has to
be what the bank says where that was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.file_errors import FileProblem
from console.posting import Tally, request_id
from console.row_fields import WHO, RowFields
from console.tabular import Row, Table
from console.words import _, marked, ngettext
from schemas.commands import AccrueCobrand
from schemas.errors import JifenError
from schemas.values import format_money, format_points, parse_money

if TYPE_CHECKING:
    from ledger import Ledger, Outcome
    from schemas.program import Program

FIELDS: Final = (*WHO, "reference", "posted_on", "amount")
REQUIRED: Final = ("member", "reference", "posted_on", "amount")


class ControlTotalDiffers(FileProblem):
    """Fields: path, found, expected."""

    code = "control_total_differs"
    template = marked("{path} has {found}, but {expected} should be there")
    hint = marked("nothing was written; ask the bank for the right file, or for its totals")


class Control(NamedTuple):
    """What a file adds up to: rows, minor units, and rows whose amount can't be read."""

    rows: int
    total_minor: int
    unreadable: int

    def told(self, currency: str) -> str:
        """For a person: `3 rows, 1280.50 CNY`."""
        parts = [_rows(self.rows), f"{format_money(self.total_minor, currency)} {currency}"]
        if self.unreadable:
            words = ngettext(
                "{count:,} amount that can't be read",
                "{count:,} amounts that can't be read",
                self.unreadable,
            )
            parts.append(words.format(count=self.unreadable))
        return ", ".join(parts)


class CobrandTally(Tally, kw_only=True):
    """What became of the rows of a bank's file, and what it adds up to."""

    control: Control

    def take(self, command: Any, outcome: Outcome) -> None:
        """One more row was posted."""
        self.posted += 1
        self.points += sum(getattr(event, "points_accrued", 0) for event in outcome.events)
        self.amount_minor += command.spend_minor

    def sums(self, program: Program, seconds: float) -> str:
        """What the posted rows came to, in one line."""
        return _("{amount} {currency}; {points} points; {rate:,.0f} rows/s").format(
            amount=format_money(self.amount_minor, program.currency),
            currency=program.currency,
            points=format_points(self.points, program.points_decimals),
            rate=self.read / seconds,
        )

    def remarks(self, program: Program) -> list[str]:
        """The control total, and what else has to be told."""
        told = _("the whole file: {control}").format(control=self.control.told(program.currency))
        return [told, *super().remarks(program)]


class CobrandFile:
    """How the rows of a card's file become commands; `bank` is the source of its rows."""

    def __init__(self, fields: RowFields, *, cobrand: str, bank: str) -> None:
        self._fields = fields
        self._cobrand = cobrand
        self._bank = bank

    def command(self, row: Row) -> AccrueCobrand:
        """The row's command. Raises what is wrong with the row."""
        fields, values = self._fields, row.values
        reference = fields.needed(values, "reference")
        return AccrueCobrand(
            member=fields.who(values),
            cobrand=self._cobrand,
            spend_minor=fields.money(values, "amount", signed=True),
            reference=reference,
            request_id=request_id(f"cobrand:{reference}"),
            source=self._bank,
            occurred_at=fields.time(values, "posted_on"),
        )


def bank_of(ledger: Ledger, cobrand: str) -> str:
    """The bank whose rows a card's are, for ever: that of the first version that has the card.

    Raises UnknownCobrand.
    """
    from ledger.errors import UnknownCobrand

    for version in ledger.program_versions():
        for entry in version.program.cobrands:
            if entry.id == cobrand:
                return entry.partner
    raise UnknownCobrand(cobrand=cobrand, day=ledger.today().isoformat())


def control_of(table: Table, fields: RowFields) -> Control:
    """What the rows of a table add up to, whatever else is wrong with them."""
    rows = total = unreadable = 0
    for row in table.rows:
        rows += 1
        try:
            if row.problem is not None:
                raise row.problem
            total += fields.money(row.values, "amount", signed=True)
        except JifenError:
            unreadable += 1
    return Control(rows, total, unreadable)


def check_control(
    table: Table, control: Control, currency: str, *, rows: int | None, total: str | None
) -> None:
    """Compare with what the bank says. Raises ControlTotalDiffers; InvalidAmount."""
    expected = []
    sound = True
    if rows is not None:
        expected.append(_rows(rows))
        sound = control.rows == rows
    if total is not None:
        minor = parse_money(total, currency, signed=True)
        expected.append(f"{format_money(minor, currency)} {currency}")
        sound = sound and control.total_minor == minor and not control.unreadable
    if not sound:
        raise ControlTotalDiffers(
            path=str(table.path), found=control.told(currency), expected=", ".join(expected)
        )


def _rows(count: int) -> str:
    return ngettext("{count:,} row", "{count:,} rows", count).format(count=count)
