"""The command that pays rebates."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.commands.base import MemberCommand
from schemas.periods import PATTERN


class GrantRebates(MemberCommand, frozen=True, kw_only=True):
    """Pay the rebates due for a period and those before it: `2026-06`, `2026Q2` or `2026`."""

    period: Annotated[str, Meta(pattern=PATTERN)]
