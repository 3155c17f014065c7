"""What can be asked of the ledger: imperatives with their constraints, unknown fields refused.

Every command names its `request_id`, unique per `source` for ever (RULES 23); without one the
ledger makes one up, and a retry is then a new request. `occurred_at` None means now. A command is
compared by its content as it was handed in, so a retry that leaves the time out stays the same.

`member` is a member's id; where points are spent, held, reversed, expired, extended or adjusted
it may be a purse, `purse:<id>`, too. A redemption, a hold or an adjustment goes by the id of the
request that made it; its source is that of the command that names it unless it says otherwise. So
does the use of a benefit, and a voucher, with its number where the request issued several.
"""

from __future__ import annotations

from typing import Final, TypeVar

from schemas.commands.accounts import (
    CloseMember,
    EnrolMember,
    FreezeMember,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    PayIntoPurse,
    UnfreezeMember,
    UnmergeMembers,
    WithdrawFromPurse,
)
from schemas.commands.alliance import (
    AllianceCommand,
    BuyBlock,
    ChangeTerms,
    DecideDispute,
    DisputeLine,
    JoinPartner,
    LeavePartner,
    ResumePartner,
    SettlePeriod,
    SuspendPartner,
)
from schemas.commands.base import Command, MemberCommand
from schemas.commands.benefits import CancelBenefitUse, UseBenefit
from schemas.commands.cobrand import AccrueCobrand
from schemas.commands.earning import (
    AdjustPoints,
    AwardPoints,
    GrantBonus,
    LineItem,
    RecordPurchase,
    ReturnedItem,
    ReturnPurchase,
    TenderPaid,
    UndoAdjustment,
)
from schemas.commands.identity import (
    IssueCard,
    LinkPhone,
    MovePhone,
    ReplaceCard,
    StopCard,
    UnblockCard,
    UnlinkPhone,
)
from schemas.commands.lots import ExpirePoints, ExtendLots
from schemas.commands.program import PublishProgram
from schemas.commands.rebates import GrantRebates
from schemas.commands.spending import (
    CaptureHold,
    GiftPoints,
    HoldPoints,
    RedeemPoints,
    RedeemReward,
    ReleaseHold,
    ReverseRedemption,
)
from schemas.commands.tiers import EndTierFloor, ReviewTier, SetTier
from schemas.commands.transfers import (
    ConfirmTransfer,
    ReceiveTransfer,
    RejectTransfer,
    SendTransfer,
    TimeOutTransfer,
)
from schemas.commands.vouchers import (
    CancelVoucher,
    GiveBackVoucher,
    IssueAnniversaryVouchers,
    IssueVoucher,
    LapseVouchers,
    UseVoucher,
)

MEMBER_COMMANDS: Final[tuple[type[MemberCommand], ...]] = (
    EnrolMember,
    RecordPurchase,
    ReturnPurchase,
    AwardPoints,
    GrantBonus,
    AdjustPoints,
    UndoAdjustment,
    RedeemPoints,
    RedeemReward,
    HoldPoints,
    CaptureHold,
    ReleaseHold,
    ReverseRedemption,
    ExpirePoints,
    ExtendLots,
    FreezeMember,
    UnfreezeMember,
    CloseMember,
    MergeMembers,
    UnmergeMembers,
    GiftPoints,
    OpenPurse,
    JoinPurse,
    LeavePurse,
    PayIntoPurse,
    WithdrawFromPurse,
    SetTier,
    EndTierFloor,
    ReviewTier,
    IssueCard,
    ReplaceCard,
    StopCard,
    UnblockCard,
    LinkPhone,
    UnlinkPhone,
    MovePhone,
    IssueVoucher,
    UseVoucher,
    GiveBackVoucher,
    CancelVoucher,
    LapseVouchers,
    IssueAnniversaryVouchers,
    GrantRebates,
    UseBenefit,
    CancelBenefitUse,
    AccrueCobrand,
    SendTransfer,
    ConfirmTransfer,
    RejectTransfer,
    TimeOutTransfer,
    ReceiveTransfer,
)
ALLIANCE_COMMANDS: Final[tuple[type[AllianceCommand], ...]] = (
    JoinPartner,
    ChangeTerms,
    SuspendPartner,
    ResumePartner,
    LeavePartner,
    BuyBlock,
    SettlePeriod,
    DisputeLine,
    DecideDispute,
)
COMMANDS: Final[tuple[type[Command], ...]] = (
    *MEMBER_COMMANDS,
    *ALLIANCE_COMMANDS,
    PublishProgram,
)

C = TypeVar("C", bound=Command)

__all__ = [
    "ALLIANCE_COMMANDS",
    "COMMANDS",
    "MEMBER_COMMANDS",
    "AccrueCobrand",
    "AdjustPoints",
    "AllianceCommand",
    "AwardPoints",
    "BuyBlock",
    "CancelBenefitUse",
    "CancelVoucher",
    "CaptureHold",
    "ChangeTerms",
    "CloseMember",
    "Command",
    "ConfirmTransfer",
    "DecideDispute",
    "DisputeLine",
    "EndTierFloor",
    "EnrolMember",
    "ExpirePoints",
    "ExtendLots",
    "FreezeMember",
    "GiftPoints",
    "GiveBackVoucher",
    "GrantBonus",
    "GrantRebates",
    "HoldPoints",
    "IssueAnniversaryVouchers",
    "IssueCard",
    "IssueVoucher",
    "JoinPartner",
    "JoinPurse",
    "LapseVouchers",
    "LeavePartner",
    "LeavePurse",
    "LineItem",
    "LinkPhone",
    "MemberCommand",
    "MergeMembers",
    "MovePhone",
    "OpenPurse",
    "PayIntoPurse",
    "PublishProgram",
    "ReceiveTransfer",
    "RecordPurchase",
    "RedeemPoints",
    "RedeemReward",
    "RejectTransfer",
    "ReleaseHold",
    "ReplaceCard",
    "ResumePartner",
    "ReturnPurchase",
    "ReturnedItem",
    "ReverseRedemption",
    "ReviewTier",
    "SendTransfer",
    "SetTier",
    "SettlePeriod",
    "StopCard",
    "SuspendPartner",
    "TenderPaid",
    "TimeOutTransfer",
    "UnblockCard",
    "UndoAdjustment",
    "UnfreezeMember",
    "UnlinkPhone",
    "UnmergeMembers",
    "UseBenefit",
    "UseVoucher",
    "WithdrawFromPurse",
]
