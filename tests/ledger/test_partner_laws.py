"""Whatever happens at partners: sums are what the events' own figures come to, and caps hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import Ledger, ManualClock
from ledger.errors import Rejection
from schemas.events import (
    HoldReleased,
    PointsHeld,
    PointsRedeemed,
    PurchaseRecorded,
    RedemptionReversed,
    ReturnRecorded,
)
from tests.alliance import terms
from tests.scenario import LADDER, instant
from tests.whatif.support import assert_lived_the_same

START = instant("2026-01-20")
MEMBERS = ("ann", "bo")
CAPS = {"issue": {"per_month": 900, "per_purchase": 400}, "redeem": {"per_month": 500}}
PREPAID = {"tea": {"when_empty": "bill"}, "spa": {"when_empty": "refuse"}}

few = settings(max_examples=max(10, settings().max_examples // 2))


class Life:
    """Random commands at two partners over two months, late ones among them."""

    def __init__(self, ledger: Ledger, clock: ManualClock, choose: Random) -> None:
        self.ledger, self._clock, self._choose = ledger, clock, choose
        self._names: list[str] = []
        for partner, prepaid in PREPAID.items():
            ledger.join_partner(terms(partner, "2026-01-01", prepaid=prepaid, **CAPS))
        for member in MEMBERS:
            ledger.enrol(member, occurred_at=START - dt.timedelta(days=10))

    def step(self) -> None:
        choose = self._choose
        self._clock.advance(hours=choose.randrange(20))
        kinds = (self.buy, self.buy, self.bring_back, self.spend, self.hold, self.end, self.sell)
        try:
            choose.choice(kinds)(f"r-{len(self._names)}")
        except Rejection:
            return

    def where(self) -> dict[str, Any]:
        late = dt.timedelta(days=self._choose.choice((0, 0, 3)))
        self.partner = self._choose.choice((*PREPAID, ""))
        return {"partner": self.partner, "occurred_at": self._clock() - late}

    def buy(self, name: str) -> None:
        member, amount = self._choose.choice(MEMBERS), self._choose.randrange(60_000)
        self.ledger.purchase(member, amount, name, request_id=name, **self.where())
        self._names.append(f"{member} {name} {self.partner}")

    def bring_back(self, _: str) -> None:
        member, receipt, partner = self._choose.choice(self._names or ["x x "]).split(" ")
        amount = self._choose.choice((None, 1_000, 7_000))
        self.ledger.return_purchase(member, receipt, partner=partner, amount_minor=amount)

    def spend(self, name: str) -> None:
        member = self._choose.choice(MEMBERS)
        self.ledger.redeem(member, self._choose.randrange(1, 300), request_id=name, **self.where())
        self._names.append(f"{member} {name} {self.partner}")

    def hold(self, name: str) -> None:
        member = self._choose.choice(MEMBERS)
        points = self._choose.randrange(1, 300)
        self.ledger.hold(member, points, request_id=name, minutes=2_000, **self.where())
        self._names.append(f"{member} {name} {self.partner}")

    def end(self, _: str) -> None:
        """A hold that is captured, in part or whole, or released, or a redemption reversed."""
        member, name, _partner = self._choose.choice(self._names or ["x x "]).split(" ")
        points = self._choose.choice((None, 5, 40))
        act = self._choose.choice(("capture", "release", "reverse"))
        if act == "release":
            self.ledger.release(member, name)
        else:
            getattr(self.ledger, act)(member, name, points=points)

    def sell(self, _: str) -> None:
        self.ledger.buy_block(self._choose.choice(tuple(PREPAID)), 500, 475)


def told(ledger: Ledger) -> tuple[Counter[Any], Counter[Any]]:
    """(partner, kind, month) and (partner, block) -> points, from the events' own figures."""
    sums: Counter[Any] = Counter()
    drawn: Counter[Any] = Counter()
    for member in MEMBERS:
        held: dict[Any, PointsHeld] = {}
        spent: dict[Any, PointsRedeemed] = {}
        for event in (entry.event for entry in ledger.history(member)):
            partner, month = getattr(event, "partner", ""), str(event.occurred_on)[:7]
            for draw in getattr(event, "drawn", ()):
                drawn[partner, draw.block] += draw.points
            if isinstance(event, PurchaseRecorded):
                sums[partner, "issued", month] += event.points_earned
            elif isinstance(event, ReturnRecorded):
                sums[partner, "issued", str(event.purchased_on)[:7]] -= event.points_due
            elif isinstance(event, PointsHeld):
                held[event.source, event.request_id] = event
                sums[partner, "redeemed", month] += event.points_held
            elif isinstance(event, HoldReleased):
                hold = held[event.hold_source, event.hold]
                of = str(hold.occurred_on)[:7]
                sums[hold.partner, "redeemed", of] -= event.points_released
                if event.release == "lapsed":
                    del held[event.hold_source, event.hold]
            elif isinstance(event, PointsRedeemed):
                spent[event.source, event.request_id] = event
                sums[partner, "redeemed", month] += event.points_redeemed
                hold = held.get((event.hold_source, event.hold))
                if hold is not None:
                    sums[partner, "redeemed", str(hold.occurred_on)[:7]] -= event.points_redeemed
            elif isinstance(event, RedemptionReversed):
                back = spent[event.redemption_source, event.redemption]
                of = str(back.occurred_on)[:7]
                sums[back.partner, "redeemed", of] -= event.points_reversed
    return sums, drawn


@few
@given(choose=st.randoms(use_true_random=False), steps=st.integers(10, 120))
def test_sums_are_what_the_events_come_to_and_no_cap_or_block_is_overdrawn(
    choose: Random, steps: int
) -> None:
    clock = ManualClock(START)
    with Ledger(":memory:", program=LADDER, clock=clock) as ledger:
        life = Life(ledger, clock, choose)
        for _ in range(steps):
            life.step()
        sums, drawn = told(ledger)
        rows = ledger._recorder.counters.every()
        counted = {key: row.points for key, row in rows.items() if key[1] != "block"}
        due = {key: points for key, points in sums.items() if key[0]}
        assert {k: p for k, p in counted.items() if p} == {k: p for k, p in due.items() if p}
        for partner in ledger.partners():
            for block in partner.blocks:
                assert block.left == block.points - drawn[partner.id, block.number] >= 0
        for (_, kind, _), points in counted.items():
            assert points >= 0
            assert kind == "redeemed" or points <= 900  # A capture is taken in any month.
        assert ledger.verify(books=True).findings == ()
        assert_lived_the_same(ledger, MEMBERS)
