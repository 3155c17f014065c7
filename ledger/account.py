"""The state of an account, a member's or a purse's: what decisions look at.

Shapes:
    Account    everything that a decision about an account looks at
    Lot        points with their dates; an account keeps its open lots in spending order
    Card, Phone    what the member is found by
    TierSpan   a tier and the instant from which it was held
    Floor      a tier set by hand
    DayTotals  what counted for the ladder until the end of a day

How events change it is in ledger/evolve.py.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from msgspec import Struct

from schemas.events import PURSE_PREFIX, PointsHeld, Voucher, VoucherName

_NEVER: Final = dt.date.max


class Lot(Struct, frozen=True, gc=False):
    """An open lot: points units in each bucket, and its days (inclusive; None is never).

    `idle_months`, `from_member` and `from_lot` as in the event that opened it.
    """

    number: int
    available: int
    held: int
    earned_on: dt.date
    available_from: dt.date
    expires_on: dt.date | None
    idle_months: int = 0
    from_member: str = ""
    from_lot: int = 0


class Card(Struct, frozen=True, gc=False):
    """A card that was issued to the account: `stopped` says why, since which day; '' is good."""

    number: str
    since: dt.date
    stopped: str = ""
    replaced_by: str = ""


class Phone(Struct, frozen=True, gc=False):
    """A phone that is linked to the account, as keyed hashes (ledger/phones.py)."""

    phone: str
    ending: str
    key_check: str


class TierSpan(Struct, frozen=True, gc=False):
    """`tier` ('' is no card) was held from `since` on, good until `valid_until` (None: for ever).

    `cause` as in the event that told it. `grace_from` is the last good day before a time of grace,
    `lost` what a review took on `lost_on`.
    """

    since: dt.datetime
    tier: str
    valid_until: dt.date | None = None
    cause: str = ""
    grace_from: dt.date | None = None
    lost: str = ""
    lost_on: dt.date | None = None


class Floor(Struct, frozen=True, gc=False):
    """Nothing lowers the card below `tier` until the end of `until`; '' is no floor any more."""

    since: dt.datetime
    tier: str
    until: dt.date | None

    def lasts_on(self, day: dt.date) -> bool:
        """Whether the floor holds on a day."""
        return bool(self.tier) and (self.until is None or day <= self.until)


class DayTotals(Struct, frozen=True, gc=False):
    """What counts for the ladder from the first day to the end of `day`, a day with a purchase.

    Running totals, so that a window is a difference: minor units, points units, purchases that
    are not wholly returned, days with such a purchase.
    """

    day: dt.date
    net_minor: int
    points: int
    purchases: int
    visits: int


Uses = tuple[tuple[dt.date, int], ...]
"""What counts against a cap or limit until the end of a day, running totals, days ascending."""


class Account(Struct, frozen=True, gc=False):
    """An account after `version` events; version 0 is nobody's.

    `lots` are the open ones in spending order, `tiers` the timeline as it is known, `days`
    ascending, `holds` the open ones in the order placed. `lapsed_through` is the latest last good
    day whose expiry is recorded, `ladder_at` the latest instant of what the ladder looks at.
    `absorbed` has who was merged into the account, with those who were part of theirs.
    `purse_members` are those who may use a purse. `cards` and `phones` are the account's own, in
    the order issued and linked; those of members who were merged into it stay with theirs.
    `vouchers` are those that can be used, in the order that they came. `transfers` are those to
    other programs that have no answer, by source and request id.
    """

    member: str
    version: int = 0
    enrolled_at: dt.datetime | None = None
    enrolled_on: dt.date | None = None
    lots: tuple[Lot, ...] = ()
    last_lot: int = 0
    debt: int = 0
    tiers: tuple[TierSpan, ...] = ()
    floor: Floor | None = None
    ladder_at: dt.datetime | None = None
    days: tuple[DayTotals, ...] = ()
    has_bought: bool = False
    holds: tuple[PointsHeld, ...] = ()
    uses: dict[str, Uses] = {}
    lapsed_through: dt.date | None = None
    frozen: bool = False
    closed: bool = False
    merged_into: str = ""
    absorbed: dict[str, tuple[str, ...]] = {}
    purse_members: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    phones: tuple[Phone, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    transfers: tuple[tuple[str, str], ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the member was enrolled, or the purse opened."""
        return self.version > 0

    @property
    def is_purse(self) -> bool:
        """Whether it is a purse's."""
        return self.member.startswith(PURSE_PREFIX)

    @property
    def names(self) -> tuple[str, ...]:
        """The member, and everyone whose account is part of this one."""
        return (
            self.member,
            *(n for other, theirs in self.absorbed.items() for n in (other, *theirs)),
        )

    @property
    def tier(self) -> str:
        """The tier held now; '' is no card."""
        return self.tiers[-1].tier if self.tiers else ""

    @property
    def tier_valid_until(self) -> dt.date | None:
        """The last good day of the tier held now; None is for ever."""
        return self.tiers[-1].valid_until if self.tiers else None

    @property
    def balance(self) -> int:
        """What the program owes the member, in points units: all lots less debt (RULES 29)."""
        return sum(lot.available + lot.held for lot in self.lots) - self.debt

    def tier_at(self, moment: dt.datetime) -> str:
        """The tier held at `moment` as is known now; before the enrolment there is no card."""
        for span in reversed(self.tiers):
            if span.since <= moment:
                return span.tier
        return ""

    def hold(self, source: str, hold: str) -> PointsHeld | None:
        """The open hold that a request placed."""
        for placed in self.holds:
            if placed.request_id == hold and placed.source == source:
                return placed
        return None

    def voucher(self, name: VoucherName) -> Voucher | None:
        """The voucher of a name, while it can be used."""
        for voucher in self.vouchers:
            if voucher.name == name:
                return voucher
        return None

    def lot(self, number: int) -> Lot | None:
        """An open lot by its number."""
        for lot in self.lots:
            if lot.number == number:
                return lot
        return None

    def lots_by_number(self) -> dict[int, Lot]:
        """All open lots by their numbers, for whoever looks up many."""
        return {lot.number: lot for lot in self.lots}


def spending_order(lot: Lot) -> tuple[dt.date, dt.date, int]:
    """Earliest expiry first, never last; then in the order earned (RULES 7)."""
    return (lot.expires_on or _NEVER, lot.earned_on, lot.number)
