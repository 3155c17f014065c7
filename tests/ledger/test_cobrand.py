"""What is spent elsewhere with a bank's card (docs/life.md, Co-branded cards)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AccountFrozen,
    CobrandNotOffered,
    MergeSettled,
    NotForPurses,
    TooManyPoints,
    UnknownCobrand,
    UnknownMember,
)
from schemas.commands import AccrueCobrand, FreezeMember, UnmergeMembers
from schemas.events import CobrandAccrued, ExpiryUndone, HoldReleased, MergeUndone, Usage
from tests.scenario import (
    BASIC,
    HEAD,
    OTHER,
    ask,
    awarded,
    bought,
    day,
    enrolled,
    entry,
    expire,
    given,
    hold,
    in_order,
    merge,
    purse,
    recorded,
    redeem,
    wrote,
)

JUNE = "2026-06-10"
LATER = "2026-06-20"
JULY = "2026-07-01"


def card(**settings):
    """A bank's card: a point for every 20 yuan unless told otherwise."""
    return entry("cobrand", **{"id": "bank", "partner": "cmb", "per": "20.00"} | settings)


PLAIN = BASIC + card()
CAPPED = BASIC + card(per_month=100)


def spent(yuan, *, at=JUNE, reference="N-1", cobrand="bank", **said):
    minor = round(yuan * 100)
    return ask(
        AccrueCobrand, at=at, cobrand=cobrand, spend_minor=minor, reference=reference, **said
    )


# -- what a month is due -------------------------------------------------------------------------


def test_what_is_spent_elsewhere_brings_points_by_the_banks_own_terms():
    scenario = given(enrolled(), program=PLAIN).when(spent(1280.5, source="cmb", operator="li"))
    scenario.then(
        in_order(CobrandAccrued),
        wrote(
            CobrandAccrued,
            cobrand="bank",
            partner="cmb",
            reference="N-1",
            source="cmb",
            operator="li",
            spend_minor=128_050,
            month_spend_minor=128_050,
            month_points_due=64,
            points_due=64,
            points_accrued=64,
            points_forgiven=0,
            terms_version=1,
            available={1: 64},
        ),
    ).left({1: 64})


def test_a_month_counts_in_all_so_what_one_row_leaves_over_the_next_one_uses():
    """Three rows of 15 yuan: 0, 1 and 1 point; 45 yuan are due 2."""
    scenario = given(enrolled(), program=PLAIN)
    for row, points in enumerate([0, 1, 1]):
        scenario.when(spent(15, reference=f"N-{row}"))
        scenario.then(wrote(CobrandAccrued, points_due=points, points_accrued=points))
    scenario.left({1: 1, 2: 1})


def test_the_next_month_starts_anew():
    """15 yuan of June, 15 of July: no point. The day is the program's."""
    late = "2026-06-30T23:59+08:00"
    scenario = given(enrolled(), spent(15, at=late), program=PLAIN)
    scenario.when(spent(15, at="2026-07-01T00:00+08:00"))
    scenario.then(wrote(CobrandAccrued, month_spend_minor=1500, points_due=0)).left({})


@pytest.mark.parametrize(("rounding", "points"), [("floor", 0), ("half_up", 1), ("ceil", 1)])
def test_it_is_rounded_as_the_program_says(rounding, points):
    program = HEAD + f'rounding = "{rounding}"\n' + card()
    given(enrolled(), program=program).when(spent(10)).then(
        wrote(CobrandAccrued, points_due=points)
    )


def test_a_month_brings_at_most_what_the_card_says():
    scenario = given(enrolled(), spent(1900), program=CAPPED)
    scenario.when(spent(500)).then(wrote(CobrandAccrued, points_due=5, month_points_due=100))
    scenario.when(spent(500)).then(wrote(CobrandAccrued, points_due=0, month_points_due=100))
    scenario.when(spent(500, at=JULY)).then(wrote(CobrandAccrued, points_due=25))


def test_cards_of_a_program_count_apart():
    program = PLAIN + card(id="gold", per="10.00")
    scenario = given(enrolled(), spent(15), program=program)
    scenario.when(spent(15, cobrand="gold")).then(wrote(CobrandAccrued, points_due=1))


def test_it_is_no_purchase():
    """No tier, no multiplier, no cap of purchases, no first purchase, no activity."""
    program = (
        HEAD
        + "[caps]\nper_day = 1\n[limits]\nearnings_per_day = 1\n"
        + '[expiry]\npolicy = "inactivity"\nmonths = 12\n'
        + entry("earn", id="first", method="fixed", points=7, first_purchase=True)
        + entry("tier", id="gold", threshold="100.00", multiplier="2")
        + card(per="1.00")
    )
    scenario = given(enrolled(), awarded(5, at="2026-01-05"), program=program)
    scenario.when(spent(500)).then(in_order(CobrandAccrued)).left(
        {1: 5, 2: 500}, ends={1: "2027-01-05", 2: "2027-06-10"}
    )
    assert scenario.account.tier == ""
    assert scenario.account.days == ()
    scenario.when(bought(10_000, at=LATER))
    assert scenario.events[0].first is True
    assert scenario.events[0].points_earned == 1


def test_a_lot_lives_as_the_program_says_and_can_be_spent_at_once():
    program = HEAD + 'available_after_days = 7\n[expiry]\npolicy = "months"\nmonths = 12\n' + card()
    scenario = given(enrolled(), program=program).when(spent(20, at=JUNE))
    (lot,) = scenario.events[0].lots
    assert (lot.earned_on, lot.available_from) == (day(JUNE), day(JUNE))
    assert lot.expires_on == day("2027-06-10")


def test_points_that_come_in_repay_debt_first():
    scenario = given(enrolled(), spent(1000), redeem(50, at=JUNE), spent(-1000), program=PLAIN)
    scenario.left({}, debt=50)
    scenario.when(spent(1400)).then(wrote(CobrandAccrued, available={2: 20}, debt=-50))


# -- corrections ---------------------------------------------------------------------------------


def test_a_correction_takes_back_what_the_month_is_not_due_any_more():
    """35 yuan are due 1; without 15 of them still 1; without 20 more nothing."""
    scenario = given(enrolled(), spent(35), program=PLAIN)
    scenario.when(spent(-15, reference="N-2")).then(
        wrote(CobrandAccrued, spend_minor=-1500, month_spend_minor=2000, points_due=0)
    )
    scenario.when(spent(-20, reference="N-3")).then(
        wrote(CobrandAccrued, points_due=-1, points_accrued=-1, available={1: -1})
    ).left({})


def test_what_is_above_the_cap_goes_first():
    scenario = given(enrolled(), spent(3000), program=CAPPED).left({1: 100})
    scenario.when(spent(-1000)).then(wrote(CobrandAccrued, points_due=0))
    scenario.when(spent(-1000)).then(wrote(CobrandAccrued, points_due=-50)).left({1: 50})


def test_a_month_below_zero_is_due_nothing_and_what_follows_makes_up_for_it_first():
    scenario = given(enrolled(), spent(100), spent(-140), program=PLAIN).left({})
    scenario.when(spent(50)).then(
        wrote(CobrandAccrued, month_spend_minor=1000, month_points_due=0, points_due=0)
    )
    scenario.when(spent(50)).then(wrote(CobrandAccrued, points_due=3))


def test_a_correction_takes_in_spending_order():
    soon = awarded(30, at=JUNE, expires_on="2026-12-31")
    scenario = given(enrolled(), spent(1000), soon, program=PLAIN)
    scenario.when(spent(-800, at=LATER)).then(wrote(CobrandAccrued, available={2: -30, 1: -10}))


@pytest.mark.parametrize("shortfall", ["debt", "cash"])
def test_what_is_missing_is_a_debt_for_there_is_no_till_to_keep_it_back(shortfall):
    program = f'on_shortfall = "{shortfall}"\n' + PLAIN + '[redemption]\npoints = 1\nmoney = "1"\n'
    scenario = given(enrolled(), spent(1000), redeem(45, at=JUNE), program=program)
    scenario.when(spent(-800)).then(
        wrote(CobrandAccrued, points_accrued=-40, points_forgiven=0, available={1: -5}, debt=35)
    ).left({}, debt=35)


def test_what_is_missing_is_forgiven_and_what_comes_next_is_less_by_it():
    """Else a bank that books back and forth would give the same points twice."""
    program = 'on_shortfall = "clamp"\n' + PLAIN
    scenario = given(enrolled(), spent(1000), redeem(45, at=JUNE), program=program)
    scenario.when(spent(-800)).then(
        wrote(
            CobrandAccrued, points_due=-40, points_accrued=-5, points_forgiven=35, available={1: -5}
        )
    ).left({})
    scenario.when(spent(600)).then(
        wrote(CobrandAccrued, points_due=30, points_accrued=0, points_forgiven=-30, lots=())
    )
    scenario.when(spent(400)).then(
        wrote(CobrandAccrued, points_due=20, points_accrued=15, points_forgiven=-5)
    ).left({2: 15})


def test_a_correction_releases_holds_that_have_lapsed():
    scenario = given(enrolled(), spent(1000), hold(50, at=JUNE), program=PLAIN)
    scenario.when(spent(-1000, at=LATER)).then(
        in_order(HoldReleased, CobrandAccrued), wrote(CobrandAccrued, available={1: -50})
    )


def test_what_expired_since_counts_for_a_correction_that_comes_late():
    """Good on 20 June, expired by the run of July: taken back once, not twice."""
    soon = awarded(50, at=JUNE, expires_on="2026-06-30")
    scenario = given(enrolled(), soon, spent(1000), program=PLAIN)
    scenario.and_then(expire("2026-06-30", at=JULY)).left({2: 50})
    scenario.when(recorded(spent(-1000, at=LATER), on=JULY)).then(
        in_order(ExpiryUndone, CobrandAccrued), wrote(CobrandAccrued, available={1: -50})
    ).left({2: 50})


# -- refused -------------------------------------------------------------------------------------


def test_a_card_that_the_program_does_not_have_is_refused():
    scenario = given(enrolled(), program=PLAIN)
    scenario.when(spent(5, cobrand="x")).then_refused(UnknownCobrand, cobrand="x", day=JUNE)


@pytest.mark.parametrize(
    "settings",
    [{"enabled": False}, {"starts_on": day(LATER)}, {"ends_on": day("2026-06-09")}],
    ids=str,
)
def test_a_card_that_is_not_offered_is_refused_but_for_corrections(settings):
    scenario = given(enrolled(), program=BASIC + card(**settings))
    scenario.when(spent(20)).then_refused(CobrandNotOffered, cobrand="bank", day=JUNE)
    scenario.when(spent(-20)).then(wrote(CobrandAccrued, month_spend_minor=-2000, points_due=0))


def test_its_days_are_inclusive():
    program = BASIC + card(starts_on=day(JUNE), ends_on=day(LATER))
    scenario = given(enrolled(), spent(20, at=JUNE), program=program)
    scenario.when(spent(20, at="2026-06-20T23:59")).then(wrote(CobrandAccrued, points_due=1))


def test_a_frozen_account_earns_unless_the_program_says_otherwise():
    steps = (enrolled(), spent(20), ask(FreezeMember, at=JUNE, reason="lost"))
    given(*steps, program=PLAIN).when(spent(20)).then(wrote(CobrandAccrued, points_due=1))
    scenario = given(*steps, program="frozen_earns = false\n" + PLAIN)
    scenario.when(spent(20)).then_refused(AccountFrozen)
    scenario.when(spent(-20)).then(wrote(CobrandAccrued, points_due=-1))


def test_it_is_for_members_alone():
    scenario = given(enrolled(), purse(), program=PLAIN)
    scenario.when(spent(20, member="purse:home")).then_refused(NotForPurses)
    scenario.when(spent(20, member="m-009")).then_refused(UnknownMember)


def test_more_points_than_an_event_holds_are_refused():
    scenario = given(enrolled(), program=BASIC + card(points=1_000_000, per="0.01"))
    scenario.when(spent(10**11)).then_refused(TooManyPoints)


# -- versions of the program ---------------------------------------------------------------------


def from_day(first, text):
    return text.replace("2000-01-01", first)


DEARER = from_day("2026-06-15", BASIC + card(per="10.00"))


def test_a_version_that_comes_within_a_month_holds_for_the_card_from_the_next_month_on():
    scenario = given(enrolled(), program=PLAIN).under(DEARER)
    scenario.when(spent(15)).when(spent(15, at=LATER)).then(
        wrote(CobrandAccrued, program_version=2, terms_version=1, points_due=1)
    )
    scenario.when(spent(20, at=JULY)).then(wrote(CobrandAccrued, terms_version=2, points_due=2))


@pytest.mark.parametrize("before", [BASIC, BASIC + card(enabled=False)])
def test_a_card_that_comes_within_a_month_has_its_own_terms_at_once(before):
    scenario = given(enrolled(), program=before).under(DEARER)
    scenario.when(spent(20, at=LATER)).then(wrote(CobrandAccrued, terms_version=2, points_due=2))


def test_a_card_of_a_later_version_is_unknown_before_it():
    scenario = given(enrolled(), program=BASIC).under(DEARER)
    scenario.when(spent(20, at="2026-06-14")).then_refused(UnknownCobrand)


def test_a_version_whose_place_another_took_counts_for_nothing():
    scenario = given(enrolled(), program=BASIC).under(DEARER)
    scenario.under(from_day("2026-06-15", PLAIN))
    scenario.when(spent(20, at=LATER)).then(wrote(CobrandAccrued, terms_version=3, points_due=1))


def test_under_better_terms_for_a_month_that_has_begun_its_next_row_makes_up_for_the_others():
    scenario = given(enrolled(), spent(100), program=PLAIN).left({1: 5})
    scenario.under(from_day("2026-06-01", BASIC + card(per="10.00")))
    scenario.when(spent(10)).then(wrote(CobrandAccrued, month_points_due=11, points_due=6))
    scenario.when(spent(-110)).then(wrote(CobrandAccrued, points_due=-11)).left({})


def test_under_worse_terms_spending_takes_nothing_and_a_correction_takes_no_more_than_was_given():
    scenario = given(enrolled(), spent(100), program=PLAIN).left({1: 5})
    scenario.under(from_day("2026-06-01", BASIC + card(per="50.00")))
    scenario.when(spent(50)).then(wrote(CobrandAccrued, month_points_due=3, points_due=0))
    scenario.when(spent(-150)).then(wrote(CobrandAccrued, points_due=-5)).left({})


# -- merged --------------------------------------------------------------------------------------


def test_the_rows_of_a_member_who_was_merged_in_count_together_and_nothing_is_taken_for_it():
    """Both have reached the cap of 100; what both have is kept, until the bank corrects it."""
    steps = (enrolled("m-001", OTHER), spent(2000), spent(2000, member=OTHER))
    scenario = given(*steps, merge(at=LATER), program=CAPPED).left({1: 100, 2: 100})
    scenario.when(spent(500)).then(wrote(CobrandAccrued, month_spend_minor=450_000, points_due=0))
    scenario.when(spent(-2500)).then(wrote(CobrandAccrued, points_due=-100)).left({2: 100})


def test_an_unmerge_takes_the_rows_apart_unless_they_were_corrected():
    apart = ask(UnmergeMembers, at=JULY, other=OTHER)
    steps = (enrolled("m-001", OTHER), spent(15), spent(15, member=OTHER), merge(at=LATER))
    scenario = given(*steps, program=PLAIN).when(apart).then(wrote(MergeUndone))
    scenario.when(spent(5)).then(wrote(CobrandAccrued, month_spend_minor=2000, points_due=1))
    scenario = given(*steps, spent(-5), program=PLAIN)
    scenario.when(apart).then_refused(MergeSettled)


def test_what_was_spent_and_what_it_brought_is_counted_by_day():
    scenario = given(enrolled(), program=PLAIN).when(spent(25))
    assert scenario.events[0].usage == (
        Usage("cobrand:bank", day(JUNE), 2500),
        Usage("cobrand_points:bank", day(JUNE), 1),
    )
