"""Commands about vouchers. One goes by the request that issued it, and its number in that."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from schemas.commands.base import MemberCommand, Operator, Reason
from schemas.values import Label, Name, PositiveQuantity

Number = Annotated[int, Meta(ge=1, le=1_000_000)]


class IssueVoucher(MemberCommand, frozen=True, kw_only=True):
    """Give a voucher of `kind`, as the program calls it, or several of them."""

    kind: Name
    quantity: Annotated[int, Meta(ge=1, le=1000)] = 1


class UseVoucher(MemberCommand, frozen=True, kw_only=True):
    """Use a voucher towards a bill of `bill_minor`; (`partner`, `purchase_id`) is its receipt."""

    voucher: Name
    voucher_source: Label = ""
    number: Number = 1
    bill_minor: PositiveQuantity
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    purchase_id: Label = ""


class GiveBackVoucher(MemberCommand, frozen=True, kw_only=True):
    """Let a voucher that was used be good again."""

    voucher: Name
    voucher_source: Label = ""
    number: Number = 1
    reason: Label = ""


class CancelVoucher(MemberCommand, frozen=True, kw_only=True):
    """Take a voucher back that was not used."""

    operator: Operator
    voucher: Name
    voucher_source: Label = ""
    number: Number = 1
    reason: Reason


class LapseVouchers(MemberCommand, frozen=True, kw_only=True):
    """Record the vouchers that lapsed by the end of `as_of`, a day that is over."""

    as_of: dt.date


class IssueAnniversaryVouchers(MemberCommand, frozen=True, kw_only=True):
    """Give what is due for anniversaries of the enrolment up to `as_of`."""

    as_of: dt.date
