"""Sums over all members: kept with each commit, the same for every till, and as the log says."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from ledger import (
    BuyBlock,
    EnrolMember,
    HoldPoints,
    JoinPartner,
    Ledger,
    ManualClock,
    Outcome,
    RecordPurchase,
    RedeemPoints,
)
from ledger.errors import BatchRefused, BlockEmpty, LimitExceeded
from ledger.store import layout
from tests.alliance import terms
from tests.scenario import BASIC, instant

NOON = instant("2026-03-01T12:00")
TILLS, ROUNDS = 10, 30
SHOWN = {"issue": {"per_month": 100_000}, "prepaid": {"when_empty": "refuse"}}


def alliance_at(path: Path, **sections: Any) -> Ledger:
    """A new store with one partner that prepays, and a member for each till."""
    ledger = Ledger.create(path, BASIC, clock=lambda: NOON)
    ledger.join_partner(terms(**(SHOWN | sections)))
    for number in range(TILLS):
        ledger.enrol(f"m-{number}")
    return ledger


@pytest.fixture
def store(tmp_path):
    return tmp_path / "alliance.jifen"


@pytest.fixture
def shop(store):
    with alliance_at(store) as ledger:
        yield ledger


def sale(points, receipt, member="m-0", **said):
    """A purchase at the partner that earns so many points."""
    return RecordPurchase(
        member=member, amount_minor=100 * points, purchase_id=receipt, partner="tea", **said
    )


def left(ledger):
    return [block.left for block in ledger.partner("tea").blocks]


# -- commands together ---------------------------------------------------------------------------


def test_later_commands_of_a_commit_see_what_earlier_ones_drew(shop):
    shop.buy_block("tea", 100, 95)
    commands = [sale(60, "a"), sale(50, "b"), sale(40, "c"), sale(1, "d")]
    ends = [type(end) for end in shop.execute_many(commands)]
    assert ends == [Outcome, BlockEmpty, Outcome, BlockEmpty]
    assert left(shop) == [0]
    assert shop.partner("tea").issued == 100
    assert shop.verify(books=True).findings == ()


def test_commands_that_belong_together_draw_nothing_when_one_is_refused(shop):
    shop.buy_block("tea", 100, 95)
    with pytest.raises(BatchRefused):
        shop.execute_all([sale(60, "a"), sale(50, "b")])
    assert (left(shop), shop.partner("tea").issued) == ([100], 0)
    shop.execute_all([sale(60, "a"), sale(40, "b")])
    assert left(shop) == [0]


def test_a_block_is_bought_and_drawn_on_in_one_commit(shop):
    shop.execute_all([BuyBlock(partner="tea", points=60, price_minor=57), sale(60, "a")])
    assert left(shop) == [0]
    assert shop.verify().findings == ()


def test_a_partner_that_joins_in_a_commit_is_asked_of_in_it(tmp_path):
    join = JoinPartner(content=terms(**SHOWN))
    with Ledger.create(tmp_path / "new.jifen", BASIC) as ledger:
        together = [EnrolMember(member="m-0"), sale(5, "a"), join, sale(5, "b")]
        ends = [type(end) for end in ledger.execute_many(together)]
        assert ends == [Outcome, Outcome, Outcome, BlockEmpty]
        assert ledger.partner("tea").issued == 0


def test_a_retry_of_what_emptied_the_block_answers_as_before(shop):
    shop.buy_block("tea", 60, 57, request_id="b-1")
    first = shop.execute(sale(60, "a", request_id="r-1"))
    again = shop.execute(sale(60, "a", request_id="r-1"))
    assert again.replayed
    assert again.events == first.events
    assert shop.buy_block("tea", 60, 57, request_id="b-1").replayed
    assert left(shop) == [0]


def test_a_purchase_that_is_refused_at_last_draws_nothing(shop):
    shop.buy_block("tea", 100, 95)
    shop.execute(sale(10, "a"))
    results = list(shop.execute_many([sale(20, "a", "m-1"), sale(30, "b", "m-1")]))
    assert [type(end).__name__ for end in results] == ["ReceiptAlreadyClaimed", "Outcome"]
    assert left(shop) == [60]


# -- many tills ----------------------------------------------------------------------------------


def till(ledger: Ledger, number: int, together: Any) -> int:
    """One till that sells as often as it can; gives how often that was."""
    sold = 0
    for turn in range(ROUNDS):
        together.wait(60)
        try:
            ledger.execute(sale(1, f"{number}-{turn}", f"m-{number}"))
            sold += 1
        except BlockEmpty:
            pass
    return sold


def test_tills_that_draw_on_one_nearly_empty_block_at_once_never_draw_more(store):
    with alliance_at(store) as ledger, ThreadPoolExecutor(TILLS) as pool:
        ledger.buy_block("tea", TILLS * ROUNDS - 7, 1)
        together = threading.Barrier(TILLS)
        sold = pool.map(lambda number: till(ledger, number, together), range(TILLS))
        assert sum(sold) == TILLS * ROUNDS - 7
        assert left(ledger) == [0]
        assert ledger.verify(books=True).findings == ()


def one_process(path: str, number: int, together: Barrier, queue: Any) -> None:
    with Ledger.open(path) as ledger:
        queue.put(till(ledger, number, together))


def test_two_processes_that_draw_on_one_block_never_draw_more(store):
    with alliance_at(store) as ledger:
        ledger.buy_block("tea", 2 * ROUNDS - 5, 1)
    context = multiprocessing.get_context("spawn")
    together, queue = context.Barrier(2), context.Queue()
    tills = [
        context.Process(target=one_process, args=(str(store), number, together, queue))
        for number in range(2)
    ]
    for process in tills:
        process.start()
    sold = [queue.get(timeout=120) for _ in tills]
    for process in tills:
        process.join(30)
    with Ledger.open(store) as ledger:
        assert sum(sold) == 2 * ROUNDS - 5
        assert left(ledger) == [0]
        assert ledger.verify(books=True).findings == ()


def test_what_another_process_agreed_on_holds_at_once(store, shop):
    shop.buy_block("tea", 100, 95)
    with Ledger.open(store) as desk:
        shop.execute(sale(10, "a"))
        desk.change_terms(terms(issue={"per_purchase": 5}, redeem={"per_month": 1}))
    assert shop.execute(sale(10, "b")).events[0].points_earned == 5
    with pytest.raises(LimitExceeded):
        shop.redeem("m-0", 2, partner="tea")


# -- held against the log ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE counters SET points = points + 1 WHERE kind = 'block'", "wrong_counter"),
        ("DELETE FROM counters WHERE kind = 'issued'", "missing_counter"),
        ("INSERT INTO counters VALUES ('tea', 'block', '9', 5, 1)", "loose_counter"),
    ],
)
def test_verify_finds_a_sum_that_is_not_what_the_events_add_up_to(store, shop, change, code):
    shop.buy_block("tea", 100, 95)
    shop.execute(sale(10, "a"))
    shop.return_purchase("m-0", "a", partner="tea", amount_minor=400)
    shop.redeem("m-0", 2, partner="tea")
    assert shop.verify().findings == ()
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(change)
    assert [finding.code for finding in shop.verify().findings] == [code]


def test_a_store_of_layout_2_gets_the_table_and_counts_from_then_on(tmp_path):
    path = tmp_path / "old.jifen"
    with Ledger.create(path, BASIC) as ledger:
        ledger.enrol("m-0")
        ledger.purchase("m-0", 1_000, "a", partner="tea")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE counters")
        connection.execute("DROP TABLE transfers")
        connection.execute("PRAGMA user_version = 2")
    with Ledger.open(path) as ledger:
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        assert version == layout.LAYOUT_VERSION
        ledger.join_partner(terms(issue={"per_month": 25}))
        # What was bought before anyone had joined counts for nobody, nor does its return.
        ledger.return_purchase("m-0", "a", partner="tea")
        assert ledger.purchase("m-0", 3_000, "b", partner="tea").events[0].points_earned == 25
        assert ledger.verify(books=True).findings == ()


def test_a_hold_that_lapsed_gives_its_room_to_its_member_s_next_redemption():
    """alliance.md: what is released counts back, with the command that releases it."""
    clock = ManualClock(NOON)
    with Ledger(":memory:", program=BASIC, clock=clock) as ledger:
        ledger.join_partner(terms(redeem={"per_month": 100}))
        ledger.enrol("m-0")
        ledger.execute(sale(500, "a"))
        ledger.execute(HoldPoints(member="m-0", partner="tea", points=100, minutes=10))
        with pytest.raises(LimitExceeded):
            ledger.execute(RedeemPoints(member="m-0", partner="tea", points=1))
        clock.advance(hours=4)
        ledger.execute(RedeemPoints(member="m-0", partner="tea", points=100))
        with pytest.raises(LimitExceeded):
            ledger.execute(RedeemPoints(member="m-0", partner="tea", points=1))
        assert ledger.verify(books=True).findings == ()
