"""The real ledger held against the naive model, step by step, over whatever Hypothesis thinks of.

Every command goes to both. They must accept the same, with the same facts, or refuse with the same
code; after each step everything that can be read must be the same, and the log must be sound.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger import Ledger, ManualClock
from schemas.commands import (
    AwardPoints,
    Command,
    EnrolMember,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
)
from tests.model.pair import Pair
from tests.strategies import EARLIEST, Shape, days_around_the_story, programs, shapes

MEMBERS = st.sampled_from(["ann", "ann", "ann", "bo"])
STARTS = st.sampled_from(
    [
        dt.datetime(2024, 2, 28, 15, 59, tzinfo=dt.UTC),
        dt.datetime(2025, 12, 31, 4, 59, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 1, 30, 16, tzinfo=dt.UTC),
    ]
)
SOURCES = st.sampled_from(["till", "web"])
RECENTLY = st.sampled_from([dt.timedelta(days=-n) for n in (0, 1, 2, 20, 28, 29, 30, 31, 45)])
EDGES = st.sampled_from(
    [dt.timedelta(minutes=m) for m in (1, 5, 6, 1440, 1441)] + [dt.timedelta(days=-1200)]
)
AGO = st.one_of(
    st.none(),
    st.none(),
    RECENTLY,
    st.timedeltas(dt.timedelta(days=-3), dt.timedelta(0)),
    st.integers(-800, 0).map(lambda days: dt.timedelta(days=days)),
    EDGES,
)
"""Business time as seen from the clock: left out, late, slightly ahead, before any program."""

AMOUNTS = st.integers(0, 6000)


class LedgerAgainstModel(RuleBasedStateMachine):
    """One shop in memory, two members, and whatever comes to its tills."""

    other = AwardPoints(member="ann", points=7, reason="other")
    host_zone: dt.tzinfo = dt.timezone(dt.timedelta(hours=9))

    @initialize(data=st.data(), start=STARTS, shape=shapes(), days=st.integers(0, 366))
    def open(self, data: st.DataObject, start: dt.datetime, shape: Shape, days: int) -> None:
        self.shape = shape
        self.clock = ManualClock(start)
        self.ids = 0
        self.pair = self.open_shop(data.draw(programs(shape, EARLIEST)))
        self.pair.send(EnrolMember(member="ann", **self.said("till", -dt.timedelta(days=days))))

    def open_shop(self, program: str) -> Pair:
        return Pair(Ledger(":memory:", program=program, clock=self.clock), program, self.clock)

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            self.pair.ledger.close()

    def said(self, source: str, back: dt.timedelta | None) -> dict[str, Any]:
        """What every command says, under a new request id."""
        self.ids += 1
        at = None if back is None else (self.clock() + back).astimezone(self.host_zone)
        return {"source": source, "request_id": f"r-{self.ids}", "occurred_at": at}

    # -- rules -------------------------------------------------------------------------------

    @rule(
        minutes=st.sampled_from([0, 1, 30, 480, 1440, 1440 * 27, 1440 * 31, 1440 * 90, 1440 * 300])
    )
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @precondition(lambda self: "bo" not in self.pair.model.members())
    @rule(member=st.sampled_from(["bo", "ann"]), source=SOURCES, back=AGO)
    def enrol(self, member: str, source: str, back: dt.timedelta | None) -> None:
        self.pair.send(EnrolMember(member=member, **self.said(source, back)))

    @rule(
        member=MEMBERS,
        source=SOURCES,
        back=AGO,
        amount=AMOUNTS,
        share=st.sampled_from([None, None, 0, 1, 50, 100]),
        receipt=st.none() | st.none() | st.integers(0, 3),
        partner=st.sampled_from(["", "", "cafe"]),
    )
    def purchase(
        self,
        member: str,
        source: str,
        back: dt.timedelta | None,
        amount: int,
        share: int | None,
        receipt: int | None,
        partner: str,
    ) -> None:
        said = self.said(source, back)
        purchase_id = said["request_id"] if receipt is None else f"p-{receipt}"
        qualifying = None if share is None else amount * share // 100
        self.pair.send(
            RecordPurchase(
                member=member,
                amount_minor=amount,
                qualifying_minor=qualifying,
                purchase_id=purchase_id,
                partner=partner,
                **said,
            )
        )

    @rule(
        slips=st.lists(st.tuples(RECENTLY, AMOUNTS), min_size=2, max_size=4),
        more=st.sets(st.sampled_from(["enrolment", "twice", "conflict", "spend"])),
    )
    def slips_turn_up(self, slips: list[tuple[dt.timedelta, int]], more: set[str]) -> None:
        """Ann's receipts that lay in a drawer, recorded in no order and in one commit."""
        together: list[Command] = []
        if "enrolment" in more:
            together.append(EnrolMember(member="bo", **self.said("office", None)))
        for back, amount in slips:
            said = self.said("office", back)
            receipt = said["request_id"]
            together.append(
                RecordPurchase(member="ann", amount_minor=amount, purchase_id=receipt, **said)
            )
        if "twice" in more:
            together.append(together[-1])
        if "conflict" in more:
            together.append(msgspec.structs.replace(together[-1], member="bo"))
        if "spend" in more:
            together.append(RedeemPoints(member="ann", points=20, **self.said("office", None)))
            together.append(RedeemPoints(member="ann", points=20, **self.said("office", None)))
        self.pair.send_together(together)

    @rule(
        member=MEMBERS,
        source=SOURCES,
        back=AGO,
        points=st.integers(1, 300),
        last_day=st.none() | st.integers(-5, 500),
    )
    def award(
        self,
        member: str,
        source: str,
        back: dt.timedelta | None,
        points: int,
        last_day: int | None,
    ) -> None:
        said = self.said(source, back)
        expires_on = None
        if last_day is not None:
            expires_on = self.pair.ledger.today() + dt.timedelta(days=last_day)
        self.pair.send(
            AwardPoints(member=member, points=points, reason="gift", expires_on=expires_on, **said)
        )

    @rule(
        member=MEMBERS,
        source=SOURCES,
        back=st.none() | st.none() | AGO,
        percent=st.sampled_from([1, 30, 30, 60, 100, 100]),
        over=st.sampled_from([0, 0, 0, 1]),
    )
    def redeem(
        self, member: str, source: str, back: dt.timedelta | None, percent: int, over: int
    ) -> None:
        said = self.said(source, back)
        available = 0
        if member in self.pair.model.members():
            day = (said["occurred_at"] or self.clock()).astimezone(ZoneInfo(self.shape.zone)).date()
            available = self.pair.model.balance(member, day)["available"]
        points = max(1, available * percent // 100 + over)
        self.pair.send(RedeemPoints(member=member, points=points, **said))

    @rule(
        data=st.data(),
        day=days_around_the_story() | st.just(EARLIEST),
        change=st.sampled_from(
            [{}, {}, {}, {"id": "kiosk"}, {"currency": "USD"}, {"points_decimals": 4}]
        ),
    )
    def publish(self, data: st.DataObject, day: dt.date, change: dict[str, Any]) -> None:
        """Another version; with a `change`, another program, which is refused."""
        content = data.draw(programs(dataclasses.replace(self.shape, **change), day))
        self.pair.send(PublishProgram(content=content, **self.said("office", None)))

    @precondition(lambda self: self.pair.sent)
    @rule(data=st.data(), change=st.sampled_from(["nothing", "operator", "zone", "word", "all"]))
    def use_a_request_id_again(self, data: st.DataObject, change: str) -> None:
        """A retry, also by someone else or with its time in another zone; or another request."""
        used = data.draw(st.sampled_from(list(self.pair.sent.values())))
        if change == "operator":
            used = msgspec.structs.replace(used, operator="wei")
        if change == "zone" and used.occurred_at:
            there = used.occurred_at.astimezone(ZoneInfo("America/New_York"))
            used = msgspec.structs.replace(used, occurred_at=there)
        if change == "word":
            words = {"store": "north", "points": 8, "occurred_at": self.clock(), "content": "x"}
            name = data.draw(st.sampled_from(sorted(words.keys() & set(used.__struct_fields__))))
            used = msgspec.structs.replace(used, **{name: words[name]})
        if change == "all":
            key = {"source": used.source, "request_id": used.request_id}
            used = msgspec.structs.replace(self.other, **key)
        self.pair.send(used)

    # -- invariants --------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        self.pair.check_log()
        for member in ("ann", "bo"):
            self.pair.check_member(member)


class ReopenedLedgerAgainstModel(LedgerAgainstModel):
    """The same with a store in a file, closed and opened again in between."""

    def open_shop(self, program: str) -> Pair:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "shop.jifen"
        return Pair(Ledger.create(self.path, program, clock=self.clock), program, self.clock)

    @rule()
    def close_and_open_again(self) -> None:
        before = [self.pair.readings(member) for member in self.pair.model.members()]
        self.pair.ledger.close()
        self.pair.ledger = Ledger.open(self.path, clock=self.clock)
        assert [self.pair.readings(member) for member in self.pair.model.members()] == before

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestLedgerAgainstModel = LedgerAgainstModel.TestCase
TestReopenedLedgerAgainstModel = ReopenedLedgerAgainstModel.TestCase
TestReopenedLedgerAgainstModel.settings = settings(
    max_examples=max(4, settings().max_examples // 20)
)
