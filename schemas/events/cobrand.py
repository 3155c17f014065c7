"""What holders of co-branded cards earned elsewhere."""

from __future__ import annotations

from typing import ClassVar

from schemas.events.base import PointsEvent


class CobrandAccrued(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A row of a bank's file: `spend_minor` with the card `cobrand` of the bank `partner`.

    Below zero it corrects earlier rows. With it the rows of its month add up to
    `month_spend_minor`, for which `month_points_due` are due by the terms of the program version
    `terms_version`; `points_due` is what that is more than before. `points_forgiven` of it could
    not be taken back, or is less forgiven than before; both together are `points_accrued`, what
    moves. All but the version may be negative.
    """

    topic: ClassVar[str] = "CobrandAccrued.1"
    headline: ClassVar[str] = "points_accrued"
    contra: ClassVar[str] = "accrued"
    cobrand: str
    partner: str
    reference: str
    spend_minor: int
    month_spend_minor: int
    month_points_due: int
    terms_version: int
    points_due: int
    points_accrued: int
    points_forgiven: int = 0
