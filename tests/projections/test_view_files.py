"""Each view is one file that says what its columns are; the rest follow from the event types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from projections import Warehouse
from projections.derived import derived_views
from projections.tables import families
from projections.views import written_views
from schemas.events import MEMBER_EVENTS, PointsEvent

ARGUMENTS = {"period": "'day'", "days": "365", "seen": "0", "through": "9"}
ELSEWHERE = {"rfm": {"on_day"}}
"""Columns that a view explains itself, where the rest is another one's."""


def called(name: str, text: str) -> str | None:
    """How a view or a table macro is asked for; None for a macro that gives one value."""
    made = re.search(rf"^CREATE (VIEW|MACRO) {name}(?:\((.*?)\))? AS( TABLE)?", text, re.MULTILINE)
    assert made is not None, name
    if made[1] == "VIEW":
        return name
    if made[3] is None:
        return None
    days = (ARGUMENTS.get(each, "DATE '2026-01-01'") for each in made[2].split(", "))
    return f"{name}({', '.join(days)})"


def test_every_view_says_what_its_columns_are(store: Path) -> None:
    with Warehouse.open(store) as opened:
        opened.catch_up()
        for name, text in written_views().items():
            header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
            assert header.startswith(f"-- {name}"), name
            source = called(name, text)
            columns = opened.query(f"SELECT * FROM {source}").columns if source else ()
            for column in ELSEWHERE.get(name, columns):
                assert re.search(rf"\b{column}\b", header), f"{name}.{column}"


def test_a_file_holds_one_statement_of_its_own_name() -> None:
    for name, text in written_views().items():
        made = re.findall(r"^CREATE (?:VIEW|MACRO) (\w+)", text, re.MULTILINE)
        assert made == [name]


@pytest.mark.parametrize("kind", ["CREATE VIEW", "CREATE MACRO"])
def test_a_file_names_the_views_that_it_reads(kind: str) -> None:
    """Macros are bound when they are asked: nothing but this line puts them in order."""
    derived = {
        made.split('"')[1] for made in derived_views(tuple(families().values()), frozenset())
    }
    known = derived | written_views().keys()
    for name, text in written_views().items():
        if kind not in text:
            continue
        header, statement = text.split("\nCREATE ", 1)
        said = set(re.findall(r"\w+", header.split("-- Reads: ")[1].splitlines()[0]))
        used = set(re.findall(r"(?:FROM|JOIN)\s+(\w+)(?![.\w])", statement))
        used |= {each for each in known if re.search(rf"\b{each}\(", statement)} - {name}
        assert used & known == said - {"nothing"}, name


def test_an_empty_warehouse_answers_with_no_rows(store: Path) -> None:
    views = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
    with Warehouse.open(store) as opened:
        opened.catch_up()
        found = {name: opened.query(f"FROM {name}").rows for (name,) in opened.query(views).rows}
        summary = opened.query("FROM repeat_summary('2026-01-01', 'day')").rows

    assert {name: rows for name, rows in found.items() if rows} == {"tier_ladder": [("", "", 0, 0)]}
    assert {"balances", "movements", "purchase_lines", "holds"} <= found.keys()
    assert summary == []


def test_a_name_is_that_of_one_view() -> None:
    known = tuple(families().values())
    lists = {name for family in known if family.of_member for name in family.lists}

    made = derived_views(known, frozenset())

    assert len(made) == len({family.name for family in known}) + len(lists) + 2


def test_every_account_that_points_come_from_or_go_to_is_in_the_conservation() -> None:
    accounts = {k.contra for k in MEMBER_EVENTS if issubclass(k, PointsEvent) and k.headline}

    asked = set(re.findall(r"account = '(\w+)'", written_views()["conservation"]))

    assert asked == accounts | {"available", "held", "debt"}
