"""Stories in plain text, as a shop manager would tell them, told to a ledger.

A line is `DAY  what happens  => CARD [until DAY]`; `on DAY the card was CARD` looks back. Lines
that begin with # are for the reader. A day's events happen at noon of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ledger import Ledger, ManualClock
from schemas.values import parse_money

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ZONE = ZoneInfo("Asia/Shanghai")
NO_CARD = "no card"


class Teller:
    """Tells a story line by line; what differs from it is an AssertionError with the line."""

    def __init__(self, program: str) -> None:
        text = (EXAMPLES / program / "program.toml").read_text(encoding="utf-8")
        self.clock = ManualClock(dt.datetime(2020, 1, 1, tzinfo=ZONE))
        self.ledger = Ledger(":memory:", program=text, clock=self.clock)
        self.tiers = {tier.card: tier.id for tier in self.ledger.program.tiers}
        self.cards = {tier.id: tier.card for tier in self.ledger.program.tiers}
        self.bought: dict[dt.date, str] = {}

    def tell(self, line: str) -> None:
        """One line of the story."""
        if looked := re.fullmatch(r"on (\S+) the card was (.+)", line):
            moment = noon(dt.date.fromisoformat(looked[1]))
            tier = self.ledger.account("m").tier_at(moment)
            assert self.cards.get(tier, NO_CARD) == looked[2], line
            return
        told = re.fullmatch(r"(\S+)\s+(.+?)\s*=> (.+?)(?: until (\S+))?", line)
        assert told, line
        day = dt.date.fromisoformat(told[1])
        self.happen(day, told[2])
        card = self.ledger.tier("m")
        until = card.valid_until.isoformat() if card.valid_until else None
        assert (card.label or NO_CARD, until) == (told[3], told[4]), line

    def happen(self, day: dt.date, what: str) -> None:
        for pattern, act in SENTENCES:
            if found := re.fullmatch(pattern, what):
                self.at(day)
                act(self, day, found)
                return
        raise AssertionError(f"nobody knows what this means: {what}")

    def at(self, day: dt.date) -> None:
        self.clock.now = max(self.clock.now, noon(day) + dt.timedelta(minutes=1))

    def buy(self, day: dt.date, amount: str, **said: Any) -> None:
        receipt = f"p-{len(self.bought)}"
        self.bought[day] = receipt
        money = parse_money(amount, self.ledger.program.currency)
        self.ledger.purchase("m", money, receipt, occurred_at=noon(day), **said)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), ZONE)


def joins(teller: Teller, day: dt.date, _: re.Match[str]) -> None:
    teller.ledger.enrol("m", occurred_at=noon(day))


def buys(teller: Teller, day: dt.date, found: re.Match[str]) -> None:
    if found[2]:
        teller.at(dt.date.fromisoformat(found[2]))
    teller.buy(day, found[1])


def buys_daily(teller: Teller, day: dt.date, found: re.Match[str]) -> None:
    for number in range(int(found[2])):
        later = day + dt.timedelta(days=number)
        teller.at(later)
        teller.buy(later, found[1])


def brings_back(teller: Teller, day: dt.date, found: re.Match[str]) -> None:
    receipt = teller.bought[dt.date.fromisoformat(found[2])]
    money = parse_money(found[1], teller.ledger.program.currency)
    teller.ledger.return_purchase("m", receipt, amount_minor=money, occurred_at=noon(day))


def is_given(teller: Teller, day: dt.date, found: re.Match[str]) -> None:
    until = dt.date.fromisoformat(found[2])
    tier = teller.tiers[found[1]]
    said = {"operator": "the manager", "until": until, "occurred_at": noon(day)}
    teller.ledger.set_tier("m", tier, "invited", **said)


def reviewed(teller: Teller, day: dt.date, _: re.Match[str]) -> None:
    list(teller.ledger.review_all(day - dt.timedelta(days=1)))


SENTENCES: tuple[tuple[str, Callable[[Teller, dt.date, re.Match[str]], None]], ...] = (
    (r"joins", joins),
    (r"buys for ([\d,.]+)(?:, in the books on (\S+))?", buys),
    (r"buys for ([\d,.]+) on each of (\d+) days", buys_daily),
    (r"brings back ([\d,.]+) of what was bought on (\S+)", brings_back),
    (r"is given (\S+) until (\S+)", is_given),
    (r"cards are reviewed", reviewed),
)


def lines_of(path: Path) -> Iterator[str]:
    """The lines that say something."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
