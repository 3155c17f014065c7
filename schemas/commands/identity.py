"""Commands about what a member is found by: cards and phones.

A phone stands in a command only as keyed hashes, made at the edge by `Ledger.phone_hashes`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas.commands.base import MemberCommand, Operator, Reason
from schemas.values import Label, Name

CardNumber = Annotated[str, Meta(max_length=128)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class IssueCard(MemberCommand, frozen=True, kw_only=True):
    """Give the member a card; "" is the next free number of the program."""

    card: CardNumber = ""


class ReplaceCard(MemberCommand, frozen=True, kw_only=True):
    """Stop a card and issue `by` in its place at once; "" is the next free number."""

    card: Name
    by: CardNumber = ""
    why: Literal["lost", "stolen", "damaged", "exchanged"]


class StopCard(MemberCommand, frozen=True, kw_only=True):
    """Let a card lead nowhere; only `blocked` can be lifted again."""

    card: Name
    why: Literal["lost", "stolen", "damaged", "exchanged", "blocked"]


class UnblockCard(MemberCommand, frozen=True, kw_only=True):
    """Make a blocked card good again."""

    card: Name


class LinkPhone(MemberCommand, frozen=True, kw_only=True):
    """Let a phone lead to the member: the hashes of its number, of its ending, and of the key."""

    phone: Hash
    ending: Hash
    key_check: Hash


class UnlinkPhone(MemberCommand, frozen=True, kw_only=True):
    """Let a phone of the member lead nowhere."""

    phone: Hash
    reason: Label = ""


class MovePhone(MemberCommand, frozen=True, kw_only=True):
    """Let a phone that leads to `other` lead to the member; someone answers for it."""

    phone: Hash
    other: Name
    reason: Reason
    operator: Operator
