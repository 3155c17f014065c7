"""Vouchers and rebates over all members, and what can be asked of one (docs/life.md)."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import Ledger, ManualClock
from ledger.errors import DayNotCome, DayNotOver, NoRebate, NotForPurses, PeriodNotOver
from schemas.errors import InvalidCommand
from schemas.events import RebateGranted, VoucherIssued, VoucherLapsed
from tests.club import benefit, rebate, voucher
from tests.scenario import BASIC, LADDER, entry, instant

PRICE = '[redemption]\npoints = 1\nmoney = "0.01"\n'
PROGRAM = (
    LADDER
    + PRICE
    + voucher(valid="end_of_month")
    + entry("voucher", id="years", on="anniversary", value="20.00", valid_days=30)
    + rebate()
    + benefit()
)
JUNE = dt.date(2026, 6, 30)


@pytest.fixture
def club():
    """Three members and a purse on 3 July: spent in June, vouchers of June, one has left."""
    clock = ManualClock(instant("2025-06-15"))
    with Ledger(":memory:", program=PROGRAM, clock=clock) as ledger:
        for member in ("ann", "bo", "gone"):
            ledger.enrol(member)
        clock.now = instant("2026-06-10")
        ledger.enrol("cy")
        ledger.open_purse("cy", "home")
        for number, member in enumerate(("ann", "bo", "cy", "gone"), start=1):
            ledger.purchase(member, 10_000 * number, f"p-{member}")
            ledger.issue_voucher(member, "ten", request_id=f"v-{member}")
        ledger.use_voucher("bo", "v-bo", 5_000, store="east", till="3", purchase_id="p-bo")
        ledger.close_member("gone", "left", forfeit=True)
        clock.now = instant("2026-07-03")
        yield ledger


RUNS = [
    (Ledger.lapse_vouchers, (JUNE,), {"ann", "cy"}),
    (Ledger.issue_anniversary_vouchers, (JUNE,), {"ann", "bo"}),
    (Ledger.pay_rebates, ("2026-06",), {"ann", "bo", "cy"}),
]
EACH_RUN = pytest.mark.parametrize(
    ("run", "about", "members"), RUNS, ids=lambda value: getattr(value, "__name__", None)
)


def figures(written):
    """What a run's events say, without the requests that they came with."""
    return [
        (
            entry.member,
            type(entry.event),
            entry.event.occurred_on,
            getattr(entry.event, "worth_minor", 0),
            getattr(entry.event, "points_rebated", 0),
        )
        for entry in written
    ]


@EACH_RUN
def test_a_rehearsal_tells_what_a_run_would_write_and_writes_nothing(club, run, about, members):
    position = club.position
    rehearsed = [figures(run(club, *about, dry_run=True)) for _ in range(2)]
    assert rehearsed[0] == rehearsed[1]
    assert {line[0] for line in rehearsed[0]} == members
    assert club.position == position
    assert figures(run(club, *about)) == rehearsed[0]


@EACH_RUN
def test_a_run_twice_writes_once(club, run, about, members):
    assert {entry.member for entry in run(club, *about)} == members
    position = club.position
    assert list(run(club, *about)) == []
    assert club.position == position


@EACH_RUN
def test_a_run_that_was_stopped_is_finished_by_the_next(club, run, about, members):
    whole = len(list(run(club, *about, dry_run=True)))
    before = club.position
    next(iter(run(club, *about)))
    list(run(club, *about))
    assert club.position == before + whole
    assert club.verify(books=True).findings == ()


@EACH_RUN
def test_a_run_says_who_asked_for_it_and_how_far_it_is(club, run, about, members):
    told = []
    written = list(
        run(
            club,
            *about,
            source="nightly",
            operator="cron",
            progress=lambda done, of: told.append((done, of)),
        )
    )
    assert {(entry.event.source, entry.event.operator) for entry in written} == {
        ("nightly", "cron")
    }
    assert told[-1] == (5, 5)


def test_the_runs_write_what_is_due(club):
    lapsed = list(club.lapse_vouchers(JUNE))
    assert {type(entry.event) for entry in lapsed} == {VoucherLapsed}
    issued = list(club.issue_anniversary_vouchers())
    assert {entry.event.occurred_on for entry in issued} == {dt.date(2026, 6, 15)}
    paid = {entry.member: entry.event.points_rebated for entry in club.pay_rebates("2026-06")}
    assert paid == {"ann": 200, "bo": 400, "cy": 600}


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_would_be_refused_for_everyone_is_refused_at_once(club, dry_run):
    """Before the first account is read."""
    for ask, error in (
        (lambda: club.lapse_vouchers(dt.date(2026, 7, 3), dry_run=dry_run), DayNotOver),
        (
            lambda: club.issue_anniversary_vouchers(dt.date(2026, 7, 4), dry_run=dry_run),
            DayNotCome,
        ),
        (lambda: club.pay_rebates("2026-07", dry_run=dry_run), PeriodNotOver),
        (lambda: club.pay_rebates("2026Q2", dry_run=dry_run), NoRebate),
        (lambda: club.pay_rebates("June", dry_run=dry_run), InvalidCommand),
    ):
        with pytest.raises(error):
            ask()


def test_without_a_day_vouchers_lapse_up_to_yesterday_and_anniversaries_come_today(club):
    assert {entry.member for entry in club.lapse_vouchers()} == {"ann", "cy"}
    assert [entry.event.kind for entry in club.issue_anniversary_vouchers()] == ["years"] * 2


def test_one_members_rebate_is_paid_alone(club):
    outcome = club.grant_rebates("ann", "2026-06")
    assert [type(event) for event in outcome.events] == [RebateGranted]
    assert {entry.member for entry in club.pay_rebates("2026-06")} == {"bo", "cy"}


def test_a_program_that_is_not_in_force_yet_pays_nothing():
    """There can be no members."""
    clock = ManualClock(instant("1999-06-15"))
    with Ledger(":memory:", program=BASIC + voucher(), clock=clock) as ledger:
        assert list(ledger.lapse_vouchers()) == []


# -- readings ------------------------------------------------------------------------------------


def states(ledger, member):
    return {line.request_id: line.state for line in ledger.vouchers(member)}


def test_vouchers_of_a_member_stand_as_of_today(club):
    """One past its last good day has lapsed, recorded or not."""
    for _ in range(2):
        assert states(club, "ann") == {"v-ann": "lapsed"}
        assert states(club, "bo") == {"v-bo": "used"}
        assert states(club, "gone") == {"v-gone": "cancelled"}
        list(club.lapse_vouchers())
    (used,) = club.vouchers("bo")
    assert (used.used_on, used.store, used.till, used.purchase_id, used.taken_minor) == (
        dt.date(2026, 6, 10),
        "east",
        "3",
        "p-bo",
        1_000,
    )


def test_vouchers_go_with_a_merge(club):
    club.issue_voucher("bo", "ten", request_id="july")
    club.merge("ann", "bo")
    assert states(club, "ann") == {"v-ann": "lapsed", "v-bo": "used", "july": "open"}
    assert states(club, "bo") == {"v-bo": "used", "july": "moved"}
    club.unmerge("ann", "bo")
    assert states(club, "ann") == {"v-ann": "lapsed"}
    assert states(club, "bo") == {"v-bo": "used", "july": "open"}


def test_benefits_of_a_member_are_told_for_the_present_period(club):
    club.purchase("ann", 200_000, "p-9")
    club.use_benefit("ann", "parking")
    (parking,) = club.benefits("ann")
    assert (parking.quota, parking.used, parking.left) == (1, 1, 0)
    assert (parking.period_from, parking.period_until) == (dt.date(2026, 7, 1), dt.date(2026, 8, 1))
    (parking,) = club.benefits("cy")
    assert (parking.entitled, parking.quota, parking.left) == (False, 0, 0)


def test_purses_have_neither(club):
    for ask in (club.vouchers, club.benefits):
        with pytest.raises(NotForPurses):
            ask("purse:home")


def test_a_retry_answers_with_the_first_result(club):
    """RULES 23: the voucher is used once, the answer is the same."""
    club.issue_voucher("ann", "ten", request_id="july")
    first = club.use_voucher("ann", "july", 5_000, request_id="r-1")
    again = club.use_voucher("ann", "july", 5_000, request_id="r-1")
    assert again.replayed
    assert again.events == first.events
    issued = club.issue_voucher("ann", "ten", request_id="july")
    assert issued.replayed
    assert [type(event) for event in issued.events] == [VoucherIssued]
