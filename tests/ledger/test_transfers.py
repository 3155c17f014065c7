"""Points that go to other programs, and come from them (RULES 26 and 27; docs/alliance.md)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from ledger import Ledger, ManualClock
from ledger.errors import (
    AccountFrozen,
    BeforeItsCause,
    BelowMinimum,
    InsufficientPoints,
    InvalidCommand,
    LimitExceeded,
    MergeSettled,
    NoFullBlock,
    NoRate,
    RequestConflict,
    TooManyPoints,
    TransferAnswered,
    TransferNotDue,
    TransfersOpen,
    UnknownTransfer,
)
from ledger.exchange import time_out as time_out_all
from ledger.transfer_calls import received
from ledger.transfers import OPEN, outward_name
from schemas.commands import (
    CloseMember,
    ConfirmTransfer,
    FreezeMember,
    ReceiveTransfer,
    RejectTransfer,
    SendTransfer,
    TimeOutTransfer,
    UnmergeMembers,
)
from schemas.events import (
    PointsExpired,
    TransferConfirmed,
    TransferDeclined,
    TransferReceived,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
    Usage,
)
from schemas.values import MAX_QUANTITY
from tests.scenario import (
    BASIC,
    OTHER,
    ask,
    awarded,
    day,
    enrolled,
    entry,
    expire,
    given,
    in_order,
    instant,
    merge,
    wrote,
)

MARCH = "2026-03-01"
LATER = "2026-03-09"


def rate(**settings):
    """400 here for 250 miles unless told otherwise."""
    told = {"id": "out", "from": "test", "to": "air", "points": 400, "gives": 250} | settings
    return entry("rate", **told)


PLAIN = BASIC + rate()
BACK = entry("rate", **{"id": "in", "from": "air", "to": "test", "points": 300, "gives": 200})


def send(points, *, at=MARCH, name="t-1", program="air", **said):
    about = {"program": program, "account": "A-7", "points": points, "request_id": name}
    return ask(SendTransfer, at=at, **about, **said)


def confirm(*, at=LATER, name="t-1", **said):
    return ask(ConfirmTransfer, at=at, transfer=name, **said)


def reject(*, at=LATER, name="t-1", code="unknown_member", **said):
    return ask(RejectTransfer, at=at, transfer=name, code=code, **said)


def time_out(*, at=LATER, name="t-1", **said):
    return ask(TimeOutTransfer, at=at, transfer=name, **said)


def has(points, **said):
    return [enrolled(), awarded(points, **said)]


# -- sending -------------------------------------------------------------------------------------


def test_whole_blocks_leave_and_what_does_not_fill_one_stays():
    (
        given(*has(1000), program=PLAIN)
        .when(send(999))
        .then(wrote(TransferSent, points_transferred=800, theirs=500, rate="out", fee_points=0))
        .left({1: 200})
    )


def test_the_lot_that_expires_first_goes_first():
    first, last = awarded(300, expires_on="2026-06-30"), awarded(300, expires_on="2026-12-31")
    sent = given(enrolled(), last, first, program=PLAIN).when(send(400)).events[0]
    assert [(m.lot, m.points) for m in sent.movements] == [(2, -300), (1, -100)]


def test_the_fee_is_taken_beside_the_points_and_is_needed_too():
    priced = BASIC + rate(fee=20)
    (
        given(*has(420), program=priced)
        .when(send(400))
        .then(wrote(TransferSent, points_transferred=420, fee_points=20, theirs=250))
    )
    given(*has(419), program=priced).when(send(400)).then_refused(
        InsufficientPoints, asked=420, available=419
    )


def test_an_answer_is_expected_within_the_days_of_the_rate():
    sent = given(*has(400), program=BASIC + rate(answer_days=3)).when(send(400)).events[0]
    assert sent.answer_by == day("2026-03-04")


@pytest.mark.parametrize(
    ("text", "points", "program", "refusal"),
    [
        (PLAIN, 400, "hotel", NoRate),
        (BASIC + rate(ends_on=day("2026-02-28")), 400, "air", NoRate),
        (BASIC + rate(minimum=801), 1199, "air", BelowMinimum),
        (PLAIN, 399, "air", NoFullBlock),
        (PLAIN, 1200, "air", InsufficientPoints),
        (BASIC + rate(gives=MAX_QUANTITY), 800, "air", TooManyPoints),
    ],
)
def test_what_does_not_fit_the_rate_is_refused(text, points, program, refusal):
    given(*has(1000), program=text).when(send(points, program=program)).then_refused(refusal)


def test_a_member_sends_no_more_in_a_day_and_a_year_than_the_rate_lets_through():
    limited = BASIC + rate(per_day=800, per_year=1200, fee=1)
    start = given(*has(5000), send(800, name="t-0"), program=limited)
    start.when(send(400)).then_refused(
        LimitExceeded, limit="rate_points_per_day", used=800, most=800
    )
    start.and_then(send(400, at="2026-03-02", name="t-2"))
    start.when(send(400, at="2026-03-03")).then_refused(LimitExceeded, limit="rate_points_per_year")
    start.when(send(400, at="2027-01-01")).then(wrote(TransferSent, theirs=250))


def test_a_frozen_account_sends_nothing():
    frozen = ask(FreezeMember, reason="lost")
    given(*has(400), frozen, program=PLAIN).when(send(400)).then_refused(AccountFrozen)


def test_a_late_transfer_takes_what_was_good_on_its_day():
    lapsed = expire("2026-03-31", at="2026-04-02")
    (
        given(*has(400, expires_on="2026-03-31"), lapsed, program=PLAIN)
        .when(send(400, at="2026-03-31"))
        .then(wrote(TransferSent, points_transferred=400))
        .left({})
    )


# -- its answers ---------------------------------------------------------------------------------


def test_confirmed_points_stay_out():
    (
        given(*has(400), send(400), program=PLAIN)
        .when(confirm(reference="#48"))
        .then(wrote(TransferConfirmed, transfer="t-1", program="air", reference="#48"))
        .left({})
    )


def test_rejected_points_are_back_in_their_lots_fee_and_room_included():
    limited = BASIC + rate(fee=20, per_day=400)
    story = given(*has(420, expires_on="2026-12-31"), send(400), program=limited).when(reject())
    story.then(
        wrote(
            TransferRejected,
            points_given_back=420,
            code="unknown_member",
            usage=(Usage("sent:out", day(MARCH), -400),),
        )
    )
    (lot,) = story.account.lots
    assert (lot.number, lot.available, lot.expires_on) == (1, 420, day("2026-12-31"))
    story.when(send(400, name="t-2")).then(wrote(TransferSent, points_transferred=420))


def test_rejected_points_past_their_last_day_expire_at_once():
    """RULES 13: cancelling is no way round expiry."""
    (
        given(*has(400, expires_on="2026-03-05"), send(400), program=PLAIN)
        .when(reject())
        .then(in_order(TransferRejected, PointsExpired))
        .left({})
    )


@pytest.mark.parametrize("answer", [confirm, reject])
def test_the_same_answer_again_changes_nothing(answer):
    given(*has(400), send(400), answer(), program=PLAIN).when(
        answer(at="2026-03-20")
    ).then_nothing()


@pytest.mark.parametrize(("first", "second"), [(confirm, reject), (reject, confirm)])
def test_another_answer_is_refused(first, second):
    given(*has(400), send(400), first(), program=PLAIN).when(second()).then_refused(
        TransferAnswered
    )


@pytest.mark.parametrize("answer", [confirm, reject, time_out])
def test_an_answer_to_nothing_is_refused_and_one_before_its_transfer(answer):
    sent = given(*has(400), send(400), program=PLAIN)
    sent.when(answer(name="t-2")).then_refused(UnknownTransfer)
    sent.when(answer(at="2026-02-28")).then_refused(BeforeItsCause)


def test_it_times_out_when_the_last_day_for_an_answer_is_over():
    sent = given(*has(400), send(400), program=PLAIN)
    sent.when(time_out(at="2026-03-08")).then_refused(TransferNotDue, answer_by="2026-03-08")
    sent.when(time_out()).then(wrote(TransferTimedOut, transfer="t-1")).left({})
    sent.when(time_out()).then_nothing()


@pytest.mark.parametrize("answer", [confirm, reject])
def test_an_answer_after_the_time_out_counts_and_then_nothing_times_out(answer):
    late = given(*has(400), send(400), time_out(), answer(at="2026-05-01"), program=PLAIN)
    assert late.account.transfers == ()
    late.when(time_out(at="2026-05-02")).then_refused(TransferAnswered)


@pytest.mark.parametrize("ended", [(), (time_out(),)])
def test_who_has_a_transfer_without_an_answer_neither_leaves_nor_is_merged(ended):
    open_ = given(enrolled(), enrolled(OTHER), awarded(400), send(400), *ended, program=PLAIN)
    open_.when(ask(CloseMember, reason="moves", at=LATER)).then_refused(TransfersOpen)
    open_.when(merge(at=LATER)).then_refused(TransfersOpen)
    swapped = ask(type(merge()), member=OTHER, other="m-001", at=LATER)
    open_.when(swapped).then_refused(TransfersOpen)
    open_.and_then(confirm())
    assert open_.when(ask(CloseMember, reason="moves", at=LATER)).account.closed


def test_the_answer_is_known_again_after_the_member_has_left():
    gone = given(
        *has(400), send(400), confirm(), ask(CloseMember, reason="moves", at=LATER), program=PLAIN
    )
    gone.when(confirm(at="2026-06-01")).then_nothing()


def test_a_merge_is_settled_once_its_points_were_sent_on():
    sent = given(
        enrolled(), enrolled(OTHER), awarded(400, member=OTHER), merge(), send(400), program=PLAIN
    )
    sent.when(ask(UnmergeMembers, other=OTHER, at=LATER)).then_refused(MergeSettled)


# -- receiving -----------------------------------------------------------------------------------

TWO = PLAIN + BACK


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
