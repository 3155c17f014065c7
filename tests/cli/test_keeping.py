"""How long points live: lots, extensions, the expiry run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import EXAMPLES

EXTEND = ("extend", "m-001", "--reason", "illness", "--operator", "Li")


@pytest.fixture
def lapsing(club, today):
    """A year on: of m-001 lot 1 (300) has lapsed, lot 2 (40) lives; of m-002 lot 1 (7) lapsed."""
    club("award", "m-002", "7", "--reason", "x", "--at", "2026-05-01")
    club("purchase", "m-001", "40", "--receipt", "A-2", "--at", "2026-06-30")
    today("2027-06-30")
    return club


def test_lots_show_their_days_and_where_they_came_from(club):
    club("gift", "m-001", "m-002", "100")
    (given,) = club("lots", "m-002", "--json").json
    (event,) = (line["position"] for line in club("statement", "m-002", "--json").json)
    assert given == {
        "lot": 1,
        "available": 100,
        "held": 0,
        "earned_on": "2026-06-01",
        "available_from": "2026-06-01",
        "expires_on": "2027-06-01",
        "kind": "PointsReceived",
        "receipt": None,
        "reason": None,
        "from_member": "m-001",
        "from_lot": 1,
        "position": event,
    }
    bought = club("lots", "m-001").out
    assert "purchase" in bought
    assert "A-0" in bought
    assert "account before" not in bought
    assert "gift from" in club("lots", "m-002").out


def test_lots_can_be_extended_all_or_by_number(club):
    club("purchase", "m-001", "40", "--receipt", "A-2", "--at", "2026-06-30")
    one = club(*EXTEND, "--until", "2028-01-31", "--lot", "2")
    assert one.record["lots that live longer"] == "1"
    assert one.record["last good day"] == "2028-01-31"
    club(*EXTEND, "--until", "2027-12-31")
    ends = {row["lot"]: row["expires_on"] for row in club("lots", "m-001", "--json").json}
    assert ends == {1: "2027-12-31", 2: "2028-01-31"}
    refused = club(*EXTEND, "--until", "2027-12-31")
    assert refused.status == 3
    assert "[lot_not_extendable]" in refused.err


@pytest.mark.parametrize(
    "words",
    [
        ("extend", "m-001", "--until", "2028-01-31", "--reason", "x"),
        ("extend", "m-001", "--until", "2028-01-31", "--operator", "Li"),
        (*EXTEND,),
        (*EXTEND, "--until", "31/01/2028"),
        (*EXTEND, "--until", "2028-01-31", "--lot", "0"),
    ],
)
def test_an_extension_needs_someone_a_reason_and_a_day(club, words):
    assert club(*words).status == 2
    assert club("lots", "m-001", "--json").json[0]["expires_on"] == "2027-06-01"


# -- the run ---------------------------------------------------------------------------------------


def test_a_rehearsal_lists_what_would_lapse_and_writes_nothing(lapsing, folder):
    before = lapsing("verify", "--json").json["events"]
    listed = [
        {"member": "m-001", "lot": 1, "points": 300, "lapsed_on": "2027-06-01"},
        {"member": "m-002", "lot": 1, "points": 7, "lapsed_on": "2027-05-01"},
    ]
    answer = lapsing("expire", "--dry-run", "--json")
    assert answer.json == listed
    assert answer.err == "points 307, lots 2, members 2; up to 2027-06-29 24:00\n"
    table = lapsing("expire", "--dry-run")
    assert "points 307, lots 2, members 2; up to 2027-06-29 24:00" in table.out
    assert table.err == ""
    assert lapsing("expire", "--dry-run", "--format", "ndjson", "--quiet").err == ""
    lapsing("expire", "--dry-run", "--format", "csv", "--out", "lapsed.csv")
    assert "m-002,1,7,2027-05-01" in (folder / "lapsed.csv").read_text(encoding="utf-8-sig")
    assert lapsing("expire", "--dry-run", "--format", "xlsx", "--out", "l.xlsx").status == 0
    assert lapsing("verify", "--json").json["events"] == before


def test_the_run_records_each_lot_once(lapsing):
    first = lapsing("expire", "--as-of", "2027-05-01", "--operator", "night")
    assert first.record == {
        "up to the end of": "2027-05-01",
        "members": "1",
        "lots": "1",
        "points expired": "7",
    }
    assert lapsing("expire", "--json").json == {
        "as_of": "2027-06-29",
        "members": 1,
        "lots": 1,
        "points": 300,
    }
    assert lapsing("expire", "--json").json["lots"] == 0
    line = lapsing("statement", "m-002", "--json").json[-1]
    assert (line["kind"], line["points"], line["operator"]) == ("PointsExpired", -7, "night")
    assert line["occurred_at"] == "2027-05-01T16:00:00Z"
    assert line["source"] == "expiry"
    assert lapsing("balance", "m-001", "--json").json["balance"] == 40


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [("today", 3, "day_not_over"), ("2027-07-01", 3, "day_not_over"), ("soon", 2, "invalid_time")],
)
def test_a_run_is_for_a_day_that_is_over(lapsing, day, status, code):
    for words in (("expire", "--as-of", day), ("expire", "--as-of", day, "--dry-run")):
        answer = lapsing(*words)
        assert answer.status == status
        assert f"[{code}]" in answer.err
        assert answer.out == ""
        assert len(answer.err.splitlines()) == 2


def test_a_run_that_is_stopped_says_what_is_done_and_is_finished_by_the_next(lapsing, monkeypatch):
    from ledger import Ledger

    whole = Ledger.expire_all

    def stopped(self, *words, **options):
        lots = whole(self, *words, **options)
        yield next(lots)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ledger.Ledger.expire_all", stopped)
        answer = lapsing("expire")
    assert answer.status == 130
    assert "points 300, lots 1, members 1" in answer.err
    assert "run it again to finish" in answer.err
    assert lapsing("expire").status == 0
    assert lapsing("expire", "--dry-run", "--json").json == []


def test_expired_points_that_come_into_play_again_are_told(lapsing):
    lapsing("expire")
    late = lapsing("redeem", "m-001", "100", "--bill", "1000", "--at", "2027-06-01").record
    assert late["expired, good again"] == "100"
    assert late["at"] == "2027-06-01 00:00:00 +08:00"
    assert late["lots"] == "1: -100"


def test_progress_shows_at_a_terminal_only(club):
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals")
    own, theirs = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "expire", "--json"],
            stdout=subprocess.PIPE,
            stderr=theirs,
            check=False,
            env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "TERM": "xterm"},
        )
        shown = os.read(own, 65536).decode()
    finally:
        os.close(own)
        os.close(theirs)
    assert done.returncode == 0
    assert "expiring" in shown
    assert b"expiring" not in done.stdout
