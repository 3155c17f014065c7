"""The ladder as events: what a fact changes of a member's timeline (RULES 16, 18 to 22).

Shapes:
    settle_reviews   the reviews that are due before a command's day
    follow           what one more fact changes, where nothing came late, or from the facts anew
    climb            the same of a purchase that only reaches a rung
    retell           the timeline from all facts, told from the first difference on
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from msgspec.structs import replace

from ledger.account import Account, TierSpan
from ledger.case import Draft, Stamp
from ledger.held import Held, runs_of
from ledger.ladder import Reached, valid_until
from ledger.rules import Rulebook
from ledger.standing import Walk
from ledger.story import LADDER_FACTS
from schemas.events import Event, TierChanged, TierKept


def comes_late(account: Account, stamp: Stamp) -> bool:
    """Whether the ladder has looked at something later than the command."""
    return account.ladder_at is not None and stamp.occurred_at < account.ladder_at


def needs_facts(account: Account, _: Any, stamp: Stamp, rulebook: Rulebook) -> bool:
    """Whether a command's case needs the story, to look at the ladder again."""
    return rulebook.has_ladder and comes_late(account, stamp)


def settle_reviews(draft: Draft, rulebook: Rulebook) -> None:
    """Record the reviews of cards whose last good day is before the command's day."""
    review_before(draft, rulebook, draft.day)


def review_before(draft: Draft, rulebook: Rulebook, day: dt.date) -> None:
    """Record the reviews of cards whose last good day is before `day`; none for a late command."""
    account = draft.account
    last = account.tier_valid_until
    if last is None or last >= day or comes_late(account, draft.stamp):
        return
    walk = Walk.on_from(account, rulebook)
    walk.review_before(day)
    _tell_all(draft, walk.news())


def follow(draft: Draft, rulebook: Rulebook, before: Account, fact: Event) -> None:
    """Tell what `fact` changes, which is on the draft already; `before` is the account before."""
    if not rulebook.has_ladder:
        return
    if comes_late(before, draft.stamp):
        retell(draft, rulebook)
        return
    walk = Walk.on_from(before, rulebook)
    walk.step(fact)
    _tell_all(draft, walk.news())


def climb(draft: Draft, reached: Reached) -> None:
    """Tell the rung that was reached with the purchase on the draft, where nothing else is due.

    It is what `follow` would tell, without a walk.
    """
    tier, held = reached.rung.tier, draft.account.tiers[-1]
    until = valid_until(tier, draft.day)
    at = draft.stamp.occurred_at
    span = TierSpan(at, tier.id, until, "threshold", None, held.lost, held.lost_on)
    version = draft.rules.version
    _tell(draft, Held(span, told=reached.window, measured=reached.measured, version=version))


def walk_through(draft: Draft, rulebook: Rulebook, watched: Event | None = None) -> Walk:
    """The whole timeline: what was recorded, what the draft has decided, and what is watched."""
    story = draft.story
    assert story is not None
    decided = [event for event in draft.events if isinstance(event, LADDER_FACTS)]
    more = [watched] if watched is not None else []
    return Walk.through([*story.facts, *decided, *more], rulebook, story.reviewed, watched)


def retell(draft: Draft, rulebook: Rulebook) -> None:
    """Where the timeline differs from what is recorded, tell it from there on."""
    if rulebook.has_ladder:
        tell_difference(draft, walk_through(draft, rulebook))


def tell_difference(draft: Draft, walk: Walk) -> None:
    """Tell the walk's spans from the first difference to what is recorded on."""
    known = draft.account.ladder_at
    if known is not None:
        walk.review_before(draft.rules.day(known))
    recorded = runs_of(draft.account.tiers)
    worked_out = runs_of(held.span for held in walk.spans)
    for old, new in zip_longest(recorded, worked_out):
        if old != new:
            _tell_from(draft, walk, min(span.since for span in (old, new) if span is not None))
            return


def _tell_from(draft: Draft, walk: Walk, at: dt.datetime) -> None:
    before = [held for held in walk.spans if held.span.since < at]
    after = [held for held in walk.spans if held.span.since >= at]
    if before and (not after or after[0].span.since > at):
        on = before[-1]
        span = replace(on.span, since=at, cause="restated")
        after.insert(0, replace(on, span=span))
    _tell_all(draft, after)


def _tell_all(draft: Draft, news: Iterable[Held]) -> None:
    for held in news:
        _tell(draft, held)


def _tell(draft: Draft, held: Held) -> None:
    span, told = held.span, held.told
    before = draft.account.tier_at(span.since)
    day = told.span.start if told else draft.rules.day(span.since)
    fields: dict[str, Any] = {
        "cause": span.cause or "restated",
        "measure": told.measure if told else "",
        "window": told.name if told else "",
        "window_from": day,
        "window_until": told.span.end if told else day,
        "measured": held.measured,
        "threshold": told.needed if told else 0,
        "valid_until": span.valid_until,
        "grace_from": span.grace_from,
        "lost": span.lost,
        "lost_on": span.lost_on,
    }
    if before == span.tier:
        draft.add(TierKept, at=span.since, version=held.version, tier=span.tier, **fields)
        return
    fields |= {"tier_from": before, "tier_to": span.tier}
    draft.add(TierChanged, at=span.since, version=held.version, **fields)
