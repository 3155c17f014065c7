"""Sound commands that the ledger refuses: one class for each reason, with its code and fields.

The tree and the order of precedence are in ledger/errors.py and docs/life.md. Points are points
units, money minor units.
"""

from __future__ import annotations

from schemas.errors import JifenError


class Rejection(JifenError):
    """A sound command that the ledger refuses. Nothing was written."""

    code = "rejected"


class RequestConflict(Rejection):
    """Fields: source, request_id, position (of the first event of the original)."""

    code = "request_conflict"
    template = (
        "request {request_id!r} of {source!r} was used for something else, at event #{position}"
    )
    hint = "a new request needs a new id; a retry must repeat the first content exactly"


class OccurredInFuture(Rejection):
    """Fields: occurred_at, tolerance_minutes."""

    code = "occurred_in_future"
    template = "{occurred_at} is in the future, by more than {tolerance_minutes} minutes"
    hint = "check the time and the clock of the till"
    retryable = True


class NoProgramInForce(Rejection):
    """Fields: occurred_at."""

    code = "no_program_in_force"
    template = "no version of the program covers {occurred_at}"
    hint = "publish a version whose effective_from is early enough"


class ProgramMismatch(Rejection):
    """Fields: setting, old, new."""

    code = "program_mismatch"
    template = "a new version can't change {setting} from {old} to {new}"
    hint = "open a store of its own for another program"


class AlreadyEnrolled(Rejection):
    """Fields: member."""

    code = "already_enrolled"
    template = "member {member!r} is enrolled already"


class UnknownMember(Rejection):
    """Fields: member."""

    code = "unknown_member"
    template = "there is no member {member!r}"
    hint = "check the number, or enrol the member first"


class ReceiptAlreadyClaimed(Rejection):
    """Fields: partner, purchase_id, position (of the purchase that earned)."""

    code = "receipt_already_claimed"
    template = "receipt {purchase_id!r} has earned already, at event #{position}"
    hint = "a receipt earns once in the whole program"


class InsufficientPoints(Rejection):
    """Fields: asked, available (points units)."""

    code = "insufficient_points"
    template = "{asked} points asked, {available} available"
    hint = "ask for no more than is available"
    retryable = True


class TooManyPoints(Rejection):
    """Fields: points, most (points units)."""

    code = "too_many_points"
    template = "{points} points are more than one event can hold ({most})"
    hint = "check the amount, and the rates of the program"


class BatchRefused(Rejection):
    """Fields: failures, a tuple of (index of the command, its error)."""

    code = "batch_refused"
    template = "some commands were refused, so none was recorded"
    hint = "mend or leave out the commands that failed"

    @property
    def failures(self) -> tuple[tuple[int, JifenError], ...]:
        """What failed, in the order of the commands."""
        found: tuple[tuple[int, JifenError], ...] = self.fields["failures"]
        return found


class UnknownEvent(Rejection):
    """Fields: member, position."""

    code = "unknown_event"
    template = "{member!r} has no event #{position}"
    hint = "look it up in the statement"


# -- accounts ------------------------------------------------------------------------------------


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


# -- earning -------------------------------------------------------------------------------------


class LimitExceeded(Rejection):
    """Fields: limit (as the program file names it), most, used, asked."""

    code = "limit_exceeded"
    template = "over the limit {limit} of {most}: {used} used, {asked} asked"
    hint = "wait for the next period, or ask for less"
    retryable = True


class UnknownBonus(Rejection):
    """Fields: bonus."""

    code = "unknown_bonus"
    template = "the program has no bonus {bonus!r}"


class BonusNotOffered(Rejection):
    """Fields: bonus."""

    code = "bonus_not_offered"
    template = "the bonus {bonus!r} is not given on request on this day"


class UnknownAdjustment(Rejection):
    """Fields: adjustment."""

    code = "unknown_adjustment"
    template = "there is no adjustment {adjustment!r} of this account that can be undone"
    hint = "name the request that made it, and its source"


class AlreadyUndone(Rejection):
    """Fields: adjustment."""

    code = "already_undone"
    template = "the adjustment {adjustment!r} is undone already"


# -- lots ----------------------------------------------------------------------------------------


class DayNotOver(Rejection):
    """Fields: as_of, day (of the command)."""

    code = "day_not_over"
    template = "{as_of} is not over on {day}"
    hint = "points are good until the end of their last day; name a day before"


class LotNotExtendable(Rejection):
    """Fields: lots."""

    code = "lot_not_extendable"
    template = "there is no open lot to extend: {lots}"
    hint = "lapsed lots, and lots that end later or never, can't be extended"


# -- spending ------------------------------------------------------------------------------------


class RedemptionPolicy(Rejection):
    """Fields: policy (as the program file names it), asked, bound."""

    code = "redemption_policy"
    template = "{asked} points do not fit {policy} of {bound}"
    hint = "ask `redeemable` how many points may be spent"


class BillNeeded(Rejection):
    """Fields: policy."""

    code = "bill_needed"
    template = "the program limits points to a share of the bill, and no bill is given"
    hint = "name the bill that the points go towards"


class UnknownReward(Rejection):
    """Fields: reward."""

    code = "unknown_reward"
    template = "the catalogue has no reward {reward!r}"


class RewardNotOffered(Rejection):
    """Fields: reward."""

    code = "reward_not_offered"
    template = "the reward {reward!r} is not offered on this day, or not for this card"


class UnknownHold(Rejection):
    """Fields: hold."""

    code = "unknown_hold"
    template = "there is no hold {hold!r} on this account"
    hint = "name the request that placed it, and its source"


class HoldClosed(Rejection):
    """Fields: hold, ended ("captured" or "released")."""

    code = "hold_closed"
    template = "the hold {hold!r} is {ended} already"


class HoldLapsed(Rejection):
    """Fields: hold, lapses_at."""

    code = "hold_lapsed"
    template = "the hold {hold!r} lapsed at {lapses_at}"
    hint = "redeem the points instead"


class UnknownRedemption(Rejection):
    """Fields: redemption."""

    code = "unknown_redemption"
    template = "there is no redemption {redemption!r} on this account"
    hint = "name the request that made it, and its source"


class AlreadyReversed(Rejection):
    """Fields: redemption, asked, left."""

    code = "already_reversed"
    template = "{asked} points to reverse of {redemption!r}, {left} are left"


# -- returns -------------------------------------------------------------------------------------


class UnknownPurchase(Rejection):
    """Fields: partner, purchase_id."""

    code = "unknown_purchase"
    template = "this member has no purchase with receipt {purchase_id!r}"
    hint = "check the receipt, its partner and the member"


class ReturnWindowClosed(Rejection):
    """Fields: purchase_id, last_day."""

    code = "return_window_closed"
    template = "receipt {purchase_id!r} could be returned until {last_day}"


class ReturnExceedsPurchase(Rejection):
    """Fields: purchase_id, reason."""

    code = "return_exceeds_purchase"
    template = "more comes back of {purchase_id!r} than is kept: {reason}"
    hint = "look at the receipt and at what was returned before"
