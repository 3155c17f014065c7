"""Facts about what a member is found by: cards and phones.

They are in the stream of the account that the card was issued to, or the phone linked to, also
when that account is part of another by then. A phone stands here only as keyed hashes.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from schemas.events.base import Event

StopReason = Literal["lost", "stolen", "damaged", "exchanged", "blocked", "closed"]
"""Why a card is stopped; `blocked` can be lifted, `closed` is the end of the membership."""


class CardIssued(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A card leads to this account from here on; it took the place of `replaces`, if that is one.

    A number is issued once in the program, for ever.
    """

    topic: ClassVar[str] = "CardIssued.1"
    card: str
    replaces: str = ""


class CardStopped(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The card leads nowhere any more; `replaced_by` is the one issued in its place, if any."""

    topic: ClassVar[str] = "CardStopped.1"
    card: str
    stopped_for: StopReason
    replaced_by: str = ""


class CardUnblocked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A card that was blocked is good again."""

    topic: ClassVar[str] = "CardUnblocked.1"
    card: str


class PhoneLinked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A phone leads to this account from here on.

    `phone` and `ending` are keyed hashes, in hex, of its number and of the last four digits
    (ledger/phones.py); `key_check` tells under which key. `moved_from` is the member it led to
    until then.
    """

    topic: ClassVar[str] = "PhoneLinked.1"
    phone: str
    ending: str
    key_check: str
    moved_from: str = ""
    reason: str = ""


class PhoneUnlinked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The phone does not lead here any more; `moved_to` is the member it leads to now."""

    topic: ClassVar[str] = "PhoneUnlinked.1"
    phone: str
    moved_to: str = ""
    reason: str = ""
