"""A version beside the one that it follows, and days that are over when it takes effect."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ledger.checks.finding import Check, Place, Subject

_FOR_EVER: Final = ("id", "currency", "points_decimals", "zone")


def _another_program(subject: Subject) -> Iterator[Place]:
    for name in _FOR_EVER if subject.before else ():
        old, new = getattr(subject.before, name), getattr(subject.program, name)
        if old != new:
            yield f"$.{name}", {"setting": name, "old": old, "new": new}


def _before_its_predecessor(subject: Subject) -> Iterator[Place]:
    before, program = subject.before, subject.program
    if before and program.effective_from < before.effective_from:
        yield "$.effective_from", {"first": program.effective_from, "until": before.effective_from}


def _tier_gone(subject: Subject) -> Iterator[Place]:
    kept = {tier.id for tier in subject.program.tiers}
    for tier in subject.before.tiers if subject.before else ():
        if tier.id not in kept:
            yield "$.tier", {"tier": tier.card}


def _tiers_reordered(subject: Subject) -> Iterator[Place]:
    if subject.before is None:
        return
    old = [tier.id for tier in subject.before.tiers]
    for number, tier in enumerate(subject.program.tiers):
        above = [after for after in subject.program.tiers[number + 1 :] if after.id in old]
        passed = [low for low in above if tier.id in old and old.index(low.id) < old.index(tier.id)]
        if passed:
            yield f"$.tier[{number}]", {"tier": tier.card, "other": passed[0].card}


def _another_bank(subject: Subject) -> Iterator[Place]:
    banks = {card.id: card.partner for card in subject.before.cobrands} if subject.before else {}
    for number, card in enumerate(subject.program.cobrands):
        old = banks.get(card.id, card.partner)
        if card.partner != old:
            names = {"cobrand": card.card, "old": old, "new": card.partner}
            yield f"$.cobrand[{number}].partner", names


def _lacks(subject: Subject, *, breaks: bool) -> Iterator[Place]:
    for lack in subject.lacks:
        if lack.breaks == breaks:
            names = ", ".join(map(repr, lack.names))
            told = {"partner": lack.partner, "names": names, "day": lack.day}
            yield f"$.{lack.section}", told


def _over(subject: Subject) -> Iterator[Place]:
    first = subject.program.effective_from
    for path, entry in subject.entries():
        last = getattr(entry, "ends_on", None)
        if last is not None and last < first:
            yield f"{path}.ends_on", {"entry": entry.id, "last": last, "first": first}


VERSION_CHECKS: Final = (
    Check(
        "another_program",
        "error",
        "{setting} is {new}, and {old} in the version before: it can't change",
        "open a store of its own for another program",
        _another_program,
    ),
    Check(
        "program_lacks",
        "error",
        "the terms of {partner!r} name {names} on {day}, and here is nothing in its place: it can't"
        " be published",
        "terms may name what is to come beside what is there: change them first; or keep the id",
        partial(_lacks, breaks=True),
    ),
    Check(
        "before_its_predecessor",
        "warning",
        "it takes effect on {first}, before the version that it follows, which takes over on"
        " {until}",
        "let it take effect later, or publish it once more from that day on",
        _before_its_predecessor,
    ),
    Check(
        "tier_gone",
        "warning",
        "the tier {tier!r} of the version before is not there: who holds it keeps a card that no"
        " setting is about",
        "keep the tier, without a way to reach it if need be",
        _tier_gone,
    ),
    Check(
        "tiers_reordered",
        "warning",
        "{tier!r} was above {other!r} in the version before, and is below it now",
        "keep the order, or give the tier a new id",
        _tiers_reordered,
    ),
    Check(
        "another_bank",
        "warning",
        "{old!r} gave out the card {cobrand!r} in the version before, and {new!r} does now",
        "give a card of another bank an id of its own: what the new one tells is told apart from"
        " what the old one told",
        _another_bank,
    ),
    Check(
        "named_by_terms",
        "warning",
        "the terms of {partner!r} name {names} on {day}, which is not here; other names of theirs"
        " come in its place",
        "make sure that they stand for it",
        partial(_lacks, breaks=False),
    ),
    Check(
        "over_before_it_starts",
        "warning",
        "{entry!r} ends on {last}, before the version takes effect on {first}",
        "take it out, or move its days",
        _over,
    ),
)
