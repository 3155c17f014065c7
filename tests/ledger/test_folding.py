"""What many come to at once is what they come to one after the other."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.evolve import evolve, fold
from ledger.totals import days_with, days_with_all, uses_with
from schemas.events import CountedDay, ExpiryUndone, PointsExpired, Usage
from tests.scenario import MEMBER, awarded, enrolled, expire, given, recorded, redeem, reverse

DAYS = st.integers(0, 9).map(lambda number: dt.date(2026, 1, 1) + dt.timedelta(days=number))
COUNTED = st.lists(
    st.builds(CountedDay, DAYS, st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 2)),
    max_size=12,
)
USAGE = st.lists(st.builds(Usage, st.sampled_from("ab"), DAYS, st.integers(-3, 3)), max_size=12)


def test_a_story_may_be_folded_in_any_parts():
    """Expiries in a row move their points together; so do those that are undone."""
    scenario = given(
        enrolled(),
        awarded(10, expires_on="2026-06-10"),
        awarded(20, expires_on="2026-06-20"),
        awarded(30, expires_on="2026-06-30"),
        redeem(5, request_id="s-1"),
        expire("2026-06-30", at="2026-07-01"),
        reverse(at="2026-07-02"),
        recorded(redeem(45, at="2026-06-01"), on="2026-07-03"),
    )
    events = scenario.histories[MEMBER]
    rows = [(kind, len(list(row))) for kind, row in groupby(events, type)]
    assert (PointsExpired, 3) in rows
    assert (ExpiryUndone, 4) in rows
    for cut in range(len(events) + 1):
        assert evolve(fold(MEMBER, events[:cut]), *events[cut:]) == scenario.account


def one_by_one(days, counted):
    for day in counted:
        days = days_with(days, day.day, day.net_minor, day.points, day.purchases)
    return days


@for_all(COUNTED, COUNTED)
def test_many_days_at_once_are_as_each_by_itself(before, more):
    days = one_by_one((), before)
    less = [CountedDay(d.day, -d.net_minor, -d.points, -d.purchases) for d in more]
    assert days_with_all(days, more) == one_by_one(days, more)
    assert days_with_all(days, more, sign=-1) == one_by_one(days, less)


@for_all(USAGE, USAGE)
def test_many_uses_at_once_are_as_each_by_itself(before, more):
    uses = uses_with({}, before)
    together = uses_with(uses, more)
    for entry in more:
        uses = uses_with(uses, [entry])
    assert together == uses
