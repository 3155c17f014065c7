"""The facts that the log holds for ever.

An event is a decided fact: points and where they came from, the lots touched, the tier with the
window that decided it. It is written once, never changed (RULES 31), and read without any rule.

A topic is the type's name and the version of its payload: `PurchaseRecorded.1`. Fields may be
added with a default; anything else needs a new version and an upcast (schemas/upcasts.py).
A field name means the same type in every event, so that one union schema reads them all.

Streams: `member:<id>` is a member's whole story, `purse:<id>` that of a shared purse, `program`
has the versions of the program, `partner:<id>` what is agreed with a partner of the alliance,
`settlement` the periods that were closed. An account goes by its member's id, a purse by
`purse:<id>`.
"""

from __future__ import annotations

from typing import Final

from schemas.events.alliance import (
    AllianceEvent,
    DisputeDecided,
    LineDisputed,
    LineKind,
    Net,
    PartnerEvent,
    PartnerJoined,
    PartnerLeft,
    PartnerResumed,
    PartnerSuspended,
    PartnerTermsChanged,
    Payment,
    PeriodSettled,
    PointsBlockBought,
    StatementLine,
    TermsEvent,
    TransferDeclined,
)
from schemas.events.base import BlockDraw, Bucket, Event, LotOpened, Movement, PointsEvent, Usage
from schemas.events.benefits import BenefitUseCancelled, BenefitUsed
from schemas.events.cobrand import CobrandAccrued
from schemas.events.earning import (
    CapRoom,
    EarningStep,
    PointsAdjusted,
    PointsAwarded,
    PurchaseLine,
    PurchaseRecorded,
    ReturnedLine,
    ReturnRecorded,
    Tender,
)
from schemas.events.identity import (
    CardIssued,
    CardStopped,
    CardUnblocked,
    PhoneLinked,
    PhoneUnlinked,
    StopReason,
)
from schemas.events.lots import ExpiryUndone, LotExtended, LotsExtended, PointsExpired
from schemas.events.membership import (
    CountedDay,
    MemberAbsorbed,
    MemberClosed,
    MemberEnrolled,
    MemberFrozen,
    MemberMerged,
    MemberRestored,
    MemberUnfrozen,
    MergeUndone,
    PointsForfeited,
    PointsReceived,
    PointsSent,
    PurseJoined,
    PurseLeft,
    PurseOpened,
    TierChanged,
    TierFloorEnded,
    TierKept,
    TierSet,
)
from schemas.events.publishing import ProgramPublished, TierLabel
from schemas.events.rebates import RebateGranted
from schemas.events.spending import (
    HoldReleased,
    PointsHeld,
    PointsRedeemed,
    RedemptionReversed,
)
from schemas.events.transfers import (
    TransferConfirmed,
    TransferReceived,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
)
from schemas.events.vouchers import (
    Voucher,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherIssued,
    VoucherLapsed,
    VoucherName,
    VoucherUsed,
)

MEMBER_EVENTS: Final[tuple[type[Event], ...]] = (
    MemberEnrolled,
    PurchaseRecorded,
    PointsAwarded,
    PointsRedeemed,
    TierChanged,
    ReturnRecorded,
    PointsAdjusted,
    PointsHeld,
    HoldReleased,
    RedemptionReversed,
    PointsExpired,
    ExpiryUndone,
    LotsExtended,
    PointsSent,
    PointsReceived,
    MemberFrozen,
    MemberUnfrozen,
    PointsForfeited,
    MemberClosed,
    MemberMerged,
    MemberAbsorbed,
    MergeUndone,
    MemberRestored,
    PurseOpened,
    PurseJoined,
    PurseLeft,
    TierKept,
    TierSet,
    TierFloorEnded,
    CardIssued,
    CardStopped,
    CardUnblocked,
    PhoneLinked,
    PhoneUnlinked,
    VoucherIssued,
    VoucherUsed,
    VoucherGivenBack,
    VoucherLapsed,
    VoucherCancelled,
    RebateGranted,
    BenefitUsed,
    BenefitUseCancelled,
    CobrandAccrued,
    TransferSent,
    TransferConfirmed,
    TransferRejected,
    TransferTimedOut,
    TransferReceived,
)
PROGRAM_EVENTS: Final[tuple[type[ProgramPublished], ...]] = (ProgramPublished,)
ALLIANCE_EVENTS: Final[tuple[type[AllianceEvent], ...]] = (
    PartnerJoined,
    PartnerTermsChanged,
    PartnerSuspended,
    PartnerResumed,
    PartnerLeft,
    PointsBlockBought,
    TransferDeclined,
    PeriodSettled,
    LineDisputed,
    DisputeDecided,
)

TOPICS: Final[dict[str, type[Event]]] = {
    kind.topic: kind for kind in (*MEMBER_EVENTS, *PROGRAM_EVENTS, *ALLIANCE_EVENTS)
}

PROGRAM_STREAM: Final = "program"
MEMBER_PREFIX: Final = "member:"
PURSE_PREFIX: Final = "purse:"
PARTNER_PREFIX: Final = "partner:"
SETTLEMENT_STREAM: Final = "settlement"
PROGRAM_SOURCE_PREFIX: Final = "program:"
"""Before a program's id: the source of what it sends."""


def is_purse(name: str) -> bool:
    """Whether an account's name is that of a purse."""
    return name.startswith(PURSE_PREFIX)


def member_stream(name: str) -> str:
    """The stream of an account, a member's or a purse's: its whole story in one read."""
    return name if name.startswith(PURSE_PREFIX) else MEMBER_PREFIX + name


def is_account(stream: str) -> bool:
    """Whether a stream is that of an account, a member's or a purse's."""
    return stream.startswith((MEMBER_PREFIX, PURSE_PREFIX))


def member_of(stream: str) -> str:
    """The name of the account whose stream it is."""
    return stream.removeprefix(MEMBER_PREFIX)


__all__ = [
    "ALLIANCE_EVENTS",
    "MEMBER_EVENTS",
    "MEMBER_PREFIX",
    "PARTNER_PREFIX",
    "PROGRAM_EVENTS",
    "PROGRAM_SOURCE_PREFIX",
    "PROGRAM_STREAM",
    "PURSE_PREFIX",
    "SETTLEMENT_STREAM",
    "TOPICS",
    "AllianceEvent",
    "BenefitUseCancelled",
    "BenefitUsed",
    "BlockDraw",
    "Bucket",
    "CapRoom",
    "CardIssued",
    "CardStopped",
    "CardUnblocked",
    "CobrandAccrued",
    "CountedDay",
    "DisputeDecided",
    "EarningStep",
    "Event",
    "ExpiryUndone",
    "HoldReleased",
    "LineDisputed",
    "LineKind",
    "LotExtended",
    "LotOpened",
    "LotsExtended",
    "MemberAbsorbed",
    "MemberClosed",
    "MemberEnrolled",
    "MemberFrozen",
    "MemberMerged",
    "MemberRestored",
    "MemberUnfrozen",
    "MergeUndone",
    "Movement",
    "Net",
    "PartnerEvent",
    "PartnerJoined",
    "PartnerLeft",
    "PartnerResumed",
    "PartnerSuspended",
    "PartnerTermsChanged",
    "Payment",
    "PeriodSettled",
    "PhoneLinked",
    "PhoneUnlinked",
    "PointsAdjusted",
    "PointsAwarded",
    "PointsBlockBought",
    "PointsEvent",
    "PointsExpired",
    "PointsForfeited",
    "PointsHeld",
    "PointsReceived",
    "PointsRedeemed",
    "PointsSent",
    "ProgramPublished",
    "PurchaseLine",
    "PurchaseRecorded",
    "PurseJoined",
    "PurseLeft",
    "PurseOpened",
    "RebateGranted",
    "RedemptionReversed",
    "ReturnRecorded",
    "ReturnedLine",
    "StatementLine",
    "StopReason",
    "Tender",
    "TermsEvent",
    "TierChanged",
    "TierFloorEnded",
    "TierKept",
    "TierLabel",
    "TierSet",
    "TransferConfirmed",
    "TransferDeclined",
    "TransferReceived",
    "TransferRejected",
    "TransferSent",
    "TransferTimedOut",
    "Usage",
    "Voucher",
    "VoucherCancelled",
    "VoucherGivenBack",
    "VoucherIssued",
    "VoucherLapsed",
    "VoucherName",
    "VoucherUsed",
    "is_account",
    "is_purse",
    "member_of",
    "member_stream",
]
