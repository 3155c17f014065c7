"""Laws of the warehouse, whatever the log: rebuilt = caught up, any split agrees, books balance."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from projections import Warehouse
from schemas.events import Event, Movement, PointsEvent
from tests.projections.support import (
    append,
    awarded,
    bought,
    create_log,
    enrolled,
    lot,
    moved_to,
    program,
    redeemed,
)

TABLES = (
    "events",
    "enrolments",
    "purchases",
    "awards",
    "redemptions",
    "tier_changes",
    "programs",
    "movements",
    "lots",
    "breakdown",
    "postings",
    "balances",
    "tier_cards",
    "rfm",
)

Log = list[tuple[str, Event]]

# An example builds files; so fewer of them than where one is a function call.
few = settings(max_examples=max(10, settings().max_examples // 5))

members = st.sampled_from(["a", "b", "会员"])
days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 4, 30))
points = st.integers(-1000, 1000)
movements = st.lists(
    st.one_of(
        st.builds(
            Movement,
            lot=st.integers(1, 3),
            bucket=st.sampled_from(["available", "held"]),
            points=points,
        ),
        st.builds(Movement, lot=st.just(0), bucket=st.just("debt"), points=points),
    ),
    max_size=3,
)


def total(moved: list[Movement]) -> int:
    """What movements add up to: points owed count against the member."""
    return sum(-m.points if m.bucket == "debt" else m.points for m in moved)


@st.composite
def member_events(draw: st.DrawFn) -> Event:
    moved = draw(movements)
    opened = [lot(m.lot, m.points, draw(st.none() | days)) for m in moved if m.bucket != "debt"]
    return draw(
        st.one_of(
            st.builds(enrolled, days, store=st.text(max_size=3)),
            st.builds(
                bought,
                days,
                st.integers(0, 500),
                st.just(total(moved)),
                st.just(moved),
                st.just(opened),
            ),
            st.just(awarded(total(moved), moved, opened)),
            st.just(redeemed(-total(moved), moved)),
            st.builds(moved_to, st.sampled_from(["silver", "gold"]), days, st.none() | days),
        )
    )


logs = st.lists(
    st.one_of(
        st.tuples(members, member_events()),
        st.tuples(members, member_events()),
        st.tuples(st.just(""), st.builds(program, st.integers(1, 3))),
    ),
    max_size=12,
).map(lambda log: with_lots_opened_once(log))


def with_lots_opened_once(log: Log) -> Log:
    """The log without the lots whose number the member has had before."""
    seen: set[tuple[str, int]] = set()
    sound: Log = []
    for who, event in log:
        if isinstance(event, PointsEvent):
            new = {opened.lot: opened for opened in event.lots if (who, opened.lot) not in seen}
            seen |= {(who, number) for number in new}
            event = structs.replace(event, lots=tuple(new.values()))
        sound.append((who, event))
    return sound


@contextmanager
def stored(log: Log) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        store = create_log(Path(folder) / "shop.jifen")
        append(store, *log)
        yield store


def content(opened: Warehouse) -> dict[str, list[Any]]:
    return {name: opened.query(f"FROM {name} ORDER BY ALL").rows for name in TABLES}


@few
@given(logs, st.data())
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


@few
@given(logs)
def test_feeding_twice_changes_nothing(log: Log) -> None:
    with stored(log) as store, Warehouse.open(store) as opened:
        opened.catch_up()
        once = content(opened)

        assert opened.catch_up() == 0

        assert content(opened) == once


@few
@given(logs, st.integers(1, 4), st.integers(1, 12))
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


UNBALANCED = "SELECT position FROM postings GROUP BY position HAVING sum(points) <> 0 ORDER BY 1"


@few
@given(logs)
def test_the_postings_of_sound_events_sum_to_zero_at_every_position(log: Log) -> None:
    with stored(log) as store, Warehouse.open(store) as opened:
        opened.catch_up()

        assert opened.query(UNBALANCED).rows == []


@few
@given(logs, st.integers(-5, 5).filter(bool))
def test_an_event_whose_headline_is_off_is_the_one_that_does_not_balance(
    log: Log, off: int
) -> None:
    with stored([*log, ("a", awarded(off, []))]) as store, Warehouse.open(store) as opened:
        opened.catch_up()

        assert opened.query(UNBALANCED).rows == [(len(log) + 1,)]


def naive_balances(log: Log) -> dict[str, tuple[int, int, int]]:
    """Member -> (available, held, owed), added up one movement after another."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for who, event in log:
        if isinstance(event, PointsEvent):
            for movement in event.movements:
                sums[who][movement.bucket] += movement.points
    return {who: (s["available"], s["held"], s["debt"]) for who, s in sums.items()}


@few
@given(logs)
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
