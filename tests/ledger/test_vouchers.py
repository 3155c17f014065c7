"""Vouchers are issued, used once, given back, cancelled, and lapse (docs/life.md, Vouchers)."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AccountFrozen,
    BeforeItsCause,
    BillTooSmall,
    DayNotOver,
    LimitExceeded,
    NotForPurses,
    UnknownVoucher,
    UnknownVoucherKind,
    VoucherAlreadyCancelled,
    VoucherAlreadyUsed,
    VoucherNotForTier,
    VoucherNotOffered,
    VoucherNotUsed,
    VoucherOutOfDate,
)
from schemas.commands import FreezeMember
from schemas.events import (
    VoucherCancelled,
    VoucherGivenBack,
    VoucherIssued,
    VoucherLapsed,
    VoucherUsed,
)
from tests.club import cancel, give_back, issue, lapse, usable, use, voucher
from tests.scenario import (
    BASIC,
    LADDER,
    ask,
    bought,
    day,
    enrolled,
    entry,
    given,
    in_order,
    purse,
    recorded,
    wrote,
)

MARCH = BASIC + voucher(valid="end_of_month")
FIFTH = "2026-03-05"
END = "2026-03-31"


# -- issuing -------------------------------------------------------------------------------------


def test_a_voucher_is_issued_with_the_terms_of_the_program():
    """life.md Issue: what it is worth, its smallest bill, its days, and the card held then."""
    program = LADDER + voucher(min_bill="50.00", valid_months=1, label="十元券", on_return="keep")
    scenario = given(enrolled(), bought(100_000), program=program)
    scenario.when(issue(at="2026-01-31", operator="li")).then(
        in_order(VoucherIssued),
        wrote(
            VoucherIssued,
            kind="ten",
            label="十元券",
            occasion="request",
            number=1,
            worth_minor=1_000,
            min_bill_minor=5_000,
            expires_on=day("2026-02-28"),
            gives_back=False,
            tier="silver",
            operator="li",
        ),
    )
    assert usable(scenario) == {"v-1": "2026-02-28"}


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        ({}, "never"),
        ({"valid_days": 0}, "2026-01-31"),
        ({"valid_days": 30}, "2026-03-02"),
        ({"valid_months": 1}, "2026-02-28"),
        ({"valid_months": 2}, "2026-03-31"),
        ({"valid": "end_of_month"}, "2026-01-31"),
        ({"valid": "end_of_quarter"}, "2026-03-31"),
        ({"valid": "end_of_year"}, "2026-12-31"),
    ],
)
def test_a_voucher_lives_as_the_program_says(life, ends):
    """life.md Last good day: issued on 31 January."""
    scenario = given(enrolled(), issue(at="2026-01-31"), program=BASIC + voucher(**life))
    assert usable(scenario) == {"v-1": ends}


def test_several_vouchers_of_one_request_are_told_apart_by_their_number():
    """life.md: a voucher goes by its request, and its number in that."""
    scenario = given(enrolled(), issue(quantity=3), program=MARCH)
    scenario.when(use(number=2)).then(wrote(VoucherUsed, number=2))
    scenario.when(use(number=2)).then_refused(VoucherAlreadyUsed)
    scenario.when(use(number=4)).then_refused(UnknownVoucher, voucher="v-1", number=4)
    assert [voucher.number for voucher in scenario.account.vouchers] == [1, 3]


def test_a_kind_that_the_program_does_not_have_is_unknown():
    """life.md Issue."""
    given(enrolled(), program=MARCH).when(issue("moon")).then_refused(
        UnknownVoucherKind, kind="moon"
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"enabled": False},
        {"starts_on": day("2026-03-06")},
        {"ends_on": day("2026-03-04")},
        {"on": "anniversary"},
        {"on": "rebate"},
    ],
)
def test_a_voucher_that_is_not_given_on_request_that_day_is_refused(settings):
    """life.md Issue: the fifth of March."""
    program = BASIC + entry("voucher", **{"id": "ten", "on": "request", "value": 10, **settings})
    given(enrolled(), program=program).when(issue(at=FIFTH)).then_refused(
        VoucherNotOffered, kind="ten"
    )


def test_a_voucher_for_some_cards_is_for_those_who_hold_one_at_the_time():
    """life.md Issue: silver since noon."""
    program = LADDER + voucher(tiers=["silver"])
    scenario = given(enrolled(), bought(100_000, at="2026-03-05 12:00"), program=program)
    scenario.when(issue(at="2026-03-05 11:59")).then_refused(VoucherNotForTier, kind="ten", tier="")
    scenario.when(issue(at="2026-03-05 12:00")).then()


def test_a_card_whose_review_is_due_is_reviewed_first():
    """life.md Recording: silver of 2026 is none from 2028 on."""
    program = LADDER + voucher(tiers=["silver"])
    scenario = given(enrolled(), bought(100_000), program=program)
    scenario.when(issue(at="2028-01-01")).then_refused(VoucherNotForTier, tier="")
    scenario.when(issue(at="2027-12-31")).then(in_order(VoucherIssued))


@pytest.mark.parametrize(
    ("settings", "within", "beyond"),
    [
        ({"on": "request"}, "2036-12-31", None),
        ({"on": "birthday"}, "2026-12-31", "2027-01-01"),
        ({"on": "birthday", "period": "month"}, "2026-03-31", "2026-04-01"),
        ({"on": "request", "period": "day"}, "2026-03-05 23:59", "2026-03-06 00:00"),
    ],
)
def test_a_voucher_is_given_once_in_its_period(settings, within, beyond):
    """life.md Issue: on request for ever, on a birthday a calendar year, unless told otherwise."""
    scenario = given(enrolled(), program=BASIC + voucher(times=1, **settings))
    scenario.and_then(issue(at=FIFTH))
    scenario.when(issue(at=within, name="v-2")).then_refused(
        LimitExceeded, limit="voucher:ten", most=1, used=1, asked=1
    )
    if beyond:
        scenario.when(issue(at=beyond, name="v-2")).then()


def test_several_at_once_count_as_several():
    """life.md Issue: at most nine."""
    scenario = given(enrolled(), issue(quantity=7), program=MARCH)
    scenario.when(issue(quantity=3, name="v-2")).then_refused(LimitExceeded, used=7, asked=3)
    scenario.when(issue(quantity=2, name="v-2")).then()


def test_purses_have_no_vouchers():
    """life.md Always 2."""
    scenario = given(enrolled(), purse(), program=MARCH)
    scenario.when(issue(member="purse:home")).then_refused(NotForPurses)


# -- using ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bill", "taken"), [(5_000, 1_000), (1_000, 1_000), (999, 999), (1, 1)])
def test_a_voucher_takes_what_it_is_worth_off_the_bill_or_all_of_it(bill, taken):
    """life.md Use: what the bill does not reach is lost, and both figures say so."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.when(use(bill, at=FIFTH, store="east", till="3", purchase_id="A-1")).then(
        in_order(VoucherUsed),
        wrote(
            VoucherUsed,
            voucher="v-1",
            kind="ten",
            worth_minor=1_000,
            bill_minor=bill,
            taken_minor=taken,
            store="east",
            till="3",
            purchase_id="A-1",
        ),
    )
    assert usable(scenario) == {}


def test_a_voucher_is_used_once_and_the_refusal_says_where_and_when():
    """life.md Use."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.and_then(use(at="2026-03-07", store="east", till="3", purchase_id="A-1"))
    scenario.when(use(at="2026-03-08")).then_refused(
        VoucherAlreadyUsed,
        voucher="v-1",
        used_on="2026-03-07",
        store="east",
        till="3",
        purchase_id="A-1",
        where="east, 3, A-1",
    )


def test_a_voucher_that_nobody_issued_is_unknown():
    """life.md Use: it goes by source and request; another member's is not one's own."""
    scenario = given(enrolled("m-001", "m-002"), issue(at=FIFTH, source="desk"), program=MARCH)
    scenario.when(use(at=FIFTH)).then_refused(UnknownVoucher, voucher="v-1", number=1)
    scenario.when(use(at=FIFTH, member="m-002", voucher_source="desk")).then_refused(UnknownVoucher)
    scenario.when(use(at=FIFTH, voucher_source="desk")).then()


@pytest.mark.parametrize("bill", [4_999, 1])
def test_a_bill_below_the_smallest_is_refused(bill):
    """life.md Use."""
    scenario = given(enrolled(), issue(), program=BASIC + voucher(min_bill="50.00"))
    scenario.when(use(bill)).then_refused(BillTooSmall, bill_minor=bill, min_bill_minor=5_000)
    scenario.when(use(5_000)).then()


def test_a_later_version_changes_nothing_about_a_voucher():
    """RULES 5, 10: worth, smallest bill and days are those of the issue."""
    later = MARCH.replace("10.00", "99.00").replace("2000-01-01", "2026-03-01")
    scenario = given(enrolled(), issue(at="2026-02-10"), program=BASIC + voucher(valid_months=2))
    scenario.under(later).when(use(at=FIFTH)).then(wrote(VoucherUsed, worth_minor=1_000))


def test_a_frozen_account_uses_no_vouchers():
    """life.md Always 4; giving and taking back is possible."""
    scenario = given(enrolled(), issue(), ask(FreezeMember, reason="lost"), program=MARCH)
    scenario.when(use()).then_refused(AccountFrozen)
    scenario.when(issue(name="v-2")).then()
    scenario.when(cancel()).then()


# -- the last good day ---------------------------------------------------------------------------


def test_a_voucher_is_good_until_the_end_of_its_last_day():
    """RULES 8: inclusive, in the program's zone, whether or not a run has come."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.when(use(at="2026-04-01 00:00")).then_refused(
        VoucherOutOfDate, voucher="v-1", expires_on=END
    )
    scenario.when(use(at="2026-03-31 23:59")).then()


def test_a_lapse_is_recorded_once_at_the_start_of_the_day_after():
    """life.md Lapse: in the order of the last good days."""
    program = MARCH + voucher(id="long", valid_days=1) + voucher(id="ever")
    scenario = given(enrolled(), issue(at=FIFTH), program=program)
    scenario.and_then(issue("long", at=FIFTH, name="v-2"), issue("ever", at=FIFTH, name="v-3"))
    scenario.when(lapse(END, at="2026-04-02")).then(
        in_order(VoucherLapsed, VoucherLapsed),
        wrote(VoucherLapsed, nth=0, voucher="v-2", at="2026-03-07T00:00"),
        wrote(
            VoucherLapsed,
            nth=1,
            voucher="v-1",
            at="2026-04-01T00:00",
            lapsed_on=day(END),
            worth_minor=1_000,
        ),
    )
    assert usable(scenario) == {"v-3": "never"}
    scenario.when(lapse(END, at="2026-04-03")).then_nothing()


def test_a_day_that_is_not_over_lapses_nothing():
    """life.md Lapse."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.when(lapse(END, at="2026-03-31 23:59")).then_refused(DayNotOver)
    scenario.when(lapse("2026-03-30", at=END)).then_nothing()


def test_a_use_is_taken_late_whether_or_not_the_run_has_come():
    """life.md Late uses: of 31 March, told on 9 April."""
    late = recorded(use(at=END, till="offline"), on="2026-04-09")
    early_run = given(enrolled(), issue(at=FIFTH), program=MARCH)
    no_run = given(enrolled(), issue(at=FIFTH), program=MARCH)
    early_run.and_then(lapse(END, at="2026-04-01"))
    for scenario in (early_run, no_run):
        scenario.when(late).then(in_order(VoucherUsed), wrote(VoucherUsed, on=END, till="offline"))
        scenario.when(use(at=END)).then_refused(VoucherAlreadyUsed, where="offline")
        scenario.when(lapse(END, at="2026-04-10")).then_nothing()
        assert usable(scenario) == {}


def test_after_the_run_a_voucher_is_out_of_date_as_before_it():
    """life.md Use."""
    scenario = given(enrolled(), issue(at=FIFTH), lapse(END, at="2026-04-01"), program=MARCH)
    scenario.when(use(at="2026-04-01")).then_refused(VoucherOutOfDate, expires_on=END)
    scenario.when(cancel(at="2026-04-01")).then_refused(VoucherOutOfDate)
    scenario.when(give_back(at="2026-04-01")).then_refused(VoucherNotUsed)


def test_no_use_before_the_issue():
    """life.md Always 5."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    early = use(at="2026-03-04")
    scenario.when(early).then_refused(
        BeforeItsCause, cause="voucher", name="v-1", cause_on=FIFTH, day="2026-03-04"
    )
    scenario.and_then(use(at=FIFTH)).when(early).then_refused(BeforeItsCause, cause_on=FIFTH)


# -- giving back ---------------------------------------------------------------------------------


def test_a_voucher_that_was_given_back_is_good_again_with_its_own_last_day():
    """life.md Give back."""
    scenario = given(enrolled(), issue(at=FIFTH), use(at="2026-03-10"), program=MARCH)
    scenario.when(give_back(at="2026-03-20", reason="wrong till")).then(
        in_order(VoucherGivenBack),
        wrote(VoucherGivenBack, voucher="v-1", expires_on=day(END), reason="wrong till"),
    )
    assert usable(scenario) == {"v-1": END}
    scenario.when(use(at="2026-03-21")).then()
    scenario.when(give_back(at="2026-03-22")).then()


def test_one_past_its_last_day_lapses_at_once():
    """RULES 13: giving back is no way round a lapse."""
    scenario = given(enrolled(), issue(at=FIFTH), use(at=END), program=MARCH)
    scenario.when(give_back(at="2026-04-01")).then(
        in_order(VoucherGivenBack, VoucherLapsed),
        wrote(VoucherLapsed, lapsed_on=day(END), at="2026-04-01"),
    )
    assert usable(scenario) == {}
    scenario.when(use(at="2026-04-01")).then_refused(VoucherOutOfDate)
    scenario.when(use(at=END)).then_refused(BeforeItsCause, cause_on="2026-04-01")


def test_reversal_grace_lets_it_live_some_days_more():
    """life.md Give back: seven days from 10 April on; one that is still good keeps its day."""
    program = "reversal_grace_days = 7\n" + MARCH
    scenario = given(enrolled(), issue(at=FIFTH), use(at=END), program=program)
    scenario.and_then(give_back(at=END)).when(use(at=END)).then()
    scenario.when(give_back(at="2026-04-10")).then(
        in_order(VoucherGivenBack), wrote(VoucherGivenBack, expires_on=day("2026-04-17"))
    )
    scenario.when(use(at="2026-04-18")).then_refused(VoucherOutOfDate, expires_on="2026-04-17")
    scenario.when(use(at="2026-04-17")).then()


def test_only_a_use_can_be_given_back_and_not_before_it():
    """life.md Give back."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.when(give_back(at=FIFTH)).then_refused(VoucherNotUsed, voucher="v-1")
    scenario.when(give_back(at=FIFTH, name="v-9")).then_refused(UnknownVoucher, voucher="v-9")
    scenario.and_then(use(at="2026-03-10"))
    scenario.when(give_back(at="2026-03-09")).then_refused(BeforeItsCause, cause_on="2026-03-10")
    scenario.and_then(give_back(at="2026-03-12"))
    scenario.when(give_back(at="2026-03-12")).then_refused(VoucherNotUsed)


def test_no_use_between_the_first_use_and_the_giving_back():
    """life.md Use: it was used on that day."""
    scenario = given(enrolled(), issue(at=FIFTH), use(at="2026-03-10"), program=MARCH)
    scenario.and_then(give_back(at="2026-03-20"))
    scenario.when(use(at="2026-03-15")).then_refused(BeforeItsCause, cause_on="2026-03-20")
    scenario.when(use(at="2026-03-20")).then()


# -- cancelling ----------------------------------------------------------------------------------


def test_a_voucher_is_cancelled_by_someone_for_a_reason():
    """life.md Cancel: a use that is told later is refused, whatever its day."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.when(cancel(at="2026-03-10")).then(
        in_order(VoucherCancelled),
        wrote(VoucherCancelled, operator="li", reason="mistake", forfeited=False),
    )
    for again in (use(at="2026-03-09"), use(at="2026-04-09"), cancel(at="2026-03-10")):
        scenario.when(again).then_refused(VoucherAlreadyCancelled, voucher="v-1")
    scenario.when(give_back(at="2026-03-11")).then_refused(VoucherNotUsed)
    scenario.when(lapse(END, at="2026-04-01")).then_nothing()


def test_what_is_used_or_was_not_issued_yet_can_not_be_cancelled():
    """life.md Cancel."""
    scenario = given(enrolled(), issue(at=FIFTH), program=MARCH)
    scenario.when(cancel(at="2026-03-04")).then_refused(BeforeItsCause, cause_on=FIFTH)
    scenario.and_then(use(at=FIFTH)).when(cancel(at=FIFTH)).then_refused(VoucherAlreadyUsed)
    scenario.when(cancel(at=FIFTH, name="v-9")).then_refused(UnknownVoucher)


def test_a_cancelled_voucher_stays_counted():
    """life.md Issue."""
    scenario = given(enrolled(), issue(), cancel(), program=BASIC + voucher(times=1))
    scenario.when(issue(name="v-2")).then_refused(LimitExceeded, used=1)
