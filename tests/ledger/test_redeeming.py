"""RULES 7, 8 and 11: which lots a redemption takes, and when it is refused (life.md, Always)."""

from __future__ import annotations

import pytest

from ledger.errors import InsufficientPoints, UnknownMember
from schemas.commands import WithdrawFromPurse
from schemas.events import (
    ExpiryUndone,
    LotOpened,
    PointsAwarded,
    PointsHeld,
    PointsReceived,
    PointsRedeemed,
)
from tests.scenario import (
    BASIC,
    adjust,
    awarded,
    bought,
    brought_back,
    day,
    enrolled,
    expire,
    gift,
    given,
    hold,
    in_order,
    one,
    pay_in,
    purse,
    recorded,
    redeem,
    redeemed,
    reverse,
    undo,
    wrote,
)

MARCH = "2026-03-01T10:00+08:00"
LAST, AFTER = "2026-06-30", "2026-07-01"


def test_redeeming_takes_the_lot_that_expires_first():
    (
        given(
            enrolled(),
            awarded(100, expires_on="2026-12-31"),
            awarded(50, expires_on="2026-06-30"),
        )
        .when(redeem(60, at=MARCH))
        .then(redeemed({"2026-06-30": 50, "2026-12-31": 10}))
    )


def test_lots_that_never_expire_go_last():
    (
        given(enrolled(), awarded(100), awarded(100, expires_on="2027-01-01"))
        .when(redeem(130, at=MARCH))
        .then(redeemed({"2027-01-01": 100, "never": 30}))
    )


def test_lots_that_expire_together_go_in_the_order_earned():
    scenario = given(
        enrolled(),
        awarded(10, expires_on="2026-12-31", at="2026-02-02T10:00+08:00"),
        awarded(10, expires_on="2026-12-31", at="2026-01-02T10:00+08:00"),
    ).when(redeem(10, at=MARCH))
    (left,) = scenario.account.lots
    assert str(left.earned_on) == "2026-02-02"


def test_lots_of_one_day_go_in_the_order_of_their_numbers():
    """docs/life.md, spending order: earliest expiry, earliest day earned, lot number."""
    lots = (awarded(10, expires_on="2026-12-31"), awarded(20, expires_on="2026-12-31"))
    given(enrolled(), *lots).when(redeem(15, at=MARCH)).then(
        wrote(PointsRedeemed, available={1: -10, 2: -5})
    )


def test_more_than_is_available_is_refused_with_what_is_available():
    (
        given(enrolled(), awarded(100))
        .when(redeem(101, at=MARCH))
        .then_refused(InsufficientPoints, asked=101, available=100)
    )


@pytest.mark.parametrize(
    ("at", "spendable"),
    [("2026-06-30T23:59+08:00", True), ("2026-07-01T00:00+08:00", False)],
)
def test_the_last_good_day_is_inclusive_in_the_programs_zone(at, spendable):
    """RULES 8: past it the lot can't be spent, recorded or not."""
    scenario = given(enrolled(), awarded(100, expires_on="2026-06-30")).when(redeem(100, at=at))
    if spendable:
        scenario.then(redeemed({"2026-06-30": 100}))
    else:
        scenario.then_refused(InsufficientPoints, available=0)


def test_pending_points_are_not_spendable_until_their_day():
    """RULES 6: they become available with time alone."""
    program = "available_after_days = 7\n" + BASIC
    scenario = given(enrolled(), bought(10_000, at=MARCH), program=program)
    scenario.when(redeem(100, at="2026-03-07T23:59+08:00")).then_refused(
        InsufficientPoints, available=0
    )
    scenario.when(redeem(100, at="2026-03-08T00:00+08:00")).then(redeemed({"never": 100}))


def test_a_stranger_can_not_redeem():
    given().when(redeem(1, at=MARCH)).then_refused(UnknownMember, member="m-001")


# -- who owes points -----------------------------------------------------------------------------


def owing_20_with_50_pending():
    """What a week of waiting does: 100 of March were spent, 20 of them came back on the 12th."""
    return given(
        enrolled("m-001", "m-002"),
        bought(10_000, at="2026-03-01"),
        redeem(100, at="2026-03-08"),
        purse(),
        bought(5_000, at="2026-03-10", purchase_id="p-2"),
        brought_back(2_000, at="2026-03-12"),
        program="available_after_days = 7\n" + BASIC,
    )


@pytest.mark.parametrize("ask", [redeem, hold, gift, pay_in])
def test_what_is_owed_can_not_be_spent_held_given_or_paid_in(ask):
    """life.md, Spendable: 50 that became available since, less 20."""
    scenario = owing_20_with_50_pending().left({2: 50}, debt=20)
    scenario.when(ask(31, at="2026-03-17")).then_refused(InsufficientPoints, asked=31, available=30)
    scenario.when(ask(30, at="2026-03-17")).then().left(
        {2: 20}, debt=20, held={2: 30} if ask is hold else {}
    )


def test_what_a_purse_owes_can_not_be_withdrawn():
    """life.md, Spendable: a correction of the 5th finds no points of the 10th yet."""
    scenario = given(
        enrolled(),
        purse(),
        awarded(50, at="2026-03-10"),
        pay_in(50, at="2026-03-10"),
        adjust(-20, at="2026-03-05", member="purse:home", may_owe=True),
    ).left({1: 50}, of="purse:home", debt=20)
    withdraw = WithdrawFromPurse
    scenario.when(purse(withdraw, points=31, at="2026-03-11")).then_refused(
        InsufficientPoints, asked=31, available=30
    )
    scenario.when(purse(withdraw, points=30, at="2026-03-11")).then()


def test_who_owes_more_than_is_there_can_spend_nothing():
    """life.md, Spendable: never below 0."""
    scenario = given(
        enrolled(), awarded(10, at="2026-03-10"), adjust(-20, at="2026-03-05", may_owe=True)
    )
    scenario.when(redeem(1, at="2026-03-11")).then_refused(InsufficientPoints, available=0)


def test_a_credit_repays_debt_first_and_what_repays_never_becomes_available():
    """RULES 15: the lot is opened with all of its 50 points."""
    scenario = given(enrolled(), adjust(-20, may_owe=True)).when(awarded(50))
    scenario.then(wrote(PointsAwarded, points_awarded=50, available={1: 30}, debt=-20))
    (lot,) = one(scenario.events, PointsAwarded).lots
    assert lot.points == 50
    scenario.left({1: 30})


def test_of_the_points_that_come_in_the_first_in_spending_order_repay():
    """life.md, A credit repays debt first: those until June, though they are the second lot."""
    scenario = given(
        enrolled("m-001", "m-002"),
        adjust(-50, member="m-002", may_owe=True),
        awarded(40, expires_on="2026-12-31"),
        awarded(30, expires_on=LAST),
    )
    scenario.when(gift(70)).then(wrote(PointsReceived, available={2: 20}, debt=-50))
    scenario.left({2: 20}, of="m-002", ends={2: "2026-12-31"})


def test_a_lot_that_comes_from_another_account_keeps_its_days_and_says_where_from():
    """RULES 25, life.md: also the months that it lives on by activity."""
    idle = "available_after_days = 7\n" + BASIC + '[expiry]\npolicy = "inactivity"\nmonths = 6\n'
    scenario = given(enrolled("m-001", "m-002"), bought(3_000, at="2026-03-01"), program=idle)
    scenario.when(gift(20, at="2026-03-08"))
    came = one(scenario.events, PointsReceived).lots
    days = (day("2026-03-01"), day("2026-03-08"), day("2026-09-01"))
    assert came == (LotOpened(1, 20, *days, 6, "m-001", 1),)


# -- late arrivals and expiry --------------------------------------------------------------------


def test_what_an_expiry_run_took_counts_again_for_a_day_when_it_was_good():
    """RULES 8, life.md: as much as is needed, undone at the instant of the expiry."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), expire(LAST, at="2026-07-09"))
    scenario.when(recorded(redeem(30, at=f"{LAST} 23:59"), on="2026-07-10")).then(
        in_order(ExpiryUndone, PointsRedeemed),
        wrote(ExpiryUndone, points_restored=30, at=f"{AFTER} 00:00", on=AFTER, available={1: 30}),
        wrote(PointsRedeemed, available={1: -30}, on=LAST),
    )
    scenario.left({})


def test_for_a_day_after_the_last_good_one_it_stays_expired():
    """RULES 8: and a refusal puts nothing back."""
    steps = (enrolled(), awarded(100, expires_on=LAST), expire(LAST, at="2026-07-09"))
    given(*steps).when(recorded(redeem(30, at=f"{AFTER} 00:00"), on="2026-07-10")).then_refused(
        InsufficientPoints, asked=30, available=0
    )
    given(*steps).when(recorded(redeem(101, at=LAST), on="2026-07-10")).then_refused(
        InsufficientPoints, asked=101, available=100
    )


def test_expired_and_available_lots_go_in_one_spending_order():
    """life.md: 40 until June that expired, then 20 of the 50 until December."""
    scenario = given(
        enrolled(),
        awarded(50, expires_on="2026-12-31"),
        awarded(40, expires_on=LAST),
        expire(LAST, at=AFTER),
    )
    scenario.when(recorded(redeem(60, at=LAST), on="2026-07-02")).then(
        wrote(ExpiryUndone, points_restored=40, available={2: 40}),
        wrote(PointsRedeemed, available={2: -40, 1: -20}),
    )


def test_from_a_lot_the_available_points_go_first_then_the_latest_expiry():
    """life.md: the run took 60 on 1 July; 40 came back on the 5th and went at once; 10 are held.

    A late redemption of 55 undoes the 40 of the 5th, then 15 of 1 July.
    """
    scenario = given(
        enrolled(),
        awarded(110, expires_on=LAST),
        redeem(40, at="2026-05-01", request_id="s-1"),
        hold(10, at=LAST, minutes=100_000),
        expire(LAST, at="2026-07-02"),
        reverse(at="2026-07-05 12:00"),
    ).left({}, held={1: 10})
    scenario.when(recorded(redeem(55, at="2026-06-20"), on="2026-07-06")).then(
        in_order(ExpiryUndone, ExpiryUndone, PointsRedeemed),
        wrote(ExpiryUndone, nth=0, points_restored=40, at="2026-07-05 12:00"),
        wrote(ExpiryUndone, nth=1, points_restored=15, at="2026-07-01 00:00"),
        wrote(PointsRedeemed, available={1: -55}),
    )


LATE = {
    "redeem": (redeem(60, at=LAST), ()),
    "hold": (hold(60, at=LAST, minutes=100_000), ()),
    "gift": (gift(60, at=LAST), ()),
    "pay in": (pay_in(60, at=LAST), (purse(),)),
    "adjust": (adjust(-60, at=LAST), ()),
    "return": (
        brought_back(at=LAST),
        (bought(6_000), redeem(160, at="2026-01-02"), awarded(90, expires_on=LAST)),
    ),
    "undo": (
        undo(at=LAST),
        (adjust(60, request_id="a-1"), redeem(160, at="2026-01-02"), awarded(90, expires_on=LAST)),
    ),
}


@pytest.mark.parametrize("name", LATE)
def test_it_does_not_matter_when_the_expiry_run_comes(name):
    """RULES 8: before what is told late, or after it, the account is the same in the end."""
    late, before = LATE[name]
    steps = (enrolled("m-001", "m-002"), awarded(100, expires_on=LAST), *before)
    run = expire(LAST, at="2026-07-02")
    told = recorded(late, on="2026-07-03")
    accounts = [given(*steps, *order, run).account for order in ((told,), (run, told))]
    left = [[(lot.number, lot.available, lot.held) for lot in a.lots] for a in accounts]
    assert left[0] == left[1]
    assert accounts[0].debt == accounts[1].debt == 0
    assert accounts[0].balance == accounts[1].balance


def test_a_withdrawal_finds_what_a_run_took_from_the_purse():
    """life.md, Late arrivals."""
    scenario = given(
        enrolled(),
        awarded(100, expires_on=LAST),
        purse(),
        pay_in(100),
        expire(LAST, at=AFTER, member="purse:home"),
    )
    withdrawn = purse(WithdrawFromPurse, points=60, at=LAST)
    scenario.when(recorded(withdrawn, on="2026-07-02")).then(
        wrote(ExpiryUndone, points_restored=60)
    )
    scenario.left({}, of="purse:home").left({2: 60}, ends={2: LAST})


def test_a_late_hold_of_what_expired_pins_it():
    """RULES 12, life.md: from the expired lot, into held."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), expire(LAST, at=AFTER))
    scenario.when(recorded(hold(60, at=LAST, minutes=100_000), on="2026-07-02")).then(
        in_order(ExpiryUndone, PointsHeld)
    )
    scenario.left({}, held={1: 60})
