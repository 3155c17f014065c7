"""Purchases from a file into the ledger, row by row (EASE 8 and 9).

Each row is judged alone: it lands, it is there already, or it goes to the rejects. A row's request
id comes from its receipt, or from the file's name for it and the line, so that the same file fed
again adds nothing and finishes what was left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import asdict

from console.rejects import Rejects
from console.tabular import Row, Table, Value, cell_text
from console.words import _, marked
from schemas.commands import EnrolMember, MemberCommand, RecordPurchase
from schemas.errors import InvalidAmount, InvalidInput, InvalidTime, JifenError
from schemas.values import parse_instant, parse_money, start_of_day

if TYPE_CHECKING:
    from ledger import Ledger, Outcome
    from schemas.program import Program

FIELDS: Final = (
    "member",
    "card",
    "phone",
    "purchase_id",
    "amount",
    "qualifying",
    "occurred_at",
    "partner",
    "store",
    "till",
    "operator",
)
REQUIRED: Final = ("member", "amount", "occurred_at")
WHO: Final = ("member", "card", "phone")
"""The fields that say whose purchase it is: one is enough, and the first that is filled counts."""
_GROUP: Final = 2000
_LONGEST_ID: Final = 128
_OUT_OF_RANGE = marked("it is outside the years 1 to 9999")
_NO_ZONE = marked("it has no zone; say which with --zone")


class MissingValue(InvalidInput):
    """A row without a value that it needs. Fields: field, column."""

    code = "missing_value"
    template = marked("column {column!r} is empty: {field} is needed")
    hint = marked("fill the cell and feed the rejects file")


class Unidentified(InvalidInput):
    """A file whose rows have no receipt, and no name for the file. Fields: path."""

    code = "unidentified_rows"
    template = marked("{path} has no column for the receipt: its rows can't be told apart")
    hint = marked("map purchase_id to a column, or give the file a lasting name with --source")


class Tally(Struct):
    """What became of the rows: read = posted + duplicate + rejected."""

    read: int = 0
    posted: int = 0
    duplicate: int = 0
    rejected: int = 0
    enrolled: int = 0
    points: int = 0
    amount_minor: int = 0
    repaired: int = 0

    def counts(self) -> str:
        """The counts in one line."""
        return _(
            "read {read:,} = posted {posted:,} + duplicate {duplicate:,} + rejected {rejected:,}"
        ).format(**asdict(self))

    def remarks(self, _program: Program) -> list[str]:
        """What else has to be told, a line each."""
        if not self.repaired:
            return []
        line = _("{repaired:,} numbers that a spreadsheet had made floats were repaired")
        return [line.format(repaired=self.repaired)]


class PurchasesFile:
    """How a file's rows become commands.

    `mapping` is field -> column. `named_rows` makes receipts of `source` and the line, for a file
    without receipt numbers. `zone` is that of times without one; None refuses them. `find` gives
    the member that a text means as a "card" or a "phone".
    """

    def __init__(
        self,
        table: Table,
        mapping: dict[str, str],
        *,
        source: str,
        named_rows: bool,
        currency: str,
        program_zone: dt.tzinfo,
        zone: dt.tzinfo | None,
        find: Callable[[str, str], str],
        partner: str = "",
    ) -> None:
        self._table = table
        self._mapping = mapping
        self._source = source
        self._named_rows = named_rows
        self._currency = currency
        self._program_zone = program_zone
        self._zone = zone
        self._find = find
        self._partner = partner

    def command(self, row: Row) -> RecordPurchase:
        """The row's command. Raises what is wrong with the row."""
        if row.problem is not None:
            raise row.problem
        values = row.values
        partner = self._text(values, "partner") or self._partner
        purchase_id = (
            f"{self._source}#{row.line}"
            if self._named_rows
            else self._needed(values, "purchase_id")
        )
        qualifying = self._raw(values, "qualifying")
        return RecordPurchase(
            member=self._who(values),
            purchase_id=purchase_id,
            request_id=request_id(f"{len(partner)}:{partner}/{purchase_id}"),
            source=self._source,
            amount_minor=self._amount(values, "amount"),
            qualifying_minor=None if qualifying is None else self._amount(values, "qualifying"),
            occurred_at=self._time(values),
            partner=partner,
            store=self._text(values, "store"),
            till=self._text(values, "till"),
            operator=self._text(values, "operator"),
        )

    def _who(self, values: dict[str, Value]) -> str:
        for field in WHO:
            if text := self._text(values, field):
                return text if field == "member" else self._find(text, field)
        field = next(field for field in WHO if field in self._mapping)
        raise MissingValue(field=field, column=self._mapping[field])

    def _raw(self, values: dict[str, Value], field: str) -> Value:
        column = self._mapping.get(field)
        return None if column is None else values[column]

    def _text(self, values: dict[str, Value], field: str) -> str:
        return self._table.identifier(self._raw(values, field)) or ""

    def _needed(self, values: dict[str, Value], field: str) -> str:
        text = self._text(values, field)
        if not text:
            raise MissingValue(field=field, column=self._mapping[field])
        return text

    def _amount(self, values: dict[str, Value], field: str) -> int:
        value = self._raw(values, field)
        if value is None:
            raise MissingValue(field=field, column=self._mapping[field])
        if isinstance(value, dt.date):
            raise InvalidAmount(
                text=cell_text(value), currency=self._currency, reason="it is a date"
            )
        text = format(value, "f") if isinstance(value, Decimal) else cell_text(value)
        return parse_money(text, self._currency)

    def _time(self, values: dict[str, Value]) -> dt.datetime:
        value = self._raw(values, "occurred_at")
        if value is None:
            raise MissingValue(field="occurred_at", column=self._mapping["occurred_at"])
        try:
            return self._instant(value)
        except OverflowError:
            raise InvalidTime(text=cell_text(value), reason=_OUT_OF_RANGE) from None

    def _instant(self, value: Value) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return self._zoned(value, cell_text(value))
        if isinstance(value, dt.date):
            return start_of_day(value, self._program_zone)
        return self._parsed(cell_text(value))

    def _parsed(self, text: str) -> dt.datetime:
        try:
            return start_of_day(dt.date.fromisoformat(text), self._program_zone)
        except ValueError:
            pass
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            from console.days import parse_moment

            never = dt.datetime.max.replace(tzinfo=dt.UTC)
            if any(mark in text for mark in "年月日"):
                return parse_moment(text, self._program_zone, never, bare_day="start").instant
            return parse_instant(text)
        return self._zoned(moment, text)

    def _zoned(self, moment: dt.datetime, text: str) -> dt.datetime:
        if moment.tzinfo is None:
            if self._zone is None:
                raise InvalidTime(text=text, reason=_NO_ZONE)
            moment = moment.replace(tzinfo=self._zone)
        return moment.astimezone(dt.UTC)


def post_purchases(
    ledger: Ledger,
    file: PurchasesFile,
    rows: Iterator[Row],
    rejects: Rejects,
    tally: Tally,
    *,
    enrol: bool,
    advance: Callable[[int], None],
) -> None:
    """Post the rows group by group; `tally` is right after each group, whatever stops it.

    With `enrol`, a member who is not known is enrolled at the time of the first purchase.
    """
    while group := list(islice(rows, _GROUP)):
        _post_group(ledger, file, group, rejects, tally, enrol=enrol)
        advance(len(group))


def _post_group(
    ledger: Ledger,
    file: PurchasesFile,
    group: list[Row],
    rejects: Rejects,
    tally: Tally,
    *,
    enrol: bool,
) -> None:
    from ledger.errors import MissingKey, WrongKey

    readable: list[tuple[Row, RecordPurchase]] = []
    refused: list[tuple[Row, JifenError]] = []
    for row in group:
        try:
            readable.append((row, file.command(row)))
        except (MissingKey, WrongKey):
            raise
        except JifenError as error:
            refused.append((row, error))
    results, enrolled = post_commands(ledger, [c for _, c in readable], enrol=enrol)
    tally.enrolled += enrolled
    for (row, command), result in zip(readable, results, strict=True):
        if isinstance(result, JifenError):
            refused.append((row, result))
        elif result.replayed:
            tally.duplicate += 1
        else:
            tally.posted += 1
            tally.points += sum(getattr(e, "points_earned", 0) for e in result.events)
            tally.amount_minor += command.amount_minor
    for refused_row, reason in sorted(refused, key=lambda pair: pair[0].line):
        rejects.write(refused_row, reason)
    tally.rejected += len(refused)
    tally.read += len(group)


def post_commands(
    ledger: Ledger, commands: Sequence[MemberCommand], *, enrol: bool
) -> tuple[list[Outcome | JifenError], int]:
    """Execute the commands in one commit: what became of each, and how many were enrolled.

    With `enrol`, who buys and is not known is enrolled at the time of the purchase. Raises a
    StoreError.
    """
    from ledger.errors import StoreError

    strangers = (
        ledger.strangers({c.member for c in commands if isinstance(c, RecordPurchase)})
        if enrol
        else set()
    )
    sent: list[MemberCommand] = []
    for command in commands:
        if isinstance(command, RecordPurchase) and command.member in strangers:
            # Before each of a stranger's purchases: should one be refused, the next still finds
            # them enrolled. All but the first that lands are refused and write nothing.
            sent.append(_enrolment(command))
        sent.append(command)
    results: list[Outcome | JifenError] = []
    enrolled = 0
    outcomes = ledger.execute_many(sent, group=len(sent) or 1)
    for command, result in zip(sent, outcomes, strict=True):
        if isinstance(result, StoreError):
            raise result
        if not isinstance(command, EnrolMember):
            results.append(result)
        elif not isinstance(result, JifenError) and not result.replayed:
            enrolled += 1
    return results, enrolled


def _enrolment(purchase: RecordPurchase) -> EnrolMember:
    return EnrolMember(
        member=purchase.member,
        occurred_at=purchase.occurred_at,
        source=purchase.source,
        store=purchase.store,
        request_id=f"enrol:{sha256(purchase.member.encode()).hexdigest()}",
    )


def request_id(text: str) -> str:
    """`text`, or a hash of it where it is longer than an identifier may be."""
    return text if len(text) <= _LONGEST_ID else sha256(text.encode()).hexdigest()
