"""Vouchers for anniversaries of the enrolment (docs/life.md, Anniversaries)."""

from __future__ import annotations

import pytest

from ledger.errors import DayNotCome, NotForPurses, VoucherNotOffered
from schemas.commands import CloseMember
from schemas.events import VoucherIssued
from tests.club import anniversaries, issue, usable, use, voucher
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
    merge,
    purse,
    wrote,
)

JOINED = "2024-03-05"


def yearly(**settings):
    """A voucher of 20 on anniversaries, good for 30 days."""
    plain = {"id": "years", "on": "anniversary", "value": "20.00", "valid_days": 30}
    return entry("voucher", **{**plain, **settings})


def issued(scenario):
    """Days of issue of the vouchers that the last command issued."""
    return [str(event.occurred_on) for event in scenario.events]


def test_a_voucher_is_issued_for_the_anniversary_as_of_its_day():
    """life.md Anniversaries: the run comes two days late."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly())
    scenario.when(anniversaries("2026-03-07")).then(
        in_order(VoucherIssued),
        wrote(
            VoucherIssued,
            kind="years",
            occasion="anniversary",
            at="2026-03-05T00:00",
            worth_minor=2_000,
            expires_on=day("2026-04-04"),
        ),
    )
    scenario.when(use(at="2026-03-06", name=scenario.events[0].request_id)).then()


def test_each_anniversary_is_given_once_whenever_the_run_comes():
    """life.md Anniversaries: run every day, or twice."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly())
    for as_of, expected in (
        ("2025-03-04", []),
        ("2025-03-05", ["2025-03-05"]),
        ("2025-03-05", []),
        ("2025-03-20", []),
        ("2026-03-05", ["2026-03-05"]),
        ("2026-03-06", []),
    ):
        scenario.when(anniversaries(as_of)).then()
        assert issued(scenario) == expected, as_of


def test_the_day_of_joining_is_no_anniversary():
    """life.md Anniversaries."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly())
    scenario.when(anniversaries(JOINED)).then_nothing()


def test_a_run_that_was_missed_gives_what_is_still_good():
    """life.md Anniversaries: good for 800 days are those of 2025 and 2026, that of 2024 not."""
    program = BASIC + yearly(valid_days=800)
    scenario = given(enrolled(at="2023-03-05"), program=program)
    scenario.when(anniversaries("2026-06-01")).then()
    assert issued(scenario) == ["2025-03-05", "2026-03-05"]
    assert [event.number for event in scenario.events] == [1, 2]


def test_what_would_have_lapsed_is_passed_over():
    """life.md Anniversaries: the last good day is inclusive."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly())
    scenario.when(anniversaries("2026-04-05")).then_nothing()
    scenario.when(anniversaries("2026-03-05", at="2026-04-05")).then_nothing()
    scenario.when(anniversaries("2026-03-05", at="2026-04-04")).then()
    assert issued(scenario) == ["2026-03-05"]


def test_who_joined_on_29_february_celebrates_on_the_28th_in_other_years():
    """life.md Anniversaries: and on the 29th again in 2028."""
    scenario = given(enrolled(at="2024-02-29"), program=BASIC + yearly())
    for as_of, expected in (
        ("2025-02-28", ["2025-02-28"]),
        ("2026-02-28", ["2026-02-28"]),
        ("2027-03-01", ["2027-02-28"]),
        ("2028-02-28", []),
        ("2028-02-29", ["2028-02-29"]),
    ):
        scenario.when(anniversaries(as_of)).then()
        assert issued(scenario) == expected, as_of


def test_the_version_in_force_on_the_anniversary_says_what_is_given():
    """RULES 1: 20 until 2025, 30 from 2026 on, told in one late run."""
    first, later = yearly(valid_days=9_000), yearly(valid_days=9_000, value="30.00")
    scenario = given(enrolled(at=JOINED), program=BASIC + first)
    scenario.under(BASIC.replace("2000-01-01", "2026-01-01") + later)
    scenario.when(anniversaries("2026-03-05")).then(
        wrote(VoucherIssued, nth=0, worth_minor=2_000, program_version=1, on="2025-03-05"),
        wrote(VoucherIssued, nth=1, worth_minor=3_000, program_version=2, on="2026-03-05"),
    )


@pytest.mark.parametrize(
    "settings",
    [{"enabled": False}, {"starts_on": day("2026-03-06")}, {"ends_on": day("2026-03-04")}],
)
def test_a_kind_that_is_not_offered_on_the_anniversary_is_not_given(settings):
    """life.md Anniversaries."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly(**settings))
    scenario.when(anniversaries("2026-03-07")).then_nothing()


def test_the_card_held_at_the_start_of_the_day_decides():
    """life.md Anniversaries: silver since noon of the anniversary is too late."""
    program = LADDER + yearly(tiers=["silver"])
    for bought_at, expected in (
        ("2026-03-04 23:59", ["2026-03-05"]),
        ("2026-03-05 12:00", []),
    ):
        scenario = given(enrolled(at=JOINED), bought(100_000, at=bought_at), program=program)
        scenario.when(anniversaries("2026-03-05")).then()
        assert issued(scenario) == expected


def test_a_card_whose_review_is_due_is_reviewed_first():
    """life.md Recording: silver of 2024 is none on the anniversary of 2026, so nothing is due."""
    program = LADDER + yearly(tiers=["silver"])
    scenario = given(enrolled(at=JOINED), bought(100_000, at=JOINED), program=program)
    scenario.when(anniversaries("2025-03-05")).then(in_order(VoucherIssued))
    scenario.when(anniversaries("2026-03-05")).then_nothing()


def test_several_kinds_come_in_the_order_of_the_file():
    """life.md Anniversaries: with numbers of their own."""
    program = BASIC + yearly() + voucher() + yearly(id="tea", value="5.00")
    scenario = given(enrolled(at=JOINED), program=program)
    scenario.when(anniversaries("2026-03-05")).then(
        in_order(VoucherIssued, VoucherIssued),
        wrote(VoucherIssued, nth=0, kind="years", number=1),
        wrote(VoucherIssued, nth=1, kind="tea", number=2),
    )


def test_a_day_to_come_is_refused():
    """life.md Anniversaries."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly())
    scenario.when(anniversaries("2026-03-06", at="2026-03-05")).then_refused(
        DayNotCome, as_of="2026-03-06", day="2026-03-05"
    )


def test_who_has_left_or_is_merged_is_passed_over_and_purses_have_none():
    """life.md Anniversaries."""
    scenario = given(enrolled("m-001", "m-002", "m-003", at=JOINED), program=BASIC + yearly())
    scenario.and_then(ask(CloseMember, at=JOINED, member="m-003", reason="left"))
    scenario.and_then(merge(at=JOINED), purse(at=JOINED))
    for member in ("m-002", "m-003"):
        scenario.when(anniversaries("2026-03-05", member=member)).then_nothing()
    scenario.when(anniversaries("2026-03-05", member="purse:home")).then_refused(NotForPurses)


def test_one_person_with_two_cards_celebrates_once_a_year():
    """life.md Merge: how often kinds were issued adds up."""
    scenario = given(enrolled("m-001", at=JOINED), enrolled("m-002", at="2024-02-01"))
    scenario.under(BASIC + yearly(valid_days=9_000))
    scenario.and_then(anniversaries("2026-02-01", member="m-002"), merge(at="2026-02-02"))
    scenario.when(anniversaries("2026-03-05")).then_nothing()
    assert len(usable(scenario)) == 1


def test_an_anniversary_is_not_given_on_request():
    """life.md Issue."""
    scenario = given(enrolled(at=JOINED), program=BASIC + yearly())
    scenario.when(issue("years", at="2026-03-05")).then_refused(VoucherNotOffered)
