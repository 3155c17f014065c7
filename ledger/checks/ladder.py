"""The ladder: rungs that nobody can reach, and rungs that are no better than those below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Final

from ledger.checks.finding import Check, Place, Subject
from ledger.rules import Rung
from schemas.program import Ladder, Tier

_DAYS: Final = {"same_day": 1, "calendar_year": 366, "membership_year": 366}
_MONTHS: Final = {"same_day": 1, "calendar_year": 12, "membership_year": 13}


def unreached(subject: Subject) -> set[str]:
    """Tiers that no purchase leads to, though they are not by invitation."""
    asking = {f"{path}.threshold": rung.tier for path, rung in subject.rungs}
    places = [path for find in (_more_visits, _points_beyond_caps) for path, _ in find(subject)]
    found = {asking[path].id for path in places if not asking[path].invitation}
    pairs = (*_overtaken(subject, _is_window_of), *_overtaken(subject, _lies_within))
    return found | {low.tier.id for _, low, _ in pairs}


def _overtaken(
    subject: Subject, counts_as_much: Callable[[Tier, Tier], bool]
) -> Iterator[tuple[str, Rung, Rung]]:
    """(path of the upper, lower, upper) where whoever reaches the lower has reached the upper."""
    asking = [(p, rung) for p, rung in subject.rungs if rung.threshold and not rung.tier.invitation]
    for (_, low), (path, high) in combinations(asking, 2):
        if (
            low.tier.measure == high.tier.measure
            and high.threshold <= low.threshold
            and counts_as_much(low.tier, high.tier)
        ):
            yield path, low, high


def _is_window_of(low: Tier, high: Tier) -> bool:
    return (low.window, low.window_months) == (high.window, high.window_months)


def _lies_within(low: Tier, high: Tier) -> bool:
    """Whether what counts for `low` counts for `high`, whose window is longer."""
    if low.window == "same_day":
        return high.window != "same_day"
    longer = high.window == "rolling_months" and (high.window_months or 0) >= (
        low.window_months or 12
    )
    return longer and not _is_window_of(low, high)


def _out_of_order(subject: Subject) -> Iterator[Place]:
    return _thresholds(subject, _is_window_of)


def _dominated(subject: Subject) -> Iterator[Place]:
    return _thresholds(subject, _lies_within)


def _thresholds(subject: Subject, counts_as_much: Callable[[Tier, Tier], bool]) -> Iterator[Place]:
    for path, low, high in _overtaken(subject, counts_as_much):
        yield (
            f"{path}.threshold",
            {
                "low": low.tier.card,
                "high": high.tier.card,
                "needs": _threshold(subject, low),
                "enough": _threshold(subject, high),
            },
        )


def _days_of(tier: Tier) -> int:
    """The most days that the tier's window can have."""
    return _DAYS.get(tier.window) or 31 * (tier.window_months or 0)


def _more_visits(subject: Subject) -> Iterator[Place]:
    for path, rung in subject.rungs:
        most = _days_of(rung.tier)
        if rung.tier.measure == "visits" and rung.threshold > most:
            yield (
                f"{path}.threshold",
                {"tier": rung.tier.card, "needs": rung.threshold, "most": most},
            )


def _points_beyond_caps(subject: Subject) -> Iterator[Place]:
    for path, rung in subject.rungs:
        if rung.tier.measure == "points_earned":
            most = _most_points(subject, rung.tier)
            if most is not None and rung.threshold > most:
                yield (
                    f"{path}.threshold",
                    {
                        "tier": rung.tier.card,
                        "needs": subject.points(rung.threshold),
                        "most": subject.points(most),
                    },
                )


def _most_points(subject: Subject, tier: Tier) -> int | None:
    """Points units that caps and limits allow in the tier's window; None for any number."""
    caps = subject.rules.earning.scope
    if caps is None:
        return None
    months = _MONTHS.get(tier.window) or (tier.window_months or 0) + 1
    most = [caps.per_member]
    by_period = {limit.period: limit.most for limit in subject.rules.limits.get("earnings", ())}
    each = caps.per_purchase
    in_a_day = [caps.per_day, each * by_period["day"] if each and "day" in by_period else None]
    most += [cap * _days_of(tier) for cap in in_a_day if cap is not None]
    if each and "month" in by_period:
        most.append(each * by_period["month"] * months)
    return min((cap for cap in most if cap is not None), default=None)


def _threshold(subject: Subject, rung: Rung) -> str:
    if rung.tier.measure == "net_spend":
        return subject.money(rung.threshold)
    if rung.tier.measure == "points_earned":
        return f"{subject.points(rung.threshold)} points"
    return f"{rung.threshold:,} visits"


def _no_entry_tier(subject: Subject) -> Iterator[Place]:
    if subject.program.tiers and not subject.rules.entry_tier:
        yield "$.tier[0]", {"tier": subject.program.tiers[0].card}


def _short_validity(subject: Subject) -> Iterator[Place]:
    for path, rung in subject.rungs:
        tier = rung.tier
        window = 1 if tier.window == "same_day" else tier.window_months or 12
        if rung.threshold and (tier.valid_months or window) < window:
            yield (
                f"{path}.valid_months",
                {"tier": tier.card, "valid": tier.valid_months, "window": window},
            )


def _worth_less(subject: Subject) -> Iterator[Place]:
    for (_, low), (path, high) in pairwise(subject.rungs):
        for name, read in (("multiplier", Fraction), ("discount_percent", Decimal)):
            below, above = getattr(low.tier, name), getattr(high.tier, name)
            if read(above) < read(below):
                yield (
                    f"{path}.{name}",
                    {"high": high.tier.card, "low": low.tier.card, "setting": name}
                    | {"above": above, "below": below},
                )


def _earns_nothing(subject: Subject) -> Iterator[Place]:
    for path, rung in subject.rungs:
        if Fraction(rung.tier.multiplier) == 0:
            yield f"{path}.multiplier", {"tier": rung.tier.card}


def _no_recovery(subject: Subject) -> Iterator[Place]:
    ladder, usual = subject.program.ladder, Ladder()
    if not ladder.recovery_days and ladder.recovery_percent != usual.recovery_percent:
        yield "$.ladder.recovery_percent", {"percent": ladder.recovery_percent}


def _nothing_to_review(subject: Subject) -> Iterator[Place]:
    tiers = [rung.tier for _, rung in subject.rungs if rung.threshold or rung.tier.invitation]
    if any(tier.valid != "for_ever" for tier in tiers):
        return
    for name in ("grace_days", "recovery_days"):
        if getattr(subject.program.ladder, name):
            yield f"$.ladder.{name}", {"setting": name}


LADDER_CHECKS: Final = (
    Check(
        "threshold_not_above",
        "error",
        "{low!r} is never reached: {high!r} above it asks for {enough}, and it for {needs}",
        "let the thresholds rise from tier to tier, or change the order of the tiers",
        _out_of_order,
    ),
    Check(
        "tier_dominated",
        "error",
        "{low!r} is never reached: whoever has come to its {needs} has come to the {enough} of"
        " {high!r} above it, whose window is longer",
        "ask for more in the longer window, or for less in the shorter one",
        _dominated,
    ),
    Check(
        "more_visits_than_days",
        "error",
        "{tier!r} asks for {needs} visits in a window of at most {most} days; a day is one visit",
        "lower the threshold, or take a longer window",
        _more_visits,
    ),
    Check(
        "points_beyond_caps",
        "error",
        "{tier!r} asks for {needs} points in its window, where caps and limits allow {most}",
        "lower the threshold, or raise the caps",
        _points_beyond_caps,
    ),
    Check(
        "no_entry_tier",
        "warning",
        "members have no card until they reach {tier!r}",
        "put a tier without a threshold below it, if everyone is to have a card from the start",
        _no_entry_tier,
    ),
    Check(
        "validity_shorter_than_window",
        "warning",
        "{tier!r} is valid for {valid} months, but reached by what counts for {window}: the same"
        " purchases can renew it",
        "let it be valid as long as its window, at the least",
        _short_validity,
    ),
    Check(
        "tier_worth_less",
        "warning",
        "{setting} of {high!r} is {above}, less than the {below} of {low!r} below it",
        "give the higher tier as much, or change the order of the tiers",
        _worth_less,
    ),
    Check(
        "tier_earns_nothing",
        "warning",
        "who holds {tier!r} earns nothing",
        "leave the multiplier out, if the tier is to earn like any other",
        _earns_nothing,
    ),
    Check(
        "no_recovery",
        "warning",
        "recovery at {percent} percent is never offered: recovery_days is 0",
        "say for how many days it is offered, or leave recovery_percent out",
        _no_recovery,
    ),
    Check(
        "nothing_to_review",
        "warning",
        "{setting} never matters: no tier that can be lost ends",
        "let tiers be valid until a day, or leave it out",
        _nothing_to_review,
    ),
)
