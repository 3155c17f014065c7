"""What is agreed with a partner of the alliance: the terms file, and the same in units.

Shapes:
    PartnerTerms   the file as it was written (docs/alliance.md)
    load_terms     reads a file; every mistake is reported with its path
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from schemas.errors import InvalidTerms
from schemas.program_checks import money_mistakes, points_mistakes
from schemas.program_file import shape_mistakes
from schemas.program_parts import AmountText, Count, Names, Section
from schemas.values import Name, is_identifier

Percent = Annotated[str, Meta(pattern=r"^\d{1,3}(\.\d{1,4})?$")]


class Price(Section, frozen=True):
    """`money` for every `points`; both above 0."""

    points: AmountText
    money: AmountText


class Issuing(Price, frozen=True):
    """What the partner pays for points issued in its shops, and what applies there.

    `rules` are the earning rules and `tiers` those whose multipliers apply, all where none is
    named. At most `per_purchase` points come from one purchase, `per_month` from a calendar month.
    A purchase can be claimed until `claim_days` after its day.
    """

    rules: Names = ()
    tiers: Names = ()
    per_purchase: AmountText | None = None
    per_month: AmountText | None = None
    claim_days: Count | None = None


class Redeeming(Price, frozen=True):
    """What the partner is paid for points redeemed in its shops, `per_month` of them at most."""

    per_month: AmountText | None = None


class Fees(Section, frozen=True):
    """What the partner pays beside: shares of what is issued and redeemed, and so much a month."""

    issue_percent: Percent = "0"
    redeem_percent: Percent = "0"
    monthly: AmountText | None = None


class Breakage(Section, frozen=True):
    """The share of what the partner paid for points that it gets back when they expire."""

    share_percent: Percent


class Prepaid(Section, frozen=True):
    """Points are bought in advance, in blocks; `when_empty` they are refused, or billed."""

    when_empty: Literal["refuse", "bill"] = "refuse"


class PartnerTerms(Section, frozen=True, kw_only=True):
    """What is agreed with `partner` from the day `effective_from` on.

    `sent` is what it is paid for points that members send to it, as the program that it is,
    `received` what it pays for those that come from there.
    """

    partner: Name
    label: str = ""
    effective_from: dt.date
    issue: Issuing | None = None
    redeem: Redeeming | None = None
    sent: Price | None = None
    received: Price | None = None
    fees: Fees = Fees()
    breakage: Breakage | None = None
    prepaid: Prepaid | None = None


class Money(msgspec.Struct, frozen=True):
    """What amounts are read in: the program's currency and its points' decimals."""

    currency: str
    points_decimals: int


def load_terms(content: str, money: Any, origin: str = "terms.toml") -> PartnerTerms:
    """Read a terms file's text; `money` is a Money or a Program.

    Raises InvalidTerms with every mistake and its path; `origin` names the file in it.
    """
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTerms(origin=origin, mistakes=(f"not TOML: {error}",)) from None
    mistakes = list(shape_mistakes(data, PartnerTerms, "$"))
    if not mistakes:
        terms = msgspec.convert(data, PartnerTerms)
        mistakes = list(_meaning_mistakes(terms, money))
    if mistakes:
        raise InvalidTerms(origin=origin, mistakes=tuple(mistakes))
    return terms


def _meaning_mistakes(terms: PartnerTerms, money: Any) -> Iterator[str]:
    if not is_identifier(terms.partner):
        yield "$.partner: not an identifier"
    if not 1900 <= terms.effective_from.year <= 2999:
        yield "$.effective_from: not a day of the years 1900 to 2999"
    for name in ("issue", "redeem", "sent", "received"):
        price = getattr(terms, name)
        if price is not None:
            yield from points_mistakes(price.points, money, f"$.{name}.points")
            yield from money_mistakes(price.money, money, f"$.{name}.money")
            for limit in ("per_purchase", "per_month"):
                most = getattr(price, limit, None)
                if most is not None:
                    yield from points_mistakes(most, money, f"$.{name}.{limit}")
    if terms.fees.monthly is not None:
        yield from money_mistakes(terms.fees.monthly, money, "$.fees.monthly")
    for path, percent in (
        ("$.fees.issue_percent", terms.fees.issue_percent),
        ("$.fees.redeem_percent", terms.fees.redeem_percent),
        ("$.breakage.share_percent", terms.breakage.share_percent if terms.breakage else "0"),
    ):
        if Decimal(percent) > 100:
            yield f"{path}: more than 100"
    if terms.issue is None and (terms.prepaid or terms.breakage):
        yield "$.issue: missing, and points are to be prepaid or shared when they expire"
