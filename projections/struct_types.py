"""From the events' Structs to DuckDB: column types, the schema for `from_json`, defaults.

Shapes:
    str, Literal        VARCHAR            tuple[X, ...]   X[]
    int                 BIGINT             Struct          STRUCT(...)
    bool                BOOLEAN            X | None        X, NULL for None
    dt.date             DATE
    dt.datetime         TIMESTAMP, always UTC (TIMESTAMPTZ would need pytz to be fetched)

`from_json` is lenient: what does not fit its type becomes NULL, and an offset behind a time is
dropped. So nothing is left to it that could vanish unseen: a required field is NOT NULL in its
table; a field that may be missing is taken out as text and cast, and the cast raises; a list is
taken out as JSON and parsed where it is there, or, if it is one that most events have (`usual`),
parsed at once and NULL only where its key is not in the text; a time must end in Z. What remains
is that DuckDB reads a number written as "12" or 12.4 as 12, and null as left out: no writer of
ours does that, and a changed row breaks its seal.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct, inspect

_SCALARS: Final[dict[type[inspect.Type], str]] = {
    inspect.StrType: "VARCHAR",
    inspect.IntType: "BIGINT",
    inspect.BoolType: "BOOLEAN",
    inspect.DateType: "DATE",
    inspect.DateTimeType: "TIMESTAMP",
}

Schema = str | list[Any] | dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One field as DuckDB sees it.

    `sql_type` is that of the table; `parsed_as` what `from_json` is asked for; `default` the SQL
    literal that a missing field stands for, None where the field is required; `item` the columns
    of a list's Struct.
    """

    name: str
    sql_type: str
    parsed_as: Schema
    default: str | None
    item: tuple[Column, ...] = ()

    @property
    def required(self) -> bool:
        return self.default is None

    @property
    def is_list(self) -> bool:
        return self.sql_type.endswith("[]")


@cache
def columns_of(kind: type[Struct], leave_out: frozenset[str] = frozenset()) -> tuple[Column, ...]:
    """The columns of a Struct, in the order of its fields.

    Raises TypeError for a field whose type has no column, unless `leave_out` names it.
    """
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return tuple(
        _column(kind, field) for field in info.fields if field.encode_name not in leave_out
    )


def _column(kind: type[Struct], field: inspect.Field) -> Column:
    try:
        inner, optional = _without_none(field.type)
        sql_type = sql_type_of(inner)
    except TypeError as error:
        raise TypeError(f"{kind.__name__}.{field.encode_name}: {error}") from None
    if optional and field.required:
        raise TypeError(f"{kind.__name__}.{field.encode_name}: may be None, but has no default")
    default = None if field.required else literal(_default(field))
    item: tuple[Column, ...] = ()
    if isinstance(inner, inspect.VarTupleType) and isinstance(inner.item_type, inspect.StructType):
        item = columns_of(inner.item_type.cls)
    return Column(field.encode_name, sql_type, _parsed_as(inner, default), default, item)


def sql_type_of(kind: inspect.Type) -> str:
    """The DuckDB type of a msgspec type. Raises TypeError where there is none."""
    inner, _ = _without_none(kind)
    if isinstance(inner, inspect.LiteralType) and all(isinstance(v, str) for v in inner.values):
        return "VARCHAR"
    if isinstance(inner, inspect.VarTupleType):
        return f"{sql_type_of(inner.item_type)}[]"
    if isinstance(inner, inspect.StructType):
        fields = (f"{quoted(c.name)} {c.sql_type}" for c in columns_of(inner.cls))
        return f"STRUCT({', '.join(fields)})"
    try:
        return _SCALARS[type(inner)]
    except KeyError:
        raise TypeError(f"{type(inner).__name__} has no column type") from None


def _without_none(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    if not isinstance(kind, inspect.UnionType):
        return kind, False
    rest = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    if len(rest) != 1:
        raise TypeError("a union of several types has no column type")
    return rest[0], len(rest) < len(kind.types)


def _default(field: inspect.Field) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory()


def _parsed_as(kind: inspect.Type, default: str | None) -> Schema:
    if isinstance(kind, inspect.VarTupleType):
        return [_parsed_as(kind.item_type, None)]
    if isinstance(kind, inspect.StructType):
        return {column.name: column.parsed_as for column in columns_of(kind.cls)}
    if default is not None or isinstance(kind, inspect.DateTimeType):
        return "VARCHAR"
    return sql_type_of(kind)


def literal(value: Any) -> str:
    """A default as SQL: text, whole numbers, booleans, None and the empty list."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case () | []:
            return "[]"
    raise TypeError(f"a default of {value!r} has no literal")


def quoted(name: str) -> str:
    """A name as SQL, so that a field called `window` does no harm."""
    return '"' + name.replace('"', '""') + '"'


def json_schema(columns: Sequence[Column], usual: Collection[str] = ()) -> str:
    """The columns as `from_json` wants them, lists that are not `usual` as JSON: an SQL literal."""
    later = {c.name for c in columns if c.is_list and c.name not in usual}
    schema = {c.name: "JSON" if c.name in later else c.parsed_as for c in columns}
    return literal(json.dumps(schema))


def parsed_expression(column: Column, row: str, text: str, usual: Collection[str] = ()) -> str:
    """The SQL value of a column, from `row`, what `from_json` gave for the JSON in `text`.

    A value that does not fit raises in DuckDB; what is missing becomes its default. `usual` is what
    `json_schema` was given.
    """
    value = f"{row}.{quoted(column.name)}"
    if column.is_list:
        value = _list_expression(column, value, text if column.name in usual else None)
    elif column.sql_type == "TIMESTAMP":
        value = (
            f"CASE WHEN {value} IS NULL OR suffix({value}, 'Z') THEN {value}"
            f" ELSE error('{column.name} is not in UTC') END"
        )
    if column.parsed_as != column.sql_type:
        value = f"CAST({value} AS {column.sql_type})"
    return value if column.default in (None, "NULL") else f"coalesce({value}, {column.default})"


def _list_expression(column: Column, value: str, text: str | None) -> str:
    """A list that was parsed from `text`, or one that is JSON still."""
    wrong = f"error('{column.name} is not a list')"
    if text is not None:
        key = literal(f'"{column.name}"')
        return (
            f"CASE WHEN {value} IS NULL AND contains({text}, {key}) THEN {wrong} ELSE {value} END"
        )
    parsed = f"from_json({value}, {literal(json.dumps(column.parsed_as))})"
    return f"CASE WHEN {value} IS NOT NULL THEN coalesce({parsed}, {wrong}) END"


def item_expression(column: Column, row: str) -> str:
    """The SQL value of a field of a list's Struct, its default where it was left out."""
    value = f"{row}.{quoted(column.name)}"
    return value if column.default in (None, "NULL") else f"coalesce({value}, {column.default})"


def union_columns(kinds: Sequence[type[Struct]]) -> dict[str, Column]:
    """Every column of several Structs by its name.

    Raises TypeError where one name has two types: the log promises that it has one.
    """
    union: dict[str, Column] = {}
    for kind in kinds:
        for column in columns_of(kind):
            known = union.setdefault(column.name, column)
            if known.sql_type != column.sql_type:
                raise TypeError(
                    f"{kind.__name__}.{column.name} is {column.sql_type}, elsewhere it is"
                    f" {known.sql_type}"
                )
    return union
