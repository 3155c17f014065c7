"""Who is let in, freezing and closing (docs/life.md, Always 2 to 4 and Members; RULES 34)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AccountClosed,
    AccountFrozen,
    AccountMerged,
    AlreadyFrozen,
    DebtOutstanding,
    HoldsOpen,
    InsufficientPoints,
    NotForPurses,
    NotFrozen,
    NotMerged,
    PointsRemain,
    UnknownMember,
    UnknownPurse,
    UnknownTransfer,
)
from schemas.commands import (
    MEMBER_COMMANDS,
    AccrueCobrand,
    AdjustPoints,
    AwardPoints,
    CancelBenefitUse,
    CancelVoucher,
    CaptureHold,
    CloseMember,
    ConfirmTransfer,
    EndTierFloor,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    FreezeMember,
    GiftPoints,
    GiveBackVoucher,
    GrantBonus,
    GrantRebates,
    HoldPoints,
    IssueAnniversaryVouchers,
    IssueCard,
    IssueVoucher,
    JoinPurse,
    LapseVouchers,
    LeavePurse,
    LinkPhone,
    MergeMembers,
    MovePhone,
    OpenPurse,
    PayIntoPurse,
    ReceiveTransfer,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    RejectTransfer,
    ReleaseHold,
    ReplaceCard,
    ReturnPurchase,
    ReverseRedemption,
    ReviewTier,
    SendTransfer,
    SetTier,
    StopCard,
    TimeOutTransfer,
    UnblockCard,
    UndoAdjustment,
    UnfreezeMember,
    UnlinkPhone,
    UnmergeMembers,
    UseBenefit,
    UseVoucher,
    WithdrawFromPurse,
)
from schemas.events import (
    MemberClosed,
    MemberFrozen,
    MemberUnfrozen,
    PointsExpired,
    PointsForfeited,
)
from tests.club import benefit, enjoy, issue, rebate, use, voucher
from tests.scenario import (
    BASIC,
    adjust,
    ask,
    awarded,
    bought,
    card,
    day,
    enrolled,
    entry,
    given,
    hashed,
    hold,
    in_order,
    merge,
    pay_in,
    phone,
    purse,
    redeem,
    wrote,
)

TEN, NOON, LAST, AFTER = "2026-03-01 10:00", "2026-03-01 12:00", "2026-06-30", "2026-07-01"
BY_HAND = {"operator": "li", "reason": "x"}
FIELDS = {
    RecordPurchase: {"purchase_id": "p-9", "amount_minor": 100},
    ReturnPurchase: {"purchase_id": "p-1"},
    AwardPoints: {"points": 1, "reason": "x"},
    GrantBonus: {"bonus": "birthday"},
    AdjustPoints: {"points": -1, **BY_HAND},
    UndoAdjustment: {"adjustment": "a-1", **BY_HAND},
    RedeemPoints: {"points": 1},
    RedeemReward: {"reward": "mug"},
    HoldPoints: {"points": 1},
    CaptureHold: {"hold": "h-1"},
    ReleaseHold: {"hold": "h-1"},
    ReverseRedemption: {"redemption": "s-1"},
    ExpirePoints: {"as_of": day("2026-02-28")},
    ExtendLots: {"expires_on": day("2027-01-01"), **BY_HAND},
    FreezeMember: {"reason": "x"},
    UnfreezeMember: {"reason": "x"},
    CloseMember: {"reason": "x", "forfeit": True},
    MergeMembers: {"other": "m-002"},
    UnmergeMembers: {"other": "m-003"},
    GiftPoints: {"to": "m-002", "points": 1},
    OpenPurse: {"purse": "new"},
    JoinPurse: {"purse": "club"},
    LeavePurse: {"purse": "home"},
    PayIntoPurse: {"purse": "home", "points": 1},
    WithdrawFromPurse: {"purse": "home", "points": 1},
    SetTier: {"tier": "gold", **BY_HAND},
    EndTierFloor: BY_HAND,
    ReviewTier: {"as_of": day("2026-02-28")},
    AccrueCobrand: {"cobrand": "bank", "spend_minor": 100, "reference": "b-1"},
    IssueCard: {"card": "C-9"},
    ReplaceCard: {"card": "C-1", "by": "C-9", "why": "lost"},
    StopCard: {"card": "C-1", "why": "lost"},
    UnblockCard: {"card": "C-2"},
    LinkPhone: {"phone": hashed("9"), "ending": hashed("9"), "key_check": hashed("key")},
    UnlinkPhone: {"phone": hashed("1")},
    MovePhone: {"phone": hashed("2"), "other": "m-002", **BY_HAND},
    IssueVoucher: {"kind": "ten"},
    UseVoucher: {"voucher": "v-1", "bill_minor": 100},
    GiveBackVoucher: {"voucher": "v-2"},
    CancelVoucher: {"voucher": "v-1", **BY_HAND},
    LapseVouchers: {"as_of": day("2026-02-28")},
    IssueAnniversaryVouchers: {"as_of": day("2026-02-28")},
    GrantRebates: {"period": "2026-02"},
    UseBenefit: {"benefit": "parking"},
    CancelBenefitUse: {"use": "u-1", **BY_HAND},
    SendTransfer: {"program": "air", "account": "A-7", "points": 1},
    ConfirmTransfer: {"transfer": "t-1"},
    RejectTransfer: {"transfer": "t-1", "code": "full"},
    TimeOutTransfer: {"transfer": "t-1"},
    ReceiveTransfer: {
        "program": "air",
        "transfer": "t-9",
        "theirs": 1,
        "request_id": "t-9",
        "source": "program:air",
    },
}
"""Every command but an enrolment, as it succeeds on `ready_for` it."""

FOR_PURSES = {
    *(RedeemPoints, RedeemReward, HoldPoints, CaptureHold, ReleaseHold, ReverseRedemption),
    *(ExpirePoints, ExtendLots, AdjustPoints, UndoAdjustment),
}
SPEND = {
    *(RedeemPoints, RedeemReward, HoldPoints, CaptureHold, GiftPoints, PayIntoPurse),
    *(CloseMember, MergeMembers, UseVoucher, UseBenefit, SendTransfer),
}
EVERY = pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
PROGRAM = BASIC + entry("reward", id="mug", points=1)
PROGRAM += entry("bonus", id="birthday", on="request", points=5)
PROGRAM += entry("tier", id="gold", threshold="1000000")
PROGRAM += '[redemption]\npoints = 100\nmoney = "1.00"\n'
PROGRAM += voucher() + rebate() + benefit(tiers={"gold": 9})
PROGRAM += entry("cobrand", id="bank", partner="cmb")
for one, other in (("test", "air"), ("air", "test")):
    PROGRAM += entry("rate", id=one, points=1, gives=1, **{"from": one, "to": other})
ANSWERS = (ConfirmTransfer, RejectTransfer, TimeOutTransfer)
PASSES_OVER = (ExpirePoints, ReviewTier, LapseVouchers, IssueAnniversaryVouchers, GrantRebates)


def freeze(**said):
    return ask(FreezeMember, at=NOON, reason="lost card", **said)


def close(*, at=NOON, **said):
    return ask(CloseMember, at=at, reason="left", **said)


def command(kind, *, member="m-001"):
    return ask(kind, at=NOON, member=member, **FIELDS[kind])


def lively(*more, program=PROGRAM):
    """Something of everything: a receipt, a hold, a purse, cards, a voucher, a benefit."""
    return given(
        enrolled("m-001", "m-002", "m-003"),
        awarded(100, expires_on="2026-12-31"),
        bought(1_000),
        adjust(10, request_id="a-1"),
        redeem(5, request_id="s-1"),
        purse(),
        pay_in(20),
        ask(OpenPurse, member="m-002", purse="club"),
        issue(),
        issue(name="v-2"),
        use(name="v-2"),
        hold(5, at=TEN, minutes=10_000),
        ask(SetTier, at=TEN, tier="gold", **BY_HAND),
        [card("C-1"), card("C-2"), ask(StopCard, card="C-2", why="blocked")],
        [phone("1"), phone("2", member="m-002")],
        enjoy(at=TEN, request_id="u-1"),
        *more,
        program=program,
    )


def ready_for(kind):
    """Where the command succeeds: a merge can be undone before anything else happened."""
    if kind is UnmergeMembers:
        return given(enrolled("m-001", "m-003"), merge(other="m-003", at=TEN), program=PROGRAM)
    if kind in ANSWERS:
        return lively(ask(SendTransfer, request_id="t-1", **FIELDS[SendTransfer]))
    return lively(*([command(ReleaseHold)] if kind in (CloseMember, MergeMembers) else []))


# -- who is let in -------------------------------------------------------------------------------


def test_every_command_is_looked_at_here():
    assert {*FIELDS, EnrolMember} == set(MEMBER_COMMANDS)


@EVERY
def test_a_command_about_a_stranger_is_refused(kind):
    """life.md Always 3: for the command's own account, whatever else it names."""
    given(program=PROGRAM).when(command(kind)).then_refused(UnknownMember, member="m-001")


@EVERY
def test_only_some_commands_are_for_purses(kind):
    """life.md Always 2 and 3: that comes before the question whether there is such a purse."""
    scenario = given(program=PROGRAM).when(command(kind, member="purse:home"))
    if kind in FOR_PURSES:
        scenario.then_refused(UnknownPurse, purse="purse:home")
    else:
        scenario.then_refused(NotForPurses, purse="purse:home")


@EVERY
def test_a_closed_account_refuses_every_command(kind):
    """life.md Always 3; the runs pass over it, and an answer again changes nothing there."""
    scenario = given(enrolled(), close(), program=PROGRAM).when(command(kind))
    if kind in PASSES_OVER:
        scenario.then_nothing()
    elif kind in ANSWERS:
        scenario.then_refused(UnknownTransfer, transfer="t-1")
    else:
        scenario.then_refused(AccountClosed, member="m-001")


@EVERY
def test_a_merged_account_refuses_every_command_and_names_the_other(kind):
    """life.md Always 3; the runs pass over it."""
    merged = merge(member="m-002", other="m-001")
    scenario = given(enrolled("m-001", "m-002"), merged, program=PROGRAM).when(command(kind))
    if kind in PASSES_OVER:
        scenario.then_nothing()
    elif kind in ANSWERS:
        scenario.then_refused(UnknownTransfer, transfer="t-1")
    else:
        scenario.then_refused(AccountMerged, member="m-001", into="m-002")


SECOND = (
    ("m-001", GiftPoints, {"points": 1}, "to"),
    ("m-001", MergeMembers, {}, "other"),
    ("purse:home", RedeemPoints, {"points": 1}, "spender"),
    ("purse:home", RedeemReward, {"reward": "mug"}, "spender"),
    ("purse:home", HoldPoints, {"points": 1}, "spender"),
)


@pytest.mark.parametrize(("member", "kind", "fields", "field"), SECOND)
def test_the_second_account_must_be_open_too(member, kind, fields, field):
    """life.md Always 3: the member of a gift, a merge, the spender of a purse."""
    scenario = lively(
        enrolled("shut", "gone"), close(member="shut"), merge(member="m-002", other="gone")
    )
    for name, error, said in (
        ("nobody", UnknownMember, {"member": "nobody"}),
        ("shut", AccountClosed, {"member": "shut"}),
        ("gone", AccountMerged, {"member": "gone", "into": "m-002"}),
    ):
        asked = ask(kind, at=NOON, member=member, **fields, **{field: name})
        scenario.when(asked).then_refused(error, **said)


@pytest.mark.parametrize("kind", [JoinPurse, LeavePurse, PayIntoPurse, WithdrawFromPurse])
def test_the_purse_must_be_there(kind):
    """life.md Always 3."""
    asked = ask(kind, at=NOON, **{**FIELDS[kind], "purse": "none"})
    lively().when(asked).then_refused(UnknownPurse, purse="purse:none")


def test_to_undo_a_merge_the_other_must_be_merged_into_this_account():
    """life.md Always 3: not a stranger, not one on its own, not one merged elsewhere."""
    scenario = lively(enrolled("gone"), merge(member="m-002", other="gone"))
    for name in ("m-002", "gone"):
        scenario.when(ask(UnmergeMembers, at=NOON, other=name)).then_refused(
            NotMerged, member="m-001", other=name
        )
    scenario.when(ask(UnmergeMembers, at=NOON, other="nobody")).then_refused(UnknownMember)


def test_the_own_account_is_looked_at_before_the_second():
    """life.md Always 3: unknown, then closed, for the own; then the same for the other."""
    scenario = given(enrolled("shut"), close(member="shut"))
    for name, error in (("nobody", UnknownMember), ("shut", AccountClosed)):
        asked = ask(GiftPoints, at=NOON, member=name, to="stranger", points=1)
        scenario.when(asked).then_refused(error, member=name)


def test_a_second_account_that_is_not_open_comes_before_a_frozen_one():
    """life.md Always: 3 before 4."""
    scenario = lively(freeze())
    scenario.when(ask(GiftPoints, at=NOON, to="nobody", points=1)).then_refused(UnknownMember)


# -- freezing ------------------------------------------------------------------------------------


def test_freezing_and_unfreezing_say_who_and_why():
    """life.md Freeze, unfreeze (RULES 31)."""
    scenario = given(enrolled()).when(freeze(operator="li"))
    scenario.then(in_order(MemberFrozen), wrote(MemberFrozen, reason="lost card", operator="li"))
    scenario.when(ask(UnfreezeMember, at=NOON, reason="found", operator="wang")).then(
        wrote(MemberUnfrozen, reason="found", operator="wang")
    )


def test_an_account_is_frozen_once_and_unfrozen_once():
    """life.md Freeze, unfreeze."""
    scenario = given(enrolled()).when(ask(UnfreezeMember, at=NOON, reason="x"))
    scenario.then_refused(NotFrozen, member="m-001")
    scenario.and_then(freeze()).when(freeze()).then_refused(AlreadyFrozen, member="m-001")


@EVERY
def test_points_do_not_leave_a_frozen_account_and_everything_else_goes_on(kind):
    """life.md Always 4."""
    if kind is not UnfreezeMember:
        ready_for(kind).when(command(kind)).then()
    scenario = ready_for(kind).and_then(freeze()).when(command(kind))
    if kind in SPEND:
        scenario.then_refused(AccountFrozen, member="m-001")
    elif kind is FreezeMember:
        scenario.then_refused(AlreadyFrozen, member="m-001")
    else:
        scenario.then()


def test_a_frozen_account_still_buys_unless_the_program_says_otherwise():
    """life.md Always 4, frozen_earns."""
    program = "frozen_earns = false\n" + PROGRAM
    lively(freeze(), program=program).when(command(RecordPurchase)).then_refused(
        AccountFrozen, member="m-001"
    )
    lively(program=program).when(command(RecordPurchase)).then()


def test_a_frozen_account_can_be_given_to_and_can_not_be_merged():
    """life.md Always 4: either account of a merge."""
    scenario = ready_for(MergeMembers).and_then(freeze(member="m-002"))
    scenario.when(command(MergeMembers)).then_refused(AccountFrozen, member="m-002")
    scenario.when(command(GiftPoints)).then().left({1: 1}, of="m-002")


@pytest.mark.parametrize("kind", [RedeemPoints, RedeemReward, HoldPoints])
def test_a_frozen_spender_can_not_spend_from_a_purse(kind):
    """life.md Always 4: others of the purse can."""
    scenario = lively(ask(JoinPurse, member="m-002", purse="home"), freeze())
    said = {**FIELDS[kind], "member": "purse:home", "at": NOON}
    scenario.when(ask(kind, spender="m-001", **said)).then_refused(AccountFrozen, member="m-001")
    scenario.when(ask(kind, spender="m-002", **said)).then()


def test_a_freeze_comes_before_the_checks_of_the_command_itself():
    """life.md Always: 4 before 5."""
    scenario = lively(freeze())
    scenario.when(redeem(10_000, at=NOON)).then_refused(AccountFrozen)
    scenario.when(ask(CaptureHold, at=NOON, hold="h-9")).then_refused(AccountFrozen)


def test_an_unfrozen_account_can_be_spent_from_again():
    """life.md Freeze, unfreeze."""
    lively(freeze(), command(UnfreezeMember)).when(command(RedeemPoints)).then()


# -- closing -------------------------------------------------------------------------------------


def test_an_empty_account_is_closed():
    """life.md Close."""
    given(enrolled()).when(close(operator="li")).then(
        in_order(MemberClosed), wrote(MemberClosed, reason="left", operator="li")
    )


@pytest.mark.parametrize("setting", ["", "available_after_days = 7\n"])
def test_an_account_with_points_is_closed_only_where_they_are_given_up(setting):
    """life.md Close: 120 of two lots, pending ones included."""
    steps = (enrolled(), awarded(100, expires_on=LAST), bought(2_000, at=TEN))
    scenario = given(*steps, program=setting + BASIC)
    scenario.when(close()).then_refused(PointsRemain, member="m-001", points=120)
    scenario.when(close(forfeit=True)).then(
        in_order(PointsForfeited, MemberClosed),
        wrote(PointsForfeited, points_forfeited=120, reason="left", available={1: -100, 2: -20}),
    )
    scenario.left({})


def test_what_has_lapsed_is_expired_first_and_not_given_up():
    """life.md Close: on its last day it is still there."""
    steps = (enrolled(), awarded(100, expires_on=LAST))
    given(*steps).when(close(at=LAST)).then_refused(PointsRemain, points=100)
    given(*steps).when(close(at=AFTER)).then(
        in_order(PointsExpired, MemberClosed),
        wrote(PointsExpired, points_expired=100, at=f"{AFTER} 00:00"),
    )


def test_an_account_with_a_debt_is_not_closed():
    """life.md Close."""
    scenario = given(enrolled(), adjust(-20, may_owe=True))
    scenario.when(close(forfeit=True)).then_refused(DebtOutstanding, member="m-001", debt=20)


def test_holds_are_looked_at_first_then_the_debt_then_the_points():
    """life.md Close: the order of its checks."""
    scenario = given(
        enrolled(),
        awarded(5),
        hold(5, at=TEN, minutes=10_000),
        adjust(-20, at=TEN, may_owe=True),
    )
    scenario.when(close()).then_refused(HoldsOpen, member="m-001", holds="h-1")
    scenario.and_then(command(ReleaseHold)).when(close()).then_refused(DebtOutstanding)
    paid = given(enrolled(), awarded(5)).when(close())
    paid.then_refused(PointsRemain, points=5)


def test_a_refused_close_expires_nothing():
    """RULES 34: a refusal writes nothing, whatever it would have written before."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), awarded(5))
    scenario.when(close(at=AFTER)).then_refused(PointsRemain, points=5).left({1: 100, 2: 5})
    scenario.when(redeem(106, at=AFTER)).then_refused(InsufficientPoints, available=5)
