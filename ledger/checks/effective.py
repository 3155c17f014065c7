"""What money brings back as points: probed with purchases, by the rules that judge real ones.

Shapes:
    Yield           an amount of money in a situation, and the points that it earns, unrounded
    EffectiveRate   a tier: its everyday purchase and its best
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from math import lcm
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ledger.checks.situations import Kind, Situation, kinds_of, ordinary_day
from ledger.earning import earned, exact_sum
from ledger.errors import Rejection
from ledger.rules import Rules, make_rules
from ledger.sale import Sale, lines_of, qualifying_of
from ledger.terms import Earning, Factor, PointsRate, Scope
from schemas.events import PurchaseLine, Tender
from schemas.program import Program

_LARGEST: Final = 10**12
"""Rules are tried together on amounts below, in minor units."""


class Yield(Struct, frozen=True):
    """`amount_minor` earns `points` units in `situation`, which are worth `worth_minor`.

    Both before rounding; `rounded` are the points that the member sees. `worth_minor` is None
    where the program does not say what points are worth at the till.
    """

    situation: Situation
    amount_minor: int
    points: Fraction
    rounded: int
    worth_minor: Fraction | None

    @property
    def points_per_minor(self) -> Fraction:
        """Points units for one minor unit."""
        return self.points / self.amount_minor

    @property
    def share(self) -> Fraction | None:
        """What comes back of the money; 1 is all of it."""
        return None if self.worth_minor is None else self.worth_minor / self.amount_minor


class EffectiveRate(Struct, frozen=True):
    """What a tier's holder ('' is no card) gets back: on an ordinary purchase, and at the most.

    `lasting` is the most when what each member gets only so much of is used up. Points given once
    for goods whose price is not known, and those for a member's first purchase, are left out.
    None where no such purchase can be recorded. `rebate` is what rebates pay back of the money
    beside that, at the most.
    """

    tier: str
    everyday: Yield | None
    best: Yield | None
    lasting: Yield | None
    rebate: Fraction = Fraction(0)

    def shares(self, found: Yield | None) -> Fraction:
        """What comes back of the money as points and rebates together; 1 is all of it."""
        return self.rebate + ((found.share if found is not None else None) or 0)


def effective_rates(program: Program) -> tuple[EffectiveRate, ...]:
    """The effective rate of each tier of a sound program, the lowest first."""
    return rates_of(make_rules(program, 0))


def rates_of(rules: Rules) -> tuple[EffectiveRate, ...]:
    """The same for rules made ready."""
    probe = Probe(rules)
    everyday = least_in_whole(probe.rules.earning.rates)
    day = ordinary_day(rules)
    return tuple(
        EffectiveRate(
            tier,
            everyday=probe.earns(Situation(day, tier), everyday, for_a_newcomer),
            best=probe.most(kinds, for_a_newcomer),
            lasting=probe.most(kinds, when_used_up),
            rebate=_rebate(rules.program, tier),
        )
        for tier, kinds in kinds_of(probe.rules).items()
    )


def _rebate(program: Program, tier: str) -> Fraction:
    """The most that all rebates together pay on one day, where the spending is enough for them."""
    first = program.effective_from
    offered = [rebate for rebate in program.rebates if rebate.enabled]
    days = {max(first, rebate.starts_on or first) for rebate in offered}
    return max(
        (
            sum(
                (
                    Fraction(rebate.tiers.get(tier, rebate.percent)) / 100
                    for rebate in offered
                    if (rebate.starts_on or day) <= day <= (rebate.ends_on or day)
                ),
                Fraction(0),
            )
            for day in days
        ),
        default=Fraction(0),
    )


Room = Callable[[Scope], int]
"""What a cumulative cap leaves of its scope."""


def for_a_newcomer(scope: Scope) -> int:
    """All of it."""
    return min(cap for cap in (scope.per_day, scope.per_member) if cap is not None)


def when_used_up(scope: Scope) -> int:
    """Nothing of what comes once, all of what comes every day."""
    return 0 if scope.per_member is not None else scope.per_day or 0


def least_in_whole(rates: Iterable[PointsRate]) -> int:
    """The least money that all of them count in whole, where that is not beyond all purchases."""
    per = {rate.per_minor for rate in rates if rate.method != "fixed"} or {1}
    together = lcm(*per)
    return together if together <= _LARGEST else max(per)


class Probe:
    """Tries purchases; what has no known price earns nothing, but still claims its lines."""

    def __init__(self, rules: Rules) -> None:
        rates = tuple(_with_known_price(rate) for rate in rules.earning.rates)
        self.rules = replace(rules, earning=replace(rules.earning, rates=rates))

    def most(self, kinds: Iterable[Kind], room: Room) -> Yield | None:
        """The purchase that brings the most for its money, told in no more words than it takes."""
        tried = [found for kind in kinds for found in self._tried(kind, room)]
        if not tried:
            return None
        best = max(tried, key=lambda one: one.points_per_minor)
        for name in Situation.__struct_fields__[2:]:
            plainer = replace(best.situation, **{name: () if name == "occasions" else ""})
            same = self.earns(plainer, best.amount_minor, room)
            if same is not None and same.points == best.points:
                best = same
        return best

    def _tried(self, kind: Kind, room: Room) -> Iterator[Yield]:
        """Purchases of a kind, judged by the rules that can apply in it."""
        rules = self._with_only(kind.alive)
        for amount in _amounts(rules.earning):
            found = _yield(rules, kind.situation, amount, room)
            if found is not None:
                yield found

    def _with_only(self, alive: int) -> Rules:
        earning = self.rules.earning
        entries = (*earning.rates, *earning.factors)
        left = [entry for place, entry in enumerate(entries) if alive >> place & 1]
        rates = tuple(entry for entry in left if isinstance(entry, PointsRate))
        factors = tuple(entry for entry in left if isinstance(entry, Factor))
        return replace(self.rules, earning=replace(earning, rates=rates, factors=factors))

    def earns(self, situation: Situation, amount_minor: int, room: Room) -> Yield | None:
        """What a purchase earns; None for one that can't be recorded."""
        return _yield(self.rules, situation, amount_minor, room)


def _yield(rules: Rules, situation: Situation, amount_minor: int, room: Room) -> Yield | None:
    rooms = {scope.name: room(scope) for scope in rules.earning.cumulative}
    try:
        found = earned(rules, _sale(rules, situation, amount_minor), rooms)
    except Rejection:
        return None
    points = Fraction(*exact_sum(found.steps))
    price = rules.spending.price
    worth = None if price is None else points * price.money_minor / price.points
    return Yield(situation, amount_minor, points, found.points, worth)


def _amounts(earning: Earning) -> list[int]:
    """Amounts at which a rate can be at its most.

    Whole blocks, from each `min_amount` on, so that all rules apply; and as little as can be, so
    that no cap cuts it. The most telling comes first.
    """
    per = {rate.per_minor for rate in earning.rates if rate.method != "fixed"} or {1}
    blocks = [least_in_whole(earning.rates), *sorted(per)]
    least = {rate.conditions.min_minor for rate in earning.rates}
    least |= {factor.conditions.min_minor for factor in earning.factors}
    whole = {max(-(-low // block), 1) * block for low in least | {0} for block in blocks}
    return list(dict.fromkeys([blocks[0], *sorted(whole | (least - {0})), 1]))


def _with_known_price(rate: PointsRate) -> PointsRate:
    unknown = rate.method == "fixed" and (rate.per_unit or not rate.conditions.min_minor)
    return replace(rate, units=0) if unknown else rate


def _sale(rules: Rules, situation: Situation, amount_minor: int) -> Sale:
    s = situation
    tenders = (Tender(s.tender, amount_minor),) if s.tender else ()
    line = PurchaseLine(1, amount_minor, sku=s.sku, category=s.category, brand=s.brand)
    return Sale(
        day=s.day,
        tier=s.tier,
        store=s.store,
        partner=s.partner,
        channel=s.channel,
        occasions=s.occasions,
        first=False,
        amount_minor=amount_minor,
        qualifying_minor=qualifying_of(rules.earning, amount_minor, tenders),
        tenders=tenders,
        lines=lines_of((line,), amount_minor),
    )
