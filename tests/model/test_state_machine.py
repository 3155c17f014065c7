"""The real ledger held against the naive model, step by step, over whatever Hypothesis thinks of.

Every command goes to both. They must accept the same, with the same facts, or refuse with the same
code; after each step everything that can be read of the accounts that it touched must be the same,
and at the end the log must be sound.
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
from hypothesis.stateful import precondition, rule

from ledger import Ledger
from schemas.commands import (
    AwardPoints,
    Command,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    ReturnPurchase,
)
from tests.model.machine import AGO, NOW_MOSTLY, RECENTLY
from tests.model.machine_accounts import Accounts
from tests.model.machine_cards import CardRules
from tests.model.memory import PURSE
from tests.model.pair import Pair
from tests.model.telling import AMOUNTS, SOURCES
from tests.strategies import EARLIEST, days_around_the_story, programs


class LedgerAgainstModel(CardRules, Accounts):
    """One shop in memory, three members, a purse, and whatever comes to its tills."""

    other = AwardPoints(member="ann", points=7, reason="other")

    # -- enrolment, earning ------------------------------------------------------------------

    @precondition(lambda self: len(self.pair.model.members()) < 3)
    @rule(
        member=st.sampled_from(["bo", "bo", "cy", "cy", "ann", PURSE]),
        source=SOURCES,
        back=AGO,
        referred_by=st.sampled_from(["", "ann", "ann", "bo", "nobody"]),
    )
    def enrol(self, member: str, source: str, back: dt.timedelta | None, referred_by: str) -> None:
        said = self.said(source, back)
        self.send(EnrolMember(member=member, referred_by=referred_by, **said))

    @rule(data=st.data(), source=SOURCES, back=AGO)
    def purchase(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.purchase, member=True)

    @rule(
        slips=st.lists(st.tuples(RECENTLY, AMOUNTS), min_size=2, max_size=4),
        more=st.sets(st.sampled_from(["enrolment", "twice", "conflict", "spend", "return"])),
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
        if "return" in more:
            said = self.said("office", None)
            together.append(ReturnPurchase(member="ann", purchase_id=receipt, **said))
        accepted = self.pair.send_together(together)
        for command, ok in zip(together, accepted, strict=True):
            if ok:
                self.teller.remember(command)

    @rule(data=st.data(), source=SOURCES, back=AGO)
    def award(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.award, member=True)

    @precondition(lambda self: "bonus" in self.shape.features)
    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def bonus(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.bonus, member=True)

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def adjust(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.adjustment)

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def undo(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.undoing)

    # -- spending ----------------------------------------------------------------------------

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def redeem(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.redemption)

    @rule(
        data=st.data(),
        source=SOURCES,
        kind=st.sampled_from(["redemption", "hold", "adjustment", "gift", "withdrawal"]),
    )
    def something_of_a_good_day_turns_up(self, data: st.DataObject, source: str, kind: str) -> None:
        """It is about points that were good on its day and have expired since."""
        choose = self.teller.member if kind in ("gift", "withdrawal") else self.teller.account
        account = choose(data.draw)
        owner = PURSE if kind == "withdrawal" else account
        said = self.said(source, self.ago_when_good(data.draw, owner))
        self.send(getattr(self.teller, kind)(data.draw, account, said))

    @precondition(lambda self: "reward" in self.shape.features)
    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def redeem_a_reward(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.reward)

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def hold(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.hold)

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def end_a_hold(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.end_of_hold)

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def reverse(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.reversal)

    # -- returns, lots -----------------------------------------------------------------------

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY, times=st.sampled_from([1, 1, 2, 3]))
    def goods_come_back(
        self, data: st.DataObject, source: str, back: dt.timedelta | None, times: int
    ) -> None:
        member = self.teller.member(data.draw)
        for _ in range(times):
            self.send(self.teller.giving_back(data.draw, member, self.said(source, back)))

    @rule(
        data=st.data(),
        source=SOURCES,
        back=NOW_MOSTLY,
        ago=st.sampled_from([1, 1, 2, 0, 5, 30, 60, 400]),
        times=st.sampled_from([1, 1, 1, 2]),
    )
    def expire(
        self, data: st.DataObject, source: str, back: dt.timedelta | None, ago: int, times: int
    ) -> None:
        account = self.teller.account(data.draw)
        as_of = self.pair.ledger.today() - dt.timedelta(days=ago)
        for _ in range(times):
            self.send(ExpirePoints(member=account, as_of=as_of, **self.said(source, back)))

    @rule(
        data=st.data(),
        source=SOURCES,
        back=NOW_MOSTLY,
        days=st.sampled_from([30, 1, 0, 90, 400]),
        lots=st.just(()) | st.lists(st.integers(1, 4), max_size=2),
    )
    def extend(
        self,
        data: st.DataObject,
        source: str,
        back: dt.timedelta | None,
        days: int,
        lots: list[int],
    ) -> None:
        account = self.teller.account(data.draw)
        until = self.pair.ledger.today() + dt.timedelta(days=days)
        about: dict[str, Any] = {
            "operator": "wei",
            "expires_on": until,
            "reason": "sorry",
            "lots": tuple(lots),
        }
        self.send(ExtendLots(member=account, **about, **self.said(source, back)))

    # -- the program, requests ---------------------------------------------------------------

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


class ReopenedLedgerAgainstModel(LedgerAgainstModel):
    """The same with a store in a file, closed and opened again in between."""

    def open_shop(self, program: str) -> Pair:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "shop.jifen"
        return Pair(Ledger.create(self.path, program, clock=self.clock), program, self.clock)

    @rule()
    def close_and_open_again(self) -> None:
        before = [self.pair.readings(account) for account in self.pair.model.accounts()]
        self.pair.ledger.close()
        self.pair.ledger = Ledger.open(self.path, clock=self.clock)
        assert [self.pair.readings(account) for account in self.pair.model.accounts()] == before

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            if hasattr(self, "folder"):
                self.folder.cleanup()


TestLedgerAgainstModel = LedgerAgainstModel.TestCase
TestReopenedLedgerAgainstModel = ReopenedLedgerAgainstModel.TestCase
TestReopenedLedgerAgainstModel.settings = settings(
    max_examples=max(4, settings().max_examples // 20)
)
