"""Rules and multipliers that can never apply, or change nothing when they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

from ledger.checks.finding import Check, Place, Placed, Subject
from ledger.checks.ladder import unreached
from ledger.checks.meeting import can_meet, count_the_same, counts_all_of, covers
from ledger.checks.situations import day_fits, days_from
from ledger.terms import Scope
from schemas.program_club import Rebate


def _alive(subject: Subject) -> tuple[list[Placed], list[Placed]]:
    """The rules and the multipliers that have a day to apply on."""
    rates = [placed for placed in subject.rates if _has_a_day(subject, placed)]
    return rates, [placed for placed in subject.factors if _has_a_day(subject, placed)]


def _has_a_day(subject: Subject, placed: Placed) -> bool:
    conditions = placed.terms.conditions
    return any(day_fits(conditions, day) for day in days_from(*subject.in_force(placed.terms)))


def _days_apart(subject: Subject) -> Iterator[Place]:
    for placed in (*subject.rates, *subject.factors):
        if placed.terms.conditions.ends_on < placed.terms.conditions.starts_on:
            yield (
                f"{placed.path}.campaign",
                {"rule": placed.entry.id, "campaign": placed.entry.campaign},
            )


def _no_such_day(subject: Subject) -> Iterator[Place]:
    for placed in (*subject.rates, *subject.factors):
        first, last = subject.in_force(placed.terms)
        if first <= last and not _has_a_day(subject, placed):
            setting = "weekdays" if placed.entry.weekdays else "days_of_month"
            yield (
                f"{placed.path}.{setting}",
                {"rule": placed.entry.id, "first": first, "last": last},
            )


def _categories_excepted(subject: Subject) -> Iterator[Place]:
    excepted = subject.rules.earning.except_categories
    for placed in subject.rates:
        categories = placed.terms.categories
        if categories and categories <= excepted:
            yield (
                f"{placed.path}.categories",
                {"rule": placed.entry.id, "names": ", ".join(sorted(categories))},
            )


def _always_claimed(subject: Subject) -> Iterator[Place]:
    return _overruled(subject, _alive(subject)[0], counts_all_of)


def _always_outranked(subject: Subject) -> Iterator[Place]:
    return _overruled(subject, _alive(subject)[1], lambda _, __: True)


def _overruled(
    subject: Subject, entries: list[Placed], takes_all_of: Callable[[Any, Any], bool]
) -> Iterator[Place]:
    """Entries that another, which does not stack, comes before whenever they would apply."""
    first = subject.program.effective_from
    for number, placed in enumerate(entries):
        mine = placed.terms
        for place, other in enumerate(entries):
            its = other.terms
            comes_first = (-its.priority, place) < (-mine.priority, number)
            if (
                its.exclusive
                and place != number
                and (comes_first or not mine.exclusive)
                and covers(its.conditions, mine.conditions, first)
                and takes_all_of(its, mine)
            ):
                yield placed.path, {"rule": placed.entry.id, "other": other.entry.id}
                break


def _outranks_tiers(subject: Subject) -> Iterator[Place]:
    scaled = [rung.tier.card for _, rung in subject.rungs if rung.multiplier is not None]
    for placed in subject.factors:
        factor = placed.terms
        if factor.exclusive and scaled and factor.conditions.is_dated_only:
            yield f"{placed.path}.stackable", {"rule": placed.entry.id, "tiers": ", ".join(scaled)}


def _multiplies_nothing(subject: Subject) -> Iterator[Place]:
    rates, factors = _alive(subject)
    first = subject.program.effective_from
    for placed in factors:
        if rates and not any(can_meet(placed.terms, rate.terms, first) for rate in rates):
            yield placed.path, {"rule": placed.entry.id}


def _factor_of_one(subject: Subject) -> Iterator[Place]:
    for placed in subject.factors:
        if placed.terms.ratio == 1 and not placed.terms.exclusive:
            yield f"{placed.path}.factor", {"rule": placed.entry.id}


def _nothing_earns(subject: Subject) -> Iterator[Place]:
    if not _alive(subject)[0]:
        yield "$.earn", {}


def _fixed_for_any(subject: Subject) -> Iterator[Place]:
    for placed in subject.rates:
        rate, conditions = placed.terms, placed.terms.conditions
        again = not any(scope.cumulative for scope in _scopes(subject, placed))
        if (
            rate.method == "fixed"
            and rate.any_line
            and again
            and not (conditions.min_minor or conditions.first_purchase)
        ):
            yield (
                f"{placed.path}.min_amount",
                {"rule": placed.entry.id, "points": subject.points(rate.units)},
            )


def _scopes(subject: Subject, placed: Placed) -> tuple[Scope, ...]:
    """The caps that what a rule gives is under."""
    program = subject.rules.earning.scope
    return (*placed.terms.scopes, *([program] if program else []))


def _campaigns_overlap(subject: Subject) -> Iterator[Place]:
    rates, factors = _alive(subject)
    campaigns = subject.program.campaigns
    for later, campaign in enumerate(campaigns):
        for earlier in campaigns[:later]:
            first = max(campaign.starts_on, earlier.starts_on, subject.program.effective_from)
            last = min(campaign.ends_on, earlier.ends_on)
            if first <= last and _add_up(rates, factors, campaign.id, earlier.id, first):
                yield (
                    f"$.campaign[{later}]",
                    {"campaign": campaign.id, "other": earlier.id, "first": first, "last": last},
                )


def _add_up(
    rates: list[Placed], factors: list[Placed], one: str, other: str, first: dt.date
) -> bool:
    """Whether entries of two campaigns can apply to one purchase together."""

    def of(entries: list[Placed], campaign: str) -> list[Any]:
        return [placed.terms for placed in entries if placed.entry.campaign == campaign]

    return any(
        can_meet(a, b, first) and not (a.exclusive or b.exclusive)
        for a in of(factors, one)
        for b in of(factors, other)
    ) or any(
        can_meet(a, b, first) and count_the_same(a, b) and not (a.exclusive or b.exclusive)
        for a in of(rates, one)
        for b in of(rates, other)
    )


def _campaign_without_rules(subject: Subject) -> Iterator[Place]:
    used = {placed.entry.campaign for placed in (*subject.rates, *subject.factors)}
    for number, campaign in enumerate(subject.program.campaigns):
        if campaign.id not in used:
            yield f"$.campaign[{number}]", {"campaign": campaign.id}


def _is_for_all(entry: Any) -> bool:
    """Whether the tiers that it names are only those with terms of their own."""
    return isinstance(entry, Rebate) and Fraction(entry.percent) > 0


def _tier_unreached(subject: Subject) -> Iterator[Place]:
    lost = unreached(subject)
    for path, entry in subject.entries():
        named = () if _is_for_all(entry) else getattr(entry, "tiers", ())
        if named and lost.issuperset(named):
            yield f"{path}.tiers", {"entry": entry.id, "tiers": ", ".join(named)}


EARNING_CHECKS: Final = (
    Check(
        "days_apart",
        "error",
        "{rule!r} never applies: its days and those of the campaign {campaign!r} do not meet",
        "move its days into the campaign's, or leave them out",
        _days_apart,
    ),
    Check(
        "no_such_day",
        "error",
        "{rule!r} never applies: none of its days falls into {first} to {last}",
        "name other weekdays or days of the month, or move its first and last day",
        _no_such_day,
    ),
    Check(
        "categories_excepted",
        "error",
        "{rule!r} counts nothing: [basis] leaves out {names}",
        "take the category out of except_categories, or switch the rule off",
        _categories_excepted,
    ),
    Check(
        "always_claimed",
        "error",
        "{rule!r} never counts a line: {other!r} claims all of them before it",
        "let {other!r} stack, give it conditions, or give {rule!r} a higher priority",
        _always_claimed,
    ),
    Check(
        "always_outranked",
        "error",
        "{rule!r} never applies: {other!r} applies alone whenever it would",
        "let {other!r} stack, give it conditions, or give {rule!r} a higher priority",
        _always_outranked,
    ),
    Check(
        "multiplies_nothing",
        "error",
        "{rule!r} never applies: no earning rule can apply to the same purchase",
        "name places, tiers and days that an earning rule has, too",
        _multiplies_nothing,
    ),
    Check(
        "tiers_outranked",
        "warning",
        "while {rule!r} applies alone to every purchase, the multipliers of {tiers} do nothing",
        "let it stack, or give it conditions",
        _outranks_tiers,
    ),
    Check(
        "factor_of_one",
        "warning",
        "{rule!r} multiplies by 1, which changes nothing",
        "give it another factor, or take it out",
        _factor_of_one,
    ),
    Check(
        "nothing_earns",
        "warning",
        "no purchase earns anything",
        "add an [[earn]] rule, or switch one on",
        _nothing_earns,
    ),
    Check(
        "fixed_for_any_purchase",
        "warning",
        "{rule!r} gives {points} points for every purchase, however small: splitting a receipt"
        " brings more",
        "give it a min_amount, goods, or a cap per_day",
        _fixed_for_any,
    ),
    Check(
        "campaigns_overlap",
        "warning",
        "from {first} to {last} the campaigns {campaign!r} and {other!r} add up on the same"
        " purchases",
        "move their days apart, or let one of them not stack",
        _campaigns_overlap,
    ),
    Check(
        "campaign_without_rules",
        "warning",
        "no rule and no multiplier is in the campaign {campaign!r}",
        "name it in one, or take it out",
        _campaign_without_rules,
    ),
    Check(
        "tier_unreached",
        "warning",
        "{entry!r} is only for {tiers}, which no purchase leads to",
        "name other tiers, or mend the ladder",
        _tier_unreached,
    ),
)
