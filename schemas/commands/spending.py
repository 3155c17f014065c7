"""Commands that spend: redemptions, holds, reversals, gifts."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.commands.base import MemberCommand, Minutes
from schemas.values import Label, Name, PositiveQuantity


class RedeemPoints(MemberCommand, frozen=True, kw_only=True):
    """Spend points, the lot that expires first goes first.

    `bill_minor` is the bill that they go towards, where the program limits their share of it;
    `spender` the member who spends from a purse.
    """

    points: PositiveQuantity
    bill_minor: PositiveQuantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    purchase_id: Label = ""
    reason: Label = ""
    spender: Label = ""


class RedeemReward(MemberCommand, frozen=True, kw_only=True):
    """Spend points on `quantity` of a reward of the program's catalogue, at its price."""

    reward: Name
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    spender: Label = ""


class HoldPoints(MemberCommand, frozen=True, kw_only=True):
    """Reserve points for `minutes` (None: as the program says). Named by its request id."""

    points: PositiveQuantity
    minutes: Minutes | None = None
    bill_minor: PositiveQuantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    purchase_id: Label = ""
    reason: Label = ""
    spender: Label = ""


class CaptureHold(MemberCommand, frozen=True, kw_only=True):
    """Spend what a hold reserves, or `points` of it; the rest is released."""

    hold: Name
    hold_source: Label = ""
    points: PositiveQuantity | None = None


class ReleaseHold(MemberCommand, frozen=True, kw_only=True):
    """Give up a hold."""

    hold: Name
    hold_source: Label = ""


class ReverseRedemption(MemberCommand, frozen=True, kw_only=True):
    """Give back a redemption, or `points` of it, into the lots it came from."""

    redemption: Name
    redemption_source: Label = ""
    points: PositiveQuantity | None = None
    reason: Label = ""


class GiftPoints(MemberCommand, frozen=True, kw_only=True):
    """Give points to another member; they keep their days."""

    to: Name
    points: PositiveQuantity
    reason: Label = ""
