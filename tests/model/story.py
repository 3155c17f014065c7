"""Stories told to the naive model, in which examples worked by hand are written down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    Command,
    EndTierFloor,
    EnrolMember,
    ExpirePoints,
    HoldPoints,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    ReturnPurchase,
    ReviewTier,
    SetTier,
    UndoAdjustment,
)
from tests.model.naive import NaiveLedger
from tests.model.naive_book import Refused
from tests.model.naive_ladder import told
from tests.model.naive_rules import Fact, said_by
from tests.strategies import section

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)

BASIC = """
id = "shop"
currency = "CNY"
effective_from = 2020-01-01
[[earn]]
id = "base"
points = 1
per = "1.00"
"""

MONTH = BASIC + '\n[expiry]\npolicy = "months"\nmonths = 1\n'
IDLE = BASIC + '\n[expiry]\npolicy = "inactivity"\nmonths = 1\n'
SILVER = '\n[[tier]]\nid = "silver"\nthreshold = "10.00"\nmultiplier = "2"\n'


def rung(name: str, threshold: object = None, **settings: object) -> str:
    """A tier; without other settings by the calendar year, valid for a month."""
    said: dict[str, object] = {"id": name, "valid": "months"}
    if threshold is not None:
        said["threshold"] = threshold
    said |= settings
    if said["valid"] == "months":
        said.setdefault("valid_months", 1)
    return section("\n[[tier]]", said)


def ladder(**settings: object) -> str:
    return section("\n[ladder]", settings)


ROLLING = 'window = "rolling_months"\nwindow_months = 1\n'


class Story:
    """One member, `m`, and what was said about them; every time is at noon of a day."""

    def __init__(self, program: str = BASIC) -> None:
        self.model = NaiveLedger()
        self.requests = 0
        self.say(PublishProgram(content=program))
        self.say(EnrolMember(member="m", occurred_at=noon("2024-02-29")))

    def say(self, command: Command) -> list[Fact]:
        self.requests += 1
        said = {"source": "test", "request_id": f"r-{self.requests}"}
        return self.model.do(type(command).__name__, said_by(command) | said, NOW)

    def buy(self, yuan: int, day: str, **said: Any) -> list[Fact]:
        said = {"purchase_id": f"p-{self.requests}", "member": "m"} | said
        return self.say(RecordPurchase(amount_minor=yuan * 100, occurred_at=noon(day), **said))

    def award(
        self, points: int, day: str, expires_on: str | None = None, member: str = "m"
    ) -> list[Fact]:
        last_day = dt.date.fromisoformat(expires_on) if expires_on else None
        said: dict[str, Any] = {
            "reason": "thanks",
            "occurred_at": noon(day),
            "expires_on": last_day,
        }
        return self.say(AwardPoints(member=member, points=points, **said))

    def redeem(self, points: int, day: str, **said: Any) -> list[Fact]:
        said = {"member": "m"} | said
        return self.say(RedeemPoints(points=points, occurred_at=noon(day), **said))

    def publish(self, program: str) -> list[Fact]:
        return self.say(PublishProgram(content=program))

    def balance(self, day: str, account: str = "m") -> dict[str, Any]:
        return self.model.balance(account, date(day), NOW)


class Life(Story):
    """The same with all the other commands; `n` is a second member."""

    def tell(self, kind: type[Any], day: str, **said: Any) -> list[Fact]:
        said = {"member": "m", "occurred_at": noon(day)} | said
        return self.say(kind(**said))

    def adjust(self, points: int, day: str, **said: Any) -> list[Fact]:
        said = {"operator": "wei", "reason": "count"} | said
        return self.tell(AdjustPoints, day, points=points, **said)

    def undo(self, name: str, day: str, **said: Any) -> list[Fact]:
        said = {"operator": "wei", "reason": "slip", "adjustment": name} | said
        return self.tell(UndoAdjustment, day, **said)

    def expire(self, as_of: str, day: str, **said: Any) -> list[Fact]:
        return self.tell(ExpirePoints, day, as_of=date(as_of), **said)

    def second(self) -> None:
        self.say(EnrolMember(member="n", occurred_at=noon("2024-03-01")))

    @property
    def last(self) -> str:
        """The id of the last request."""
        return f"r-{self.requests}"

    def hold(self, points: int, day: str, minutes: int = 60) -> str:
        """Hold points; the id of the hold."""
        self.tell(HoldPoints, day, points=points, minutes=minutes)
        return self.last


class Cards(Life):
    """The same, told in money and cards; a card is (tier, last good day or '')."""

    def back(self, yuan: int, day: str, of: str, **said: Any) -> list[Fact]:
        """So much of the purchase `of` comes back."""
        return self.tell(ReturnPurchase, day, purchase_id=of, amount_minor=yuan * 100, **said)

    def set(self, tier: str, day: str, until: str | None = None) -> list[Fact]:
        said = {"operator": "wei", "reason": "a friend", "until": until and date(until)}
        return self.tell(SetTier, day, tier=tier, **said)

    def end_floor(self, day: str) -> list[Fact]:
        return self.tell(EndTierFloor, day, operator="wei", reason="no friend")

    def review(self, as_of: str, day: str = "2026-11-30", **said: Any) -> list[Fact]:
        return self.tell(ReviewTier, day, as_of=date(as_of), **said)

    def card(self, day: str, member: str = "m") -> tuple[str, str]:
        """As it will be on a day, after the reviews due before it."""
        card = self.model.card(member, date(day), NOW)
        return card["tier"], str(card["valid_until"] or "")

    def told(self, member: str = "m") -> list[tuple[str, str, str]]:
        """(day, tier, last good day or '') of each span that is recorded."""
        spans = told(self.model, member)
        return [(str(s.told["occurred_on"]), s.tier, str(s.valid_until or "")) for s in spans]


def outcomes(facts: list[Fact]) -> list[tuple[str, str, str]]:
    """(day, cause, tier) of the facts about cards."""
    about = [fact for fact in facts if fact["kind"] in ("TierChanged", "TierKept")]
    return [(str(f["occurred_on"]), f["cause"], f.get("tier_to", f.get("tier"))) for f in about]


def window(fact: Fact) -> tuple[str, str, str, int, int]:
    """(window, its first day, the day after its last, what was measured, what was needed)."""
    named = (str(fact[name]) for name in ("window", "window_from", "window_until"))
    return (*named, fact["measured"], fact["threshold"])  # type: ignore[return-value]


def noon(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T12:00+08:00").astimezone(dt.UTC)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=f"^{code}$")


def kinds(facts: list[Fact]) -> list[str]:
    return [fact["kind"] for fact in facts]
