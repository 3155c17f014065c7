"""What the cells of a row say: who, a text, money, a time. Each row is judged alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from console.tabular import Table, Value, cell_text
from console.words import marked
from schemas.errors import InvalidAmount, InvalidInput, InvalidTime
from schemas.values import parse_instant, parse_money, start_of_day

WHO: Final = ("member", "card", "phone")
"""The fields that say whose row it is: one is enough, and the first that is filled counts."""
_OUT_OF_RANGE = marked("it is outside the years 1 to 9999")
_NO_ZONE = marked("it has no zone; say which with --zone")

Values = dict[str, Value]


class MissingValue(InvalidInput):
    """A row without a value that it needs. Fields: field, column."""

    code = "missing_value"
    template = marked("column {column!r} is empty: {field} is needed")
    hint = marked("fill the cell and feed the rejects file")


class RowFields:
    """Reads fields of a table's rows; `mapping` is field -> column.

    `zone` is that of times without one; None refuses them. `find` gives the member that the text
    of a field of `WHO` means. Everything raises what is wrong with the cell.
    """

    def __init__(
        self,
        table: Table,
        mapping: dict[str, str],
        *,
        currency: str,
        program_zone: dt.tzinfo,
        zone: dt.tzinfo | None,
        find: Callable[[str, str], str],
    ) -> None:
        self._table = table
        self._mapping = mapping
        self._currency = currency
        self._program_zone = program_zone
        self._zone = zone
        self._find = find

    def who(self, values: Values) -> str:
        """The member whose row it is."""
        for field in WHO:
            if text := self.text(values, field):
                return self._find(text, field)
        field = next(field for field in WHO if field in self._mapping)
        raise MissingValue(field=field, column=self._mapping[field])

    def raw(self, values: Values, field: str) -> Value:
        """The cell as it is; None where it is empty, or no column fills the field."""
        column = self._mapping.get(field)
        return None if column is None else values[column]

    def text(self, values: Values, field: str) -> str:
        """An identifier or a name; '' for none."""
        return self._table.identifier(self.raw(values, field)) or ""

    def needed(self, values: Values, field: str) -> str:
        """The same, which must be there."""
        text = self.text(values, field)
        if not text:
            raise MissingValue(field=field, column=self._mapping[field])
        return text

    def money(self, values: Values, field: str, *, signed: bool = False) -> int:
        """Minor units; below 0 only with `signed`."""
        value = self.raw(values, field)
        if value is None:
            raise MissingValue(field=field, column=self._mapping[field])
        if isinstance(value, dt.date):
            raise InvalidAmount(
                text=cell_text(value), currency=self._currency, reason="it is a date"
            )
        text = format(value, "f") if isinstance(value, Decimal) else cell_text(value)
        return parse_money(text, self._currency, signed=signed)

    def time(self, values: Values, field: str) -> dt.datetime:
        """An instant in UTC; a day alone is the start of that day of the program."""
        value = self.raw(values, field)
        if value is None:
            raise MissingValue(field=field, column=self._mapping[field])
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
