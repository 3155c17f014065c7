"""What became of each voucher and each use of a benefit of an account (ledger/story.py).

Shapes:
    VoucherStory   a voucher with the terms it has by now, its state, and the use that counts
    BenefitStory   a use of a benefit, and whether it was cancelled
    ClubStory      all of them, of one account and of those merged into it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.vouchers import as_given_back, as_issued
from schemas.events import (
    BenefitUseCancelled,
    BenefitUsed,
    Event,
    Voucher,
    VoucherCancelled,
    VoucherGivenBack,
    VoucherIssued,
    VoucherLapsed,
    VoucherName,
    VoucherUsed,
)

State = Literal["open", "used", "lapsed", "cancelled"]


class VoucherStory(Struct):
    """A voucher of `owner`. `use` is there while it counts; `lapsed_at` once a lapse was recorded.

    A voucher past its last good day is "open" until a run has recorded it.
    """

    issued: VoucherIssued
    owner: str
    voucher: Voucher
    state: State = "open"
    use: VoucherUsed | None = None
    lapsed_at: dt.datetime | None = None


class BenefitStory(Struct):
    """A use of a benefit by `owner`."""

    event: BenefitUsed
    owner: str
    cancelled: bool = False


class ClubStory:
    """The story of one account's vouchers and benefits, told event by event."""

    def __init__(self, member: str) -> None:
        self._member = member
        self.vouchers: dict[VoucherName, VoucherStory] = {}
        self.benefit_uses: dict[tuple[str, str], BenefitStory] = {}

    def tell(self, event: Event) -> None:
        """One more event of the account."""
        told = _TELL.get(type(event))
        if told is not None:
            told(self, event)

    def absorb(self, other: ClubStory) -> None:
        """The account of `other` became part of this one."""
        self.vouchers = {**_copies(other.vouchers), **self.vouchers}
        self.benefit_uses = {**_copies(other.benefit_uses), **self.benefit_uses}

    def separate(self, owners: Container[str]) -> None:
        """What belongs to `owners` leaves with them."""
        for table in (self.vouchers, self.benefit_uses):
            entries: dict[Any, Any] = table
            for name in [name for name, told in entries.items() if told.owner in owners]:
                del entries[name]

    def _issue(self, event: VoucherIssued) -> None:
        voucher = as_issued(event)
        self.vouchers[voucher.name] = VoucherStory(event, self._member, voucher)

    def _use(self, event: VoucherUsed) -> None:
        told = self.vouchers[event.name]
        told.state, told.use = "used", event

    def _give_back(self, event: VoucherGivenBack) -> None:
        told = self.vouchers[event.name]
        told.state, told.use, told.voucher = "open", None, as_given_back(event)

    def _lapse(self, event: VoucherLapsed) -> None:
        told = self.vouchers[event.name]
        told.state, told.lapsed_at = "lapsed", event.occurred_at

    def _cancel(self, event: VoucherCancelled) -> None:
        self.vouchers[event.name].state = "cancelled"

    def _benefit(self, event: BenefitUsed) -> None:
        key = (event.source, event.request_id)
        self.benefit_uses[key] = BenefitStory(event, self._member)

    def _benefit_cancelled(self, event: BenefitUseCancelled) -> None:
        self.benefit_uses[event.use_source, event.use].cancelled = True


def _copies(stories: Any) -> Any:
    return {name: replace(told) for name, told in stories.items()}


_TELL: Final[dict[type[Any], Any]] = {
    VoucherIssued: ClubStory._issue,
    VoucherUsed: ClubStory._use,
    VoucherGivenBack: ClubStory._give_back,
    VoucherLapsed: ClubStory._lapse,
    VoucherCancelled: ClubStory._cancel,
    BenefitUsed: ClubStory._benefit,
    BenefitUseCancelled: ClubStory._benefit_cancelled,
}
