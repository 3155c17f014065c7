"""Points from one account to another, and shared purses (RULES 25; docs/life.md, Members)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AccountFrozen,
    AlreadyInPurse,
    InsufficientPoints,
    LimitExceeded,
    NotInPurse,
    PurseExists,
    UnknownMember,
)
from schemas.commands import (
    FreezeMember,
    JoinPurse,
    LeavePurse,
    WithdrawFromPurse,
)
from schemas.errors import InvalidCommand
from schemas.events import (
    LotOpened,
    PointsExpired,
    PointsReceived,
    PointsRedeemed,
    PointsSent,
    PurseJoined,
    PurseLeft,
    PurseOpened,
    RedemptionReversed,
)
from tests.scenario import (
    BASIC,
    ask,
    awarded,
    bought,
    capture,
    day,
    enrolled,
    expire,
    extend,
    gift,
    given,
    hold,
    in_order,
    merge,
    one,
    pay_in,
    purse,
    redeem,
    reverse,
    wrote,
)

MARCH, LAST, AFTER = "2026-03-01", "2026-06-30", "2026-07-01"
TWO = {"member": "m-002"}
HOME = {"member": "purse:home"}
TWO_LOTS = (awarded(100, expires_on="2026-12-31"), awarded(50, expires_on=LAST))


def join(*, member="m-002"):
    return purse(JoinPurse, member=member)


def leave(*, at=MARCH, **said):
    return purse(LeavePurse, at=at, **said)


def withdraw(points, *, at=MARCH, **said):
    return purse(WithdrawFromPurse, points=points, at=at, **said)


def spend(points, *, at=MARCH, spender="m-001", **said):
    return redeem(points, at=at, spender=spender, **HOME, **said)


def two(*steps, program=BASIC):
    return given(enrolled("m-001", "m-002"), *steps, program=program)


# -- gifts ---------------------------------------------------------------------------------------


def test_a_gift_moves_points_in_spending_order_with_their_days():
    """life.md Gift, RULES 25: a lot for each lot; what leaves and what arrives go together."""
    scenario = two(*TWO_LOTS).when(gift(60, at=MARCH, reason="birthday"))
    scenario.then(
        in_order(PointsSent, PointsReceived),
        wrote(PointsSent, other="m-002", purpose="gift", points_sent=60, reason="birthday"),
        wrote(PointsSent, available={2: -50, 1: -10}),
        wrote(PointsReceived, other="m-001", purpose="gift", points_received=60, reason="birthday"),
    )
    assert [name for name, _ in scenario.written] == ["m-001", "m-002"]
    earned = day("2026-01-01")
    assert one(scenario.events, PointsReceived).lots == (
        LotOpened(1, 50, earned, earned, day(LAST), 0, "m-001", 2),
        LotOpened(2, 10, earned, earned, day("2026-12-31"), 0, "m-001", 1),
    )
    scenario.left({1: 90}).left({1: 50, 2: 10}, of="m-002")


def test_more_than_can_be_spent_can_not_be_given():
    """life.md Gift: neither lapsed nor pending points."""
    two(*TWO_LOTS).when(gift(101, at=AFTER)).then_refused(
        InsufficientPoints, asked=101, available=100
    )
    waiting = two(bought(1_000, at=MARCH), program="available_after_days = 7\n" + BASIC)
    waiting.when(gift(1, at="2026-03-07")).then_refused(InsufficientPoints, available=0)


def test_the_limits_of_gifts_come_before_what_is_there():
    """life.md Gift: gifts, then gift_points."""
    program = BASIC + "[limits]\ngifts_per_month = 1\ngift_points_per_day = 10\n"
    scenario = two(awarded(20), program=program)
    scenario.when(gift(21)).then_refused(LimitExceeded, limit="gift_points_per_day")
    scenario.and_then(gift(1)).when(gift(21)).then_refused(LimitExceeded, limit="gifts_per_month")


@pytest.mark.parametrize("to", ["m-001", "purse:home"])
def test_a_gift_is_to_another_member(to):
    """schemas/checking.py."""
    with pytest.raises(InvalidCommand):
        two(*TWO_LOTS).when(gift(1, to=to))


def test_points_that_were_given_live_and_lapse_with_the_other():
    """RULES 25."""
    scenario = two(*TWO_LOTS, gift(60, at=MARCH))
    scenario.when(expire(LAST, at=AFTER, **TWO)).then(
        wrote(PointsExpired, points_expired=50, lapsed_on=day(LAST))
    )
    scenario.left({2: 10}, of="m-002")


# -- opening, joining, leaving -------------------------------------------------------------------


def test_a_purse_is_opened_with_its_first_member():
    """life.md Purse."""
    scenario = (
        two()
        .when(purse())
        .then(in_order(PurseOpened, PurseJoined), wrote(PurseJoined, joiner="m-001"))
    )
    assert {name for name, _ in scenario.written} == {"purse:home"}
    assert scenario.of("purse:home").purse_members == ("m-001",)


def test_a_purse_is_opened_once():
    """life.md Always 3."""
    two(purse()).when(purse(**TWO)).then_refused(PurseExists, purse="purse:home")


def test_members_join_and_leave_once():
    """life.md Purse."""
    scenario = two(purse())
    scenario.when(leave(**TWO)).then_refused(NotInPurse, purse="purse:home", member="m-002")
    scenario.when(join()).then(in_order(PurseJoined), wrote(PurseJoined, joiner="m-002"))
    scenario.when(join()).then_refused(AlreadyInPurse, purse="purse:home", member="m-002")
    scenario.when(leave(**TWO)).then(in_order(PurseLeft), wrote(PurseLeft, leaver="m-002"))
    scenario.when(leave(**TWO)).then_refused(NotInPurse)
    scenario.when(join()).then()


# -- paying in -----------------------------------------------------------------------------------


def test_paying_in_moves_points_in_spending_order_with_their_days():
    """life.md Purse."""
    scenario = two(*TWO_LOTS, purse()).when(pay_in(60, at=MARCH))
    scenario.then(
        in_order(PointsSent, PointsReceived),
        wrote(PointsSent, other="purse:home", purpose="purse", available={2: -50, 1: -10}),
        wrote(PointsReceived, other="m-001", purpose="purse", points_received=60),
    )
    ends = {1: LAST, 2: "2026-12-31"}
    scenario.left({1: 90}).left({1: 50, 2: 10}, of="purse:home", ends=ends)


def test_only_those_in_the_purse_pay_in_and_no_more_than_they_can_spend():
    """life.md Purse."""
    scenario = two(*TWO_LOTS, awarded(9, **TWO), purse())
    scenario.when(pay_in(9, **TWO)).then_refused(NotInPurse, purse="purse:home", member="m-002")
    scenario.when(pay_in(151)).then_refused(InsufficientPoints, asked=151, available=150)


# -- spending ------------------------------------------------------------------------------------


def shared():
    """50 and 10 of the first member, then 40 until December of the second."""
    second = awarded(40, expires_on="2026-12-31", **TWO)
    return two(*TWO_LOTS, second, purse(), join(), pay_in(60), pay_in(40, **TWO))


def test_a_purse_is_spent_in_its_own_spending_order_whoever_spends():
    """life.md Purse: 50 until June, 10 and 15 of December's in the order of their lots."""
    shared().when(spend(75, spender="m-002")).then(
        wrote(PointsRedeemed, spender="m-002", available={1: -50, 2: -10, 3: -15})
    ).left({3: 25}, of="purse:home")


@pytest.mark.parametrize("spender", ["", "m-002", "m-003"])
def test_who_spends_from_a_purse_is_in_it(spender):
    """life.md Purse: named, and not one who has left or never joined."""
    scenario = shared().and_then(enrolled("m-003"), leave(**TWO))
    scenario.when(spend(1, spender=spender)).then_refused(
        NotInPurse, purse="purse:home", member=spender
    )


def test_a_spender_who_is_nobody_is_refused():
    """life.md Always 3."""
    shared().when(spend(1, spender="nobody")).then_refused(UnknownMember, member="nobody")


def test_more_than_is_in_the_purse_can_not_be_spent():
    """RULES 11."""
    shared().when(spend(101)).then_refused(InsufficientPoints, asked=101, available=100)


def test_a_reversal_gives_back_what_was_drawn_from_each():
    """life.md Purse: 75 were 60 of the first and 15 of the second, who then leave with theirs."""
    scenario = shared().and_then(spend(75, request_id="s-1"))
    scenario.when(reverse(at=MARCH, **HOME)).then(
        wrote(RedemptionReversed, available={3: 15, 2: 10, 1: 50})
    )
    scenario.when(leave()).then(wrote(PointsSent, points_sent=60))
    scenario.when(leave(**TWO)).then(wrote(PointsSent, points_sent=40))


def test_a_partial_reversal_gives_back_first_to_whose_points_went_last():
    """life.md Reverse: 20 of 75 are 15 of the second and 5 of the first."""
    scenario = shared().and_then(spend(75, request_id="s-1")).when(reverse(20, at=MARCH, **HOME))
    scenario.then(wrote(RedemptionReversed, available={3: 15, 2: 5}))
    scenario.left({2: 5, 3: 40}, of="purse:home")


def test_a_hold_on_a_purse_gives_back_to_each_too():
    """RULES 12: of 75 held 55 are captured."""
    scenario = shared().and_then(hold(75, at=MARCH, spender="m-001", **HOME))
    scenario.when(capture(55, at=MARCH, **HOME)).then(
        wrote(PointsRedeemed, held={1: -50, 2: -5}, spender="m-001")
    )
    scenario.left({2: 5, 3: 40}, of="purse:home")


# -- taking out ----------------------------------------------------------------------------------


def test_one_withdraws_what_one_paid_in_in_spending_order():
    """life.md Purse: 55 of the first's 60; the points keep their days."""
    scenario = shared().when(withdraw(55))
    scenario.then(
        in_order(PointsSent, PointsReceived),
        wrote(PointsSent, other="m-001", purpose="purse", available={1: -50, 2: -5}),
    )
    assert [name for name, _ in scenario.written] == ["purse:home", "m-001"]
    scenario.left({2: 5, 3: 40}, of="purse:home")
    scenario.left({1: 90, 3: 50, 4: 5}, ends={3: LAST, 4: "2026-12-31"})


def test_nobody_withdraws_what_others_paid_in():
    """life.md Purse: what was spent of one's own is gone, and what lapsed can't be had."""
    scenario = shared()
    scenario.when(withdraw(41, **TWO)).then_refused(InsufficientPoints, asked=41, available=40)
    scenario.when(withdraw(11, at=AFTER)).then_refused(InsufficientPoints, asked=11, available=10)
    scenario.and_then(spend(55)).when(withdraw(6)).then_refused(InsufficientPoints, available=5)


def test_one_who_has_left_can_still_withdraw():
    """life.md Purse: what came back after a reversal."""
    scenario = shared().and_then(spend(60, request_id="s-1"), leave())
    scenario.when(withdraw(1)).then_refused(InsufficientPoints, available=0)
    scenario.and_then(reverse(at=MARCH, **HOME)).when(withdraw(60)).then(
        wrote(PointsSent, points_sent=60)
    )


def test_who_leaves_takes_along_what_is_left_of_their_own():
    """life.md Purse: after `PurseLeft`; the other's 40 stay."""
    scenario = shared().and_then(spend(20)).when(leave())
    scenario.then(
        in_order(PurseLeft, PointsSent, PointsReceived),
        wrote(PointsSent, points_sent=40, purpose="purse", available={1: -30, 2: -10}),
        wrote(PointsReceived, points_received=40),
    )
    assert [name for name, _ in scenario.written] == ["purse:home", "purse:home", "m-001"]
    scenario.left({3: 40}, of="purse:home")


def test_who_leaves_with_nothing_in_the_purse_just_leaves():
    """life.md Purse."""
    shared().and_then(spend(60)).when(leave()).then(in_order(PurseLeft))


@pytest.mark.parametrize(("at", "taken"), [(LAST, {1: -50, 2: -10}), (AFTER, {2: -10})])
def test_leaving_takes_all_that_has_not_lapsed_on_the_day(at, taken):
    """life.md Purse: on the last good day still."""
    shared().when(leave(at=at)).then(wrote(PointsSent, available=taken))


def test_points_of_a_purse_that_were_extended_come_back_with_their_new_end():
    """RULES 9: an extension is of the purse's lot."""
    scenario = shared().and_then(extend("2026-09-30", at=MARCH, lots=(1,), **HOME))
    scenario.when(withdraw(50, at=AFTER)).left({1: 90, 3: 50}, ends={3: "2026-09-30"})


def test_a_frozen_member_may_take_points_out_and_not_pay_in():
    """life.md Always 4: they would leave the account only by paying in."""
    scenario = shared().and_then(ask(FreezeMember, at=MARCH, reason="x"))
    scenario.when(pay_in(1, at=MARCH)).then_refused(AccountFrozen, member="m-001")
    scenario.when(withdraw(10)).then()
    scenario.when(leave()).then(wrote(PointsSent, points_sent=50))


def test_points_in_a_purse_stay_there_at_a_merge():
    """life.md Merge: it takes what is in the account; the purse goes on as it was."""
    scenario = shared().when(merge(at=MARCH, other="m-002"))
    scenario.then().left({1: 50, 2: 10, 3: 40}, of="purse:home")


def test_points_of_two_purses_do_not_mix():
    """life.md Purse."""
    club = {"purse": "club", "at": MARCH}
    scenario = shared().and_then(ask(type(purse()), **club))
    scenario.when(ask(WithdrawFromPurse, points=1, **club)).then_refused(
        InsufficientPoints, available=0
    )
