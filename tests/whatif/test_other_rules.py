"""What would be under other rules, and what they would not have covered (docs/whatif.md)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from ledger import Ledger
from ledger.errors import InvalidProgram, ProgramMismatch
from schemas.commands import LineItem, ReturnedItem, TenderPaid
from tests.whatif.support import PLAIN

DOUBLE = PLAIN.replace("points = 1", "points = 2")
HALF = PLAIN.replace("points = 1", 'points = 1\nmethod = "per_block"').replace("1.00", "2.00")
WORTH = '[redemption]\npoints = 100\nmoney = "1.00"\n'


def of(run, member):
    """A member's figures in both courses."""
    (change,) = [change for change in run if change.member == member]
    return change.before, change.after


def balances(run):
    return {change.member: (change.before.balance, change.after.balance) for change in run}


def uncovered(run):
    return {(u.command, u.code): (u.facts, u.points) for u in run.report.uncovered}


# -- earning -------------------------------------------------------------------------------------


def test_a_doubled_rate_is_exactly_double_but_for_the_rounding_that_it_states(shop):
    for receipt, amount in (("a", 1_050), ("b", 1_099), ("c", 1_025), ("d", 1_000)):
        shop.purchase("ann", amount, receipt)
    report = shop.what_if(DOUBLE).report
    assert report.purchases == 4
    before, after = report.before, report.after
    assert (before.flows["earned"], before.rounded) == (40, 3)
    assert (before.rounding, before.most_rounding) == (Fraction(174, 100), Fraction(99, 100))
    # 21 + 21.98 + 20.5 + 20
    assert (after.flows["earned"], after.rounded) == (82, 2)
    assert (after.rounding, after.most_rounding) == (Fraction(148, 100), Fraction(98, 100))
    assert after.issued + after.rounding == 2 * (before.issued + before.rounding)


def test_a_purchase_earns_by_its_lines_its_tenders_and_the_occasion(shop):
    other = PLAIN + 'skus = ["tea"]\n[[multiply]]\nid = "birthday"\nfactor = "3"\n'
    other += 'occasions = ["birthday"]\n'
    lines = (LineItem(amount_minor=700, sku="tea"), LineItem(amount_minor=300, sku="cup"))
    shop.purchase("ann", 1_000, "a", lines=lines)
    shop.purchase("ann", 1_000, "b", lines=lines, occasions=("birthday",))
    assert balances(shop.what_if(other))["ann"] == (20, 28)


def test_what_the_till_said_qualifies_is_kept_and_else_worked_out_anew(shop):
    other = PLAIN + '[basis]\nexcept_tenders = ["card"]\n'
    paid = (TenderPaid("card", 400), TenderPaid("cash", 600))
    shop.purchase("ann", 1_000, "a", tenders=paid)
    shop.purchase("ann", 1_000, "b", tenders=paid, qualifying_minor=100)
    assert balances(shop.what_if(other))["ann"] == (11, 7)


def test_a_return_takes_back_what_the_other_rules_gave(shop):
    lines = (LineItem(amount_minor=600, quantity=3), LineItem(amount_minor=400))
    shop.purchase("ann", 1_000, "a", lines=lines)
    shop.return_purchase("ann", "a", items=(ReturnedItem(line=1, quantity=1),))
    shop.return_purchase("ann", "a", items=(ReturnedItem(line=2, amount_minor=100),))
    shop.purchase("ann", 1_000, "b")
    shop.return_purchase("ann", "b", amount_minor=500)
    shop.purchase("ann", 1_000, "c")
    shop.return_purchase("ann", "c")
    before, after = of(shop.what_if(DOUBLE), "ann")
    assert (before.balance, after.balance) == (12, 24)


def test_purchases_beyond_the_others_limits_are_told_and_so_are_their_returns(shop):
    other = PLAIN + "[limits]\nearnings_per_day = 1\n"
    shop.purchase("ann", 1_000, "a")
    shop.purchase("ann", 700, "b")
    shop.return_purchase("ann", "b")
    run = shop.what_if(other)
    assert balances(run)["ann"] == (10, 10)
    assert uncovered(run) == {
        ("RecordPurchase", "limit_exceeded"): (1, 7),
        ("ReturnPurchase", "unknown_purchase"): (1, 7),
    }


def test_a_frozen_account_may_not_buy_where_the_others_say_so(shop):
    shop.freeze("ann", "asked")
    shop.purchase("ann", 1_000, "a")
    run = shop.what_if("frozen_earns = false\n" + PLAIN)
    assert balances(run)["ann"] == (10, 0)
    assert uncovered(run) == {("RecordPurchase", "account_frozen"): (1, 10)}


def test_bonuses_come_and_go_with_the_program(shop):
    new = '[[bonus]]\nid = "welcome"\non = "enrolment"\npoints = 5\n'
    new += '[[bonus]]\nid = "friend"\non = "referral"\npoints = 50\n'
    shop.enrol("cy", referred_by="ann")
    assert balances(shop.what_if(PLAIN + new)) == {"ann": (0, 55), "bo": (0, 5), "cy": (0, 5)}


# -- spending ------------------------------------------------------------------------------------


def test_a_redemption_that_is_not_covered_is_told_with_its_points_and_takes_nothing(shop):
    shop.purchase("ann", 1_000, "a")
    shop.redeem("ann", 8, request_id="first")
    shop.purchase("bo", 1_000, "b")
    shop.redeem("bo", 5)
    shop.reverse("ann", "first", source="api")
    run = shop.what_if(HALF)
    assert balances(run) == {"ann": (10, 5), "bo": (5, 0)}
    assert uncovered(run) == {
        ("RedeemPoints", "insufficient_points"): (1, 8),
        ("ReverseRedemption", "unknown_redemption"): (1, 8),
    }
    (ann, bo) = run
    assert (ann.refused, ann.refused_points, bo.refused) == (2, 16, 0)


def test_redemptions_keep_their_points_and_rewards_have_the_price_of_the_program(shop):
    mug = '[[reward]]\nid = "mug"\npoints = 3\n'
    with Ledger(":memory:", program=PLAIN + WORTH + mug, clock=lambda: shop._clock()) as ledger:
        ledger.enrol("ann")
        ledger.purchase("ann", 5_000, "a")
        ledger.redeem("ann", 10)
        ledger.redeem_reward("ann", "mug", quantity=2, request_id="mugs")
        ledger.reverse("ann", "mugs")
        ledger.redeem_reward("ann", "mug")
        dear = PLAIN + WORTH.replace("100", "50") + mug.replace("3", "7")
        assert balances(ledger.what_if(dear))["ann"] == (37, 33)
        assert uncovered(ledger.what_if(PLAIN)) == {
            ("RedeemReward", "unknown_reward"): (2, 9),
            ("ReverseRedemption", "unknown_redemption"): (1, 6),
        }


def test_the_points_outstanding_are_worth_what_each_program_says(shop):
    shop.purchase("ann", 15_050, "a")
    shop.publish(PLAIN + WORTH)
    report = shop.what_if(PLAIN + WORTH.replace("100", "50")).report
    assert (report.before.points, report.before.value_minor) == (150, 150)
    assert (report.after.points, report.after.value_minor) == (150, 300)
    assert shop.what_if(PLAIN).report.after.value_minor is None


def test_a_share_of_the_bill_is_held_against_the_bill_that_was_told(shop):
    """Where none was told nothing can be held against it."""
    shop.purchase("ann", 50_000, "a")
    shop.redeem("ann", 100, bill_minor=150)
    shop.redeem("ann", 100, bill_minor=201)
    shop.hold("ann", 100, bill_minor=150)
    shop.redeem("ann", 100)
    run = shop.what_if(PLAIN + WORTH + 'max_bill_percent = "50"\n')
    assert uncovered(run) == {
        ("RedeemPoints", "redemption_policy"): (1, 100),
        ("HoldPoints", "redemption_policy"): (1, 100),
    }


def test_a_hold_lasts_as_the_program_says_unless_the_till_did(shop, clock):
    shop.purchase("ann", 10_000, "a")
    shop.hold("ann", 10, request_id="usual")
    shop.hold("ann", 20, minutes=600, request_id="long")
    clock.advance(minutes=90)
    shop.capture("ann", "usual", source="api")
    shop.capture("ann", "long", points=15)
    run = shop.what_if("hold_minutes = 60\n" + PLAIN)
    assert uncovered(run) == {("CaptureHold", "hold_lapsed"): (1, 10)}
    assert balances(run)["ann"] == (75, 85)


def test_gifts_and_purses_are_lived_again_with_all_who_take_part(shop):
    shop.purchase("ann", 1_000, "a")
    shop.gift("ann", "bo", 6)
    shop.open_purse("bo", "home")
    shop.join_purse("ann", "home")
    shop.pay_into_purse("bo", "home", 5)
    shop.pay_into_purse("ann", "home", 4)
    shop.redeem("purse:home", 3, spender="ann")
    shop.leave_purse("bo", "home")
    assert balances(shop.what_if(DOUBLE)) == {"ann": (0, 10), "bo": (3, 3), "purse:home": (4, 4)}
    run = shop.what_if(HALF)
    assert balances(run) == {"ann": (0, 1), "bo": (3, 0), "purse:home": (4, 1)}
    assert uncovered(run) == {
        ("GiftPoints", "insufficient_points"): (1, 6),
        ("PayIntoPurse", "insufficient_points"): (1, 5),
    }
    assert run.report.after.flows["transferred"] == 0


def test_merged_members_are_one_in_both_courses(shop):
    shop.purchase("bo", 1_000, "b")
    shop.merge("ann", "bo")
    shop.return_purchase("ann", "b", amount_minor=500)
    run = shop.what_if(DOUBLE)
    assert balances(run) == {"ann": (5, 10), "bo": (0, 0)}
    assert run.report.members == 1


# -- the club ------------------------------------------------------------------------------------

GIFT = '[[voucher]]\nid = "gift"\non = "request"\nvalue = "5.00"\ntimes = 2\nvalid_days = 30\n'
REBATE = '[[rebate]]\nid = "month"\nperiod = "month"\npays = "points"\npercent = "10"\n'


def test_vouchers_are_issued_as_the_program_says_and_used_as_they_were(shop, clock):
    shop.publish(PLAIN + GIFT)
    shop.issue_voucher("ann", "gift", quantity=2, request_id="two", source="till")
    shop.issue_voucher("bo", "gift", request_id="one", source="till")
    shop.use_voucher("ann", "two", 2_000, voucher_source="till")
    shop.use_voucher("ann", "two", 400, voucher_source="till", number=2)
    dear = PLAIN + GIFT.replace("5.00", "7.00") + 'min_bill = "10.00"\n'
    report = shop.what_if(dear).report
    assert uncovered(shop.what_if(dear)) == {("UseVoucher", "bill_too_small"): (1, 0)}
    before, after = report.before.vouchers, report.after.vouchers
    assert (before.issued, before.issued_minor, before.used) == (3, 1_500, 2)
    assert (after.issued, after.issued_minor, after.used) == (3, 2_100, 1)
    assert (before.good, before.good_minor, after.good, after.good_minor) == (1, 500, 2, 1_400)
    later = shop.what_if(dear, as_of=shop.today() + dt.timedelta(days=30)).report
    assert (later.before.vouchers.good, later.after.vouchers.good) == (0, 0)
    assert uncovered(shop.what_if(PLAIN)) == {
        ("IssueVoucher", "unknown_voucher_kind"): (2, 0),
        ("UseVoucher", "unknown_voucher"): (2, 0),
    }


def test_rebates_of_periods_that_are_over_are_paid_in_both_courses_by_the_day(shop):
    """Recorded or not: here no run has come at all."""
    shop.publish(PLAIN + WORTH + REBATE)
    shop.purchase("ann", 10_000, "a")
    twice = PLAIN + WORTH + REBATE.replace("10", "20")
    assert balances(shop.what_if(twice))["ann"] == (100, 100)
    run = shop.what_if(twice, as_of=dt.date(2026, 3, 31))
    assert balances(run)["ann"] == (100 + 1_000, 100 + 2_000)
    assert run.report.after.flows["rebated"] == 2_000
    assert run.report.after.issued == 2_100


def test_anniversaries_that_have_come_by_the_day_have_their_vouchers(shop):
    yearly = GIFT.replace("request", "anniversary").replace("times = 2\n", "")
    report = shop.what_if(PLAIN + yearly, as_of=dt.date(2027, 3, 1)).report
    assert (report.before.vouchers.issued, report.after.vouchers.issued) == (0, 2)


def test_a_benefit_that_the_card_would_not_have_had_is_told(shop):
    ladder = '[[tier]]\nid = "basic"\n[[benefit]]\nid = "parking"\nperiod = "month"\n'
    shop.publish(PLAIN + ladder + "tiers = { basic = 2 }\n")
    shop.enrol("cy")
    shop.use_benefit("cy", "parking", quantity=2, request_id="use", source="till")
    shop.cancel_benefit_use("cy", "use", "slip", operator="wei", use_source="till")
    assert uncovered(shop.what_if(PLAIN + ladder + "tiers = { basic = 1 }\n")) == {
        ("UseBenefit", "quota_exceeded"): (1, 0),
        ("CancelBenefitUse", "unknown_benefit_use"): (1, 0),
    }


# -- accounts, lots, days ------------------------------------------------------------------------


def test_who_left_has_left_and_forfeits_what_there_would_be(shop):
    shop.purchase("ann", 1_000, "a")
    shop.redeem("ann", 10)
    shop.close_member("ann", "moved")
    run = shop.what_if(DOUBLE)
    assert balances(run)["ann"] == (0, 0)
    assert (run.report.before.flows["forfeited"], run.report.after.flows["forfeited"]) == (0, -10)
    assert not uncovered(run)


def test_cards_and_phones_change_nothing(shop):
    shop.issue_card("ann", "77")
    shop.link_phone("ann", "13800138000")
    shop.purchase("ann", 1_000, "a")
    shop.merge("ann", "bo")
    shop.close_member("ann", "moved", forfeit=True)
    report = shop.what_if(PLAIN).report
    assert (report.changed, report.uncovered) == (0, [])


def test_lots_that_were_extended_are_the_same_lots_under_other_numbers(shop, clock):
    lapsing = PLAIN + '[expiry]\npolicy = "months"\nmonths = 1\n'
    with Ledger(":memory:", program=lapsing, clock=clock) as ledger:
        ledger.enrol("ann")
        for receipt, amount in (("a", 100), ("b", 1_000), ("c", 2_000)):
            ledger.purchase("ann", amount, receipt)
        last = dt.date(2026, 12, 31)
        ledger.extend_lots("ann", last, "sorry", lots=(2,), operator="wei")
        large = lapsing.replace("points = 1", 'points = 1\nmin_amount = "5"')
        run = ledger.what_if(large, as_of=dt.date(2026, 6, 1))
        assert balances(run)["ann"] == (10, 10)
        assert run.report.after.flows["expired"] == -20
        none = lapsing.replace("points = 1", 'points = 1\nmin_amount = "15"')
        run = ledger.what_if(none, as_of=dt.date(2026, 6, 1))
        assert uncovered(run) == {("ExtendLots", "lot_not_extendable"): (1, 0)}


def test_what_lapses_by_the_day_has_lapsed_in_both_courses(shop, clock):
    """Recorded or not; without a day it is the last one that something happened on."""
    lapsing = PLAIN + '[expiry]\npolicy = "months"\nmonths = 1\n'
    shop.purchase("ann", 1_000, "a")
    clock.advance(days=10)
    shop.purchase("bo", 1_000, "b")
    for as_of, left in ((None, (10, 10)), (dt.date(2026, 4, 1), (0, 10)), (dt.date.max, (0, 0))):
        if as_of == dt.date.max:
            as_of = dt.date(2026, 4, 11)
        run = shop.what_if(lapsing, as_of=as_of)
        after = {member: figures[1] for member, figures in balances(run).items()}
        assert (after["ann"], after["bo"]) == left
        assert run.report.as_of == (as_of or dt.date(2026, 3, 11))


def test_a_card_is_the_one_of_the_day_reviewed_or_not(shop, clock):
    ladder = PLAIN + '[[tier]]\nid = "basic"\n[[tier]]\nid = "gold"\nlabel = "金卡"\n'
    ladder += 'threshold = "5"\nwindow = "calendar_year"\nvalid = "months"\nvalid_months = 1\n'
    shop.purchase("ann", 1_000, "a")
    shop.close_member("bo", "moved")
    gold, later = shop.what_if(ladder), shop.what_if(ladder, as_of=dt.date(2027, 1, 31))
    assert gold.report.tiers == {("", "gold"): 1}
    assert later.report.tiers == {("", "basic"): 1}


# -- since a day ---------------------------------------------------------------------------------


def test_since_a_day_what_was_before_is_as_recorded_late_facts_too(shop, clock):
    shop.purchase("ann", 1_000, "a")
    clock.advance(days=10)
    shop.purchase("ann", 1_000, "b")
    shop.purchase("ann", 1_000, "late", occurred_at=clock() - dt.timedelta(days=5))
    shop.return_purchase("ann", "a", amount_minor=500)
    shop.purchase("bo", 1_000, "before", occurred_at=clock() - dt.timedelta(days=2))
    run = shop.what_if(DOUBLE, since=dt.date(2026, 3, 11))
    assert balances(run) == {"ann": (25, 10 + 20 + 10 - 5), "bo": (10, 10)}
    assert run.report.changed == 1


def test_since_a_day_the_versions_before_it_hold_until_then(shop, clock):
    shop.publish(DOUBLE.replace("2020-01-01", "2026-03-05"))
    clock.advance(days=10)
    for receipt, days in (("a", 9), ("b", 5), ("c", 0)):
        shop.purchase("ann", 1_000, receipt, occurred_at=clock() - dt.timedelta(days=days))
    triple = PLAIN.replace("points = 1", "points = 3")
    assert balances(shop.what_if(triple, since=dt.date(2026, 3, 11)))["ann"] == (50, 60)
    assert balances(shop.what_if(triple))["ann"] == (50, 90)


# -- what can be asked ---------------------------------------------------------------------------


def test_it_must_be_the_same_program_and_a_sound_one(shop):
    with pytest.raises(ProgramMismatch):
        shop.what_if(PLAIN.replace("CNY", "USD"))
    with pytest.raises(InvalidProgram):
        shop.what_if("nothing")


def test_nothing_is_written(shop):
    shop.purchase("ann", 1_000, "a")
    position = shop.position
    assert shop.what_if(DOUBLE).report.changed
    assert shop.position == position
    assert shop.account("ann").balance == 10


# -- other programs ------------------------------------------------------------------------------

AIR = '[[rate]]\nid = "out"\nfrom = "shop"\nto = "air"\npoints = 4\ngives = 3\n'
AIR += '[[rate]]\nid = "in"\nfrom = "air"\nto = "shop"\npoints = 4\ngives = 2\n'


@pytest.fixture
def travelled(shop):
    """Ann bought for 10 points; 4 went to air, 4 more came back, and 2 came from there."""
    shop.publish(PLAIN + AIR)
    shop.purchase("ann", 1_000, "a")
    shop.send_transfer("ann", "air", "A-7", 4, request_id="t-1")
    shop.send_transfer("ann", "air", "A-7", 4, request_id="t-2")
    shop.confirm_transfer("ann", "t-1")
    shop.reject_transfer("ann", "t-2", "full")
    shop.receive_transfer("ann", "air", "a-1", 4)
    return shop


def test_transfers_are_lived_again_at_the_rates_that_the_other_program_has(travelled):
    assert balances(travelled.what_if(PLAIN + AIR))["ann"] == (8, 8)
    dearer = AIR.replace("gives = 3", "gives = 3\nfee = 1").replace("gives = 2", "gives = 1")
    assert balances(travelled.what_if(PLAIN + dearer))["ann"] == (8, 6)


def test_without_rates_nothing_leaves_or_comes_and_no_answer_counts(travelled):
    run = travelled.what_if(PLAIN)
    assert balances(run)["ann"] == (8, 10)
    assert uncovered(run) == {
        ("SendTransfer", "no_rate"): (2, 8),
        ("ConfirmTransfer", "unknown_transfer"): (1, 0),
        ("RejectTransfer", "unknown_transfer"): (1, 4),
        ("ReceiveTransfer", "no_rate"): (1, 2),
    }
