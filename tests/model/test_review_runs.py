"""When reviews run, how often, and in which order facts come, changes no card (RULES 20, 21).

The same story goes to several ledgers: one hears of everything in time and reviews often, one never
reviews, one hears of everything late and in any order. At the end all have the same timeline.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger import Ledger, ManualClock
from ledger.account import TierSpan
from schemas.commands import (
    Command,
    EndTierFloor,
    EnrolMember,
    RecordPurchase,
    ReturnPurchase,
    ReviewTier,
    SetTier,
)

ZONE = ZoneInfo("Asia/Shanghai")
ENROLLED = dt.datetime(2024, 2, 29, 9, tzinfo=ZONE)
BY_HAND = {"operator": "li", "reason": "test"}

HEAD = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01
[[earn]]
id = "base"
"""


@st.composite
def ladders(draw: st.DrawFn) -> str:
    """A program with an entry tier, three rungs, and one by invitation."""
    text = HEAD + "[ladder]\n"
    text += f'review = "{draw(st.sampled_from(["one_down", "by_balance"]))}"\n'
    text += f'upgrade = "{draw(st.sampled_from(["at_once", "next_purchase"]))}"\n'
    text += f"grace_days = {draw(st.sampled_from([0, 0, 10, 40]))}\n"
    text += f"recovery_days = {draw(st.sampled_from([0, 30, 90]))}\n"
    text += '[[tier]]\nid = "entry"\n' if draw(st.booleans()) else ""
    for number, amount in enumerate(("100", "300", "900"), start=1):
        measure = draw(st.sampled_from(["net_spend", "net_spend", "visits"]))
        window = draw(
            st.sampled_from(["same_day", "calendar_year", "rolling_months", "membership_year"])
        )
        valid = draw(st.sampled_from(["for_ever", "end_of_next_year", "months", "months"]))
        text += f'[[tier]]\nid = "t{number}"\nmeasure = "{measure}"\nwindow = "{window}"\n'
        text += f'threshold = "{amount if measure == "net_spend" else number + 1}"\n'
        text += "window_months = 3\n" if window == "rolling_months" else ""
        text += f'valid = "{valid}"\n'
        if valid == "months":
            text += f"valid_months = {draw(st.sampled_from([1, 2, 6]))}\n"
    return text + '[[tier]]\nid = "top"\ninvitation = true\nvalid = "months"\nvalid_months = 2\n'


@dataclass(frozen=True)
class Step:
    """A command, and the days after it on which a ledger that is timely reviews."""

    command: Command
    reviews: tuple[int, ...]


@st.composite
def stories(draw: st.DrawFn) -> list[Step]:
    """What happens to one member over a few years, in the order of business time."""
    steps: list[Step] = []
    bought: list[str] = []
    at = ENROLLED
    for number in range(draw(st.integers(3, 14))):
        at += dt.timedelta(days=draw(st.sampled_from([0, 1, 7, 29, 31, 90, 200])), hours=1)
        said: dict[str, Any] = {"member": "m", "occurred_at": at, "request_id": f"r-{number}"}
        kind = draw(st.sampled_from(["buy", "buy", "buy", "buy", "back", "set", "end"]))
        command: Command
        if kind == "back" and bought:
            receipt = draw(st.sampled_from(bought))
            bought.remove(receipt)
            command = ReturnPurchase(purchase_id=receipt, **said)
        elif kind == "set":
            until = at.date() + dt.timedelta(days=draw(st.sampled_from([0, 10, 100, 400])))
            tier = draw(st.sampled_from(["t1", "t3", "top"]))
            command = SetTier(tier=tier, until=until, **BY_HAND, **said)
        elif kind == "end":
            command = EndTierFloor(**BY_HAND, **said)
        else:
            bought.append(f"p-{number}")
            amount = draw(st.sampled_from([5_000, 10_000, 20_000, 90_000]))
            command = RecordPurchase(purchase_id=f"p-{number}", amount_minor=amount, **said)
        steps.append(Step(command, tuple(draw(st.lists(st.integers(1, 400), max_size=2)))))
    return steps


class Shop:
    """A ledger with one member, and its clock."""

    def __init__(self, program: str, now: dt.datetime) -> None:
        self.clock = ManualClock(now)
        self.ledger = Ledger(":memory:", program=program, clock=self.clock)
        self.ledger.execute(EnrolMember(member="m", occurred_at=ENROLLED))

    def tell(self, command: Command) -> bool:
        return not isinstance(next(self.ledger.execute_many([command])), Exception)

    def review(self, day: dt.date) -> None:
        self.ledger.execute(ReviewTier(member="m", as_of=day))

    def timeline(self) -> list[TierSpan]:
        """The spans without what told them; those that go on as before are one."""
        runs: list[TierSpan] = []
        for span in self.ledger.account("m").tiers:
            plain = replace(span, cause="")
            if not runs or replace(runs[-1], since=plain.since) != plain:
                runs.append(plain)
        return runs


END = dt.datetime(2035, 1, 1, tzinfo=ZONE)
LAST = dt.date(2034, 6, 30)


@given(program=ladders(), story=stories())
def test_reviews_that_run_late_end_where_timely_runs_do(program, story):
    """RULES 20: in time and often, never until the end, or only every second year."""
    timely, late, rare = (Shop(program, ENROLLED + dt.timedelta(hours=1)) for _ in range(3))
    for step in story:
        told = set()
        for shop in (timely, late, rare):
            shop.clock.now = step.command.occurred_at
            told.add(shop.tell(step.command))
        assert len(told) == 1
        for days in sorted(step.reviews):
            day = step.command.occurred_at.date() + dt.timedelta(days=days)
            following = story[story.index(step) + 1 :]
            if not following or day < following[0].command.occurred_at.date():
                timely.clock.now = dt.datetime.combine(day, dt.time(23), ZONE) + dt.timedelta(
                    days=1
                )
                timely.review(day)
                timely.review(day)
    for shop in (timely, late, rare):
        shop.clock.now = END
    rare.review(dt.date(2032, 6, 30))
    for shop in (timely, late, rare):
        shop.review(LAST)
    assert timely.timeline() == late.timeline() == rare.timeline()
    assert (
        timely.ledger.balance("m")
        == replace_position(timely, late)
        == replace_position(timely, rare)
    )


def replace_position(one: Shop, other: Shop) -> Any:
    """The other's balance, but for the length of its log."""
    return replace(other.ledger.balance("m"), position=one.ledger.position)


@given(program=ladders(), story=stories(), data=st.data())
def test_facts_that_are_recorded_late_and_in_any_order_end_where_timely_ones_do(
    program, story, data
):
    """RULES 21; a return comes after its purchase. Points don't count here: they are recorded."""
    timely, late = Shop(program, ENROLLED + dt.timedelta(hours=1)), Shop(program, END)
    accepted = []
    for step in story:
        timely.clock.now = step.command.occurred_at
        if timely.tell(step.command):
            accepted.append(step.command)
    timely.clock.now = END
    order = data.draw(st.permutations(accepted))
    order.sort(key=lambda command: isinstance(command, ReturnPurchase))
    for command in order:
        if not isinstance(command, EndTierFloor):
            assert late.tell(command)
        if data.draw(st.booleans()):
            late.review(data.draw(st.sampled_from([dt.date(2025, 6, 30), LAST])))
    for command in accepted:
        if isinstance(command, EndTierFloor):
            assert late.tell(command)
    timely.review(LAST)
    late.review(LAST)
    assert timely.timeline() == late.timeline()
