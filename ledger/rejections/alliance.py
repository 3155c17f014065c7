"""Refusals about partners, prepaid blocks, periods and disputes."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class UnknownPartner(Rejection):
    """Fields: partner."""

    code = "unknown_partner"
    template = "there is no partner {partner!r}"
    hint = "`jifen partner list` shows them"


class PartnerExists(Rejection):
    """Fields: partner."""

    code = "partner_exists"
    template = "{partner!r} is a partner already"
    hint = "`jifen partner terms` agrees on other terms"


class PartnerNotMember(Rejection):
    """It had not joined, or had left. Fields: partner, day."""

    code = "partner_not_member"
    template = "{partner!r} does not take part on {day}"
    hint = "`jifen partner show` has its days"


class PartnerPaused(Rejection):
    """Fields: partner, day."""

    code = "partner_paused"
    template = "{partner!r} is suspended on {day}"
    hint = "`jifen partner resume` lets it take part again"


class PartnerNotPaused(Rejection):
    """Fields: partner."""

    code = "partner_not_paused"
    template = "{partner!r} is not suspended"
    hint = "`jifen partner show` has its days"


class PeriodIsSettled(Rejection):
    """Fields: day, through (the last day that is settled)."""

    code = "period_settled"
    template = "{day} is settled: statements were closed up to {through}"
    hint = "name a later day"


class ClaimWindowClosed(Rejection):
    """The purchase is recorded too late for the terms of its day. Fields: partner, last_day."""

    code = "claim_window_closed"
    template = "{partner!r} could claim it until {last_day}"
    hint = "`jifen partner show` has its terms"


class TermsLack(Rejection):
    """Fields: partner, section (of the terms file), day."""

    code = "terms_lack"
    template = "the terms of {partner!r} have no [{section}] on {day}"
    hint = "`jifen partner terms` agrees on other terms"


class TermsInUse(Rejection):
    """A day that has begun would lose a price. Fields: partner, section, day, begun (the last)."""

    code = "terms_in_use"
    template = (
        "the terms of {partner!r} have [{section}] on {day}:"
        " what was accepted up to {begun} would have no price"
    )
    hint = "keep the section, at any price, and leave it out from a later day on"


class BlockEmpty(Rejection):
    """The prepaid blocks don't cover a purchase. Fields: partner, asked, left (points units)."""

    code = "block_empty"
    template = "{partner!r} has prepaid {left} more points, {asked} would be issued"
    hint = "`jifen partner buy` sells it another block"


class PeriodOrder(Rejection):
    """Fields: period, next (the period to settle)."""

    code = "period_order"
    template = "{period} can't be settled now: the next one is {next}"
    hint = "periods are settled one after the other, each once"


class NotBalanced(Rejection):
    """A statement does not hold together. Fields: period, reason."""

    code = "not_balanced"
    template = "the statement of {period} does not hold together: {reason}"
    hint = "`jifen settle` works it out"


class PositionUnknown(Rejection):
    """Fields: position."""

    code = "position_unknown"
    template = "the log has no commit that ends at event #{position} with this seal"
    hint = "work the statement out again from the log as it is"


class UnknownLine(Rejection):
    """Fields: period, partner, kind, month."""

    code = "unknown_line"
    template = "the statement of {period} has no line {kind} of {month} for {partner!r}"
    hint = "`jifen settlement show` has the lines"


class LineIsDisputed(Rejection):
    """Fields: dispute (the open one), partner, kind, month."""

    code = "line_disputed"
    template = "the line {kind} of {month} for {partner!r} is disputed already: {dispute!r}"
    hint = "decide that dispute first"


class UnknownDispute(Rejection):
    """Fields: dispute."""

    code = "unknown_dispute"
    template = "there is no dispute {dispute!r}"
    hint = "`jifen dispute list` shows them"


class DisputeIsDecided(Rejection):
    """Fields: dispute, amount_minor (what it came to)."""

    code = "dispute_decided"
    template = "the dispute {dispute!r} is decided"
    hint = "dispute the correction that it came to"
