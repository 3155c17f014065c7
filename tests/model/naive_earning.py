"""What a purchase earns in the naive model: docs/program.md, "What a purchase earns", in fractions.

A purchase is a fact with `parts`, its lines, or one line of its whole amount. What is judged are
(money, units) for each of them, so that what is kept after a return is judged in the same way.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from fractions import Fraction

from tests.model.naive_rules import (
    Fact,
    Program,
    entry_named,
    money,
    offered_on,
    points_units,
)

Kept = list[tuple[Fraction, int]]

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NO_TENDERS = ("points", "voucher", "gift_card")


def parts_of(said: Fact) -> list[Fact]:
    """The lines of a purchase; without any, one line of its whole amount."""
    plain = {"quantity": 1, "sku": "", "category": "", "brand": "", "tax_minor": 0}
    lines = said["lines"] or [plain | {"amount_minor": said["amount_minor"]}]
    return [line | {"line": number} for number, line in enumerate(lines, start=1)]


def all_of(bought: Fact) -> Kept:
    return [(Fraction(part["amount_minor"]), part["quantity"]) for part in bought["parts"]]


def qualifying(said: Fact, program: Program) -> int:
    """The part of the purchase that earns: as the till says, else what tenders that earn paid."""
    if said["qualifying_minor"] is not None:
        return int(said["qualifying_minor"])
    excepted = program.get("basis", {}).get("except_tenders", NO_TENDERS)
    excluded = [t["amount_minor"] for t in said["tenders"] if t["kind"] in excepted]
    return int(said["amount_minor"] - sum(excluded))


class Judgement:
    """What is kept of a purchase, judged by a program as a tier earns.

    `steps` are (name, exact points), `added` maps each scope of a cap to what it added.
    """

    def __init__(self, bought: Fact, program: Program, tier: str, kept: Kept) -> None:
        self.bought, self.program, self.tier = bought, program, tier
        self.values = [
            self._value(part, money_kept)
            for part, (money_kept, _) in zip(bought["parts"], kept, strict=True)
        ]
        self.units = [units for _, units in kept]
        self.amount = sum(money_kept for money_kept, _ in kept)
        self.steps: list[tuple[str, Fraction]] = []
        self.added: dict[str, Fraction] = {}
        if self._base():
            self._multiply()
        self._cap("program", program.get("caps", {}), self.exact, self.exact)

    @property
    def exact(self) -> Fraction:
        return sum((points for _, points in self.steps), Fraction(0))

    @property
    def points(self) -> int:
        """Rounded once (RULES 3)."""
        rounding = self.program.get("rounding", "floor")
        if rounding == "ceil":
            return math.ceil(self.exact)
        return math.floor(self.exact + (Fraction(1, 2) if rounding == "half_up" else 0))

    # -- lines -------------------------------------------------------------------------------

    def _value(self, part: Fact, money_kept: Fraction) -> Fraction:
        """What a line counts with before tenders are looked at."""
        basis = self.program.get("basis", {})
        if part["category"] in basis.get("except_categories", []) or not part["amount_minor"]:
            return Fraction(0)
        if basis.get("tax") == "excluded":
            untaxed = part["amount_minor"] - part["tax_minor"]
            return money_kept * Fraction(untaxed, part["amount_minor"])
        return money_kept

    def _share(self, rule: Fact) -> Fraction:
        """The share of the purchase that a rule counts, by how it was paid."""
        amount = self.bought["amount_minor"]
        if not amount:
            return Fraction(0)
        if rule.get("tenders"):
            tenders = self.bought["tenders"]
            paid = sum(t["amount_minor"] for t in tenders if t["kind"] in rule["tenders"])
            return Fraction(paid, amount)
        return Fraction(self.bought["qualifying_minor"], amount)

    def _lines(self, rule: Fact) -> set[int]:
        """The lines of a rule that count with more than nothing, by their index."""
        if not self._share(rule):
            return set()
        chosen = (("skus", "sku"), ("categories", "category"), ("brands", "brand"))
        return {
            index
            for index, part in enumerate(self.bought["parts"])
            if self.values[index] > 0
            and all(part[field] in rule[names] for names, field in chosen if rule.get(names))
        }

    # -- rules and multipliers ---------------------------------------------------------------

    def _base(self) -> bool:
        """The steps of the rules; whether any applied."""
        rules = [rule for rule in self.program.get("earn", []) if self._holds(rule)]
        alone = [rule for rule in rules if not rule.get("stackable", True)]
        claimed: set[int] = set()
        applied = False
        for rule in sorted(alone, key=lambda rule: -rule.get("priority", 0)):
            lines = self._lines(rule) - claimed
            claimed |= lines
            applied |= self._apply(rule, lines)
        for rule in rules:
            if rule not in alone:
                applied |= self._apply(rule, self._lines(rule) - claimed)
        return applied

    def _apply(self, rule: Fact, lines: set[int]) -> bool:
        if not lines:
            return False
        points = Fraction(points_units(rule.get("points", "1"), self.program))
        counted = sum((self.values[index] for index in lines), Fraction(0)) * self._share(rule)
        method = rule.get("method", "per_amount")
        if method == "fixed":
            each = rule.get("per_unit", False)
            times = Fraction(sum(self.units[index] for index in lines) if each else 1)
        else:
            times = counted / money(rule.get("per", "1"), self.program)
            times = times if method == "per_amount" else Fraction(math.floor(times))
        self._add(rule, points * times)
        return True

    def _multiply(self) -> None:
        applying = [m for m in self.program.get("multiply", []) if self._holds(m)]
        alone = [m for m in applying if not m.get("stackable", True)]
        if alone:
            highest = max(m.get("priority", 0) for m in alone)
            applying = [m for m in alone if m.get("priority", 0) == highest][:1]
        else:
            rung = entry_named(self.tier, "tier", self.program) or {}
            extra = (Fraction(rung.get("multiplier", "1")) - 1) * self.exact
            self.steps.append((f"tier:{self.tier}", extra))
        for multiplier in applying:
            extra = (Fraction(multiplier["factor"]) - 1) * self.exact
            if extra < 0:
                self.steps.append((multiplier["id"], extra))
            else:
                self._add(multiplier, extra)

    def _add(self, rule: Fact, points: Fraction) -> None:
        """A step, and what its caps take off again."""
        self.steps.append((rule["id"], points))
        points -= self._cap(f"rule:{rule['id']}", rule.get("caps", {}), points, points)
        campaign = entry_named(rule.get("campaign", ""), "campaign", self.program)
        if campaign:
            scope = f"campaign:{campaign['id']}"
            together = self.added.get(scope, Fraction(0)) + points
            above = self._cap(scope, campaign.get("caps", {}), together, points)
            self.added[f"rule:{rule['id']}"] -= above

    def _cap(self, scope: str, caps: Fact, together: Fraction, points: Fraction) -> Fraction:
        """Take off what is above the caps of a scope, of `points` at most; what was taken off."""
        rooms = [points_units(caps["per_purchase"], self.program)] if "per_purchase" in caps else []
        rooms += [self.bought["had_room"][scope]] if scope in self.bought["had_room"] else []
        above = max(Fraction(0), together - min(rooms)) if rooms else Fraction(0)
        assert above <= points
        if above:
            self.steps.append((f"cap:{scope}", -above))
        self.added[scope] = together - above
        return above

    def _holds(self, rule: Fact) -> bool:
        """Whether a rule or a multiplier is enabled and every condition that it names holds."""
        bought, day = self.bought, self.bought["occurred_on"]
        campaign = entry_named(rule.get("campaign", ""), "campaign", self.program)
        named = (("stores", "store"), ("partners", "partner"), ("channels", "channel"))
        return (
            offered_on(rule, day)
            and (campaign is None or offered_on(campaign, day))
            and _on_its_days(rule, day)
            and self.tier in (rule.get("tiers") or [self.tier])
            and self.amount >= money(rule.get("min_amount", 0), self.program)
            and (bought["first"] or not rule.get("first_purchase", False))
            and all(bought[field] in rule[names] for names, field in named if rule.get(names))
            and (not rule.get("occasions") or _meet(rule["occasions"], bought["occasions"]))
        )


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return bool(set(some) & set(others))


def _on_its_days(rule: Fact, day: dt.date) -> bool:
    weekdays, days = rule.get("weekdays", []), rule.get("days_of_month", [])
    return not (weekdays or days) or WEEKDAYS[day.weekday()] in weekdays or day.day in days
