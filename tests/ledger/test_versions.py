"""The versions of a program: which holds when (RULES 1)."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import Ledger, ManualClock
from ledger.errors import UnknownVersion
from tests.scenario import BASIC, instant


def starting(day):
    return BASIC.replace("2000-01-01", day)


@pytest.fixture
def clock():
    return ManualClock(instant("2026-06-30T12:00+08:00"))


@pytest.fixture
def ledger(clock):
    with Ledger(":memory:", program=BASIC, operator="Wang", clock=clock) as opened:
        yield opened


def held(ledger):
    """(version, first day, day after the last, whether it holds now) of each."""

    def shown(moment):
        return moment and moment.astimezone(ledger.rules.zone).date().isoformat()

    return [
        (version.version, shown(version.effective_from), shown(version.until), version.in_force)
        for version in ledger.program_versions()
    ]


def test_a_version_holds_until_another_takes_over(ledger, clock):
    assert held(ledger) == [(1, "2000-01-01", None, True)]
    ledger.publish(starting("2026-07-01"))
    assert held(ledger) == [
        (1, "2000-01-01", "2026-07-01", True),
        (2, "2026-07-01", None, False),
    ]
    clock.advance(hours=12)
    assert held(ledger) == [
        (1, "2000-01-01", "2026-07-01", False),
        (2, "2026-07-01", None, True),
    ]


def test_of_two_from_one_day_on_the_later_one_holds(ledger):
    ledger.publish(starting("2026-06-01"))
    ledger.publish(starting("2026-06-01"))
    assert held(ledger) == [
        (1, "2000-01-01", "2026-06-01", False),
        (2, "2026-06-01", "2026-06-01", False),
        (3, "2026-06-01", None, True),
    ]


def test_a_version_between_others_holds_until_the_next(ledger):
    ledger.publish(starting("2026-09-01"))
    ledger.publish(starting("2026-05-01"))
    assert held(ledger) == [
        (1, "2000-01-01", "2026-05-01", False),
        (2, "2026-09-01", None, False),
        (3, "2026-05-01", "2026-09-01", True),
    ]


def test_a_version_is_kept_as_it_was_published_and_by_whom(ledger):
    outcome = ledger.publish(starting("2026-07-01"), operator="Li", source="desk", request_id="r-1")
    version = ledger.program_version(2)
    assert version.content == starting("2026-07-01")
    assert (version.operator, version.source, version.request_id) == ("Li", "desk", "r-1")
    assert version.position == outcome.first_position == 2
    assert version.program.effective_from == dt.date(2026, 7, 1)
    assert ledger.program_version(1).operator == "Wang"


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_a_version_that_there_is_not_is_told(ledger, number):
    with pytest.raises(UnknownVersion) as refused:
        ledger.program_version(number)
    assert refused.value.fields == {"version": number, "newest": 1}
