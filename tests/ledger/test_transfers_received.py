"""Points that come from other programs; what can be asked of transfers (docs/alliance.md)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from ledger import Answer, Ledger, ManualClock, exchange, reconcile
from ledger.errors import InvalidCommand, RequestConflict, UnknownTransfer
from ledger.exchange import Sending, answered, outbox, take_in
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


# -- what came by hand and comes in a file -------------------------------------------------------


def sending(name, account="m-1", theirs=400, points=600):
    """What air tells of a transfer: `points` of its own, for which `theirs` are to arrive."""
    return Sending(name, account, theirs, points)


def told(answers):
    """(its name, the answer or the code of what stands in its way) of each."""
    return [
        (answer.name, answer.answer)
        if isinstance(answer, Answer)
        else (answer.fields["request_id"], answer.code)
        for answer in answers
    ]


def test_what_was_taken_in_without_a_promise_is_answered_when_it_comes_with_one(ledger):
    ledger.receive_transfer("m-1", "air", "a-1", 600)
    ledger.receive_transfer("nobody", "air", "a-2", 600)
    sendings = [sending("a-1"), sending("a-2", "nobody"), sending("a-3")]
    answers = list(take_in(ledger, "air", sendings))
    assert told(answers) == [("a-1", "received"), ("a-2", "declined"), ("a-3", "received")]
    assert answers[:2] == [a for a in answered(ledger, "air") if a.name in ("a-1", "a-2")]
    assert list(take_in(ledger, "air", sendings)) == answers
    assert ledger.account("m-1").balance == 800


@pytest.mark.parametrize(
    "other", [{"account": "m-2"}, {"points": 300, "theirs": 200}, {"theirs": 401}]
)
def test_what_was_taken_in_as_something_else_is_a_conflict_and_the_rest_is_answered(ledger, other):
    ledger.enrol("m-2")
    ledger.receive_transfer("m-1", "air", "a-1", 600)
    answers = take_in(ledger, "air", [sending("a-1", **other), sending("a-2")])
    assert told(answers) == [("a-1", "request_conflict"), ("a-2", "received")]


def test_the_same_twice_in_one_file_with_other_promises_is_answered_as_it_was_taken(ledger):
    answers = take_in(ledger, "air", [sending("a-1"), sending("a-1", theirs=401)])
    assert told(answers) == [("a-1", "received"), ("a-1", "request_conflict")]
    answers = take_in(ledger, "air", [sending("a-2", theirs=401), sending("a-2")])
    assert told(answers) == [("a-2", "declined")] * 2


def test_a_request_of_the_other_program_that_is_no_transfer_stays_in_the_way(ledger):
    ledger.award("m-1", 5, "x", request_id="a-1", source="program:air")
    assert told(take_in(ledger, "air", [sending("a-1")])) == [("a-1", "request_conflict")]


def test_an_exchange_settles_what_the_receiver_took_in_by_hand(ledger, clock):
    there = "".join((BASIC.replace('id = "test"', 'id = "air"'), BACK))
    with Ledger(":memory:", program=there, clock=clock) as air:
        air.enrol("A-7")
        air.award("A-7", 1200, "x")
        for name, account in (("t-1", "m-1"), ("t-2", "nobody"), ("t-3", "m-1")):
            air.send_transfer("A-7", "test", account, 300, request_id=name)
        ledger.receive_transfer("m-1", "air", "t-1@api", 300)
        ledger.receive_transfer("nobody", "air", "t-2@api", 300)
        ledger.receive_transfer("m-1", "air", "t-3@api", 600)
        done = exchange(air, ledger)
        assert (done.sent, done.received, done.declined) == (3, 1, 1)
        assert [(name, error.code) for name, error in done.failures] == [
            ("t-3@api", "request_conflict")
        ]
        assert [row.name for row in outbox(air, "test")] == ["t-3@api"]
        compared = reconcile(air.transfers(program="test"), answered(ledger, "air"))
        assert {fault.kind for fault in compared.faults} == {"other_points"}


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
