"""The naive model's returns (RULES 14 to 16): what is kept, what is due, where it comes from."""

from __future__ import annotations

import math

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_expiry import release_lapsed
from tests.model.naive_kept import Keeping, judged, keeping, receipt_of, returns_of
from tests.model.naive_ladder import review_before, tell
from tests.model.naive_lots import Return, Taking, take_own_lot, undo_expiry
from tests.model.naive_rules import Fact, worth
from tests.model.naive_spending import give_back, redemptions


def give_in(book: Book, asked: Asked) -> None:
    """The command: goods of a receipt come back."""
    said, account = asked.said, asked.account
    review_before(book, asked, account)
    release_lapsed(book, asked, account)
    bought = _bought(book, asked)
    asked.check_after(bought)
    window = asked.program.get("return_window_days")
    if window is not None and (asked.day - bought["occurred_on"]).days > window:
        raise Refused("return_window_closed")
    before, after = keeping(book, bought), keeping(book, bought)
    if any(fact["whole"] for fact in returns_of(book, bought)):
        raise Refused("return_exceeds_purchase")
    coming = _coming_back(before, said)
    after.take(coming)
    _tender_back(book, asked, bought, after.kept)
    due = _due(book, after) - _due(book, before)
    fields = {name: said[name] for name in ("purchase_id", "partner", "store", "till", "return_id")}
    fields |= coming | {
        "purchased_on": bought["occurred_on"],
        "amount_minor": before.kept - after.kept,
        "qualifying_minor": _qualifying(before) - _qualifying(after),
        "whole": after.kept == 0,
        "points_due": due,
    }
    if said["items"]:
        fields["returned"] = [
            {"line": line, "quantity": units, "amount_minor": money}
            for line, units, money in coming["back"]
        ]
    if due >= 0:
        _take_due(book, asked, bought, fields)
    else:
        _give_due(book, asked, bought, fields)
    tell(book, asked, account)


def _bought(book: Book, asked: Asked) -> Fact:
    for fact in book.facts_of_all(asked.account, "PurchaseRecorded"):
        if receipt_of(fact) == receipt_of(asked.said):
            return fact
    raise Refused("unknown_purchase")


def _coming_back(before: Keeping, said: Fact) -> Fact:
    """`back`: (line, units, money) of each item; `lump`: money of no line in particular."""
    if (said["amount_minor"] or 0) > before.kept:
        raise Refused("return_exceeds_purchase")
    if not said["items"]:
        return {"back": [], "lump": said["amount_minor"] or before.kept}
    back, left = [], before.kept
    for item in said["items"]:
        units, money = _of_line(before, item, left)
        left -= money
        back.append((item["line"], units, money))
    return {"back": back, "lump": 0}


def _of_line(before: Keeping, item: Fact, left: int) -> tuple[int, int]:
    """Units and money that an item takes off its line, when `left` is kept of the purchase."""
    if item["line"] > len(before.units):
        raise Refused("return_exceeds_purchase")
    units, money = before.units[item["line"] - 1], before.money[item["line"] - 1]
    if item["amount_minor"] is not None:
        if item["amount_minor"] > min(money, left):
            raise Refused("return_exceeds_purchase")
        return 0, item["amount_minor"]
    asked = units if item["quantity"] is None else item["quantity"]
    if asked > units or not units:
        raise Refused("return_exceeds_purchase")
    if asked == units:
        return asked, min(money, left)
    part = before.bought["parts"][item["line"] - 1]
    so_far = part["quantity"] - units
    each = [part["amount_minor"] * n // part["quantity"] for n in (so_far, so_far + asked)]
    return asked, min(each[1] - each[0], money, left)


# -- points ----------------------------------------------------------------------------------


def _due(book: Book, kept: Keeping) -> int:
    """Points that the purchase would not have earned."""
    bought = kept.bought
    if not kept.kept:
        return int(bought["points_earned"])
    return max(0, int(bought["points_earned"]) - judged(book, kept).points)


def _qualifying(kept: Keeping) -> int:
    bought = kept.bought
    return int(bought["qualifying_minor"] * kept.kept // max(1, bought["amount_minor"]))


def _tender_back(book: Book, asked: Asked, bought: Fact, kept: int) -> None:
    """Points that were redeemed towards the receipt come back, the oldest redemption first."""
    receipt = receipt_of(bought)
    towards = [spent for spent in redemptions(book, asked.account) if receipt_of(spent) == receipt]
    points = sum(spent["points_redeemed"] for spent in towards)
    amount = bought["amount_minor"]
    back = points * (amount - kept) // amount if kept else points
    for fact in book.log:
        if fact["kind"] == "RedemptionReversed" and receipt_of(fact) == receipt:
            back -= fact["points_reversed"]
    for spent in towards:
        part = min(back, sum(spent["left"].values()))
        if part > 0:
            back -= part
            give_back(book, asked, spent, part, purchase_id=receipt[1], partner=receipt[0])


def _take_due(book: Book, asked: Asked, bought: Fact, fields: Fact) -> None:
    account, taking = asked.account, Taking(fields["points_due"])
    take_own_lot(book, account, bought, taking)
    taking.in_spending_order(book.lots(account), asked.day)
    undo_expiry(book, asked, account, taking.undone)
    short = asked.program.get("on_shortfall", "debt")
    owed = taking.missing if short == "debt" else 0
    in_cash = taking.missing if short == "cash" else 0
    fields |= {
        "points_returned": sum(taking.taken.values()) + owed,
        "points_forgiven": taking.missing if short == "clamp" else 0,
        "points_in_cash": in_cash,
        "cash_minor": _cash(book, asked, bought, in_cash),
    }
    book.write(
        asked, account, "ReturnRecorded", moves=taking.moves() | {(0, "debt"): owed}, **fields
    )


def _cash(book: Book, asked: Asked, bought: Fact, more: int) -> int:
    """What all points in cash are worth then, rounded up, less what was kept back before."""
    before = returns_of(book, bought)
    points = sum(fact["points_in_cash"] for fact in before) + more
    withheld: int = sum(fact["cash_minor"] for fact in before)
    return math.ceil(worth(points, asked.program)) - withheld


def _give_due(book: Book, asked: Asked, bought: Fact, fields: Fact) -> None:
    """Less kept earns more: less forgiven first, then less cash, then points."""
    back = -fields["points_due"]
    before = returns_of(book, bought)
    forgiven = min(back, sum(fact["points_forgiven"] for fact in before))
    in_cash = min(back - forgiven, sum(fact["points_in_cash"] for fact in before))
    back -= forgiven + in_cash
    fields |= {
        "points_returned": -back,
        "points_forgiven": -forgiven,
        "points_in_cash": -in_cash,
        "cash_minor": _cash(book, asked, bought, -in_cash),
    }
    parts = [(bought["member"], bought["lots"][0]["lot"], back)] if back else []
    returning = Return(book, asked, asked.account, parts)
    moves, opened = returning.moves, returning.opened
    book.write(asked, asked.account, "ReturnRecorded", moves=moves, lots=opened, **fields)
    returning.follow()
