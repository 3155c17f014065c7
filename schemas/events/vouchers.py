"""Facts about vouchers: money off a bill, once.

A voucher goes by the source and id of the request that issued it, and its number in that; other
events name it so (`voucher_source`, `voucher`, `number`). Money is in minor units.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from msgspec import Struct

from schemas.events.base import Event, Usage

VoucherName = tuple[str, str, int]
"""What a voucher goes by: source and id of the request that issued it, and its number in that."""


class Voucher(Struct, frozen=True, gc=False, omit_defaults=True):
    """A voucher that can be used from `good_from` to `expires_on`, its last good day (None: ever).

    `kind` is the program's id of it; `gives_back` tells that it comes back with the goods.
    """

    source: str
    request_id: str
    number: int
    kind: str
    worth_minor: int
    good_from: dt.date
    min_bill_minor: int = 0
    expires_on: dt.date | None = None
    gives_back: bool = True

    @property
    def name(self) -> VoucherName:
        """What it goes by."""
        return (self.source, self.request_id, self.number)


class VoucherIssued(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A voucher that is good from the day on. `tier` is the one held then."""

    topic: ClassVar[str] = "VoucherIssued.1"
    number: int = 1
    kind: str
    label: str = ""
    occasion: Literal["request", "birthday", "anniversary", "rebate"]
    worth_minor: int
    min_bill_minor: int = 0
    expires_on: dt.date | None = None
    gives_back: bool = True
    tier: str = ""
    usage: tuple[Usage, ...] = ()


class _AboutVoucher(Event, frozen=True, kw_only=True, omit_defaults=True):
    voucher: str
    voucher_source: str
    number: int = 1
    kind: str
    worth_minor: int

    @property
    def name(self) -> VoucherName:
        """What the voucher goes by."""
        return (self.voucher_source, self.voucher, self.number)


class VoucherUsed(_AboutVoucher, frozen=True, kw_only=True, omit_defaults=True):
    """A voucher used at a till: it took `taken_minor` off the bill, what else it was worth is lost.

    (`partner`, `purchase_id`) is the receipt, where it was said.
    """

    topic: ClassVar[str] = "VoucherUsed.1"
    bill_minor: int | None = None
    taken_minor: int
    partner: str = ""
    store: str = ""
    till: str = ""
    purchase_id: str = ""


class VoucherGivenBack(_AboutVoucher, frozen=True, kw_only=True, omit_defaults=True):
    """A use that counts no more: the voucher is good again from the day on.

    The fields from `min_bill_minor` to `gives_back` are what it is by now. `purchase_id` and
    `partner` name the receipt whose goods all came back, where that was why.
    """

    topic: ClassVar[str] = "VoucherGivenBack.1"
    min_bill_minor: int = 0
    expires_on: dt.date | None = None
    gives_back: bool = True
    partner: str = ""
    purchase_id: str = ""
    reason: str = ""


class VoucherLapsed(_AboutVoucher, frozen=True, kw_only=True, omit_defaults=True):
    """A voucher past its last good day, `lapsed_on`; a use from before may still be told."""

    topic: ClassVar[str] = "VoucherLapsed.1"
    lapsed_on: dt.date


class VoucherCancelled(_AboutVoucher, frozen=True, kw_only=True, omit_defaults=True):
    """A voucher taken back by the shop, or `forfeited` by a member who left."""

    topic: ClassVar[str] = "VoucherCancelled.1"
    reason: str
    forfeited: bool = False
