"""The facts that the log holds for ever.

An event is a decided fact: points and where they came from, the lots touched, the tier with the
window that decided it. It is written once, never changed (RULES 31), and read without any rule.

Shapes:
    Event         when it happened, who says so
    PointsEvent   an Event that moves points: `lots` it opens and `movements`
    Movement      (lot, bucket, signed points); bucket `debt` counts points owed, lot 0
    TOPICS        topic tag -> Struct, for every payload version that is written today

A topic is the type's name and the version of its payload: `PurchaseRecorded.1`. Fields may be
added with a default; anything else needs a new version and an upcast (schemas/upcasts.py).
A field name means the same type in every event, so that one union schema reads them all.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final, Literal

from msgspec import Struct

from schemas.program import Program

Bucket = Literal["available", "held", "debt"]


class Movement(Struct, frozen=True, gc=False):
    """Signed points into or out of a bucket of a lot; `lot` counts from 1, 0 for debt."""

    lot: int
    bucket: Bucket
    points: int


class LotOpened(Struct, frozen=True, gc=False, omit_defaults=True):
    """A credit (RULES 7): both days are inclusive; `expires_on` None is never."""

    lot: int
    points: int
    earned_on: dt.date
    available_from: dt.date
    expires_on: dt.date | None = None


class EarningStep(Struct, frozen=True, gc=False, omit_defaults=True):
    """What one rule or multiplier added, exactly: numerator / denominator points units.

    `amount_minor` is the part of the purchase that a base rule counted; `factor` the multiplier
    as text. The steps add up to the unrounded total (RULES 3 and 5).
    """

    rule: str
    numerator: int
    denominator: int = 1
    amount_minor: int = 0
    factor: str = ""


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
    the account that the other side of the double entry goes to.
    """

    headline: ClassVar[str]
    sign: ClassVar[int] = 1
    contra: ClassVar[str]
    lots: tuple[LotOpened, ...] = ()
    movements: tuple[Movement, ...] = ()


class MemberEnrolled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person joined the program; `tier` is the entry tier, if the ladder has one."""

    topic: ClassVar[str] = "MemberEnrolled.1"
    store: str = ""
    tier: str = ""


class PurchaseRecorded(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A purchase and what it earned. Money in minor units, points in points units.

    `tier` is the one held when the purchase happened; `qualifying_minor` the part that earns and
    counts for the ladder.
    """

    topic: ClassVar[str] = "PurchaseRecorded.1"
    headline: ClassVar[str] = "points_earned"
    contra: ClassVar[str] = "earned"
    purchase_id: str
    partner: str = ""
    store: str = ""
    till: str = ""
    amount_minor: int
    qualifying_minor: int
    tier: str = ""
    points_earned: int
    breakdown: tuple[EarningStep, ...] = ()


class PointsAwarded(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points given without a purchase, by someone, for a reason."""

    topic: ClassVar[str] = "PointsAwarded.1"
    headline: ClassVar[str] = "points_awarded"
    contra: ClassVar[str] = "awarded"
    points_awarded: int
    reason: str


class PointsRedeemed(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points spent; `movements` name the lots that they came from (RULES 7)."""

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


class TierChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A move on the ladder with the window and the measure that decided it (RULES 19 and 20).

    The window is half open: from `window_from` to before `window_until`. `measured` and
    `threshold` are minor units, points units or visits, as `measure` says.
    """

    topic: ClassVar[str] = "TierChanged.1"
    tier_from: str = ""
    tier_to: str
    cause: Literal["threshold"]
    measure: str
    window: str
    window_from: dt.date
    window_until: dt.date
    measured: int
    threshold: int
    valid_until: dt.date | None = None


class TierLabel(Struct, frozen=True):
    """A rung of the ladder as people name it; `rank` counts from 1, the lowest."""

    tier: str
    label: str
    rank: int


class ProgramPublished(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A version of the program: the file as it was written, and what was read from it.

    The fields below `program` restate what SQL needs of it, in units: RFM thresholds in days,
    purchases and minor units, None where the program names none.
    """

    topic: ClassVar[str] = "ProgramPublished.1"
    version: int
    effective_from: dt.datetime
    content: str
    program: Program
    currency: str
    currency_exponent: int
    points_decimals: int
    zone: str
    tiers: tuple[TierLabel, ...] = ()
    rfm_window_days: int = 365
    rfm_recency_days: int | None = None
    rfm_frequency: int | None = None
    rfm_monetary_minor: int | None = None


MemberEvent = MemberEnrolled | PurchaseRecorded | PointsAwarded | PointsRedeemed | TierChanged

MEMBER_EVENTS: Final[tuple[type[MemberEvent], ...]] = (
    MemberEnrolled,
    PurchaseRecorded,
    PointsAwarded,
    PointsRedeemed,
    TierChanged,
)
PROGRAM_EVENTS: Final[tuple[type[ProgramPublished], ...]] = (ProgramPublished,)

TOPICS: Final[dict[str, type[Event]]] = {
    kind.topic: kind for kind in (*MEMBER_EVENTS, *PROGRAM_EVENTS)
}

PROGRAM_STREAM: Final = "program"
MEMBER_PREFIX: Final = "member:"


def member_stream(member: str) -> str:
    """The stream of a member: their whole story in one read."""
    return MEMBER_PREFIX + member
