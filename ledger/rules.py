"""A program version made ready for deciding, and the book of all versions.

Shapes:
    Rules      one version: amounts in minor units, points in points units, ratios exact
    Rulebook   every version, picked by business time (RULES 1)
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Self
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ledger.errors import NoProgramInForce
from ledger.terms import Earning, Limit, Spending, earning_of, limits_of, spending_of
from schemas.events import ProgramPublished, TierLabel
from schemas.program import Program, Tier
from schemas.program_file import parse_threshold
from schemas.values import (
    currency_exponent,
    day_of,
    parse_money,
    start_of_day,
    zone_named,
)


class TierFactor(Struct, frozen=True, gc=False):
    """A tier's multiplier: an exact ratio, and as it was written."""

    numerator: int
    denominator: int
    text: str


class Rung(Struct, frozen=True):
    """A tier made ready: `rank` from 1, `threshold` in the measure's unit.

    `multiplier` is None where it changes nothing.
    """

    tier: Tier
    rank: int
    threshold: int
    multiplier: TierFactor | None


class Climb(Struct, frozen=True):
    """The rungs that one measure over one window decides, highest first.

    `least` is the lowest threshold; it need not be that of the lowest rung.
    """

    tier: Tier
    rungs: tuple[Rung, ...]
    least: int

    @classmethod
    def over(cls, rungs: Sequence[Rung]) -> Self:
        """The climb of some rungs of one measure and window."""
        return cls(rungs[0].tier, tuple(rungs), min(rung.threshold for rung in rungs))


class Rules(Struct, frozen=True):
    """One version of the program. Rank 0 is a member without a card."""

    version: int
    program: Program
    zone: ZoneInfo
    earning: Earning
    spending: Spending
    limits: dict[str, tuple[Limit, ...]]
    rungs: tuple[Rung, ...]
    climbs: tuple[Climb, ...]
    by_tier: dict[str, Rung]
    recovery_share: Fraction
    ascents: frozenset[tuple[str, str]] = frozenset()
    """(a tier that only other versions have, a tier of this one that they rank above it)."""
    ways_up: dict[str, tuple[Climb, ...]] = {}
    """What `climbs_above` has worked out before."""
    under_terms: dict[tuple[str, int], Rules] = {}
    """What applies by a partner's terms, as far as it was worked out (ledger/partners.py)."""

    @property
    def entry_tier(self) -> str:
        """The tier that everyone has from enrolment on; '' where the ladder has none."""
        first = self.rungs[0].tier if self.rungs else None
        if first is None or first.threshold is not None or first.invitation:
            return ""
        return first.id

    def is_above(self, rung: Rung, held: str) -> bool:
        """Whether `rung` is higher than the tier held.

        For a tier that this version lacks, what the newest version that has both says; where none
        has both, no: a purchase never lowers a tier.
        """
        own = self.by_tier.get(held)
        if own is not None:
            return rung.rank > own.rank
        return held == "" or (held, rung.tier.id) in self.ascents

    def climbs_above(self, held: str) -> tuple[Climb, ...]:
        """The climbs with only the rungs above the tier held."""
        ways = self.ways_up.get(held)
        if ways is None:
            ways = tuple(
                Climb.over(above)
                for climb in self.climbs
                if (above := tuple(r for r in climb.rungs if self.is_above(r, held)))
            )
            self.ways_up[held] = ways
        return ways

    def multiplier(self, tier: str) -> TierFactor | None:
        """What scales the points of the tier's holder; None where nothing does."""
        rung = self.by_tier.get(tier)
        return rung.multiplier if rung else None

    def day(self, moment: dt.datetime) -> dt.date:
        """The business day of an instant in the program's zone."""
        return day_of(moment, self.zone)


def make_rules(program: Program, version: int) -> Rules:
    """A program version made ready; the program was checked when it was read."""
    rungs = tuple(
        Rung(tier, rank, parse_threshold(tier, program), _multiplier(tier.multiplier))
        for rank, tier in enumerate(program.tiers, start=1)
    )
    return Rules(
        version=version,
        program=program,
        zone=zone_named(program.zone),
        earning=earning_of(program),
        spending=spending_of(program),
        limits=limits_of(program),
        rungs=rungs,
        climbs=_climbs(rungs),
        by_tier={rung.tier.id: rung for rung in rungs},
        recovery_share=Fraction(program.ladder.recovery_percent) / 100,
        ways_up={},
        under_terms={},
    )


def _multiplier(text: str) -> TierFactor | None:
    ratio = Fraction(text)
    return None if ratio == 1 else TierFactor(ratio.numerator, ratio.denominator, text)


def _climbs(rungs: tuple[Rung, ...]) -> tuple[Climb, ...]:
    """The rungs above the entry tier, those that look at the same figure together."""
    groups: dict[tuple[str, str, int | None], list[Rung]] = {}
    for rung in reversed(rungs):
        if rung.threshold and not rung.tier.invitation:
            tier = rung.tier
            groups.setdefault((tier.measure, tier.window, tier.window_months), []).append(rung)
    return tuple(Climb.over(some) for some in groups.values())


class Rulebook:
    """Every published version; the one in force is picked by business time.

    Of two versions that take effect at the same time the later one holds.
    """

    def __init__(self, versions: Iterable[ProgramPublished] = ()) -> None:
        ordered = sorted(versions, key=lambda event: (event.effective_from, event.version))
        self._starts = [event.effective_from for event in ordered]
        self._rules = _with_ascents([make_rules(e.program, e.version) for e in ordered])
        self._by_version = {rules.version: rules for rules in self._rules}
        self.lots_live_by_activity = any(
            rules.program.expiry.policy == "inactivity" for rules in self._rules
        )
        self.has_ladder = any(rules.rungs for rules in self._rules)
        self.has_vouchers = any(rules.program.vouchers for rules in self._rules)
        self.latest_version: int = max((event.version for event in ordered), default=0)

    def __len__(self) -> int:
        return len(self._rules)

    def at(self, moment: dt.datetime) -> Rules:
        """The version in force at `moment`, or NoProgramInForce."""
        index = bisect_right(self._starts, moment)
        if index == 0:
            raise NoProgramInForce(occurred_at=moment.isoformat())
        return self._rules[index - 1]

    def current(self, now: dt.datetime) -> Rules:
        """The version in force now; before the first takes effect, the first."""
        return self._rules[max(bisect_right(self._starts, now) - 1, 0)]

    def between(self, start: dt.datetime, end: dt.datetime) -> Iterator[Rules]:
        """The versions that hold at some time from `start` to before `end`, in order."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_left(self._starts, end)
        for index in range(first, last):
            if index + 1 == last or self._starts[index] != self._starts[index + 1]:
                yield self._rules[index]

    def judging(self, version: int, at: dt.datetime) -> Rules:
        """The version that something was recorded with; without one, that of its time."""
        return self._by_version.get(version) or self.current(at)

    def version(self, version: int) -> Rules:
        """The version with a number."""
        return self._by_version[version]

    def is_above(self, high: str, low: str, rules: Rules) -> bool:
        """Whether a tier is higher than another: what `rules` say, else the newest that has both.

        '' is no card, which every tier is above.
        """
        if low == "" or high == "":
            return high != low and low == ""
        for version in (rules, *reversed(self._rules)):
            if high in version.by_tier and low in version.by_tier:
                return version.by_tier[high].rank > version.by_tier[low].rank
        return False

    def has_rebate_over(self, kind: str) -> bool:
        """Whether any version has a rebate over such periods: month, quarter or year."""
        return any(
            rebate.period == kind for rules in self._rules for rebate in rules.program.rebates
        )

    @property
    def gives_on_anniversaries(self) -> bool:
        """Whether any version has a voucher for anniversaries of the enrolment."""
        return any(
            voucher.on == "anniversary"
            for rules in self._rules
            for voucher in rules.program.vouchers
        )

    @property
    def newest(self) -> Rules:
        """The version that takes effect last."""
        return self._rules[-1]


def _with_ascents(versions: list[Rules]) -> list[Rules]:
    """The versions, each knowing how its tiers stand to those that only others have."""
    order: dict[tuple[str, str], bool] = {}
    for rules in versions:
        for low in rules.rungs:
            for high in rules.rungs:
                order[low.tier.id, high.tier.id] = high.rank > low.rank
    above = {pair for pair, is_above in order.items() if is_above}
    return [
        replace(
            rules,
            ascents=frozenset((low, high) for low, high in above if low not in rules.by_tier),
        )
        for rules in versions
    ]


def published(
    content: str,
    program: Program,
    *,
    version: int,
    occurred_at: dt.datetime,
    source: str,
    request_id: str,
    operator: str,
) -> ProgramPublished:
    """The event that puts `program` in force, with what SQL needs of it restated in units."""
    zone = zone_named(program.zone)
    rfm = program.rfm
    return ProgramPublished(
        occurred_at=occurred_at,
        occurred_on=day_of(occurred_at, zone),
        source=source,
        request_id=request_id,
        operator=operator,
        program_version=version,
        version=version,
        effective_from=start_of_day(program.effective_from, zone),
        content=content,
        program=program,
        currency=program.currency,
        currency_exponent=currency_exponent(program.currency),
        points_decimals=program.points_decimals,
        zone=program.zone,
        tiers=tuple(
            TierLabel(tier.id, tier.card, rank) for rank, tier in enumerate(program.tiers, start=1)
        ),
        rfm_window_days=rfm.window_days,
        rfm_recency_days=rfm.recency_days,
        rfm_frequency=rfm.frequency,
        rfm_monetary_minor=(
            parse_money(str(rfm.monetary), program.currency) if rfm.monetary is not None else None
        ),
    )
