"""What a member has on a day (docs/life.md, Readings; RULES 8, 29 and 30)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from msgspec.structs import replace

from ledger import Lapse, Ledger
from ledger.conservation import broken
from ledger.errors import UnknownMember, UnknownPurse
from schemas.commands import CloseMember, FreezeMember, ReleaseHold, UnmergeMembers
from schemas.events import LotOpened, Movement, PointsAwarded
from tests.scenario import (
    BASIC,
    LADDER,
    Recorded,
    adjust,
    ask,
    awarded,
    bought,
    brought_back,
    capture,
    day,
    enrolled,
    expire,
    extend,
    gift,
    given,
    hold,
    instant,
    merge,
    pay_in,
    purse,
    recorded,
    redeem,
    reverse,
    undo,
)

MARCH, LAST, AFTER = "2026-03-01", "2026-06-30", "2026-07-01"
WAITING = "available_after_days = 7\n" + BASIC

Told = Callable[..., Ledger]


@pytest.fixture
def told(clock) -> Iterator[Told]:
    """Opens a ledger and tells it steps, each when it happened or was recorded."""
    with ExitStack() as opened:

        def tell(*steps, program=BASIC, now=None):
            ledger = opened.enter_context(Ledger(":memory:", program=program, clock=clock))
            return go_on(ledger, *steps, now=now)

        def go_on(ledger, *steps, now=None):
            for step in steps:
                late = isinstance(step, Recorded)
                command = step.command if late else step
                clock.now = step.now if late else command.occurred_at
                ledger.execute(command)
            clock.now = instant(now) if now else clock.now
            return ledger

        tell.go_on = go_on
        yield tell


def figures(balance):
    """(balance, available, pending, held, debt, lapsed)."""
    return (
        balance.balance,
        balance.available,
        balance.pending,
        balance.held,
        balance.debt,
        balance.lapsed,
    )


def on(ledger, text, member="m-001"):
    return figures(ledger.balance(member, on=day(text)))


# -- the figures ---------------------------------------------------------------------------------


def test_the_balance_is_available_and_pending_and_held_less_debt(told):
    """life.md: 100 of 1 March less 30 on hold, 50 of the 9th pending."""
    steps = (enrolled(), bought(10_000, at=MARCH), hold(30, at="2026-03-08", minutes=100_000))
    later = bought(5_000, at="2026-03-09", purchase_id="p-2")
    ledger = told(*steps, later, program=WAITING)
    assert on(ledger, "2026-03-09") == (150, 70, 50, 30, 0, 0)
    ledger.execute(adjust(-90, at="2026-03-09", may_owe=True))
    assert on(ledger, "2026-03-09") == (60, 0, 50, 30, 20, 0)


def test_what_has_lapsed_and_is_not_recorded_is_shown_apart(told):
    """life.md: it is in none of the others; on the last good day it is available."""
    steps = (enrolled(), awarded(100, expires_on=LAST), awarded(5))
    ledger = told(*steps, now=f"{LAST} 23:59")
    assert figures(ledger.balance("m-001")) == (105, 105, 0, 0, 0, 0)
    told.go_on(ledger, now=f"{AFTER} 00:00")
    assert figures(ledger.balance("m-001")) == (5, 5, 0, 0, 0, 100)
    told.go_on(ledger, expire(LAST, at="2026-07-02"))
    assert figures(ledger.balance("m-001")) == (5, 5, 0, 0, 0, 0)


def test_what_will_lapse_is_told_in_the_order_of_its_days(told):
    """Balance.lapses: pending points included; the next is apart, too."""
    monthly = WAITING + '[expiry]\npolicy = "months"\nmonths = 1\n'
    ledger = told(
        enrolled(),
        awarded(20, expires_on="2026-12-31"),
        awarded(30, expires_on=LAST),
        awarded(5, expires_on=LAST),
        bought(1_000, at=MARCH),
        program=monthly,
    )
    balance = ledger.balance("m-001")
    assert balance.lapses == (
        Lapse(day("2026-04-01"), 10),
        Lapse(day(LAST), 35),
        Lapse(day("2026-12-31"), 20),
    )
    assert (balance.next_lapse_on, balance.next_lapse_points) == (day("2026-04-01"), 10)
    on_last = ledger.balance("m-001", on=day(LAST))
    assert (on_last.next_lapse_on, on_last.next_lapse_points) == (day(LAST), 35)
    after = ledger.balance("m-001", on=day(AFTER))
    assert (after.next_lapse_on, after.lapses) == (
        day("2026-12-31"),
        (Lapse(day("2026-12-31"), 20),),
    )


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (None, "open"),
        (ask(FreezeMember, reason="x"), "frozen"),
        (ask(CloseMember, reason="x"), "closed"),
        (merge(member="m-002", other="m-001"), "merged into m-002"),
    ],
)
def test_the_balance_says_how_the_account_stands(told, step, status):
    """Balance.status."""
    steps = [*enrolled("m-001", "m-002"), *([step] if step else [])]
    assert told(*steps).balance("m-001").status == status


def test_a_purse_has_a_balance_like_a_member(told):
    """life.md Purse."""
    ledger = told(enrolled(), awarded(100), purse(), pay_in(60))
    assert figures(ledger.balance("purse:home")) == (60, 60, 0, 0, 0, 0)
    assert figures(ledger.balance("m-001")) == (40, 40, 0, 0, 0, 0)


def test_who_is_not_there_has_no_balance(told):
    """RULES 34."""
    ledger = told()
    with pytest.raises(UnknownMember):
        ledger.balance("m-001")
    with pytest.raises(UnknownPurse):
        ledger.balance("purse:home")


# -- of another day ------------------------------------------------------------------------------


def test_of_a_past_day_counts_what_had_happened_by_its_end(told):
    """RULES 30: days are the program's; a redemption of 23:59 counts, one of 0:00 does not."""
    ledger = told(
        enrolled(),
        awarded(100),
        redeem(1, at=f"{MARCH} 23:59"),
        redeem(10, at="2026-03-02 00:00"),
        now="2026-03-03",
    )
    assert [on(ledger, text)[0] for text in ("2025-12-31", "2026-01-01", MARCH, "2026-03-02")] == [
        0,
        100,
        99,
        89,
    ]


def test_it_is_business_time_that_counts_not_when_it_was_recorded(told):
    """RULES 30: a purchase of 1 March that is told on the 9th."""
    late = recorded(bought(1_000, at=MARCH), on="2026-03-09")
    ledger = told(enrolled(), late)
    assert on(ledger, "2026-02-28")[0] == 0
    assert on(ledger, MARCH)[0] == 10


def test_points_are_as_pending_or_lapsed_as_they_were_on_the_day(told):
    """life.md: as on that day."""
    lapsing = WAITING + '[expiry]\npolicy = "months"\nmonths = 1\n'
    ledger = told(enrolled(), bought(10_000, at=MARCH), program=lapsing, now="2026-05-01")
    assert on(ledger, "2026-03-07") == (100, 0, 100, 0, 0, 0)
    assert on(ledger, "2026-03-08") == (100, 100, 0, 0, 0, 0)
    assert on(ledger, "2026-04-01") == (100, 100, 0, 0, 0, 0)
    assert on(ledger, "2026-04-02") == (0, 0, 0, 0, 0, 100)


def test_of_a_day_to_come_counts_what_is_known_and_the_days_pass(told):
    """life.md: for another day its end."""
    ledger = told(
        enrolled(), awarded(100, expires_on=LAST), bought(10_000, at=MARCH), program=WAITING
    )
    assert figures(ledger.balance("m-001")) == (200, 100, 100, 0, 0, 0)
    assert on(ledger, "2026-03-08") == (200, 200, 0, 0, 0, 0)
    assert on(ledger, AFTER) == (100, 100, 0, 0, 0, 100)


def test_an_expiry_run_changes_no_balance_of_any_day(told):
    """RULES 8, docs/decisions.md."""
    days = ("2026-06-29", LAST, AFTER, "2026-07-05")
    ledger = told(enrolled(), awarded(100, expires_on=LAST), awarded(5), now="2026-07-06")
    before = [on(ledger, text)[:5] for text in days]
    told.go_on(ledger, expire("2026-07-04", at="2026-07-06"))
    assert [on(ledger, text)[:5] for text in days] == before
    assert [figure[0] for figure in before] == [105, 105, 5, 5]


def test_a_late_redemption_after_the_run_is_seen_on_its_day_and_not_twice(told):
    """life.md, Late arrivals: the expiry is undone at its own instant."""
    ledger = told(
        enrolled(),
        awarded(100, expires_on=LAST),
        expire(LAST, at="2026-07-02"),
        recorded(redeem(30, at=LAST), on="2026-07-03"),
    )
    assert [on(ledger, text)[:2] for text in ("2026-06-29", LAST, AFTER)] == [
        (100, 100),
        (70, 70),
        (0, 0),
    ]


def test_an_extension_is_seen_from_its_day_on(told):
    """RULES 30: on 10 June the lot was good until the 30th."""
    steps = (enrolled(), awarded(100, expires_on=LAST), extend("2026-12-31", at="2026-06-15"))
    ledger = told(*steps, now="2026-08-01")
    ends = [ledger.balance("m-001", on=day(d)).next_lapse_on for d in ("2026-06-14", "2026-06-15")]
    assert ends == [day(LAST), day("2026-12-31")]


# -- holds ---------------------------------------------------------------------------------------


def test_a_hold_lapses_by_the_clock_today(told):
    """life.md: from ten to eleven; no event has recorded it."""
    steps = (enrolled(), awarded(100), hold(60, at=f"{MARCH} 10:00", minutes=60))
    ledger = told(*steps, now=f"{MARCH} 10:59")
    assert figures(ledger.balance("m-001")) == (100, 40, 0, 60, 0, 0)
    told.go_on(ledger, now=f"{MARCH} 11:00")
    assert figures(ledger.balance("m-001")) == (100, 100, 0, 0, 0, 0)


def test_of_another_day_a_hold_that_lapsed_by_its_end_counts_as_released(told):
    """life.md: held over midnight until three; also when its lapse was recorded later."""
    steps = (enrolled(), awarded(100), hold(60, at=f"{MARCH} 21:00", minutes=360))
    ledger = told(*steps, now="2026-03-05")
    expected = [(100, 40, 0, 60, 0, 0), (100, 100, 0, 0, 0, 0)]
    assert [on(ledger, MARCH), on(ledger, "2026-03-02")] == expected
    told.go_on(ledger, redeem(1, at="2026-03-05"))
    assert [on(ledger, MARCH), on(ledger, "2026-03-02")] == expected


def test_a_late_capture_is_seen_on_its_day_though_the_lapse_was_recorded_before(told):
    """life.md: held from 23:30, captured at 23:50, which is told after the lapse of 0:30."""
    ledger = told(
        enrolled(),
        awarded(100),
        hold(60, at=f"{MARCH} 23:30", minutes=60),
        redeem(1, at="2026-03-02 10:00"),
        recorded(capture(at=f"{MARCH} 23:50"), on="2026-03-02 11:00"),
    )
    assert on(ledger, MARCH) == (40, 40, 0, 0, 0, 0)
    assert on(ledger, "2026-03-02") == (39, 39, 0, 0, 0, 0)


def test_what_a_lapsed_hold_frees_past_its_lots_last_day_has_lapsed(told):
    """RULES 12."""
    steps = (enrolled(), awarded(100, expires_on=LAST), hold(60, at=LAST, minutes=3 * 1440))
    ledger = told(*steps, now="2026-07-20")
    assert on(ledger, "2026-07-02") == (60, 0, 0, 60, 0, 40)
    assert on(ledger, "2026-07-03") == (0, 0, 0, 0, 0, 100)


# -- laws ----------------------------------------------------------------------------------------


def life():
    """A member's year with something of everything, in the order of time."""
    two = {"member": "m-002"}
    return [
        *enrolled("m-001", "m-002"),
        awarded(100, expires_on=LAST),
        bought(20_000, at="2026-02-01"),
        redeem(30, at="2026-02-10", request_id="s-1"),
        hold(40, at="2026-02-20", minutes=2_880),
        bought(5_000, at="2026-02-21", purchase_id="p-2"),
        reverse(10, at="2026-02-25"),
        hold(25, at="2026-03-01", name="h-2"),
        capture(20, at="2026-03-02 09:00", name="h-2"),
        purse(at="2026-03-03"),
        pay_in(50, at="2026-03-03"),
        gift(15, at="2026-03-04"),
        brought_back(8_000, at="2026-03-05"),
        adjust(-30, at="2026-03-06", request_id="a-1"),
        undo(at="2026-03-07"),
        hold(10, at="2026-03-08", name="h-3"),
        ask(ReleaseHold, at="2026-03-08 12:00", hold="h-3"),
        bought(1_000, at="2026-03-09", purchase_id="p-3", **two),
        merge(at="2026-03-10"),
        ask(UnmergeMembers, at="2026-03-11", other="m-002"),
        merge(at="2026-03-12"),
        redeem(150, at="2026-03-20", request_id="s-2"),
        adjust(-500, at="2026-03-21", may_owe=True),
        brought_back(at="2026-03-22", purchase_id="p-2"),
        reverse(at="2026-03-23", of="s-2"),
        expire("2026-06-29", at=LAST),
        bought(90_000, at="2026-06-30 20:00", purchase_id="p-4"),
        expire(LAST, at="2026-07-03"),
        reverse(at="2026-07-04"),
    ]


LAPSING = "available_after_days = 3\n" + LADDER + '[expiry]\npolicy = "months"\nmonths = 2\n'


def test_the_balance_of_a_past_day_is_what_was_said_that_day(told):
    """RULES 30: nothing here was told late."""
    ledger, said = told(program=LAPSING), {}
    steps = life()
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        told.go_on(ledger, step)
        here = ledger.today()
        if following is None or following.occurred_at.astimezone(ledger.rules.zone).date() > here:
            told.go_on(ledger, now=f"{here} 23:59")
            said[here] = {m: figures(ledger.balance(m))[:5] for m in _there(ledger)}
    assert len(said) > 20
    for here, balances in list(said.items())[:-1]:
        for member, before in balances.items():
            assert figures(ledger.balance(member, on=here))[:5] == before, (here, member)


def test_the_scenarios_of_these_tests_decide_what_the_ledger_does(told):
    """The same commands, judged without a store, come to the same events."""
    ledger, scenario = told(*life(), program=LAPSING), given(*life(), program=LAPSING)
    for member in _there(ledger):
        recorded_events = [_unnamed(entry.event) for entry in ledger.history(member)]
        assert [_unnamed(event) for event in scenario.histories[member]] == recorded_events


def _unnamed(event):
    """Requests that came without an id got one of the ledger's."""
    return replace(event, request_id="")


def _there(ledger):
    return {"m-001", "m-002", "purse:home"} - ledger.strangers(["m-001", "m-002", "purse:home"])


def test_the_books_of_a_whole_life_balance(told):
    """RULES 29 and 32: points are neither made nor lost, and no row was touched."""
    ledger = told(*life(), program=LAPSING)
    found = ledger.verify(books=True)
    assert found.findings == ()
    assert found.events == ledger.position
    for member in _there(ledger):
        *_, line = ledger.statement(member)
        assert line.balance_after == ledger.account(member).balance


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"points_awarded": 9}, "its movements add up to 10, it says 9"),
        ({"movements": (Movement(2, "held", 10),)}, "lot 2 was never opened"),
        ({"movements": (Movement(2, "available", 10),)}, "lot 2 was never opened"),
        (
            {"movements": (Movement(1, "available", -10), Movement(1, "held", 20))},
            "available of lot 1 is -10",
        ),
    ],
)
def test_books_that_do_not_balance_are_found(fields, wrong):
    """RULES 29: the check that all scenarios are held against."""
    said = {
        "occurred_at": instant(MARCH),
        "occurred_on": day(MARCH),
        "source": "x",
        "request_id": "r",
        "lots": (LotOpened(1, 10, day(MARCH), day(MARCH)),),
        "movements": (Movement(1, "available", 10),),
        "points_awarded": 10,
        "reason": "x",
    }
    assert list(broken([PointsAwarded(**said)])) == []
    assert (1, wrong) in list(broken([PointsAwarded(**{**said, **fields})]))


def test_a_balance_names_the_day_and_the_position_that_it_is_of(told):
    """EASE 7."""
    ledger = told(enrolled(), awarded(100), now="2026-03-05")
    assert ledger.balance("m-001").day == dt.date(2026, 3, 5)
    assert ledger.balance("m-001", on=day(MARCH)).day == dt.date(2026, 3, 1)
    assert ledger.balance("m-001").position == ledger.position == 3
