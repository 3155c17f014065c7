"""Commands that make sense, most of the time: for tests that make up the life of a shop.

A `Teller` remembers the commands that were accepted, so that what is returned, captured, reversed
or undone is there mostly; and it asks what is available, so that spending mostly goes through.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    CaptureHold,
    Command,
    GiftPoints,
    GrantBonus,
    HoldPoints,
    JoinPurse,
    LeavePurse,
    LineItem,
    OpenPurse,
    PayIntoPurse,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    ReleaseHold,
    ReturnedItem,
    ReturnPurchase,
    ReverseRedemption,
    TenderPaid,
    UndoAdjustment,
    WithdrawFromPurse,
)
from tests.model.memory import PURSE, SELDOM, SHARES, Draw, Memory
from tests.strategies import (
    BONUSES,
    BRANDS,
    CATEGORIES,
    CHANNELS,
    OCCASIONS,
    PARTNERS,
    REWARDS,
    SKUS,
    STORES,
    TENDERS,
)

SOURCES = st.sampled_from(["till", "web"])
AMOUNTS = st.integers(0, 6000)


class Teller(Memory):
    """Thinks of one command after the other, each about an account."""

    # -- earning -----------------------------------------------------------------------------

    def purchase(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        features = self.shape.features
        till: dict[str, Any] = {}
        lines = draw(st.lists(_lines(), max_size=3)) if "lines" in features else []
        amount = sum(line.amount_minor for line in lines) if lines else draw(AMOUNTS)
        if "tenders" in features and draw(st.booleans()):
            first = amount * draw(SHARES) // 100
            kinds = draw(st.tuples(st.sampled_from(TENDERS), st.sampled_from(TENDERS)))
            till["tenders"] = (TenderPaid(kinds[0], first), TenderPaid(kinds[1], amount - first))
        elif draw(SELDOM):
            till["qualifying_minor"] = amount * draw(st.sampled_from([0, 1, 50, 100])) // 100
        if "conditions" in features:
            till["store"] = draw(st.sampled_from(STORES))
            till["channel"] = draw(st.sampled_from(CHANNELS))
            till["occasions"] = tuple(draw(st.lists(st.sampled_from(OCCASIONS), max_size=1)))
        receipt = f"p-{draw(st.integers(0, 3))}" if draw(SELDOM) else said["request_id"]
        partner = draw(st.sampled_from(PARTNERS))
        till |= {"member": member, "purchase_id": receipt, "partner": partner}
        return RecordPurchase(amount_minor=amount, lines=tuple(lines), **till, **said)

    def award(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        """Points that end some day, never, or about the day that they are given on."""
        around = st.sampled_from([1, 0, -1, -30])
        last_day = draw(st.none() | st.integers(0, 60) | st.integers(0, 500) | around)
        ends = None if last_day is None else self.day(said) + dt.timedelta(days=last_day)
        points = draw(st.integers(1, 300))
        return AwardPoints(member=member, points=points, reason="gift", expires_on=ends, **said)

    def short_award(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        """Points that end soon."""
        soon = dt.timedelta(days=draw(st.sampled_from([20, 0, 1, 40])))
        about: dict[str, Any] = {"member": member, "reason": "try it"}
        points = draw(st.integers(1, 300))
        return AwardPoints(points=points, expires_on=self.day(said) + soon, **about, **said)

    def bonus(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        bonus = draw(st.sampled_from(["birthday", *BONUSES, "none"]))
        return GrantBonus(member=member, bonus=bonus, **said)

    def adjustment(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        points, may_owe = draw(st.integers(1, 50)), draw(st.booleans())
        if draw(st.booleans()):
            points = -self.points(draw, account, said) - (points if may_owe else 0)
        about: dict[str, Any] = {
            "member": account,
            "operator": "wei",
            "reason": "count",
            "may_owe": may_owe,
        }
        return AdjustPoints(points=points, **about, **said)

    def undoing(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        """To undo an adjustment; where there is none mostly one that could be undone."""
        adjusted = self.earlier(draw, account, AdjustPoints, UndoAdjustment)
        if adjusted is None and not draw(SELDOM):
            return self.adjustment(draw, account, said)
        name, source = _named(adjusted)
        about: dict[str, Any] = {"member": account, "adjustment": name, "adjustment_source": source}
        about |= {"operator": "wei", "reason": "slip", "may_owe": draw(st.booleans())}
        return UndoAdjustment(**about, **self.after(draw, adjusted, said))

    # -- spending ----------------------------------------------------------------------------

    def redemption(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        first = self.first_some(draw, account, said)
        if first is not None:
            return first
        about = self._at_the_till(draw, account)
        return RedeemPoints(points=self.points(draw, account, said), **about, **said)

    def hold(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        first = self.first_some(draw, account, said)
        if first is not None:
            return first
        about = self._at_the_till(draw, account)
        about["minutes"] = draw(st.sampled_from([None, 60, 1, 1440 * 2, 1440 * 40]))
        return HoldPoints(points=self.points(draw, account, said), **about, **said)

    def _at_the_till(self, draw: Draw, account: str) -> dict[str, Any]:
        """Who spends, and towards what."""
        about: dict[str, Any] = {"member": account}
        if account == PURSE:
            about["spender"] = draw(st.sampled_from(["ann", "ann", "ann", "bo", "cy", ""]))
        if "redemption" in self.shape.features:
            about["bill_minor"] = draw(st.sampled_from([10_000, 500, None, 1]))
        bought = self.earlier(draw, account, RecordPurchase) if draw(st.booleans()) else None
        if bought is not None:
            about |= {"purchase_id": bought.purchase_id, "partner": bought.partner}
        return about

    def reward(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        about: dict[str, Any] = {
            "member": account,
            "reward": draw(st.sampled_from([*REWARDS, *REWARDS, "none"])),
        }
        if account == PURSE:
            about["spender"] = draw(st.sampled_from(["ann", "bo"]))
        return RedeemReward(quantity=draw(st.sampled_from([1, 1, 2])), **about, **said)

    def end_of_hold(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        """To capture or release a hold; where there is none mostly a new hold."""
        held = self.earlier(draw, account, HoldPoints)
        if held is None and not draw(SELDOM):
            return self.hold(draw, account, said)
        name, source = _named(held)
        about: dict[str, Any] = {"member": account, "hold": name, "hold_source": source}
        said = self.after(draw, held, said)
        if draw(st.sampled_from([True, True, False])):
            return CaptureHold(points=_part(draw, held), **about, **said)
        return ReleaseHold(**about, **said)

    def reversal(self, draw: Draw, account: str, said: dict[str, Any]) -> Command:
        """To reverse a redemption; where there is none mostly a redemption."""
        spent = self.earlier(draw, account, RedeemPoints, RedeemReward, CaptureHold)
        if spent is None and not draw(SELDOM):
            return self.redemption(draw, account, said)
        name, source = _named(spent)
        about: dict[str, Any] = {"member": account, "redemption": name, "redemption_source": source}
        said = self.after(draw, spent, said)
        return ReverseRedemption(points=_part(draw, spent), **about, **said)

    # -- returns -----------------------------------------------------------------------------

    def giving_back(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        """To return goods; where none were bought mostly to buy some."""
        bought = self.earlier(draw, member, RecordPurchase)
        if bought is None and not draw(SELDOM):
            return self.purchase(draw, member, said)
        about: dict[str, Any] = {"member": member, "purchase_id": "none"}
        if bought is None:
            return ReturnPurchase(**about, **said)
        about |= {"purchase_id": bought.purchase_id, "partner": bought.partner}
        said = self.after(draw, bought, said)
        way = draw(st.sampled_from(["amount", "items", "items", "amount", "whole"]))
        if way == "amount":
            part = bought.amount_minor * draw(st.sampled_from([10, 1, 33, 50, 90])) // 100
            about["amount_minor"] = part + draw(st.sampled_from([1, 0, 0])) or 1
        if way == "items":
            count = max(1, len(bought.lines))
            numbers = st.sampled_from([*range(1, count + 1), *range(1, count + 1), count + 1])
            chosen = draw(st.lists(numbers, min_size=1, max_size=count, unique=True))
            about["items"] = tuple(_item(draw, bought, number) for number in chosen)
        return ReturnPurchase(**about, **said)

    # -- other accounts ----------------------------------------------------------------------

    def gift(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        first = self.first_some(draw, member, said)
        if first is not None:
            return first
        to = draw(st.sampled_from([name for name in ("bo", "ann", "cy", "bo") if name != member]))
        points = self.points(draw, member, said)
        return GiftPoints(member=member, to=to, points=points, **said)

    def payment(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        first = self.first_some(draw, member, said)
        if first is not None:
            return first
        points = self.points(draw, member, said)
        return PayIntoPurse(member=member, purse="home", points=points, **said)

    def withdrawal(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        """To take points out of the purse; where there are none mostly to pay some in."""
        if not self.left(PURSE, said) and not draw(SELDOM):
            return self.payment(draw, member, said)
        points = self.points(draw, PURSE, said)
        return WithdrawFromPurse(member=member, purse="home", points=points, **said)

    def sharing(self, draw: Draw, member: str, said: dict[str, Any]) -> Command:
        """To open the purse, join it, pay in, withdraw, leave: mostly what comes next."""
        step = draw(st.sampled_from(["pay", "pay", "withdraw", "leave"]))
        if draw(SELDOM):
            step = draw(st.sampled_from(["open", "join", "pay", "withdraw", "leave"]))
        elif PURSE not in self.accounts():
            step = "open"
        elif member not in self.users() and step != "leave":
            step = draw(st.sampled_from(["join", "join", "join", "withdraw", "pay"]))
        if step in ("pay", "withdraw"):
            think = self.payment if step == "pay" else self.withdrawal
            return think(draw, member, said)
        kind = {"open": OpenPurse, "join": JoinPurse, "leave": LeavePurse}[step]
        return kind(member=member, purse="home", **said)


def _lines() -> st.SearchStrategy[LineItem]:
    amounts = st.integers(0, 3000)
    return st.builds(
        lambda amount, taxed, **said: LineItem(
            amount_minor=amount, tax_minor=amount * taxed // 100, **said
        ),
        amounts,
        st.sampled_from([0, 6, 13, 100]),
        quantity=st.integers(1, 4),
        sku=st.sampled_from(SKUS),
        category=st.sampled_from(CATEGORIES),
        brand=st.sampled_from(BRANDS),
    )


def _item(draw: Draw, bought: RecordPurchase, number: int) -> ReturnedItem:
    """Some of a line: units, money, or what is left of it."""
    line = bought.lines[number - 1] if number <= len(bought.lines) else None
    quantity = line.quantity if line else 1
    amount = line.amount_minor if line else bought.amount_minor
    way = draw(st.sampled_from(["units", "money", "rest"]))
    if way == "units":
        return ReturnedItem(line=number, quantity=draw(st.integers(1, quantity)))
    if way == "money":
        part = amount * draw(st.sampled_from([1, 30, 50, 100])) // 100
        return ReturnedItem(line=number, amount_minor=max(1, part))
    return ReturnedItem(line=number)


def _named(command: Any) -> tuple[str, str]:
    """(request id, source) by which a command is named."""
    return ("none", "") if command is None else (command.request_id, command.source)


def _part(draw: Draw, command: Any) -> int | None:
    """Some of the points of a command, or None for all."""
    points = getattr(command, "points", None)
    if points is None:
        return int(draw(st.integers(1, 20)))
    part: int | None = draw(
        st.none() | st.sampled_from([max(1, points // 2), points, 1, points + 1])
    )
    return part
