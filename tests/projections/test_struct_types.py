"""Events' Structs as DuckDB sees them: types, defaults, and nothing that vanishes unseen."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, NewType

import duckdb
import pytest
from msgspec import Meta, Struct

from projections.struct_types import columns_of, json_schema, parsed_expression, union_columns
from schemas.events import MEMBER_EVENTS, LotOpened, PurchaseRecorded
from tests.projections.support import utc

Name = NewType("Name", str)


class Inner(Struct, omit_defaults=True):
    key: str
    count: int = 7


class Everything(Struct, omit_defaults=True):
    name: Name
    kind: Literal["a", "b"]
    amount: Annotated[int, Meta(ge=0)]
    sure: bool
    day: dt.date
    at: dt.datetime
    note: str = "none"
    more: int = 3
    later: dt.date | None = None
    tags: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()


MINIMAL = (
    '{"name":"n","kind":"a","amount":5,"sure":true,"day":"2026-03-01",'
    '"at":"2026-03-01T02:00:00.5Z"}'
)


def read(kind: type[Struct], text: str, usual: tuple[str, ...] = ()) -> dict[str, object]:
    """One payload, parsed the way the warehouse does."""
    columns = columns_of(kind)
    values = ", ".join(
        f'{parsed_expression(c, "parsed", "state", usual)} AS "{c.name}"' for c in columns
    )
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT {values} FROM (SELECT state, from_json(state, {json_schema(columns, usual)})"
            " AS parsed FROM (SELECT ? AS state))",
            [text],
        ).fetchall()
    return dict(zip((c.name for c in columns), rows[0], strict=True))


def test_every_kind_of_field_has_its_column_type() -> None:
    assert {c.name: c.sql_type for c in columns_of(Everything)} == {
        "name": "VARCHAR",
        "kind": "VARCHAR",
        "amount": "BIGINT",
        "sure": "BOOLEAN",
        "day": "DATE",
        "at": "TIMESTAMP",
        "note": "VARCHAR",
        "more": "BIGINT",
        "later": "DATE",
        "tags": "VARCHAR[]",
        "inner": 'STRUCT("key" VARCHAR, "count" BIGINT)[]',
    }


either_way = pytest.mark.parametrize("usual", [(), ("tags", "inner")])
"""Lists that are parsed apart, and lists that are parsed with the rest."""


@either_way
def test_fields_left_out_come_back_as_their_defaults(usual: tuple[str, ...]) -> None:
    assert read(Everything, MINIMAL, usual) == {
        "name": "n",
        "kind": "a",
        "amount": 5,
        "sure": True,
        "day": dt.date(2026, 3, 1),
        "at": utc(2026, 3, 1, 2, 0.5),
        "note": "none",
        "more": 3,
        "later": None,
        "tags": [],
        "inner": [],
    }


@either_way
def test_fields_that_are_there_are_read(usual: tuple[str, ...]) -> None:
    text = MINIMAL[:-1] + (
        ',"note":"雨","more":4,"later":"2026-04-01","tags":["x"],"inner":[{"key":"k","count":1}]}'
    )

    row = read(Everything, text, usual)

    assert (row["note"], row["more"], row["later"]) == ("雨", 4, dt.date(2026, 4, 1))
    assert (row["tags"], row["inner"]) == (["x"], [{"key": "k", "count": 1}])


@either_way
@pytest.mark.parametrize(
    "wrong",
    [
        '"more":"many"',
        '"later":"2026-13-01"',
        '"later":5',
        '"tags":5',
        '"inner":{"key":"k"}',
        '"inner":[{"key":"k","count":"x"}]',
    ],
)
def test_an_optional_field_of_the_wrong_type_is_not_nulled(
    wrong: str, usual: tuple[str, ...]
) -> None:
    with pytest.raises(duckdb.Error):
        read(Everything, f"{MINIMAL[:-1]},{wrong}}}", usual)


@pytest.mark.parametrize("name", ["note", "more", "later", "tags", "inner"])
def test_null_is_read_as_left_out(name: str) -> None:
    assert read(Everything, f'{MINIMAL[:-1]},"{name}":null}}') == read(Everything, MINIMAL)


@pytest.mark.parametrize("time", ["2026-03-01T10:00:00+08:00", "2026-03-01T10:00:00", "soon"])
def test_a_time_that_does_not_say_utc_is_not_read_as_utc(time: str) -> None:
    with pytest.raises(duckdb.Error):
        read(Everything, MINIMAL.replace("2026-03-01T02:00:00.5Z", time))


def test_one_name_has_one_type_in_all_events_of_a_member() -> None:
    union = union_columns(MEMBER_EVENTS)

    assert union["occurred_at"].sql_type == "TIMESTAMP"
    assert {c.name for kind in MEMBER_EVENTS for c in columns_of(kind)} == union.keys()


def test_one_name_with_two_types_is_refused() -> None:
    class Other(Struct):
        amount: str

    with pytest.raises(TypeError, match=r"Other\.amount is VARCHAR, elsewhere it is BIGINT"):
        union_columns([Everything, Other])


def test_a_type_without_a_column_is_refused_by_name() -> None:
    class Odd(Struct):
        value: str | int

    with pytest.raises(TypeError, match=r"Odd\.value"):
        columns_of(Odd)


def test_what_events_require_is_required_and_what_they_omit_is_not() -> None:
    required = {c.name for c in columns_of(PurchaseRecorded) if c.required}

    assert {"occurred_at", "purchase_id", "amount_minor", "points_earned"} <= required
    assert not required & {"operator", "program_version", "lots", "movements", "partner"}
    assert [c.name for c in columns_of(LotOpened) if c.required] == [
        "lot",
        "points",
        "earned_on",
        "available_from",
    ]
