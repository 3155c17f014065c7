"""Commands that earn, and that take earning back: purchases, returns, awards, adjustments."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from schemas.commands.base import (
    MemberCommand,
    Names,
    Operator,
    Part,
    Reason,
    SignedQuantity,
    Units,
)
from schemas.values import Label, Name, PositiveQuantity, Quantity


class LineItem(Part, frozen=True, kw_only=True):
    """A line of a receipt: `amount_minor` for the whole `quantity`, tax included."""

    amount_minor: Quantity
    quantity: Units = 1
    sku: Label = ""
    category: Label = ""
    brand: Label = ""
    tax_minor: Quantity = 0


class TenderPaid(Part, frozen=True):
    """A part of what was paid; `kind` as the program names it: cash, card, points, voucher, ..."""

    kind: Name
    amount_minor: Quantity


class ReturnedItem(Part, frozen=True, kw_only=True):
    """What comes back of line `line` (from 1): so many units, or so much money, or what is left."""

    line: Annotated[int, Meta(ge=1, le=10_000)]
    quantity: Units | None = None
    amount_minor: PositiveQuantity | None = None


Lines = Annotated[tuple[LineItem, ...], Meta(max_length=10_000)]
ReturnedItems = Annotated[tuple[ReturnedItem, ...], Meta(max_length=10_000)]
Tenders = Annotated[tuple[TenderPaid, ...], Meta(max_length=100)]


class RecordPurchase(MemberCommand, frozen=True, kw_only=True):
    """A purchase of `amount_minor` in all, of which `qualifying_minor` may earn.

    (`partner`, `purchase_id`) is the receipt. `lines` and `tenders`, where given, each add up to
    the amount. `qualifying_minor` None means: all that was paid with tenders that earn. Occasions
    are what the till knows and the program may reward, such as `birthday`.
    """

    purchase_id: Name
    amount_minor: Quantity
    qualifying_minor: Quantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    channel: Label = ""
    lines: Lines = ()
    tenders: Tenders = ()
    occasions: Names = ()


class ReturnPurchase(MemberCommand, frozen=True, kw_only=True):
    """Goods of the receipt (`partner`, `purchase_id`) come back.

    Either `items` by line, or `amount_minor` of money, or neither: all that was kept so far.
    """

    purchase_id: Name
    partner: Label = ""
    items: ReturnedItems = ()
    amount_minor: PositiveQuantity | None = None
    return_id: Label = ""
    store: Label = ""
    till: Label = ""


class AwardPoints(MemberCommand, frozen=True, kw_only=True):
    """Give points without a purchase. `expires_on` is the last good day; None: by the program."""

    points: PositiveQuantity
    reason: Reason
    expires_on: dt.date | None = None


class GrantBonus(MemberCommand, frozen=True, kw_only=True):
    """Give the bonus `bonus` of the program, as often as it says."""

    bonus: Name


class AdjustPoints(MemberCommand, frozen=True, kw_only=True):
    """Correct a balance by hand: points to add, or below zero to take.

    With `may_owe` what is missing becomes a debt; without, it is refused.
    """

    operator: Operator
    points: SignedQuantity
    reason: Reason
    may_owe: bool = False


class UndoAdjustment(MemberCommand, frozen=True, kw_only=True):
    """Enter the opposite of an adjustment."""

    operator: Operator
    adjustment: Name
    adjustment_source: Label = ""
    reason: Reason
    may_owe: bool = False
