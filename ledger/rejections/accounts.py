"""Refusals about accounts: members and purses."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class AccountClosed(Rejection):
    """Fields: member."""

    code = "account_closed"
    template = "the account of {member!r} is closed"
    hint = "enrol the person anew under another number"


class AccountMerged(Rejection):
    """Fields: member, into."""

    code = "account_merged"
    template = "{member!r} was merged into {into!r}"
    hint = "use the account that it was merged into"


class AccountFrozen(Rejection):
    """Fields: member."""

    code = "account_frozen"
    template = "the account of {member!r} is frozen"
    hint = "unfreeze it first"
    retryable = True


class AlreadyFrozen(Rejection):
    """Fields: member."""

    code = "already_frozen"
    template = "the account of {member!r} is frozen already"


class NotFrozen(Rejection):
    """Fields: member."""

    code = "not_frozen"
    template = "the account of {member!r} is not frozen"


class HoldsOpen(Rejection):
    """Fields: member, holds."""

    code = "holds_open"
    template = "{member!r} has points on hold: {holds}"
    hint = "capture or release the holds first"
    retryable = True


class DebtOutstanding(Rejection):
    """Fields: member, debt."""

    code = "debt_outstanding"
    template = "{member!r} owes {debt} points"
    hint = "settle the debt with an adjustment first"


class PointsRemain(Rejection):
    """Fields: member, points."""

    code = "points_remain"
    template = "{member!r} still has {points} points"
    hint = "let them be spent, or close with forfeit"


class NotMerged(Rejection):
    """Fields: member, other."""

    code = "not_merged"
    template = "{other!r} is not merged into {member!r}"


class MergeSettled(Rejection):
    """Fields: member, other."""

    code = "merge_settled"
    template = "{other!r} can't leave {member!r} any more: points were spent or owed"
    hint = "move points with adjustments instead"


class NotForPurses(Rejection):
    """Fields: purse."""

    code = "not_for_purses"
    template = "{purse!r} is a purse: it can only be spent from"
    hint = "name the member"


class UnknownPurse(Rejection):
    """Fields: purse."""

    code = "unknown_purse"
    template = "there is no purse {purse!r}"
    hint = "check the name, or open the purse first"


class PurseExists(Rejection):
    """Fields: purse."""

    code = "purse_exists"
    template = "there is a purse {purse!r} already"


class AlreadyInPurse(Rejection):
    """Fields: purse, member."""

    code = "already_in_purse"
    template = "{member!r} is in purse {purse!r} already"


class NotInPurse(Rejection):
    """Fields: purse, member."""

    code = "not_in_purse"
    template = "{member!r} is not in purse {purse!r}"
    hint = "let the member join the purse first"


class TooFine(Rejection):
    """Fields: numerator, denominator (of a step of what was earned, points units)."""

    code = "too_fine"
    template = "a step of {numerator} / {denominator} points can't be kept exactly"
    hint = "choose rounder rates, factors or taxes in the program"
