"""A warehouse that does not fit its log, or this version, is built again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest

from projections import Warehouse
from tests.projections.support import (
    append,
    bought,
    change_row,
    count_purchases,
    create_log,
    enrolled,
    file_of,
)


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


def test_a_change_in_the_last_row_that_was_read_is_noticed(
    five: Path, caplog: pytest.LogCaptureFixture
) -> None:
    count_purchases(five)
    change_row(five, 5, recorded_at=1)

    with rebuilt_with_a_warning(five, caplog):
        count_purchases(five)
