"""What members are found by: the shapes.

Key          (kind, value) of an identifier; kinds as below
Identifier   whom it leads to, as the table of identifiers has it (docs/log.md)
Known        what a decision about cards or phones is told of the whole program

kind     value                        mark
card     the number                   why it is stopped; '' is good
phone    keyed hash of the number     keyed hash of its last four digits
key      'phones'                     the check value of the key that phones are hashed under
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from ledger.account import Account

Kind = Literal["card", "phone", "key"]
Key = tuple[Kind, str]

PHONES_KEY: Final[Key] = ("key", "phones")


class Identifier(Struct, frozen=True, gc=False):
    """A row of `identifiers`; `position` is the last event about it.

    `owner` is the account whose stream has its events, `member` whom it leads to: the owner, or
    the one that the owner was merged into. Both are '' for the key.
    """

    kind: Kind
    value: str
    owner: str
    member: str
    mark: str
    position: int

    @property
    def key(self) -> Key:
        """What it goes by."""
        return self.kind, self.value


class Known(Struct, frozen=True, gc=False):
    """What the program knows of the identifiers that a command names.

    `named` has those of them that are there. `kin` are the accounts, by name, that are part of
    the one that has the identifiers and have some themselves. `highest_card` is the highest number
    under the program's prefix, '' for none; `key_check` that of the phones' key, '' before the
    first phone.
    """

    named: dict[Key, Identifier] = {}
    kin: tuple[Account, ...] = ()
    highest_card: str = ""
    key_check: str = ""
