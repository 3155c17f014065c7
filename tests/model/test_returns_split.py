"""Returns cost the same however they are split, under whatever rules (RULES 14)."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger import Ledger, ManualClock, Rejection
from schemas.commands import (
    AdjustPoints,
    EnrolMember,
    LineItem,
    RecordPurchase,
    RedeemPoints,
    ReturnedItem,
    ReturnPurchase,
)
from schemas.events import PurchaseRecorded, RedemptionReversed, ReturnRecorded
from tests.model.telling import Teller
from tests.strategies import EARLIEST, Settings, programs, section, shapes

NOW = dt.datetime(2026, 3, 4, 4, tzinfo=dt.UTC)
FEATURES = ("lines", "tenders", "exclusive", "conditions", "multiply", "campaign", "caps", "basis")
SHAPES = shapes((*FEATURES, "redemption", "returns"), most=8)

Part = dict[str, Any]
"""What one return names: items, an amount, or nothing for all that is left."""


START = 100
"""Points that the member has before the sale, some of which may go towards it."""


@dataclass(frozen=True)
class Sale:
    """A purchase under a program, by a member who redeems points towards it if they may."""

    program: str
    bought: RecordPurchase
    redeemed: int

    def returned_in(self, parts: list[Part], *, pass_over: bool = False) -> dict[str, int]:
        """The sums over several returns, the last one's `whole`, and the balance after them.

        Parts that are more than what is left are passed over where the caller does not mind.
        """
        with self._shop() as (ledger, earned):
            sums = {"earned": earned, "money": 0, "qualifying": 0, "due": 0, "tender": 0}
            for part in parts:
                receipt: Part = {
                    "purchase_id": self.bought.purchase_id,
                    "partner": self.bought.partner,
                }
                try:
                    outcome = ledger.execute(ReturnPurchase(member="ann", **receipt, **part))
                except Rejection as refused:
                    if pass_over and refused.code == "return_exceeds_purchase":
                        continue
                    raise
                for event in outcome.events:
                    if isinstance(event, ReturnRecorded):
                        sums["money"] += event.amount_minor
                        sums["qualifying"] += event.qualifying_minor
                        sums["due"] += event.points_due
                        sums["whole"] = event.whole
                    if isinstance(event, RedemptionReversed):
                        sums["tender"] += event.points_reversed
            balance = ledger.balance("ann")
            return sums | {"balance": balance.balance + balance.lapsed}

    @contextlib.contextmanager
    def _shop(self) -> Iterator[tuple[Ledger, int]]:
        """A ledger where the sale was made, and what it earned."""
        with Ledger(":memory:", program=self.program, clock=ManualClock(NOW)) as ledger:
            ledger.execute(EnrolMember(member="ann"))
            about: Part = {"operator": "wei", "reason": "start"}
            ledger.execute(AdjustPoints(member="ann", points=START, **about))
            with contextlib.suppress(Rejection):  # some programs want other steps
                towards = {"purchase_id": self.bought.purchase_id, "partner": self.bought.partner}
                spent: Part = {"points": self.redeemed, "bill_minor": 10**6} | towards
                ledger.execute(RedeemPoints(member="ann", **spent))
            (event, *_) = ledger.execute(self.bought).events
            assert isinstance(event, PurchaseRecorded)
            yield ledger, event.points_earned


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    shape = draw(SHAPES)
    bought = Teller(shape, lambda *_: 0, lambda: NOW).purchase(
        draw, "ann", {"request_id": "bought"}
    )
    assert isinstance(bought, RecordPurchase)
    redeemed = draw(st.sampled_from([10, 1, 77]))
    # One rule that mostly finds something to count, beside those that may not.
    rule: Settings = {"id": "always", "method": draw(st.sampled_from(["per_amount", "per_block"]))}
    rule |= {"points": draw(st.sampled_from([1, 3, 10])), "per": draw(st.sampled_from([1, 5]))}
    rule |= {"stackable": draw(st.booleans()), "priority": draw(st.sampled_from([0, 1, -1]))}
    program = draw(programs(shape, EARLIEST)) + section("\n[[earn]]", rule)
    return Sale(program, bought, redeemed)


@st.composite
def split(draw: st.DrawFn, total: int) -> list[int]:
    """Positive parts that add up to `total`."""
    cuts = draw(st.sets(st.integers(1, max(1, total - 1)), max_size=4)) - {total}
    edges = [0, *sorted(cuts), total]
    return [later - earlier for earlier, later in pairwise(edges)]


def amounts(parts: list[int]) -> list[Part]:
    return [{"amount_minor": part} for part in parts]


@st.composite
def some_part(draw: st.DrawFn, sale: Sale) -> Part:
    """A return of some money or of some of a line; it may be too much."""
    if not sale.bought.lines or draw(st.booleans()):
        return {"amount_minor": draw(st.integers(1, max(1, sale.bought.amount_minor)))}
    number = draw(st.integers(1, len(sale.bought.lines)))
    line = sale.bought.lines[number - 1]
    units = {"quantity": draw(st.integers(1, line.quantity))}
    money = {"amount_minor": draw(st.integers(1, max(1, line.amount_minor)))}
    return {"items": (ReturnedItem(line=number, **draw(st.sampled_from([units, money, {}]))),)}


@given(sales().filter(lambda sale: sale.bought.amount_minor > 0), st.data())
def test_an_amount_costs_the_same_in_one_return_and_in_many(
    sale: Sale, data: st.DataObject
) -> None:
    back = data.draw(st.integers(1, sale.bought.amount_minor))
    parts: list[Part] = [{"amount_minor": part} for part in data.draw(split(back))]
    assert sale.returned_in(parts) == sale.returned_in([{"amount_minor": back}])


@given(sales().filter(lambda sale: sale.bought.amount_minor > 0), st.data())
def test_units_cost_the_same_in_one_return_and_one_by_one(sale: Sale, data: st.DataObject) -> None:
    lines = sale.bought.lines or (LineItem(amount_minor=sale.bought.amount_minor),)
    paid = [(number, line) for number, line in enumerate(lines, start=1) if line.amount_minor]
    units = data.draw(st.permutations([n for n, line in paid for _ in range(line.quantity)]))
    back = units[: data.draw(st.integers(1, len(units)))]
    one_by_one: list[Part] = [{"items": (ReturnedItem(line=n, quantity=1),)} for n in back]
    items = tuple(ReturnedItem(line=n, quantity=back.count(n)) for n in sorted(set(back)))
    assert sale.returned_in(one_by_one) == sale.returned_in([{"items": items}])


@given(sales(), st.data())
def test_all_returned_is_all_taken_back_whatever_came_back_before(
    sale: Sale, data: st.DataObject
) -> None:
    parts = data.draw(st.lists(some_part(sale), max_size=3))
    sums = sale.returned_in([*parts, {}], pass_over=True)
    assert sums["whole"]
    assert sums["due"] == sums["earned"]
    assert sums["money"] == sale.bought.amount_minor
    assert sums["balance"] == START
