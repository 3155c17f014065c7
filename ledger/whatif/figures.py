"""The figures of a what-if: what is told of each account, and what purchases were rounded by.

Shapes, points in points units:
    FLOWS         the contra accounts that points come from and go to, in the order of a row
    Figures       what became of an account in one course of events
    VoucherFigures    the same of its vouchers, money in minor units
    MemberChange  an account's figures in both
    Rounding      how many purchases had to be rounded, and by how much
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from operator import add
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from ledger.earning import exact_sum
from schemas.events import MEMBER_EVENTS, PointsEvent, PurchaseRecorded

FLOWS: Final[tuple[str, ...]] = tuple(
    dict.fromkeys(
        kind.contra for kind in MEMBER_EVENTS if issubclass(kind, PointsEvent) and kind.contra
    )
)


class VoucherFigures(Struct, frozen=True, array_like=True):
    """How many vouchers were `issued`, and `used`; how many are still `good`. Minor units."""

    issued: int = 0
    issued_minor: int = 0
    used: int = 0
    good: int = 0
    good_minor: int = 0

    def plus(self, other: VoucherFigures) -> VoucherFigures:
        """Both together."""
        return VoucherFigures(*map(add, astuple(self), astuple(other)))


class Figures(Struct, frozen=True, array_like=True):
    """`flows` are signed as they moved the balance, in the order of FLOWS; their sum is it.

    `points` are in lots, available, pending or held; `debt` is owed.
    """

    tier: str
    flows: tuple[int, ...]
    points: int
    debt: int
    vouchers: VoucherFigures = VoucherFigures()

    @property
    def balance(self) -> int:
        """All lots less debt."""
        return self.points - self.debt


class MemberChange(Struct, frozen=True, array_like=True):
    """A member or purse: as recorded, and as it would be.

    `has_card` tells that it is a member who, as recorded, is neither closed nor merged. `refused`
    facts are those that the other rules do not cover, of `refused_points` in all.
    """

    member: str
    before: Figures
    after: Figures
    has_card: bool
    refused: int = 0
    refused_points: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything is not the same."""
        return self.before != self.after or self.refused > 0

    @property
    def gain(self) -> int:
        """How much more the balance would be."""
        return self.after.balance - self.before.balance


class Rounding(Struct):
    """How many `purchases` there are, and how many of them had to be `rounded`.

    `sums` are of exact less rounded points, in denominators, by denominator; `largest` is the
    largest of them up or down, as (numerator, denominator).
    """

    purchases: int = 0
    rounded: int = 0
    sums: dict[int, int] = {}
    largest: tuple[int, int] = (0, 1)

    def tell(self, events: Sequence[PurchaseRecorded]) -> None:
        """More purchases."""
        self.purchases += len(events)
        sums, (most, of) = self.sums, self.largest
        for event in events:
            if event.breakdown:
                numerator, denominator = exact_sum(event.breakdown)
                off = numerator - event.points_earned * denominator
                if off:
                    self.rounded += 1
                    sums[denominator] = sums.get(denominator, 0) + off
                    if abs(off) * of > abs(most) * denominator:
                        most, of = off, denominator
        self.largest = most, of

    def merge(self, other: Rounding) -> None:
        """Another's purchases, too."""
        self.purchases += other.purchases
        self.rounded += other.rounded
        for denominator, total in other.sums.items():
            self.sums[denominator] = self.sums.get(denominator, 0) + total
        self.largest = max((self.largest, other.largest), key=lambda off: abs(Fraction(*off)))

    @property
    def total(self) -> Fraction:
        """What was earned exactly less what it was rounded to."""
        return sum((Fraction(total, d) for d, total in self.sums.items()), Fraction(0))

    @property
    def most(self) -> Fraction:
        """The same of the purchase where it was the most, up or down."""
        return Fraction(*self.largest)
