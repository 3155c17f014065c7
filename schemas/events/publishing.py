"""The fact that a version of the program holds."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from msgspec import Struct

from schemas.events.base import Event
from schemas.program import Program


class TierLabel(Struct, frozen=True):
    """A rung of the ladder as people name it; `rank` counts from 1, the lowest."""

    tier: str
    label: str
    rank: int


class ProgramPublished(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A version of the program: the file as it was written, and what was read from it.

    The fields below `program` restate what SQL needs of it, in units: RFM thresholds in days,
    purchases and minor units, None where the program names none.
    """

    topic: ClassVar[str] = "ProgramPublished.1"
    version: int
    effective_from: dt.datetime
    content: str
    program: Program
    currency: str
    currency_exponent: int
    points_decimals: int
    zone: str
    tiers: tuple[TierLabel, ...] = ()
    rfm_window_days: int = 365
    rfm_recency_days: int | None = None
    rfm_frequency: int | None = None
    rfm_monetary_minor: int | None = None
