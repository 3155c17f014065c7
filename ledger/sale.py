"""What is kept of a purchase, and what of it counts (docs/program.md; RULES 2 and 14).

Shapes:
    Sale       what earning looks at: day, tier, place, money, lines
    KeptLine   a line with what is kept of it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from ledger.terms import Conditions, Earning, PointsRate
from schemas.events import PurchaseLine, PurchaseRecorded, Tender

_ONE = Fraction(1)


class KeptLine(Struct, frozen=True, gc=False):
    """`quantity` units and `amount_minor` are kept of `line`."""

    line: PurchaseLine
    quantity: int
    amount_minor: int


class Sale(Struct, frozen=True):
    """A purchase as it is judged; money in minor units.

    `kept_minor` is what is kept of the whole, `lines` what by-line returns left of each;
    `taken_off` came back as an amount, off all lines alike.
    """

    day: dt.date
    tier: str
    store: str
    partner: str
    channel: str
    occasions: tuple[str, ...]
    first: bool
    amount_minor: int
    qualifying_minor: int
    tenders: tuple[Tender, ...]
    lines: tuple[KeptLine, ...]
    taken_off: int = 0

    @property
    def kept_minor(self) -> int:
        """The money that is kept."""
        return sum(kept.amount_minor for kept in self.lines) - self.taken_off


def sale_of(purchase: PurchaseRecorded) -> Sale:
    """The purchase as it was recorded, all of it kept."""
    return Sale(
        day=purchase.occurred_on,
        tier=purchase.tier,
        store=purchase.store,
        partner=purchase.partner,
        channel=purchase.channel,
        occasions=purchase.occasions,
        first=purchase.first,
        amount_minor=purchase.amount_minor,
        qualifying_minor=purchase.qualifying_minor,
        tenders=purchase.tenders,
        lines=lines_of(purchase.lines, purchase.amount_minor),
    )


def lines_of(lines: Sequence[PurchaseLine], amount_minor: int) -> tuple[KeptLine, ...]:
    """All lines, whole; a purchase without lines is one of its amount."""
    every = lines or (PurchaseLine(1, amount_minor),)
    return tuple(KeptLine(line, line.quantity, line.amount_minor) for line in every)


class Counted(Struct, frozen=True):
    """A line's money that counts before tenders, exactly, and its units."""

    line: PurchaseLine
    money: Fraction
    units: int


def counted_lines(earning: Earning, sale: Sale) -> list[Counted]:
    """The lines that count with more than nothing."""
    whole = sum(kept.amount_minor for kept in sale.lines)
    share = Fraction(whole - sale.taken_off, whole) if whole and sale.taken_off else _ONE
    found = []
    for kept in sale.lines:
        line = kept.line
        if not kept.amount_minor or line.category in earning.except_categories:
            continue
        money = Fraction(kept.amount_minor)
        if earning.before_tax and line.tax_minor:
            money -= Fraction(line.tax_minor * kept.amount_minor, line.amount_minor)
        money *= share
        if money > 0:
            found.append(Counted(line, money, kept.quantity))
    return found


def earning_share(sale: Sale, rate: PointsRate) -> Fraction:
    """The part of the money that counts for the rule, by its tenders."""
    if not sale.amount_minor:
        return Fraction(0)
    if rate.tenders:
        paid = sum(tender.amount_minor for tender in sale.tenders if tender.kind in rate.tenders)
        return Fraction(paid, sale.amount_minor)
    return Fraction(sale.qualifying_minor, sale.amount_minor)


def qualifying_of(earning: Earning, amount_minor: int, tenders: Sequence[Tender]) -> int:
    """What was paid with tenders that earn."""
    return amount_minor - sum(
        tender.amount_minor for tender in tenders if tender.kind in earning.except_tenders
    )


def chooses(rate: PointsRate, line: PurchaseLine) -> bool:
    """Whether the line is one that the rule names."""
    return (
        (not rate.skus or line.sku in rate.skus)
        and (not rate.categories or line.category in rate.categories)
        and (not rate.brands or line.brand in rate.brands)
    )


def holds(conditions: Conditions, sale: Sale) -> bool:
    """Whether every condition that is named holds for the purchase."""
    day = sale.day
    if not conditions.starts_on <= day <= conditions.ends_on:
        return False
    if conditions.is_dated_only:
        return True
    weekdays, days = conditions.weekdays, conditions.days_of_month
    return (
        (not (weekdays or days) or day.isoweekday() in weekdays or day.day in days)
        and (not conditions.stores or sale.store in conditions.stores)
        and (not conditions.partners or sale.partner in conditions.partners)
        and (not conditions.channels or sale.channel in conditions.channels)
        and (not conditions.tiers or sale.tier in conditions.tiers)
        and (not conditions.occasions or not conditions.occasions.isdisjoint(sale.occasions))
        and (not conditions.first_purchase or sale.first)
        and sale.kept_minor >= conditions.min_minor
    )
