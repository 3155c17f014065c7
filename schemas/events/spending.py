"""Facts about spending: redemptions, holds, reversals."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from schemas.events.base import PointsEvent


class PointsRedeemed(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points spent; `movements` name the lots that they came from (RULES 7).

    `value_minor` is what they are worth at the till by the program's rate, `reward` what they were
    spent on, with `money_minor` to pay beside them. `hold` is the request id of the hold that was
    captured; `spender` who spent from a purse; `bill_minor` the bill they went towards, if told.
    """

    topic: ClassVar[str] = "PointsRedeemed.1"
    headline: ClassVar[str] = "points_redeemed"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "redeemed"
    points_redeemed: int
    partner: str = ""
    store: str = ""
    till: str = ""
    purchase_id: str = ""
    reason: str = ""
    value_minor: int = 0
    reward: str = ""
    quantity: int = 1
    money_minor: int = 0
    hold: str = ""
    hold_source: str = ""
    spender: str = ""
    bill_minor: int | None = None


class PointsHeld(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points reserved until `lapses_at` (RULES 12); named by its request's source and id.

    `bill_minor` as in a redemption.
    """

    topic: ClassVar[str] = "PointsHeld.1"
    points_held: int
    lapses_at: dt.datetime
    partner: str = ""
    store: str = ""
    till: str = ""
    purchase_id: str = ""
    reason: str = ""
    value_minor: int = 0
    spender: str = ""
    bill_minor: int | None = None


class HoldReleased(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What a hold reserved is free again: all of it, or what its capture left."""

    topic: ClassVar[str] = "HoldReleased.1"
    hold: str
    hold_source: str
    points_released: int
    release: Literal["released", "captured", "lapsed"]


class RedemptionReversed(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points of a redemption given back to the lots they came from (RULES 13)."""

    topic: ClassVar[str] = "RedemptionReversed.1"
    headline: ClassVar[str] = "points_reversed"
    contra: ClassVar[str] = "redeemed"
    redemption: str
    redemption_source: str
    points_reversed: int
    purchase_id: str = ""
    partner: str = ""
    reason: str = ""
