"""A member's card over time in the naive model: docs/life.md, "The ladder" (RULES 16, 18 to 22).

Nothing is remembered: the facts are gone through from the first on, in the order of their business
times, each time that the timeline is asked for. Shapes as in `naive_cards.py`.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from fractions import Fraction
from typing import Final

from tests.model.naive_book import Book, counted
from tests.model.naive_cards import (
    BY_FLOOR,
    BY_WINDOW,
    Card,
    Span,
    Window,
    by_invitation,
    entry_tier,
    rungs_of,
    valid_as_from,
    window_of,
)
from tests.model.naive_review import Review
from tests.model.naive_rules import ONE_DAY, Days, Fact, Program, day_of, entry_named, start_of

FACTS: Final = {
    *("MemberEnrolled", "PurchaseRecorded", "ReturnRecorded", "TierSet", "TierFloorEnded"),
    *("MemberAbsorbed", "MergeUndone"),
}

Floor = tuple[str, dt.date | None]
"""A tier set by hand, and its last day."""


class Timeline:
    """The spans of a member's card up to an instant, `extra` a fact that is not recorded yet.

    `before` maps the position of a fact to the tier that was held when it came, `reached` that of a
    purchase to the tier that it reached, `floors` to whether a floor lasted on the day.
    """

    def __init__(
        self, book: Book, account: str, until: dt.datetime, extra: Fact | None = None
    ) -> None:
        self.book, self.account = book, account
        self.enrolled_on = book.enrolled_on(account)
        self.days: Days = {}
        self.card: Card | None = None
        self.floor: Floor | None = None
        self.bought_on: list[dt.date] = []
        self.spans: list[Span] = []
        self.before: dict[int, str] = {}
        self.reached: dict[int, str] = {}
        self.floors: dict[int, bool] = {}
        facts = [fact for fact in book.facts(account) if fact["kind"] in FACTS]
        facts += [extra] if extra else []
        for fact in sorted(facts, key=lambda fact: (fact["occurred_at"], fact["position"])):
            self._go_through(fact)
        self.review_until(until)

    def _go_through(self, fact: Fact) -> None:
        self.at, self.day = fact["occurred_at"], fact["occurred_on"]
        self.program = self.book.version(fact)
        self.review_until(self._start_of(self.day))
        if fact["kind"] in ("MemberEnrolled", "PurchaseRecorded"):
            self._enter(fact["kind"] == "MemberEnrolled")
        self.before[fact["position"]] = self.tier
        self.floors[fact["position"]] = self.floor_on(self.day) is not None
        steps = {
            "MemberEnrolled": self._enrolled,
            "PurchaseRecorded": self._bought,
            "ReturnRecorded": self._returned,
            "TierSet": self._set,
            "TierFloorEnded": self._floor_ended,
            "MemberAbsorbed": self._merged,
            "MergeUndone": self._parted,
        }
        steps[fact["kind"]](fact)

    # -- the card ----------------------------------------------------------------------------

    @property
    def tier(self) -> str:
        return self.card.tier if self.card else ""

    def _start_of(self, day: dt.date) -> dt.datetime:
        return start_of(day, self.program)

    def put(
        self,
        card: Card,
        cause: str,
        window: Window | None,
        at: dt.datetime | None = None,
        program: Program | None = None,
    ) -> None:
        """The card is another from a time on; what several steps come to at one is one span."""
        at, program = at or self.at, program or self.program
        on = day_of(at, program)
        told = {
            "cause": cause,
            "measure": window.measure if window else "",
            "window": window.name if window else "",
            "window_from": window.start if window else on,
            "window_until": window.end if window else on,
            "measured": window.measured(self.days) if window else 0,
            "threshold": window.needed if window else 0,
            "valid_until": card.valid_until,
            "program_version": program["version"],
            "lost": card.offer[0] if card.offer else "",
            "lost_on": card.offer[1] if card.offer else None,
            "grace_from": card.before_grace.valid_until if card.before_grace else None,
        }
        self.spans = [span for span in self.spans if span.since < at]
        self.spans.append(Span(at, card.tier, card.valid_until, told))
        self.card = card

    def put_upon(
        self,
        tier: str,
        until: dt.date | None,
        cause: str,
        window: Window | None = None,
        merge: int = 0,
    ) -> None:
        """A card upon the one that is there."""
        assert self.card is not None
        offer = None if cause == "recovered" else self.card.offer
        card = Card(tier, until, cause, self.day, window, self.card, offer=offer, merge=merge)
        self.put(card, cause, window)

    def put_rung(self, rung: Fact, cause: str, window: Window, as_from: dt.date) -> None:
        self.put_upon(rung["id"], valid_as_from(rung, as_from, self.program), cause, window)

    def step_down(self, card: Card, cause: str) -> Card:
        """The card is the one below it, from now on."""
        assert card.below is not None
        self.put(card.below, cause, card.window)
        return card.below

    # -- reviews, floors ---------------------------------------------------------------------

    def review_until(self, instant: dt.datetime) -> None:
        """Review the card while its last good day is over by an instant."""
        while self.card and self.card.valid_until:
            begins = self._start_of(self.card.valid_until + ONE_DAY)
            if begins > instant:
                break
            program = self._version_of_review(begins)
            review = Review(self, self.card, program)
            # A card that was already over when another was taken away is lowered from then on.
            at = max(begins, self.spans[-1].since)
            self.put(review.outcome, review.outcome.cause, review.window, at, program)

    def _version_of_review(self, begins: dt.datetime) -> Program:
        """The version that it was recorded with before, or that in force when it begins."""
        for fact in self.book.facts(self.account):
            reviewed = fact.get("cause") in ("kept", "floor", "grace", "lowered")
            if reviewed and fact["occurred_at"] == begins:
                return self.book.version(fact)
        return self.book.program_at(begins)

    def floor_on(self, day: dt.date) -> Floor | None:
        """The floor that lasts on a day."""
        if self.floor and self.floor[1] is not None and self.floor[1] < day:
            return None
        return self.floor

    def _lowered(self) -> None:
        """While a floor lasts nothing lowers the card below it; then reviews that are due."""
        floor = self.floor_on(self.day)
        if floor and self.book.is_above(floor[0], self.tier):
            self.put_upon(*floor, "floor")
        self.review_until(self._start_of(self.day))

    # -- what is reached ---------------------------------------------------------------------

    def _reach(self, day: dt.date, later: list[dt.date], as_from: dt.date) -> None:
        """The highest rung above the card that is reached in a window with `day` in it.

        The window is seen from that day, or from one of the `later` ones.
        """
        for rung in reversed(rungs_of(self.program)):
            if by_invitation(rung) or "threshold" not in rung:
                continue
            if not self.book.is_above(rung["id"], self.tier):
                continue
            for seen_from in [day, *later]:
                window = window_of(rung, seen_from, self.enrolled_on, self.program)
                if window.start <= day < window.end and window.holds(self.days):
                    self.put_rung(rung, "threshold", window, as_from)
                    return

    def _recover(self) -> None:
        """What a review took back, when enough was bought soon after."""
        ladder = self.program.get("ladder", {})
        if self.card is None or self.card.offer is None:
            return
        tier, began = self.card.offer
        rung = entry_named(tier, "tier", self.program)
        if rung is None or "threshold" not in rung:
            return
        usual = window_of(rung, self.day, self.enrolled_on, self.program)
        percent = Fraction(ladder.get("recovery_percent", "50"))
        needed = math.ceil(usual.needed * percent / 100)
        window = replace(usual, name="recovery", start=began, end=self.day + ONE_DAY, needed=needed)
        days = ladder.get("recovery_days", 0)
        in_time = days and (self.day - began).days <= days
        if in_time and window.holds(self.days) and self.book.is_above(rung["id"], self.tier):
            self.put_rung(rung, "recovered", window, self.day)

    def _enter(self, enrolling: bool) -> None:
        """Who has no card gets the entry tier, if there is one."""
        entry = entry_tier(self.program)
        if enrolling:
            self.put(Card("", None, "", self.day), "restated", None)
        if self.card and not self.card.tier and entry:
            self.put_upon(entry, None, "entry")

    # -- the facts ---------------------------------------------------------------------------

    def _count(self, fact: Fact) -> None:
        for day, sign, counts in counted(fact):
            so_far = self.days.setdefault(day, {"net_minor": 0, "points": 0, "purchases": 0})
            for name in so_far:
                so_far[name] += sign * counts[name]

    def _enrolled(self, fact: Fact) -> None:
        """What was bought before counts now."""
        self._reach(self.day, [], as_from=self.day)

    def _bought(self, fact: Fact) -> None:
        at_once = self.program.get("ladder", {}).get("upgrade", "at_once") == "at_once"
        last = self._last_bought_on()
        if self.card and not at_once and last:
            self._reach(last, [], as_from=self.day)
            self.before[fact["position"]] = self.tier  # and this purchase earns under it
        self._count(fact)
        self.bought_on.append(self.day)
        if self.card and at_once:
            self._reach(self.day, [], as_from=self.day)
        self.reached[fact["position"]] = self.tier
        self._recover()

    def _returned(self, fact: Fact) -> None:
        self._count(fact)
        bought_on: dt.date = fact["purchased_on"]
        card = self.card
        if card is None or not self.program.get("returns_lower_tier", True):
            return
        lowered = False
        while (
            card.cause in BY_WINDOW
            and card.window
            and card.window.start <= bought_on < card.window.end
            and not card.window.holds(self.days)
        ):
            card, lowered = self.step_down(card, "return"), True
        if lowered:
            self._reach(bought_on, self._days_after(bought_on), as_from=bought_on)
            self._lowered()

    def _last_bought_on(self) -> dt.date | None:
        """The last day that has a purchase left."""
        left = [day for day, counts in self.days.items() if counts["purchases"] > 0]
        return max(left, default=None)

    def _days_after(self, day: dt.date) -> list[dt.date]:
        """The later days on which something counts."""
        return [
            later for later in sorted(self.days) if later > day and any(self.days[later].values())
        ]

    def _set(self, fact: Fact) -> None:
        self.floor = (fact["tier"], fact["until"])
        if self.card and self.book.is_above(fact["tier"], self.tier):
            self.put_upon(*self.floor, "by_hand")

    def _floor_ended(self, fact: Fact) -> None:
        if not self.floor_on(self.day):
            return
        self.floor = None
        card = self.card
        while card and card.cause in BY_FLOOR:
            card = self.step_down(card, "floor_ended")
        self._lowered()

    def _merged(self, fact: Fact) -> None:
        self._count(fact)
        self.bought_on += _days_bought_on(fact)
        if self.card is None:
            return
        tier, until = fact["tier"], fact["tier_valid_until"]
        if self.book.is_above(tier, self.tier):
            self.put_upon(tier, until, "merge", merge=fact["position"])
        self._reach(self.day, [], as_from=self.day)

    def _parted(self, fact: Fact) -> None:
        self._count(fact)
        for day in _days_bought_on(fact):
            if day in self.bought_on:
                self.bought_on.remove(day)
        merges = [
            f["position"]
            for f in self.book.facts(self.account, "MemberAbsorbed")
            if f["other"] == fact["other"] and f["position"] < fact["position"]
        ]
        card, lowered = self.card, False
        while card and (
            (card.cause == "merge" and card.merge == merges[-1])
            or (card.cause in BY_WINDOW and card.window and not card.window.holds(self.days))
        ):
            card, lowered = self.step_down(card, "unmerge"), True
        if lowered:
            self._lowered()


def _days_bought_on(merge: Fact) -> list[dt.date]:
    return [counts["day"] for counts in merge["days"] if counts["purchases"] > 0]
