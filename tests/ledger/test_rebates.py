"""Rebates: a percentage of a period's net spend, paid back (docs/life.md, Rebates)."""

from __future__ import annotations

import pytest

from ledger.errors import NoRebate, PeriodNotOver
from schemas.commands import CloseMember, UnmergeMembers
from schemas.errors import InvalidCommand
from schemas.events import RebateGranted, TierChanged, VoucherIssued
from tests.club import pay, rebate, use, voucher
from tests.scenario import (
    BASIC,
    LADDER,
    Scenario,
    adjust,
    ask,
    bought,
    brought_back,
    day,
    enrolled,
    given,
    in_order,
    merge,
    wrote,
)

PRICE = '[redemption]\npoints = 1\nmoney = "0.01"\n'
"""A point is worth a fen."""
MARCH = "2026-03-10"
APRIL = "2026-04-05"


def spent(*amounts: int, at: str = MARCH, member: str = "m-001") -> list[object]:
    """A purchase of each amount, with a receipt that says when and what."""
    return [
        bought(amount, at=at, member=member, purchase_id=f"{member}-{at}-{n}-{amount}")
        for n, amount in enumerate(amounts)
    ]


def shop(*steps: object, terms: str = "", program: str = BASIC, **settings: object) -> Scenario:
    """A member of a program with a rebate, two percent of the month in points unless told else."""
    text = program + PRICE + terms + rebate(**settings)
    return given(enrolled(), *steps, program=text)


# -- what is due ---------------------------------------------------------------------------------


def test_a_rebate_pays_a_percentage_of_what_was_spent_in_the_month():
    """life.md Rebates: 2 % of 100.00 + 20.50 is 2.41, in points that are worth a fen."""
    scenario = shop(spent(10_000, 2_050), spent(99_900, at="2026-04-01"))
    scenario.when(pay("2026-03", at=APRIL)).then(
        in_order(RebateGranted),
        wrote(
            RebateGranted,
            rebate="monthly",
            period="2026-03",
            period_from=day("2026-03-01"),
            period_until=day("2026-04-01"),
            percent="2",
            tier="",
            net_minor=12_050,
            due_minor=241,
            granted_before_minor=0,
            paid_minor=241,
            carried_minor=0,
            points_rebated=241,
            available={4: 241},
        ),
    )


@pytest.mark.parametrize(
    ("rounding", "due"), [(None, 16), ("floor", 16), ("half_up", 17), ("ceil", 17)]
)
def test_what_is_due_is_rounded_as_the_rebate_says(rounding, due):
    """life.md Rebates: 1.5 % of 11.00 is 16.5 fen."""
    settings = {"rounding": rounding} if rounding else {}
    scenario = shop(spent(1_100), percent="1.5", **settings)
    scenario.when(pay("2026-03", at=APRIL)).then(wrote(RebateGranted, due_minor=due))


def test_the_card_held_at_the_end_of_the_period_decides_the_percentage():
    """life.md Rebates: silver since 31 March; gold, a day later, is for the next month."""
    scenario = shop(
        spent(50_000),
        spent(60_000, at="2026-03-31 23:59"),
        spent(500_000, at="2026-04-01 00:00"),
        program=LADDER,
        tiers={"silver": "3", "gold": "5"},
    )
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, tier="silver", percent="3", net_minor=110_000, due_minor=3_300)
    )
    scenario.when(pay("2026-04", at="2026-05-05")).then(
        wrote(RebateGranted, tier="gold", percent="5", due_minor=25_000)
    )


def test_a_card_whose_review_is_due_is_reviewed_first():
    """life.md Recording: gold of 2026 is silver in January 2028; with nothing due it stays so."""
    scenario = shop(
        spent(500_000),
        pay("2026-03", at=APRIL),
        spent(1_000, at="2027-12-31"),
        program=LADDER,
        tiers={"silver": "3", "gold": "5"},
    )
    scenario.when(pay("2027-12", at="2028-02-01")).then(
        in_order(TierChanged, RebateGranted), wrote(RebateGranted, tier="gold", due_minor=50)
    )
    scenario.when(pay("2028-01", at="2028-02-01")).then_nothing()
    scenario.and_then(spent(1_000, at="2028-01-31"))
    scenario.when(pay("2028-01", at="2028-02-01")).then(
        wrote(RebateGranted, tier="silver", due_minor=30)
    )


def test_a_card_without_a_percentage_of_its_own_has_the_common_one():
    """life.md Rebates: `percent`, nothing unless it is said."""
    for percent, due in ((None, None), ("1", 1_100)):
        settings = {"percent": percent} if percent else {"percent": "0"}
        scenario = shop(spent(110_000), program=LADDER, tiers={"gold": "5"}, **settings)
        scenario.when(pay("2026-03", at=APRIL))
        if due is None:
            scenario.then_nothing()
        else:
            scenario.then(wrote(RebateGranted, tier="silver", due_minor=due))


@pytest.mark.parametrize(("spend", "due"), [(49_999, None), (50_000, 1_000)])
def test_less_than_the_least_spend_earns_nothing(spend, due):
    """life.md Rebates: `min_spend`."""
    scenario = shop(spent(spend), min_spend="500.00").when(pay("2026-03", at=APRIL))
    if due is None:
        scenario.then_nothing()
    else:
        scenario.then(wrote(RebateGranted, due_minor=due))


def test_steps_are_several_rebates_that_add_up():
    """docs/program.md: 1 % of all, 2 % more from 500 on."""
    more = rebate(id="more", percent="2", min_spend="500.00")
    scenario = shop(spent(60_000), terms=more, percent="1")
    scenario.when(pay("2026-03", at=APRIL)).then(
        in_order(RebateGranted, RebateGranted),
        wrote(RebateGranted, nth=0, rebate="more", points_rebated=1_200),
        wrote(RebateGranted, nth=1, rebate="monthly", points_rebated=600),
    )


def test_what_does_not_count_for_the_ladder_does_not_count_here():
    """life.md Rebates: net spend as the ladder has it."""
    scenario = shop([bought(10_000, at=MARCH, qualifying_minor=4_000)])
    scenario.when(pay("2026-03", at=APRIL)).then(wrote(RebateGranted, net_minor=4_000))


@pytest.mark.parametrize(
    ("period", "name", "days", "net"),
    [
        ("month", "2026-03", ("2026-03-01", "2026-04-01"), 300),
        ("quarter", "2026Q1", ("2026-01-01", "2026-04-01"), 3_300),
        ("quarter", "2026Q2", ("2026-04-01", "2026-07-01"), 30_000),
        ("year", "2026", ("2026-01-01", "2027-01-01"), 33_300),
    ],
)
def test_a_period_is_a_calendar_month_quarter_or_year(period, name, days, net):
    """life.md Grant."""
    scenario = shop(
        spent(3_000, at="2026-01-31"),
        spent(300, at="2026-03-31 23:59"),
        spent(30_000, at="2026-04-01 00:00"),
        period=period,
        percent="100",
    )
    scenario.when(pay(name, at="2027-01-01")).then()
    event = scenario.events[-1]
    assert (event.period, event.net_minor) == (name, net)
    assert (str(event.period_from), str(event.period_until)) == days


# -- in what it is paid --------------------------------------------------------------------------


def test_points_are_a_lot_of_the_day_of_the_grant_and_repay_debt_first():
    """life.md Units."""
    expiry = '[expiry]\npolicy = "months"\nmonths = 1\n'
    scenario = shop(spent(10_000), terms=expiry)
    scenario.and_then(adjust(-100_000, at="2026-04-01", may_owe=True))
    debt = scenario.account.debt
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, points_rebated=200, debt=-200, available={})
    )
    assert scenario.account.debt == debt - 200
    assert str(scenario.events[0].lots[0].expires_on) == "2026-05-05"


def test_points_are_paid_in_whole_units_of_their_worth_and_the_rest_is_carried():
    """life.md Units: 3 points are worth 7 fen; of 200 fen 28 x 7 are paid, 4 are carried."""
    price = '[redemption]\npoints = 6\nmoney = "0.14"\n'
    scenario = given(enrolled(), spent(10_000), program=BASIC + price + rebate())
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, due_minor=200, points_rebated=84, paid_minor=196, carried_minor=4)
    )
    scenario.and_then(spent(150, at=APRIL)).when(pay("2026-04", at="2026-05-01")).then(
        wrote(RebateGranted, due_minor=3, carried_before_minor=4, points_rebated=3, paid_minor=7)
    )


def test_a_voucher_with_a_value_is_given_as_often_as_it_fits():
    """life.md Units: 10 % of 235.00 is 23.50: two of ten, 3.50 carried."""
    terms = voucher(on="rebate", times=None, valid="end_of_month", min_bill="50.00")
    scenario = paid_in_vouchers(terms, spent(23_500))
    scenario.when(pay("2026-03", at=APRIL)).then(
        in_order(RebateGranted, VoucherIssued, VoucherIssued),
        wrote(
            RebateGranted,
            kind="ten",
            vouchers_issued=2,
            paid_minor=2_000,
            carried_minor=350,
            points_rebated=0,
        ),
        wrote(
            VoucherIssued,
            nth=1,
            number=2,
            occasion="rebate",
            worth_minor=1_000,
            min_bill_minor=5_000,
            on=APRIL,
            expires_on=day("2026-04-30"),
        ),
    )
    name = scenario.events[0].request_id
    scenario.when(use(9_000, at=APRIL, name=name, number=2)).then()


def test_a_voucher_without_a_value_is_worth_what_is_to_pay():
    """life.md Units."""
    terms = voucher(on="rebate", times=None, value=None)
    scenario = paid_in_vouchers(terms, spent(23_500))
    scenario.when(pay("2026-03", at=APRIL)).then(
        in_order(RebateGranted, VoucherIssued),
        wrote(RebateGranted, paid_minor=2_350, carried_minor=0, vouchers_issued=1),
        wrote(VoucherIssued, worth_minor=2_350),
    )


def test_of_one_grant_a_thousand_vouchers_are_given_and_the_rest_is_carried():
    """life.md Units."""
    terms = voucher(on="rebate", times=None, value="0.01")
    scenario = paid_in_vouchers(terms, spent(10_050))
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, due_minor=1_005, vouchers_issued=1_000, carried_minor=5)
    )
    assert len(scenario.account.vouchers) == 1_000


def paid_in_vouchers(terms: str, *steps: object) -> Scenario:
    """Ten percent of each month, in vouchers `ten`."""
    return given(enrolled(), *steps, program=BASIC + terms + rebate(percent="10", pays="ten"))


# -- again and again -----------------------------------------------------------------------------


def test_running_twice_pays_nothing():
    """life.md Grant."""
    scenario = shop(spent(10_000), pay("2026-03", at=APRIL))
    scenario.when(pay("2026-03", at=APRIL)).then_nothing()
    scenario.when(pay("2026-04", at="2026-05-05")).then_nothing()


def test_a_late_purchase_is_paid_by_the_next_run():
    """life.md Grant: whether that is of the same month or of a later one."""
    for again in ("2026-03", "2026-04"):
        scenario = shop(spent(10_000), pay("2026-03", at=APRIL), spent(5_000, at="2026-03-31"))
        scenario.when(pay(again, at="2026-05-05")).then(
            in_order(RebateGranted),
            wrote(
                RebateGranted,
                period="2026-03",
                net_minor=15_000,
                due_minor=300,
                granted_before_minor=200,
                points_rebated=100,
            ),
        )


def test_months_that_no_run_came_for_are_made_good():
    """life.md Grant: the oldest first."""
    scenario = shop(spent(10_000, at="2026-01-31"), spent(20_000), spent(99_900, at=APRIL))
    scenario.when(pay("2026-03", at="2026-07-01")).then(
        in_order(RebateGranted, RebateGranted),
        wrote(RebateGranted, nth=0, period="2026-01", points_rebated=200),
        wrote(RebateGranted, nth=1, period="2026-03", points_rebated=400),
    )


def test_a_return_after_the_grant_is_taken_off_the_next():
    """life.md Grant: 2.00 too much in March, 3.00 due in April: 1.00 is paid."""
    scenario = shop(spent(10_000), pay("2026-03", at=APRIL), spent(15_000, at=APRIL))
    scenario.and_then(brought_back(purchase_id=f"m-001-{MARCH}-0-10000", at="2026-04-20"))
    scenario.when(pay("2026-04", at="2026-05-05")).then(
        in_order(RebateGranted, RebateGranted),
        wrote(
            RebateGranted,
            nth=0,
            period="2026-03",
            net_minor=0,
            due_minor=0,
            granted_before_minor=200,
            paid_minor=0,
            carried_minor=-200,
        ),
        wrote(
            RebateGranted,
            nth=1,
            period="2026-04",
            due_minor=300,
            carried_before_minor=-200,
            points_rebated=100,
            carried_minor=0,
        ),
    )


def test_what_was_paid_too_much_is_carried_until_it_is_made_good():
    """life.md Grant: over two months in which too little is due."""
    scenario = shop(spent(10_000), pay("2026-03", at=APRIL))
    scenario.and_then(brought_back(purchase_id=f"m-001-{MARCH}-0-10000", at="2026-04-20"))
    scenario.and_then(spent(4_000, at="2026-04-21"), spent(9_000, at="2026-05-21"))
    scenario.when(pay("2026-04", at="2026-05-05")).then(
        wrote(RebateGranted, nth=1, due_minor=80, paid_minor=0, carried_minor=-120)
    )
    scenario.when(pay("2026-05", at="2026-06-05")).then(
        wrote(RebateGranted, due_minor=180, points_rebated=60, carried_minor=0)
    )


def test_a_rest_is_carried_until_it_fills_a_voucher():
    """life.md Grant: 23.50, then 8.00: 3.50 + 8.00 is one of ten and 1.50."""
    terms = voucher(on="rebate", times=None)
    scenario = paid_in_vouchers(terms, spent(23_500), pay("2026-03", at=APRIL))
    scenario.and_then(spent(8_000, at=APRIL))
    scenario.when(pay("2026-04", at="2026-05-05")).then(
        wrote(
            RebateGranted,
            due_minor=800,
            carried_before_minor=350,
            vouchers_issued=1,
            paid_minor=1_000,
            carried_minor=150,
        )
    )


def test_a_card_that_is_known_later_changes_what_is_due():
    """life.md Rebates: a late purchase made it silver within March."""
    scenario = shop(spent(90_000), program=LADDER, tiers={"silver": "3"})
    scenario.and_then(pay("2026-03", at=APRIL), spent(20_000, at="2026-03-30"))
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, tier="silver", due_minor=3_300, granted_before_minor=1_800)
    )


# -- by which version ----------------------------------------------------------------------------


def test_a_period_is_judged_by_the_version_in_force_at_its_end():
    """RULES 1: 2 % until March, 4 % from 31 March on; February keeps its own."""
    later = BASIC.replace("2000-01-01", "2026-03-31") + PRICE + rebate(percent="4")
    scenario = shop(spent(10_000, at="2026-02-28"), spent(10_000)).under(later)
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, nth=0, period="2026-02", percent="2", program_version=1),
        wrote(RebateGranted, nth=1, period="2026-03", percent="4", program_version=2),
    )


@pytest.mark.parametrize(
    ("settings", "paid"),
    [
        ({"enabled": False}, []),
        ({"starts_on": day("2026-03-01")}, ["2026-03"]),
        ({"starts_on": day("2026-03-02")}, []),
        ({"ends_on": day("2026-03-30")}, ["2026-02"]),
        ({"ends_on": day("2026-03-31")}, ["2026-02", "2026-03"]),
    ],
)
def test_a_period_has_to_lie_wholly_within_the_days_of_the_rebate(settings, paid):
    """life.md Rebates."""
    scenario = shop(spent(10_000, at="2026-02-10"), spent(10_000), **settings)
    scenario.when(pay("2026-03", at=APRIL)).then()
    assert [event.period for event in scenario.events] == paid


def test_what_a_version_pays_in_may_change_from_period_to_period():
    """life.md Grant: what is carried is money, whatever it is paid in."""
    first = BASIC + voucher(on="rebate", times=None) + rebate(percent="10", pays="ten")
    later = BASIC.replace("2000-01-01", "2026-04-01") + PRICE + rebate(percent="10")
    scenario = given(enrolled(), spent(23_500), program=first).under(later)
    scenario.and_then(pay("2026-03", at=APRIL), spent(1_000, at=APRIL))
    scenario.when(pay("2026-04", at="2026-05-05")).then(
        wrote(RebateGranted, carried_before_minor=350, points_rebated=450, carried_minor=0)
    )


# -- who and when --------------------------------------------------------------------------------


def test_a_period_that_is_not_over_is_refused():
    """life.md Grant."""
    scenario = shop(spent(10_000))
    scenario.when(pay("2026-03", at="2026-03-31 23:59")).then_refused(
        PeriodNotOver, period="2026-03", day="2026-03-31"
    )
    scenario.when(pay("2026-03", at="2026-04-01 00:00")).then()


def test_a_period_of_a_kind_that_no_rebate_has_is_refused():
    """life.md Grant: but one that an earlier version has is paid."""
    scenario = shop(spent(10_000)).under(BASIC.replace("2000-01-01", "2026-04-01"))
    scenario.when(pay("2026Q1", at=APRIL)).then_refused(NoRebate, period="2026Q1")
    scenario.when(pay("2026-03", at=APRIL)).then(in_order(RebateGranted))


@pytest.mark.parametrize("period", ["2026-13", "2026Q5", "26", "2026-3", "2026-03\n", "March"])
def test_what_is_no_period_is_invalid(period):
    """GrantRebates."""
    with pytest.raises(InvalidCommand):
        shop().when(pay(period, at=APRIL))


def test_who_has_left_or_is_merged_is_passed_over():
    """life.md Grant."""
    scenario = shop(enrolled("m-002"), spent(10_000))
    scenario.and_then(merge(at=APRIL)).when(pay("2026-03", at=APRIL, member="m-002")).then_nothing()
    scenario.and_then(ask(CloseMember, at=APRIL, reason="left", forfeit=True))
    scenario.when(pay("2026-03", at=APRIL)).then_nothing()


def test_what_was_paid_too_much_keeps_nobody_from_leaving():
    """life.md Rebates: what is carried when an account is closed is lost."""
    scenario = shop(spent(10_000), pay("2026-03", at=APRIL))
    scenario.and_then(brought_back(purchase_id=f"m-001-{MARCH}-0-10000", at="2026-04-20"))
    scenario.and_then(pay("2026-03", at="2026-04-21"))
    scenario.when(ask(CloseMember, at="2026-04-22", reason="left", forfeit=True)).then()


def test_a_merge_adds_up_what_both_were_due_and_paid():
    """life.md Rebates: m-001 had 2.00 for March, m-002 4.00; together nothing more is due."""
    scenario = shop(enrolled("m-002"), spent(10_000), spent(20_000, member="m-002"))
    scenario.and_then(pay("2026-03", at=APRIL), pay("2026-03", at=APRIL, member="m-002"))
    scenario.and_then(merge(at=APRIL)).when(pay("2026-03", at=APRIL)).then_nothing()
    scenario.and_then(spent(5_000, at="2026-03-20"))
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, net_minor=35_000, granted_before_minor=600, points_rebated=100)
    )


def test_what_a_merge_brought_together_an_unmerge_takes_apart():
    """life.md Rebates: the next grants make good what that changes."""
    scenario = shop(enrolled("m-002"), spent(10_000), spent(20_000, member="m-002"))
    scenario.and_then(merge(at=APRIL), pay("2026-03", at=APRIL))
    assert scenario.account.balance == 100 + 200 + 600
    scenario.and_then(ask(UnmergeMembers, other="m-002", at=APRIL))
    scenario.when(pay("2026-03", at=APRIL, member="m-002")).then(
        wrote(RebateGranted, points_rebated=400)
    )
    scenario.when(pay("2026-03", at=APRIL)).then(
        wrote(RebateGranted, due_minor=200, granted_before_minor=600, carried_minor=-400)
    )
