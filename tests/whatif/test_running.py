"""How a what-if goes through a store: in pieces, in processes, by groups, and told as it goes."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from pathlib import Path
from random import Random

import pytest

from ledger import Ledger
from ledger.errors import FactsAfterDay
from ledger.store.scan import Scan, opened
from ledger.whatif import run
from ledger.whatif.crew import Crew
from ledger.whatif.facts import BESIDE, DOES, FOLLOWS
from ledger.whatif.links import groups_of
from schemas.events import MEMBER_EVENTS
from tests.projections.lives import live
from tests.whatif.support import PLAIN

DOUBLE = PLAIN.replace("points = 1", "points = 2")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A file with forty members who bought, two of whom gave to another."""
    path = tmp_path / "shop.jifen"
    with Ledger.create(path, PLAIN, durability="relaxed") as ledger:
        for number in range(40):
            ledger.enrol(f"m-{number:02d}")
            for receipt in range(number % 4):
                ledger.purchase(f"m-{number:02d}", 1_000, f"{number}-{receipt}")
        ledger.gift("m-03", "m-31", 5)
        ledger.gift("m-07", "m-31", 5)
    return path


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of ten rows, so that a small store has many."""
    monkeypatch.setattr(run, "_ROWS", 10)
    monkeypatch.setattr(run, "_SURVEYED", 25)


def test_every_kind_of_event_is_what_people_do_or_follows_from_it_or_is_beside_it():
    kinds = [*DOES, *FOLLOWS, *BESIDE]
    assert sorted(map(str, kinds)) == sorted(map(str, MEMBER_EVENTS))


@pytest.mark.usefixtures("small_pieces")
def test_pieces_and_processes_change_nothing(store):
    with Ledger.open(store) as ledger:
        whole = [ledger.what_if(DOUBLE, processes=n) for n in (1, 2)]
        first, second = (list(asked) for asked in whole)
        assert first == second
        assert sorted(change.member for change in first) == [f"m-{n:02d}" for n in range(40)]
        assert whole[0].report == whole[1].report
        assert whole[0].report.after.flows["earned"] == 2 * 600


@pytest.mark.usefixtures("small_pieces")
def test_accounts_that_touch_each_other_are_lived_again_together(store):
    with Ledger.open(store) as ledger:
        changes = list(ledger.what_if(DOUBLE))
        assert [change.member for change in changes[:3]] == ["m-03", "m-07", "m-31"]
        assert [change.after.balance for change in changes[:3]] == [55, 55, 70]


def test_stretches_are_cut_between_streams_and_leave_none_out(store):
    with Ledger.open(store) as ledger:
        scan = Scan(ledger._recorder.file.rows, ledger.position)
        for size in (1, 7, 10_000):
            rows = [row for stretch in scan.stretches(size) for row in scan.streams(stretch)]
            assert len(rows) == ledger.position - 1
            assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_what_is_recorded_meanwhile_is_not_looked_at(store):
    with Ledger.open(store) as ledger:
        asked = ledger.what_if(DOUBLE)
        ledger.purchase("m-00", 5_000, "later")
        assert asked.report.purchases == 60


@pytest.mark.usefixtures("small_pieces")
def test_how_far_it_is_is_told(store):
    heard = []
    with Ledger.open(store) as ledger:
        asked = ledger.what_if(DOUBLE, progress=lambda done, of: heard.append((done, of)))
        for _ in asked:
            pass
        of = ledger.position
    assert heard[-1] == (of - 1, of)
    assert len(heard) > 5
    assert heard == sorted(heard)


def test_a_day_that_something_happened_after_is_refused(store):
    with Ledger.open(store) as ledger:
        asked = ledger.what_if(DOUBLE, as_of=ledger.today() - dt.timedelta(days=1))
        with pytest.raises(FactsAfterDay):
            list(asked)
        assert ledger.what_if(DOUBLE, as_of=ledger.today()).report.changed == 30


def test_a_store_without_members_has_nothing_to_tell(tmp_path):
    with Ledger.create(tmp_path / "new.jifen", PLAIN) as ledger:
        report = ledger.what_if(DOUBLE).report
        assert (report.accounts, report.as_of) == (0, ledger.today())


def test_links_make_groups_over_others():
    links = [("a", "b"), ("c", "d"), ("e", "b"), ("d", "f"), ("g", "g")]
    assert sorted(map(tuple, groups_of(links))) == [("a", "b", "e"), ("c", "d", "f"), ("g",)]


@pytest.mark.parametrize("seed", range(3))
def test_a_whole_life_is_in_one_group_and_lived_the_same(tmp_path, seed):
    path = tmp_path / "shop"
    with live(path, Random(seed)) as life:
        (version,) = life.ledger._application.programs()
        report = life.ledger.what_if(version.content, as_of=dt.date(2030, 1, 1)).report
        assert (report.changed, report.uncovered) == (0, [])
        assert report.before.flows == report.after.flows


# -- processes -----------------------------------------------------------------------------------


class Job:
    """What the workers below are given."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.last = 1


def interrupted(job, scan, task):
    os.kill(os.getpid(), signal.SIGINT)
    return task


def failing(job, scan, task):
    raise ValueError(f"task {task}")


@pytest.mark.skipif(os.name == "nt", reason="SIGINT can't be sent to oneself there")
def test_workers_do_not_hear_ctrl_c(store):
    """The process that asked hears it, and ends them."""
    with opened(str(store), 1) as scan, Crew(Job(store), scan, 2) as crew:
        assert list(crew.map(interrupted, range(4))) == [0, 1, 2, 3]


def test_no_worker_is_left_when_the_caller_stops_early_or_a_task_fails(store):
    with opened(str(store), 1) as scan:
        with pytest.raises(ValueError, match="task 0"), Crew(Job(store), scan, 2) as crew:
            list(crew.map(failing, range(9)))
        assert multiprocessing.active_children() == []
    with Ledger.open(store) as ledger:
        changes = iter(ledger.what_if(DOUBLE, processes=2))
        assert next(changes)
        changes.close()
        assert multiprocessing.active_children() == []
