"""The warehouse follows the log, notices when it does not fit it, and only ever answers."""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from projections import Warehouse, warehouse
from projections.errors import (
    LogNotFound,
    QueryRefused,
    QueryTimeout,
    WarehouseBusy,
    WarehouseMissing,
    WarehouseReadOnly,
)
from schemas.errors import UndecodableEvent, UnknownTopic
from schemas.upcasts import Upcasts
from tests.projections.support import (
    answers,
    append,
    append_rows,
    awarded,
    bought,
    change_row,
    create_log,
    enrolled,
    into,
    lot,
    program,
    utc,
)

GOOD = '"occurred_at":"2026-03-01T02:00:00Z","occurred_on":"2026-03-01","source":"s"'
ENROLLED = f'{{{GOOD},"request_id":"r"}}'


class Interrupted(Exception):
    pass


def interrupt(*_: int) -> None:
    raise Interrupted


def file_of(store: Path) -> Path:
    return Path(f"{store}.duckdb")


@pytest.fixture
def five(store: Path) -> Path:
    """A log of an enrolment and four purchases."""
    append(store, ("a", enrolled()), *(("a", bought(purchase_id=f"p{n}")) for n in range(4)))
    return store


def count_purchases(store: Path) -> int:
    return int(answers(store, "SELECT count(*) FROM purchases")[0][0])


def test_catching_up_reads_only_what_is_new(five: Path) -> None:
    with Warehouse.open(five) as opened:
        assert opened.catch_up() == 5
        append(five, ("b", enrolled()))
        assert opened.catch_up() == 1
        assert opened.catch_up() == 0
        assert opened.position == 6


def test_the_file_stands_beside_the_store_unless_told_otherwise(five: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.duckdb"

    with Warehouse.open(five) as beside, Warehouse.open(five, elsewhere) as other:
        beside.catch_up()
        other.catch_up()

    assert file_of(five).exists()
    assert elsewhere.exists()


def test_progress_is_told_against_what_is_to_read(five: Path) -> None:
    told: list[tuple[int, int]] = []

    with Warehouse.open(five) as opened:
        opened.catch_up(lambda done, total: told.append((done, total)), batch_size=2)

    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_missing_store_makes_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(LogNotFound):
        Warehouse.open(tmp_path / "none.jifen")

    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_catch_up_goes_on_where_it_stood(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        append(five, *(("b", bought(purchase_id=f"q{n}")) for n in range(4)))

        with pytest.raises(Interrupted):
            opened.catch_up(interrupt, batch_size=2)

        rows = opened.query("SELECT count(*) FROM purchases").rows
        assert (opened.position, rows) == (7, [(6,)])
        assert opened.catch_up() == 2
        assert opened.query("SELECT count(*) FROM purchases").rows == [(8,)]


def test_an_interrupted_rebuild_leaves_the_old_one(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()

        with pytest.raises(Interrupted):
            opened.rebuild(interrupt, batch_size=2)

        assert opened.position == 5
        assert [path.name for path in five.parent.glob("*.new*")] == []


def test_the_rest_of_a_killed_rebuild_is_in_nobodys_way(five: Path) -> None:
    file_of(five).with_name("shop.jifen.duckdb.new").write_bytes(b"half a file")

    assert count_purchases(five) == 4


@contextmanager
def rebuilt_with_a_warning(store: Path, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="projections"):
        yield
    assert any("is built again" in record.getMessage() for record in caplog.records), caplog.text


def test_a_damaged_warehouse_is_built_again(five: Path, caplog: pytest.LogCaptureFixture) -> None:
    count_purchases(five)
    file_of(five).write_bytes(b"not a database, not at all" * 1000)

    with rebuilt_with_a_warning(five, caplog):
        assert count_purchases(five) == 4


def test_a_foreign_database_in_its_place_is_built_again(
    five: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(duckdb.connect(file_of(five))) as other:
        other.execute("CREATE TABLE t (a INTEGER)")

    with rebuilt_with_a_warning(five, caplog):
        assert count_purchases(five) == 4


def test_a_warehouse_of_another_store_is_built_again(
    five: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = create_log(tmp_path / "other.jifen")
    append(other, ("x", enrolled()), *(("x", bought(purchase_id=f"x{n}")) for n in range(7)))
    count_purchases(other)
    file_of(other).replace(file_of(five))

    with rebuilt_with_a_warning(five, caplog):
        assert count_purchases(five) == 4


def test_a_warehouse_ahead_of_its_log_is_built_again(
    five: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
    shorter = create_log(five.with_name("shorter.jifen"))
    append(shorter, ("a", enrolled()), ("a", bought(purchase_id="p0")))
    shorter.replace(five)

    with rebuilt_with_a_warning(five, caplog):
        assert count_purchases(five) == 1


def test_a_warehouse_of_another_layout_is_built_again(
    five: Path, caplog: pytest.LogCaptureFixture
) -> None:
    count_purchases(five)
    with closing(duckdb.connect(file_of(five))) as opened:
        opened.execute("UPDATE facts.progress SET layout = 'older'")

    with rebuilt_with_a_warning(five, caplog):
        assert count_purchases(five) == 4


def test_a_topic_of_a_newer_version_is_told_and_changes_nothing(five: Path) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        append(five, ("b", enrolled()))
        append_rows(five, [("member:b", "PointsGifted.1", "{}")])

        with pytest.raises(UnknownTopic, match=r"PointsGifted\.1"):
            opened.catch_up()

        assert opened.position == 5
        assert opened.query("SELECT count(*) FROM members").rows == [(1,)]


MOVES = f'{GOOD},"request_id":"r","points_awarded":5,"reason":"x"'


@pytest.mark.parametrize(
    ("topic", "state"),
    [
        ("MemberEnrolled.1", "{"),
        ("MemberEnrolled.1", "null"),
        ("MemberEnrolled.1", "[]"),
        ("MemberEnrolled.1", "{}"),
        ("MemberEnrolled.1", ENROLLED.replace("2026-03-01T02", "2026-13-01T02")),
        ("MemberEnrolled.1", ENROLLED.replace('"2026-03-01"', '"2026-02-30"')),
        ("MemberEnrolled.1", ENROLLED.replace("}", ',"program_version":"new"}')),
        ("PointsAwarded.1", f"{{{MOVES.replace('5', 'null', 1)}}}".replace("null", '"five"')),
        ("PointsAwarded.1", f'{{{MOVES},"movements":7}}'),
        ("PointsAwarded.1", f'{{{MOVES},"movements":[{{"lot":1,"bucket":"available"}}]}}'),
        (
            "PointsAwarded.1",
            f'{{{MOVES},"movements":[{{"lot":"one","bucket":"available","points":5}}]}}',
        ),
        ("PointsAwarded.1", f'{{{MOVES},"movements":[null]}}'),
    ],
)
def test_a_payload_that_does_not_fit_names_its_event_and_changes_nothing(
    five: Path, topic: str, state: str
) -> None:
    with Warehouse.open(five) as opened:
        opened.catch_up()
        append(five, ("b", enrolled()))
        append_rows(five, [("member:b", topic, state)])

        with pytest.raises(UndecodableEvent, match=r"event #7"):
            opened.catch_up()

        assert opened.position == 5


def test_old_payloads_are_lifted_before_they_are_read(store: Path) -> None:
    upcasts = Upcasts()

    @upcasts.step("Joined.1", "Joined.2")
    def _rename(payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "store": payload.pop("shop")}

    @upcasts.step("Joined.2", "MemberEnrolled.1")
    def _stamp(payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "operator": "old"}

    append(store, ("a", enrolled()))
    append_rows(
        store,
        [
            ("member:b", "Joined.1", ENROLLED[:-1] + ',"shop":"S1"}'),
            ("member:c", "Joined.2", ENROLLED[:-1] + ',"store":"S2"}'),
        ],
    )

    with Warehouse.open(store, upcasts=upcasts) as opened:
        assert opened.catch_up() == 3
        rows = opened.query("SELECT member, store, operator FROM enrolments ORDER BY 1").rows

    assert rows == [("a", "", ""), ("b", "S1", "old"), ("c", "S2", "old")]


def test_an_old_payload_that_does_not_fit_names_its_event(store: Path) -> None:
    upcasts = Upcasts()
    upcasts.step("Joined.1", "MemberEnrolled.1")(lambda payload: payload)
    append_rows(store, [("member:b", "Joined.1", "{}")])

    with (
        Warehouse.open(store, upcasts=upcasts) as opened,
        pytest.raises(UndecodableEvent, match="event #1"),
    ):
        opened.catch_up()


def test_fields_that_a_newer_writer_added_are_passed_over(store: Path) -> None:
    append_rows(store, [("member:a", "MemberEnrolled.1", ENROLLED[:-1] + ',"colour":"red"}')])

    assert answers(store, "SELECT member FROM members") == [("a",)]


def test_times_are_utc_without_a_zone_and_days_are_dates(store: Path) -> None:
    append(store, ("a", enrolled("2026-03-01")))

    rows = answers(store, "SELECT enrolled_at, enrolled_on FROM members")

    assert rows == [(utc(2026, 3, 1, 4), dt.date(2026, 3, 1))]
    recorded = answers(store, "SELECT recorded_at FROM events")
    assert recorded == [(utc(2026, 1, 1, 0, 0.000001),)]


def test_programs_are_read_apart_from_the_members(store: Path) -> None:
    append(store, ("", program(1)), ("", program(2, rfm_recency_days=30)))

    rows = answers(
        store,
        "SELECT version, currency, currency_exponent, zone, rfm_window_days, rfm_recency_days"
        " FROM programs ORDER BY position",
    )

    assert rows == [
        (1, "CNY", 2, "Asia/Shanghai", 365, None),
        (2, "CNY", 2, "Asia/Shanghai", 365, 30),
    ]


def test_a_change_in_the_last_row_that_was_read_is_noticed(
    five: Path, caplog: pytest.LogCaptureFixture
) -> None:
    count_purchases(five)
    change_row(five, 5, recorded_at=1)

    with rebuilt_with_a_warning(five, caplog):
        count_purchases(five)


# Asking


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


HOLD = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        assert process.stdin is not None
        process.stdin.close()


def test_a_taken_warehouse_names_the_process_that_has_it(five: Path) -> None:
    count_purchases(five)

    with (
        held_by_another_process(file_of(five)) as pid,
        Warehouse.open(five, wait_seconds=0.1) as opened,
    ):
        with pytest.raises(WarehouseBusy, match=str(pid)):
            opened.catch_up()
        with pytest.raises(WarehouseBusy, match=str(pid)):
            opened.query("SELECT 1")
        with pytest.raises(WarehouseBusy, match=str(pid)):
            opened.rebuild()
    assert count_purchases(five) == 4


def test_a_warehouse_taken_in_this_process_is_told_too(five: Path) -> None:
    count_purchases(five)

    with Warehouse.open(five) as asking, Warehouse.open(five, wait_seconds=0.1) as writing:
        asking.query("SELECT 1")
        with pytest.raises(WarehouseBusy, match="this process"):
            writing.catch_up()


def test_importing_the_room_loads_neither_duckdb_nor_pyarrow() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, projections; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not {"duckdb", "_duckdb", "pyarrow"} & set(seen)


def test_a_wide_transaction_takes_many_pieces(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "PIECE_ROWS", 2)
    append(store, *(("a", awarded(1, [into(n, 1)], [lot(n, 1)])) for n in range(1, 8)))

    assert answers(store, "SELECT count(*), sum(points)::BIGINT FROM movements") == [(7, 7)]
