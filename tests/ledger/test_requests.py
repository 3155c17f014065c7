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
    LineItem,
    Outcome,
    PublishProgram,
    RecordPurchase,
    ReturnedItem,
    TenderPaid,
)
from ledger.errors import (
    AccountClosed,
    AccountFrozen,
    AlreadyEnrolled,
    InvalidCommand,
    InvalidIdentifier,
    InvalidProgram,
    LimitExceeded,
    NoProgramInForce,
    OccurredInFuture,
    ProgramMismatch,
    ReceiptAlreadyClaimed,
    RequestConflict,
    TooManyPoints,
    UnknownMember,
)
from tests.scenario import BASIC, LADDER, instant

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


@pytest.mark.parametrize("minutes", [0, 60])
def test_the_program_says_how_far_ahead_a_time_may_be(clock, minutes):
    """docs/program.md, future_tolerance_minutes."""
    program = f"future_tolerance_minutes = {minutes}\n" + LADDER
    ahead = clock() + dt.timedelta(minutes=minutes)
    with Ledger(":memory:", program=program, clock=clock) as ledger:
        with pytest.raises(OccurredInFuture) as caught:
            ledger.enrol("m-001", occurred_at=ahead + dt.timedelta(microseconds=1))
        assert caught.value.fields["tolerance_minutes"] == minutes
        ledger.enrol("m-001", occurred_at=ahead)


@pytest.mark.parametrize(
    ("old", "new", "setting"),
    [
        ('id = "test"', 'id = "other"', "id"),
        ('currency = "CNY"', 'currency = "USD"', "currency"),
        ('id = "test"', 'id = "test"\npoints_decimals = 2', "points_decimals"),
        ('id = "test"', 'id = "test"\nzone = "UTC"', "zone"),
        ('name = "Test"', 'name = "Another"', None),
    ],
)
def test_what_the_program_is_stays_for_ever_all_but_its_name(ledger, old, new, setting):
    """docs/program.md, Settings."""
    changed = LADDER.replace(old, new, 1)
    if setting is None:
        assert ledger.publish(changed).events[0].program.name == "Another"
        return
    with pytest.raises(ProgramMismatch) as caught:
        ledger.publish(changed)
    assert caught.value.fields["setting"] == setting


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


# -- the order of the checks (docs/life.md, Always 1) --------------------------------------------


def test_a_command_that_is_invalid_is_that_before_a_conflict(ledger):
    """life.md Always 1."""
    ledger.enrol("m-001", request_id="r-1")
    with pytest.raises(InvalidCommand):
        ledger.award("m-001", 0, "x", request_id="r-1")


def test_a_conflict_comes_before_a_time_in_the_future(ledger):
    """life.md Always 1: and a retry of what was in time then is answered."""
    ledger.enrol("m-001", request_id="r-1")
    with pytest.raises(RequestConflict):
        ledger.award("m-001", 1, "x", request_id="r-1", occurred_at=NOON + dt.timedelta(days=2))


def test_the_future_comes_before_the_program_and_the_program_before_the_member(clock):
    """life.md Always 1 and 3: a program of 2999."""
    later = LADDER.replace("2000-01-01", "2999-01-01")
    with Ledger(":memory:", program=later, clock=clock) as ledger:
        with pytest.raises(OccurredInFuture):
            ledger.award("nobody", 1, "x", occurred_at=clock() + dt.timedelta(hours=1))
        with pytest.raises(NoProgramInForce):
            ledger.award("nobody", 1, "x")


def test_a_claimed_receipt_is_the_last_thing_that_is_looked_at(clock):
    """life.md Purchase: after the account, the freeze and the limits."""
    program = "frozen_earns = false\n" + BASIC + "[limits]\nearnings_per_day = 1\n"
    with Ledger(":memory:", program=program, clock=clock) as ledger:
        for member in ("m-001", "m-002", "m-003", "m-004"):
            ledger.enrol(member)
        ledger.purchase("m-001", 100, "p-1")
        ledger.close_member("m-002", "left")
        ledger.freeze("m-003", "lost")
        for member, error in (
            ("m-001", LimitExceeded),
            ("m-002", AccountClosed),
            ("m-003", AccountFrozen),
            ("m-004", ReceiptAlreadyClaimed),
            ("m-005", UnknownMember),
        ):
            with pytest.raises(error):
                ledger.purchase(member, 100, "p-1")


def test_a_refused_purchase_claims_no_receipt_and_a_returned_one_keeps_it(ledger):
    """RULES 24 and 34."""
    with pytest.raises(UnknownMember):
        ledger.purchase("m-001", 100, "p-1")
    ledger.enrol("m-001")
    first = ledger.purchase("m-001", 100, "p-1", partner="cafe")
    ledger.return_purchase("m-001", "p-1", partner="cafe")
    with pytest.raises(ReceiptAlreadyClaimed) as caught:
        ledger.purchase("m-001", 100, "p-1", partner="cafe")
    assert {name: caught.value.fields[name] for name in ("partner", "purchase_id", "position")} == {
        "partner": "cafe",
        "purchase_id": "p-1",
        "position": first.first_position,
    }


@pytest.mark.parametrize(
    "said",
    [
        {"lines": (LineItem(amount_minor=60), LineItem(amount_minor=39))},
        {"tenders": (TenderPaid("cash", 60), TenderPaid("card", 41))},
        {"lines": (LineItem(amount_minor=100, tax_minor=101),)},
        {"qualifying_minor": 101},
    ],
)
def test_a_purchase_whose_parts_do_not_fit_its_amount_is_invalid(ledger, said):
    """life.md Purchase: lines and tenders must each add up to the amount."""
    ledger.enrol("m-001")
    with pytest.raises(InvalidCommand):
        ledger.purchase("m-001", 100, "p-1", **said)
    assert ledger.position == 2


@pytest.mark.parametrize(
    "said",
    [
        {"items": (ReturnedItem(line=1),), "amount_minor": 1},
        {"items": (ReturnedItem(line=1), ReturnedItem(line=1))},
        {"items": (ReturnedItem(line=1, quantity=1, amount_minor=1),)},
    ],
)
def test_a_return_that_says_two_things_at_once_is_invalid(ledger, said):
    """ReturnPurchase: by line or an amount, each line once, by units or by money."""
    ledger.enrol("m-001")
    ledger.purchase("m-001", 100, "p-1")
    with pytest.raises(InvalidCommand):
        ledger.return_purchase("m-001", "p-1", **said)
