"""Facts about members: joining, cards, freezing, merging, giving points, purses."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from msgspec import Struct

from schemas.events.base import Event, PointsEvent
from schemas.events.vouchers import Voucher

TierCause = Literal[
    "entry",
    "threshold",
    "recovered",
    "by_hand",
    "merge",
    "kept",
    "floor",
    "grace",
    "lowered",
    "return",
    "unmerge",
    "floor_ended",
    "restated",
]
"""Why a card is held from an instant on (docs/life.md, The ladder)."""


class MemberEnrolled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person joined the program; `tier` is the entry tier, if the ladder has one."""

    topic: ClassVar[str] = "MemberEnrolled.1"
    store: str = ""
    tier: str = ""
    referred_by: str = ""


class TierChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A move on the ladder with the window and the measure that decided it (RULES 16, 19, 20).

    It holds from when it occurred on, in the place of all that was told for that instant or later.
    The window is half open: from `window_from` to before `window_until`. `measured` and
    `threshold` are minor units, points units or visits, as `measure` says. In a time of grace
    `grace_from` is the last good day before it; `lost` is the tier that a review took on `lost_on`
    and that a recovery can bring back.
    """

    topic: ClassVar[str] = "TierChanged.1"
    tier_from: str = ""
    tier_to: str
    cause: TierCause
    measure: str
    window: str
    window_from: dt.date
    window_until: dt.date
    measured: int
    threshold: int
    valid_until: dt.date | None = None
    grace_from: dt.date | None = None
    lost: str = ""
    lost_on: dt.date | None = None


class TierKept(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The tier stays, good until another day (RULES 20); the fields are those of TierChanged."""

    topic: ClassVar[str] = "TierKept.1"
    tier: str
    cause: TierCause
    measure: str
    window: str
    window_from: dt.date
    window_until: dt.date
    measured: int
    threshold: int
    valid_until: dt.date | None = None
    grace_from: dt.date | None = None
    lost: str = ""
    lost_on: dt.date | None = None


class TierSet(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A tier given by hand: a floor until the end of `until` (RULES 22); None is for ever."""

    topic: ClassVar[str] = "TierSet.1"
    tier: str
    until: dt.date | None = None
    reason: str


class TierFloorEnded(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The ladder alone decides again."""

    topic: ClassVar[str] = "TierFloorEnded.1"
    reason: str


class MemberFrozen(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The account is not to be spent from."""

    topic: ClassVar[str] = "MemberFrozen.1"
    reason: str


class MemberUnfrozen(Event, frozen=True, kw_only=True, omit_defaults=True):
    """It may be spent from again."""

    topic: ClassVar[str] = "MemberUnfrozen.1"
    reason: str


class PointsForfeited(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What a member who leaves gives up."""

    topic: ClassVar[str] = "PointsForfeited.1"
    headline: ClassVar[str] = "points_forfeited"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "forfeited"
    points_forfeited: int
    reason: str


class MemberClosed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The member left; nothing more happens to the account."""

    topic: ClassVar[str] = "MemberClosed.1"
    reason: str


class PointsSent(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points that went to another account in the same commit (RULES 25)."""

    topic: ClassVar[str] = "PointsSent.1"
    headline: ClassVar[str] = "points_sent"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "transferred"
    other: str
    purpose: Literal["gift", "purse"]
    points_sent: int
    reason: str = ""


class PointsReceived(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Points that came from another account; their lots keep their days.

    `paid_in_by` are those merged into the member who had paid points of them into the purse.
    """

    topic: ClassVar[str] = "PointsReceived.1"
    headline: ClassVar[str] = "points_received"
    contra: ClassVar[str] = "transferred"
    other: str
    purpose: Literal["gift", "purse"]
    points_received: int
    reason: str = ""
    paid_in_by: tuple[str, ...] = ()


class CountedDay(Struct, frozen=True, gc=False):
    """What counts for the ladder on one day: minor units, points units, purchases."""

    day: dt.date
    net_minor: int
    points: int
    purchases: int


class MemberMerged(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """This account goes on as part of `other`; `points_sent` is its balance, less its debt."""

    topic: ClassVar[str] = "MemberMerged.1"
    headline: ClassVar[str] = "points_sent"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "transferred"
    other: str
    points_sent: int
    reason: str = ""


class MemberAbsorbed(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The account of `other` is part of this one from here on: lots, days, card, vouchers.

    `absorbed` are those whose accounts were part of it in turn.
    """

    topic: ClassVar[str] = "MemberAbsorbed.1"
    headline: ClassVar[str] = "points_received"
    contra: ClassVar[str] = "transferred"
    other: str
    points_received: int
    days: tuple[CountedDay, ...] = ()
    tier: str = ""
    tier_valid_until: dt.date | None = None
    vouchers: tuple[Voucher, ...] = ()
    reason: str = ""
    absorbed: tuple[str, ...] = ()


class MergeUndone(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """`other` is an account of its own again; its lots, days and vouchers leave this one."""

    topic: ClassVar[str] = "MergeUndone.1"
    headline: ClassVar[str] = "points_sent"
    sign: ClassVar[int] = -1
    contra: ClassVar[str] = "transferred"
    other: str
    points_sent: int
    days: tuple[CountedDay, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    reason: str = ""


class MemberRestored(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """This account stands on its own again, after it was part of `other`."""

    topic: ClassVar[str] = "MemberRestored.1"
    headline: ClassVar[str] = "points_received"
    contra: ClassVar[str] = "transferred"
    other: str
    points_received: int
    vouchers: tuple[Voucher, ...] = ()
    reason: str = ""


class PurseOpened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A purse that several members pay into and spend from; the first event of its stream."""

    topic: ClassVar[str] = "PurseOpened.1"


class PurseJoined(Event, frozen=True, kw_only=True, omit_defaults=True):
    """`joiner` may pay into the purse and spend from it."""

    topic: ClassVar[str] = "PurseJoined.1"
    joiner: str


class PurseLeft(Event, frozen=True, kw_only=True, omit_defaults=True):
    """`leaver` may no longer spend from the purse."""

    topic: ClassVar[str] = "PurseLeft.1"
    leaver: str
