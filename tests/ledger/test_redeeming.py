"""RULES 7, 8 and 11: which lots a redemption takes, and when it is refused."""

from __future__ import annotations

import pytest

from ledger.errors import InsufficientPoints, UnknownMember
from tests.scenario import BASIC, awarded, bought, enrolled, given, redeem, redeemed

MARCH = "2026-03-01T10:00+08:00"


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
