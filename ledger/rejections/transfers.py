"""Refusals about rates, and about points that go to other programs and come from there."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class RateGains(Rejection):
    """Fields: chain ('a > b > a'), becomes (what 1 becomes around it), day (one of those)."""

    code = "rate_gains"
    template = "points grow around {chain}: 1 becomes {becomes}, on {day} for one"
    hint = "let a rate of the chain give less"


class NoRate(Rejection):
    """Fields: sender, receiver, day."""

    code = "no_rate"
    template = "there is no rate from {sender!r} to {receiver!r} on {day}"
    hint = "`jifen program show` has the rates"


class RateDiffers(Rejection):
    """Fields: promised, points (what the rate here gives)."""

    code = "rate_differs"
    template = "{promised} points were promised, and the rate here gives {points}"
    hint = "agree on the same rate with the other program"


class BelowMinimum(Rejection):
    """Fields: points (that would leave), minimum."""

    code = "below_minimum"
    template = "{points} points in whole blocks are less than the smallest transfer, {minimum}"
    hint = "send more"


class NoFullBlock(Rejection):
    """Fields: points (asked for, or theirs), block."""

    code = "no_full_block"
    template = "{points} do not come in whole blocks of {block}"
    hint = "send whole blocks"


class UnknownTransfer(Rejection):
    """Fields: transfer."""

    code = "unknown_transfer"
    template = "there is no transfer {transfer!r}"
    hint = "`jifen transfers list` shows them"


class TransferAnswered(Rejection):
    """Fields: transfer, answer (confirmed or rejected)."""

    code = "transfer_answered"
    template = "the transfer {transfer!r} was {answer} already"
    hint = "ask the other program which answer is right; `jifen transfers reconcile` names it"


class TransferNotDue(Rejection):
    """Fields: transfer, answer_by."""

    code = "transfer_not_due"
    template = "an answer to the transfer {transfer!r} may come until {answer_by}"
    hint = "wait until that day is over"
    retryable = True


class TransfersOpen(Rejection):
    """Fields: member, transfers."""

    code = "transfers_open"
    template = "{member!r} has transfers without an answer: {transfers}"
    hint = "confirm or reject them first"
    retryable = True
