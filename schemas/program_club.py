"""What a program may say about vouchers, rebates and benefits (docs/program.md, docs/life.md).

Shapes:
    Voucher   `[[voucher]]`: money off a bill, used once
    Rebate    `[[rebate]]`: a percentage of what was spent in a period, paid back
    Benefit   `[[benefit]]`: what a card entitles to, so often in a period
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, field

from schemas.program_parts import AmountText, Count, Months, Named, Names, Ratio
from schemas.values import Name, Rounding

Quota = Annotated[int, Meta(ge=1, le=1_000_000)] | Literal["unlimited"]


class Voucher(Named, frozen=True, kw_only=True):
    """Money off a bill of at least `min_bill`, once.

    Given on `request`, on a `birthday` when the shop says so, by the run over all members on the
    `anniversary` of their enrolment, or by a `rebate`; then it may be without a `value` and is
    worth what is due. `times` in a `period` are for the first two: once for ever, and once a year,
    unless it says otherwise. It is good for `valid_days` or `valid_months`, or until the end of
    what `valid` names, or for ever.
    """

    on: Literal["request", "birthday", "anniversary", "rebate"]
    value: AmountText | None = None
    label: str = ""
    min_bill: AmountText | None = None
    tiers: Names = ()
    times: Count | None = None
    period: Literal["day", "month", "year", "ever"] | None = None
    valid_days: Annotated[int, Meta(ge=0, le=36_600)] | None = None
    valid_months: Months | None = None
    valid: Literal["end_of_month", "end_of_quarter", "end_of_year"] | None = None
    on_return: Literal["give_back", "keep"] = "give_back"
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Rebate(Named, frozen=True, kw_only=True):
    """`percent` of the net spend of each `period`, or what `tiers` say for a tier.

    `pays` is "points", or the id of a voucher on `rebate`. Nothing is due for less than
    `min_spend`. Steps are several rebates, each with its own `min_spend`: they add up.
    """

    period: Literal["month", "quarter", "year"]
    pays: Name
    percent: Ratio = "0"
    tiers: dict[Name, Ratio] = field(default_factory=dict)
    min_spend: AmountText | None = None
    rounding: Rounding = "floor"
    label: str = ""
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Benefit(Named, frozen=True, kw_only=True):
    """What the tiers that are named may use, so often in a `period`; others may not."""

    period: Literal["day", "month", "quarter", "year", "membership_year"]
    tiers: dict[Name, Quota]
    label: str = ""
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
