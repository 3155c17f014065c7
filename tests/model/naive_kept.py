"""What is kept of a purchase after its returns, in the naive model, and what counts of it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction

from tests.model.naive_book import Book
from tests.model.naive_earning import Judgement, Kept
from tests.model.naive_rules import Fact, Program, points_units


@dataclass
class Keeping:
    """What is kept of a purchase: of each line units and money, and `lump` less of all of them."""

    bought: Fact
    units: list[int]
    money: list[int]
    lump: int = 0

    @property
    def kept(self) -> int:
        return sum(self.money) - self.lump

    def shares(self) -> Kept:
        """Each line's money less its share of the lump, and its units."""
        total = sum(self.money)
        share = Fraction(self.kept, total) if total else Fraction(0)
        return [(money * share, units) for money, units in zip(self.money, self.units, strict=True)]

    def take(self, returned: Fact) -> None:
        for line, units, money in returned["back"]:
            self.units[line - 1] -= units
            self.money[line - 1] -= money
            if self.bought["parts"][line - 1]["amount_minor"] and not self.money[line - 1]:
                self.units[line - 1] = 0
        self.lump += returned["lump"]


def keeping(book: Book, bought: Fact) -> Keeping:
    """What is kept of a purchase after all its returns so far."""
    parts = bought["parts"]
    units, money = ([part[name] for part in parts] for name in ("quantity", "amount_minor"))
    kept = Keeping(bought, units, money)
    for fact in returns_of(book, bought):
        kept.take(fact)
    return kept


def returns_of(book: Book, bought: Fact) -> list[Fact]:
    return [
        fact
        for fact in book.log
        if fact["kind"] == "ReturnRecorded" and receipt_of(fact) == receipt_of(bought)
    ]


def receipt_of(fact: Fact) -> tuple[str, str]:
    return fact.get("partner", ""), fact.get("purchase_id", "")


def judged(book: Book, kept: Keeping) -> Judgement:
    """What is kept, judged by the program version and the tier of the purchase."""
    bought = kept.bought
    return Judgement(bought, book.version(bought), bought["tier"], kept.shares())


# -- what cumulative caps leave --------------------------------------------------------------


def capped_scopes(program: Program) -> dict[str, Fact]:
    """The caps of every scope that a program caps by the day or for ever."""
    scopes = {"program": program.get("caps", {})}
    for entry in program.get("campaign", []):
        scopes[f"campaign:{entry['id']}"] = entry.get("caps", {})
    for entry in program.get("earn", []) + program.get("multiply", []):
        scopes[f"rule:{entry['id']}"] = entry.get("caps", {})
    return {scope: caps for scope, caps in scopes.items() if {"per_day", "per_member"} & set(caps)}


def rooms(book: Book, account: str, day: dt.date, program: Program) -> dict[str, int]:
    """What the cumulative caps of a program leave a purchase of `day`.

    Purchases count under versions that name a cap of the scope.
    """
    left = {}
    for scope, caps in capped_scopes(program).items():
        used = [
            (fact["occurred_on"], counted(book, fact, scope))
            for fact in book.facts_of_all(account, "PurchaseRecorded")
            if scope in capped_scopes(book.version(fact))
        ]
        rooms_left = []
        if "per_day" in caps:
            on_day = sum(points for on, points in used if on == day)
            rooms_left.append(points_units(caps["per_day"], program) - on_day)
        if "per_member" in caps:
            ever = sum(points for _, points in used)
            rooms_left.append(points_units(caps["per_member"], program) - ever)
        left[scope] = max(0, min(rooms_left))
    return left


def counted(book: Book, bought: Fact, scope: str) -> int:
    """What a purchase counts against the caps of a scope: what its kept part would."""
    kept = keeping(book, bought)
    if not kept.kept:
        return 0
    again = judged(book, kept)
    return again.points if scope == "program" else math.ceil(again.added.get(scope, 0))
