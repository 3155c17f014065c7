"""`jifen import online-retail`: the same file again, and one that was stopped midway."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from ledger import Ledger
from ledger.errors import StoreBusy
from tests.cli.conftest import EXAMPLES
from tests.cli.online_retail.sales import (
    ONLINE_RETAIL,
    counts,
    rejected,
    returns,
    row,
    tally,
    write,
)

SEVERAL = [
    *(row("1", "A", 5), row("1", "B", 2), row("2", "A", 2, minutes=1)),
    *(row("C3", "A", -4, minutes=2), row("C3", "B", -1, minutes=2)),
    *(row("C4", "A", -9, minutes=3), row("C5", "Z", -1, minutes=4)),
    *(row("6", "A", 1, minutes=5, customer=7), row("7", "A", 1, customer=None)),
]


def everything(path="jifen.db"):
    """All that the log says, but for when it was written down."""
    with closing(sqlite3.connect(path)) as store:
        return store.execute(
            "SELECT position, stream, version, topic, state FROM events WHERE stream != 'program'"
        ).fetchall()


def test_feeding_the_file_twice_posts_nothing_twice(feed, folder):
    first = feed(SEVERAL)
    before = everything()
    assert counts(first)[0] == tally(9, posted=4, returned=2, rejected=3)
    again = feed(SEVERAL)
    assert counts(again)[0] == tally(9, duplicate=6, rejected=3)
    assert everything() == before
    assert rejected(folder / "sales.rejects.csv") == rejected(folder / "sales.rejects-2.csv")


@pytest.fixture
def two_stores(jifen, folder):
    """A file to import, into `stopped.db` and `clean.db`."""
    write(folder / "a.parquet", SEVERAL)
    for store in ("stopped.db", "clean.db"):
        jifen("init", "--program", ONLINE_RETAIL / "program.toml", "--store", store)
    return lambda store: jifen("import", "online-retail", "a.parquet", "--quiet", "--store", store)


def ends_the_same(into):
    assert into("clean.db").status == 1
    assert len(everything("stopped.db")) < len(everything("clean.db"))
    assert into("stopped.db").status == 1
    return everything("stopped.db") == everything("clean.db")


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_an_import_that_was_stopped_is_finished_by_feeding_it_again(
    two_stores, monkeypatch, groups
):
    execute_many = Ledger.execute_many
    left = groups

    def busy_after_some(self, commands, **said):
        nonlocal left
        left -= 1
        if left < 0:
            raise StoreBusy(store="stopped.db")
        return execute_many(self, commands, **said)

    monkeypatch.setattr("console.online_retail._GROUP", 1)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "execute_many", busy_after_some)
        stopped = two_stores("stopped.db")
    assert stopped.status == 4
    assert "not reached" in stopped.out
    assert "feed the same file again" in stopped.err
    assert ends_the_same(two_stores)


def test_an_import_that_was_killed_is_finished_by_feeding_it_again(two_stores):
    """kill -9 right after a commit, before anything is told of it."""
    code = (
        "import os, signal, console.online_retail as retail\n"
        "from console.root import run\n"
        "from ledger import Ledger\n"
        "retail._GROUP, post = 1, Ledger.execute_many\n"
        "def killed(self, commands, **said):\n"
        "    done = list(post(self, commands, **said))\n"
        "    if any('Return' in type(c).__name__ for c in commands):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return done\n"
        "Ledger.execute_many = killed\n"
        "run(['import', 'online-retail', 'a.parquet', '--store', 'stopped.db'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert ends_the_same(two_stores)


def test_a_match_that_changed_with_the_file_is_refused_and_returns_nothing_twice(feed):
    """Rows that come first now take the units that later ones had."""
    rows = [row("1", "A", 2), row("2", "A", 1, minutes=1), row("C9", "A", -1, minutes=9)]
    feed(rows)
    assert returns() == [("C9", "2", {1: 1})]
    answer = feed([*rows, row("C8", "A", -1, minutes=8)])
    assert counts(answer)[1] == {"request_conflict": 1, "return_exceeds_purchase": 1}
    assert returns() == [("C9", "2", {1: 1})]
