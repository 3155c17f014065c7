"""One module per kind of decision: a pure function judges a command against a case.

A decision takes `(case, command)` and returns the events that it decided on, each with the account
that it belongs to, in order, or raises a Rejection. It reads no clock, disk, environment or
randomness: the time and the ids are in the case's stamp. `PROCEDURES` is the table of them all:
beside the decision, what a case of it needs, and who is let in (ledger/decisions/admission.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ledger.account import Account
from ledger.case import Case, Stamp
from ledger.decisions.adjust import decide_adjust, decide_undo
from ledger.decisions.admission import (
    Procedure,
    card_in,
    ends_hold,
    named,
    needs_always,
    needs_when_late,
    none_named,
    phone_in,
    purse_of,
    spender_of,
)
from ledger.decisions.alliance import ALLIANCE_PROCEDURES, Decide
from ledger.decisions.anniversaries import decide_anniversaries
from ledger.decisions.award import decide_award, decide_bonus
from ledger.decisions.benefits import decide_cancel_use, decide_use_benefit
from ledger.decisions.cards import decide_issue, decide_replace, decide_stop, decide_unblock
from ledger.decisions.climbing import comes_late, needs_facts
from ledger.decisions.cobrand import decide_accrue, takes_late
from ledger.decisions.enrol import decide_enrol
from ledger.decisions.hold import decide_capture, decide_hold, decide_release
from ledger.decisions.incoming import decide_receive
from ledger.decisions.lapsing import decide_expire, decide_extend
from ledger.decisions.members import decide_close, decide_freeze, decide_unfreeze
from ledger.decisions.merge import decide_merge, decide_unmerge
from ledger.decisions.outgoing import (
    decide_confirm,
    decide_reject,
    decide_send,
    decide_time_out,
)
from ledger.decisions.phones import decide_link, decide_move, decide_unlink
from ledger.decisions.purchase import decide_purchase
from ledger.decisions.rebates import decide_rebates
from ledger.decisions.redeem import decide_redeem, decide_reward
from ledger.decisions.returns import decide_return
from ledger.decisions.reverse import decide_reverse
from ledger.decisions.settlement import SETTLEMENT_PROCEDURES
from ledger.decisions.tiers import decide_end_floor, decide_review, decide_set_tier
from ledger.decisions.transfer import (
    decide_gift,
    decide_join_purse,
    decide_leave_purse,
    decide_open_purse,
    decide_pay_in,
    decide_withdraw,
)
from ledger.decisions.vouchers import (
    decide_cancel_voucher,
    decide_give_back_voucher,
    decide_issue_voucher,
    decide_lapse_vouchers,
    decide_use_voucher,
    names_no_open_voucher,
)
from ledger.rules import Rulebook
from schemas.commands import (
    AccrueCobrand,
    AdjustPoints,
    AwardPoints,
    CancelBenefitUse,
    CancelVoucher,
    CaptureHold,
    CloseMember,
    ConfirmTransfer,
    EndTierFloor,
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
    LinkPhone,
    MemberCommand,
    MergeMembers,
    MovePhone,
    OpenPurse,
    PayIntoPurse,
    ReceiveTransfer,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    RejectTransfer,
    ReleaseHold,
    ReplaceCard,
    ReturnPurchase,
    ReverseRedemption,
    ReviewTier,
    SendTransfer,
    SetTier,
    StopCard,
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
from schemas.events import Event


def needs_facts_or_late_lots(
    account: Account, command: Any, stamp: Stamp, rulebook: Rulebook
) -> bool:
    """A purchase that the ladder looks at late, or one that keeps lots alive that have lapsed."""
    return (rulebook.has_ladder and comes_late(account, stamp)) or (
        rulebook.lots_live_by_activity and needs_when_late(account, command, stamp, rulebook)
    )


def _spending(decide: Callable[[Case, Any], list[tuple[str, Event]]]) -> Procedure:
    """A command that spends, from a member's account or a purse."""
    return Procedure(decide, story=needs_when_late, other=spender_of, purses=True, spends=True)


PROCEDURES: Final[dict[type[MemberCommand], Procedure]] = {
    EnrolMember: Procedure(decide_enrol, own="absent", other=named("referred_by")),
    RecordPurchase: Procedure(decide_purchase, story=needs_facts_or_late_lots),
    ReturnPurchase: Procedure(decide_return, story=needs_always),
    AwardPoints: Procedure(decide_award),
    GrantBonus: Procedure(decide_bonus),
    AdjustPoints: Procedure(decide_adjust, story=needs_when_late, purses=True),
    UndoAdjustment: Procedure(decide_undo, story=needs_always, purses=True),
    RedeemPoints: _spending(decide_redeem),
    RedeemReward: _spending(decide_reward),
    HoldPoints: _spending(decide_hold),
    CaptureHold: Procedure(decide_capture, story=ends_hold, purses=True, spends=True),
    ReleaseHold: Procedure(decide_release, story=ends_hold, purses=True),
    ReverseRedemption: Procedure(decide_reverse, story=needs_always, purses=True),
    ExpirePoints: Procedure(decide_expire, own="any", purses=True),
    ExtendLots: Procedure(decide_extend, purses=True),
    FreezeMember: Procedure(decide_freeze),
    UnfreezeMember: Procedure(decide_unfreeze),
    CloseMember: Procedure(decide_close, spends=True, names=none_named),
    MergeMembers: Procedure(
        decide_merge, story=needs_facts, other=named("other"), spends=True, other_spends=True
    ),
    UnmergeMembers: Procedure(
        decide_unmerge, story=needs_always, other=named("other"), other_state="merged"
    ),
    GiftPoints: Procedure(decide_gift, story=needs_when_late, other=named("to"), spends=True),
    OpenPurse: Procedure(decide_open_purse, other=purse_of, other_state="absent"),
    JoinPurse: Procedure(decide_join_purse, other=purse_of),
    LeavePurse: Procedure(decide_leave_purse, story=needs_when_late, other=purse_of),
    PayIntoPurse: Procedure(decide_pay_in, story=needs_when_late, other=purse_of, spends=True),
    SetTier: Procedure(decide_set_tier, story=needs_facts),
    EndTierFloor: Procedure(decide_end_floor, story=needs_always),
    ReviewTier: Procedure(decide_review, own="any"),
    WithdrawFromPurse: Procedure(decide_withdraw, story=needs_when_late, other=purse_of),
    AccrueCobrand: Procedure(decide_accrue, story=takes_late),
    IssueCard: Procedure(decide_issue, names=card_in("card")),
    ReplaceCard: Procedure(decide_replace, names=card_in("by")),
    StopCard: Procedure(decide_stop, names=none_named),
    UnblockCard: Procedure(decide_unblock, names=none_named),
    LinkPhone: Procedure(decide_link, names=phone_in),
    UnlinkPhone: Procedure(decide_unlink, names=none_named),
    MovePhone: Procedure(
        decide_move, other=named("other"), names=none_named, holder=named("other")
    ),
    IssueVoucher: Procedure(decide_issue_voucher),
    UseVoucher: Procedure(decide_use_voucher, story=names_no_open_voucher, spends=True),
    GiveBackVoucher: Procedure(decide_give_back_voucher, story=names_no_open_voucher),
    CancelVoucher: Procedure(decide_cancel_voucher, story=names_no_open_voucher),
    LapseVouchers: Procedure(decide_lapse_vouchers, own="any"),
    IssueAnniversaryVouchers: Procedure(decide_anniversaries, own="any"),
    GrantRebates: Procedure(decide_rebates, own="any"),
    UseBenefit: Procedure(decide_use_benefit, spends=True),
    CancelBenefitUse: Procedure(decide_cancel_use, story=needs_always),
    SendTransfer: Procedure(decide_send, story=needs_when_late, spends=True),
    ConfirmTransfer: Procedure(decide_confirm, story=needs_always, own="any"),
    RejectTransfer: Procedure(decide_reject, story=needs_always, own="any"),
    TimeOutTransfer: Procedure(decide_time_out, story=needs_always, own="any"),
    ReceiveTransfer: Procedure(decide_receive),
}

ON_ALLIANCE: Final[dict[type[Any], Decide]] = {**ALLIANCE_PROCEDURES, **SETTLEMENT_PROCEDURES}
"""Command about no account -> its decision."""

__all__ = ["ON_ALLIANCE", "PROCEDURES", "Procedure"]
