"""Stories told to the naive model, in which examples worked by hand are written down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    Command,
    EnrolMember,
    ExpirePoints,
    HoldPoints,
    PublishProgram,
    RecordPurchase,
    RedeemPoints,
    UndoAdjustment,
)
from tests.model.naive import NaiveLedger
from tests.model.naive_book import Refused
from tests.model.naive_rules import Fact, said_by

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


def noon(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T12:00+08:00").astimezone(dt.UTC)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=f"^{code}$")


def kinds(facts: list[Fact]) -> list[str]:
    return [fact["kind"] for fact in facts]
