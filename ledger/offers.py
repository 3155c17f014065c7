"""What the program offers, and on which days: bonuses, rewards, vouchers, rebates, benefits."""

from __future__ import annotations

import datetime as dt
from typing import Protocol


class Offer(Protocol):
    """An entry of the program that can be switched off, and has days; both inclusive."""

    @property
    def enabled(self) -> bool: ...
    @property
    def starts_on(self) -> dt.date | None: ...
    @property
    def ends_on(self) -> dt.date | None: ...


def offered_on(offer: Offer, day: dt.date) -> bool:
    """Whether it is enabled, and the day one of its days."""
    return (
        offer.enabled
        and (offer.starts_on is None or offer.starts_on <= day)
        and (offer.ends_on is None or day <= offer.ends_on)
    )
