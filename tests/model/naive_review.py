"""What a review of a card comes to in the naive model (RULES 20)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.model.naive_cards import (
    Card,
    Window,
    by_invitation,
    entry_tier,
    review_window,
    rungs_of,
    valid_as_from,
)
from tests.model.naive_rules import ONE_DAY, Fact, Program, entry_named

if TYPE_CHECKING:
    from tests.model.naive_timeline import Timeline


class Review:
    """The review of a card with a last good day, at the start of the next day.

    `window` is the one that was looked at, where the tier has a threshold; `outcome` the card that
    follows, its cause the outcome's name.
    """

    def __init__(self, timeline: Timeline, card: Card, program: Program) -> None:
        assert card.valid_until is not None
        self.timeline, self.card, self.program = timeline, card, program
        self.last_day: dt.date = card.valid_until
        self.begins_on = self.last_day + ONE_DAY
        self.rung = entry_named(card.tier, "tier", program)
        self.window = self._window_of_card()
        self.outcome = self._kept() or self._floor() or self._grace() or self._lowered()

    def _window_of_card(self) -> Window | None:
        if self.rung is None or "threshold" not in self.rung:
            return None
        return review_window(self.rung, self.card, self.timeline.enrolled_on, self.program)

    def _kept(self) -> Card | None:
        if self.rung is None or self.window is None or not self.window.holds(self.timeline.days):
            return None
        until = valid_as_from(self.rung, self._before_grace(), self.program)
        if until is not None and until <= self.last_day:
            until = valid_as_from(self.rung, self.last_day, self.program)
        return self._card(self.card.tier, until, "kept", self.window, below=self._natural())

    def _before_grace(self) -> dt.date:
        """The last good day, or what it was before a grace."""
        graced = self.card.before_grace
        return graced.valid_until or self.last_day if graced else self.last_day

    def _floor(self) -> Card | None:
        floor, tier = self.timeline.floor_on(self.begins_on), self.card.tier
        if floor and (floor[0] == tier or self.timeline.book.is_above(floor[0], tier)):
            return self._card(tier, floor[1], "floor", below=self._natural())
        return None

    def _grace(self) -> Card | None:
        days = self.program.get("ladder", {}).get("grace_days", 0)
        if not days or self.card.before_grace:
            return None
        until = self.last_day + dt.timedelta(days=days)
        return replace(self._card(self.card.tier, until, "grace"), before_grace=self.card)

    def _lowered(self) -> Card:
        card, floor = self._natural(), self.timeline.floor_on(self.begins_on)
        if floor and self.timeline.book.is_above(floor[0], card.tier):
            return replace(card, tier=floor[0], valid_until=floor[1])
        return card

    def _natural(self) -> Card:
        """What the review lowers the card to where no floor is."""
        rungs = rungs_of(self.program)
        if self.rung is None:
            found = self._supported(rungs)
        elif self.program.get("ladder", {}).get("review", "one_down") == "one_down":
            found = [r for r in rungs[: rungs.index(self.rung)] if not by_invitation(r)]
        else:
            found = self._supported(rungs[: rungs.index(self.rung)])
        if not found:
            return self._card(entry_tier(self.program), None, "lowered")
        until = valid_as_from(found[-1], self.last_day, self.program)
        return self._card(found[-1]["id"], until, "lowered")

    def _supported(self, rungs: list[Fact]) -> list[Fact]:
        """The rungs whose own window measures up, lowest first."""
        enrolled_on, days = self.timeline.enrolled_on, self.timeline.days
        return [
            rung
            for rung in rungs
            if "threshold" in rung
            and not by_invitation(rung)
            and review_window(rung, self.card, enrolled_on, self.program).holds(days)
        ]

    def _card(
        self,
        tier: str,
        until: dt.date | None,
        cause: str,
        window: Window | None = None,
        below: Card | None = None,
    ) -> Card:
        lost = (self.card.tier, self.begins_on)
        offer = lost if cause == "lowered" else self.card.offer
        return Card(tier, until, cause, self.begins_on, window, below, reviewed=True, offer=offer)
