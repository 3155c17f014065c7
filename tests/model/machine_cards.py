"""What happens to cards in made-up stories: reviews, floors, purchases and returns at the edges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from ledger import ManualClock
from schemas.commands import Command, EndTierFloor, ReviewTier, SetTier
from tests.model.memory import SELDOM
from tests.model.naive_ladder import told
from tests.model.naive_rules import ONE_DAY, start_of
from tests.model.pair import Pair
from tests.model.telling import SOURCES, Teller
from tests.strategies import OFFER_DAYS, Shape

AGO = st.none() | st.none() | st.integers(-800, 0).map(lambda days: dt.timedelta(days=days))
MINUTES = st.sampled_from([0, 0, 1, -1, 720])
BESIDE = st.sampled_from([0, 0, 0, 1, -1, *OFFER_DAYS, *(days + 1 for days in OFFER_DAYS)])


class CardRules(RuleBasedStateMachine):
    """A shop whose members have cards; `pair` is what is told, `teller` who thinks of commands."""

    shape: Shape
    clock: ManualClock
    pair: Pair
    teller: Teller
    said: Callable[[str, dt.timedelta | None], dict[str, Any]]
    send: Callable[[Command], Any]

    # -- reviews, floors ---------------------------------------------------------------------

    @rule(
        data=st.data(),
        source=SOURCES,
        back=AGO,
        ago=st.sampled_from([1, 1, 1, 2, 0, 30, 400]),
        times=st.sampled_from([1, 1, 2]),
    )
    def review(
        self, data: st.DataObject, source: str, back: dt.timedelta | None, ago: int, times: int
    ) -> None:
        member = self.teller.member(data.draw)
        as_of = self.pair.ledger.today() - dt.timedelta(days=ago)
        for _ in range(times):
            self.send(ReviewTier(member=member, as_of=as_of, **self.said(source, back)))

    @precondition(lambda self: self.shape.rungs)
    @rule(
        data=st.data(),
        source=SOURCES,
        back=AGO,
        days=st.sampled_from([None, 30, 0, 5, 90, 400, -1]),
    )
    def set_a_card(
        self, data: st.DataObject, source: str, back: dt.timedelta | None, days: int | None
    ) -> None:
        """By hand, for so many days from the command's on."""
        member, said = self.teller.member(data.draw), self.said(source, back)
        tier = "none" if data.draw(SELDOM) else data.draw(st.sampled_from(self.shape.rungs))
        about: dict[str, Any] = {"operator": "wei", "reason": "a friend", "tier": tier}
        if days is not None:
            about["until"] = (self.clock() + (back or dt.timedelta())).date()
            about["until"] += dt.timedelta(days=days)
        self.send(SetTier(member=member, **about, **said))

    @rule(data=st.data(), source=SOURCES, back=AGO)
    def end_a_floor(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        """Where none was set, mostly nothing."""
        member = self.teller.member(data.draw)
        if self.teller.earlier(data.draw, member, SetTier) is not None or data.draw(SELDOM):
            about = {"operator": "wei", "reason": "no friend"}
            self.send(EndTierFloor(member=member, **about, **self.said(source, back)))

    # -- the edges of windows and of what a card is valid for --------------------------------

    @rule(data=st.data(), minutes=MINUTES)
    def a_card_comes_due(self, data: st.DataObject, minutes: int) -> None:
        """Time goes on to the first review of a card, and a little further or less."""
        member = self.teller.member(data.draw)
        if member not in self.pair.model.members():
            return
        card = self.pair.model.card(member, self.pair.ledger.today(), self.clock())
        if card["valid_until"] is not None:
            moment = start_of(card["valid_until"] + ONE_DAY, {"zone": self.shape.zone})
            self._go_on_to(moment + dt.timedelta(minutes=minutes))
        self.pair.touched.add(member)

    def _go_on_to(self, moment: dt.datetime) -> None:
        """The clock goes on to a moment if it is not there yet."""
        ahead = (moment - self.clock()) / dt.timedelta(minutes=1)
        if ahead > 0:
            self.clock.advance(minutes=ahead)

    @rule(
        data=st.data(),
        source=SOURCES,
        beside=BESIDE,
        minutes=MINUTES,
        what=st.sampled_from(["buy", "buy", "return"]),
        after=st.sampled_from([0, 0, 1440 * 2, 1440 * 40]),
    )
    def something_at_an_edge(
        self,
        data: st.DataObject,
        source: str,
        beside: int,
        minutes: int,
        what: str,
        after: int,
    ) -> None:
        """A purchase or a return beside such a day; it is told when it happens, or later."""
        member = self.teller.member(data.draw)
        days = [day for day in self._edges(member) if day > dt.date(2023, 1, 3)]
        if not days:
            return
        day = data.draw(st.sampled_from(days)) + dt.timedelta(days=beside)
        moment = start_of(day, {"zone": self.shape.zone}) + dt.timedelta(minutes=minutes)
        self._go_on_to(moment + dt.timedelta(minutes=after))
        said = self.said(source, moment - self.clock())
        think = self.teller.purchase if what == "buy" else self.teller.giving_back
        self.send(think(data.draw, member, said))

    def _edges(self, member: str) -> list[dt.date]:
        """The first days of windows and of reviews, and the days after windows; newest first."""
        days: set[dt.date] = set()
        for span in told(self.pair.model, member):
            if "window_from" in span.told:
                days |= {span.told["window_from"], span.told["window_until"]}
            if span.valid_until:
                days.add(span.valid_until + ONE_DAY)
        return sorted(days, reverse=True)
