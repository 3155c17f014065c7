"""RULES 23, 24 and 34: the same request twice, receipts, refusals that write nothing."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from ledger import (
    AwardPoints,
    EnrolMember,
    JifenError,
    Ledger,
    Outcome,
    PublishProgram,
    RecordPurchase,
)
from ledger.errors import (
    AlreadyEnrolled,
    InvalidCommand,
    InvalidIdentifier,
    InvalidProgram,
    NoProgramInForce,
    OccurredInFuture,
    ProgramMismatch,
    ReceiptAlreadyClaimed,
    RequestConflict,
    TooManyPoints,
    UnknownMember,
)
from tests.scenario import LADDER, instant

NOON = instant("2026-03-01T09:00+08:00")
FAR_EAST_OF_TIME = dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14)))


def test_the_same_request_answers_with_the_first_result_and_writes_nothing(ledger):
    ledger.enrol("m-001")
    first = ledger.purchase("m-001", 5000, "p-1", request_id="r-1")
    ledger.purchase("m-001", 5000, "p-2")
    position = ledger.position

    again = ledger.purchase("m-001", 5000, "p-1", request_id="r-1")

    assert again == msgspec.structs.replace(first, replayed=True)
    assert ledger.position == position


def test_a_retry_that_leaves_the_time_out_is_the_same_request_later(ledger, clock):
    ledger.enrol("m-001", request_id="r-1")
    clock.advance(hours=1)
    assert ledger.enrol("m-001", request_id="r-1").replayed


def test_the_same_instant_in_another_zone_or_by_another_operator_is_the_same_request(ledger):
    here = instant("2026-03-01T09:00+08:00")
    there = here.astimezone(dt.timezone(dt.timedelta(hours=8)))
    ledger.enrol("m-001", request_id="r-1", occurred_at=there, operator="li")
    again = ledger.enrol("m-001", request_id="r-1", occurred_at=here, operator="wang")
    assert again.replayed
    (event,) = again.events
    assert (event.occurred_at.utcoffset(), event.operator) == (dt.timedelta(0), "li")


def test_the_same_id_with_other_content_is_a_conflict(ledger):
    ledger.enrol("m-001")
    first = ledger.purchase("m-001", 5000, "p-1", request_id="r-1")
    with pytest.raises(RequestConflict) as caught:
        ledger.purchase("m-001", 5001, "p-1", request_id="r-1")
    assert caught.value.fields["position"] == first.first_position


def test_request_ids_are_apart_for_each_source(ledger):
    ledger.enrol("m-001")
    ledger.award("m-001", 10, "welcome", request_id="r-1", source="till-1")
    ledger.award("m-001", 10, "welcome", request_id="r-1", source="till-2")
    assert ledger.balance("m-001").balance == 20


def test_a_refused_request_may_be_tried_again_under_its_id(ledger):
    with pytest.raises(UnknownMember):
        ledger.award("m-001", 10, "welcome", request_id="r-1")
    ledger.enrol("m-001")
    assert not ledger.award("m-001", 10, "welcome", request_id="r-1").replayed


def test_retries_within_one_group_are_answered_alike(ledger):
    command = AwardPoints(member="m-001", points=10, reason="x", request_id="r-1")
    other = AwardPoints(member="m-001", points=11, reason="x", request_id="r-1")
    enrolled, first, again, conflict = ledger.execute_many(
        [EnrolMember(member="m-001"), command, command, other]
    )
    assert isinstance(enrolled, Outcome)
    assert again == msgspec.structs.replace(first, replayed=True)
    assert isinstance(conflict, RequestConflict)
    assert conflict.fields["position"] == first.first_position
    assert ledger.balance("m-001").balance == 10


def test_a_receipt_earns_once_whoever_presents_it_second(ledger):
    for member in ("m-001", "m-002"):
        ledger.enrol(member)
    first = ledger.purchase("m-001", 5000, "p-1")
    with pytest.raises(ReceiptAlreadyClaimed) as caught:
        ledger.purchase("m-002", 5000, "p-1")
    assert caught.value.fields["position"] == first.first_position
    ledger.purchase("m-002", 5000, "p-1", partner="other")


def test_a_receipt_earns_once_within_one_group_too(ledger):
    ledger.enrol("m-001")
    purchases = [
        RecordPurchase(member="m-001", amount_minor=100, purchase_id="p-1", request_id=str(i))
        for i in range(2)
    ]
    first, second = ledger.execute_many(purchases)
    assert isinstance(second, ReceiptAlreadyClaimed)
    assert second.fields["position"] == first.first_position


def test_in_a_group_each_command_stands_alone(ledger):
    results = list(
        ledger.execute_many(
            [
                EnrolMember(member="m-001"),
                AwardPoints(member="nobody", points=1, reason="x"),
                AwardPoints(member="m-001", points=-1, reason="x"),
                AwardPoints(member="m-001", points=1, reason="x"),
            ]
        )
    )
    assert [r.code if isinstance(r, JifenError) else "done" for r in results] == [
        "done",
        "unknown_member",
        "invalid_command",
        "done",
    ]


def test_a_program_published_within_a_group_holds_for_what_follows(ledger):
    ledger.enrol("m-001")
    doubled = LADDER.replace("points = 1", "points = 2")
    _, purchase = ledger.execute_many(
        [
            PublishProgram(content=doubled),
            RecordPurchase(member="m-001", amount_minor=1000, purchase_id="p-1"),
        ]
    )
    assert purchase.events[0].points_earned == 20
    assert purchase.events[0].program_version == 2


@pytest.mark.parametrize(
    ("run", "error"),
    [
        (lambda x: x.award("nobody", 1, "why"), UnknownMember),
        (lambda x: x.enrol("m-001"), AlreadyEnrolled),
        (lambda x: x.purchase("m-001", -1, "p"), InvalidCommand),
        (lambda x: x.purchase("m-001", 1.5, "p"), InvalidCommand),
        (lambda x: x.purchase("m-001", "12", "p"), InvalidCommand),
        (lambda x: x.purchase("m-001", 2**70, "p"), InvalidCommand),
        (lambda x: x.purchase("m-001", 1, ""), InvalidCommand),
        (lambda x: x.purchase("m-001", 1, "a\nb"), InvalidIdentifier),
        (lambda x: x.purchase(" m", 1, "p"), InvalidIdentifier),
        (lambda x: x.purchase("m\u200b", 1, "p"), InvalidIdentifier),
        (lambda x: x.purchase("m-001", 1, "\ud800"), InvalidCommand),
        (lambda x: x.redeem("m-001", 0), InvalidCommand),
        (lambda x: x.award("m-001", 1, ""), InvalidCommand),
        (
            lambda x: x.purchase("m-001", 1, "p", occurred_at=dt.datetime(2026, 1, 1)),  # noqa: DTZ001
            InvalidCommand,
        ),
        (
            lambda x: x.purchase("m-001", 1, "p", occurred_at=NOON + dt.timedelta(hours=2)),
            OccurredInFuture,
        ),
        (
            lambda x: x.purchase("m-001", 1, "p", occurred_at=instant("1999-01-01T00:00+08:00")),
            NoProgramInForce,
        ),
        (lambda x: x.purchase("m-001", 1, "p", qualifying_minor=2), InvalidCommand),
        (lambda x: x.enrol("x", occurred_at=FAR_EAST_OF_TIME), InvalidCommand),
        (
            lambda x: x.enrol("x", occurred_at=dt.datetime.max.replace(tzinfo=dt.UTC)),
            OccurredInFuture,
        ),
        (
            lambda x: x.enrol("x", occurred_at=dt.datetime.min.replace(tzinfo=dt.UTC)),
            NoProgramInForce,
        ),
        (lambda x: x.publish(LADDER, occurred_at=NOON + dt.timedelta(days=9)), OccurredInFuture),
        (lambda x: x.publish("nonsense"), InvalidProgram),
        (lambda x: x.publish(LADDER.replace("2000-01-01", "0001-01-01")), InvalidProgram),
        (lambda x: x.publish('zone = "UTC"\n' + LADDER), ProgramMismatch),
        (lambda x: x.publish(LADDER.replace("CNY", "USD")), ProgramMismatch),
    ],
)
def test_bad_input_is_a_typed_error_of_one_line_and_writes_nothing(ledger, run, error):
    ledger.enrol("m-001")
    position = ledger.position
    with pytest.raises(error) as caught:
        run(ledger)
    assert "\n" not in str(caught.value)
    assert caught.value.code
    assert ledger.position == position


def test_a_time_within_the_programs_tolerance_is_taken(ledger, clock):
    ahead = clock() + dt.timedelta(minutes=5)
    assert ledger.enrol("m-001", occurred_at=ahead).events[0].occurred_at == ahead


def test_more_points_than_an_event_can_hold_are_refused(clock):
    rich = LADDER.replace('per = "1.00"', 'per = "0.01"')
    with Ledger(":memory:", program="points_decimals = 4\n" + rich, clock=clock) as ledger:
        ledger.enrol("m-001")
        position = ledger.position
        for amount in (10**15, 10**12):
            with pytest.raises(TooManyPoints):
                ledger.purchase("m-001", amount, "p-1")
        assert ledger.position == position


def test_errors_survive_pickling(ledger):
    import pickle

    with pytest.raises(UnknownMember) as caught:
        ledger.balance("nobody")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), copy.fields, str(copy)) == (
        UnknownMember,
        {"member": "nobody"},
        str(caught.value),
    )


def test_a_closed_ledger_says_so(clock):
    ledger = Ledger(":memory:", program=LADDER, clock=clock)
    ledger.close()
    ledger.close()
    with pytest.raises(JifenError) as caught:
        ledger.enrol("m-001")
    assert caught.value.code == "ledger_closed"
    with pytest.raises(JifenError):
        ledger.submit(EnrolMember(member="m-001"))
