"""Many tills at one voucher: exactly one of them takes it, whatever is tried at the same time.

A thousand rounds in all: twenty threads of one process, and two processes of ten threads each on
one store. Every till asks under a request of its own, and all but one are told who was first.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from ledger import Ledger
from ledger.errors import VoucherAlreadyUsed
from schemas.events import VoucherUsed
from tests.club import voucher
from tests.scenario import BASIC

THREAD_ROUNDS, PROCESS_ROUNDS = 600, 400
THREADS, PROCESSES = 20, 2
MEMBERS = 50
"""So that a member has had vouchers before."""

Won = list[tuple[int, str]]
"""(round, till) of each use that went through."""


def member_of(number: int) -> str:
    return f"m-{number % MEMBERS}"


def store_with(path: Path, rounds: int) -> None:
    """A voucher for each round, by the round's name."""
    with Ledger.create(path, BASIC + voucher(times=rounds)) as ledger:
        for number in range(min(rounds, MEMBERS)):
            ledger.enrol(member_of(number))
        for number in range(rounds):
            ledger.issue_voucher(member_of(number), "ten", request_id=f"v-{number}", source="desk")


def till(ledger: Ledger, name: str, rounds: int, together: Callable[[], Any]) -> Won:
    """One till that tries every voucher, each at the same time as the others."""
    won = []
    for number in range(rounds):
        together()
        try:
            ledger.use_voucher(
                member_of(number), f"v-{number}", 5_000, voucher_source="desk", till=name
            )
        except VoucherAlreadyUsed:
            continue
        won.append((number, name))
    return won


def check(path: Path, rounds: int, won: Won) -> None:
    assert sorted(number for number, _ in won) == list(range(rounds))
    with Ledger.open(path) as ledger:
        used = [
            (int(recorded.event.voucher.removeprefix("v-")), recorded.event.till)
            for number in range(min(rounds, MEMBERS))
            for recorded in ledger.history(member_of(number))
            if isinstance(recorded.event, VoucherUsed)
        ]
        assert sorted(used) == sorted(won)
        assert ledger.verify(books=True).findings == ()


def test_twenty_threads_use_each_voucher_once(tmp_path):
    path = tmp_path / "shop.jifen"
    store_with(path, THREAD_ROUNDS)
    together = threading.Barrier(THREADS)
    with Ledger.open(path) as ledger, ThreadPoolExecutor(THREADS) as pool:
        tills = pool.map(
            lambda who: till(ledger, f"t-{who}", THREAD_ROUNDS, lambda: together.wait(60)),
            range(THREADS),
        )
        won = [use for uses in tills for use in uses]
    check(path, THREAD_ROUNDS, won)


def one_process(path: str, which: int, together: Barrier, queue: Any) -> None:
    """Ten threads of a process of its own; puts the uses that went through on the queue."""
    threads = THREADS // PROCESSES
    with Ledger.open(path) as ledger, ThreadPoolExecutor(threads) as pool:
        tills = pool.map(
            lambda who: till(
                ledger, f"p-{which}-t-{who}", PROCESS_ROUNDS, lambda: together.wait(120)
            ),
            range(threads),
        )
        queue.put([use for uses in tills for use in uses])


def test_two_processes_use_each_voucher_once(tmp_path):
    path = tmp_path / "shop.jifen"
    store_with(path, PROCESS_ROUNDS)
    context = multiprocessing.get_context("spawn")
    together, queue = context.Barrier(THREADS), context.Queue()
    processes = [
        context.Process(target=one_process, args=(str(path), which, together, queue))
        for which in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    won = [use for _ in processes for use in queue.get(timeout=300)]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    check(path, PROCESS_ROUNDS, won)
