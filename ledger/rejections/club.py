"""Refusals about vouchers, rebates and benefits."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class UnknownVoucherKind(Rejection):
    """Fields: kind."""

    code = "unknown_voucher_kind"
    template = "the program has no voucher {kind!r}"


class VoucherNotOffered(Rejection):
    """Fields: kind."""

    code = "voucher_not_offered"
    template = "the voucher {kind!r} is not given on request on this day"


class VoucherNotForTier(Rejection):
    """Fields: kind, tier."""

    code = "voucher_not_for_tier"
    template = "the voucher {kind!r} is not for the card {tier!r}"


class UnknownVoucher(Rejection):
    """Fields: voucher, number."""

    code = "unknown_voucher"
    template = "this member has no voucher {voucher!r} (number {number})"
    hint = "name the request that issued it, its source, and its number where it issued several"


class VoucherAlreadyUsed(Rejection):
    """Fields: voucher, used_on, where: partner, store, till, purchase_id, as far as was said."""

    code = "voucher_already_used"
    template = "the voucher {voucher!r} was used on {used_on}: {where}"
    hint = "if that was a mistake, give it back first"


class VoucherAlreadyCancelled(Rejection):
    """Fields: voucher."""

    code = "voucher_already_cancelled"
    template = "the voucher {voucher!r} is cancelled already"


class VoucherOutOfDate(Rejection):
    """Fields: voucher, expires_on."""

    code = "voucher_out_of_date"
    template = "the voucher {voucher!r} was good until {expires_on}"


class VoucherNotUsed(Rejection):
    """Fields: voucher."""

    code = "voucher_not_used"
    template = "the voucher {voucher!r} is not used"


class BillTooSmall(Rejection):
    """Fields: voucher, bill_minor, min_bill_minor (minor units)."""

    code = "bill_too_small"
    template = "the voucher {voucher!r} needs a bill of {min_bill_minor}, this one is {bill_minor}"


class VouchersRemain(Rejection):
    """Fields: member, vouchers, worth_minor (minor units)."""

    code = "vouchers_remain"
    template = "{member!r} still has {vouchers} voucher(s) worth {worth_minor}"
    hint = "let them be used, or close with forfeit"


class DayNotCome(Rejection):
    """Fields: as_of, day (of the command)."""

    code = "day_not_come"
    template = "{as_of} has not come on {day}"
    hint = "name that day, or one before it"


class NoRebate(Rejection):
    """Fields: period."""

    code = "no_rebate"
    template = "the program has no rebate over a period like {period}"
    hint = "a month is written 2026-06, a quarter 2026Q2, a year 2026"


class PeriodNotOver(Rejection):
    """Fields: period, day (of the command)."""

    code = "period_not_over"
    template = "{period} is not over on {day}"
    hint = "wait for the end of its last day"


class UnknownBenefit(Rejection):
    """Fields: benefit."""

    code = "unknown_benefit"
    template = "the program has no benefit {benefit!r}"


class BenefitNotOffered(Rejection):
    """Fields: benefit."""

    code = "benefit_not_offered"
    template = "the benefit {benefit!r} is not offered on this day"


class NotEntitled(Rejection):
    """Fields: benefit, tier."""

    code = "not_entitled"
    template = "the benefit {benefit!r} is not for the card {tier!r}"


class QuotaExceeded(Rejection):
    """Fields: benefit, quota, used, asked."""

    code = "quota_exceeded"
    template = "over the quota of {quota} of {benefit!r}: {used} used, {asked} asked"
    hint = "wait for the next period, or ask for less"
    retryable = True


class UnknownBenefitUse(Rejection):
    """Fields: use."""

    code = "unknown_benefit_use"
    template = "this member has no use {use!r} of a benefit"
    hint = "name the request that recorded it, and its source"


class UseAlreadyCancelled(Rejection):
    """Fields: use."""

    code = "use_already_cancelled"
    template = "the use {use!r} is cancelled already"
