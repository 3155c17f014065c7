"""Commands about how long points live."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from schemas.commands.base import MemberCommand, Operator, Reason


class ExpirePoints(MemberCommand, frozen=True, kw_only=True):
    """Record what lapsed by the end of `as_of`, a day that is over; nothing when nothing did."""

    as_of: dt.date


class ExtendLots(MemberCommand, frozen=True, kw_only=True):
    """Let lots live until `expires_on`; all that end earlier where `lots` names none."""

    operator: Operator
    expires_on: dt.date
    reason: Reason
    lots: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=10_000)] = ()
