"""A member's card over time, step by step through the facts (RULES 16, 18 to 22; docs/life.md).

Shapes:
    Walk      the timeline as it is worked out, fact by fact in the order of business time
    card_on   the card on a day, whether or not its reviews are recorded

A walk begins with an account as it stands, where nothing came late, or with the first fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Self

from msgspec.structs import replace

from ledger.account import Account, DayTotals, Floor, TierSpan
from ledger.held import Held, Outlook, merges_undone, runs_of
from ledger.ladder import ONE_DAY, Window, reached_around, reached_on, valid_until
from ledger.reviews import lower_tier, recovery_window, review_window
from ledger.rules import Rulebook, Rules
from ledger.totals import counted, days_with, days_with_all, last_bought_on
from schemas.events import (
    Event,
    MemberAbsorbed,
    MemberEnrolled,
    MergeUndone,
    PurchaseRecorded,
    ReturnRecorded,
    TierFloorEnded,
    TierSet,
)
from schemas.values import start_of_day


class Walk:
    """The timeline so far; `spans` is all of it that was walked."""

    def __init__(self, rulebook: Rulebook, reviewed: Mapping[dt.datetime, int]) -> None:
        self._rulebook = rulebook
        self._reviewed = reviewed
        self._enrolled_on: dt.date | None = None
        self._days: tuple[DayTotals, ...] = ()
        self._floor: Floor | None = None
        self._begun_with: Held | None = None
        self.spans: list[Held] = []
        self.earned_under = ""
        """The tier held when the purchase that is watched, or the last one, came."""
        self._watched: Event | None = None
        self._undone: dict[int, MemberAbsorbed] = {}
        """The merge of each undoing, by the undoing's identity."""

    @classmethod
    def on_from(cls, account: Account, rulebook: Rulebook) -> Self:
        """A walk on from an account as it stands."""
        walk = cls(rulebook, {})
        walk._enrolled_on = account.enrolled_on
        walk._days = account.days
        walk._floor = account.floor
        if account.tiers:
            walk._begun_with = Held(account.tiers[-1])
            walk.spans = [walk._begun_with]
        return walk

    @classmethod
    def through(
        cls,
        facts: Iterable[Event],
        rulebook: Rulebook,
        reviewed: Mapping[dt.datetime, int],
        watched: Event | None = None,
    ) -> Self:
        """The whole walk through the facts, in the order recorded, with an eye on one of them."""
        walk = cls(rulebook, reviewed)
        walk._watched = watched
        facts = list(facts)
        walk._undone = merges_undone(facts)
        for fact in sorted(facts, key=lambda fact: fact.occurred_at):
            walk.step(fact)
        return walk

    @property
    def held(self) -> Held | None:
        """The span held now; None before the enrolment."""
        return self.spans[-1] if self.spans else None

    @property
    def tier(self) -> str:
        """The tier held now."""
        return self.spans[-1].span.tier if self.spans else ""

    def offer(self) -> tuple[Window, dt.date] | None:
        """What brings a lost card back, as if bought on the last day, and that day."""
        span = self.spans[-1].span if self.spans else None
        if span is None or span.lost_on is None:
            return None
        rules = self._rulebook.newest
        days, rung = rules.program.ladder.recovery_days, rules.by_tier.get(span.lost)
        if not days or rung is None or not rung.threshold or not self._is_above(span.lost, rules):
            return None
        last = span.lost_on + dt.timedelta(days=days)
        return recovery_window(rules, rung, span.lost_on, last), last

    def measured(self, window: Window) -> int:
        """What the window measures now."""
        return window.measured(self._days)

    def news(self) -> list[Held]:
        """The spans since the walk began."""
        return [held for held in self.spans if held is not self._begun_with]

    # -- steps -------------------------------------------------------------------------------

    def step(self, fact: Event) -> None:
        """One more fact, with the reviews that are due before its day."""
        self.review_before(fact.occurred_on)
        rules = self._rulebook.judging(fact.program_version, fact.occurred_at)
        _STEPS[type(fact)](self, fact, rules)

    def _enrol(self, fact: MemberEnrolled, rules: Rules) -> None:
        self._enrolled_on = fact.occurred_on
        span = TierSpan(fact.occurred_at, fact.tier, None, "entry" if fact.tier else "")
        self.spans.append(Held(span, version=rules.version))
        if self._days:
            self._climb(rules, fact.occurred_on, fact.occurred_at)

    def _purchase(self, fact: PurchaseRecorded, rules: Rules) -> None:
        day, at = fact.occurred_on, fact.occurred_at
        if self._enrolled_on is None:
            self._days = counted(self._days, fact)
            return
        if not self.tier and rules.entry_tier:
            self._put(TierSpan(at, rules.entry_tier, None, "entry"), rules)
        waits = rules.program.ladder.upgrade == "next_purchase"
        if waits and (bought_last := last_bought_on(self._days)) is not None:
            self._climb(rules, bought_last, at, valid_from=day)
        if self._watched is None or self._watched is fact:
            self.earned_under = self.tier
        self._days = counted(self._days, fact)
        if not waits:
            self._climb(rules, day, at)
        self._recover(rules, day, at)

    def _return(self, fact: ReturnRecorded, rules: Rules) -> None:
        back = (-fact.qualifying_minor, -fact.points_due, -1 if fact.whole else 0)
        self._days = days_with(self._days, fact.purchased_on, *back)
        if self._enrolled_on is None or not rules.program.returns_lower_tier:
            return
        bought_on = fact.purchased_on
        if self._look_again(rules, fact.occurred_at, "return", day=bought_on):
            self._climb_around(rules, bought_on, fact.occurred_at)
            self._keep_floor(rules, fact)
            self.review_before(fact.occurred_on)

    def _absorb(self, fact: MemberAbsorbed, rules: Rules) -> None:
        self._days = days_with_all(self._days, fact.days)
        if self._enrolled_on is None:
            return
        if self._is_above(fact.tier, rules):
            span = TierSpan(fact.occurred_at, fact.tier, fact.tier_valid_until, "merge")
            self._put(span, rules, merged=fact, below=self.held)
        if self._days:
            self._climb(rules, fact.occurred_on, fact.occurred_at)

    def _separate(self, fact: MergeUndone, rules: Rules) -> None:
        self._days = days_with_all(self._days, fact.days, sign=-1)
        if self._enrolled_on is None:
            return
        merge = self._undone.get(id(fact))
        if self._look_again(rules, fact.occurred_at, "unmerge", merged=merge):
            self._keep_floor(rules, fact)
            self.review_before(fact.occurred_on)

    def _set(self, fact: TierSet, rules: Rules) -> None:
        self._floor = Floor(fact.occurred_at, fact.tier, fact.until)
        if self._enrolled_on is not None and self._is_above(fact.tier, rules):
            span = TierSpan(fact.occurred_at, fact.tier, fact.until, "by_hand")
            self._put(span, rules, below=self.held)

    def _end_floor(self, fact: TierFloorEnded, rules: Rules) -> None:
        self._floor = None
        held = self.held
        while held is not None and held.span.cause in ("by_hand", "floor") and held.below:
            held = held.below
        if held is not None and held is not self.held:
            self._put_again(held, fact.occurred_at, "floor_ended", rules)
            self.review_before(fact.occurred_on)

    # -- what is reached ---------------------------------------------------------------------

    def _climb(
        self, rules: Rules, day: dt.date, at: dt.datetime, *, valid_from: dt.date | None = None
    ) -> None:
        """The highest rung that is reached around `day`, from `at` on."""
        assert self._enrolled_on is not None
        reached = reached_on(rules.climbs_above(self.tier), self._days, day, self._enrolled_on)
        if reached is not None:
            tier = reached.rung.tier
            span = TierSpan(at, tier.id, valid_until(tier, valid_from or day), "threshold")
            self._put(span, rules, reached.window, below=self.held)

    def _climb_around(self, rules: Rules, day: dt.date, at: dt.datetime) -> None:
        """The highest rung that is reached in a window with `day` in it, valid as from that day."""
        assert self._enrolled_on is not None
        climbs = rules.climbs_above(self.tier)
        reached = reached_around(climbs, self._days, day, self._enrolled_on)
        if reached is not None:
            tier = reached.rung.tier
            span = TierSpan(at, tier.id, valid_until(tier, day), "threshold")
            self._put(span, rules, reached.window, below=self.held)

    def _recover(self, rules: Rules, day: dt.date, at: dt.datetime) -> None:
        """The tier that a review took comes back, where what was offered is reached."""
        held = self.spans[-1].span
        days, rung = rules.program.ladder.recovery_days, rules.by_tier.get(held.lost)
        if held.lost_on is None or not self._is_above(held.lost, rules):
            return
        if rung is None or not rung.threshold:
            return
        if not days or day > held.lost_on + dt.timedelta(days=days):
            return
        window = recovery_window(rules, rung, held.lost_on, day)
        if window.holds(self._days):
            span = TierSpan(at, held.lost, valid_until(rung.tier, day), "recovered")
            self._put(span, rules, window, below=self.held, keep_offer=False)

    # -- what goes ---------------------------------------------------------------------------

    def _look_again(
        self,
        rules: Rules,
        at: dt.datetime,
        cause: str,
        *,
        day: dt.date | None = None,
        merged: MemberAbsorbed | None = None,
    ) -> bool:
        """Go down while what decided the card no longer holds; whether it went."""
        lowered = False
        while (held := self.spans[-1]).below is not None:
            window = held.window
            failing = (
                window is not None
                and (day is None or window.span.start <= day < window.span.end)
                and not window.holds(self._days)
            )
            if not failing and (merged is None or held.merged is not merged):
                break
            self._put_again(held.below, at, cause, rules, told=window)
            lowered = True
        return lowered

    def _keep_floor(self, rules: Rules, fact: Event) -> None:
        floor = self._floor
        if floor and floor.lasts_on(fact.occurred_on) and self._is_above(floor.tier, rules):
            span = TierSpan(fact.occurred_at, floor.tier, floor.until, "floor")
            self._put(span, rules, below=self.held)

    # -- reviews -----------------------------------------------------------------------------

    def outlook(self) -> Outlook | None:
        """What the next review will look at; None where there will be none."""
        last = self.spans[-1].span.valid_until if self.spans else None
        if last is None:
            return None
        at = start_of_day(last + ONE_DAY, self._rulebook.newest.zone)
        rules = self._rulebook.judging(0, at)
        own = self._review_window(rules, self.spans[-1].span.tier, last)
        measured = own.measured(self._days) if own else 0
        return Outlook(last, own, measured, self._lowered(rules, at, last, self._floor).span.tier)

    def review_before(self, day: dt.date) -> None:
        """All reviews of cards whose last good day is before `day`."""
        while self.spans and (last := self.spans[-1].span.valid_until) is not None and last < day:
            self._review(last)

    def _review(self, last: dt.date) -> None:
        """The review of the card held, on the day after its last good one (RULES 20)."""
        zone, held = self._rulebook.newest.zone, self.spans[-1]
        span, begins = held.span, start_of_day(last + ONE_DAY, zone)
        rules = self._rulebook.judging(self._reviewed.get(begins, 0), begins)
        # A card that was over already when the one upon it was taken away is judged from then on.
        at = max(begins, span.since)
        own = self._review_window(rules, span.tier, last)
        base, days, floor = span.grace_from or last, rules.program.ladder.grace_days, self._floor
        if own is not None and own.holds(self._days):
            tier = rules.by_tier[span.tier].tier
            until = valid_until(tier, base)
            if until is not None and until <= last:
                until = valid_until(tier, last)
            kept = TierSpan(at, span.tier, until, "kept")
            self._put(kept, rules, own, below=self._lowered(rules, at, last, None))
        elif (
            floor is not None
            and floor.lasts_on(last + ONE_DAY)
            and not self._rulebook.is_above(span.tier, floor.tier, rules)
        ):
            kept = TierSpan(at, span.tier, floor.until, "floor")
            self._put(kept, rules, told=own, below=self._lowered(rules, at, last, None))
        elif days and span.grace_from is None:
            until = last + dt.timedelta(days=days)
            kept = TierSpan(at, span.tier, until, "grace", last)
            self._put(kept, rules, told=own, below=held.below)
        else:
            self._push(self._lowered(rules, at, last, floor))

    def _lowered(self, rules: Rules, at: dt.datetime, last: dt.date, floor: Floor | None) -> Held:
        """What the review lowers the card to, not below the floor."""
        tier = self.spans[-1].span.tier
        own = self._review_window(rules, tier, last)
        target = lower_tier(
            rules,
            tier,
            lambda other: (
                (window := self._review_window(rules, other, last)) is not None
                and window.holds(self._days)
            ),
        )
        if (
            floor is not None
            and floor.lasts_on(last + ONE_DAY)
            and self._rulebook.is_above(floor.tier, target, rules)
        ):
            target, until = floor.tier, floor.until
        elif target in ("", rules.entry_tier):
            until = None
        else:
            until = valid_until(rules.by_tier[target].tier, last)
        span = TierSpan(at, target, until, "lowered", lost=tier, lost_on=last + ONE_DAY)
        measured = own.measured(self._days) if own else 0
        return Held(span, None, own, measured, rules.version)

    def _review_window(self, rules: Rules, tier: str, last: dt.date) -> Window | None:
        assert self._enrolled_on is not None
        base = self.spans[-1].span.grace_from or last
        return review_window(rules.by_tier.get(tier), self._enrolled_on, base, last)

    # -- putting -----------------------------------------------------------------------------

    def _put(
        self,
        span: TierSpan,
        rules: Rules,
        window: Window | None = None,
        *,
        told: Window | None = None,
        merged: MemberAbsorbed | None = None,
        below: Held | None = None,
        keep_offer: bool = True,
    ) -> None:
        told = told or window
        measured = told.measured(self._days) if told else 0
        if keep_offer and self.spans:
            held = self.spans[-1].span
            span = replace(span, lost=held.lost, lost_on=held.lost_on)
        self._push(Held(span, window, told, measured, rules.version, merged, below))

    def _put_again(
        self, held: Held, at: dt.datetime, cause: str, rules: Rules, *, told: Window | None = None
    ) -> None:
        """What was below is held again from `at` on, with the days it has."""
        measured = told.measured(self._days) if told else 0
        span = replace(held.span, since=at, cause=cause)
        self._push(replace(held, span=span, told=told, measured=measured, version=rules.version))

    def _push(self, held: Held) -> None:
        """It takes the place of all that is told from its instant on."""
        while self.spans and self.spans[-1].span.since >= held.span.since:
            self.spans.pop()
        self.spans.append(held)

    def _is_above(self, tier: str, rules: Rules) -> bool:
        return tier != "" and self._rulebook.is_above(tier, self.tier, rules)


def card_on(account: Account, rulebook: Rulebook, day: dt.date) -> TierSpan | None:
    """The card on a day, with the reviews that are due by then, recorded or not."""
    if not account.tiers:
        return None
    last = account.tier_valid_until
    if last is None or last >= day:
        return runs_of(account.tiers)[-1]
    walk = Walk.on_from(account, rulebook)
    walk.review_before(day)
    return runs_of([*account.tiers[:-1], *(held.span for held in walk.spans)])[-1]


_STEPS: Final[dict[type[Any], Callable[[Walk, Any, Rules], None]]] = {
    MemberEnrolled: Walk._enrol,
    PurchaseRecorded: Walk._purchase,
    ReturnRecorded: Walk._return,
    MemberAbsorbed: Walk._absorb,
    MergeUndone: Walk._separate,
    TierSet: Walk._set,
    TierFloorEnded: Walk._end_floor,
}
