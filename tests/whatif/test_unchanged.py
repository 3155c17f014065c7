"""Whatever happened in a shop: lived again under the same rules, it happens the same way."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import JifenError, Ledger, ManualClock
from schemas.commands import LineItem
from tests.projections.lives import MEMBERS, PURSE, START, Life
from tests.strategies import (
    BRANDS,
    CATEGORIES,
    CHANNELS,
    EARLIEST,
    OCCASIONS,
    SKUS,
    STORES,
    Shape,
    programs,
    shapes,
)
from tests.whatif.support import assert_lived_the_same

ACCOUNTS = (*MEMBERS, "dee", PURSE)

# An example is some hundred commands; so few of them.
few = settings(max_examples=max(6, settings().max_examples // 4))
choices = st.randoms(use_true_random=False)


class RichLife(Life):
    """A life with all that a program may look at, and with what is done to cards and versions."""

    def __init__(self, ledger: Ledger, clock: ManualClock, choose: Random, shape: Shape) -> None:
        super().__init__(ledger, clock, choose)
        self.shape = shape
        self.steps = (*_ALL_STEPS, *(8 * [RichLife.rich_purchase]))

    def step(self) -> None:
        try:
            self.choose.choice(self.steps)(self)
        except JifenError:
            return

    def rich_purchase(self) -> None:
        choose, member, said = self.choose, self.member(), self.said(late=True)
        items = tuple(
            LineItem(
                amount_minor=choose.choice([0, 700, 3100]),
                quantity=choose.choice([1, 3]),
                sku=choose.choice(SKUS),
                category=choose.choice(CATEGORIES),
                brand=choose.choice(BRANDS),
            )
            for _ in range(choose.choice([0, 1, 2]))
        )
        amount = sum(item.amount_minor for item in items) if items else choose.choice([300, 8000])
        receipt = f"p-{self.requests}"
        self.ledger.purchase(
            member,
            amount,
            receipt,
            lines=items,
            store=choose.choice(STORES),
            channel=choose.choice(CHANNELS),
            occasions=choose.choice([(), (), OCCASIONS[:1]]),
            qualifying_minor=choose.choice([None, None, amount // 2]),
            **said,
        )
        self.receipts.append((member, "", receipt, amount))

    def brings_another(self) -> None:
        self.ledger.enrol("dee", referred_by=self.member(), **self.said(late=True))

    def extends_some(self) -> None:
        account = self.account()
        lots = [lot.number for lot in self.ledger.lots(account)]
        some = tuple(self.choose.sample(lots, min(len(lots), 2)))
        until = self.ledger.today() + dt.timedelta(days=self.choose.choice([20, 500]))
        said: dict[str, Any] = {"operator": "wei", **self.said(late=True)}
        self.ledger.extend_lots(account, until, "sorry", lots=some, **said)

    def sets_tier(self) -> None:
        days = self.choose.choice([None, 0, 40])
        until = None if days is None else self.ledger.today() + dt.timedelta(days=days)
        tier, said = self.choose.choice(self.shape.rungs or ("none",)), self.said(late=True)
        self.ledger.set_tier(self.member(), tier, "asked", until=until, operator="wei", **said)

    def ends_floor(self) -> None:
        self.ledger.end_tier_floor(self.member(), "asked", operator="wei", **self.said(late=True))

    def reviews(self) -> None:
        as_of = self.ledger.today() - dt.timedelta(days=self.choose.choice([1, 2, 20]))
        for _ in self.ledger.review_all(as_of):
            pass


_ALL_STEPS = (
    *(4 * (Life.time_passes,)),
    *(3 * (Life.redeem, Life.goods_come_back)),
    *(2 * (Life.purchase, Life.hold, Life.capture, Life.award, Life.adjust, Life.reverse)),
    *(2 * (Life.expire, Life.purse, RichLife.reviews, RichLife.sets_tier)),
    *(Life.bonus, Life.undo, Life.release, Life.extend, Life.freeze, Life.close, Life.gift),
    *(Life.merge, RichLife.brings_another, RichLife.extends_some, RichLife.ends_floor),
)


@few
@given(shape=shapes(most=6), data=st.data(), choose=choices, steps=st.integers(10, 150))
def test_the_same_program_tells_the_same_events(
    shape: Shape, data: st.DataObject, choose: Random, steps: int
) -> None:
    clock = ManualClock(START)
    with Ledger(":memory:", program=data.draw(programs(shape, EARLIEST)), clock=clock) as ledger:
        life = RichLife(ledger, clock, choose, shape)
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
        life = RichLife(ledger, clock, choose, shape)
        life.begin()
        for _ in range(before):
            life.step()
        clock.advance(days=2)
        ledger.publish(data.draw(programs(shape, ledger.today() + dt.timedelta(days=ahead))))
        for _ in range(after):
            life.step()
        assert_lived_the_same(ledger, accounts_of(ledger))


def accounts_of(ledger: Ledger) -> list[str]:
    return [name for name in ACCOUNTS if name == PURSE or not ledger.strangers([name])]
