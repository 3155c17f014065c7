"""The purchases that a program can meet: one for each set of rules that can apply together.

Shapes:
    Situation      day, tier, place, occasions, goods and tender of a purchase
    situations     one of each kind, by tier
    ordinary_day   a day on which the fewest rules apply

A member's first purchase is left out: what it earns comes once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from ledger.rules import Rules
from ledger.terms import Conditions, PointsRate

_MOST: Final = 2000
"""No more kinds are kept, those in which the most rules can apply."""
_MOST_OCCASIONS: Final = 4
"""Of more, all subsets are too many: none, each alone and all together are looked at."""
_DAYS: Final = 4 * 366
"""In so many days every weekday falls on every day of the month."""


class Situation(Struct, frozen=True):
    """A purchase but for its amount; "" and () are what is not said."""

    day: dt.date
    tier: str = ""
    store: str = ""
    partner: str = ""
    channel: str = ""
    occasions: tuple[str, ...] = ()
    sku: str = ""
    category: str = ""
    brand: str = ""
    tender: str = ""

    @property
    def words(self) -> str:
        """`2026-11-11, tier gold, channel app`."""
        said = [self.day.isoformat()]
        for name in self.__struct_fields__[1:]:
            if value := getattr(self, name):
                said.append(f"{name} {' and '.join(value) if name == 'occasions' else value}")
        return ", ".join(said)


_Alive = frozenset[int]
"""The rules and multipliers that can still apply, by their place among all."""
_State = tuple[Situation, _Alive]


def situations(rules: Rules) -> dict[str, list[Situation]]:
    """Tier ('' is no card) -> its situations."""
    found = _kinds(_days(rules))
    for widen in (_tiers, *(_words(*choice) for choice in _CHOICES), _occasions):
        found = _kinds(state for before in found for state in widen(rules, *before))
    by_tier: dict[str, list[Situation]] = {}
    for situation, _ in found:
        by_tier.setdefault(situation.tier, []).append(situation)
    return by_tier


def ordinary_day(rules: Rules) -> dt.date:
    """A day of this version on which the fewest rules apply."""
    situation, _ = min(_days(rules), key=lambda state: len(state[1]))
    return situation.day


def day_fits(conditions: Conditions, day: dt.date) -> bool:
    """Whether a rule can apply on a day."""
    weekdays, days = conditions.weekdays, conditions.days_of_month
    return conditions.starts_on <= day <= conditions.ends_on and (
        not (weekdays or days) or day.isoweekday() in weekdays or day.day in days
    )


def days_from(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The days from one to another, as many as it takes to see every kind of day."""
    length = min((last - first).days + 1, _DAYS)
    return (first + dt.timedelta(days=n) for n in range(length))


def _entries(rules: Rules) -> tuple[Any, ...]:
    return (*rules.earning.rates, *rules.earning.factors)


def _kinds(states: Iterable[_State]) -> list[_State]:
    """One of each kind, the first; those with the most rules come first."""
    kinds: dict[tuple[str, _Alive], _State] = {}
    for situation, alive in states:
        kinds.setdefault((situation.tier, alive), (situation, alive))
    return sorted(kinds.values(), key=lambda state: -len(state[1]))[:_MOST]


def _days(rules: Rules) -> Iterator[_State]:
    """Days of every kind, from the first of the version on."""
    entries = _entries(rules)
    alive = [n for n, entry in enumerate(entries) if not entry.conditions.first_purchase]
    all_alike = True
    first = rules.program.effective_from
    starts = {first}
    for number in alive:
        conditions = entries[number].conditions
        all_alike = all_alike and not (conditions.weekdays or conditions.days_of_month)
        starts.add(max(first, conditions.starts_on))
        if first <= conditions.ends_on < dt.date.max:
            starts.add(conditions.ends_on + dt.timedelta(days=1))
    ordered = sorted(starts)
    for start, after in zip(ordered, [*ordered[1:], dt.date.max], strict=True):
        last = start if all_alike else after - dt.timedelta(days=1)
        for day in days_from(start, last):
            left = frozenset(n for n in alive if day_fits(entries[n].conditions, day))
            yield Situation(day), left


def _tiers(rules: Rules, situation: Situation, alive: _Alive) -> Iterator[_State]:
    entries = _entries(rules)
    tiers = [rung.tier.id for rung in rules.rungs]
    for tier in tiers if rules.entry_tier else ["", *tiers]:
        left = frozenset(n for n in alive if _admits(entries[n].conditions.tiers, tier))
        yield replace(situation, tier=tier), left


def _admits(named: frozenset[str], name: str) -> bool:
    """Naming nothing is naming all."""
    return not named or name in named


_CHOICES: Final[tuple[tuple[str, Callable[[Any], frozenset[str]]], ...]] = (
    ("store", lambda entry: entry.conditions.stores),
    ("partner", lambda entry: entry.conditions.partners),
    ("channel", lambda entry: entry.conditions.channels),
    ("sku", lambda entry: getattr(entry, "skus", frozenset())),
    ("category", lambda entry: getattr(entry, "categories", frozenset())),
    ("brand", lambda entry: getattr(entry, "brands", frozenset())),
    ("tender", lambda entry: getattr(entry, "tenders", frozenset())),
)
"""A field of a situation, and what a rule names of it."""


def _words(
    field: str, names_of: Callable[[Any], frozenset[str]]
) -> Callable[[Rules, Situation, _Alive], Iterator[_State]]:
    def widen(rules: Rules, situation: Situation, alive: _Alive) -> Iterator[_State]:
        entries, earning = _entries(rules), rules.earning
        named = {name for n in alive for name in names_of(entries[n])}
        if field == "category":
            named -= earning.except_categories
        for name in ["", *sorted(named)]:
            left = {n for n in alive if _admits(names_of(entries[n]), name)}
            if field == "tender" and name in earning.except_tenders:
                left -= {n for n in left if not _names_tenders(entries[n])}
            yield replace(situation, **{field: name}), frozenset(left)

    return widen


def _names_tenders(entry: Any) -> bool:
    """Whether it counts money of any kind that it names; a multiplier asks for none."""
    return not isinstance(entry, PointsRate) or bool(entry.tenders)


def _occasions(rules: Rules, situation: Situation, alive: _Alive) -> Iterator[_State]:
    entries = _entries(rules)
    named = sorted({name for n in alive for name in entries[n].conditions.occasions})
    sizes = range(len(named) + 1) if len(named) <= _MOST_OCCASIONS else (0, 1, len(named))
    for size in sizes:
        for told in combinations(named, size):
            asked = {n: entries[n].conditions.occasions for n in alive}
            left = frozenset(n for n in alive if not asked[n] or not asked[n].isdisjoint(told))
            yield replace(situation, occasions=told), left
