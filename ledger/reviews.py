"""What a review of a card looks at, and what it lowers to (RULES 20; docs/life.md).

Shapes:
    review_window   a rung and its last good day -> the window that keeps it
    recovery_window a rung and when it was lost -> the window that brings it back
    lower_tier      a tier -> the one that a review lowers it to
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from math import ceil
from typing import Final

from ledger.ladder import BEST_DAY, ONE_DAY, RECOVERY, Span, Window, window_of
from ledger.rules import Rules, Rung


def review_window(
    rung: Rung | None, enrolled_on: dt.date, base: dt.date, last: dt.date
) -> Window | None:
    """The window that a review measures for a rung; None where there is nothing to measure.

    It is that of `base`, the last good day, up to `last`, which is later in a time of grace. A
    same-day tier looks for the best day of its year.
    """
    if rung is None or not rung.threshold:
        return None
    tier = rung.tier
    if tier.window == "same_day":
        year = dt.date(base.year, 1, 1)
        return Window(tier.measure, BEST_DAY, Span(year, last + ONE_DAY), rung.threshold)
    start = window_of(tier, enrolled_on, base).start
    return Window(tier.measure, tier.window, Span(start, last + ONE_DAY), rung.threshold)


def recovery_window(rules: Rules, rung: Rung, lost_on: dt.date, day: dt.date) -> Window:
    """What brings a card back that was lost on `lost_on`, looked at on `day`."""
    needed = ceil(rung.threshold * rules.recovery_share)
    return Window(rung.tier.measure, RECOVERY, Span(lost_on, day + ONE_DAY), needed)


def lower_tier(rules: Rules, tier: str, supported: Callable[[str], bool]) -> str:
    """The tier below: the next, or what the windows support; the entry tier at the least."""
    own = rules.by_tier.get(tier)
    beneath = [
        rung
        for rung in reversed(rules.rungs)
        if (own is None or rung.rank < own.rank) and not rung.tier.invitation
    ]
    policy = _BY_BALANCE if own is None else rules.program.ladder.review
    return _POLICIES[policy](beneath, supported) or rules.entry_tier


def _one_down(beneath: list[Rung], _: Callable[[str], bool]) -> str:
    return beneath[0].tier.id if beneath else ""


def _by_balance(beneath: list[Rung], supported: Callable[[str], bool]) -> str:
    return next((rung.tier.id for rung in beneath if supported(rung.tier.id)), "")


_BY_BALANCE: Final = "by_balance"
_POLICIES: Final[dict[str, Callable[[list[Rung], Callable[[str], bool]], str]]] = {
    "one_down": _one_down,
    _BY_BALANCE: _by_balance,
}
