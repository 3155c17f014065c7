"""Every error that Jifen raises on purpose.

    JifenError                     code, fields, hint, retryable   (schemas/errors.py)
    ├── InvalidInput               what was handed in can't be read; nothing was judged
    │   ├── InvalidAmount, InvalidPoints, InvalidTime, InvalidIdentifier
    │   ├── InvalidPhone, InvalidKey
    │   ├── InvalidCommand         with the path of the field
    │   ├── FactsAfterDay          a day to compare at that does not have all that happened
    │   └── InvalidProgram         with every mistake and its path in the file
    ├── Rejection                  a sound command that the ledger refuses; nothing is written
    │   ├── RequestConflict        the request id was used for something else (RULES 23)
    │   ├── OccurredInFuture       business time beyond the program's tolerance
    │   ├── NoProgramInForce       no program version covers the business time
    │   ├── ProgramMismatch        a version that would change what earlier integers mean
    │   ├── AlreadyEnrolled
    │   ├── UnknownMember
    │   ├── ReceiptAlreadyClaimed  the receipt has earned (RULES 24)
    │   ├── BeforeItsCause         a follow-up on a day before that of what it names
    │   ├── InsufficientPoints     less available than asked (RULES 11)
    │   ├── TooManyPoints          more than one event can hold
    │   ├── BatchRefused           commands that belong together, with every failure
    │   ├── UnknownPerson          no member, card or phone; StoppedCard, AmbiguousPhone
    │   ├── CardTaken, PhoneTaken  what leads to someone else (ledger/rejections/identity.py)
    │   ├── MissingKey, WrongKey   the key that phones are hashed under
    │   └── ...                    accounts, limits, holds, reversals, returns, versions, vouchers,
    │                              rebates, benefits, partners, transfers: ledger/rejections/
    ├── StoreError                 the store can't be used
    │   ├── StoreNotFound, StoreExists, NotAStore, StoreTooNew, StoreDamaged
    │   ├── StoreBusy              another process holds it; trying again can help
    │   ├── StoreUnwritable        disk full, read-only
    │   ├── UnsupportedStore       a URL of a kind that this version does not have
    │   └── LedgerClosed
    ├── CommandFailed              a fault of ours, told among the results of execute_many
    ├── UnknownTopic, UndecodableEvent   a row of the log that can't be read
    └── WarehouseError, QueryRefused     (projections/errors.py)

Order of precedence within one command: InvalidCommand, RequestConflict, OccurredInFuture,
NoProgramInForce, then as docs/life.md says.
"""

from __future__ import annotations

from ledger.rejections.accounts import (
    AccountClosed,
    AccountFrozen,
    AccountMerged,
    AlreadyFrozen,
    AlreadyInPurse,
    DebtOutstanding,
    HoldsOpen,
    MergeSettled,
    NotForPurses,
    NotFrozen,
    NotInPurse,
    NotMerged,
    PointsRemain,
    PurseExists,
    TooFine,
    UnknownPurse,
)
from ledger.rejections.alliance import (
    BlockEmpty,
    ClaimWindowClosed,
    DisputeIsDecided,
    LineIsDisputed,
    NotBalanced,
    PartnerExists,
    PartnerNotMember,
    PartnerNotPaused,
    PartnerPaused,
    PeriodIsSettled,
    PeriodOrder,
    PositionUnknown,
    TermsInUse,
    TermsLack,
    UnknownDispute,
    UnknownLine,
    UnknownPartner,
)
from ledger.rejections.always import (
    AlreadyEnrolled,
    BatchRefused,
    BeforeItsCause,
    InsufficientPoints,
    NoProgramInForce,
    OccurredInFuture,
    ProgramMismatch,
    ReceiptAlreadyClaimed,
    Rejection,
    RequestConflict,
    TooManyPoints,
    UnknownEvent,
    UnknownMember,
)
from ledger.rejections.club import (
    BenefitNotOffered,
    BillTooSmall,
    DayNotCome,
    NoRebate,
    NotEntitled,
    PeriodNotOver,
    QuotaExceeded,
    UnknownBenefit,
    UnknownBenefitUse,
    UnknownVoucher,
    UnknownVoucherKind,
    UseAlreadyCancelled,
    VoucherAlreadyCancelled,
    VoucherAlreadyUsed,
    VoucherNotForTier,
    VoucherNotOffered,
    VoucherNotUsed,
    VoucherOutOfDate,
    VouchersRemain,
)
from ledger.rejections.earning import (
    AlreadyLapsed,
    AlreadyUndone,
    BonusNotOffered,
    CobrandNotOffered,
    DayNotOver,
    LimitExceeded,
    LotNotExtendable,
    ReturnExceedsPurchase,
    ReturnWindowClosed,
    UnknownAdjustment,
    UnknownBonus,
    UnknownCobrand,
    UnknownPurchase,
)
from ledger.rejections.identity import (
    AmbiguousPhone,
    CardNotBlocked,
    CardReplaced,
    CardTaken,
    KeyInUse,
    MissingKey,
    NoCardNumbers,
    PhoneIsLinked,
    PhoneNotLinked,
    PhoneTaken,
    StoppedCard,
    UnknownCard,
    UnknownPerson,
    WrongCardNumber,
    WrongKey,
)
from ledger.rejections.publishing import ProgramHasErrors, ProgramLacks, UnknownVersion
from ledger.rejections.spending import (
    AlreadyReversed,
    BillNeeded,
    HoldClosed,
    HoldLapsed,
    RedemptionPolicy,
    RewardNotOffered,
    UnknownHold,
    UnknownRedemption,
    UnknownReward,
)
from ledger.rejections.tiers import FloorInPast, NoFloor, UnknownTier
from ledger.rejections.transfers import (
    BelowMinimum,
    NoFullBlock,
    NoRate,
    RateDiffers,
    RateGains,
    TransferAnswered,
    TransferNotDue,
    TransfersOpen,
    UnknownTransfer,
)
from schemas.errors import (
    FactsAfterDay,
    InvalidAmount,
    InvalidCommand,
    InvalidIdentifier,
    InvalidInput,
    InvalidKey,
    InvalidPhone,
    InvalidPoints,
    InvalidProgram,
    InvalidTerms,
    InvalidTime,
    JifenError,
    UndecodableEvent,
    UnknownTopic,
)


class StoreError(JifenError):
    """The store can't be used."""

    code = "store_error"


class StoreNotFound(StoreError):
    """Fields: store."""

    code = "store_not_found"
    template = "there is no store at {store}"
    hint = "make one with `jifen init`, or name it with --store or JIFEN_STORE"


class StoreExists(StoreError):
    """Fields: store."""

    code = "store_exists"
    template = "there is something at {store} already"
    hint = "choose another place; a store is never overwritten"


class NotAStore(StoreError):
    """Fields: store."""

    code = "not_a_store"
    template = "{store} is not a Jifen store"
    hint = "check the path"


class StoreTooNew(StoreError):
    """Fields: store, version, supported."""

    code = "store_too_new"
    template = "{store} has layout {version}, this version reads up to {supported}"
    hint = "update jifen"


class StoreDamaged(StoreError):
    """Fields: store, reason."""

    code = "store_damaged"
    template = "{store} is damaged: {reason}"
    hint = "restore the file from a backup, then run `jifen verify`"


class StoreBusy(StoreError):
    """Fields: store."""

    code = "store_busy"
    template = "{store} is busy: another process holds its write lock"
    hint = "try again; if it lasts, find the process that has the file open"
    retryable = True


class StoreUnwritable(StoreError):
    """Fields: store, reason."""

    code = "store_unwritable"
    template = "{store} can't be written: {reason}"
    hint = "check free space and permissions"
    retryable = True


class UnsupportedStore(StoreError):
    """Fields: store."""

    code = "unsupported_store"
    template = "{store} is a kind of store that this version does not have"
    hint = "name a file, or :memory:"


class LedgerClosed(StoreError):
    """Fields: store."""

    code = "ledger_closed"
    template = "the ledger on {store} is closed"


class CommandFailed(JifenError):
    """One of many commands met a fault of ours: its `__cause__`. Fields: command, reason."""

    code = "command_failed"
    template = "{command} failed inside the ledger: {reason}"
    hint = "a retry under the same request id tells whether it landed"


__all__ = [
    "AccountClosed",
    "AccountFrozen",
    "AccountMerged",
    "AlreadyEnrolled",
    "AlreadyFrozen",
    "AlreadyInPurse",
    "AlreadyLapsed",
    "AlreadyReversed",
    "AlreadyUndone",
    "AmbiguousPhone",
    "BatchRefused",
    "BeforeItsCause",
    "BelowMinimum",
    "BenefitNotOffered",
    "BillNeeded",
    "BillTooSmall",
    "BlockEmpty",
    "BonusNotOffered",
    "CardNotBlocked",
    "CardReplaced",
    "CardTaken",
    "ClaimWindowClosed",
    "CobrandNotOffered",
    "CommandFailed",
    "DayNotCome",
    "DayNotOver",
    "DebtOutstanding",
    "DisputeIsDecided",
    "FactsAfterDay",
    "FloorInPast",
    "HoldClosed",
    "HoldLapsed",
    "HoldsOpen",
    "InsufficientPoints",
    "InvalidAmount",
    "InvalidCommand",
    "InvalidIdentifier",
    "InvalidInput",
    "InvalidKey",
    "InvalidPhone",
    "InvalidPoints",
    "InvalidProgram",
    "InvalidTerms",
    "InvalidTime",
    "JifenError",
    "KeyInUse",
    "LedgerClosed",
    "LimitExceeded",
    "LineIsDisputed",
    "LotNotExtendable",
    "MergeSettled",
    "MissingKey",
    "NoCardNumbers",
    "NoFloor",
    "NoFullBlock",
    "NoProgramInForce",
    "NoRate",
    "NoRebate",
    "NotAStore",
    "NotBalanced",
    "NotEntitled",
    "NotForPurses",
    "NotFrozen",
    "NotInPurse",
    "NotMerged",
    "OccurredInFuture",
    "PartnerExists",
    "PartnerNotMember",
    "PartnerNotPaused",
    "PartnerPaused",
    "PeriodIsSettled",
    "PeriodNotOver",
    "PeriodOrder",
    "PhoneIsLinked",
    "PhoneNotLinked",
    "PhoneTaken",
    "PointsRemain",
    "PositionUnknown",
    "ProgramHasErrors",
    "ProgramLacks",
    "ProgramMismatch",
    "PurseExists",
    "QuotaExceeded",
    "RateDiffers",
    "RateGains",
    "ReceiptAlreadyClaimed",
    "RedemptionPolicy",
    "Rejection",
    "RequestConflict",
    "ReturnExceedsPurchase",
    "ReturnWindowClosed",
    "RewardNotOffered",
    "StoppedCard",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreExists",
    "StoreNotFound",
    "StoreTooNew",
    "StoreUnwritable",
    "TermsInUse",
    "TermsLack",
    "TooFine",
    "TooManyPoints",
    "TransferAnswered",
    "TransferNotDue",
    "TransfersOpen",
    "UndecodableEvent",
    "UnknownAdjustment",
    "UnknownBenefit",
    "UnknownBenefitUse",
    "UnknownBonus",
    "UnknownCard",
    "UnknownCobrand",
    "UnknownDispute",
    "UnknownEvent",
    "UnknownHold",
    "UnknownLine",
    "UnknownMember",
    "UnknownPartner",
    "UnknownPerson",
    "UnknownPurchase",
    "UnknownPurse",
    "UnknownRedemption",
    "UnknownReward",
    "UnknownTier",
    "UnknownTopic",
    "UnknownTransfer",
    "UnknownVersion",
    "UnknownVoucher",
    "UnknownVoucherKind",
    "UnsupportedStore",
    "UseAlreadyCancelled",
    "VoucherAlreadyCancelled",
    "VoucherAlreadyUsed",
    "VoucherNotForTier",
    "VoucherNotOffered",
    "VoucherNotUsed",
    "VoucherOutOfDate",
    "VouchersRemain",
    "WrongCardNumber",
    "WrongKey",
]
