"""Refusals about spending: policies, rewards, holds, reversals."""

from __future__ import annotations

from ledger.rejections.always import Rejection


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
