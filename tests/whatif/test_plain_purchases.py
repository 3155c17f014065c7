"""Purchases of which only the rate decides are judged in a row (ledger/decisions/plain_purchases).

What comes out is what the commands come to, one by one, whatever happens in between.
"""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import Ledger, ManualClock, Rejection
from ledger.decisions.plain_purchases import PlainRun
from schemas.events import PurchaseRecorded
from tests.whatif.support import OPENING, PLAIN, assert_lived_the_same, lived_again

EXPIRIES = (
    "",
    '[expiry]\npolicy = "months"\nmonths = 2\n',
    '[expiry]\npolicy = "end_of_year"\n',
    '[expiry]\npolicy = "inactivity"\nmonths = 2\n',
)
WINDOWS = ("same_day", "calendar_year", "membership_year", "rolling_months")
MEASURES = ("net_spend", "points_earned", "visits")


def program_of(choose: Random) -> str:
    """A program of one rate, with or without a ladder of up to three rungs."""
    top = f"available_after_days = {choose.choice((0, 0, 3))}\n"
    top += f'rounding = "{choose.choice(("floor", "half_up", "ceil"))}"\n'
    top += f"upgrade_first = {choose.choice(('false', 'false', 'true'))}\n"
    head, earn = PLAIN.split("\n[[earn]]")
    text = f"{head}{top}{choose.choice(EXPIRIES)}\n[[earn]]{earn}"
    text = text.replace("points = 1", f"points = {choose.choice((1, 2, 3))}")
    if choose.random() < 0.4:
        text += '\n[[tier]]\nid = "entry"\n'
    for rung in range(choose.choice((0, 1, 2, 3))):
        window = choose.choice(WINDOWS)
        text += f'\n[[tier]]\nid = "t{rung}"\nmultiplier = "{choose.choice(("1", "1.5", "2"))}"\n'
        text += f'window = "{window}"\nmeasure = "{choose.choice(MEASURES)}"\n'
        text += f"threshold = {choose.choice((1, 3, 20, 60))}\n"
        text += choose.choice(("", 'valid = "months"\nvalid_months = 1\n'))
        if window == "rolling_months":
            text += "window_months = 2\n"
    return text


def live(ledger: Ledger, clock: ManualClock, choose: Random, steps: int) -> None:
    """Two members buy, mostly; now and then something else happens, or late."""
    for name in ("ann", "bo"):
        ledger.enrol(name, occurred_at=OPENING)
    for step in range(steps):
        clock.advance(days=choose.choice((0, 0, 1, 5, 30)))
        name, late = choose.choice(("ann", "bo")), choose.random() < 0.1
        at = clock() - dt.timedelta(days=choose.choice((1, 40))) if late else clock()
        what = choose.random()
        try:
            if what < 0.8:
                ledger.purchase(
                    name, choose.choice((0, 50, 199, 1_000, 3_333)), f"p{step}", occurred_at=at
                )
            elif what < 0.85:
                ledger.redeem(name, choose.choice((1, 5)), occurred_at=at)
            elif what < 0.9:
                ledger.return_purchase(name, f"p{choose.randrange(step + 1)}", occurred_at=at)
            elif what < 0.95:
                ledger.award(name, 7, reason="x", occurred_at=at)
            else:
                ledger.freeze(name, reason="x", operator="wei", occurred_at=at)
                ledger.unfreeze(name, reason="x", operator="wei", occurred_at=at)
        except Rejection:
            continue


@given(choose=st.randoms(use_true_random=False), steps=st.integers(5, 60))
def test_the_same_program_tells_the_same_events_in_runs(choose: Random, steps: int) -> None:
    clock = ManualClock(OPENING)
    with Ledger(":memory:", program=program_of(choose), clock=clock) as ledger:
        live(ledger, clock, choose, steps)
        assert_lived_the_same(ledger, ["ann", "bo"])


@given(choose=st.randoms(use_true_random=False), steps=st.integers(5, 60))
def test_under_other_rules_runs_tell_what_the_commands_come_to(choose: Random, steps: int) -> None:
    clock = ManualClock(OPENING)
    with (
        Ledger(":memory:", program=program_of(choose), clock=clock) as ledger,
        pytest.MonkeyPatch.context() as patch,
    ):
        live(ledger, clock, choose, steps)
        other = program_of(choose)
        in_runs, tally = lived_again(ledger, ["ann", "bo"], other)
        patch.setattr(PlainRun, "on_from", lambda *_: None)
        one_by_one, told = lived_again(ledger, ["ann", "bo"], other)
        for name in ("ann", "bo"):
            assert in_runs.after.sides[name].events == one_by_one.after.sides[name].events
        assert tally.refused == told.refused


def test_the_purchases_of_a_plain_shop_are_judged_in_a_run() -> None:
    """Or the two tests above would hold nothing against nothing."""
    judged: list[PurchaseRecorded | None] = []
    again = PlainRun.again

    def noted(run: PlainRun, event: PurchaseRecorded) -> PurchaseRecorded | None:
        judged.append(again(run, event))
        return judged[-1]

    with (
        Ledger(":memory:", program=PLAIN, clock=ManualClock(OPENING)) as ledger,
        pytest.MonkeyPatch.context() as patch,
    ):
        ledger.enrol("ann", occurred_at=OPENING)
        for number in range(10):
            ledger.purchase("ann", 1_000, f"p{number}")
        patch.setattr(PlainRun, "again", noted)
        lived_again(ledger, ["ann"], PLAIN.replace("points = 1", "points = 2"))
    assert [purchase and purchase.points_earned for purchase in judged] == [20] * 10
