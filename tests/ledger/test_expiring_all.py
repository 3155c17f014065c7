"""The expiry run over all accounts: listed or recorded, stopped and repeated (RULES 8)."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import Ledger
from ledger.errors import DayNotOver
from schemas.events import PointsExpired
from tests.scenario import instant, one

LAST = "2026-06-30"


@pytest.fixture
def many(ledger: Ledger, clock) -> Ledger:
    """Three members and a purse with 10, 20, 30 and 5 points until 30 June; it is 3 July."""
    clock.now = instant("2026-06-01")
    for number in (1, 2, 3):
        ledger.enrol(f"m-{number}")
        ledger.award(f"m-{number}", 10 * number, "x", expires_on=dt.date(2026, 6, 30))
    ledger.open_purse("m-3", "home")
    ledger.pay_into_purse("m-3", "home", 5)
    ledger.award("m-1", 7, "x", expires_on=dt.date(2026, 7, 2))
    ledger.enrol("gone")
    ledger.award("gone", 9, "x", expires_on=dt.date(2026, 6, 30))
    ledger.close_member("gone", "left", forfeit=True)
    clock.now = instant("2026-07-03")
    return ledger


JUNE = {("m-1", 10), ("m-2", 20), ("m-3", 25), ("purse:home", 5)}


def test_a_dry_run_lists_what_a_run_would_record_and_writes_nothing(many):
    """RULES 8."""
    position = many.position
    for _ in range(2):
        listed = list(many.expire_all(dt.date(2026, 6, 30), dry_run=True))
        assert {(lot.member, lot.points) for lot in listed} == JUNE
        assert {str(lot.lapsed_on) for lot in listed} == {LAST}
    assert many.position == position


def test_a_run_over_all_records_the_same_once(many):
    """RULES 8: run twice, it doubles nothing."""
    listed = list(many.expire_all(dt.date(2026, 6, 30)))
    assert {(lot.member, lot.points) for lot in listed} == JUNE
    position = many.position
    assert list(many.expire_all(dt.date(2026, 6, 30))) == []
    assert many.position == position
    assert many.account("m-1").balance == 7


def test_a_run_without_a_day_goes_to_the_end_of_yesterday(many):
    """EASE 2: 2 July is over on the 3rd."""
    found = {(lot.member, lot.points) for lot in many.expire_all()}
    assert found == JUNE | {("m-1", 7)}


def test_a_run_that_was_stopped_is_finished_by_the_next(many):
    """RULES 8: whatever was recorded before it stopped is not recorded again."""
    next(iter(many.expire_all(dt.date(2026, 6, 30))))
    list(many.expire_all(dt.date(2026, 6, 30)))
    expired = [
        event.event.points_expired
        for member in ("m-1", "m-2", "m-3", "purse:home")
        for event in many.history(member)
        if event.topic == "PointsExpired.1"
    ]
    assert sorted(expired) == [5, 10, 20, 25]


def test_a_run_over_all_for_a_day_that_is_not_over_is_refused(many):
    """life.md Expire."""
    position = many.position
    with pytest.raises(DayNotOver) as caught:
        list(many.expire_all(dt.date(2026, 7, 3)))
    assert caught.value.fields == {"as_of": "2026-07-03", "day": "2026-07-03"}
    assert many.position == position


def test_the_run_says_who_asked_for_it(many):
    """RULES 31."""
    list(many.expire_all(dt.date(2026, 6, 30), source="nightly", operator="cron"))
    events = tuple(recorded.event for recorded in many.history("m-2"))
    expired = one(events, PointsExpired)
    assert (expired.source, expired.operator) == ("nightly", "cron")
