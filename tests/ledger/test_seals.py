"""RULES 32: what was written is sealed, and a change is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger import AwardPoints, Ledger
from ledger.seals import tree_root


def naive_root(leaves):
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


@for_all(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_root_is_the_tree_hash_of_rfc_6962(leaves):
    assert tree_root(leaves) == naive_root(leaves)


def test_a_seal_can_be_recomputed_from_the_documented_format(store):
    with closing(sqlite3.connect(store)) as connection:
        previous = "0" * 64
        rows = connection.execute(
            "SELECT position, version, recorded_at, topic, stream, state FROM events"
        ).fetchall()
        seals = connection.execute("SELECT * FROM seals").fetchall()
    for row, (last_position, count, root, before, seal) in zip(rows, seals, strict=True):
        text = "\n".join(map(str, row))
        assert root == sha256(b"\0" + text.encode()).hexdigest()
        assert (last_position, count, before) == (row[0], 1, previous)
        line = f"jifen-seal:1\n{last_position}\n{count}\n{root}\n{before}"
        previous = sha256(line.encode()).hexdigest()
        assert seal == previous


@pytest.mark.parametrize(
    ("statement", "code", "position"),
    [
        ("UPDATE events SET state = replace(state, ':51', ':52') WHERE position = 4", "changed", 3),
        ("UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 5", "changed", 3),
        ("DELETE FROM events WHERE position = 4", "missing", 4),
        ("DELETE FROM events WHERE position = 7", "missing", 7),
        (
            "INSERT INTO events VALUES (8, 'member:m-001', 7, 'PointsAwarded.1', 99, '{}')",
            "unsealed",
            8,
        ),
        ("DELETE FROM seals WHERE last_position = 2", "wrong_count", 2),
        ("UPDATE seals SET count = 1 WHERE last_position = 5", "wrong_count", 3),
        ("UPDATE seals SET previous = root WHERE last_position = 7", "broken", 7),
        ("UPDATE seals SET seal = root WHERE last_position = 7", "broken", 7),
        ("UPDATE events SET version = 9 WHERE position = 7", "changed", 6),
        ("DELETE FROM events WHERE position > 5", "missing", 6),
        (
            "INSERT INTO requests VALUES ('x', 'y', 'z', 77, 78)",
            "loose_request",
            77,
        ),
        ("INSERT INTO receipts VALUES ('x', 'y', 77)", "loose_receipt", 77),
    ],
)
def test_a_changed_row_is_found_where_it_is(store, statement, code, position):
    with Ledger.open(store) as ledger:
        for points in (50, 60):
            some = [AwardPoints(member="m-001", points=points + i, reason="x") for i in range(3)]
            list(ledger.execute_many(some[: 3 if points == 50 else 2]))
        assert not ledger.verify().findings
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute(statement)
    with Ledger.open(store) as ledger:
        (finding,) = ledger.verify().findings
    assert finding.code.startswith(code)
    assert finding.position == position


def test_progress_is_told_while_verifying(store):
    told = []
    with Ledger.open(store) as ledger:
        ledger.verify(told.append)
    assert told == [1, 2]
