"""What the terms of partners name of the program, and whether it is there (docs/alliance.md).

A rule or tier gets another name by two commands, a version and other terms, and one of them comes
first. So terms may name what is to come beside something that is there, and a version may be
without a name of the terms where another of their names comes with it.

Shapes:
    Lack          terms name what a version of the program is without
    lacks_of      those of a partner's terms, with the versions as they are
    lacks_with    those that one more version would make
    refuse_lacks  raises for one that breaks terms
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from msgspec import Struct

from ledger.alliance import Alliance, Partner
from ledger.errors import ProgramLacks
from ledger.rules import Rulebook, Rules
from schemas.events import TermsEvent
from schemas.program import Program

_EVER: Final = (
    dt.datetime.min.replace(tzinfo=dt.UTC),
    dt.datetime.max.replace(tzinfo=dt.UTC),
)
_A_DAY: Final = dt.timedelta(days=1)


class Lack(Struct, frozen=True):
    """From `day` on the terms of `partner` name `names`, and `version` does not have them.

    `section` is that of the program file, "earn" or "tier". `breaks` tells that nothing which the
    terms name stands in for them.
    """

    partner: str
    section: str
    names: tuple[str, ...]
    day: dt.date
    version: int
    breaks: bool


def lacks_of(rulebook: Rulebook, partner: Partner, terms: Collection[TermsEvent]) -> list[Lack]:
    """What some of a partner's terms name and a version lacks on days that both hold on.

    A version that has none of the names breaks them.
    """
    return [
        lack
        for held, first, last in partner.agreed_days
        if held in terms
        for rules, starts, ends in _versions(rulebook)
        if max(first, starts) <= min(last, ends)
        for lack in _lacks(held, max(first, starts), rules.program, rules.version)
    ]


def lacks_with(rulebook: Rulebook, alliance: Alliance, program: Program) -> list[Lack]:
    """What one more version takes from terms that hold on its days.

    It breaks them where it has fewer of the names than the version whose place it takes; where none
    holds yet, where it has none.
    """
    starts, ends, place = program.effective_from, dt.date.max, None
    for rules, first, last in _versions(rulebook):
        if first <= starts <= last:
            place, ends = rules.program, last
        elif first > starts:
            ends = min(ends, first - _A_DAY)
    return [
        lack
        for partner in alliance.partners.values()
        for held, first, last in partner.agreed_days
        if max(first, starts) <= min(last, ends)
        for lack in _lacks(held, max(first, starts), program, rulebook.latest_version + 1, place)
    ]


def refuse_lacks(lacks: Iterable[Lack]) -> None:
    """Raise ProgramLacks for the first that breaks terms."""
    for lack in lacks:
        if lack.breaks:
            raise ProgramLacks(
                partner=lack.partner,
                section=lack.section,
                names=", ".join(map(repr, lack.names)),
                day=lack.day.isoformat(),
                version=lack.version,
            )


def _versions(rulebook: Rulebook) -> Iterator[tuple[Rules, dt.date, dt.date]]:
    """The versions that hold at some time, with their first and last days."""
    versions = list(rulebook.between(*_EVER))
    for number, rules in enumerate(versions, start=1):
        last = dt.date.max
        if number < len(versions):
            last = versions[number].program.effective_from - _A_DAY
        yield rules, rules.program.effective_from, last


def _lacks(
    terms: TermsEvent, day: dt.date, program: Program, version: int, place: Program | None = None
) -> Iterator[Lack]:
    """What terms name and a version lacks; of what the one in its `place` has, if there is one."""
    for section, named in (("earn", terms.rules), ("tier", terms.tiers)):
        there, had = _ids(program, section), _ids(place, section) if place else set(named)
        known = [name for name in named if name in had]
        gone = tuple(name for name in known if name not in there)
        if gone:
            needed = len(known) if place else 1
            breaks = sum(name in there for name in named) < needed
            yield Lack(terms.partner, section, gone, day, version, breaks)


def _ids(program: Program, section: str) -> set[str]:
    return {entry.id for entry in (program.earn if section == "earn" else program.tiers)}
