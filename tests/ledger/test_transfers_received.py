"""Points that come from other programs; what can be asked of transfers (docs/alliance.md)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from ledger import Ledger, ManualClock
from ledger.errors import InvalidCommand, RequestConflict, UnknownTransfer
from ledger.exchange import time_out as time_out_all
from ledger.transfer_calls import received
from ledger.transfers import OPEN, outward_name
from schemas.commands import ReceiveTransfer
from schemas.events import TransferDeclined, TransferReceived
from tests.scenario import BASIC, day, entry, instant


def rate(**settings):
    """400 here for 250 miles unless told otherwise."""
    told = {"id": "out", "from": "test", "to": "air", "points": 400, "gives": 250} | settings
    return entry("rate", **told)


PLAIN = BASIC + rate()
BACK = entry("rate", **{"id": "in", "from": "air", "to": "test", "points": 300, "gives": 200})


TWO = PLAIN + BACK

# -- receiving -----------------------------------------------------------------------------------


@pytest.fixture
def clock():
    return ManualClock(instant("2026-03-01"))


@pytest.fixture
def ledger(clock):
    with Ledger(":memory:", program=TWO, clock=clock) as opened:
        opened.enrol("m-1")
        yield opened


def test_what_comes_opens_a_lot_as_if_earned_that_day(ledger):
    outcome = ledger.receive_transfer("m-1", "air", "a-1", 600, promised=400)
    (event,) = outcome.events
    assert isinstance(event, TransferReceived)
    assert (event.points_taken_in, event.theirs, event.rate) == (400, 600, "in")
    (lot,) = ledger.account("m-1").lots
    assert (lot.available, lot.earned_on) == (400, day("2026-03-01"))


def test_what_comes_again_gets_the_same_answer_whenever_and_whoever_brings_it(ledger, clock):
    first = ledger.receive_transfer("m-1", "air", "a-1", 600, operator="li")
    clock.advance(days=9)
    again = ledger.receive_transfer("m-1", "air", "a-1", 600, occurred_at=clock.now, operator="wei")
    assert again.replayed
    assert again.events == first.events
    assert ledger.account("m-1").balance == 400


def test_the_same_id_for_something_else_is_refused(ledger):
    ledger.receive_transfer("m-1", "air", "a-1", 600)
    with pytest.raises(RequestConflict):
        ledger.receive_transfer("m-1", "air", "a-1", 300)


@pytest.mark.parametrize(
    ("member", "program", "theirs", "said", "code"),
    [
        ("nobody", "air", 600, {}, "unknown_member"),
        ("m-1", "hotel", 600, {}, "no_rate"),
        ("m-1", "air", 601, {}, "no_full_block"),
        ("m-1", "air", 600, {"promised": 401}, "rate_differs"),
        ("purse:home", "air", 600, {}, "not_for_purses"),
    ],
)
def test_what_can_not_be_taken_is_declined_for_good(ledger, member, program, theirs, said, code):
    (event,) = ledger.receive_transfer(member, program, "a-1", theirs, **said).events
    assert isinstance(event, TransferDeclined)
    assert (event.partner, event.code, event.theirs) == (program, code, theirs)
    ledger.enrol("nobody")
    ledger.publish(TWO + BACK.replace('"air"', '"hotel"').replace('"in"', '"more"'))
    again = ledger.receive_transfer(member, program, "a-1", theirs, **said)
    assert again.replayed
    assert again.events == (event,)
    assert not ledger.verify(books=True).findings


def test_a_member_who_left_gets_nothing(ledger):
    ledger.close_member("m-1", "moves")
    (event,) = ledger.receive_transfer("m-1", "air", "a-1", 600).events
    assert event.code == "account_closed"


def test_a_request_that_is_not_the_transfer_itself_is_invalid(ledger):
    said = {"member": "m-1", "program": "air", "transfer": "a-1", "theirs": 600}
    for request_id, source in ((None, "program:air"), ("x", "program:air"), ("a-1", "api")):
        with pytest.raises(InvalidCommand):
            ledger.execute(ReceiveTransfer(request_id=request_id, source=source, **said))


def test_in_one_commit_the_second_of_two_equal_ones_is_the_first(ledger):
    twice = [received("m-1", "air", "a-1", 600), received("m-1", "air", "a-1", 600)]
    outcomes = list(ledger.execute_many(twice))
    assert [outcome.replayed for outcome in outcomes] == [False, True]
    lost = [received("x", "air", "a-2", 600), received("x", "air", "a-2", 600)]
    assert [type(o.events[0]) for o in ledger.execute_many(lost)] == [TransferDeclined] * 2
    assert ledger.position == 4


# -- what can be asked ---------------------------------------------------------------------------


def names(ledger, way="out", states=(), **narrowed):
    return [row.name for row in ledger.transfers(way, states, **narrowed)]


def test_the_outbox_has_what_has_no_answer_and_the_inbox_what_was_answered(ledger, clock):
    ledger.award("m-1", 2000, "x")
    for name in ("t-1", "t-2", "t-3", "t-4"):
        ledger.send_transfer("m-1", "air", "A-7", 400, request_id=name, source="desk")
    ledger.confirm_transfer("m-1", "t-1", transfer_source="desk", reference="#9")
    ledger.reject_transfer("m-1", "t-2", "full", transfer_source="desk")
    clock.advance(days=9)
    ledger.time_out_transfer("m-1", "t-3", transfer_source="desk")
    ledger.receive_transfer("m-1", "air", "a-1", 600)
    ledger.receive_transfer("x", "air", "a-2", 600)
    assert names(ledger, states=OPEN) == ["t-4@desk", "t-3@desk"]
    assert names(ledger, states=("confirmed",)) == ["t-1@desk"]
    assert names(ledger, states=OPEN, program="hotel") == []
    assert names(ledger, member="m-1") == ["t-4@desk", "t-3@desk", "t-1@desk", "t-2@desk"]
    assert names(ledger, "in") == ["a-1", "a-2"]
    assert names(ledger, "in", ("declined",)) == ["a-2"]
    confirmed = ledger.transfer("t-1@desk")
    assert (confirmed.reference, confirmed.answered_on) == ("#9", "2026-03-01")
    with pytest.raises(UnknownTransfer):
        ledger.transfer("t-9@desk")
    assert not ledger.verify(books=True).findings


def test_all_that_is_due_times_out_together_and_again_changes_nothing(ledger, clock):
    ledger.award("m-1", 2000, "x")
    for name in ("t-1", "t-2", "t-3"):
        ledger.send_transfer("m-1", "air", "A-7", 400, request_id=name)
    ledger.confirm_transfer("m-1", "t-1")
    clock.advance(days=7)
    assert list(time_out_all(ledger)) == []
    clock.advance(days=1)
    assert [row.name for row in time_out_all(ledger)] == ["t-2@api", "t-3@api"]
    assert list(time_out_all(ledger)) == []
    assert names(ledger, states=("timed_out",)) == ["t-2@api", "t-3@api"]


def test_two_requests_never_go_by_one_name():
    pairs = [("b@c", "a"), ("c", "a@b"), ("c", "a%40b"), ("", "a@c"), ("c", "a")]
    pairs += [("s" * 100, "x" * 100), ("s" * 100, "y" * 100)]
    found = [outward_name(*pair) for pair in pairs]
    assert len(set(found)) == len(pairs)
    assert max(map(len, found)) <= 128


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE transfers SET points = 1", "wrong_transfer"),
        ("DELETE FROM transfers", "missing_transfer"),
        ("UPDATE transfers SET name = 'x@y'", "loose_transfer"),
    ],
)
def test_verify_holds_the_table_against_the_log(tmp_path, change, code):
    path = tmp_path / "a.jifen"
    with Ledger.create(path, TWO) as ledger:
        ledger.enrol("m-1")
        ledger.award("m-1", 400, "x")
        ledger.send_transfer("m-1", "air", "A-7", 400, request_id="t-1")
        assert not ledger.verify().findings
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    with Ledger.open(path) as ledger:
        assert code in [finding.code for finding in ledger.verify().findings]
