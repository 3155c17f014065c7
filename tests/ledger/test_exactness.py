"""Many tills at one balance: exactly as many succeed as it covers, the rest are refused.

A thousand rounds in all: twenty threads of one process, and four processes of five threads each on
one store, redeem from one balance or give it away until there is not enough left.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ledger import GiftPoints, Ledger, RedeemPoints
from ledger.errors import InsufficientPoints
from tests.scenario import BASIC

THREAD_ROUNDS, PROCESS_ROUNDS = 600, 400
THREADS, PROCESSES = 20, 4


def rounds(count: int, seed: int) -> list[tuple[str, int, int]]:
    """(member, balance, cost) of each round."""
    draw = random.Random(seed)
    return [(f"m-{n}", draw.randint(0, 40), draw.randint(1, 7)) for n in range(count)]


def store_with(path: Path, plan: list[tuple[str, int, int]]) -> None:
    with Ledger.create(path, BASIC) as ledger:
        ledger.enrol("taker")
        for member, balance, _ in plan:
            ledger.enrol(member)
            # In several lots, so that debits span them.
            for points in (balance - balance // 3, balance // 3):
                if points:
                    ledger.award(member, points, "seed")


def spend_until_refused(ledger: Ledger, member: str, cost: int, who: int) -> int:
    """How many of one till's commands succeeded before the first refusal."""
    succeeded = 0
    while True:
        command = (
            RedeemPoints(member=member, points=cost)
            if (who + succeeded) % 2
            else GiftPoints(member=member, to="taker", points=cost)
        )
        try:
            ledger.execute(command)
        except InsufficientPoints:
            return succeeded
        succeeded += 1


def check(path: Path, plan: list[tuple[str, int, int]], succeeded: list[int]) -> None:
    assert succeeded == [balance // cost for _, balance, cost in plan]
    with Ledger.open(path) as ledger:
        for member, balance, cost in plan:
            assert ledger.balance(member).balance == balance % cost
        given = ledger.balance("taker").balance
        spent = sum(
            event.event.points_redeemed
            for member, _, _ in plan
            for event in ledger.history(member)
            if event.topic == "PointsRedeemed.1"
        )
        assert given + spent == sum(balance - balance % cost for _, balance, cost in plan)
        assert ledger.verify(books=True).findings == ()


def test_twenty_threads_spend_a_balance_exactly(tmp_path):
    plan = rounds(THREAD_ROUNDS, 1)
    store_with(tmp_path / "shop.jifen", plan)
    with Ledger.open(tmp_path / "shop.jifen") as ledger, ThreadPoolExecutor(THREADS) as pool:
        together = threading.Barrier(THREADS)

        def till(who: int) -> list[int]:
            counts = []
            for member, _, cost in plan:
                together.wait(60)
                counts.append(spend_until_refused(ledger, member, cost, who))
            return counts

        tills = list(pool.map(till, range(THREADS)))
    check(tmp_path / "shop.jifen", plan, [sum(counts) for counts in zip(*tills, strict=True)])


def one_process(path: str, plan: list[tuple[str, int, int]], together: Barrier, queue) -> None:
    """Five threads of a process of its own; puts the successes by round on the queue."""
    with Ledger.open(path) as ledger, ThreadPoolExecutor(THREADS // PROCESSES) as pool:
        counts = []
        for member, _, cost in plan:
            together.wait(120)
            tills = pool.map(
                lambda who, m=member, c=cost: spend_until_refused(ledger, m, c, who),
                range(THREADS // PROCESSES),
            )
            counts.append(sum(tills))
        queue.put(counts)


def test_four_processes_spend_a_balance_exactly(tmp_path):
    plan = rounds(PROCESS_ROUNDS, 2)
    store_with(tmp_path / "shop.jifen", plan)
    context = multiprocessing.get_context("spawn")
    together, queue = context.Barrier(PROCESSES), context.Queue()
    processes = [
        context.Process(
            target=one_process, args=(str(tmp_path / "shop.jifen"), plan, together, queue)
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    tills = [queue.get(timeout=300) for _ in processes]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    check(tmp_path / "shop.jifen", plan, [sum(counts) for counts in zip(*tills, strict=True)])
