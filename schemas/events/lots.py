"""Facts about how long points live."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from msgspec import Struct

from schemas.events.base import Event, PointsEvent


class PointsExpired(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What was left in one lot after its last good day, `lapsed_on` (RULES 8)."""

    topic: ClassVar[str] = "PointsExpired.1"
    headline: ClassVar[str] = "points_expired"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "expired"
    points_expired: int
    lapsed_on: dt.date


class ExpiryUndone(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Expired points that count again: what came later was about a day when they were good.

    The event after it says what. So an early expiry run changes nothing for late arrivals.
    """

    topic: ClassVar[str] = "ExpiryUndone.1"
    headline: ClassVar[str] = "points_restored"
    contra: ClassVar[str] = "expired"
    points_restored: int


class LotExtended(Struct, frozen=True, gc=False):
    """A lot's last good day was `expires_on_before` and is `expires_on` now."""

    lot: int
    expires_on_before: dt.date
    expires_on: dt.date


class LotsExtended(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Lots that live longer (RULES 9): by an operator, by activity, or to give back into."""

    topic: ClassVar[str] = "LotsExtended.1"
    extended: tuple[LotExtended, ...]
    why: Literal["operator", "activity", "reversal_grace"]
    reason: str = ""
