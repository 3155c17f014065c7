"""The naive model's lots and spending, held against examples worked by hand."""

from __future__ import annotations

from schemas.commands import CaptureHold, ExtendLots, RedeemReward, ReleaseHold, ReverseRedemption
from tests.model.story import BASIC, IDLE, MONTH, Life, date, kinds, refused

# -- lots -----------------------------------------------------------------------------------------


def test_the_expiry_run_records_what_lapsed_on_the_day_after_its_last() -> None:
    life = Life(MONTH)
    life.buy(10, "2026-03-01")
    with refused("day_not_over"):
        life.expire("2026-04-02", "2026-04-02")
    (expired,) = life.expire("2026-04-01", "2026-04-02")
    assert (expired["points_expired"], expired["occurred_on"]) == (10, date("2026-04-02"))
    assert life.expire("2026-04-01", "2026-04-02") == []


def test_a_late_redemption_takes_what_has_expired_since() -> None:
    life = Life(MONTH)
    life.buy(10, "2026-03-01")
    life.expire("2026-04-01", "2026-04-02")
    with refused("insufficient_points"):
        life.redeem(4, "2026-04-02")
    undone, redeemed = life.redeem(4, "2026-04-01")
    assert (undone["kind"], undone["points_restored"]) == ("ExpiryUndone", 4)
    assert undone["occurred_on"] == date("2026-04-02")
    assert redeemed["moves"] == {(1, "available"): -4}


def test_activity_prolongs_lots_that_have_not_lapsed_expired_ones_too() -> None:
    life = Life(IDLE)
    life.award(10, "2026-03-01")
    life.expire("2026-04-01", "2026-05-01")
    bought, undone, extended = life.buy(1, "2026-04-01")
    assert kinds([bought, undone, extended]) == [
        *["PurchaseRecorded", "ExpiryUndone", "LotsExtended"]
    ]
    assert extended["extended"] == [
        {"lot": 1, "expires_on_before": date("2026-04-01"), "expires_on": date("2026-05-01")}
    ]
    assert kinds(life.buy(1, "2026-06-02")) == ["PurchaseRecorded"]


def test_only_open_lots_with_an_earlier_end_are_extended() -> None:
    life = Life(MONTH)
    life.award(10, "2026-03-01")
    said = {"operator": "wei", "reason": "sorry", "expires_on": date("2026-05-01")}
    for lots in ((2,), (1, 2)):
        with refused("lot_not_extendable"):
            life.tell(ExtendLots, "2026-03-02", lots=lots, **said)
    assert kinds(life.tell(ExtendLots, "2026-03-02", **said)) == ["LotsExtended"]
    with refused("lot_not_extendable"):
        life.tell(ExtendLots, "2026-03-02", lots=(1,), **said)


# -- spending -------------------------------------------------------------------------------------


def test_a_redemption_keeps_to_minimum_step_and_share_of_the_bill() -> None:
    policy = '\n[redemption]\npoints = 10\nmoney = "1"\nmin_points = 10\nstep_points = 5\n'
    life = Life(BASIC + policy + 'max_bill_percent = "50"\n')
    life.award(100, "2026-03-01")
    for points, bill, code in (
        (5, 1000, "redemption_policy"),
        (12, 1000, "redemption_policy"),
        (15, None, "bill_needed"),
        (55, 1000, "redemption_policy"),
    ):
        with refused(code):
            life.redeem(points, "2026-03-01", bill_minor=bill)
    assert life.redeem(50, "2026-03-01", bill_minor=1000)[0]["value_minor"] == 500


def test_limits_count_redemptions_by_day_and_month() -> None:
    life = Life(BASIC + "\n[limits]\nredemptions_per_day = 1\nredeem_points_per_month = 20\n")
    life.award(100, "2026-03-01")
    life.redeem(10, "2026-03-01")
    with refused("limit_exceeded"):
        life.redeem(5, "2026-03-01")
    life.redeem(10, "2026-03-02")
    with refused("limit_exceeded"):
        life.redeem(1, "2026-03-31")
    life.redeem(1, "2026-04-01")


def test_a_reward_has_its_price_and_its_days() -> None:
    reward = '\n[[reward]]\nid = "mug"\npoints = 7\nmoney = "9.90"\nends_on = 2026-03-31\n'
    life = Life(BASIC + reward)
    life.award(20, "2026-03-01")
    (redeemed,) = life.tell(RedeemReward, "2026-03-31", reward="mug", quantity=2)
    assert (redeemed["points_redeemed"], redeemed["money_minor"]) == (14, 1980)
    with refused("reward_not_offered"):
        life.tell(RedeemReward, "2026-04-01", reward="mug")
    with refused("unknown_reward"):
        life.tell(RedeemReward, "2026-03-31", reward="cup")


def test_a_capture_spends_a_part_and_releases_the_rest() -> None:
    life = Life()
    life.award(10, "2026-03-01", expires_on="2026-12-31")
    life.award(10, "2026-03-01")
    hold = life.hold(15, "2026-03-01")
    assert life.balance("2026-12-01")["held"] == 0, "it has lapsed since"
    spent, released = life.tell(CaptureHold, "2026-03-01", hold=hold, points=12)
    assert spent["moves"] == {(1, "held"): -10, (2, "held"): -2}
    assert released["moves"] == {(2, "held"): -3, (2, "available"): 3}
    with refused("hold_closed"):
        life.tell(ReleaseHold, "2026-03-01", hold=hold)


def test_a_lapsed_hold_is_released_before_points_are_taken_and_what_is_past_expires() -> None:
    life = Life()
    life.award(10, "2026-03-01", expires_on="2026-03-01")
    hold = life.hold(10, "2026-03-01", minutes=1440)
    life.award(5, "2026-03-03")
    with refused("hold_lapsed"):
        life.tell(CaptureHold, "2026-03-03", hold=hold)
    released, expired, redeemed = life.redeem(5, "2026-03-03")
    assert (released["release"], released["occurred_on"]) == ("lapsed", date("2026-03-02"))
    assert (expired["points_expired"], expired["occurred_at"]) == (10, released["occurred_at"])
    assert redeemed["moves"] == {(2, "available"): -5}
    undone, captured = life.tell(CaptureHold, "2026-03-01", hold=hold)
    assert (undone["points_restored"], captured["moves"]) == (10, {(1, "available"): -10})


def test_what_was_taken_last_goes_back_first() -> None:
    life = Life()
    life.award(10, "2026-03-01", expires_on="2026-06-30")
    life.award(10, "2026-03-01", expires_on="2026-12-31")
    life.redeem(15, "2026-03-01")
    redemption = life.last
    (first,) = life.tell(ReverseRedemption, "2026-03-02", redemption=redemption, points=7)
    assert first["moves"] == {(2, "available"): 5, (1, "available"): 2}
    with refused("already_reversed"):
        life.tell(ReverseRedemption, "2026-03-02", redemption=redemption, points=9)
    back, expired = life.tell(ReverseRedemption, "2026-07-01", redemption=redemption)
    assert (back["points_reversed"], expired["points_expired"]) == (8, 8)


def test_with_grace_what_comes_back_late_lives_on_and_the_rest_expires() -> None:
    life = Life("reversal_grace_days = 7" + BASIC)
    life.award(10, "2026-03-01", expires_on="2026-06-30")
    life.redeem(4, "2026-03-01")
    facts = life.tell(ReverseRedemption, "2026-07-05", redemption=life.last)
    assert kinds(facts) == ["PointsExpired", "RedemptionReversed", "LotsExtended"]
    assert (facts[0]["points_expired"], facts[2]["extended"][0]["expires_on"]) == (
        *(6, date("2026-07-12")),
    )
