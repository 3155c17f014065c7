"""What became of one thing that an account did; the pieces of a story (ledger/story.py).

Shapes:
    PurchaseStory    a purchase and what came back of it
    RedemptionStory  a redemption and what was given back
    AdjustmentStory, HoldStory, TransferStory   the same of these
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from schemas.events import (
    PointsAdjusted,
    PointsHeld,
    PointsRedeemed,
    PurchaseRecorded,
    RedemptionReversed,
    ReturnRecorded,
    TransferSent,
)


class PurchaseStory(Struct):
    """A purchase of `owner` and what came back: by line (units, money) and as amounts."""

    event: PurchaseRecorded
    owner: str
    lines: dict[int, tuple[int, int]] = {}
    taken_off: int = 0
    money_back: int = 0
    qualifying_back: int = 0
    due: int = 0
    forgiven: int = 0
    in_cash: int = 0
    cash_minor: int = 0
    drawn_back: int = 0
    whole: bool = False

    def tell(self, event: ReturnRecorded) -> None:
        for returned in event.returned:
            units, money = self.lines.get(returned.line, (0, 0))
            self.lines[returned.line] = (units + returned.quantity, money + returned.amount_minor)
        if not event.returned:
            self.taken_off += event.amount_minor
        self.money_back += event.amount_minor
        self.qualifying_back += event.qualifying_minor
        self.due += event.points_due
        self.forgiven += event.points_forgiven
        self.in_cash += event.points_in_cash
        self.cash_minor += event.cash_minor
        self.drawn_back -= sum(draw.points for draw in event.drawn)
        self.whole = self.whole or event.whole


class RedemptionStory(Struct):
    """A redemption of `owner`; `reversed` points in all, `by_returns` of them with goods."""

    event: PointsRedeemed
    owner: str
    reversed: int = 0
    by_returns: int = 0

    @property
    def left(self) -> int:
        """Points units that can still be given back."""
        return self.event.points_redeemed - self.reversed

    def tell(self, event: RedemptionReversed) -> None:
        self.reversed += event.points_reversed
        if event.purchase_id:
            self.by_returns += event.points_reversed


class AdjustmentStory(Struct):
    """An adjustment of `owner`, and whether it was undone."""

    event: PointsAdjusted
    owner: str
    undone: bool = False


class HoldStory(Struct):
    """A hold, and how it ended: "" while it is open."""

    event: PointsHeld
    ended: str = ""


class TransferStory(Struct):
    """A transfer of `owner` to another program, and its answer: "" while there is none."""

    event: TransferSent
    owner: str
    answer: Literal["", "confirmed", "rejected"] = ""
    timed_out: bool = False
