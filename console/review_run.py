"""The review run over all cards."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from console.run import Reach, Run
from console.tier_columns import reviewed_columns, reviews_columns
from console.words import _

if TYPE_CHECKING:
    from console.cells import Column
    from console.desk import Desk
    from ledger.card_reviews import ReviewedCard


class ReviewRun(Run["ReviewedCard"]):
    """What the reviews that are due by the end of `as_of` decide."""

    label = _("reviewing")

    def __init__(self, desk: Desk, as_of: dt.date, *, quiet: bool, **said: str) -> None:
        super().__init__(desk, quiet=quiet)
        self._as_of = as_of
        self._said = said
        self._outcomes: Counter[str] = Counter()
        self._names = {tier.id: tier.card for tier in desk.program.tiers}

    def start(self, *, dry_run: bool, reach: Reach) -> Iterator[ReviewedCard]:
        """Raises DayNotOver."""
        run = self._desk.ledger.review_all
        return run(self._as_of, dry_run=dry_run, progress=reach, **self._said)

    def count(self, item: ReviewedCard) -> None:
        self._outcomes[item.outcome] += 1

    def row(self, item: ReviewedCard) -> dict[str, Any]:
        """A measure has a column of its own, as in `jifen tier`: money shows as money."""
        row: dict[str, Any] = {
            "member": item.member,
            "reviewed_on": item.reviewed_on,
            "outcome": item.outcome,
            "tier_from": item.tier_from or None,
            "tier_to": item.tier_to or None,
            "card_from": self._card(item.tier_from),
            "card_to": self._card(item.tier_to),
            "valid_until": item.valid_until,
            "measure": item.measure or None,
            "window": item.window or None,
            "window_from": item.window_from if item.window else None,
            "window_until": item.window_until if item.window else None,
        }
        keys = _KEYS.get(item.measure)
        if keys is not None:
            row |= dict(zip(keys, (item.measured, item.threshold), strict=True))
        return row

    def columns(self) -> list[Column]:
        return reviewed_columns(self._desk.program, for_person=self._desk.format == "table")

    def record_of_totals(self) -> tuple[dict[str, Any], list[Column]]:
        counts = {outcome: self._outcomes[outcome] for outcome in _OUTCOMES}
        return {"as_of": self._as_of, "members": self._members, **counts}, reviews_columns()

    def totals(self) -> str:
        return _(
            "kept {kept:,}, by hand {floor:,}, in grace {grace:,}, lowered {lowered:,};"
            " members {members:,}; up to {day} 24:00"
        ).format(
            members=self._members,
            day=self._as_of,
            **{outcome: self._outcomes[outcome] for outcome in _OUTCOMES},
        )

    def _card(self, tier: str) -> str:
        return self._names.get(tier, tier) or _("no card")


_OUTCOMES = ("kept", "floor", "grace", "lowered")
_KEYS = {
    "net_spend": ("spend_measured_minor", "spend_needed_minor"),
    "points_earned": ("points_measured", "points_needed"),
    "visits": ("visits_measured", "visits_needed"),
}
