"""Decides: the state of an account, one module per decision, the store, the Ledger."""

from __future__ import annotations

import logging

from ledger.balance import Balance, Lapse
from ledger.card_reviews import ReviewedCard
from ledger.checks import EffectiveRate, Finding, check_program, effective_rates
from ledger.clock import ManualClock
from ledger.errors import JifenError, Rejection, StoreError
from ledger.finding import CardLine, Found, Meaning
from ledger.lapses import LapsedLot
from ledger.ledger import Ledger
from ledger.notices import Notice
from ledger.outcome import Outcome, Pending
from ledger.phones import PhoneHashes
from ledger.program_diff import Difference, diff_programs
from ledger.readings import LotLine, RecordedEvent, StatementLine, TierCard
from ledger.redeemable import Redeemable
from ledger.versions import ProgramVersion
from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    CaptureHold,
    CloseMember,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    FreezeMember,
    GiftPoints,
    GrantBonus,
    HoldPoints,
    IssueCard,
    JoinPurse,
    LeavePurse,
    LineItem,
    LinkPhone,
    MergeMembers,
    MovePhone,
    OpenPurse,
    PayIntoPurse,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    ReleaseHold,
    ReplaceCard,
    ReturnedItem,
    ReturnPurchase,
    ReverseRedemption,
    StopCard,
    TenderPaid,
    UnblockCard,
    UndoAdjustment,
    UnfreezeMember,
    UnlinkPhone,
    UnmergeMembers,
    WithdrawFromPurse,
)

logging.getLogger("jifen").addHandler(logging.NullHandler())

__all__ = [
    "AdjustPoints",
    "AwardPoints",
    "Balance",
    "CaptureHold",
    "CardLine",
    "CloseMember",
    "Difference",
    "EffectiveRate",
    "EnrolMember",
    "ExpirePoints",
    "ExtendLots",
    "Finding",
    "Found",
    "FreezeMember",
    "GiftPoints",
    "GrantBonus",
    "HoldPoints",
    "IssueCard",
    "JifenError",
    "JoinPurse",
    "Lapse",
    "LapsedLot",
    "LeavePurse",
    "Ledger",
    "LineItem",
    "LinkPhone",
    "LotLine",
    "ManualClock",
    "Meaning",
    "MergeMembers",
    "MovePhone",
    "Notice",
    "OpenPurse",
    "Outcome",
    "PayIntoPurse",
    "Pending",
    "PhoneHashes",
    "ProgramVersion",
    "PublishProgram",
    "RecordPurchase",
    "RecordedEvent",
    "RedeemPoints",
    "RedeemReward",
    "Redeemable",
    "Rejection",
    "ReleaseHold",
    "ReplaceCard",
    "ReturnPurchase",
    "ReturnedItem",
    "ReverseRedemption",
    "ReviewedCard",
    "StatementLine",
    "StopCard",
    "StoreError",
    "TenderPaid",
    "TierCard",
    "UnblockCard",
    "UndoAdjustment",
    "UnfreezeMember",
    "UnlinkPhone",
    "UnmergeMembers",
    "WithdrawFromPurse",
    "check_program",
    "diff_programs",
    "effective_rates",
]
