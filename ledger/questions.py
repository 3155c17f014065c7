"""What can be asked of an open ledger about its members and its program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from ledger.account import Account
from ledger.balance import Balance, Cut, balance_on
from ledger.clock import Clock
from ledger.errors import (
    NotForPurses,
    UnknownEvent,
    UnknownMember,
    UnknownPurse,
    UnknownVersion,
)
from ledger.evolve import fold
from ledger.finding import By, CardLine, Finder, Found, Meaning, card_lines, meanings, resolve
from ledger.readings import (
    LotLine,
    RecordedEvent,
    StatementLine,
    TierCard,
    lot_lines,
    statement,
    tier_card,
)
from ledger.redeemable import Redeemable, redeemable
from ledger.rules import Rulebook, Rules
from ledger.store.sqlite import Row, SQLiteRecorder
from ledger.versions import ProgramVersion, versions_of
from schemas.codec import decode_event
from schemas.events import PROGRAM_STREAM, Event, is_purse, member_stream
from schemas.program import Program
from schemas.values import end_of_day

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Questions:
    """Readings, each as of the moment that it is asked. A purse goes by `purse:<id>`."""

    _clock: Clock
    _finder: Finder
    _recorder: SQLiteRecorder

    @property
    def _rulebook(self) -> Rulebook:
        raise NotImplementedError

    @property
    def rules(self) -> Rules:
        """The version of the program that is in force now."""
        return self._rulebook.current(self._clock())

    @property
    def program(self) -> Program:
        """The version of the program that is in force now, as its file says it."""
        return self.rules.program

    def program_versions(self) -> tuple[ProgramVersion, ...]:
        """Every version of the program that was published, by number."""
        rows = self._recorder.select_rows(PROGRAM_STREAM)
        return versions_of(_recorded(rows), self._clock())

    def program_version(self, number: int) -> ProgramVersion:
        """The version with a number. Raises UnknownVersion."""
        versions = self.program_versions()
        if not 1 <= number <= len(versions):
            raise UnknownVersion(version=number, newest=len(versions))
        return versions[number - 1]

    @property
    def position(self) -> int:
        """The last position of the log; 0 while it is empty."""
        return self._recorder.tail().position

    def end_of_log(self) -> tuple[int, str]:
        """The last position of the log and the seal there."""
        tail = self._recorder.tail()
        return tail.position, tail.seal

    def today(self) -> dt.date:
        """The day in the program's zone."""
        return self.rules.day(self._clock())

    def strangers(self, members: Iterable[str]) -> set[str]:
        """Those of `members` who are not enrolled."""
        streams = {member_stream(member): member for member in members}
        for stream in self._recorder.existing_streams(streams):
            del streams[stream]
        return set(streams.values())

    # -- who it is ---------------------------------------------------------------------------

    def resolve(self, text: str, *, by: By | None = None) -> Found:
        """The one member that a text means: one indexed read.

        It is, in this order, the id of an enrolled member, a card number, a phone number in any
        shape; with `by` one of these alone. The ending of a phone is never taken for the member,
        however few have it.

        Raises UnknownPerson, StoppedCard, AmbiguousPhone; MissingKey or WrongKey where phones are
        linked and this one can't be looked up.
        """
        return resolve(self._finder, text, by)

    def find(self, text: str) -> Iterator[Meaning]:
        """Everything that a text may mean, stopped cards and endings of phones included.

        In the order in which `resolve` looks; what is not asked for is not looked up. Raises
        MissingKey, WrongKey.
        """
        return meanings(self._finder, text)

    def cards(self, member: str) -> list[CardLine]:
        """The cards that lead to a member, stopped ones included. Raises UnknownMember."""
        return card_lines(self._finder, self.account(member), self.account)

    # -- one member --------------------------------------------------------------------------

    def account(self, member: str) -> Account:
        """The member's state, folded from the log now. Raises UnknownMember."""
        return fold(member, self._events(member))

    def _events(self, member: str) -> Iterator[Event]:
        stored = self._recorder.select_events(member_stream(member))
        if not stored:
            raise _unknown(member)
        return (decode_event(e.topic, e.state) for e in stored)

    def history(self, member: str) -> Iterator[RecordedEvent]:
        """The member's events in order, with position and commit time. Raises UnknownMember."""
        rows = self._recorder.select_rows(member_stream(member))
        if not rows:
            raise _unknown(member)
        return _recorded(rows)

    def balance(self, member: str, *, on: dt.date | None = None) -> Balance:
        """The member's points as they can be used on a day: today now, another at its end.

        Of a day before today only what had happened by its end counts (RULES 30).
        """
        position, now, rules = self.position, self._clock(), self.rules
        today = rules.day(now)
        day = on or today
        end = end_of_day(day, rules.zone)
        cut = Cut(day, now if day == today else end, end if day < today else None)
        return balance_on(member, self._events(member), cut, position)

    def tier(self, member: str) -> TierCard:
        """The member's card, and what is missing to the next tier. Raises NotForPurses."""
        if is_purse(member):
            raise NotForPurses(purse=member)
        position = self.position
        return tier_card(self.account(member), self._rulebook, self.rules, self.today(), position)

    def statement(self, member: str) -> Iterator[StatementLine]:
        """Every event that moved the member's points, with the balance after it."""
        return statement(self.history(member))

    def lots(self, member: str) -> tuple[LotLine, ...]:
        """What is in each open lot of an account, in spending order."""
        return lot_lines(self.account(member))

    def redeemable(
        self, member: str, *, bill_minor: int | None = None, asked: int | None = None
    ) -> Redeemable:
        """The most that a redemption of now could be, of `asked` points or of all."""
        now, rules = self._clock(), self.rules
        return redeemable(self.account(member), rules, now, asked, bill_minor)

    def find_event(self, member: str, position: int) -> RecordedEvent:
        """The event of a member at a place in the log. Raises UnknownEvent."""
        for recorded in self.history(member):
            if recorded.position == position:
                return recorded
        raise UnknownEvent(member=member, position=position)


def _recorded(rows: Iterable[Row]) -> Iterator[RecordedEvent]:
    return (
        RecordedEvent(
            row.position,
            row.version,
            row.topic,
            _EPOCH + dt.timedelta(microseconds=row.recorded_at),
            decode_event(row.topic, row.state),
        )
        for row in rows
    )


def _unknown(name: str) -> UnknownMember | UnknownPurse:
    return UnknownPurse(purse=name) if is_purse(name) else UnknownMember(member=name)
