"""Facts about earning: purchases, returns, awards, adjustments."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from msgspec import Struct

from schemas.events.base import BlockDraw, PointsEvent


class EarningStep(Struct, frozen=True, gc=False, omit_defaults=True):
    """What one rule or multiplier added, exactly: numerator / denominator points units.

    `amount_minor` is the part of the purchase that a base rule counted, rounded down where tenders
    split it; `factor` the multiplier as text. A step `cap:<scope>` takes off what is above a cap.
    The steps add up to the unrounded total (RULES 3 and 5).
    """

    rule: str
    numerator: int
    denominator: int = 1
    amount_minor: int = 0
    factor: str = ""


class PurchaseLine(Struct, frozen=True, gc=False, omit_defaults=True):
    """A line of a receipt; `line` counts from 1, `amount_minor` is for the whole `quantity`."""

    line: int
    amount_minor: int
    quantity: int = 1
    sku: str = ""
    category: str = ""
    brand: str = ""
    tax_minor: int = 0


class Tender(Struct, frozen=True, gc=False):
    """A part of what was paid: `kind` is cash, card, points, voucher, gift_card, ..."""

    kind: str
    amount_minor: int


class CapRoom(Struct, frozen=True, gc=False):
    """Points units that a cumulative cap still left for this purchase."""

    scope: str
    points: int


class PurchaseRecorded(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A purchase and what it earned. Money in minor units, points in points units.

    `tier` is the one that it earned under; `qualifying_minor` the part that earns and counts for
    the ladder. `first` tells that it was the member's first, `rooms` what the cumulative caps had
    left: with the lines and the program version all that is needed to judge it again.
    `terms` are the partner's that judged it: their number, from 1, in the order recorded; 0 where
    nothing was agreed. `drawn` is what the partner had prepaid of the points; it owes the rest.
    """

    topic: ClassVar[str] = "PurchaseRecorded.1"
    headline: ClassVar[str] = "points_earned"
    contra: ClassVar[str] = "earned"
    purchase_id: str
    partner: str = ""
    store: str = ""
    till: str = ""
    channel: str = ""
    amount_minor: int
    qualifying_minor: int
    tier: str = ""
    points_earned: int
    breakdown: tuple[EarningStep, ...] = ()
    lines: tuple[PurchaseLine, ...] = ()
    tenders: tuple[Tender, ...] = ()
    occasions: tuple[str, ...] = ()
    first: bool = False
    rooms: tuple[CapRoom, ...] = ()
    terms: int = 0
    drawn: tuple[BlockDraw, ...] = ()


class ReturnedLine(Struct, frozen=True, gc=False):
    """What came back of a line of the purchase: units, and minor units of money."""

    line: int
    quantity: int
    amount_minor: int


class ReturnRecorded(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Goods that came back (RULES 14 to 16).

    `points_due` is what the purchase would not have earned; it is what was taken from lots or is
    owed now (`points_returned`), forgiven, or kept back in cash by the till (`points_in_cash`,
    worth `cash_minor`). All may be negative where less kept earns more. `amount_minor` and
    `qualifying_minor` are what the purchase of `purchased_on` is less by; `whole` tells that
    nothing of it is kept any more. `drawn`, below zero, goes back to the partner's blocks.
    """

    topic: ClassVar[str] = "ReturnRecorded.1"
    headline: ClassVar[str] = "points_returned"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "returned"
    purchase_id: str
    partner: str = ""
    store: str = ""
    till: str = ""
    return_id: str = ""
    purchased_on: dt.date
    amount_minor: int
    qualifying_minor: int
    returned: tuple[ReturnedLine, ...] = ()
    whole: bool = False
    points_due: int
    points_returned: int
    points_forgiven: int = 0
    points_in_cash: int = 0
    cash_minor: int = 0
    drawn: tuple[BlockDraw, ...] = ()


class PointsAwarded(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points given without a purchase, by someone for a reason, or as the `bonus` of a program."""

    topic: ClassVar[str] = "PointsAwarded.1"
    headline: ClassVar[str] = "points_awarded"
    contra: ClassVar[str] = "awarded"
    points_awarded: int
    reason: str
    bonus: str = ""


class PointsAdjusted(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A correction by hand, signed. `corrects` is the request id of the adjustment it undoes."""

    topic: ClassVar[str] = "PointsAdjusted.1"
    headline: ClassVar[str] = "points_adjusted"
    contra: ClassVar[str] = "adjusted"
    points_adjusted: int
    reason: str
    corrects: str = ""
    corrects_source: str = ""
