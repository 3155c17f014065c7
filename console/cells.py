"""One value of an answer, as each way of printing shows it.

    kind        value handed in                         JSON            CSV, xlsx         table
    identifier  str                                     as it is        text that stays   as it is
    text        str                                     as it is        neutralised       as it is
    integer     int                                     number          number            1,240
    points      int, the program's smallest unit        number          1.25              1,240.25
    money       int, minor units                        number          1280.50           1,280.50
    percent     float, Decimal or Fraction; 1 is 100 %  number          number            12.5%
    number      int, float, Decimal                     number          number            0.25
    day         date                                    "2026-06-30"    the day           2026-06-30
    instant     aware datetime                          UTC, Z          program's zone    its zone
    flag        bool                                    true            true              yes
    nested      whatever JSON has                       as it is        left out          left out

None is null in JSON and an empty cell elsewhere. A column of money whose key ends in `_minor` holds
minor units in JSON; where it is shown in whole units, the key loses that ending.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from console.words import _
from schemas.values import format_points

Kind = Literal[
    "identifier",
    "text",
    "integer",
    "points",
    "money",
    "percent",
    "number",
    "day",
    "instant",
    "flag",
    "nested",
]

NUMERIC: Final[frozenset[str]] = frozenset({"integer", "points", "money", "percent", "number"})
_SCALED: Final[frozenset[str]] = frozenset({"points", "money"})


class Column(NamedTuple):
    """A column: its stable key, its label (already in the person's language) and its kind.

    `decimals` is that of the program's points, or of the currency for money.
    """

    key: str
    label: str
    kind: Kind = "text"
    decimals: int = 0

    @property
    def sheet_key(self) -> str:
        """The header in CSV and xlsx, where money is in whole units."""
        return self.key.removesuffix("_minor") if self.kind == "money" else self.key


def shown(value: Any, column: Column, zone: dt.tzinfo | None = None) -> str:
    """The value as a person reads it, on one line; '' for None. Instants need `zone`, else UTC.

    >>> shown(-128050, Column("amount_minor", "amount", "money", 2))
    '-1,280.50'
    """
    if value is None:
        return ""
    kind = column.kind
    if kind in _SCALED:
        whole, dot, fraction = format_points(value, column.decimals).partition(".")
        sign = "-" if whole.startswith("-") else ""
        return f"{sign}{int(whole.lstrip('-')):,}{dot}{fraction}"
    if kind == "integer":
        return f"{value:,}"
    if kind == "percent":
        return f"{float(value):.1%}"
    if kind == "flag":
        return _("yes") if value else _("no")
    if kind == "instant":
        wall = local(value, zone).isoformat(" ", "seconds")
        return f"{wall[:19]} {wall[19:]}"
    return visible(str(value))


def visible(text: str) -> str:
    """`text` on one line: what would move the cursor or switch a terminal becomes a space."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else " " for c in text)


def plain(value: Any, column: Column) -> Any:
    """The value for JSON: integers stay in the smallest unit, Fractions become floats."""
    if column.kind == "percent" and value is not None:
        return float(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC)
    return value


def number(value: Any, column: Column) -> Any:
    """A numeric value for a sheet: whole units, exact; a Decimal where there are decimals."""
    if column.kind in _SCALED and column.decimals:
        return Decimal(format_points(value, column.decimals))
    return float(value) if column.kind == "percent" else value


def local(value: dt.datetime, zone: dt.tzinfo | None) -> dt.datetime:
    """The wall time in `zone`, in UTC where there is none."""
    return value.astimezone(zone or dt.UTC)
