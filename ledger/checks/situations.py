"""The purchases that a program can meet: one for each set of rules that can apply together.

Shapes:
    Situation      day, tier, place, occasions, goods and tender of a purchase
    Kind           a situation, and the rules and multipliers that can apply in it
    kinds_of       the kinds that can bring the most, by tier
    ordinary_day   a day on which the fewest rules apply

A member's first purchase is left out: what it earns comes once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ledger.rules import Rules
from ledger.terms import Conditions, PointsRate

_MOST: Final = 400
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


NamesOf = Callable[[Any], frozenset[str]]
"""What an entry names of something; nothing is all."""


class Kind(NamedTuple):
    """A situation; `alive` has a bit for each rule and multiplier that can apply in it."""

    situation: Situation
    alive: int


class _Entries:
    """The rules, then the multipliers, each by its place."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.all: tuple[Any, ...] = (*rules.earning.rates, *rules.earning.factors)
        self.repeated = self.bits(lambda entry: not entry.conditions.first_purchase)
        self.helpful = self.bits(_only_adds)
        self._known: dict[tuple[str, str], int] = {}

    def on(self, day: dt.date) -> int:
        """Those that can apply on a day."""
        return self.bits(lambda entry: day_fits(entry.conditions, day))

    def admitting(self, field: str, names_of: NamesOf, name: str) -> int:
        """Those that name `name`, or none at all."""
        if (field, name) not in self._known:
            fitting = self.bits(lambda entry: not names_of(entry) or name in names_of(entry))
            self._known[field, name] = fitting
        return self._known[field, name]

    def bits(self, fits: Callable[[Any], bool]) -> int:
        """A bit for each entry that fits."""
        return sum(1 << place for place, entry in enumerate(self.all) if fits(entry))

    def of(self, alive: int) -> list[Any]:
        """The entries of some bits."""
        return [entry for place, entry in enumerate(self.all) if alive >> place & 1]


def _only_adds(entry: Any) -> bool:
    """Whether nothing is ever less for its being there."""
    return not entry.exclusive and (isinstance(entry, PointsRate) or entry.ratio >= 1)


def kinds_of(rules: Rules) -> dict[str, list[Kind]]:
    """Tier ('' is no card) -> its kinds.

    A kind is left out where another has all its rules, and more that only add.
    """
    entries = _Entries(rules)
    found = _best_of(entries, _days(entries))
    for widen in (*(_words(*choice) for choice in _CHOICES), _occasions):
        found = _best_of(entries, (kind for before in found for kind in widen(entries, before)))
    tiers = [rung.tier.id for rung in rules.rungs]
    return {
        tier: _best_of(entries, (_held(entries, kind, tier) for kind in found))
        for tier in (tiers if rules.entry_tier else ["", *tiers])
    }


def ordinary_day(rules: Rules) -> dt.date:
    """A day of this version on which the fewest rules apply."""
    return min(_days(_Entries(rules)), key=lambda kind: kind.alive.bit_count()).situation.day


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


def _best_of(entries: _Entries, kinds: Iterable[Kind]) -> list[Kind]:
    """One of each kind, but for those that another makes up for; the most rules first."""
    first: dict[int, Kind] = {}
    for kind in kinds:
        first.setdefault(kind.alive, kind)
    kept: list[Kind] = []
    harmful = ~entries.helpful
    for kind in sorted(first.values(), key=lambda kind: -kind.alive.bit_count()):
        alive = kind.alive
        if not any(
            not alive & ~other.alive and not other.alive & ~alive & harmful for other in kept
        ):
            kept.append(kind)
            if len(kept) == _MOST:
                break
    return kept


def _days(entries: _Entries) -> Iterator[Kind]:
    """Days of every kind, from the first of the version on."""
    first = entries.rules.program.effective_from
    all_alike = True
    starts = {first}
    for entry in entries.of(entries.repeated):
        conditions = entry.conditions
        all_alike = all_alike and not (conditions.weekdays or conditions.days_of_month)
        starts.add(max(first, conditions.starts_on))
        if first <= conditions.ends_on < dt.date.max:
            starts.add(conditions.ends_on + dt.timedelta(days=1))
    ordered = sorted(starts)
    for start, after in zip(ordered, [*ordered[1:], dt.date.max], strict=True):
        last = start if all_alike else after - dt.timedelta(days=1)
        for day in days_from(start, last):
            yield Kind(Situation(day), entries.on(day) & entries.repeated)


def _held(entries: _Entries, kind: Kind, tier: str) -> Kind:
    fitting = entries.admitting("tier", lambda entry: entry.conditions.tiers, tier)
    return Kind(replace(kind.situation, tier=tier), kind.alive & fitting)


_CHOICES: Final[tuple[tuple[str, NamesOf], ...]] = (
    ("store", lambda entry: entry.conditions.stores),
    ("partner", lambda entry: entry.conditions.partners),
    ("channel", lambda entry: entry.conditions.channels),
    ("sku", lambda entry: getattr(entry, "skus", frozenset())),
    ("category", lambda entry: getattr(entry, "categories", frozenset())),
    ("brand", lambda entry: getattr(entry, "brands", frozenset())),
    ("tender", lambda entry: getattr(entry, "tenders", frozenset())),
)
"""A field of a situation, and what a rule names of it."""


def _words(field: str, names_of: NamesOf) -> Callable[[_Entries, Kind], Iterator[Kind]]:
    def widen(entries: _Entries, kind: Kind) -> Iterator[Kind]:
        earning = entries.rules.earning
        named = {name for entry in entries.of(kind.alive) for name in names_of(entry)}
        if field == "category":
            named -= earning.except_categories
        for name in ["", *sorted(named)]:
            fitting = entries.admitting(field, names_of, name)
            if field == "tender" and name in earning.except_tenders:
                fitting &= entries.bits(_names_tenders)
            yield Kind(replace(kind.situation, **{field: name}), kind.alive & fitting)

    return widen


def _names_tenders(entry: Any) -> bool:
    """Whether it counts money of any kind that it names; a multiplier asks for none."""
    return not isinstance(entry, PointsRate) or bool(entry.tenders)


def _occasions(entries: _Entries, kind: Kind) -> Iterator[Kind]:
    asked = {entry.conditions.occasions for entry in entries.of(kind.alive)}
    named = sorted({name for names in asked for name in names})
    sizes = range(len(named) + 1) if len(named) <= _MOST_OCCASIONS else (0, 1, len(named))
    for told in (told for size in sizes for told in combinations(named, size)):
        fitting = 0
        for name in told or ("",):
            fitting |= entries.admitting("occasion", lambda e: e.conditions.occasions, name)
        yield Kind(replace(kind.situation, occasions=told), kind.alive & fitting)
