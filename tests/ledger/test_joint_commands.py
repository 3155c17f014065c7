"""Commands that write several events, and commands that belong together (RULES 23, 25, 34)."""

from __future__ import annotations

import msgspec
import pytest

from ledger import (
    AdjustPoints,
    AwardPoints,
    CaptureHold,
    CloseMember,
    EnrolMember,
    ExpirePoints,
    GiftPoints,
    HoldPoints,
    LeavePurse,
    Ledger,
    MergeMembers,
    PayIntoPurse,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    ReturnPurchase,
    ReverseRedemption,
    UnmergeMembers,
    WithdrawFromPurse,
)
from ledger.errors import (
    BatchRefused,
    InsufficientPoints,
    InvalidCommand,
    RequestConflict,
    UnknownMember,
)
from tests.scenario import LADDER, bought, day, enrolled, entry, instant

# -- retries of commands that write several events (RULES 23) ------------------------------------

JOINT = LADDER + entry("bonus", id="thanks", on="referral", points=5, times=9)
HELD = {"member": "m-001", "request_id": "h-1", "points": 60}
RETRIED = {
    "enrol": (EnrolMember(member="m-003", referred_by="m-001"), (), 2),
    "purchase": (bought(100_000, at="2026-03-01 09:00", purchase_id="p-2"), (), 2),
    "redeem late": (
        RedeemPoints(member="m-001", points=130, occurred_at=instant("2026-02-10")),
        (ExpirePoints(member="m-001", as_of=day("2026-02-15")),),
        2,
    ),
    "capture": (CaptureHold(member="m-001", hold="h-1", points=10), (HoldPoints(**HELD),), 2),
    "reverse": (
        ReverseRedemption(member="m-001", redemption="s-1"),
        (
            RedeemPoints(
                member="m-001", points=90, request_id="s-1", occurred_at=instant("2026-02-10")
            ),
        ),
        3,
    ),
    "return": (
        ReturnPurchase(member="m-001", purchase_id="p-1"),
        (RedeemPoints(member="m-001", points=20, purchase_id="p-1"),),
        2,
    ),
    "expire": (ExpirePoints(member="m-001", as_of=day("2026-02-27")), (), 2),
    "gift": (GiftPoints(member="m-001", to="m-002", points=20), (), 2),
    "merge": (MergeMembers(member="m-001", other="m-002"), (), 2),
    "unmerge": (
        UnmergeMembers(member="m-001", other="m-002"),
        (MergeMembers(member="m-001", other="m-002"),),
        2,
    ),
    "pay in": (PayIntoPurse(member="m-001", purse="home", points=20), (), 2),
    "withdraw": (
        WithdrawFromPurse(member="m-001", purse="home", points=20),
        (PayIntoPurse(member="m-001", purse="home", points=20),),
        2,
    ),
    "leave": (
        LeavePurse(member="m-001", purse="home"),
        (PayIntoPurse(member="m-001", purse="home", points=20),),
        3,
    ),
    "close": (CloseMember(member="m-001", reason="left", forfeit=True), (), 4),
}


@pytest.mark.parametrize("name", RETRIED)
def test_a_retry_of_a_joint_command_answers_with_the_first_result(tmp_path, clock, name):
    """RULES 23 and 25: all of its events, whatever happened since, also after a restart."""
    command, before, count = RETRIED[name]
    asked = msgspec.structs.replace(command, request_id="again")
    with Ledger.create(tmp_path / "shop.jifen", JOINT, clock=clock) as ledger:
        for step in enrolled("m-001", "m-002"):
            ledger.execute(step)
        early = instant("2026-01-01")
        ledger.award("m-001", 70, "x", expires_on=day("2026-02-15"), occurred_at=early)
        ledger.award("m-001", 20, "x", expires_on=day("2026-02-20"), occurred_at=early)
        ledger.purchase("m-001", 6_000, "p-1", occurred_at=early)
        ledger.open_purse("m-001", "home")
        for step in before:
            ledger.execute(step)
        first = ledger.execute(asked)
        assert len(first.events) == count
        assert first.last_position - first.first_position == count - 1
        ledger.award("m-002" if name != "merge" else "m-001", 1, "since")
        position = ledger.position
        expected = msgspec.structs.replace(first, replayed=True)
        assert ledger.execute(asked) == expected
        assert list(ledger.execute_many([asked, asked])) == [expected, expected]
        with pytest.raises(RequestConflict) as caught:
            ledger.execute(AwardPoints(member="m-002", points=1, reason="x", request_id="again"))
        assert caught.value.fields["position"] == first.first_position
        assert ledger.position == position
    with Ledger.open(tmp_path / "shop.jifen", clock=clock) as ledger:
        assert ledger.execute(asked) == expected
        assert ledger.position == position
        assert ledger.verify(books=True).findings == ()


# -- a batch, all or nothing ---------------------------------------------------------------------


def correction(member, points, **said):
    return AdjustPoints(member=member, points=points, operator="li", reason="recount", **said)


def test_a_batch_lands_as_a_whole_in_one_commit(ledger):
    """EASE 5, Ledger.execute_all: each is judged after those before it."""
    ledger.enrol("m-001")
    commits = ledger.verify().commits
    outcomes = ledger.execute_all(
        [correction("m-001", 10), correction("m-001", -10), EnrolMember(member="m-002")]
    )
    assert [type(outcome.events[0]).__name__ for outcome in outcomes] == [
        "PointsAdjusted",
        "PointsAdjusted",
        "MemberEnrolled",
    ]
    assert [outcome.account.balance for outcome in outcomes] == [10, 0, 0]
    assert ledger.verify().commits == commits + 1


def test_of_a_batch_with_failures_nothing_lands_and_each_is_told(ledger):
    """EASE 5, RULES 34: with its place in the batch."""
    ledger.enrol("m-001")
    position = ledger.position
    batch = [
        correction("m-001", 10, request_id="b-1"),
        correction("nobody", 10, request_id="b-2"),
        correction("m-001", -11, request_id="b-3"),
        RecordPurchase(member="m-001", amount_minor=100, purchase_id="p-1", request_id="b-4"),
    ]
    with pytest.raises(BatchRefused) as caught:
        ledger.execute_all(batch)
    failures = caught.value.failures
    assert [(index, type(error)) for index, error in failures] == [
        (1, UnknownMember),
        (2, InsufficientPoints),
    ]
    assert failures[1][1].fields == {"asked": 11, "available": 10}
    assert caught.value.code == "batch_refused"
    assert ledger.position == position
    assert ledger.balance("m-001").balance == 0
    # Nothing of it is remembered: neither the requests nor the receipt.
    mended = [batch[0], batch[3]]
    assert [outcome.replayed for outcome in ledger.execute_all(mended)] == [False, False]


@pytest.mark.parametrize("wrong", [correction("m-001", 0), PublishProgram(content=LADDER)])
def test_a_batch_with_an_invalid_command_or_a_program_is_refused(ledger, wrong):
    """Ledger.execute_all: a program stands alone."""
    ledger.enrol("m-001")
    position = ledger.position
    with pytest.raises(BatchRefused) as caught:
        ledger.execute_all([correction("m-001", 1), wrong])
    ((index, error),) = caught.value.failures
    assert (index, type(error)) == (1, InvalidCommand)
    assert ledger.position == position


def test_of_a_batch_what_is_invalid_and_what_is_refused_are_told_together(ledger):
    """EASE 5: every failure, in the order of the batch."""
    ledger.enrol("m-001")
    batch = [correction("m-001", -1), correction("m-001", 0), correction("nobody", 1)]
    with pytest.raises(BatchRefused) as caught:
        ledger.execute_all(batch)
    assert [(index, type(error)) for index, error in caught.value.failures] == [
        (0, InsufficientPoints),
        (1, InvalidCommand),
        (2, UnknownMember),
    ]


def test_a_batch_that_is_sent_again_answers_with_the_first_results(ledger):
    """RULES 23."""
    ledger.enrol("m-001")
    batch = [correction("m-001", n, request_id=f"b-{n}") for n in (1, 2)]
    first = ledger.execute_all(batch)
    position = ledger.position
    again = ledger.execute_all(batch)
    assert again == [msgspec.structs.replace(outcome, replayed=True) for outcome in first]
    assert ledger.position == position
    more = ledger.execute_all([*batch, correction("m-001", 4, request_id="b-4")])
    assert [outcome.replayed for outcome in more] == [True, True, False]
    assert ledger.balance("m-001").balance == 7


def test_an_empty_batch_does_nothing(ledger):
    position = ledger.position
    assert ledger.execute_all([]) == []
    assert ledger.position == position
