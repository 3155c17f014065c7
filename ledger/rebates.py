"""Rebates: what is due for a period, and the units that it is paid in (docs/life.md, Rebates).

Shapes:
    Due       what a rebate comes to for a period, and by what
    Payment   the unit that a rebate is paid in

Money is in minor units.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import gcd
from typing import Final

from msgspec import Struct

from ledger.account import Account
from ledger.earning import ROUNDINGS
from ledger.ladder import Span, measure_named
from ledger.rules import Rules
from ledger.uses import used_between
from ledger.vouchers import worth_of
from schemas.events import Usage
from schemas.periods import Period
from schemas.program_club import Rebate
from schemas.program_club import Voucher as VoucherTerms
from schemas.values import parse_money, start_of_day

MOST_VOUCHERS: Final = 1000
"""In one grant; what is more is carried."""
_INSTANT: Final = dt.timedelta(microseconds=1)
_GRANTED, _PAID = "rebate:", "rebate_paid:"


class Due(Struct, frozen=True):
    """`percent` of `net_minor`, rounded, by the tier held at the period's end."""

    tier: str
    percent: str
    net_minor: int
    due_minor: int


class Payment(Struct, frozen=True):
    """A unit worth `minor`: so many `points`, or a voucher; `minor` None is a voucher of any worth.

    At most `most` units are paid in one grant.
    """

    minor: int | None
    points: int = 0
    voucher: VoucherTerms | None = None
    most: int | None = None

    def units(self, to_pay: int) -> tuple[int, int]:
        """(units, what they are worth) that pay as much of `to_pay` as they can."""
        if to_pay <= 0:
            return 0, 0
        if self.minor is None:
            return 1, to_pay
        units = to_pay // self.minor
        units = units if self.most is None else min(units, self.most)
        return units, units * self.minor


def last_instant(period: Period, rules: Rules) -> dt.datetime:
    """The end of a period, just before the next begins."""
    return start_of_day(period.end, rules.zone) - _INSTANT


def due(account: Account, rebate: Rebate, rules: Rules, period: Period) -> Due:
    """What the rebate comes to for the period, as is known now."""
    tier = account.tier_at(last_instant(period, rules))
    percent = rebate.tiers.get(tier, rebate.percent)
    net = measure_named("net_spend", account.days, Span(period.start, period.end))
    ratio = Fraction(percent) / 100
    least = 0
    if rebate.min_spend is not None:
        least = parse_money(str(rebate.min_spend), rules.program.currency)
    amount = 0
    if net >= least:
        amount = ROUNDINGS[rebate.rounding](net * ratio.numerator, ratio.denominator)
    return Due(tier, percent, net, amount)


def payment_of(rebate: Rebate, rules: Rules) -> Payment:
    """The fewest points that are worth whole minor units, or the voucher that it pays."""
    if rebate.pays == "points":
        price = rules.spending.price
        assert price is not None
        common = gcd(price.points, price.money_minor)
        return Payment(price.money_minor // common, points=price.points // common)
    (terms,) = [terms for terms in rules.program.vouchers if terms.id == rebate.pays]
    return Payment(worth_of(terms, rules.program), voucher=terms, most=MOST_VOUCHERS)


# -- what was granted before: counted like what is used of a limit ---------------------------------


def is_counted(key: str) -> bool:
    """Whether a key of an account's uses counts what rebates have granted."""
    return key.startswith(_GRANTED)


def granted(account: Account, rebate: str, period: Period) -> int:
    """What was granted for the period so far."""
    return used_between(account, _GRANTED + rebate, period.start, period.end)


def carried(account: Account, rebate: str) -> int:
    """What was granted in all less what was paid; below zero where too much was paid."""
    return _total(account, _GRANTED + rebate) - _total(account, _PAID + rebate)


def _total(account: Account, key: str) -> int:
    uses = account.uses.get(key)
    return uses[-1][1] if uses else 0


def counting(rebate: str, period: Period, granted_minor: int, paid_minor: int) -> tuple[Usage, ...]:
    """What a grant counts, on the period's first day."""
    counted = (_GRANTED + rebate, granted_minor), (_PAID + rebate, paid_minor)
    return tuple(Usage(key, period.start, units) for key, units in counted if units)
