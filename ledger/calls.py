"""Every command as a method: what a host's code reads best.

`said` in each method is what every command may say: occurred_at, request_id, source, operator, and
the fields of the command that the method does not name (schemas/commands/).
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from typing import Any

from ledger.outcome import Outcome
from schemas.commands import (
    AccrueCobrand,
    AdjustPoints,
    AwardPoints,
    CaptureHold,
    CloseMember,
    Command,
    EndTierFloor,
    EnrolMember,
    ExtendLots,
    FreezeMember,
    GiftPoints,
    GrantBonus,
    HoldPoints,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    PayIntoPurse,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    ReleaseHold,
    ReturnPurchase,
    ReverseRedemption,
    SetTier,
    UndoAdjustment,
    UnfreezeMember,
    UnmergeMembers,
    WithdrawFromPurse,
)


class Calls(ABC):
    """Methods that make a command and execute it; each raises what `execute` raises."""

    @abstractmethod
    def execute(self, command: Command) -> Outcome:
        """Judge a command and make its events durable."""

    # -- earning -----------------------------------------------------------------------------

    def enrol(self, member: str, *, store: str = "", **said: Any) -> Outcome:
        """Let a person into the program."""
        return self.execute(EnrolMember(member=member, store=store, **said))

    def purchase(self, member: str, amount_minor: int, purchase_id: str, **said: Any) -> Outcome:
        """Record a purchase of `amount_minor`; with `lines`, `tenders` and more in `said`."""
        return self.execute(
            RecordPurchase(
                member=member, amount_minor=amount_minor, purchase_id=purchase_id, **said
            )
        )

    def return_purchase(self, member: str, purchase_id: str, **said: Any) -> Outcome:
        """Take goods back: `items`, an `amount_minor`, or all that is kept."""
        return self.execute(ReturnPurchase(member=member, purchase_id=purchase_id, **said))

    def award(self, member: str, points: int, reason: str, **said: Any) -> Outcome:
        """Give `points` units without a purchase."""
        return self.execute(AwardPoints(member=member, points=points, reason=reason, **said))

    def bonus(self, member: str, bonus: str, **said: Any) -> Outcome:
        """Give a bonus of the program."""
        return self.execute(GrantBonus(member=member, bonus=bonus, **said))

    def accrue_cobrand(
        self, member: str, cobrand: str, spend_minor: int, reference: str, **said: Any
    ) -> Outcome:
        """Record what was spent elsewhere with a bank's card; below zero a correction.

        `reference` names the row; what makes a retry safe is the `request_id`, as ever.
        """
        return self.execute(
            AccrueCobrand(
                member=member,
                cobrand=cobrand,
                spend_minor=spend_minor,
                reference=reference,
                **said,
            )
        )

    def adjust(
        self, member: str, points: int, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Correct a balance by hand, up or down."""
        return self.execute(
            AdjustPoints(member=member, points=points, reason=reason, operator=operator, **said)
        )

    def undo_adjustment(
        self, member: str, adjustment: str, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Enter the opposite of the adjustment that request `adjustment` made."""
        return self.execute(
            UndoAdjustment(
                member=member, adjustment=adjustment, reason=reason, operator=operator, **said
            )
        )

    # -- spending ----------------------------------------------------------------------------

    def redeem(self, member: str, points: int, **said: Any) -> Outcome:
        """Spend `points` units."""
        return self.execute(RedeemPoints(member=member, points=points, **said))

    def redeem_reward(self, member: str, reward: str, **said: Any) -> Outcome:
        """Spend the price of a reward of the catalogue."""
        return self.execute(RedeemReward(member=member, reward=reward, **said))

    def hold(self, member: str, points: int, **said: Any) -> Outcome:
        """Reserve `points` units; the hold goes by its request id."""
        return self.execute(HoldPoints(member=member, points=points, **said))

    def capture(self, member: str, hold: str, **said: Any) -> Outcome:
        """Spend what a hold reserves, or `points` of it."""
        return self.execute(CaptureHold(member=member, hold=hold, **said))

    def release(self, member: str, hold: str, **said: Any) -> Outcome:
        """Give up a hold."""
        return self.execute(ReleaseHold(member=member, hold=hold, **said))

    def reverse(self, member: str, redemption: str, **said: Any) -> Outcome:
        """Give back what request `redemption` spent, or `points` of it."""
        return self.execute(ReverseRedemption(member=member, redemption=redemption, **said))

    def gift(self, member: str, to: str, points: int, **said: Any) -> Outcome:
        """Give points to another member."""
        return self.execute(GiftPoints(member=member, to=to, points=points, **said))

    # -- accounts ----------------------------------------------------------------------------

    def extend_lots(
        self, member: str, expires_on: dt.date, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Let lots live until `expires_on`."""
        return self.execute(
            ExtendLots(
                member=member, expires_on=expires_on, reason=reason, operator=operator, **said
            )
        )

    def freeze(self, member: str, reason: str, **said: Any) -> Outcome:
        """Stop spending from an account."""
        return self.execute(FreezeMember(member=member, reason=reason, **said))

    def unfreeze(self, member: str, reason: str, **said: Any) -> Outcome:
        """Allow spending again."""
        return self.execute(UnfreezeMember(member=member, reason=reason, **said))

    def close_member(self, member: str, reason: str, **said: Any) -> Outcome:
        """Let a member go; `forfeit=True` gives up what is left."""
        return self.execute(CloseMember(member=member, reason=reason, **said))

    def merge(self, member: str, other: str, **said: Any) -> Outcome:
        """Make `other` a part of `member`."""
        return self.execute(MergeMembers(member=member, other=other, **said))

    def unmerge(self, member: str, other: str, **said: Any) -> Outcome:
        """Take `other` out of `member` again."""
        return self.execute(UnmergeMembers(member=member, other=other, **said))

    def set_tier(
        self, member: str, tier: str, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Give a tier by hand, a floor until its last day."""
        return self.execute(
            SetTier(member=member, tier=tier, reason=reason, operator=operator, **said)
        )

    def end_tier_floor(self, member: str, reason: str, *, operator: str, **said: Any) -> Outcome:
        """Let the ladder alone decide again."""
        return self.execute(EndTierFloor(member=member, reason=reason, operator=operator, **said))

    def open_purse(self, member: str, purse: str, **said: Any) -> Outcome:
        """Open the purse `purse:<purse>` with its first member."""
        return self.execute(OpenPurse(member=member, purse=purse, **said))

    def join_purse(self, member: str, purse: str, **said: Any) -> Outcome:
        """Let a member use a purse."""
        return self.execute(JoinPurse(member=member, purse=purse, **said))

    def leave_purse(self, member: str, purse: str, **said: Any) -> Outcome:
        """Leave a purse with what is left of one's own points."""
        return self.execute(LeavePurse(member=member, purse=purse, **said))

    def pay_into_purse(self, member: str, purse: str, points: int, **said: Any) -> Outcome:
        """Move a member's points into a purse."""
        return self.execute(PayIntoPurse(member=member, purse=purse, points=points, **said))

    def withdraw_from_purse(self, member: str, purse: str, points: int, **said: Any) -> Outcome:
        """Move points that the member paid in back."""
        return self.execute(WithdrawFromPurse(member=member, purse=purse, points=points, **said))

    def publish(self, content: str, **said: Any) -> Outcome:
        """Put a version of the program in force; `content` is the text of a program file."""
        return self.execute(PublishProgram(content=content, **said))
