"""How long points live: policies, the expiry run, extension, activity (RULES 8 to 10; life.md)."""

from __future__ import annotations

import pytest

from ledger.errors import DayNotOver, LotNotExtendable, UnknownMember, UnknownPurse
from schemas.commands import CloseMember, ExpirePoints, RedeemReward
from schemas.events import (
    ExpiryUndone,
    HoldReleased,
    LotExtended,
    LotsExtended,
    PointsExpired,
    PointsRedeemed,
    PurchaseRecorded,
    TierChanged,
)
from tests.scenario import (
    BASIC,
    LADDER,
    adjust,
    ask,
    awarded,
    bought,
    capture,
    day,
    enrolled,
    entry,
    expire,
    extend,
    gift,
    given,
    hold,
    in_order,
    instant,
    merge,
    pay_in,
    purse,
    recorded,
    redeem,
    wrote,
)

IDLE = BASIC + '[expiry]\npolicy = "inactivity"\nmonths = 6\n'
LAST, AFTER = "2026-06-30", "2026-07-01"


def expiry(policy, **settings):
    lines = [f"{name} = {value}\n" for name, value in settings.items()]
    return "".join([BASIC, f'[expiry]\npolicy = "{policy}"\n', *lines])


# -- the last good day ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "settings", "earned_on", "last"),
    [
        ("never", {}, "2026-01-31", None),
        ("months", {"months": 1}, "2026-01-31", "2026-02-28"),
        ("months", {"months": 1}, "2028-01-31", "2028-02-29"),
        ("months", {"months": 2}, "2026-01-31", "2026-03-31"),
        ("months", {"months": 12}, "2028-02-29", "2029-02-28"),
        ("months", {"months": 13}, "2026-12-15", "2028-01-15"),
        ("end_of_year", {"years": 0}, "2026-01-31", "2026-12-31"),
        ("end_of_year", {}, "2026-12-31", "2027-12-31"),
        ("end_of_year", {"years": 2}, "2026-01-01", "2028-12-31"),
        ("inactivity", {"months": 6}, "2026-08-31", "2027-02-28"),
    ],
)
def test_the_policy_fixes_the_last_good_day_when_the_lot_opens(policy, settings, earned_on, last):
    """RULES 9: past a month's end its last day; the anchor day is kept."""
    at = f"{earned_on} 23:30"
    scenario = given(
        enrolled(), awarded(10, at=at), bought(1_000, at=at), program=expiry(policy, **settings)
    )
    assert [str(lot.expires_on or "never") for lot in scenario.account.lots] == [
        last or "never"
    ] * 2


def test_pending_points_live_from_the_day_that_they_were_earned():
    """RULES 6 and 9: 14 days of waiting are a part of the month."""
    program = "available_after_days = 14\n" + expiry("months", months=1)
    (lot,) = given(enrolled(), bought(100, at="2026-03-01"), program=program).account.lots
    assert (str(lot.available_from), str(lot.expires_on)) == ("2026-03-15", "2026-04-01")


def test_a_later_policy_touches_only_new_lots():
    """RULES 10."""
    scenario = given(enrolled(), awarded(10), program=expiry("months", months=12))
    scenario.under(expiry("months", months=3)).when(awarded(20))
    scenario.left({1: 10, 2: 20}, ends={1: "2027-01-01", 2: "2026-04-01"})


# -- the run -------------------------------------------------------------------------------------


def test_the_run_records_what_is_left_of_each_lot_at_the_start_of_the_day_after_its_last():
    """RULES 8, life.md Expire: in spending order, whenever it comes."""
    (
        given(
            enrolled(),
            awarded(100, expires_on="2026-06-30"),
            awarded(50, expires_on="2026-03-31"),
            redeem(20, at="2026-03-31"),
        )
        .when(expire("2026-12-31", at="2027-05-05"))
        .then(
            in_order(PointsExpired, PointsExpired),
            wrote(
                PointsExpired,
                nth=0,
                points_expired=30,
                lapsed_on=day("2026-03-31"),
                at="2026-04-01 00:00",
                on="2026-04-01",
                available={2: -30},
            ),
            wrote(
                PointsExpired,
                nth=1,
                points_expired=100,
                lapsed_on=day("2026-06-30"),
                at="2026-07-01 00:00",
                available={1: -100},
            ),
        )
        .left({})
    )


def test_the_last_day_of_the_run_is_inclusive():
    """life.md Expire: `expires_on <= as_of`."""
    lots = (awarded(10, expires_on="2026-06-30"), awarded(20, expires_on="2026-07-01"), awarded(30))
    scenario = given(enrolled(), *lots)
    scenario.when(expire("2026-06-29", at="2026-08-01")).then_nothing()
    scenario.when(expire("2026-06-30", at="2026-08-01")).then(
        wrote(PointsExpired, points_expired=10)
    )
    scenario.left({2: 20, 3: 30})


def test_a_run_that_is_repeated_writes_nothing():
    """RULES 8: safe to repeat, and nothing to do is no error."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), expire(LAST, at=AFTER))
    scenario.when(expire(LAST, at=AFTER)).then_nothing()
    scenario.when(expire("2026-12-31", at="2027-01-01")).then_nothing()


def test_a_run_that_had_nothing_to_do_is_not_remembered(ledger, clock):
    """life.md Expire: the same request does its work when there is some."""
    clock.now = instant("2026-07-02")
    ledger.enrol("m-001")
    run = ExpirePoints(member="m-001", as_of=day(LAST), request_id="night")
    assert ledger.execute(run).events == ()
    ledger.award("m-001", 10, "x", expires_on=day(LAST), occurred_at=instant(LAST))
    assert len(ledger.execute(run).events) == 1
    assert ledger.execute(run).replayed


def test_an_empty_lot_gives_no_event():
    """RULES 8."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), redeem(100))
    scenario.when(expire(LAST, at=AFTER)).then_nothing()


def test_a_day_that_is_not_over_is_refused():
    """life.md Expire: points are good until the end of their last day."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST))
    scenario.when(expire(LAST, at=f"{LAST} 23:59")).then_refused(
        DayNotOver, as_of="2026-06-30", day="2026-06-30"
    )
    scenario.when(expire(LAST, at=f"{AFTER} 00:00")).then(wrote(PointsExpired, points_expired=100))


@pytest.mark.parametrize(
    "end", [ask(CloseMember, reason="left", forfeit=True), merge(member="m-002", other="m-001")]
)
def test_the_run_passes_over_accounts_that_are_closed_or_merged(end):
    """life.md Always 3."""
    scenario = given(enrolled("m-001", "m-002"), awarded(100, expires_on=LAST), end)
    scenario.when(expire(LAST, at=AFTER)).then_nothing()


def test_the_run_of_an_account_that_is_not_there_is_refused():
    """life.md Always 3."""
    given().when(expire(LAST, at=AFTER)).then_refused(UnknownMember, member="m-001")
    given().when(expire(LAST, at=AFTER, member="purse:home")).then_refused(
        UnknownPurse, purse="purse:home"
    )


def test_the_lots_of_a_purse_lapse_like_others():
    """life.md Always 2."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), purse(), pay_in(60))
    scenario.when(expire(LAST, at=AFTER, member="purse:home")).then(
        wrote(PointsExpired, points_expired=60, lapsed_on=day(LAST))
    )
    scenario.left({}, of="purse:home").left({1: 40})


def test_points_on_hold_do_not_lapse():
    """RULES 12: a hold pins its lots."""
    scenario = given(enrolled(), awarded(100, expires_on=LAST), hold(60, at=LAST, minutes=10_000))
    scenario.when(expire(LAST, at=AFTER)).then(wrote(PointsExpired, points_expired=40))
    scenario.left({}, held={1: 60})


def test_holds_that_lapsed_by_the_end_of_the_runs_day_are_released_before():
    """life.md Expire: released at 22:00 of the last good day, lapsed with the rest at midnight."""
    scenario = given(
        enrolled(), awarded(100, expires_on=LAST), hold(60, at=f"{LAST} 21:00", minutes=60)
    )
    scenario.when(expire(LAST, at=AFTER)).then(
        in_order(HoldReleased, PointsExpired),
        wrote(HoldReleased, release="lapsed", at=f"{LAST} 22:00", points_released=60),
        wrote(PointsExpired, points_expired=100, at=f"{AFTER} 00:00"),
    )


def test_a_hold_that_lapsed_after_the_runs_day_waits_for_the_run_of_its_day():
    """life.md Expire: until 10:00 of 2 July; both runs come on the 5th."""
    held = hold(60, at=LAST, minutes=2 * 1440)
    scenario = given(enrolled(), awarded(100, expires_on=LAST), held)
    scenario.when(expire("2026-07-01", at="2026-07-05")).then(
        in_order(PointsExpired), wrote(PointsExpired, points_expired=40)
    )
    scenario.left({}, held={1: 60})
    scenario.when(expire("2026-07-02", at="2026-07-05")).then(
        in_order(HoldReleased, PointsExpired),
        wrote(PointsExpired, points_expired=60, at="2026-07-02", lapsed_on=day(LAST)),
    )
    scenario.left({})


# -- extension -----------------------------------------------------------------------------------


def test_an_extension_moves_the_end_of_every_lot_that_ends_before():
    """life.md Extend: not of lots that never end or end later; it says who and why."""
    scenario = given(
        enrolled(),
        awarded(10, expires_on="2026-06-30"),
        awarded(20, expires_on="2026-09-29"),
        awarded(30, expires_on="2026-09-30"),
        awarded(40),
    )
    scenario.when(extend("2026-09-30", at="2026-06-01")).then(
        in_order(LotsExtended),
        wrote(
            LotsExtended,
            why="operator",
            operator="li",
            reason="closed",
            extended=(
                LotExtended(1, day("2026-06-30"), day("2026-09-30")),
                LotExtended(2, day("2026-09-29"), day("2026-09-30")),
            ),
        ),
    )
    ends = {1: "2026-09-30", 2: "2026-09-30", 3: "2026-09-30", 4: "never"}
    scenario.left({1: 10, 2: 20, 3: 30, 4: 40}, ends=ends)


def test_an_extension_of_named_lots_leaves_the_others():
    """life.md Extend."""
    lots = (awarded(10, expires_on=LAST), awarded(20, expires_on=LAST))
    scenario = given(enrolled(), *lots).when(extend("2026-12-31", lots=(2,)))
    scenario.left({1: 10, 2: 20}, ends={1: LAST, 2: "2026-12-31"})


@pytest.mark.parametrize("lots", [(2,), (3,), (4,), (5,), (1, 2), (9,)])
def test_a_lot_that_can_not_be_extended_is_refused_by_name(lots):
    """life.md Extend: never ends, lapsed, ends on that day, spent, one of two, not there."""
    scenario = given(
        enrolled(),
        awarded(10, expires_on="2026-12-30"),
        awarded(10),
        awarded(10, expires_on="2026-06-29"),
        awarded(10, expires_on="2026-12-31"),
        awarded(10, expires_on="2026-02-01"),
        redeem(10),
    )
    refused = ", ".join(str(lot) for lot in lots if lot != 1)
    scenario.when(extend("2026-12-31", at="2026-06-30", lots=lots)).then_refused(
        LotNotExtendable, lots=refused
    )


def test_an_extension_that_fits_no_lot_is_refused():
    """life.md Extend."""
    given(enrolled(), awarded(10)).when(extend("2026-12-31")).then_refused(LotNotExtendable)
    given(enrolled()).when(extend("2026-12-31")).then_refused(LotNotExtendable)


def test_an_extended_lot_lives_until_its_new_end_and_is_spent_in_its_new_place():
    """RULES 7 and 9: on its last good day it can still be extended."""
    scenario = given(
        enrolled(),
        awarded(100, expires_on=LAST),
        awarded(50, expires_on="2026-08-31"),
        extend("2026-12-31", at=f"{LAST} 23:59", lots=(1,)),
        expire(LAST, at=AFTER),
    )
    scenario.when(redeem(60, at=AFTER)).then(wrote(PointsRedeemed, available={2: -50, 1: -10}))


# -- activity ------------------------------------------------------------------------------------


def test_a_purchase_prolongs_the_lots_that_live_by_activity():
    """life.md Inactivity: to six months after its day, after the event itself."""
    scenario = given(enrolled(), awarded(100, at="2026-01-15"), program=IDLE)
    scenario.when(bought(1_000, at="2026-03-31")).then(
        in_order(PurchaseRecorded, LotsExtended),
        wrote(
            LotsExtended,
            why="activity",
            extended=(LotExtended(1, day("2026-07-15"), day("2026-09-30")),),
        ),
    )
    scenario.left({1: 100, 2: 10}, ends={1: "2026-09-30", 2: "2026-09-30"})


def test_lots_live_on_before_the_tier_changes():
    """life.md Purchase: the order of what a purchase writes."""
    program = LADDER + '[expiry]\npolicy = "inactivity"\nmonths = 6\n'
    scenario = given(enrolled(), awarded(100), program=program)
    scenario.when(bought(100_000, at="2026-03-01")).then(
        in_order(PurchaseRecorded, LotsExtended, TierChanged)
    )


REWARD = IDLE + entry("reward", id="mug", points=30)


@pytest.mark.parametrize(
    ("step", "prolongs"),
    [
        (redeem(30, at="2026-03-01"), True),
        (ask(RedeemReward, reward="mug", at="2026-03-01"), True),
        (capture(30, at="2026-03-01"), True),
        (hold(30, at="2026-03-01", name="h-2"), False),
        (gift(30, at="2026-03-01"), False),
        (adjust(-30, at="2026-03-01"), False),
        (awarded(30, at="2026-03-01"), False),
    ],
)
def test_a_redemption_or_a_capture_prolongs_and_nothing_else(step, prolongs):
    """life.md Inactivity: earned on 15 January, used on 1 March."""
    scenario = given(
        enrolled("m-001", "m-002"),
        awarded(100, at="2026-01-15"),
        hold(30, at="2026-02-28", minutes=5_000),
        program=REWARD,
    ).when(step)
    scenario.then()
    (lot, *_) = [lot for lot in scenario.account.lots if lot.number == 1]
    assert str(lot.expires_on) == ("2026-09-01" if prolongs else "2026-07-15")


@pytest.mark.parametrize(
    ("on", "end"), [("2026-07-15", "2027-01-15"), ("2026-07-16", "2026-07-15")]
)
def test_activity_prolongs_on_the_last_good_day_and_not_after_it(on, end):
    """life.md Inactivity."""
    scenario = given(enrolled(), awarded(100, at="2026-01-15"), program=IDLE).when(
        bought(100, at=on)
    )
    scenario.left({1: 100, 2: 1}, ends={1: end})


def test_activity_of_an_earlier_day_shortens_no_lot():
    """life.md Inactivity: where that is later."""
    scenario = given(enrolled(), awarded(100, at="2026-03-01"), program=IDLE)
    scenario.when(bought(100, at="2026-02-01")).then(in_order(PurchaseRecorded))
    scenario.left({1: 100, 2: 1}, ends={1: "2026-09-01", 2: "2026-08-01"})


def test_lots_of_another_policy_do_not_live_by_activity_and_those_that_do_keep_on():
    """RULES 10: a lot keeps the policy that it was opened under."""
    scenario = given(enrolled(), awarded(10, at="2026-01-01"), program=expiry("months", months=6))
    scenario.under(IDLE).and_then(awarded(20, at="2026-01-01"))
    scenario.under(BASIC).when(bought(100, at="2026-05-01"))
    scenario.left({1: 10, 2: 20, 3: 1}, ends={1: "2026-07-01", 2: "2026-11-01", 3: "never"})


def test_a_purchase_from_before_the_last_day_prolongs_what_a_run_expired_since():
    """life.md Inactivity: the expiry is undone, at its own time, and the lot lives on."""
    scenario = given(enrolled(), awarded(100, at="2026-01-15"), program=IDLE)
    scenario.and_then(expire("2026-07-15", at="2026-07-16"))
    scenario.when(recorded(bought(100, at="2026-07-15"), on="2026-07-17")).then(
        in_order(PurchaseRecorded, ExpiryUndone, LotsExtended),
        wrote(ExpiryUndone, points_restored=100, at="2026-07-16 00:00", available={1: 100}),
    )
    scenario.left({1: 100, 2: 1}, ends={1: "2027-01-15"})


def test_a_late_redemption_prolongs_the_rest_of_what_expired():
    """life.md Inactivity: 30 for the redemption, then the other 70."""
    scenario = given(enrolled(), awarded(100, at="2026-01-15"), program=IDLE)
    scenario.and_then(expire("2026-07-15", at="2026-07-16"))
    scenario.when(recorded(redeem(30, at="2026-07-15"), on="2026-07-17")).then(
        in_order(ExpiryUndone, PointsRedeemed, ExpiryUndone, LotsExtended),
        wrote(ExpiryUndone, nth=0, points_restored=30),
        wrote(ExpiryUndone, nth=1, points_restored=70),
    )
    scenario.left({1: 70}, ends={1: "2027-01-15"})
