"""Moves on the ladder as events (RULES 16 and 19)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ledger.account import TierSpan
from ledger.case import Draft
from ledger.ladder import Reached, Span, measure_named, reached_by, valid_until
from ledger.rules import Rules
from schemas.events import TierChanged
from schemas.values import start_of_day


def reach(rules: Rules, reached: Reached, tier_from: str, day: dt.date) -> dict[str, Any]:
    """What a TierChanged says of a rung that was reached, valid as from `day`."""
    tier = reached.rung.tier
    return {
        "tier_from": tier_from,
        "tier_to": tier.id,
        "cause": "threshold",
        "measure": tier.measure,
        "window": tier.window,
        "window_from": reached.span.start,
        "window_until": reached.span.end,
        "measured": reached.measured,
        "threshold": reached.rung.threshold,
        "valid_until": valid_until(tier, day),
    }


def climb(draft: Draft, reached: Reached) -> None:
    """The tier is reached with the command, or from the start of the later day that decided it."""
    late = reached.day != draft.day
    at = start_of_day(reached.day, draft.rules.zone) if late else None
    draft.add(TierChanged, at=at, **reach(draft.rules, reached, draft.account.tier, reached.day))


def look_again(draft: Draft, day: dt.date | None) -> None:
    """Take back tiers whose threshold no longer measures up, after less counts (RULES 16).

    With a `day`, only those whose window has it; then climb to what is reached around it.
    """
    cause = "unmerge" if day is None else "return"
    lowered = False
    while (span := _failing(draft, day)) is not None:
        decided, below = span.decided, span.below
        assert decided is not None
        assert below is not None
        draft.add(
            TierChanged,
            tier_from=draft.account.tier,
            tier_to=below.tier,
            cause=cause,
            measure=decided.measure,
            window=decided.window,
            window_from=decided.window_from,
            window_until=decided.window_until,
            measured=_measured(draft, span),
            threshold=decided.threshold,
            valid_until=below.valid_until,
        )
        lowered = True
    if lowered and day is not None and draft.account.days:
        reached = reached_by(draft.account, draft.account.days, draft.rules, day)
        if reached is not None:
            fields = reach(draft.rules, reached, draft.account.tier, day)
            draft.add(TierChanged, **fields)


def _failing(draft: Draft, day: dt.date | None) -> TierSpan | None:
    """The span now held, when a threshold brought it that no longer holds."""
    span = draft.account.tiers[-1] if draft.account.tiers else None
    if span is None or span.decided is None or span.below is None:
        return None
    decided = span.decided
    if decided.cause != "threshold":
        return None
    if day is not None and not decided.window_from <= day < decided.window_until:
        return None
    return span if _measured(draft, span) < decided.threshold else None


def _measured(draft: Draft, span: TierSpan) -> int:
    decided = span.decided
    assert decided is not None
    window = Span(decided.window_from, decided.window_until)
    return measure_named(decided.measure, draft.account.days, window)
