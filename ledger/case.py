"""What a decision is given, and the sheet that it writes its events on.

Shapes:
    Stamp   what every event of a command says: when, from where, by whom, under which program
    Case    the account, the rules, and what else the command is about
    Draft   an account as it changes while a decision adds events
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ledger.account import Account
from ledger.alliance import NO_ALLIANCE, Alliance
from ledger.errors import BeforeItsCause, TooManyPoints
from ledger.evolve import evolve
from ledger.identifiers import Known
from ledger.partners import AtPartner
from ledger.rules import Rulebook, Rules
from ledger.story import Expiries, Place, Story, note_expiry
from schemas.events import (
    Event,
    ExpiryUndone,
    LotOpened,
    LotsExtended,
    PointsEvent,
    PointsExpired,
)

E = TypeVar("E", bound=Event)
_MOST: Final = 2**62
"""The log is read with 64 bits."""


class Stamp(Struct, frozen=True, gc=False):
    """The fields that an event takes over from its command, the time and the ids settled.

    The names are those of `schemas.events.Event`.
    """

    occurred_at: dt.datetime
    occurred_on: dt.date
    source: str
    request_id: str
    operator: str
    program_version: int
    now: dt.datetime | None = None
    """When the command is judged by the clock; None is its own time."""


class Case(Struct, frozen=True, gc=False):
    """All that a decision looks at beside its command.

    `story` is there where the command's row in the table asks for it; `other` is the second
    account of a command about two, and `other_story` its story; `known` is there for a command
    about cards or phones, and for one that ends what leads to an account. `at` is the partner that
    a purchase, a redemption or a hold is at, once anyone has joined the alliance.
    """

    account: Account
    rules: Rules
    stamp: Stamp
    rulebook: Rulebook
    story: Story | None = None
    other: Account | None = None
    other_story: Story | None = None
    known: Known | None = None
    alliance: Alliance = NO_ALLIANCE
    at: AtPartner | None = None

    @property
    def day(self) -> dt.date:
        """The business day of the command."""
        return self.stamp.occurred_on

    def check_follows(self, cause: str, name: str, event: Event) -> None:
        """A command comes on the day of the event that it names, or later.

        `cause` says what kind of thing goes by the `name`. Raises BeforeItsCause.
        """
        self.check_not_before(cause, name, event.occurred_on)

    def check_not_before(self, cause: str, name: str, day: dt.date) -> None:
        """The same by the day of what the command names."""
        if self.day < day:
            raise BeforeItsCause(
                cause=cause, name=name, cause_on=day.isoformat(), day=self.day.isoformat()
            )

    def draft(self) -> Draft:
        """A sheet for the command's own account."""
        return Draft(self.account, self.rules, self.stamp, self.story)

    def other_draft(self) -> Draft:
        """A sheet for the second account."""
        assert self.other is not None
        return Draft(self.other, self.rules, self.stamp, self.other_story)

    def draft_of(self, account: Account) -> Draft:
        """A sheet for an account of which nothing of the past is asked."""
        return Draft(account, self.rules, self.stamp, None)


class Draft:
    """The events decided so far, and the account as it is after them.

    Events are folded when the account is asked for: those of a loop together, at its end.
    """

    def __init__(self, account: Account, rules: Rules, stamp: Stamp, story: Story | None) -> None:
        self._account = account
        self._unfolded: list[Event] = []
        self.rules = rules
        self.stamp = stamp
        self.story = story
        self.events: list[Event] = []
        self.expired: dict[int, Expiries] = dict(story.expired) if story else {}
        """Lot -> what has expired of it, as far as the story is known."""
        self._ends: dict[int, dt.date] = {}
        self._places: dict[Place, int] = {}
        self._opened: dict[int, LotOpened] = {}
        self._points: dict[int, int] | None = None

    @property
    def account(self) -> Account:
        """The account after the events so far."""
        if self._unfolded:
            self._account = evolve(self._account, *self._unfolded)
            self._unfolded = []
        return self._account

    @property
    def day(self) -> dt.date:
        """The business day of the command."""
        return self.stamp.occurred_on

    def add(
        self,
        kind: type[E],
        /,
        *,
        at: dt.datetime | None = None,
        version: int | None = None,
        **fields: Any,
    ) -> E:
        """Decide on one more event, at the command's time and by its version or others."""
        for value in fields.values():
            if type(value) is int and abs(value) > _MOST:
                raise TooManyPoints(points=value, most=_MOST)
        stamp = self.stamp
        at = at or stamp.occurred_at
        event = kind(
            occurred_at=at,
            occurred_on=stamp.occurred_on if at == stamp.occurred_at else self.rules.day(at),
            source=stamp.source,
            request_id=stamp.request_id,
            operator=stamp.operator,
            program_version=stamp.program_version if version is None else version,
            **fields,
        )
        self.take_over(event)
        return event

    def number_of(self, place: Place) -> int | None:
        """The number that a lot has in this account; None when it did not come along."""
        assert self.story is not None
        number = self.story.number_of(place)
        return self._places.get(self.story.last_place(place)) if number is None else number

    def days_of(self, number: int) -> LotOpened:
        """A lot's days as they are now, with no points, to open it again."""
        assert self.story is not None
        lot = self.story.lots.get(number) or self._opened[number]
        return replace(lot, points=0, expires_on=self._ends.get(number, lot.expires_on))

    def is_open(self, number: int) -> bool:
        """Whether there are points in a lot."""
        if self._points is None:
            self._points = {lot.number: lot.available + lot.held for lot in self.account.lots}
        return self._points.get(number, 0) != 0

    def take_over(self, event: Event) -> None:
        """An event that was made ready elsewhere."""
        self.events.append(event)
        self._unfolded.append(event)
        if self._points is not None and isinstance(event, PointsEvent):
            for movement in event.movements:
                points = self._points.get(movement.lot, 0)
                self._points[movement.lot] = points + movement.points
        if isinstance(event, LotsExtended):
            for extended in event.extended:
                self._ends[extended.lot] = extended.expires_on
        elif isinstance(event, PointsEvent) and self.story is not None:
            for lot in event.lots:
                place = self.story.last_place((lot.from_member, lot.from_lot))
                if self.story.stayed_behind(place):
                    self._places[place] = lot.lot
                    self._opened[lot.lot] = lot
                    self.expired[lot.lot] = self.story.expiries_of(place)
        if isinstance(event, PointsExpired | ExpiryUndone):
            note_expiry(self.expired, event)

    def decided(self) -> list[tuple[str, Event]]:
        """The events with the account that each belongs to."""
        return [(self.account.member, event) for event in self.events]
