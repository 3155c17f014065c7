"""The warehouse follows the log: it reads what is new, and goes on where it was interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from projections import Warehouse, warehouse
from projections.errors import LogNotFound
from tests.projections.support import answers, append, awarded, bought, enrolled, file_of, into, lot


class Interrupted(Exception):
    pass


def interrupt(*_: int) -> None:
    raise Interrupted


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


def test_a_wide_transaction_takes_many_pieces(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "PIECE_ROWS", 2)
    append(store, *(("a", awarded(1, [into(n, 1)], [lot(n, 1)])) for n in range(1, 8)))

    assert answers(store, "SELECT count(*), sum(points)::BIGINT FROM movements") == [(7, 7)]
