"""Whatever happened in a shop: lived again under the same rules, it happens the same way."""

from __future__ import annotations

import datetime as dt
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import Ledger, ManualClock
from tests.projections.lives import PURSE, START, program_of_a_shop
from tests.strategies import EARLIEST, Shape, programs, shapes
from tests.whatif.lives import ACCOUNTS, CLUB, ClubLife, RichLife
from tests.whatif.support import assert_lived_the_same

# An example is some hundred commands; so few of them.
few = settings(max_examples=max(6, settings().max_examples // 4))
choices = st.randoms(use_true_random=False)


@few
@given(shape=shapes(most=6), data=st.data(), choose=choices, steps=st.integers(10, 150))
def test_the_same_program_tells_the_same_events(
    shape: Shape, data: st.DataObject, choose: Random, steps: int
) -> None:
    clock = ManualClock(START)
    with Ledger(":memory:", program=data.draw(programs(shape, EARLIEST)), clock=clock) as ledger:
        life = RichLife(ledger, clock, choose, shape.rungs)
        life.begin()
        for _ in range(steps):
            life.step()
        assert_lived_the_same(ledger, accounts_of(ledger))


@few
@given(
    shape=shapes(most=4),
    data=st.data(),
    choose=choices,
    before=st.integers(10, 60),
    after=st.integers(10, 60),
    ahead=st.integers(0, 40),
)
def test_the_version_of_some_day_tells_the_same_from_that_day_on(
    shape: Shape, data: st.DataObject, choose: Random, before: int, after: int, ahead: int
) -> None:
    """What is recorded late of the days before it keeps the version that it was recorded under."""
    clock = ManualClock(START)
    with Ledger(":memory:", program=data.draw(programs(shape, EARLIEST)), clock=clock) as ledger:
        life = RichLife(ledger, clock, choose, shape.rungs)
        life.begin()
        for _ in range(before):
            life.step()
        clock.advance(days=2)
        ledger.publish(data.draw(programs(shape, ledger.today() + dt.timedelta(days=ahead))))
        for _ in range(after):
            life.step()
        assert_lived_the_same(ledger, accounts_of(ledger))


@few
@given(choose=choices, steps=st.integers(40, 200))
def test_vouchers_rebates_and_benefits_are_the_same_too(choose: Random, steps: int) -> None:
    clock = ManualClock(START)
    with Ledger(":memory:", program=program_of_a_shop(choose) + CLUB, clock=clock) as ledger:
        life = ClubLife(ledger, clock, choose)
        life.begin()
        for _ in range(steps):
            life.step()
        assert_lived_the_same(ledger, accounts_of(ledger))


def accounts_of(ledger: Ledger) -> list[str]:
    return [name for name in ACCOUNTS if name == PURSE or not ledger.strangers([name])]
