"""Commands about accounts: members and purses."""

from __future__ import annotations

from schemas.commands.base import MemberCommand, PurseName, Reason
from schemas.values import Label, Name, PositiveQuantity


class EnrolMember(MemberCommand, frozen=True, kw_only=True):
    """Let a person into the program. `referred_by` is the member who brought them."""

    store: Label = ""
    referred_by: Label = ""


class FreezeMember(MemberCommand, frozen=True, kw_only=True):
    """Stop spending from an account."""

    reason: Reason


class UnfreezeMember(MemberCommand, frozen=True, kw_only=True):
    """Allow spending again."""

    reason: Reason


class CloseMember(MemberCommand, frozen=True, kw_only=True):
    """Let a member go. What they still have is lost only where `forfeit` says so."""

    reason: Reason
    forfeit: bool = False


class MergeMembers(MemberCommand, frozen=True, kw_only=True):
    """Make `other` a part of `member`: points with their lots, and what counts for the ladder."""

    other: Name
    reason: Label = ""


class UnmergeMembers(MemberCommand, frozen=True, kw_only=True):
    """Take `other` out of `member` again, while nothing has been spent since."""

    other: Name
    reason: Label = ""


class OpenPurse(MemberCommand, frozen=True, kw_only=True):
    """Open the purse `purse:<purse>`, with `member` as the first who may use it."""

    purse: PurseName


class JoinPurse(MemberCommand, frozen=True, kw_only=True):
    """Let `member` pay into a purse and spend from it."""

    purse: PurseName


class LeavePurse(MemberCommand, frozen=True, kw_only=True):
    """`member` leaves a purse and takes along what is left of their own points."""

    purse: PurseName


class PayIntoPurse(MemberCommand, frozen=True, kw_only=True):
    """Move points of `member` into a purse; they stay theirs, and keep their days."""

    purse: PurseName
    points: PositiveQuantity


class WithdrawFromPurse(MemberCommand, frozen=True, kw_only=True):
    """Move points that `member` paid in back; also for one who has left.

    What one merged into `member` had paid in is theirs.
    """

    purse: PurseName
    points: PositiveQuantity
