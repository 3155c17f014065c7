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


class Timeline:
    """The spans of a member's card up to an instant, `extra` a fact that is not recorded yet.

    `before` and `after` map the position of a fact to the tier that was held when it came, and
    then; `floors` to whether a floor lasted on its day.
    """

    def __init__(
        self, book: Book, account: str, until: dt.datetime, extra: Fact | None = None
    ) -> None:
        self.book, self.account = book, account
        self.enrolled_on = book.enrolled_on(account)
        self.days: Days = {}
        self.card: Card | None = None
        self.floor: tuple[str, dt.date | None] | None = None
        self.offer: tuple[str, dt.date] | None = None
        self.last_bought_on: dt.date | None = None
        self.spans: list[Span] = []
        self.before: dict[int, str] = {}
        self.after: dict[int, str] = {}
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
        self.floors[fact["position"]] = self.floor_on(self.day) != ""
        steps = {
            "PurchaseRecorded": self._bought,
            "ReturnRecorded": self._returned,
            "TierSet": self._set,
            "TierFloorEnded": self._floor_ended,
            "MemberAbsorbed": self._merged,
            "MergeUndone": self._parted,
        }
        if fact["kind"] in steps:
            steps[fact["kind"]](fact)
        self.after[fact["position"]] = self.tier

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
        }
        self.spans = [span for span in self.spans if span.since < at]
        self.spans.append(Span(at, card.tier, card.valid_until, told))
        self.card = card

    def put_upon(self, rung: Fact, cause: str, window: Window, as_from: dt.date) -> None:
        """The card of a rung, upon the one that is there."""
        until = valid_as_from(rung, as_from, self.program)
        card = Card(rung["id"], until, cause, self.day, window, below=self.card)
        self.put(card, cause, window)

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
            if review.outcome.cause == "lowered":
                self.offer = (review.card.tier, review.begins_on)

    def _version_of_review(self, begins: dt.datetime) -> Program:
        """The version that it was recorded with before, or that in force when it begins."""
        for fact in self.book.facts(self.account):
            reviewed = fact.get("cause") in ("kept", "floor", "grace", "lowered")
            if reviewed and fact["occurred_at"] == begins:
                return self.book.version(fact)
        return self.book.program_at(begins)

    def floor_on(self, day: dt.date) -> str:
        """The tier of the floor that lasts on a day, or ''."""
        if self.floor is None or (self.floor[1] is not None and self.floor[1] < day):
            return ""
        return self.floor[0]

    def _hold_floor(self, window: Window | None) -> None:
        """While a floor lasts nothing lowers the card below it."""
        assert self.card is not None
        floor = self.floor_on(self.day)
        if floor and self.floor and self.book.is_above(floor, self.card.tier):
            card = Card(floor, self.floor[1], "floor", self.day, window, below=self.card)
            self.put(card, "floor", window)

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
                    self.put_upon(rung, "threshold", window, as_from)
                    return

    def _recover(self) -> None:
        """What a review took back, when enough was bought soon after."""
        ladder = self.program.get("ladder", {})
        rung = entry_named(self.offer[0], "tier", self.program) if self.offer else None
        if self.offer is None or rung is None or "threshold" not in rung:
            return
        began = self.offer[1]
        usual = window_of(rung, self.day, self.enrolled_on, self.program)
        percent = Fraction(ladder.get("recovery_percent", "50"))
        needed = math.ceil(usual.needed * percent / 100)
        window = replace(usual, start=began, end=self.day + ONE_DAY, needed=needed)
        days = ladder.get("recovery_days", 0)
        in_time = days and (self.day - began).days <= days
        if in_time and window.holds(self.days) and self.book.is_above(rung["id"], self.tier):
            self.put_upon(rung, "recovered", window, self.day)
            self.offer = None

    def _enter(self, enrolling: bool) -> None:
        """Who has no card gets the entry tier, if there is one."""
        entry = entry_tier(self.program)
        if enrolling:
            self.put(Card("", None, "", self.day), "entry", None)
        if self.card and not self.card.tier and entry:
            self.put(Card(entry, None, "entry", self.day, below=self.card), "entry", None)

    # -- the facts ---------------------------------------------------------------------------

    def _count(self, fact: Fact) -> None:
        for day, sign, counts in counted(fact):
            so_far = self.days.setdefault(day, {"net_minor": 0, "points": 0, "purchases": 0})
            for name in so_far:
                so_far[name] += sign * counts[name]

    def _bought(self, fact: Fact) -> None:
        at_once = self.program.get("ladder", {}).get("upgrade", "at_once") == "at_once"
        if self.card and not at_once and self.last_bought_on:
            self._reach(self.last_bought_on, [], as_from=self.day)
            self.before[fact["position"]] = self.tier  # and this purchase earns under it
        self._count(fact)
        self.last_bought_on = self.day
        if self.card and at_once:
            self._reach(self.day, [], as_from=self.day)
        if self.card:
            self._recover()

    def _returned(self, fact: Fact) -> None:
        self._count(fact)
        bought_on: dt.date = fact["purchased_on"]
        card = self.card
        if card is None or not self.program.get("returns_lower_tier", True):
            return
        failed = None
        while (
            card.cause in BY_WINDOW
            and card.window
            and card.window.start <= bought_on < card.window.end
            and not card.window.holds(self.days)
        ):
            failed = card.window
            card = self.step_down(card, "return")
        if failed:
            later = [day for day in sorted(self.days) if day > bought_on and _any(self.days[day])]
            self._reach(bought_on, later, as_from=bought_on)
            self._hold_floor(failed)
            self.review_until(self._start_of(self.day))

    def _set(self, fact: Fact) -> None:
        self.floor = (fact["tier"], fact["until"])
        if self.card and self.book.is_above(fact["tier"], self.tier):
            card = Card(fact["tier"], fact["until"], "by_hand", self.day, below=self.card)
            self.put(card, "by_hand", None)

    def _floor_ended(self, fact: Fact) -> None:
        if not self.floor_on(self.day):
            return
        self.floor = None
        card = self.card
        while card and card.cause in BY_FLOOR:
            card = self.step_down(card, "floor_ended")
        self.review_until(self._start_of(self.day))

    def _merged(self, fact: Fact) -> None:
        self._count(fact)
        if self.card is None:
            return
        tier, until = fact["their_card"]
        if self.book.is_above(tier, self.tier):
            given = {"merge": fact["position"], "below": self.card}
            self.put(Card(tier, until, "merge", self.day, **given), "merge", None)
        self._reach(self.day, [], as_from=self.day)

    def _parted(self, fact: Fact) -> None:
        self._count(fact)
        merges = [
            f["position"]
            for f in self.book.facts(self.account, "MemberAbsorbed")
            if f["other"] == fact["other"] and f["position"] < fact["position"]
        ]
        card, failed, lowered = self.card, None, False
        while card and (
            (card.cause == "merge" and card.merge == merges[-1])
            or (card.cause in BY_WINDOW and card.window and not card.window.holds(self.days))
        ):
            failed, lowered = card.window, True
            card = self.step_down(card, "unmerge")
        if lowered:
            self._hold_floor(failed)
            self.review_until(self._start_of(self.day))


def _any(counts: dict[str, int]) -> bool:
    return any(counts.values())
