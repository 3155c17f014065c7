"""What a purchase, a redemption or a hold at a partner needs, and what its terms make of it."""

from __future__ import annotations

import pytest

from ledger.errors import (
    ClaimWindowClosed,
    LimitExceeded,
    PartnerExists,
    PartnerNotMember,
    PartnerPaused,
    TermsLack,
    UnknownPartner,
)
from schemas.commands import LeavePartner, RedeemReward, ResumePartner, SuspendPartner
from schemas.events import (
    CapRoom,
    HoldReleased,
    PointsHeld,
    PointsRedeemed,
    PurchaseRecorded,
    RedemptionReversed,
    ReturnRecorded,
    Usage,
    VoucherUsed,
)
from tests.alliance import about, agreed, joined
from tests.club import issue, use, voucher
from tests.scenario import (
    BASIC,
    LADDER,
    ask,
    awarded,
    bought,
    breakdown,
    brought_back,
    capture,
    day,
    earned_points,
    enrolled,
    entry,
    given,
    hold,
    recorded,
    redeem,
    reverse,
    wrote,
)

REWARD = BASIC + entry("reward", id="cup", points=10)
GIFT_WRAP = entry("earn", id="wrap", method="fixed", points=5)


def there(amount_minor=10_000, **said):
    return bought(amount_minor, partner="tea", **said)


def spent(points=10, **said):
    return redeem(points, partner="tea", **said)


# -- who takes part ------------------------------------------------------------------------------


def test_a_partner_is_a_label_while_nobody_has_ever_joined():
    given(enrolled()).when(there()).then(earned_points(100), wrote(PurchaseRecorded, terms=0))


@pytest.mark.parametrize(
    "step",
    [there(), spent(), hold(10, partner="tea"), ask(RedeemReward, reward="cup", partner="tea")],
)
def test_once_anyone_has_joined_a_partner_that_nobody_knows_is_refused(step):
    members = (enrolled(), awarded(50))
    given(*members, joined("cinema"), program=REWARD).when(step).then_refused(UnknownPartner)
    given(*members, joined(), program=REWARD).when(step).then()


def test_a_voucher_is_used_at_a_partner_that_takes_part_and_needs_no_terms():
    there_too = use(partner="tea", at="2026-03-01")
    members = (enrolled(), issue())
    known = given(*members, joined(redeem=None), program=BASIC + voucher())
    known.when(there_too).then(wrote(VoucherUsed, partner="tea"))
    given(*members, joined("cinema"), program=BASIC + voucher()).when(there_too).then_refused(
        UnknownPartner
    )
    left = about(LeavePartner, last_day=day("2026-02-01"), operator="ann", reason="over")
    given(*members, joined(), left, program=BASIC + voucher()).when(there_too).then_refused(
        PartnerNotMember
    )


def test_the_house_needs_no_terms():
    given(enrolled(), joined()).when(bought(10_000)).then(earned_points(100))


def test_a_purchase_before_the_partner_joined_or_after_it_left_is_refused():
    story = (enrolled(), joined(since="2026-02-01"), about(LeavePartner, at="2026-03-31"))
    for on in ("2026-01-31", "2026-04-01"):
        given(*story).when(there(at=on)).then_refused(PartnerNotMember, partner="tea", day=on)
    for on in ("2026-02-01", "2026-03-31"):
        given(*story).when(there(at=on)).then(earned_points(100))


def test_between_leaving_and_joining_again_a_partner_does_not_take_part():
    story = given(enrolled(), joined(), about(LeavePartner, at="2026-01-31"))
    story.when(joined(since="2026-01-31")).then_refused(PartnerExists)
    story.and_then(joined(since="2026-04-01"))
    story.when(there(at="2026-03-31")).then_refused(PartnerNotMember)
    for number, on in enumerate(("2026-01-31", "2026-04-01")):
        story.when(there(at=on, purchase_id=f"p-{number}")).then(earned_points(100))


def test_a_suspended_partner_is_refused_until_it_is_resumed():
    pause = about(SuspendPartner, starts_on=day("2026-02-01"), reason="late", operator="li")
    story = given(enrolled(), awarded(50), joined(), pause)
    story.when(there(at="2026-01-31")).then(earned_points(100))
    story.when(spent(at="2026-02-01")).then_refused(PartnerPaused, day="2026-02-01")
    story.and_then(about(ResumePartner, starts_on=day("2026-03-01"), at="2026-03-01"))
    story.when(spent(at="2026-02-28")).then_refused(PartnerPaused, day="2026-02-28")
    story.when(spent(at="2026-03-01")).then(wrote(PointsRedeemed, points_redeemed=10))


def test_what_was_accepted_comes_back_from_a_partner_that_has_left():
    story = given(enrolled(), joined(), there(), spent(20, request_id="s-1"))
    story.and_then(hold(10, partner="tea"), about(LeavePartner, at="2026-01-31"))
    story.when(capture(at="2026-01-01T10:05+08:00")).then()
    story.when(reverse(at="2026-02-01")).then(wrote(RedemptionReversed, points_reversed=20))
    story.when(brought_back(at="2026-02-01", partner="tea")).then(
        wrote(ReturnRecorded, points_due=100)
    )


# -- what terms say ------------------------------------------------------------------------------


def test_a_purchase_is_claimed_within_its_days_by_the_day_it_is_recorded():
    story = given(enrolled(), joined(issue={"claim_days": 7}))
    late = there(at="2026-01-10")
    story.when(recorded(late, on="2026-01-18")).then_refused(
        ClaimWindowClosed, last_day="2026-01-17"
    )
    story.when(recorded(late, on="2026-01-17")).then(earned_points(100))


def test_a_late_purchase_is_judged_by_the_terms_of_its_day():
    story = given(enrolled(), joined(issue={"per_purchase": 30}))
    story.and_then(agreed(since="2026-02-01", issue={"per_purchase": 50}))
    story.when(recorded(there(at="2026-01-31"), on="2026-02-10")).then(
        earned_points(30), wrote(PurchaseRecorded, terms=1)
    )
    story.when(there(at="2026-02-01", purchase_id="p-2")).then(
        earned_points(50), wrote(PurchaseRecorded, terms=2)
    )


def test_terms_without_a_price_for_points_take_a_purchase_that_earns_nothing():
    story = given(enrolled(), joined(issue=None))
    story.when(there()).then_refused(TermsLack, section="issue")
    story.when(there(10)).then(earned_points(0))


def test_terms_without_a_price_for_redemptions_refuse_them():
    story = given(enrolled(), awarded(50), joined(redeem=None), program=REWARD)
    for step in (spent(), hold(10, partner="tea"), ask(RedeemReward, reward="cup", partner="tea")):
        story.when(step).then_refused(TermsLack, section="redeem")


def test_only_the_rules_that_the_terms_name_apply():
    program = BASIC + GIFT_WRAP
    given(enrolled(), joined(), program=program).when(there()).then(breakdown("base 100", "wrap 5"))
    only = joined(issue={"rules": ["base"]})
    given(enrolled(), only, program=program).when(there()).then(breakdown("base 100"))


def test_only_the_tiers_that_the_terms_name_multiply():
    golden = (enrolled(), bought(500_000, purchase_id="p-0"))
    story = given(*golden, joined(issue={"tiers": ["silver"]}), program=LADDER)
    story.when(there()).then(breakdown("base 100"), wrote(PurchaseRecorded, tier="gold"))
    given(*golden, joined(issue={"tiers": ["gold"]}), program=LADDER).when(there()).then(
        breakdown("base 100", "tier:gold 50")
    )


def test_caps_of_the_partner_come_after_those_of_the_program():
    caps = joined(issue={"per_purchase": 60, "per_month": 50})
    program = BASIC + "[caps]\nper_purchase = 80\n"
    given(enrolled(), caps, program=program).when(there()).then(
        breakdown("base 100", "cap:program -20", "cap:partner -20", "cap:partner_month -10"),
        wrote(PurchaseRecorded, rooms=(CapRoom("partner_month", 50),)),
    )


def test_the_month_s_cap_is_over_all_members_and_by_business_day():
    story = given(enrolled("m-001", "m-002"), joined(issue={"per_month": 150}))
    story.and_then(there(member="m-002"))
    story.when(there(purchase_id="p-2")).then(earned_points(50))
    story.when(there(purchase_id="p-3")).then(earned_points(0))
    story.when(there(purchase_id="p-4", at="2026-02-01")).then(earned_points(100))


def test_a_return_gives_room_in_the_month_of_its_purchase_back():
    story = given(enrolled(), joined(issue={"per_month": 150}), there())
    story.and_then(brought_back(4_000, partner="tea", at="2026-02-02"))
    # 100 of 150 were used, 40 came back: 90 are left.
    story.when(there(20_000, purchase_id="p-2", at="2026-01-31")).then(earned_points(90))
    assert story.counters.in_month("tea", "issued", day("2026-01-01")) == 150
    assert story.counters.in_month("tea", "issued", day("2026-02-01")) == 0


def test_a_return_is_judged_by_the_terms_and_the_room_that_its_purchase_had():
    story = given(enrolled("m-001", "m-002"), joined(issue={"per_month": 150}))
    story.and_then(there(member="m-002"), there(purchase_id="p-2"))
    # Other terms for the same day: what was decided by the earlier ones stays decided.
    story.and_then(agreed(issue={"per_purchase": 10}))
    # What is kept would have earned 60, and 50 were left.
    story.when(brought_back(4_000, purchase_id="p-2", partner="tea")).then(
        wrote(ReturnRecorded, points_due=0)
    )
    story.when(brought_back(3_000, purchase_id="p-2", partner="tea")).then(
        wrote(ReturnRecorded, points_due=20, usage=(Usage("issued:tea", day("2026-01-01"), -20),))
    )


# -- redemptions over all members ----------------------------------------------------------------


def test_redemptions_of_a_month_are_limited_over_all_members():
    story = given(enrolled("m-001", "m-002"), awarded(100), awarded(100, member="m-002"))
    story.and_then(joined(redeem={"per_month": 80}), spent(50, member="m-002"))
    story.when(spent(31)).then_refused(LimitExceeded, most=80, used=50, asked=31)
    story.when(spent(30)).then()
    story.when(spent(70, at="2026-02-01")).then()


def test_a_reversal_gives_back_what_its_redemption_counted():
    story = given(enrolled(), awarded(100), joined(redeem={"per_month": 50}))
    story.and_then(spent(50, request_id="s-1"), reverse(20, at="2026-02-03"))
    story.when(spent(21, at="2026-01-31")).then_refused(LimitExceeded, used=30)
    story.when(spent(20, at="2026-01-31")).then()


def test_a_hold_counts_and_what_is_released_of_it_counts_back():
    story = given(enrolled(), awarded(100), joined(redeem={"per_month": 50}))
    story.and_then(hold(50, partner="tea"))
    story.when(spent(1)).then_refused(LimitExceeded, used=50)
    story.when(capture(30)).then(wrote(PointsRedeemed, points_redeemed=30))
    story.when(spent(21)).then_refused(LimitExceeded, used=30)
    story.when(spent(20)).then()


def test_a_capture_counts_in_its_own_month():
    story = given(enrolled(), awarded(100), joined(redeem={"per_month": 50}))
    story.and_then(hold(40, partner="tea", at="2026-01-31T23:50"))
    story.and_then(capture(at="2026-02-01T00:05"))
    assert story.counters.in_month("tea", "redeemed", day("2026-01-31")) == 0
    assert story.counters.in_month("tea", "redeemed", day("2026-02-01")) == 40
    assert HoldReleased not in map(type, story.events)


def test_a_hold_that_lapsed_and_is_captured_late_counts_again():
    story = given(enrolled(), awarded(100), joined(redeem={"per_month": 50}))
    story.and_then(hold(40, partner="tea"))
    story.and_then(recorded(spent(1, at="2026-01-19"), on="2026-01-20"))
    assert story.counters.in_month("tea", "redeemed", day("2026-01-01")) == 1
    story.when(recorded(capture(at="2026-01-01T10:05"), on="2026-01-21")).then()
    assert story.counters.in_month("tea", "redeemed", day("2026-01-01")) == 41


def test_nothing_of_the_house_counts_for_a_partner():
    story = given(enrolled(), awarded(100), joined(redeem={"per_month": 1}))
    story.when(redeem(50)).then(wrote(PointsRedeemed, usage=()))
    story.when(hold(50)).then(wrote(PointsHeld, usage=()))
