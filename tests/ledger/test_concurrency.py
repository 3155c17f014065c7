"""Threads, processes, forks and kills on one store: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from ledger import EnrolMember, Ledger, RedeemPoints
from ledger.errors import InsufficientPoints

REDEEM_ALL = """
import sys
from ledger import Ledger
from ledger.errors import InsufficientPoints
path, cost = sys.argv[1], int(sys.argv[2])
won = 0
with Ledger.open(path) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        try:
            ledger.redeem("m-001", cost)
            won += 1
        except InsufficientPoints:
            break
print(won)
"""

PURCHASES_FOR_EVER = """
import sys
from ledger import Ledger
with Ledger.open(sys.argv[1]) as ledger:
    number = 0
    while True:
        number += 1
        ledger.purchase("m-001", 100, f"p-{number}", request_id=f"r-{number}")
        print(number, flush=True)
"""


def start(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def test_threads_spend_a_balance_exactly_once(store):
    with Ledger.open(store) as ledger:
        ledger.award("m-001", 1000, "x")
        won = []

        def spend():
            while True:
                try:
                    ledger.redeem("m-001", 7)
                except InsufficientPoints:
                    return
                won.append(1)

        threads = [threading.Thread(target=spend) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1000 // 7
        assert ledger.balance("m-001").balance == 1000 % 7
        assert not ledger.verify().findings


def test_processes_spend_a_balance_exactly_once(store):
    with Ledger.open(store) as ledger:
        ledger.award("m-001", 500, "x")
        processes = [start(REDEEM_ALL, store, 3) for _ in range(3)]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        won = sum(int(process.communicate()[0]) for process in processes)
        assert won == 500 // 3
        assert ledger.balance("m-001").balance == 500 % 3
        assert not ledger.verify().findings


def test_a_ledger_sees_what_another_process_wrote_before_it_decides(store):
    with Ledger.open(store) as here, Ledger.open(store) as there:
        here.award("m-001", 100, "x")
        there.redeem("m-001", 60)
        with pytest.raises(InsufficientPoints):
            here.redeem("m-001", 60)
        there.publish(PROGRAM_THAT_DOUBLES)
        assert here.purchase("m-001", 1000, "p-1").events[0].points_earned == 20


PROGRAM_THAT_DOUBLES = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01

[[earn]]
id = "base"
points = 2
per = "1.00"
"""


def test_commands_that_were_submitted_are_all_settled_by_close(store):
    with Ledger.open(store) as ledger:
        pendings = [ledger.submit(EnrolMember(member=f"x-{i}")) for i in range(500)]
    assert [pending.result().first_position for pending in pendings] == list(range(3, 503))


def test_a_refusal_reaches_the_one_who_submitted_it(store):
    with Ledger.open(store) as ledger:
        pending = ledger.submit(RedeemPoints(member="m-001", points=1))
        assert isinstance(pending.exception(timeout=30), InsufficientPoints)
        with pytest.raises(InsufficientPoints):
            pending.result()


def test_what_was_acknowledged_survives_kill_9(store):
    process = start(PURCHASES_FOR_EVER, store)
    for line in process.stdout:
        acknowledged = int(line)
        if acknowledged >= 100:
            break
    process.send_signal(signal.SIGKILL)
    # Not communicate(): it would pass over what the line reader has buffered.
    rest = process.stdout.read().split()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    acknowledged = int(rest[-1]) if rest else acknowledged
    with Ledger.open(store) as ledger:
        balance = ledger.balance("m-001").balance
        assert balance in (acknowledged, acknowledged + 1)
        assert not ledger.verify().findings
        again = ledger.purchase("m-001", 100, f"p-{acknowledged}", request_id=f"r-{acknowledged}")
        assert again.replayed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_and_its_parent_both_go_on_writing(store):
    with Ledger.open(store) as ledger:
        ledger.submit(EnrolMember(member="before")).result()
        child = os.fork()
        if child == 0:
            try:
                for number in range(20):
                    ledger.award("m-001", 1, "child", request_id=f"child-{number}")
                ledger.submit(EnrolMember(member="in-child")).result(timeout=30)
                os._exit(0)
            finally:
                os._exit(1)
        for number in range(20):
            ledger.award("m-001", 1, "parent", request_id=f"parent-{number}")
        deadline = time.monotonic() + 60
        while (done := os.waitpid(child, os.WNOHANG))[0] == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert done[1] == 0
        assert ledger.balance("m-001").balance == 40
        assert ledger.balance("in-child").balance == 0
        assert not ledger.verify().findings


def test_a_subscription_follows_commits_of_any_process(store):
    with (
        Ledger.open(store) as here,
        Ledger.open(store) as there,
        here._recorder.subscribe(gt=2) as follower,
    ):
        here.enrol("a")
        assert next(follower).topic == "MemberEnrolled.1"
        there.enrol("b")
        assert next(follower).originator_id == "member:b"
        follower.stop()
        assert list(follower) == []


class Interrupted:
    """A connection on which a statement succeeds and is then interrupted, once."""

    def __init__(self, connection, statement):
        self._connection, self._statement = connection, statement

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def execute(self, statement, *parameters):
        if statement != self._statement:
            return self._connection.execute(statement, *parameters)
        self._statement = ""
        self._connection.execute(statement, *parameters)
        raise KeyboardInterrupt


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "PRAGMA data_version", "COMMIT"])
def test_an_interrupt_leaves_the_ledger_and_the_file_usable(store, statement):
    with Ledger.open(store) as ledger:
        ledger.award("m-001", 1, "before", request_id="r-0")
        file = ledger._recorder.file
        file._writer = Interrupted(file._writer, statement)
        with pytest.raises(KeyboardInterrupt):
            ledger.award("m-001", 10, "interrupted", request_id="r-1")
        with Ledger.open(store) as other:
            other.award("m-001", 100, "other", request_id="r-2")
        # Interrupted after the commit it is durable, before it is not: a retry tells.
        again = ledger.award("m-001", 10, "interrupted", request_id="r-1")
        assert again.replayed == (statement == "COMMIT")
        ledger.award("m-001", 1000, "after", request_id="r-3")
        assert ledger.balance("m-001").balance == 1111
        assert not ledger.verify().findings


def test_a_program_that_could_not_be_read_again_is_read_by_the_next_command(store, monkeypatch):
    with Ledger.open(store) as ledger:
        programs = ledger._application.programs
        answers = iter([OSError("once")])

        def once():
            for error in answers:
                raise error
            return programs()

        monkeypatch.setattr(ledger._application, "programs", once)
        with pytest.raises(OSError, match="once"):
            ledger.publish(PROGRAM_THAT_DOUBLES)
        assert ledger.purchase("m-001", 1000, "p-1").events[0].points_earned == 20
