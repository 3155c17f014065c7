"""Points that go to other programs, and their answers (RULES 26 and 27; docs/alliance.md)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AccountFrozen,
    BeforeItsCause,
    BelowMinimum,
    InsufficientPoints,
    LimitExceeded,
    MergeSettled,
    NoFullBlock,
    NoRate,
    TooManyPoints,
    TransferAnswered,
    TransferNotDue,
    TransfersOpen,
    UnknownTransfer,
)
from schemas.commands import (
    CloseMember,
    ConfirmTransfer,
    FreezeMember,
    RejectTransfer,
    SendTransfer,
    TimeOutTransfer,
    UnmergeMembers,
)
from schemas.events import (
    PointsExpired,
    TransferConfirmed,
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
