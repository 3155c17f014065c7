"""The program file (`program.toml`): what it may say (docs/program.md tells it at length).

Shapes:
    Program       the whole file
    EarningRule   `[[earn]]`: points for money, for units, or once
    Multiplier    `[[multiply]]`: a factor on what was earned
    Campaign      `[[campaign]]`: days and caps that rules and multipliers share
    Bonus         `[[bonus]]`: points without a purchase
    Reward        `[[reward]]`: what points buy
    Expiry        `[expiry]`: how long points live
    Tier          `[[tier]]`, lowest first: a card, and what it takes to reach it
    Ladder        `[ladder]`: when cards change hands, how they are reviewed
    Voucher, Rebate, Benefit    in schemas/program_club.py
    Cobrand       `[[cobrand]]`: a bank's card (schemas/program_cobrand.py)
    Rate          `[[rate]]`: points of one program for those of another (schemas/program_rates.py)
    Redemption, Limits, Basis, Notices, RfmSettings    sections of the same names
    Cards, Phones    `[cards]`, `[phones]` (schemas/program_identity.py)

Amounts are text in the program's currency, so that no float can take part. Days are inclusive.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, field

from schemas.program_club import Benefit, Rebate, Voucher
from schemas.program_cobrand import Cobrand
from schemas.program_identity import Cards, Phones
from schemas.program_parts import AmountText, Count, Months, Named, Names, Ratio, Section
from schemas.program_rates import Rate
from schemas.values import Rounding

Measure = Literal["net_spend", "points_earned", "visits"]
Window = Literal["same_day", "calendar_year", "rolling_months", "membership_year"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Caps(Section, frozen=True):
    """The most points in one purchase, on one day, and in all, for one member (RULES 4)."""

    per_purchase: AmountText | None = None
    per_day: AmountText | None = None
    per_member: AmountText | None = None


class Campaign(Named, frozen=True, kw_only=True):
    """Days that its rules and multipliers hold on, and caps on what they add together."""

    starts_on: dt.date
    ends_on: dt.date
    caps: Caps = Caps()


class _Conditional(Named, frozen=True, kw_only=True):
    """When a rule applies to a purchase: every condition that is named must hold.

    `weekdays` and `days_of_month` are those of the business day; either is enough where both are
    named. `occasions` are the till's words, one of them is enough; `first_purchase` means the
    member's first; `min_amount` is what the purchase must come to.
    """

    enabled: bool = True
    campaign: str | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    weekdays: tuple[Weekday, ...] = ()
    days_of_month: tuple[Annotated[int, Meta(ge=1, le=31)], ...] = ()
    stores: Names = ()
    partners: Names = ()
    channels: Names = ()
    tiers: Names = ()
    occasions: Names = ()
    first_purchase: bool = False
    min_amount: AmountText | None = None
    priority: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] = 0
    stackable: bool = True
    caps: Caps = Caps()


class EarningRule(_Conditional, frozen=True, kw_only=True):
    """`points` for every `per` of money, for each unit, or once (RULES 2).

    `per_amount` is proportional; `per_block` counts whole blocks of `per` and drops the remainder;
    `fixed` gives `points` once, or for each unit of the lines with `per_unit`. `skus`,
    `categories` and `brands` choose lines, each that is named must fit; `tenders` the money that
    counts, else all but what `[basis]` leaves out.
    """

    method: Literal["per_amount", "per_block", "fixed"] = "per_amount"
    points: AmountText = "1"
    per: AmountText = "1"
    per_unit: bool = False
    skus: Names = ()
    categories: Names = ()
    brands: Names = ()
    tenders: Names = ()


class Multiplier(_Conditional, frozen=True, kw_only=True):
    """`factor` scales what was earned so far; those that apply go in the order written."""

    factor: Ratio


class Bonus(Named, frozen=True, kw_only=True):
    """Points without a purchase, at most `times` in a `period`.

    On `enrolment`; on a `referral` to the one who brought a new member, on `referred` to the new
    member; on `request` when the shop asks for it, as for a birthday.
    """

    on: Literal["enrolment", "referral", "referred", "request"]
    points: AmountText
    label: str = ""
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    times: Count = 1
    period: Literal["day", "month", "year", "ever"] = "ever"


class Reward(Named, frozen=True, kw_only=True):
    """What `points` buy, with `money` to pay beside them. Stock is the shop's affair."""

    points: AmountText
    label: str = ""
    money: AmountText | None = None
    tiers: Names = ()
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Basis(Section, frozen=True):
    """What counts of a purchase: tax or not, which categories and tenders do not earn."""

    tax: Literal["included", "excluded"] = "included"
    except_categories: Names = ()
    except_tenders: Names = ("points", "voucher", "gift_card")


class Redemption(Section, frozen=True):
    """How points are spent (RULES 11): `points` are worth `money` at the till.

    A redemption is of at least `min_points`, in whole `step_points`, and worth at most
    `max_bill_percent` of the bill.
    """

    points: AmountText | None = None
    money: AmountText | None = None
    min_points: AmountText | None = None
    step_points: AmountText | None = None
    max_bill_percent: Ratio | None = None


class Limits(Section, frozen=True):
    """The most that one account may do in a day or a calendar month; None is no limit.

    `earnings` counts purchases that earn, `redemptions` and `gifts` count; those with `points`
    are points.
    """

    earnings_per_day: Count | None = None
    earnings_per_month: Count | None = None
    redemptions_per_day: Count | None = None
    redemptions_per_month: Count | None = None
    redeem_points_per_day: AmountText | None = None
    redeem_points_per_month: AmountText | None = None
    gifts_per_day: Count | None = None
    gifts_per_month: Count | None = None
    gift_points_per_day: AmountText | None = None
    gift_points_per_month: AmountText | None = None


class Expiry(Section, frozen=True):
    """How long points live (RULES 9).

    `never`; `months` from the day they were earned; `end_of_year` so many years on; `inactivity`
    so many months after the last purchase or redemption.
    """

    policy: Literal["never", "months", "end_of_year", "inactivity"] = "never"
    months: Months | None = None
    years: Annotated[int, Meta(ge=0, le=100)] = 1


class Ladder(Section, frozen=True):
    """How cards are given and taken (RULES 19 and 20; docs/life.md).

    `upgrade` is in the purchase that reaches a tier, or with the next one. A review lowers by one
    or to what the windows support; `grace_days` come before that. Who was lowered gets the card
    back at `recovery_percent` of its threshold within `recovery_days`; 0 days is no offer.
    """

    upgrade: Literal["at_once", "next_purchase"] = "at_once"
    review: Literal["one_down", "by_balance"] = "one_down"
    grace_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    recovery_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    recovery_percent: Ratio = "50"


class Tier(Named, frozen=True, kw_only=True):
    """A rung of the ladder (RULES 18), reached at or above `threshold` within `window`.

    A tier without `threshold` is the entry tier: everyone has it from enrolment on; or it is by
    `invitation`, set by hand and never reached: its threshold, if any, is for reviews alone.
    `multiplier` scales what its holder earns; `discount_percent` is for the till to apply.
    """

    label: str = ""
    measure: Measure = "net_spend"
    window: Window = "calendar_year"
    window_months: Months | None = None
    threshold: AmountText | None = None
    multiplier: Ratio = "1"
    discount_percent: Ratio = "0"
    valid: Literal["for_ever", "end_of_next_year", "months"] = "end_of_next_year"
    valid_months: Months | None = None
    invitation: bool = False

    @property
    def card(self) -> str:
        """The name that people know the card by: its label, else its id."""
        return self.label or self.id


class Notices(Section, frozen=True):
    """What members are told of: what ends within `days`, tiers that are nearly reached.

    A tier is near when at most `near_percent` of what it takes is missing.
    """

    days: Annotated[int, Meta(ge=0, le=3660)] = 30
    near_percent: Ratio = "20"


class RfmSettings(Section, frozen=True):
    """Where recency, frequency and monetary split into 2 and 1; the medians where it is silent.

    A member is 2 at `recency_days` or fewer, at `frequency` purchases or more, at `monetary` net
    spend or more.
    """

    window_days: Count = 365
    recency_days: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    frequency: Count | None = None
    monetary: AmountText | None = None


class Program(Section, frozen=True):
    """A loyalty program. `effective_from` is a day in `zone`; the version holds from its start.

    `on_shortfall` says what becomes of points that a return can't take back (RULES 15).
    """

    id: str
    name: str
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    effective_from: dt.date
    zone: str = "Asia/Shanghai"
    points_decimals: Annotated[int, Meta(ge=0, le=4)] = 0
    rounding: Rounding = "floor"
    upgrade_first: bool = False
    available_after_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    future_tolerance_minutes: Annotated[int, Meta(ge=0, le=1440)] = 5
    return_window_days: Annotated[int, Meta(ge=0, le=36_600)] | None = None
    on_shortfall: Literal["debt", "clamp", "cash"] = "debt"
    returns_lower_tier: bool = True
    reversal_grace_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    hold_minutes: Annotated[int, Meta(ge=1, le=527_040)] = 1440
    frozen_earns: bool = True
    basis: Basis = Basis()
    caps: Caps = Caps()
    earn: tuple[EarningRule, ...] = ()
    multiply: tuple[Multiplier, ...] = ()
    campaigns: tuple[Campaign, ...] = field(default=(), name="campaign")
    bonuses: tuple[Bonus, ...] = field(default=(), name="bonus")
    rewards: tuple[Reward, ...] = field(default=(), name="reward")
    vouchers: tuple[Voucher, ...] = field(default=(), name="voucher")
    rebates: tuple[Rebate, ...] = field(default=(), name="rebate")
    benefits: tuple[Benefit, ...] = field(default=(), name="benefit")
    cobrands: tuple[Cobrand, ...] = field(default=(), name="cobrand")
    rates: tuple[Rate, ...] = field(default=(), name="rate")
    redemption: Redemption = Redemption()
    limits: Limits = Limits()
    expiry: Expiry = Expiry()
    ladder: Ladder = Ladder()
    tiers: tuple[Tier, ...] = field(default=(), name="tier")
    notices: Notices = Notices()
    rfm: RfmSettings = RfmSettings()
    cards: Cards = Cards()
    phones: Phones = Phones()
