"""What a program file says about co-branded cards (联名卡): `[[cobrand]]`."""

from __future__ import annotations

import datetime as dt

from schemas.program_parts import AmountText, Named
from schemas.values import Name


class Cobrand(Named, frozen=True, kw_only=True):
    """A card that the bank `partner` gives out: `points` for every `per` spent elsewhere.

    It counts by calendar month, in all at most `per_month` points for one member. The bank's rows
    of other days than those from `starts_on` to `ends_on` bring nothing.
    """

    partner: Name
    label: str = ""
    points: AmountText = "1"
    per: AmountText = "1"
    per_month: AmountText | None = None
    enabled: bool = True
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None

    @property
    def card(self) -> str:
        """The name that people know the card by: its label, else its id."""
        return self.label or self.id
