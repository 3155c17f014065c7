"""Decides: the state of an account, one module per decision, the store, the Ledger."""

from __future__ import annotations

import logging

from ledger.balance import Balance, Lapse
from ledger.benefits import BenefitLeft
from ledger.card_reviews import ReviewedCard
from ledger.checks import EffectiveRate, Finding, check_program, effective_rates
from ledger.clock import ManualClock
from ledger.club_questions import VoucherLine
from ledger.club_runs import Written
from ledger.errors import JifenError, Rejection, StoreError
from ledger.exchange import Answer, Exchanged, exchange
from ledger.finding import CardLine, Found, Meaning
from ledger.lapses import LapsedLot
from ledger.ledger import Ledger
from ledger.notices import Notice
from ledger.outcome import Outcome, Pending
from ledger.phones import PhoneHashes
from ledger.program_diff import Difference, diff_programs
from ledger.readings import LotLine, RecordedEvent, StatementLine, TierCard
from ledger.reconciling import Mismatch, Reconciliation, reconcile
from ledger.redeemable import Redeemable
from ledger.transfers import Transfer
from ledger.versions import ProgramVersion
from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    CancelBenefitUse,
    CancelVoucher,
    CaptureHold,
    CloseMember,
    ConfirmTransfer,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    FreezeMember,
    GiftPoints,
    GiveBackVoucher,
    GrantBonus,
    GrantRebates,
    HoldPoints,
    IssueAnniversaryVouchers,
    IssueCard,
    IssueVoucher,
    JoinPurse,
    LapseVouchers,
    LeavePurse,
    LineItem,
    LinkPhone,
    MergeMembers,
    MovePhone,
    OpenPurse,
    PayIntoPurse,
    PublishProgram,
    ReceiveTransfer,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    RejectTransfer,
    ReleaseHold,
    ReplaceCard,
    ReturnedItem,
    ReturnPurchase,
    ReverseRedemption,
    SendTransfer,
    StopCard,
    TenderPaid,
    TimeOutTransfer,
    UnblockCard,
    UndoAdjustment,
    UnfreezeMember,
    UnlinkPhone,
    UnmergeMembers,
    UseBenefit,
    UseVoucher,
    WithdrawFromPurse,
)

logging.getLogger("jifen").addHandler(logging.NullHandler())

__all__ = [
    "AdjustPoints",
    "Answer",
    "AwardPoints",
    "Balance",
    "BenefitLeft",
    "CancelBenefitUse",
    "CancelVoucher",
    "CaptureHold",
    "CardLine",
    "CloseMember",
    "ConfirmTransfer",
    "Difference",
    "EffectiveRate",
    "EnrolMember",
    "Exchanged",
    "ExpirePoints",
    "ExtendLots",
    "Finding",
    "Found",
    "FreezeMember",
    "GiftPoints",
    "GiveBackVoucher",
    "GrantBonus",
    "GrantRebates",
    "HoldPoints",
    "IssueAnniversaryVouchers",
    "IssueCard",
    "IssueVoucher",
    "JifenError",
    "JoinPurse",
    "Lapse",
    "LapseVouchers",
    "LapsedLot",
    "LeavePurse",
    "Ledger",
    "LineItem",
    "LinkPhone",
    "LotLine",
    "ManualClock",
    "Meaning",
    "MergeMembers",
    "Mismatch",
    "MovePhone",
    "Notice",
    "OpenPurse",
    "Outcome",
    "PayIntoPurse",
    "Pending",
    "PhoneHashes",
    "ProgramVersion",
    "PublishProgram",
    "ReceiveTransfer",
    "Reconciliation",
    "RecordPurchase",
    "RecordedEvent",
    "RedeemPoints",
    "RedeemReward",
    "Redeemable",
    "RejectTransfer",
    "Rejection",
    "ReleaseHold",
    "ReplaceCard",
    "ReturnPurchase",
    "ReturnedItem",
    "ReverseRedemption",
    "ReviewedCard",
    "SendTransfer",
    "StatementLine",
    "StopCard",
    "StoreError",
    "TenderPaid",
    "TierCard",
    "TimeOutTransfer",
    "Transfer",
    "UnblockCard",
    "UndoAdjustment",
    "UnfreezeMember",
    "UnlinkPhone",
    "UnmergeMembers",
    "UseBenefit",
    "UseVoucher",
    "VoucherLine",
    "WithdrawFromPurse",
    "Written",
    "check_program",
    "diff_programs",
    "effective_rates",
    "exchange",
    "reconcile",
]
