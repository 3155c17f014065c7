"""Decides: the state of an account, one module per decision, the store, the Ledger."""

from __future__ import annotations

import logging

from ledger.balance import Balance, Lapse
from ledger.card_reviews import ReviewedCard
from ledger.checks import EffectiveRate, Finding, check_program, effective_rates
from ledger.clock import ManualClock
from ledger.errors import JifenError, Rejection, StoreError
from ledger.lapses import LapsedLot
from ledger.ledger import Ledger
from ledger.notices import Notice
from ledger.outcome import Outcome, Pending
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
    JoinPurse,
    LeavePurse,
    LineItem,
    MergeMembers,
    OpenPurse,
    PayIntoPurse,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    ReleaseHold,
    ReturnedItem,
    ReturnPurchase,
    ReverseRedemption,
    TenderPaid,
    UndoAdjustment,
    UnfreezeMember,
    UnmergeMembers,
    WithdrawFromPurse,
)

logging.getLogger("jifen").addHandler(logging.NullHandler())

__all__ = [
    "AdjustPoints",
    "AwardPoints",
    "Balance",
    "CaptureHold",
    "CloseMember",
    "Difference",
    "EffectiveRate",
    "EnrolMember",
    "ExpirePoints",
    "ExtendLots",
    "Finding",
    "FreezeMember",
    "GiftPoints",
    "GrantBonus",
    "HoldPoints",
    "JifenError",
    "JoinPurse",
    "Lapse",
    "LapsedLot",
    "LeavePurse",
    "Ledger",
    "LineItem",
    "LotLine",
    "ManualClock",
    "MergeMembers",
    "Notice",
    "OpenPurse",
    "Outcome",
    "PayIntoPurse",
    "Pending",
    "ProgramVersion",
    "PublishProgram",
    "RecordPurchase",
    "RecordedEvent",
    "RedeemPoints",
    "RedeemReward",
    "Redeemable",
    "Rejection",
    "ReleaseHold",
    "ReturnPurchase",
    "ReturnedItem",
    "ReverseRedemption",
    "ReviewedCard",
    "StatementLine",
    "StoreError",
    "TenderPaid",
    "TierCard",
    "UndoAdjustment",
    "UnfreezeMember",
    "UnmergeMembers",
    "WithdrawFromPurse",
    "check_program",
    "diff_programs",
    "effective_rates",
]
