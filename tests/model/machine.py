"""The machine that tests/model/test_state_machine.py runs: the shop, its clock, how both are told.

What happens in the shop are rules of the classes that are made from `Machine`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger import Ledger, ManualClock
from schemas.commands import Command, EnrolMember
from tests.model.memory import Draw
from tests.model.naive_lots import spendable
from tests.model.naive_rules import ONE_DAY, start_of
from tests.model.pair import Pair
from tests.model.telling import Teller
from tests.strategies import EARLIEST, Shape, programs, shapes

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
FEW_DAYS = [dt.timedelta(days=n) for n in (0, 0, 1, 10)]


class Machine(RuleBasedStateMachine):
    """One shop in memory, three members, a purse, and whatever comes to its tills."""

    host_zone: dt.tzinfo = dt.timezone(dt.timedelta(hours=9))

    @initialize(data=st.data(), start=STARTS, shape=shapes(), days=st.integers(0, 366))
    def open(self, data: st.DataObject, start: dt.datetime, shape: Shape, days: int) -> None:
        self.shape = shape
        self.clock = ManualClock(start)
        self.ids = 0
        self.pair = self.open_shop(data.draw(programs(shape, EARLIEST)))
        self.teller = Teller(
            shape, lambda name, day: spendable(self.pair.model, name, day), self.clock
        )
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

    def send(self, command: Command) -> bool:
        """Send a command to both; whether it was accepted."""
        accepted = self.pair.send(command)
        if accepted:
            self.teller.remember(command)
        return accepted

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
        self.send(think(data.draw, account, said))

    # -- time --------------------------------------------------------------------------------

    @rule(
        minutes=st.sampled_from([0, 1, 30, 480, 1440, 1440 * 27, 1440 * 31, 1440 * 90, 1440 * 300])
    )
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule(data=st.data(), minutes=st.sampled_from([0, 0, 1, -1, 1440 * 3]))
    def something_lapses(self, data: st.DataObject, minutes: int) -> None:
        """Time goes on to where points lapse or a hold does, and a little further or less."""
        account = self.teller.account(data.draw)
        self.go_to_what_lapses(data.draw, account, dt.timedelta(minutes=minutes))

    def go_to_what_lapses(self, draw: Draw, account: str, further: dt.timedelta) -> None:
        """Time goes on to where the next of an account lapses, or the last, and further."""
        model, zone = self.pair.model, self.teller.zone
        moments = [hold["lapses_at"] for hold in model.holds(account) if not hold["ended"]]
        for lot in model.lots(account):
            if lot["expires_on"] and lot["available"] + lot["held"]:
                moments.append(start_of(lot["expires_on"] + ONE_DAY, zone))
        ahead = [moment - self.clock() for moment in sorted(moments) if moment > self.clock()]
        if ahead:
            wait = max(ahead[draw(st.sampled_from([0, 0, -1]))] + further, dt.timedelta(0))
            self.clock.advance(minutes=wait / dt.timedelta(minutes=1))

    def ago_when_good(self, draw: Draw, account: str) -> dt.timedelta | None:
        """How long ago points were still good that have expired; None where none have."""
        expired = [expiry for lot in self.pair.model.lots(account) for expiry in lot["expired"]]
        if not expired:
            return None
        day = draw(st.sampled_from(expired))["lapsed_on"] - draw(st.sampled_from(FEW_DAYS))
        return start_of(day, self.teller.zone) - self.clock()

    # -- invariants --------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        self.pair.check_touched()
