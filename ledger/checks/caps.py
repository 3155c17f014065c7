"""Caps and limits that never matter, or cut whatever comes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from ledger.checks.finding import Check, Place, Subject
from ledger.terms import Scope

_NAMES: Final = ("per_purchase", "per_day", "per_member")
"""From the narrowest to the widest."""


def _above_wider(subject: Subject) -> Iterator[Place]:
    for path, scope in _all_scopes(subject):
        yield from _above(subject, path, [(name, getattr(scope, name)) for name in _NAMES])
    for action, limits in subject.rules.limits.items():
        of_points = "points" in action
        shown = subject.points if of_points else "{:,}".format
        day, *month = [(limit.name, limit.most) for limit in limits]
        if month and day[1] > month[0][1]:
            yield (
                f"$.limits.{day[0]}",
                {
                    "narrow": day[0],
                    "most": shown(day[1]),
                    "wide": month[0][0],
                    "less": shown(month[0][1]),
                },
            )


def _above(subject: Subject, path: str, caps: list[tuple[str, int | None]]) -> Iterator[Place]:
    known = [(name, cap) for name, cap in caps if cap is not None]
    for number, (narrow, most) in enumerate(known):
        wider = [(name, cap) for name, cap in known[number + 1 :] if cap < most]
        if wider:
            wide, less = wider[0]
            texts = {"most": subject.points(most), "less": subject.points(less)}
            yield f"{path}.{narrow}", {"narrow": narrow, "wide": wide} | texts


def _all_scopes(subject: Subject) -> Iterator[tuple[str, Scope]]:
    """(path of its caps, scope) of every scope, each once."""
    if subject.rules.earning.scope is not None:
        yield "$.caps", subject.rules.earning.scope
    campaigns = {c.id: f"$.campaign[{n}].caps" for n, c in enumerate(subject.program.campaigns)}
    seen = set()
    for placed in (*subject.rates, *subject.factors):
        for scope in placed.terms.scopes:
            if scope.name not in seen:
                seen.add(scope.name)
                kind, _, name = scope.name.partition(":")
                yield campaigns[name] if kind == "campaign" else f"{placed.path}.caps", scope


def _always_cut(subject: Subject) -> Iterator[Place]:
    """A rule that gives more than its caps let through whenever it gives all that it can."""
    for placed in subject.rates:
        rate = placed.terms
        caps = [
            cap
            for scope in rate.scopes
            for name in _NAMES
            if (cap := getattr(scope, name)) is not None
        ]
        least = _least(rate)
        if caps and least > min(caps):
            yield (
                f"{placed.path}.caps",
                {
                    "rule": placed.entry.id,
                    "least": subject.points(int(least)),
                    "most": subject.points(min(caps)),
                },
            )


def _least(rate: Any) -> Fraction:
    """Points units of the smallest purchase that it applies to, where all of that counts."""
    if rate.method == "fixed":
        return Fraction(rate.units)
    if rate.method == "per_block":
        return Fraction(max(rate.conditions.min_minor // rate.per_minor, 1) * rate.units)
    return Fraction(rate.conditions.min_minor * rate.units, rate.per_minor)


def _caps_of_a_cut(subject: Subject) -> Iterator[Place]:
    for placed in subject.factors:
        own = [scope for scope in placed.terms.scopes if scope.name.startswith("rule:")]
        if own and placed.terms.ratio <= 1:
            yield (
                f"{placed.path}.caps",
                {"rule": placed.entry.id, "factor": placed.entry.factor},
            )


def _min_below_block(subject: Subject) -> Iterator[Place]:
    for placed in subject.rates:
        rate, least = placed.terms, placed.terms.conditions.min_minor
        if rate.method == "per_block" and 0 < least <= rate.per_minor:
            yield (
                f"{placed.path}.min_amount",
                {
                    "rule": placed.entry.id,
                    "per": subject.money(rate.per_minor),
                    "least": subject.money(least),
                },
            )


CAP_CHECKS: Final = (
    Check(
        "cap_above_wider",
        "warning",
        "{narrow} allows {most}, but {wide} no more than {less}: it never matters",
        "lower the one, raise the other, or take it out",
        _above_wider,
    ),
    Check(
        "always_cut",
        "warning",
        "{rule!r} gives {least} points at the least, and its caps let {most} through",
        "raise the cap, or let the rule give less",
        _always_cut,
    ),
    Check(
        "caps_of_a_cut",
        "warning",
        "{rule!r} multiplies by {factor}: it adds nothing that its caps could cut",
        "take the caps out, or give it a factor above 1",
        _caps_of_a_cut,
    ),
    Check(
        "min_below_block",
        "warning",
        "{rule!r} gives nothing below {per} anyway: its min_amount of {least} never matters",
        "raise min_amount above the block, or take it out",
        _min_below_block,
    ),
)
