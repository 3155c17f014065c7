"""Laws of the warehouse, whatever the log: rebuilt = caught up, any split agrees, books balance."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections import Warehouse
from projections.tables import families
from schemas.events import PointsEvent
from tests.projections.logs import Log, logs
from tests.projections.support import append, awarded, create_log

TABLES = [family.table for family in families().values()]

# An example builds files; so fewer of them than where one is a function call.
few = settings(max_examples=max(10, settings().max_examples // 5))


@contextmanager
def stored(log: Log) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        store = create_log(Path(folder) / "shop.jifen")
        append(store, *log)
        yield store


def content(opened: Warehouse) -> dict[str, list[Any]]:
    """All that the warehouse holds: what the views show follows from it."""
    return {name: opened.query(f"FROM {name} ORDER BY position").rows for name in TABLES}


@few
@given(logs(), st.data())
def test_a_warehouse_that_followed_the_log_equals_one_built_at_once(
    log: Log, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(log)))
    batch = data.draw(st.integers(1, 5))
    with stored(log[:cut]) as store, Warehouse.open(store) as opened:
        opened.catch_up(batch_size=batch)
        append(store, *log[cut:])
        opened.catch_up(batch_size=batch)
        followed = content(opened)

        opened.rebuild()

        assert content(opened) == followed
        assert opened.position == len(log)
        assert sum(map(len, followed.values())) == len(log)


@few
@given(logs())
def test_feeding_twice_changes_nothing(log: Log) -> None:
    with stored(log) as store, Warehouse.open(store) as opened:
        opened.catch_up()
        once = content(opened)

        assert opened.catch_up() == 0

        assert content(opened) == once


@few
@given(logs(), st.integers(1, 4), st.integers(1, 12))
def test_however_it_was_interrupted_it_ends_the_same(log: Log, batch: int, stop: int) -> None:
    class Stopped(Exception):
        pass

    def stop_there(done: int, _: int) -> None:
        if done >= stop:
            raise Stopped

    with stored(log[:1]) as store, Warehouse.open(store) as opened:
        opened.catch_up()
        append(store, *log[1:])
        try:
            opened.catch_up(stop_there, batch_size=batch)
        except Stopped:
            reached = opened.position
            assert opened.query("SELECT count(*) FROM events").rows == [
                (sum(who != "" for who, _ in log[:reached]),)
            ]
        opened.catch_up()
        resumed = content(opened)

        opened.rebuild()

        assert content(opened) == resumed


OFF = "SELECT DISTINCT member FROM conservation WHERE difference <> 0"
UNBALANCED = "SELECT position FROM postings GROUP BY position HAVING sum(points) <> 0 ORDER BY 1"


@few
@given(logs())
def test_the_postings_of_sound_events_sum_to_zero_at_every_position(log: Log) -> None:
    with stored(log) as store, Warehouse.open(store) as opened:
        opened.catch_up()

        assert opened.query(UNBALANCED).rows == []
        assert opened.query("SELECT * FROM conservation WHERE difference <> 0").rows == []


@few
@given(logs(), st.integers(-5, 5).filter(bool))
def test_an_event_whose_headline_is_off_is_the_one_that_does_not_balance(
    log: Log, off: int
) -> None:
    with stored([*log, ("a", awarded(off, []))]) as store, Warehouse.open(store) as opened:
        opened.catch_up()

        assert opened.query(UNBALANCED).rows == [(len(log) + 1,)]
        # A made-up log may enrol someone twice, which gives two rows of one account.
        assert opened.query(OFF).rows == [("a",)]


def naive_balances(log: Log) -> dict[str, tuple[int, int, int]]:
    """Account -> (available, held, owed), added up one movement after another."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for who, event in log:
        if isinstance(event, PointsEvent):
            for movement in event.movements:
                sums[who][movement.bucket] += movement.points
    return {who: (s["available"], s["held"], s["debt"]) for who, s in sums.items()}


@few
@given(logs())
def test_balances_are_what_adding_up_gives(log: Log) -> None:
    with stored(log) as store, Warehouse.open(store) as opened:
        opened.catch_up()
        rows = opened.query(
            "SELECT member, available_points, held_points, debt_points, balance_points,"
            " last_position FROM balances WHERE last_position IS NOT NULL"
        ).rows

    assert {row[0]: row[1:4] for row in rows} == naive_balances(log)
    assert all(balance == available + held - debt for _, available, held, debt, balance, _ in rows)
    for who, *_, last in rows:
        moved = [n for n, (w, e) in enumerate(log, 1) if w == who and getattr(e, "movements", ())]
        assert last == moved[-1]
