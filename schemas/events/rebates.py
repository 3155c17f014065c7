"""The fact that a rebate was granted, or made less, for a period."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from schemas.events.base import PointsEvent


class RebateGranted(PointsEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What a rebate comes to for the period from `period_from` to before `period_until`.

    `percent` of `net_minor`, what was spent in it, is `due_minor`; `tier` was held at its end, and
    `program_version` is the one that judged it. Of it `granted_before_minor` was granted earlier.
    `carried_before_minor + due_minor - granted_before_minor` was to pay; `paid_minor` of it was
    paid, as `points_rebated`, or as `vouchers_issued` of a `kind` that follow; `carried_minor` is
    carried on to the next, below zero where too much was paid. `reason` is what a statement shows.
    """

    topic: ClassVar[str] = "RebateGranted.1"
    headline: ClassVar[str] = "points_rebated"
    contra: ClassVar[str] = "rebated"
    rebate: str
    period: str
    period_from: dt.date
    period_until: dt.date
    tier: str = ""
    percent: str
    net_minor: int
    due_minor: int
    granted_before_minor: int = 0
    carried_before_minor: int = 0
    paid_minor: int
    carried_minor: int
    points_rebated: int = 0
    kind: str = ""
    vouchers_issued: int = 0
    reason: str = ""
