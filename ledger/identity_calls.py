"""The commands about cards and phones as methods; a phone is hashed here, at the edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from msgspec.structs import asdict

from ledger.calls import Calls
from ledger.errors import KeyInUse, StoreExists, UnsupportedStore
from ledger.finding import Finder, hashes_of
from ledger.identifiers import PHONES_KEY
from ledger.keys import create_key
from ledger.outcome import Outcome
from ledger.phones import PhoneHashes
from schemas.commands import (
    IssueCard,
    LinkPhone,
    MovePhone,
    ReplaceCard,
    StopCard,
    UnblockCard,
    UnlinkPhone,
)

Lost = Literal["lost", "stolen", "damaged", "exchanged"]


class IdentityCalls(Calls):
    """Methods that make a command and execute it; each raises what `execute` raises.

    A phone is text in any shape; those that take one also raise InvalidPhone, MissingKey, WrongKey.
    """

    _finder: Finder

    def issue_card(self, member: str, card: str = "", **said: Any) -> Outcome:
        """Give a member a card; without a number the next free one."""
        return self.execute(IssueCard(member=member, card=card, **said))

    def replace_card(
        self, member: str, card: str, by: str = "", *, why: Lost, **said: Any
    ) -> Outcome:
        """Stop a card and give another in its place, at once."""
        return self.execute(ReplaceCard(member=member, card=card, by=by, why=why, **said))

    def stop_card(
        self, member: str, card: str, why: Lost | Literal["blocked"], **said: Any
    ) -> Outcome:
        """Let a card lead nowhere; only a blocked one can be good again."""
        return self.execute(StopCard(member=member, card=card, why=why, **said))

    def unblock_card(self, member: str, card: str, **said: Any) -> Outcome:
        """Make a blocked card good again."""
        return self.execute(UnblockCard(member=member, card=card, **said))

    def link_phone(self, member: str, phone: str, **said: Any) -> Outcome:
        """Let a phone lead to a member."""
        return self.execute(LinkPhone(member=member, **asdict(self.phone_hashes(phone)), **said))

    def unlink_phone(self, member: str, phone: str, **said: Any) -> Outcome:
        """Let a member's phone lead nowhere."""
        return self.execute(
            UnlinkPhone(member=member, phone=self.phone_hashes(phone).phone, **said)
        )

    def move_phone(
        self, member: str, other: str, phone: str, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Let a phone of `other` lead to `member`."""
        return self.execute(
            MovePhone(
                member=member,
                other=other,
                phone=self.phone_hashes(phone).phone,
                reason=reason,
                operator=operator,
                **said,
            )
        )

    def phone_hashes(self, phone: str) -> PhoneHashes:
        """A phone, in any shape, as LinkPhone, UnlinkPhone and MovePhone have it: hashed.

        Raises InvalidPhone, MissingKey or WrongKey.
        """
        return hashes_of(self._finder, phone)

    def create_key(self) -> Path:
        """Make the key file of a store that has none; gives its path.

        Raises KeyInUse where phones were linked under another key, StoreExists, UnsupportedStore.
        """
        recorder, path = self._finder.recorder, self._finder.keyring.path
        if path is None:
            raise UnsupportedStore(store=recorder.path)
        if path.exists():
            raise StoreExists(store=str(path))
        if recorder.identifiers.find(PHONES_KEY) is not None:
            raise KeyInUse(path=str(path))
        create_key(path)
        return path
