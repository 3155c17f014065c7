"""What all facts have in common.

Shapes:
    Event         when it happened, who says so
    PointsEvent   an Event that moves points: `lots` it opens and `movements`
    Movement      (lot, bucket, signed points); bucket `debt` counts points owed, lot 0
    LotOpened     a credit with its days, and where it came from
    BlockDraw     what a prepaid block of a partner pays for
    Usage         what an event counts against a cap or a limit
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from msgspec import Struct

Bucket = Literal["available", "held", "debt"]


class Movement(Struct, frozen=True, gc=False):
    """Signed points into or out of a bucket of a lot; `lot` counts from 1, 0 for debt."""

    lot: int
    bucket: Bucket
    points: int


class LotOpened(Struct, frozen=True, gc=False, omit_defaults=True):
    """A credit (RULES 7): both days are inclusive; `expires_on` None is never.

    `idle_months` says that activity prolongs it (RULES 9). `from_member` and `from_lot` name the
    lot that the points were in before, when they came from another account.
    """

    lot: int
    points: int
    earned_on: dt.date
    available_from: dt.date
    expires_on: dt.date | None = None
    idle_months: int = 0
    from_member: str = ""
    from_lot: int = 0


class Usage(Struct, frozen=True, gc=False):
    """`units` (points units, or a count) that count against the cap or limit `key` on a day.

    `issued:<partner>` and `redeemed:<partner>` count over all members (ledger/counters.py).
    """

    key: str
    on: dt.date
    units: int


class BlockDraw(Struct, frozen=True, gc=False):
    """Points units that a partner's prepaid block `block` stands for; below zero they go back."""

    block: int
    points: int


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What every fact says: business time and day, and who recorded it under which request."""

    topic: ClassVar[str]
    occurred_at: dt.datetime
    occurred_on: dt.date
    source: str
    request_id: str
    operator: str = ""
    program_version: int = 0


class PointsEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An event that moves points.

    The field that `headline` names, times `sign`, is what the movements add up to; `contra` is
    the account that the other side of the double entry goes to. Without a headline the movements
    add up to zero: points only change their bucket.

    `reopened` gives the days of lots that were empty before and get points again.
    """

    headline: ClassVar[str] = ""
    sign: ClassVar[int] = 1
    contra: ClassVar[str] = ""
    lots: tuple[LotOpened, ...] = ()
    movements: tuple[Movement, ...] = ()
    reopened: tuple[LotOpened, ...] = ()
    usage: tuple[Usage, ...] = ()
