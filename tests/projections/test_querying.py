"""The warehouse only ever answers."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from projections import Warehouse
from projections.errors import QueryRefused, QueryTimeout, WarehouseMissing, WarehouseReadOnly
from tests.projections.support import append, bought, count_purchases


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO facts.purchases SELECT * FROM facts.purchases",
        "DELETE FROM facts.purchases",
        "UPDATE facts.progress SET position = 0",
        "DROP VIEW balances",
        "CREATE TABLE t (a INTEGER)",
        "CREATE TEMP TABLE t (a INTEGER)",
        "ATTACH ':memory:' AS other",
        "COPY (SELECT 1) TO 'out.csv'",
        "EXPORT DATABASE 'out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "RESET lock_configuration",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "SELECT 1; SELECT 2",
        "",
        "SELEKT 1",
        "SELECT * FROM no_such_table",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('shop.jifen')",
        "SELECT * FROM '/etc/hostname.csv'",
        "SELECT * FROM glob('*')",
    ],
)
def test_a_query_can_only_read_and_only_the_warehouse(five: Path, sql: str) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()

        with pytest.raises(QueryRefused):
            opened.query(sql)

        assert opened.query("SELECT count(*) FROM purchases").rows == [(4,)]


def test_python_variables_are_out_of_a_querys_reach(five: Path) -> None:
    secret = pa.table({"answer": [42]})

    with Warehouse.open(five) as opened:
        opened.catch_up()
        with pytest.raises(QueryRefused):
            opened.query("SELECT * FROM secret")
    assert secret.num_rows == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "WITH a AS (SELECT 1) FROM a",
        "VALUES (1)",
        "DESCRIBE balances",
        "SHOW TABLES",
        "SUMMARIZE purchases",
        "EXPLAIN SELECT 1",
    ],
)
def test_every_reading_statement_is_answered(five: Path, sql: str) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        assert opened.query(sql).rows


def test_an_answer_has_names_types_and_rows(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        by_number = opened.query("SELECT ?::INTEGER AS n, DATE '2026-03-01' AS day", [7])
        by_name = opened.query("SELECT $n::INTEGER AS n", {"n": 8})

    assert by_number.columns == ("n", "day")
    assert by_number.types == ("INTEGER", "DATE")
    assert by_number.rows == [(7, dt.date(2026, 3, 1))]
    assert by_name.rows == [(8,)]


def test_an_answer_past_its_limit_says_that_it_is_cut(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        cut = opened.query("FROM range(10)", max_rows=3)
        whole = opened.query("FROM range(10)", max_rows=10)
        unlimited = opened.query("FROM range(10)", max_rows=None)

    assert (len(cut.rows), cut.truncated) == (3, True)
    assert (len(whole.rows), whole.truncated) == (10, False)
    assert (len(unlimited.rows), unlimited.truncated) == (10, False)


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_answered(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()

        with pytest.raises(QueryTimeout):
            opened.query(
                "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range % 7 = 3",
                timeout_seconds=0.05,
            )

        assert opened.query("SELECT 1").rows == [(1,)]


def test_asking_before_anything_was_built_says_so(five: Path) -> None:
    with Warehouse.open(five) as opened, pytest.raises(WarehouseMissing):
        opened.query("SELECT 1")


def test_read_only_answers_what_is_there_and_changes_nothing(five: Path) -> None:
    count_purchases(five)
    append(five, ("a", bought(purchase_id="new")))

    with Warehouse.open(five, read_only=True) as opened:
        assert opened.query("SELECT count(*) FROM purchases").rows == [(4,)]
        with pytest.raises(WarehouseReadOnly):
            opened.catch_up()
        with pytest.raises(WarehouseReadOnly):
            opened.rebuild()


def test_importing_the_room_loads_neither_duckdb_nor_pyarrow() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, projections; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not {"duckdb", "_duckdb", "pyarrow"} & set(seen)
