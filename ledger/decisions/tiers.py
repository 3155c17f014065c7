"""Cards set by hand, and reviewed (RULES 20 and 22; docs/life.md)."""

from __future__ import annotations

import datetime as dt

from ledger.case import Case
from ledger.decisions.climbing import follow, retell, review_before, settle_reviews
from ledger.errors import DayNotOver, FloorInPast, NoFloor, UnknownTier
from ledger.ladder import valid_until
from schemas.commands import EndTierFloor, ReviewTier, SetTier
from schemas.events import Event, TierFloorEnded, TierSet

_ONE_DAY = dt.timedelta(days=1)


def decide_set_tier(case: Case, command: SetTier) -> list[tuple[str, Event]]:
    """A floor until its last day. Raises UnknownTier, FloorInPast."""
    rung = case.rules.by_tier.get(command.tier)
    if rung is None:
        raise UnknownTier(tier=command.tier)
    until = command.until
    if until is None:
        is_entry = command.tier == case.rules.entry_tier
        until = None if is_entry else valid_until(rung.tier, case.day)
    elif until < case.day:
        raise FloorInPast(until=until.isoformat(), day=case.day.isoformat())
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    before = draft.account
    fact = draft.add(TierSet, tier=command.tier, until=until, reason=command.reason)
    follow(draft, case.rulebook, before, fact)
    return draft.decided()


def decide_end_floor(case: Case, command: EndTierFloor) -> list[tuple[str, Event]]:
    """The ladder alone decides again. Raises NoFloor."""
    if not _floor_lasts(case):
        raise NoFloor(member=case.account.member)
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    draft.add(TierFloorEnded, reason=command.reason)
    retell(draft, case.rulebook)
    return draft.decided()


def _floor_lasts(case: Case) -> bool:
    """Whether a card set by hand holds at the command's time, whatever was set later."""
    assert case.story is not None
    last = max(
        (
            fact
            for fact in reversed(case.story.facts)  # of equals the one recorded last
            if isinstance(fact, TierSet | TierFloorEnded)
            and fact.occurred_at <= case.stamp.occurred_at
        ),
        key=lambda fact: fact.occurred_at,
        default=None,
    )
    return isinstance(last, TierSet) and (last.until is None or case.day <= last.until)


def decide_review(case: Case, command: ReviewTier) -> list[tuple[str, Event]]:
    """The reviews that are due by the end of `as_of`, a day that is over. Raises DayNotOver."""
    if command.as_of >= case.day:
        raise DayNotOver(as_of=command.as_of.isoformat(), day=case.day.isoformat())
    if case.account.closed or case.account.merged_into:
        return []
    draft = case.draft()
    review_before(draft, case.rulebook, command.as_of + _ONE_DAY)
    return draft.decided()
