"""The naive model's credits: enrolment, purchases, awards, bonuses, adjustments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_cards import entry_tier
from tests.model.naive_earning import Judgement, all_of, parts_of, qualifying
from tests.model.naive_expiry import prolong_by_activity, release_lapsed
from tests.model.naive_kept import rooms
from tests.model.naive_ladder import review_before, tell, timeline
from tests.model.naive_limits import check_limit
from tests.model.naive_lots import Return, Taking, new_lot, take_own_lot, undo_expiry
from tests.model.naive_rules import (
    Fact,
    credited,
    entry_named,
    offered_on,
    points_units,
    same_period,
)


def enrol(book: Book, asked: Asked) -> None:
    account, referrer = asked.account, asked.said["referred_by"]
    book.write(
        asked,
        account,
        "MemberEnrolled",
        store=asked.said["store"],
        tier=entry_tier(asked.program),
        referred_by=referrer,
    )
    bonuses = [b for b in asked.program.get("bonus", []) if offered_on(b, asked.day)]
    for bonus in bonuses:
        if bonus["on"] == "enrolment" or (bonus["on"] == "referred" and referrer):
            _give(book, asked, account, bonus)
    for bonus in bonuses:
        if bonus["on"] == "referral" and referrer and _may_have(book, asked, referrer, bonus):
            _give(book, asked, referrer, bonus)


def grant(book: Book, asked: Asked) -> None:
    bonus = entry_named(asked.said["bonus"], "bonus", asked.program)
    if bonus is None:
        raise Refused("unknown_bonus")
    if bonus["on"] != "request" or not offered_on(bonus, asked.day):
        raise Refused("bonus_not_offered")
    if not _may_have(book, asked, asked.account, bonus):
        raise Refused("limit_exceeded")
    _give(book, asked, asked.account, bonus)


def _may_have(book: Book, asked: Asked, account: str, bonus: Fact) -> bool:
    had = [
        fact
        for fact in book.facts_of_all(account, "PointsAwarded")
        if fact["bonus"] == bonus["id"]
        and same_period(fact["occurred_on"], asked.day, bonus.get("period", "ever"))
    ]
    return len(had) < int(bonus.get("times", 1))


def _give(book: Book, asked: Asked, account: str, bonus: Fact) -> None:
    points = points_units(bonus["points"], asked.program)
    credit(
        book,
        asked,
        account,
        "PointsAwarded",
        new_lot(book, asked, account, points),
        points_awarded=points,
        bonus=bonus["id"],
    )


def credit(
    book: Book, asked: Asked, account: str, kind: str, opened: list[Fact], **fields: Any
) -> Fact:
    """A fact that opens lots; they repay what is owed first (RULES 15)."""
    moves = credited(opened, book.debt(account))
    return book.write(asked, account, kind, lots=opened, moves=moves, **fields)


def award(book: Book, asked: Asked) -> None:
    said, days = asked.said, {}
    if said["expires_on"]:
        if said["expires_on"] < asked.day:
            raise Refused("already_lapsed")
        days = {"expires_on": said["expires_on"], "idle_months": 0}
    opened = new_lot(book, asked, asked.account, said["points"], **days)
    fields = {"points_awarded": said["points"], "reason": said["reason"], "bonus": ""}
    credit(book, asked, asked.account, "PointsAwarded", opened, **fields)


# -- purchases -------------------------------------------------------------------------------


def purchase(book: Book, asked: Asked) -> None:
    said, program, account = asked.said, asked.program, asked.account
    review_before(book, asked, account)
    names = ("purchase_id", "partner", "store", "till", "channel", "amount_minor", "occasions")
    bought = {name: said[name] for name in (*names, "tenders")}
    bought |= {
        "occurred_on": asked.day,
        "qualifying_minor": qualifying(said, program),
        "parts": parts_of(said),
        "lines": parts_of(said) if said["lines"] else [],
        "first": not book.facts(account, "PurchaseRecorded"),
        "had_room": rooms(book, account, asked.day, program),
    }
    bought |= _earned(bought, asked, _tier(book, asked, bought | {"points_earned": 0}, "before"))
    if program.get("upgrade_first"):
        bought |= _earned(bought, asked, _tier(book, asked, bought, "reached"))  # RULES 19
    if bought["points_earned"]:
        check_limit(book, asked, account, "earnings", 1)
    if any(_receipt(fact) == _receipt(said) for fact in book.log if fact.get("parts")):
        raise Refused("receipt_already_claimed")  # RULES 24
    opened = new_lot(book, asked, account, bought["points_earned"])
    for lot in opened:
        lot["available_from"] += dt.timedelta(days=program.get("available_after_days", 0))
    credit(book, asked, account, "PurchaseRecorded", opened, **bought)
    prolong_by_activity(book, asked, account)
    tell(book, asked, account)


def _receipt(fact: Fact) -> tuple[str, str]:
    return fact["partner"], fact["purchase_id"]


def _earned(bought: Fact, asked: Asked, tier: str) -> Fact:
    """What a purchase earns under a tier, as fields of its fact."""
    judged = Judgement(bought, asked.program, tier, all_of(bought))
    return {
        "tier": tier,
        "points_earned": judged.points,
        "steps": judged.steps,
        "added": judged.added,
    }


def _tier(book: Book, asked: Asked, bought: Fact, when: str) -> str:
    """The tier held `before` a purchase that is not recorded yet, or `reached` by it."""
    fact = {"kind": "PurchaseRecorded", "occurred_at": asked.at, "position": len(book.log) + 1}
    fact |= {"program_version": asked.program["version"]}
    seen = timeline(book, asked.account, asked.at, extra=bought | fact)
    return (seen.before if when == "before" else seen.reached)[fact["position"]]


# -- adjustments -----------------------------------------------------------------------------


def adjust(book: Book, asked: Asked) -> None:
    said, account = asked.said, asked.account
    points = said["points"]
    fields = {"points_adjusted": points, "reason": said["reason"]}
    fields |= {"corrects": "", "corrects_source": ""}
    if points > 0:
        opened = new_lot(book, asked, account, points)
        credit(book, asked, account, "PointsAdjusted", opened, **fields)
        return
    release_lapsed(book, asked, account)
    _take(book, asked, Taking(-points), fields)


def undo(book: Book, asked: Asked) -> None:
    said, account = asked.said, asked.account
    source, request = said["adjustment_source"] or said["source"], said["adjustment"]
    release_lapsed(book, asked, account)
    adjusted = [
        fact
        for fact in book.facts_of_all(account, "PointsAdjusted")
        if (fact["source"], fact["request_id"]) == (source, request) and not fact["corrects"]
    ]
    if not adjusted:
        raise Refused("unknown_adjustment")
    asked.check_after(adjusted[0])
    for fact in book.log:
        if (fact.get("corrects_source"), fact.get("corrects")) == (source, request):
            raise Refused("already_undone")
    fields = {"points_adjusted": -adjusted[0]["points_adjusted"], "reason": said["reason"]}
    fields |= {"corrects": request, "corrects_source": source}
    if adjusted[0]["points_adjusted"] < 0:
        _give_back(book, asked, adjusted[0], fields)
        return
    taking = Taking(adjusted[0]["points_adjusted"])
    take_own_lot(book, account, adjusted[0], taking)
    _take(book, asked, taking, fields)


def _take(book: Book, asked: Asked, taking: Taking, fields: Fact) -> None:
    """Take in spending order; what is missing then is a debt where it may be."""
    account = asked.account
    taking.in_spending_order(book.lots(account), asked.day)
    if taking.missing and not asked.said["may_owe"]:
        raise Refused("insufficient_points")
    undo_expiry(book, asked, account, taking.undone)
    moves = taking.moves() | {(0, "debt"): taking.missing}
    book.write(asked, account, "PointsAdjusted", moves=moves, **fields)


def _give_back(book: Book, asked: Asked, adjusted: Fact, fields: Fact) -> None:
    """Undo an adjustment below zero; what of its debt was repaid since comes as a new lot."""
    account = asked.account
    taken = [
        (adjusted["member"], lot, -points)
        for (lot, bucket), points in reversed(adjusted["moves"].items())
        if bucket == "available"
    ]
    owed = adjusted["moves"].get((0, "debt"), 0)
    less = min(owed, book.debt(account))
    back = Return(book, asked, account, taken, debt=book.debt(account) - less)
    opened = new_lot(book, asked, account, owed - less)
    for lot in opened:
        lot["lot"] += len(back.opened)
    moves = dict(back.moves)
    moves[0, "debt"] -= less
    for lot in opened:
        moves[lot["lot"], "available"] = lot["points"]
    book.write(asked, account, "PointsAdjusted", lots=back.opened + opened, moves=moves, **fields)
    back.follow()
