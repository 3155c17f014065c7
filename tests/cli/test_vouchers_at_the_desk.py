"""Vouchers at the desk, and the runs over them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import EXAMPLES

CANCEL = ("voucher", "cancel", "m-001", "w-1", "--reason", "slip", "--operator", "Li")


@pytest.fixture
def held(club):
    """m-001 has the vouchers 1 and 2 of request w-1, good until 30 July."""
    club("voucher", "issue", "m-001", "ten", "--quantity", "2", "--request-id", "w-1")
    return club


def test_a_voucher_is_issued_and_the_answer_says_how_to_use_it(club):
    answer = club("voucher", "issue", "m-001", "ten", "--request-id", "w-1", "--operator", "Li")
    assert answer.record == {
        "member": "m-001",
        "voucher": "w-1",
        "number": "1",
        "vouchers": "1",
        "kind": "ten",
        "name": "十元券",
        "at": "2026-06-30 12:00:00 +08:00",
        "worth (CNY)": "10.00",
        "for a bill of (CNY)": "50.00",
        "last good day": "2026-07-30",
        "first event": "5",
        "last event": "5",
        "request": "w-1",
        "to use it": "jifen voucher use m-001 w-1 --bill ...",
    }
    several = club("voucher", "issue", "m-001", "ten", "--quantity", "2", "--json").said
    assert (several["vouchers"], several["worth_minor"]) == (2, 1_000)
    assert "number" not in several
    assert "use" not in several


def test_a_voucher_takes_its_worth_off_the_bill_once(held):
    used = held(
        *("voucher", "use", "m-001", "w-1", "--bill", "58.50"),
        *("--receipt", "A-7", "--shop", "east", "--till", "3"),
    )
    assert {
        label: used.record[label]
        for label in ("bill (CNY)", "taken off (CNY)", "of it lost (CNY)", "still to pay (CNY)")
    } == {
        "bill (CNY)": "58.50",
        "taken off (CNY)": "10.00",
        "of it lost (CNY)": "0.00",
        "still to pay (CNY)": "48.50",
    }
    again = held("voucher", "use", "m-001", "w-1", "--bill", "60")
    assert again.status == 3
    assert "used on 2026-06-30: east, 3, A-7 [voucher_already_used]" in again.err
    second = held("voucher", "use", "m-001", "w-1", "--number", "2", "--bill", "60", "--json").said
    assert (second["number"], second["to_pay_minor"]) == (2, 5_000)


def test_what_the_bill_does_not_reach_is_told(club):
    """The vouchers that a rebate pays have no smallest bill."""
    club("purchase", "m-001", "400", "--receipt", "A-1", "--at", "2026-05-02")
    club("rebate", "--period", "2026-05")
    (back, other) = club("voucher", "list", "m-001", "--json").json
    assert (back["kind"], back["source"], other["number"]) == ("back", "rebate", 2)
    used = club("voucher", "use", "m-001", back["voucher"], "--bill", "3.20", "--json").said
    assert (used["taken_minor"], used["lost_minor"], used["to_pay_minor"]) == (320, 180, 0)


def test_a_voucher_of_another_system_is_found_by_its_request_alone(club):
    club("voucher", "issue", "m-001", "ten", "--request-id", "w-1", "--source", "app")
    club("voucher", "issue", "m-001", "ten", "--request-id", "w-2", "--source", "app")
    club("voucher", "issue", "m-001", "ten", "--request-id", "w-2", "--source", "web")
    assert club("voucher", "use", "m-001", "w-1", "--bill", "60").status == 0
    assert "[unknown_voucher]" in club("voucher", "use", "m-001", "w-2", "--bill", "60").err
    named = club("voucher", "use", "m-001", "w-2", "--of-source", "web", "--bill", "60")
    assert named.status == 0


def test_a_bill_that_is_too_small_is_told_in_money(held):
    refused = held("voucher", "use", "m-001", "w-1", "--bill", "49.99")
    assert refused.status == 3
    assert "needs a bill of 50.00 CNY, this one is 49.99 CNY [bill_too_small]" in refused.err


def test_a_use_is_taken_back_and_a_voucher_cancelled(held):
    held("voucher", "use", "m-001", "w-1", "--bill", "60")
    assert held(*CANCEL).status == 3
    given = held("voucher", "give-back", "m-001", "w-1", "--reason", "wrong till").record
    assert given["last good day"] == "2026-07-30"
    assert given["lapsed at once"] == "no"
    assert held(*CANCEL, "--number", "2").status == 0
    states = {row["number"]: row["state"] for row in listed(held)}
    assert states == {1: "open", 2: "cancelled"}
    assert held(*CANCEL[:-2]).status == 2


def listed(jifen, *words):
    return jifen("voucher", "list", "m-001", "--all", "--json", *words).json


def test_the_list_shows_what_can_be_used_and_with_all_the_rest(held, today):
    held("voucher", "use", "m-001", "w-1", "--bill", "60", "--receipt", "A-7", "--till", "3")
    held("voucher", "issue", "m-001", "ten", "--request-id", "w-2", "--at", "2026-06-01")
    (row,) = held("voucher", "list", "m-001", "--json").json[:1]
    assert row == {
        "voucher": "w-2",
        "number": 1,
        "kind": "ten",
        "label": "十元券",
        "worth_minor": 1_000,
        "min_bill_minor": 5_000,
        "issued_on": "2026-06-01",
        "expires_on": "2026-07-01",
        "state": "open",
        "used_on": None,
        "taken_minor": None,
        "receipt": None,
        "partner": None,
        "store": None,
        "till": None,
        "source": "cli",
    }
    table = held("voucher", "list", "m-001").out
    assert "A-7" not in table
    assert "used on" not in table
    assert "A-7" in held("voucher", "list", "m-001", "--all").out
    today("2026-07-02")
    assert [row["state"] for row in listed(held)] == ["lapsed", "used", "open"]


def test_goods_that_all_come_back_bring_the_voucher_along(held):
    held("purchase", "m-001", "60", "--receipt", "A-7")
    held("voucher", "use", "m-001", "w-1", "--bill", "60", "--receipt", "A-7")
    answer = held("return", "m-001", "A-7").record
    assert answer["vouchers given back (CNY)"] == "10.00"
    assert "worth at the till (CNY)" not in answer


def test_who_leaves_gives_up_their_vouchers(held):
    held("adjust", "m-001", "-300", "--reason", "x", "--operator", "Li", "--yes")
    close = ("close", "m-001", "--reason", "moves", "--yes")
    refused = held(*close)
    assert "still has 2 voucher(s) worth 20.00 CNY [vouchers_remain]" in refused.err
    assert held(*close, "--forfeit").record["vouchers forfeited (CNY)"] == "20.00"


# -- the runs --------------------------------------------------------------------------------------


def test_the_lapse_run_lists_then_records_each_voucher_once(held, today):
    held("voucher", "issue", "m-002", "ten", "--at", "2026-06-01", "--request-id", "w-9")
    today("2026-07-31")
    rehearsed = held("vouchers", "lapse", "--dry-run", "--json")
    assert [(r["member"], r["voucher"], r["number"], r["lapsed_on"]) for r in rehearsed.json] == [
        ("m-001", "w-1", 1, "2026-07-30"),
        ("m-001", "w-1", 2, "2026-07-30"),
        ("m-002", "w-9", 1, "2026-07-01"),
    ]
    assert rehearsed.err == "vouchers 3, worth 30.00 CNY, members 2; up to 2026-07-30\n"
    first = held("vouchers", "lapse", "--as-of", "2026-07-01", "--operator", "night")
    assert first.record == {
        "up to the end of": "2026-07-01",
        "members": "1",
        "vouchers": "1",
        "worth (CNY)": "10.00",
    }
    assert held("vouchers", "lapse", "--json").json["vouchers"] == 2
    assert held("vouchers", "lapse", "--json").json["vouchers"] == 0
    assert held("vouchers", "lapse", "--as-of", "today").status == 3


def test_a_use_from_before_the_lapse_is_taken_after_the_run(held, today):
    today("2026-07-31")
    held("vouchers", "lapse")
    use = ("voucher", "use", "m-001", "w-1", "--bill", "60", "--at")
    assert "good until 2026-07-30 [voucher_out_of_date]" in held(*use, "2026-07-31").err
    assert held(*use, "2026-07-30").status == 0


def test_the_anniversary_run_issues_each_once(club, today):
    today("2027-01-03")
    rehearsed = club("vouchers", "issue", "--dry-run")
    assert "2027-01-02" in rehearsed.out
    assert "vouchers 2, worth 40.00 CNY, members 2; up to 2027-01-03" in rehearsed.out
    assert club("vouchers", "issue", "--as-of", "2027-01-01", "--json").json["vouchers"] == 0
    assert club("vouchers", "issue", "--json").json == {
        "as_of": "2027-01-03",
        "members": 2,
        "vouchers": 2,
        "worth_minor": 4_000,
    }
    assert club("vouchers", "issue", "--json").json["vouchers"] == 0
    refused = club("vouchers", "issue", "--as-of", "2027-01-04")
    assert "[day_not_come]" in refused.err


def test_a_run_that_is_stopped_says_what_is_done(held, today, monkeypatch):
    from ledger import Ledger

    today("2026-07-31")
    whole = Ledger.lapse_vouchers

    def stopped(self, *words, **options):
        written = whole(self, *words, **options)
        yield next(written)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ledger.Ledger.lapse_vouchers", stopped)
        answer = held("vouchers", "lapse")
    assert answer.status == 130
    assert "vouchers 1, worth 10.00 CNY, members 1" in answer.err
    assert "run it again to finish" in answer.err


def test_progress_shows_at_a_terminal_only(held):
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals")
    own, theirs = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "vouchers", "lapse", "--json"],
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
    assert "lapsing" in shown
    assert b"lapsing" not in done.stdout
