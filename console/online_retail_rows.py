"""The rows of an Online Retail file, gathered into invoices.

A row is a line of an invoice; the rows of an invoice need not stand together. An invoice takes the
first of the times that its rows bear. Money is exact: a price is the decimal that the file shows,
and a line's money is price times quantity, rounded half up to the currency's minor unit.
"""

from __future__ import annotations

import datetime as dt
import re
from array import array
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from msgspec import Struct, field

from console.file_errors import MappingProblem
from console.online_retail_fates import (
    Adjustment,
    Fates,
    InvalidQuantity,
    InvoiceIncomplete,
    NegativePrice,
    NoCustomer,
    NotAReturn,
    NoUnits,
    SeveralMembers,
    ZeroPrice,
)
from console.row_fields import MissingValue
from console.tabular import Row, Table, Value, cell_text
from console.words import marked
from schemas.errors import InvalidAmount, InvalidTime, JifenError
from schemas.values import MAX_QUANTITY, currency_exponent

COLUMNS: Final = {
    "invoice": ("InvoiceNo", "Invoice"),
    "product": ("StockCode",),
    "quantity": ("Quantity",),
    "occurred_at": ("InvoiceDate",),
    "price": ("UnitPrice", "Price"),
    "member": ("CustomerID", "Customer ID"),
}
"""Field -> what its column is called in the set of 2010 to 2011, and in its successor."""

_MOST_UNITS: Final = 10**9
_WHOLE = re.compile(r"-?[0-9]{1,12}(\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_NOT_ISO = marked("it is not ISO 8601")
_OUT_OF_RANGE = marked("it is outside the years 1 to 9999")
_NOT_A_NUMBER = marked("it is not a plain number")
_TOO_LARGE = marked("it is too large")

# These say nothing of the one row, so one of each serves all rows.
_NO_CUSTOMER, _ADJUSTMENT, _NO_UNITS = NoCustomer(), Adjustment(), NoUnits()
_NOT_A_RETURN, _ZERO_PRICE, _NEGATIVE_PRICE = NotAReturn(), ZeroPrice(), NegativePrice()


class NotOnlineRetail(MappingProblem):
    """A file without a column that the layout has. Fields: column, columns."""

    code = "not_online_retail"
    template = marked("there is no column {column}; the file has: {columns}")
    hint = marked("use `jifen import purchases` for a file with other columns")


def columns_of(columns: Sequence[str]) -> dict[str, str]:
    """Field -> column. Raises NotOnlineRetail."""
    by_fold = {_folded(column): column for column in columns}
    mapping = {}
    for name, usual in COLUMNS.items():
        found = [by_fold[_folded(one)] for one in usual if _folded(one) in by_fold]
        if not found:
            raise NotOnlineRetail(column=usual[0], columns=", ".join(columns))
        mapping[name] = found[0]
    return mapping


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


class Price(NamedTuple):
    """A price in minor units, `numerator / denominator` in lowest terms: integers are quick."""

    numerator: int
    denominator: int


class Invoice(Struct, kw_only=True):
    """An invoice, or with `cancels` a C-invoice; its lines are four columns of the same length.

    `first_row` and `rows` are places in the file, `units` above zero, `money` minor units (of a
    C-invoice what it credits). `at` is in UTC. `broken_line` is that of a row that can't be read.
    """

    number: str
    cancels: bool
    first_row: int
    at: dt.datetime | None = None
    member: str = ""
    broken_line: int | None = None
    rows: array[int] = field(default_factory=lambda: array("l"))
    products: list[str] = field(default_factory=list)
    units: array[int] = field(default_factory=lambda: array("q"))
    money: array[int] = field(default_factory=lambda: array("q"))


class Invoices:
    """Takes the rows one by one, and then has the invoices in order of business time.

    `zone` is that of times without one: of a time that the clock showed twice the first is meant,
    one that it left out counts on from the offset before the gap. `currency` is the program's.
    """

    def __init__(self, table: Table, *, zone: dt.tzinfo, currency: str) -> None:
        self.fates = Fates()
        self.sub_penny_rows = 0
        self.rounded_off_minor = Fraction(0)
        self._table = table
        self._columns = columns_of(table.columns)
        self._zone = zone
        self._currency = currency
        self._minor = 10 ** currency_exponent(currency)
        self._by_number: dict[str, Invoice] = {}
        self._two_times: set[str] = set()
        self._names: dict[str, str] = {}
        self._instants: dict[Value, dt.datetime] = {}
        self._prices: dict[Value, Price] = {}

    @property
    def with_two_times(self) -> int:
        """How many invoices bear more than one time."""
        return len(self._two_times)

    def take(self, row: Row) -> None:
        """Put a row to its invoice, or reject it."""
        place = self.fates.add()
        try:
            if row.problem is not None:
                raise row.problem
            invoice = self._invoice(row, place)
        except JifenError as error:
            self.fates.reject(place, error)
            return
        try:
            reason = self._add_line(invoice, row, place)
        except JifenError as error:
            invoice.broken_line = invoice.broken_line or row.line
            reason = error
        if reason is not None:
            self.fates.reject(place, reason)

    def in_order(self) -> list[Invoice]:
        """The invoices with lines, earliest first; in one minute purchases before returns.

        Rejects the rows of those that have a row which can't be read: what is posted of an
        invoice can't be added to.
        """
        whole: list[tuple[dt.datetime, bool, int, Invoice]] = []
        for invoice in self._by_number.values():
            if invoice.broken_line is not None:
                error = InvoiceIncomplete(invoice=invoice.number, line=invoice.broken_line)
                for place in invoice.rows:
                    self.fates.reject(place, error)
            elif invoice.rows and invoice.at is not None:
                whole.append((invoice.at, invoice.cancels, invoice.first_row, invoice))
        whole.sort(key=lambda entry: entry[:3])
        return [entry[3] for entry in whole]

    def _invoice(self, row: Row, place: int) -> Invoice:
        """The invoice that the row is of. Raises MissingValue or DamagedNumber."""
        number = self._needed(row, "invoice")
        invoice = self._by_number.get(number)
        if invoice is None:
            cancels = number[0] in "Cc"
            invoice = Invoice(number=number, cancels=cancels, first_row=place)
            self._by_number[number] = invoice
        return invoice

    def _add_line(self, invoice: Invoice, row: Row, place: int) -> JifenError | None:
        """Add the row to its invoice; gives why it is left out. Raises what can't be read."""
        self._note_time(invoice, self._instant(row))
        member = self._text(row, "member")
        if not member:
            return _NO_CUSTOMER
        if invoice.number[0] in "Aa":
            return _ADJUSTMENT
        quantity = self._quantity(row)
        if invoice.cancels and quantity >= 0:
            return _NOT_A_RETURN
        if not invoice.cancels and quantity <= 0:
            return _NO_UNITS
        price = self._price(row)
        if price.numerator <= 0:
            return _NEGATIVE_PRICE if price.numerator else _ZERO_PRICE
        product = self._needed(row, "product")
        money = self._money(row, price, abs(quantity))
        if invoice.member and member != invoice.member:
            raise SeveralMembers(invoice=invoice.number, member=invoice.member, other=member)
        invoice.member = self._names.setdefault(member, member)
        invoice.rows.append(place)
        invoice.products.append(self._names.setdefault(product, product))
        invoice.units.append(abs(quantity))
        invoice.money.append(money)
        if price.denominator != 1 and not invoice.cancels:
            self.sub_penny_rows += 1
            self.rounded_off_minor += money - Fraction(*price) * quantity
        return None

    def _note_time(self, invoice: Invoice, at: dt.datetime) -> None:
        if invoice.at is None:
            invoice.at = at
        elif at != invoice.at:
            self._two_times.add(invoice.number)
            invoice.at = min(at, invoice.at)

    def _text(self, row: Row, name: str) -> str:
        return self._table.identifier(row.values[self._columns[name]]) or ""

    def _needed(self, row: Row, name: str) -> str:
        text = self._text(row, name)
        if not text:
            raise MissingValue(field=name, column=self._columns[name])
        return text

    def _value(self, row: Row, name: str) -> Value:
        value = row.values[self._columns[name]]
        if value is None:
            raise MissingValue(field=name, column=self._columns[name])
        return value

    def _instant(self, row: Row) -> dt.datetime:
        value = self._value(row, "occurred_at")
        instant = self._instants.get(value)
        if instant is None:
            try:
                instant = _local(value, self._zone).astimezone(dt.UTC)
            except OverflowError:
                raise InvalidTime(text=cell_text(value), reason=_OUT_OF_RANGE) from None
            self._instants[value] = instant
        return instant

    def _quantity(self, row: Row) -> int:
        value = self._value(row, "quantity")
        if not isinstance(value, int):
            text = cell_text(value)
            if not _WHOLE.fullmatch(text):
                raise InvalidQuantity(text=text)
            value = int(text.partition(".")[0])
        if abs(value) > _MOST_UNITS:
            raise InvalidQuantity(text=str(value))
        return value

    def _price(self, row: Row) -> Price:
        value = self._value(row, "price")
        price = self._prices.get(value)
        if price is None:
            text = cell_text(value)
            if not _DECIMAL.fullmatch(text):
                raise InvalidAmount(text=text, currency=self._currency, reason=_NOT_A_NUMBER)
            exact = Fraction(Decimal(text)) * self._minor
            price = self._prices[value] = Price(exact.numerator, exact.denominator)
        return price

    def _money(self, row: Row, price: Price, units: int) -> int:
        """Minor units for so many at `price`, rounded half up."""
        money = (2 * price.numerator * units + price.denominator) // (2 * price.denominator)
        if money > MAX_QUANTITY:
            text = cell_text(self._value(row, "price"))
            raise InvalidAmount(text=text, currency=self._currency, reason=_TOO_LARGE)
        return money


def _local(value: Value, zone: dt.tzinfo) -> dt.datetime:
    """The time with a zone: `zone` where it has none. Raises InvalidTime."""
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    else:
        text = cell_text(value)
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            raise InvalidTime(text=text, reason=_NOT_ISO) from None
    return moment.replace(tzinfo=zone, fold=0) if moment.tzinfo is None else moment
