"""Enrolment, bonuses, awards, and what points buy (docs/life.md, Earning and Redeem a reward)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AccountClosed,
    AccountMerged,
    AlreadyEnrolled,
    AlreadyLapsed,
    BonusNotOffered,
    InsufficientPoints,
    LimitExceeded,
    NotInPurse,
    RewardNotOffered,
    UnknownBonus,
    UnknownMember,
    UnknownReward,
)
from schemas.commands import CloseMember, GrantBonus, RedeemReward, UnmergeMembers
from schemas.errors import InvalidCommand
from schemas.events import MemberEnrolled, PointsAwarded, PointsRedeemed
from tests.scenario import (
    BASIC,
    LADDER,
    adjust,
    ask,
    awarded,
    bought,
    day,
    enrolled,
    entry,
    given,
    in_order,
    merge,
    pay_in,
    purse,
    recorded,
    wrote,
)

MARCH = "2026-03-01"


def bonus(name, on, points=10, **settings):
    return entry("bonus", id=name, on=on, points=points, **settings)


def reward(**settings):
    return entry("reward", **{"id": "mug", "points": 30, **settings})


def grant(name="birthday", *, at=MARCH, **said):
    return ask(GrantBonus, bonus=name, at=at, **said)


def spend(name="mug", *, at=MARCH, **said):
    return ask(RedeemReward, reward=name, at=at, **said)


# -- enrolment -----------------------------------------------------------------------------------

JOINING = (
    BASIC
    + bonus("brought", "referred", 5, label="welcome, friend")
    + bonus("welcome", "enrolment", 10)
    + bonus("thanks", "referral", 20)
    + bonus("again", "enrolment", 3)
    + bonus("asked", "request", 99)
)


def test_who_joins_gets_the_bonuses_of_joining_in_the_order_of_the_file():
    """life.md Enrol: without one who brought them none on `referred`."""
    given(program=JOINING).when(enrolled()).then(
        in_order(MemberEnrolled, PointsAwarded, PointsAwarded),
        wrote(PointsAwarded, nth=0, bonus="welcome", points_awarded=10, reason="welcome"),
        wrote(PointsAwarded, nth=1, bonus="again", points_awarded=3),
    ).left({1: 10, 2: 3})


def test_who_was_brought_and_who_brought_them_get_their_bonuses():
    """life.md Enrol: those on `referral` go to the one who referred."""
    scenario = given(enrolled(), program=JOINING).when(enrolled("m-002", referred_by="m-001"))
    assert [name for name, _ in scenario.written] == ["m-002"] * 4 + ["m-001"]
    scenario.then(
        wrote(MemberEnrolled, referred_by="m-001"),
        wrote(PointsAwarded, nth=0, bonus="brought", points_awarded=5, reason="welcome, friend"),
        wrote(PointsAwarded, nth=1, bonus="welcome"),
        wrote(PointsAwarded, nth=2, bonus="again"),
        wrote(PointsAwarded, nth=3, bonus="thanks", points_awarded=20),
    )
    scenario.left({1: 5, 2: 10, 3: 3}, of="m-002").left({1: 10, 2: 3, 3: 20})


def test_a_referral_pays_as_often_as_the_program_says_and_then_silently_not():
    """life.md Enrol: twice in a month; the third of March brings nothing, April's does."""
    program = BASIC + bonus("thanks", "referral", 20, times=2, period="month")
    scenario = given(enrolled(), program=program)
    for member, at, points in (
        ("a", "2026-03-01", 20),
        ("b", "2026-03-31", 40),
        ("c", "2026-03-15", 40),
        ("d", "2026-04-01", 60),
    ):
        scenario.when(enrolled(member, referred_by="m-001", at=at)).then()
        assert scenario.account.balance == points
        assert scenario.of(member).exists


@pytest.mark.parametrize(
    ("settings", "given_on"),
    [
        ({"enabled": False}, []),
        ({"starts_on": day("2026-03-02")}, ["2026-03-02", "2026-03-03"]),
        ({"ends_on": day("2026-03-02")}, ["2026-03-01", "2026-03-02"]),
    ],
)
def test_a_bonus_is_given_while_enabled_on_its_days(settings, given_on):
    """life.md Enrol: both days are inclusive."""
    program = BASIC + bonus("welcome", "enrolment", **settings)
    for on in ("2026-03-01", "2026-03-02", "2026-03-03"):
        scenario = given(program=program).when(enrolled(at=f"{on} 23:59"))
        scenario.then().left({1: 10} if on in given_on else {})


def test_a_member_joins_with_the_entry_tier():
    """RULES 18: a tier without threshold is everyone's."""
    program = BASIC + entry("tier", id="blue") + entry("tier", id="gold", threshold="100.00")
    scenario = given(program=program).when(enrolled(store="s-1"))
    scenario.then(wrote(MemberEnrolled, tier="blue", store="s-1"))
    assert scenario.account.tier == "blue"


def test_nobody_is_enrolled_twice():
    """life.md Always 3: not even after they left."""
    scenario = given(enrolled())
    scenario.when(enrolled()).then_refused(AlreadyEnrolled, member="m-001")
    scenario.and_then(ask(CloseMember, reason="left")).when(enrolled()).then_refused(
        AlreadyEnrolled
    )


@pytest.mark.parametrize(
    ("member", "referred_by"),
    [("purse:home", ""), ("m-002", "purse:home"), ("m-002", "m-002")],
)
def test_a_purses_name_and_bringing_oneself_are_invalid(member, referred_by):
    """life.md Enrol."""
    scenario = given(enrolled(), purse())
    with pytest.raises(InvalidCommand):
        scenario.when(enrolled(member, referred_by=referred_by))


def test_who_brought_a_member_must_have_an_open_account():
    """life.md Always 3."""
    scenario = given(enrolled("shut", "gone", "m-001"))
    scenario.and_then(ask(CloseMember, member="shut", reason="left"), merge(other="gone"))
    for name, kind in (("nobody", UnknownMember), ("shut", AccountClosed), ("gone", AccountMerged)):
        scenario.when(enrolled("m-002", referred_by=name)).then_refused(kind, member=name)


# -- awards --------------------------------------------------------------------------------------

YEAR = BASIC + '[expiry]\npolicy = "months"\nmonths = 12\n'


@pytest.mark.parametrize(("named", "ends"), [(None, "2027-03-01"), ("2026-04-30", "2026-04-30")])
def test_an_award_lives_as_the_program_says_unless_it_names_its_last_day(named, ends):
    """AwardPoints; the event says who gave it and why."""
    scenario = given(enrolled(), program=YEAR)
    scenario.when(awarded(50, expires_on=named, at=MARCH, operator="li")).then(
        in_order(PointsAwarded),
        wrote(PointsAwarded, points_awarded=50, reason="test", operator="li", bonus=""),
    )
    scenario.left({1: 50}, ends={1: ends})


def test_an_award_can_not_have_lapsed_on_its_own_day():
    """life.md Award, RULES 8: the day itself is good still."""
    named = {"expires_on": "2026-02-28", "day": MARCH}
    scenario = given(enrolled())
    scenario.when(awarded(50, expires_on="2026-02-28", at=MARCH)).then_refused(
        AlreadyLapsed, **named
    )
    scenario.when(awarded(50, expires_on=MARCH, at=MARCH)).left({1: 50}, ends={1: MARCH})


def test_an_award_of_an_earlier_day_may_have_lapsed_when_it_is_recorded():
    """life.md Award: its own day counts, not that on which it is told."""
    late = recorded(awarded(50, expires_on="2026-02-28", at="2026-02-01"), on=MARCH)
    given(enrolled()).when(late).left({1: 50})


# -- bonuses on request --------------------------------------------------------------------------


def test_a_bonus_is_given_on_request():
    """life.md Grant a bonus: a lot like an award's; it repays debt first."""
    program = YEAR + bonus("birthday", "request", 50, label="生日")
    given(enrolled(), adjust(-20, may_owe=True), program=program).when(grant()).then(
        in_order(PointsAwarded),
        wrote(PointsAwarded, bonus="birthday", reason="生日", available={1: 30}, debt=-20),
    ).left({1: 30}, ends={1: "2027-03-01"})


def test_a_bonus_that_the_program_does_not_have_is_unknown():
    """life.md Grant a bonus."""
    given(enrolled(), program=JOINING).when(grant("moon")).then_refused(UnknownBonus, bonus="moon")


@pytest.mark.parametrize(
    ("on", "settings"),
    [
        ("request", {"enabled": False}),
        ("request", {"starts_on": day("2026-03-02")}),
        ("request", {"ends_on": day("2026-02-28")}),
        ("enrolment", {}),
        ("referral", {}),
        ("referred", {}),
    ],
)
def test_a_bonus_that_is_not_offered_on_request_that_day_is_refused(on, settings):
    """life.md Grant a bonus."""
    program = BASIC + bonus("birthday", on, **settings)
    given(enrolled(), program=program).when(grant()).then_refused(BonusNotOffered, bonus="birthday")


@pytest.mark.parametrize(
    ("period", "within", "beyond"),
    [
        ("day", "2026-03-15 23:59", "2026-03-16 00:00"),
        ("month", "2026-03-01", "2026-04-01"),
        ("year", "2026-12-31", "2027-01-01"),
        ("ever", "2036-03-15", None),
    ],
)
def test_a_bonus_is_given_as_often_as_it_says_in_its_period(period, within, beyond):
    """life.md Grant a bonus: twice in the period of the business day."""
    program = BASIC + bonus("birthday", "request", times=2, period=period)
    scenario = given(enrolled(), program=program)
    scenario.and_then(grant(at="2026-03-15 00:00"), grant(at="2026-03-15 12:00"))
    scenario.when(grant(at=within)).then_refused(
        LimitExceeded, limit="bonus:birthday", most=2, used=2, asked=1
    )
    if beyond:
        scenario.when(grant(at=beyond)).then(wrote(PointsAwarded, points_awarded=10))


def test_a_merge_is_no_way_to_a_bonus_a_second_time():
    """life.md Merge: what both have used of bonuses adds up; an unmerge takes it off again."""
    program = BASIC + bonus("birthday", "request")
    scenario = given(enrolled("m-001", "m-002"), grant(member="m-002"), program=program)
    scenario.and_then(merge(at=MARCH)).when(grant()).then_refused(LimitExceeded, used=1)
    scenario.and_then(ask(UnmergeMembers, other="m-002", at=MARCH)).when(grant()).then()


# -- rewards -------------------------------------------------------------------------------------


def test_a_reward_costs_its_points_and_money_for_each():
    """life.md Redeem a reward: three at 30 points and 5.00."""
    program = BASIC + reward(money="5.00", label="Becher")
    scenario = given(
        enrolled(), awarded(50, expires_on="2026-06-30"), awarded(100), program=program
    )
    scenario.when(spend(quantity=3, store="s-1", till="t-1", partner="cafe")).then(
        in_order(PointsRedeemed),
        wrote(
            PointsRedeemed,
            points_redeemed=90,
            reward="mug",
            quantity=3,
            money_minor=1_500,
            reason="Becher",
            store="s-1",
            till="t-1",
            partner="cafe",
            available={1: -50, 2: -40},
        ),
    )
    scenario.left({2: 60})


def test_a_reward_that_the_catalogue_lacks_is_unknown():
    """life.md Redeem a reward."""
    given(enrolled(), program=BASIC + reward()).when(spend("moon")).then_refused(
        UnknownReward, reward="moon"
    )


@pytest.mark.parametrize(
    ("settings", "offered_on"),
    [
        ({"enabled": False}, []),
        ({"starts_on": day("2026-03-02")}, ["2026-03-02", "2026-03-03"]),
        ({"ends_on": day("2026-03-02")}, ["2026-03-01", "2026-03-02"]),
    ],
)
def test_a_reward_is_offered_while_enabled_on_its_days(settings, offered_on):
    """life.md Redeem a reward: both days are inclusive."""
    for on in ("2026-03-01", "2026-03-02", "2026-03-03"):
        scenario = given(enrolled(), awarded(100), program=BASIC + reward(**settings))
        scenario.when(spend(at=f"{on} 23:59"))
        if on in offered_on:
            scenario.then().left({1: 70})
        else:
            scenario.then_refused(RewardNotOffered, reward="mug")


def test_a_reward_for_tiers_is_for_those_who_hold_one_of_them_at_the_time():
    """life.md Redeem a reward: gold since noon of 1 March."""
    program = LADDER + reward(tiers=["gold", "silver"])
    scenario = given(enrolled(), awarded(100), program=program)
    scenario.when(spend(at="2026-02-28")).then_refused(RewardNotOffered, reward="mug")
    scenario.and_then(bought(600_000, at="2026-03-01 12:00"))
    scenario.when(spend(at="2026-03-01 11:59")).then_refused(RewardNotOffered)
    scenario.when(spend(at="2026-03-01 12:00")).then()


def test_a_reward_for_tiers_is_not_for_purses_others_are():
    """life.md Redeem a reward."""
    program = LADDER + reward() + reward(id="cup", tiers=["gold"])
    steps = (bought(600_000, at=MARCH), purse(), pay_in(100, at=MARCH))
    scenario = given(enrolled(), *steps, program=program)
    home = {"member": "purse:home", "spender": "m-001"}
    scenario.when(spend("cup", **home)).then_refused(RewardNotOffered, reward="cup")
    scenario.when(spend("mug", member="purse:home")).then_refused(NotInPurse, member="")
    scenario.when(spend("mug", **home)).then(wrote(PointsRedeemed, spender="m-001"))
    scenario.left({1: 70}, of="purse:home")


def test_a_reward_that_is_not_covered_is_refused():
    """RULES 11."""
    given(enrolled(), awarded(59), program=BASIC + reward()).when(spend(quantity=2)).then_refused(
        InsufficientPoints, asked=60, available=59
    )


def test_the_policies_of_redemptions_are_not_those_of_rewards():
    """life.md Redeem a reward: its checks are its own; no minimum, no step, no bill."""
    program = BASIC + reward() + '[redemption]\npoints = 100\nmoney = "1.00"\n'
    program += 'min_points = 500\nstep_points = 100\nmax_bill_percent = "50"\n'
    given(enrolled(), awarded(100), program=program).when(spend()).then().left({1: 70})
