"""A course of events: what accounts that touch each other become, as recorded or under other rules.

Shapes:
    Side     an account and what flowed through it
    Course   the sides by account, with their stories
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final

from ledger.account import Account
from ledger.alliance import NO_ALLIANCE, Alliance
from ledger.case import Stamp
from ledger.errors import Rejection
from ledger.evolve import evolve
from ledger.judging import Stories, case_of, judge
from ledger.lapses import lapsed_points
from ledger.partners import AtPartner
from ledger.rules import Rulebook, Rules
from ledger.standing import card_on
from ledger.story import Story
from ledger.whatif.closing import Closing
from ledger.whatif.figures import FLOWS, Figures, Rounding, VoucherFigures
from schemas.commands import MemberCommand
from schemas.events import (
    MEMBER_EVENTS,
    Event,
    PointsEvent,
    PurchaseRecorded,
    VoucherGivenBack,
    VoucherIssued,
    VoucherUsed,
    is_purse,
)

_HEADLINES: Final[dict[type[Event], tuple[int, int, Any]]] = {
    kind: (FLOWS.index(kind.contra), kind.sign, attrgetter(kind.headline))
    for kind in MEMBER_EVENTS
    if issubclass(kind, PointsEvent) and kind.contra
}
_EARNED: Final = FLOWS.index("earned")
_EXPIRED: Final = FLOWS.index("expired")
_USES: Final[dict[type[Event], int]] = {VoucherUsed: 1, VoucherGivenBack: -1}
Recorded = tuple[str, int, Event]
"""An account, when it was recorded (microseconds since the epoch), and the event."""
Place = tuple[str, str, int]
"""A lot by the request that opened it (source, request id), and which of its lots it is."""


class Side:
    """An account and its events, from which it is folded when it is asked for."""

    __slots__ = ("_account", "_folded", "events")

    def __init__(self, name: str) -> None:
        self.events: list[Event] = []
        self._account = Account(name)
        self._folded = 0

    @property
    def account(self) -> Account:
        """The account after all its events."""
        new = len(self.events) - self._folded
        if new:
            self._account = evolve(self._account, *self.events[-new:])
            self._folded += new
        return self._account

    def flows(self, rounding: Rounding) -> list[int]:
        """The points units that each contra account gave, or took, in the order of FLOWS.

        How purchases were rounded is counted on the way.
        """
        flows = [0] * len(FLOWS)
        purchases: list[PurchaseRecorded] = []
        for event in self.events:
            if type(event) is PurchaseRecorded:
                purchases.append(event)
            elif (headline := _HEADLINES.get(type(event))) is not None:
                flow, sign, points = headline
                flows[flow] += sign * points(event)
        flows[_EARNED] += sum([event.points_earned for event in purchases])
        rounding.tell(purchases)
        return flows

    def vouchers(self, as_of: dt.date) -> VoucherFigures:
        """What became of its vouchers by the end of a day."""
        good = [
            voucher.worth_minor
            for voucher in self.account.vouchers
            if voucher.expires_on is None or voucher.expires_on > as_of
        ]
        issued = [event.worth_minor for event in self.events if isinstance(event, VoucherIssued)]
        uses = sum(_USES.get(type(event), 0) for event in self.events)
        return VoucherFigures(len(issued), sum(issued), uses, len(good), sum(good))

    def copy(self) -> Side:
        """The same up to here."""
        twin = Side(self._account.member)
        twin.events = self.events[:]
        return twin


class Course:
    """The accounts of a course of events, by name, and the stories that were asked for."""

    def __init__(self) -> None:
        self.sides: dict[str, Side] = {}
        self._stories = Stories()

    def account(self, name: str) -> Account:
        """An account as it is; one of version 0 where there is none."""
        side = self.sides.get(name)
        return Account(name) if side is None else side.account

    def story(self, name: str) -> Story:
        """An account's story up to here."""
        return self._stories.of(name, self._events_of)

    def _events_of(self, name: str) -> Iterable[Event]:
        side = self.sides.get(name)
        return () if side is None else side.events

    def tell(self, decided: Sequence[tuple[str, Event]]) -> None:
        """More events, each with its account."""
        sides = self.sides
        for name, event in decided:
            side = sides.get(name)
            if side is None:
                side = sides[name] = Side(name)
            side.events.append(event)
        if self._stories:
            for name, event in decided:
                self._stories.tell(name, event)

    def judge(
        self,
        command: MemberCommand,
        rules: Rules,
        stamp: Stamp,
        rulebook: Rulebook,
        alliance: Alliance = NO_ALLIANCE,
        at: AtPartner | None = None,
    ) -> list[tuple[str, Event]]:
        """What a command comes to. Raises the rejection that stands against it."""
        accounts, stories = self.account, self.story
        case = case_of(command, rules, stamp, rulebook, accounts, stories, None, alliance, at)
        return judge(case, command)

    def parted(self) -> Course:
        """Another course that is the same up to here."""
        twin = Course()
        twin.sides = {name: side.copy() for name, side in self.sides.items()}
        return twin

    def settle(self, closing: Closing) -> None:
        """What the runs of a day give, where they have not come yet."""
        if not closing.runs:
            return
        for name in [name for name in self.sides if not is_purse(name)]:
            for run in closing.runs:
                command = run(member=name)
                stamp = closing.stamp(command)
                with suppress(Rejection):
                    self.tell(self.judge(command, closing.rules, stamp, closing.rulebook))

    def figures(self, name: str, closing: Closing, rounding: Rounding) -> Figures:
        """What became of an account by the end of a day, as if the day's runs were over."""
        side = self.sides.get(name) or Side(name)
        account, flows = side.account, side.flows(rounding)
        lapsed = lapsed_points(account, closing.rules, closing.as_of)
        flows[_EXPIRED] -= lapsed
        points = sum([lot.available + lot.held for lot in account.lots]) - lapsed
        tier = self.tier(name, closing)
        if not closing.rulebook.has_vouchers:
            return Figures(tier, tuple(flows), points, account.debt)
        vouchers = side.vouchers(closing.as_of)
        return Figures(tier, tuple(flows), points, account.debt, vouchers)

    def tier(self, name: str, closing: Closing) -> str:
        """The tier of an account after the reviews of a day."""
        card = card_on(self.account(name), closing.rulebook, closing.day_after)
        return card.tier if card else ""

    def lots_opened(self, name: str) -> dict[int, Place]:
        """Lot -> where it came from: its number may be another in another course."""
        places: dict[int, Place] = {}
        opened: dict[tuple[str, str], int] = {}
        for event in self._events_of(name):
            if isinstance(event, PointsEvent):
                for lot in event.lots:
                    request = (event.source, event.request_id)
                    opened[request] = opened.get(request, 0) + 1
                    places[lot.lot] = (*request, opened[request])
        return places
