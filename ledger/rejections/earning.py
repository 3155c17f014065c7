"""Refusals about earning, adjusting, lots and returns."""

from __future__ import annotations

from ledger.rejections.always import Rejection


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


class UnknownCobrand(Rejection):
    """Fields: cobrand, day."""

    code = "unknown_cobrand"
    template = "the program has no co-branded card {cobrand!r} on {day}"
    hint = "check the card's id and the day; `jifen program show` has the file"


class CobrandNotOffered(Rejection):
    """Fields: cobrand, day."""

    code = "cobrand_not_offered"
    template = "the co-branded card {cobrand!r} brings no points for what is spent on {day}"
    hint = "check the day; a correction below zero is taken on any day"


class AlreadyLapsed(Rejection):
    """Fields: expires_on (the last good day named), day (of the command)."""

    code = "already_lapsed"
    template = "points that are good until {expires_on} have lapsed on {day}"
    hint = "name a last good day that is not before the day of the award"


class UnknownAdjustment(Rejection):
    """Fields: adjustment."""

    code = "unknown_adjustment"
    template = "there is no adjustment {adjustment!r} of this account that can be undone"
    hint = "name the request that made it, and its source"


class AlreadyUndone(Rejection):
    """Fields: adjustment."""

    code = "already_undone"
    template = "the adjustment {adjustment!r} is undone already"


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
