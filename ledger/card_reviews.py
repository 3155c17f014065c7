"""The review run over all members (RULES 20): what became of each card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from ledger.account import Account
from ledger.case import Draft, Stamp
from ledger.decisions.climbing import review_before
from ledger.rules import Rulebook
from ledger.runs import Told
from schemas.events import Event, TierChanged, TierKept
from schemas.values import end_of_day

_ONE_DAY = dt.timedelta(days=1)


class ReviewedCard(Struct, frozen=True):
    """What a review on `reviewed_on` decided; `measured` of `threshold` in the unit of `measure`.

    `outcome` is kept, grace, floor or lowered; the window is half open.
    """

    member: str
    reviewed_on: dt.date
    outcome: str
    tier_from: str
    tier_to: str
    valid_until: dt.date | None
    measure: str
    window: str
    window_from: dt.date
    window_until: dt.date
    measured: int
    threshold: int


def due_reviews(account: Account, rulebook: Rulebook, as_of: dt.date) -> tuple[Event, ...]:
    """What the run would record of one account."""
    last = account.tier_valid_until
    if last is None or last > as_of or account.closed or account.merged_into:
        return ()
    rules = rulebook.newest
    moment = end_of_day(as_of, rules.zone)
    draft = Draft(account, rules, Stamp(moment, as_of + _ONE_DAY, "", "", "", 0), None)
    review_before(draft, rulebook, as_of + _ONE_DAY)
    return tuple(draft.events)


def reviewed_cards(told: Told) -> Iterator[ReviewedCard]:
    """The cards of a run's events."""
    for member, event in told:
        if isinstance(event, TierKept):
            yield _card(member, event, event.tier, event.tier)
        elif isinstance(event, TierChanged):
            yield _card(member, event, event.tier_from, event.tier_to)


def _card(member: str, event: TierChanged | TierKept, tier_from: str, tier_to: str) -> ReviewedCard:
    return ReviewedCard(
        member,
        event.occurred_on,
        event.cause,
        tier_from,
        tier_to,
        event.valid_until,
        event.measure,
        event.window,
        event.window_from,
        event.window_until,
        event.measured,
        event.threshold,
    )
