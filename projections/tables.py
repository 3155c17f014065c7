"""The tables that hold the log's facts, and the views that follow from the event types alone.

A table of schema `facts` holds one event type, one row per event, lists kept as lists:

    position, member, version, recorded_at    from the log's row
    every field of the Struct                 struct_types.py

On top, in the main schema, derived from the Structs so that a new event type appears by itself:

    <family>    the table without its lists: enrolments, purchases, awards, redemptions, ...
    events      what every event says, one row per event of any member
    movements   position, member, lot, bucket, points: one row per lot movement
    lots        position, member, lot, points, earned_on, available_from, expires_on
    breakdown   position, member, step, rule, ...: how a purchase's points came to be
    postings    position, member, account, points: double entry, sums to zero at every position

The postings of the member's side are the movements; `debt` is what the member owes and has the
opposite sign. The contra side is the event's headline figure, not the sum of the movements, so
that an event whose movements don't add up to its headline is found by summing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from projections.struct_types import (
    Column,
    columns_of,
    item_expression,
    json_schema,
    parsed_expression,
    quoted,
    union_columns,
)
from schemas.events import (
    MEMBER_EVENTS,
    MEMBER_PREFIX,
    PROGRAM_EVENTS,
    Event,
    MemberEnrolled,
    PointsAwarded,
    PointsEvent,
    PointsRedeemed,
    ProgramPublished,
    PurchaseRecorded,
    TierChanged,
)

BATCH: Final = "incoming"
"""The name that a batch of the log's rows goes by while it is taken in."""

_NAMES: Final[dict[type[Event], str]] = {
    MemberEnrolled: "enrolments",
    PurchaseRecorded: "purchases",
    PointsAwarded: "awards",
    PointsRedeemed: "redemptions",
    TierChanged: "tier_changes",
    ProgramPublished: "programs",
}
# The program file as a whole is in `content`; its nested form has no columns.
_LEFT_OUT: Final[dict[type[Event], frozenset[str]]] = {ProgramPublished: frozenset({"program"})}

# Columns of the log's row: name, type, value.
_ENVELOPE: Final = (
    ("position", "BIGINT", "position"),
    ("member", "VARCHAR", f"substr(stream, {len(MEMBER_PREFIX) + 1})"),
    ("version", "BIGINT", "version"),
    ("recorded_at", "TIMESTAMP", "make_timestamp(recorded_at)"),
)
# Text that hardly repeats: looking for a way to compress it costs more than it saves.
_UNCOMPRESSED: Final = frozenset({"member", "request_id", "purchase_id"})
# Named, so that DuckDB does not try every way on every column at each checkpoint.
_COMPRESSION: Final = {
    "VARCHAR": "dict_fsst",
    "BIGINT": "bitpacking",
    "DATE": "bitpacking",
    "TIMESTAMP": "bitpacking",
}


@dataclass(frozen=True)
class Family:
    """One event type and its table."""

    kind: type[Event]
    topic: str
    name: str
    columns: tuple[Column, ...]

    @property
    def table(self) -> str:
        return f"facts.{quoted(self.name)}"

    @property
    def envelope(self) -> tuple[tuple[str, str, str], ...]:
        """The log's columns; a program has no member, and its own field `version`."""
        own = {column.name for column in self.columns}
        if not self.of_member:
            own.add("member")
        return tuple(entry for entry in _ENVELOPE if entry[0] not in own)

    @property
    def of_member(self) -> bool:
        return self.kind in MEMBER_EVENTS

    @property
    def flat(self) -> tuple[str, ...]:
        """The names of the columns that hold no list of Structs."""
        own = (column.name for column in self.columns if not column.item or not self.of_member)
        return (*(name for name, _, _ in self.envelope), *own)

    def list_named(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name and c.item), None)


def family_of(kind: type[Event], topic: str) -> Family:
    """The family of an event type; one without a name of its own goes by its topic's."""
    name = _NAMES.get(kind) or _snake_case(topic.split(".", maxsplit=1)[0])
    return Family(kind, topic, name, columns_of(kind, _LEFT_OUT.get(kind, frozenset())))


def families() -> dict[str, Family]:
    """Topic -> family of every event type. Raises TypeError where a field name has two types."""
    union_columns(MEMBER_EVENTS)
    kinds = (*MEMBER_EVENTS, *PROGRAM_EVENTS)
    return {kind.topic: family_of(kind, kind.topic) for kind in kinds}


def _snake_case(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def create_tables(known: Sequence[Family]) -> list[str]:
    """The statements that make the empty tables."""
    return ["CREATE SCHEMA facts", *(_create_table(family) for family in known)]


def _create_table(family: Family) -> str:
    columns = [_column_definition(name, kind, required=True) for name, kind, _ in family.envelope]
    columns += [
        _column_definition(c.name, c.sql_type, required=c.default != "NULL") for c in family.columns
    ]
    return f"CREATE TABLE {family.table} ({', '.join(columns)})"


def _column_definition(name: str, sql_type: str, *, required: bool) -> str:
    constraint = " NOT NULL" if required else ""
    method = "uncompressed" if name in _UNCOMPRESSED else _COMPRESSION.get(sql_type)
    compression = f" USING COMPRESSION {method}" if method else ""
    return f"{quoted(name)} {sql_type}{constraint}{compression}"


def insert_statement(family: Family) -> str:
    """The statement that takes the family's rows out of the batch, each payload parsed once."""
    values = [value for _, _, value in family.envelope]
    values += [parsed_expression(column, "parsed", "state") for column in family.columns]
    return (
        f"INSERT INTO {family.table} SELECT {', '.join(values)} FROM"
        f" (SELECT *, from_json(state, {json_schema(family.columns)}) AS parsed"
        f" FROM {BATCH} WHERE topic = '{family.topic}')"
    )


def broken_lists_query(family: Family) -> str | None:
    """The first position behind `?` whose lists lack a required value; None without lists."""
    checks = [
        f"SELECT position FROM (SELECT position, unnest({quoted(column.name)}) AS item"
        f" FROM {family.table} WHERE position > $after) WHERE "
        + " OR ".join(f"item.{quoted(c.name)} IS NULL" for c in column.item if c.required)
        for column in family.columns
        if column.item
    ]
    return f"SELECT min(position) FROM ({' UNION ALL '.join(checks)})" if checks else None


def derived_views(known: Sequence[Family], written: frozenset[str]) -> list[str]:
    """The statements that make the views above, but for those that have a file (`written`)."""
    of_members = [family for family in known if family.of_member]
    views = {family.name: _flat_view(family) for family in known}
    views["events"] = _union(_common(family) for family in of_members)
    for name in ("movements", "lots", "breakdown"):
        views[name] = _union(_unnested(f, c) for f in of_members if (c := f.list_named(name)))
    views["postings"] = _union(
        side
        for family in of_members
        if issubclass(family.kind, PointsEvent)
        for side in _both_sides(family, family.kind)
    )
    return [
        f"CREATE VIEW {quoted(name)} AS {query}"
        for name, query in views.items()
        if name not in written
    ]


def _union(queries: Iterable[str]) -> str:
    return " UNION ALL ".join(queries)


def _flat_view(family: Family) -> str:
    return f"SELECT {', '.join(map(quoted, family.flat))} FROM {family.table}"


def _common(family: Family) -> str:
    names = [name for name, _, _ in family.envelope]
    names += [column.name for column in columns_of(Event)]
    return f"SELECT '{family.topic}' AS topic, {', '.join(map(quoted, names))} FROM {family.table}"


def _unnested(family: Family, column: Column) -> str:
    values = ", ".join(f"{item_expression(c, 'item')} AS {quoted(c.name)}" for c in column.item)
    number = "number AS step, " if column.name == "breakdown" else ""
    numbers = f", generate_subscripts({quoted(column.name)}, 1) AS number" if number else ""
    return (
        f"SELECT position, member, {number}{values} FROM (SELECT position, member,"
        f" unnest({quoted(column.name)}) AS item{numbers} FROM {family.table})"
    )


def _both_sides(family: Family, kind: type[PointsEvent]) -> tuple[str, str]:
    member_side = (
        "SELECT position, member, item.bucket AS account,"
        " CASE item.bucket WHEN 'debt' THEN -item.points ELSE item.points END AS points"
        f" FROM (SELECT position, member, unnest(movements) AS item FROM {family.table})"
    )
    contra_side = (
        f"SELECT position, member, '{kind.contra}' AS account,"
        f" {-kind.sign} * {quoted(kind.headline)} AS points FROM {family.table}"
    )
    return member_side, contra_side
