"""The real ledger held against the naive model, step by step, over whatever Hypothesis thinks of.

Every command goes to both. They must accept the same, with the same facts, or refuse with the same
code; after each step everything that can be read of the accounts that it touched must be the same,
and at the end the log must be sound.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from ledger import Ledger, ManualClock
from schemas.commands import (
    AwardPoints,
    CloseMember,
    Command,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    FreezeMember,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    ReturnPurchase,
    UnfreezeMember,
    UnmergeMembers,
)
from tests.model.machine_cards import CardRules
from tests.model.naive_lots import spendable
from tests.model.naive_rules import ONE_DAY, start_of
from tests.model.pair import Pair
from tests.model.telling import AMOUNTS, PURSE, SELDOM, SOURCES, Teller
from tests.strategies import EARLIEST, Shape, days_around_the_story, programs, shapes

STARTS = st.sampled_from(
    [
        dt.datetime(2024, 2, 28, 15, 59, tzinfo=dt.UTC),
        dt.datetime(2025, 12, 31, 4, 59, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 1, 30, 16, tzinfo=dt.UTC),
    ]
)
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
NOW_MOSTLY = st.none() | st.none() | st.none() | AGO
OTHERS = st.sampled_from(["bo", "cy", "ann", "bo"])


class LedgerAgainstModel(CardRules):
    """One shop in memory, three members, a purse, and whatever comes to its tills."""

    other = AwardPoints(member="ann", points=7, reason="other")
    host_zone: dt.tzinfo = dt.timezone(dt.timedelta(hours=9))

    @initialize(data=st.data(), start=STARTS, shape=shapes(), days=st.integers(0, 366))
    def open(self, data: st.DataObject, start: dt.datetime, shape: Shape, days: int) -> None:
        self.shape = shape
        self.clock = ManualClock(start)
        self.ids = 0
        self.pair = self.open_shop(data.draw(programs(shape, EARLIEST)))
        self.teller = Teller(shape, lambda name, day: spendable(self.pair.model, name, day))
        for name in data.draw(st.sampled_from([["ann", "bo"], ["ann", "bo", "cy"], ["ann"]])):
            self.send(EnrolMember(member=name, **self.said("till", -dt.timedelta(days=days))))

    def open_shop(self, program: str) -> Pair:
        return Pair(Ledger(":memory:", program=program, clock=self.clock), program, self.clock)

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            try:
                self.pair.check_log()
                self.pair.check_transfers()
            finally:
                self.pair.ledger.close()

    def said(self, source: str, back: dt.timedelta | None) -> dict[str, Any]:
        """What every command says, under a new request id."""
        self.ids += 1
        at = None if back is None else (self.clock() + back).astimezone(self.host_zone)
        return {"source": source, "request_id": f"r-{self.ids}", "occurred_at": at}

    def send(self, command: Command) -> None:
        if self.pair.send(command):
            self.teller.told.append(command)

    def tell(
        self,
        data: st.DataObject,
        source: str,
        back: dt.timedelta | None,
        think: Callable[..., Command],
        *,
        member: bool = False,
    ) -> None:
        """Send a command that the teller thinks of, about an account or a member."""
        choose = self.teller.member if member else self.teller.account
        account, said = choose(data.draw), self.said(source, back)
        self.send(think(data.draw, account, said, self.clock()))

    # -- time, enrolment, earning ------------------------------------------------------------

    @rule(
        minutes=st.sampled_from([0, 1, 30, 480, 1440, 1440 * 27, 1440 * 31, 1440 * 90, 1440 * 300])
    )
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule(data=st.data(), minutes=st.sampled_from([0, 0, 1, -1, 1440 * 3]))
    def something_lapses(self, data: st.DataObject, minutes: int) -> None:
        """Time goes on to where points lapse or a hold does, and a little further or less."""
        model, account = self.pair.model, self.teller.account(data.draw)
        zone = {"zone": self.shape.zone}
        moments = [hold["lapses_at"] for hold in model.holds(account) if not hold["ended"]]
        for lot in model.lots(account):
            if lot["expires_on"] and lot["available"] + lot["held"]:
                moments.append(start_of(lot["expires_on"] + ONE_DAY, zone))
        ahead = [moment - self.clock() for moment in sorted(moments) if moment > self.clock()]
        if ahead:
            further = max(ahead[0] + dt.timedelta(minutes=minutes), dt.timedelta(0))
            self.clock.advance(minutes=further / dt.timedelta(minutes=1))

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
        member = self.teller.member(data.draw)
        self.send(self.teller.purchase(data.draw, member, self.said(source, back)))

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
        self.teller.told += [c for c, ok in zip(together, accepted, strict=True) if ok]

    @rule(data=st.data(), source=SOURCES, back=AGO)
    def award(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        member, today = self.teller.member(data.draw), self.pair.ledger.today()
        self.send(self.teller.award(data.draw, member, self.said(source, back), today))

    @precondition(lambda self: "bonus" in self.shape.features)
    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def bonus(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        member = self.teller.member(data.draw)
        self.send(self.teller.bonus(data.draw, member, self.said(source, back)))

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

    @precondition(lambda self: "reward" in self.shape.features)
    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def redeem_a_reward(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        account = self.teller.account(data.draw)
        self.send(self.teller.reward(data.draw, account, self.said(source, back)))

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

    # -- accounts ----------------------------------------------------------------------------

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def freeze_or_thaw(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        """Thaw who is frozen, mostly; else freeze someone."""
        frozen = [name for name in self.pair.model.members() if self.pair.model.is_frozen(name)]
        member = frozen[0] if frozen else self.teller.member(data.draw)
        kind = UnfreezeMember if bool(frozen) != data.draw(SELDOM) else FreezeMember
        self.send(kind(member=member, reason="asked", **self.said(source, back)))

    @rule(
        member=st.sampled_from(["cy", "bo", "ann"]),
        source=SOURCES,
        back=NOW_MOSTLY,
        forfeit=st.booleans(),
    )
    def close(self, member: str, source: str, back: dt.timedelta | None, forfeit: bool) -> None:
        if len(self.pair.model.log) < 20:
            return  # Nothing more happens to a closed account: let something happen first.
        said = self.said(source, back)
        self.send(CloseMember(member=member, reason="moves", forfeit=forfeit, **said))

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def gift(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.gift, member=True)

    @rule(data=st.data(), other=OTHERS, source=SOURCES, back=NOW_MOSTLY, undo=SELDOM)
    def merge(
        self,
        data: st.DataObject,
        other: str,
        source: str,
        back: dt.timedelta | None,
        undo: bool,
    ) -> None:
        """Or undo a merge, where there was one."""
        member, into = self.teller.member(data.draw), self.pair.model.merged_into(other)
        if undo or into:
            member = into or member
            self.send(UnmergeMembers(member=member, other=other, **self.said(source, back)))
        else:
            self.send(MergeMembers(member=member, other=other, **self.said(source, back)))

    @rule(
        data=st.data(),
        source=SOURCES,
        back=NOW_MOSTLY,
        step=st.sampled_from(["pay", "pay", "pay", "leave"]),
    )
    def purse(self, data: st.DataObject, source: str, back: dt.timedelta | None, step: str) -> None:
        """Open it, join it, pay in, withdraw, leave: mostly what comes next."""
        member, said = self.teller.member(data.draw), self.said(source, back)
        if data.draw(SELDOM):
            step = data.draw(st.sampled_from(["open", "join", "pay", "leave"]))
        elif PURSE not in self.pair.model.accounts():
            step = "open"
        elif member not in self.pair.model.users(PURSE) and step == "pay":
            step = data.draw(st.sampled_from(["join", "join", "join", "pay"]))
        if step == "pay":
            self.send(self.teller.payment(data.draw, member, said, self.clock()))
            return
        kind = {"open": OpenPurse, "join": JoinPurse, "leave": LeavePurse}[step]
        self.send(kind(member=member, purse="home", **said))

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

    # -- invariants --------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        self.pair.check_touched()


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
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestLedgerAgainstModel = LedgerAgainstModel.TestCase
TestReopenedLedgerAgainstModel = ReopenedLedgerAgainstModel.TestCase
TestReopenedLedgerAgainstModel.settings = settings(
    max_examples=max(4, settings().max_examples // 20)
)
