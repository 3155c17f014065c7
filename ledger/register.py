"""Which identifier leads to whom, as the events say: the one place that the table is kept by.

A group of commands keeps it while it is judged (ledger/group.py); `jifen verify` keeps another from
the whole log and compares (ledger/identity_check.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, Protocol

from msgspec.structs import replace

from ledger.account import Account
from ledger.identifiers import PHONES_KEY, Identifier, Key, Known
from schemas.events import (
    CardIssued,
    CardStopped,
    CardUnblocked,
    Event,
    MemberMerged,
    MemberRestored,
    PhoneLinked,
    PhoneUnlinked,
)
from schemas.program_identity import Cards

MergedInto = Callable[[str], str]
"""Account -> whom it was merged into, as things stand; '' for an account of its own."""


class Table(Protocol):
    """What is written already."""

    def find(self, key: Key) -> Identifier | None:
        """The identifier that goes by a key."""

    def of_member(self, member: str) -> list[Identifier]:
        """All that lead to a member."""

    def highest_card(self, prefix: str, digits: int) -> str:
        """The highest card number of `digits` digits under a prefix."""


class Register:
    """The table, with the changes that are not written yet in `changed`; None is gone."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.changed: dict[Key, Identifier | None] = {}

    def find(self, key: Key) -> Identifier | None:
        """The identifier that goes by a key."""
        return self.changed[key] if key in self.changed else self._table.find(key)

    def of_member(self, member: str) -> list[Identifier]:
        """All that lead to a member, in the order of their keys."""
        rows = {row.key: row for row in self._table.of_member(member)}
        for key, row in self.changed.items():
            rows.pop(key, None)
            if row is not None and row.member == member:
                rows[key] = row
        return [rows[key] for key in sorted(rows)]

    def highest_card(self, prefix: str, digits: int) -> str:
        """The highest card number of `digits` digits under a prefix; '' for none."""
        new = [
            value
            for kind, value in self.changed
            if kind == "card" and len(value) == digits and value.startswith(prefix)
            if value.isdigit()
        ]
        return max(*new, self._table.highest_card(prefix, digits), "")

    def note(self, name: str, event: Event, position: int, merged_into: MergedInto) -> None:
        """An event of account `name` was written; `merged_into` tells how things stand after it."""
        noted = _NOTED.get(type(event))
        if noted is not None:
            noted(self, name, event, position, merged_into)

    def put(self, row: Identifier) -> None:
        """An identifier as it is now."""
        self.changed[row.key] = row


def _issued(
    register: Register, name: str, event: CardIssued, position: int, merged_into: MergedInto
) -> None:
    member = survivor(name, merged_into)
    register.put(Identifier("card", event.card, name, member, "", position))


def _stopped(
    register: Register, name: str, event: CardStopped, position: int, merged_into: MergedInto
) -> None:
    member = survivor(name, merged_into)
    register.put(Identifier("card", event.card, name, member, event.stopped_for, position))


def _linked(
    register: Register, name: str, event: PhoneLinked, position: int, merged_into: MergedInto
) -> None:
    member = survivor(name, merged_into)
    register.put(Identifier("phone", event.phone, name, member, event.ending, position))
    if register.find(PHONES_KEY) is None:
        register.put(Identifier(*PHONES_KEY, "", "", event.key_check, position))


def _unlinked(register: Register, _: str, event: PhoneUnlinked, *__: Any) -> None:
    register.changed["phone", event.phone] = None


def _merged(register: Register, name: str, event: MemberMerged, *_: Any) -> None:
    for row in register.of_member(name):
        register.put(replace(row, member=event.other))


def _restored(
    register: Register, _: str, event: MemberRestored, __: int, merged_into: MergedInto
) -> None:
    for row in register.of_member(event.other):
        register.put(replace(row, member=survivor(row.owner, merged_into)))


_NOTED: Final[dict[type[Event], Callable[..., None]]] = {
    CardIssued: _issued,
    CardStopped: _stopped,
    CardUnblocked: _issued,
    PhoneLinked: _linked,
    PhoneUnlinked: _unlinked,
    MemberMerged: _merged,
    MemberRestored: _restored,
}
NOTED_TOPICS: Final[Collection[str]] = frozenset(kind.topic for kind in _NOTED)


def survivor(name: str, merged_into: MergedInto) -> str:
    """Who an account is now: the end of the chain of merges."""
    while into := merged_into(name):
        name = into
    return name


def what_is_known(
    register: Register,
    named: Iterable[Key],
    holder: str,
    cards: Cards,
    account_of: Callable[[str], Account],
) -> Known:
    """What a decision is told of the identifiers `named`, and of those that lead to `holder`.

    ("card", "") stands for the next free number under `cards`.
    """
    keys = tuple(named)
    found = {key: row for key in keys if (row := register.find(key)) is not None}
    owners = {row.owner for row in register.of_member(holder)} - {holder}
    key = register.find(PHONES_KEY)
    wants_next = ("card", "") in keys and cards.digits is not None
    return Known(
        named=found,
        kin=tuple(account_of(owner) for owner in sorted(owners)),
        highest_card=register.highest_card(cards.prefix, cards.digits or 0) if wants_next else "",
        key_check=key.mark if key is not None else "",
    )
