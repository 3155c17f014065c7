"""Commands about cards: set by hand, and reviewed."""

from __future__ import annotations

import datetime as dt

from schemas.commands.base import MemberCommand, Operator, Reason
from schemas.values import Name


class SetTier(MemberCommand, frozen=True, kw_only=True):
    """Give a tier by hand: nothing lowers the card below it until the end of `until`.

    `until` None: as long as the tier is valid that is reached on the day.
    """

    operator: Operator
    tier: Name
    until: dt.date | None = None
    reason: Reason


class EndTierFloor(MemberCommand, frozen=True, kw_only=True):
    """Let the ladder alone decide again."""

    operator: Operator
    reason: Reason


class ReviewTier(MemberCommand, frozen=True, kw_only=True):
    """Record the reviews of a card whose last good day is `as_of` or before; `as_of` is over."""

    as_of: dt.date
