"""The store: what it refuses to open, what it writes, and what it leaves behind."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from ledger import Ledger
from ledger.errors import (
    InvalidProgram,
    NotAStore,
    StoreDamaged,
    StoreExists,
    StoreNotFound,
    StoreTooNew,
    StoreUnwritable,
    UnsupportedStore,
)
from ledger.ledger import store_path
from tests.scenario import LADDER


def alter(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_missing_store_is_not_made_by_opening_it(tmp_path):
    with pytest.raises(StoreNotFound):
        Ledger.open(tmp_path / "none.jifen")
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_never_overwritten(store):
    before = store.read_bytes()
    with pytest.raises(StoreExists):
        Ledger.create(store, LADDER)
    assert store.read_bytes() == before


def test_a_broken_program_leaves_no_store_behind(tmp_path):
    with pytest.raises(InvalidProgram):
        Ledger.create(tmp_path / "shop.jifen", "id = 1")
    assert list(tmp_path.iterdir()) == []


def test_a_store_in_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreUnwritable):
        Ledger.create(tmp_path / "no" / "shop.jifen", LADDER)


@pytest.mark.parametrize("content", [b"", b"hello, this is no database" * 50])
def test_another_file_is_not_a_store(tmp_path, content):
    path = tmp_path / "other.txt"
    path.write_bytes(content)
    with pytest.raises(NotAStore):
        Ledger.open(path)
    assert path.read_bytes() == content


def test_another_sqlite_file_is_not_a_store(tmp_path):
    path = tmp_path / "other.db"
    alter(path, "CREATE TABLE t (a)")
    with pytest.raises(NotAStore):
        Ledger.open(path)


def test_a_store_of_a_newer_version_is_not_opened(store):
    alter(store, "PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew) as caught:
        Ledger.open(store)
    assert caught.value.fields["version"] == 99


def test_a_damaged_store_is_told(store):
    content = bytearray(store.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    store.write_bytes(content)
    with pytest.raises(StoreDamaged):
        Ledger.open(store)


def test_a_truncated_store_is_told(store):
    store.write_bytes(store.read_bytes()[:5000])
    with pytest.raises((StoreDamaged, NotAStore)), Ledger.open(store) as ledger:
        ledger.enrol("m-002")


def test_urls_name_files_or_are_refused(tmp_path):
    assert store_path(f"sqlite:///{tmp_path}/a.jifen") == f"{tmp_path}/a.jifen"
    assert store_path("shop.jifen") == "shop.jifen"
    with pytest.raises(UnsupportedStore):
        Ledger.open("mysql://here/there")


def test_the_environment_can_not_redirect_a_ledger(store, monkeypatch):
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.sqlite")
    monkeypatch.setenv("SQLITE_DBNAME", "/nowhere/else.db")
    monkeypatch.setenv("MAPPER_TOPIC", "nonsense")
    monkeypatch.setenv("CIPHER_KEY", "nonsense")
    with Ledger.open(store) as ledger:
        assert ledger.balance("m-001").balance == 0


def test_commits_are_synchronous_in_wal_mode(store):
    with Ledger.open(store) as ledger:
        ledger.award("m-001", 1, "x")
        writer = ledger._recorder.file._writer
        assert writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert writer.execute("PRAGMA synchronous").fetchone()[0] == 2
    with Ledger.open(store, durability="relaxed") as ledger:
        ledger.award("m-001", 1, "x")
        assert ledger._recorder.file._writer.execute("PRAGMA synchronous").fetchone()[0] == 1


def test_the_layout_is_the_one_that_is_documented(store):
    with Ledger.open(store) as ledger:
        ledger.purchase("m-001", 500_000, "p-1", request_id="r-1", source="till")
    with closing(sqlite3.connect(store)) as connection:
        columns = {
            table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for table in ("events", "requests", "receipts", "identifiers", "seals")
        }
        assert columns == {
            "events": ["position", "stream", "version", "topic", "recorded_at", "state"],
            "requests": ["source", "request_id", "digest", "first_position", "last_position"],
            "receipts": ["partner", "purchase_id", "position"],
            "identifiers": ["kind", "value", "owner", "member", "mark", "position"],
            "seals": ["last_position", "count", "root", "previous", "seal"],
        }
        events = connection.execute(
            "SELECT position, stream, version, topic, typeof(state) FROM events ORDER BY 1"
        ).fetchall()
        assert events == [
            (1, "program", 1, "ProgramPublished.1", "text"),
            (2, "member:m-001", 1, "MemberEnrolled.1", "text"),
            (3, "member:m-001", 2, "PurchaseRecorded.1", "text"),
            (4, "member:m-001", 3, "TierChanged.1", "text"),
        ]
        request = connection.execute(
            "SELECT first_position, last_position FROM requests WHERE source = 'till'"
        ).fetchone()
        assert request == (3, 4)
        assert connection.execute("SELECT * FROM receipts").fetchall() == [("", "p-1", 3)]
        assert connection.execute("SELECT last_position, count FROM seals").fetchall() == [
            (1, 1),
            (2, 1),
            (4, 2),
        ]


def test_recorded_times_strictly_increase_even_when_the_clock_stands_still(ledger):
    for number in range(5):
        ledger.enrol(f"m-{number}")
    ledger.purchase("m-1", 600_000, "p-1")
    stamps = [row.recorded_at for row in ledger._recorder.select_span(1, ledger.position)]
    assert stamps == sorted(set(stamps))
    assert len(stamps) == 8


def test_balance_and_tier_never_load_duckdb_or_arrow(store):
    """Nor does importing the ledger."""
    code = (
        "import sys; from ledger import Ledger\n"
        "with Ledger.open(sys.argv[1]) as ledger:\n"
        "    ledger.balance('m-001'); ledger.tier('m-001'); list(ledger.statement('m-001'))\n"
        "loaded = {'duckdb', 'pyarrow', 'click', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
