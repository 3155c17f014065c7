"""The naive model's accounts: freezing, closing, gifts, merges, purses."""

from __future__ import annotations

from typing import Any

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_credits import credit
from tests.model.naive_expiry import expire_until, release_lapsed
from tests.model.naive_ladder import review_before, tell, told
from tests.model.naive_limits import check_limit
from tests.model.naive_lots import Taking, lot_of, moved_lots, spend, spendable, undo_expiry
from tests.model.naive_rules import ONE_DAY, Fact, credited
from tests.model.naive_spending import is_purse


def freeze(book: Book, asked: Asked) -> None:
    if book.is_frozen(asked.account):
        raise Refused("already_frozen")
    book.write(asked, asked.account, "MemberFrozen", reason=asked.said["reason"])


def unfreeze(book: Book, asked: Asked) -> None:
    if not book.is_frozen(asked.account):
        raise Refused("not_frozen")
    book.write(asked, asked.account, "MemberUnfrozen", reason=asked.said["reason"])


def close(book: Book, asked: Asked) -> None:
    account, reason = asked.account, asked.said["reason"]
    release_lapsed(book, asked, account)
    if _has_holds(book, account):
        raise Refused("holds_open")
    if book.debt(account):
        raise Refused("debt_outstanding")
    expire_until(book, asked, account, asked.day - ONE_DAY)
    left = _everything(book, account)
    if left.taken and not asked.said["forfeit"]:
        raise Refused("points_remain")
    if left.taken:
        points = sum(left.taken.values())
        fields = {"points_forfeited": points, "reason": reason}
        book.write(asked, account, "PointsForfeited", moves=left.moves(), **fields)
    book.write(asked, account, "MemberClosed", reason=reason)


def _has_holds(book: Book, account: str) -> bool:
    return any(not hold["ended"] for hold in book.holds(account))


def _everything(book: Book, account: str) -> Taking:
    """Every available point of an account, lot by lot."""
    taking = Taking(10**18)
    for lot in book.lots(account):
        taking.available(lot)
    return taking


# -- points that change their account --------------------------------------------------------


def _move(
    book: Book, asked: Asked, origin: str, to: str, taking: Taking, purpose: str, reason: str = ""
) -> None:
    """The two facts of points that go from one account to another (RULES 25)."""
    points = sum(taking.taken.values())
    opened = moved_lots(book, to, origin, taking.taken)
    sent: Fact = {"other": to, "purpose": purpose, "points_sent": points, "reason": reason}
    book.write(asked, origin, "PointsSent", moves=taking.moves(), **sent)
    received: Fact = {"other": origin, "purpose": purpose, "points_received": points}
    credit(book, asked, to, "PointsReceived", opened, **received)


def gift(book: Book, asked: Asked) -> None:
    said, account = asked.said, asked.account
    release_lapsed(book, asked, account)
    check_limit(book, asked, account, "gifts", 1)
    check_limit(book, asked, account, "gift_points", said["points"])
    taking = spend(book, asked, account, said["points"])
    _move(book, asked, account, said["to"], taking, "gift", said["reason"])


def purse_of(asked: Asked) -> str:
    return f"purse:{asked.said['purse']}"


def open_purse(book: Book, asked: Asked) -> None:
    book.write(asked, purse_of(asked), "PurseOpened")
    book.write(asked, purse_of(asked), "PurseJoined", joiner=asked.account)


def join(book: Book, asked: Asked) -> None:
    if asked.account in book.users(purse_of(asked)):
        raise Refused("already_in_purse")
    book.write(asked, purse_of(asked), "PurseJoined", joiner=asked.account)


def pay_in(book: Book, asked: Asked) -> None:
    _must_be_in(book, asked)
    release_lapsed(book, asked, asked.account)
    taking = spend(book, asked, asked.account, asked.said["points"])
    _move(book, asked, asked.account, purse_of(asked), taking, "purse")


def withdraw(book: Book, asked: Asked) -> None:
    purse = purse_of(asked)
    release_lapsed(book, asked, purse)
    taking = _own_points(book, asked, asked.said["points"])
    if taking.missing or asked.said["points"] > spendable(book, purse, asked.day):
        raise Refused("insufficient_points")
    undo_expiry(book, asked, purse, taking.undone)
    _move(book, asked, purse, asked.account, taking, "purse")


def leave(book: Book, asked: Asked) -> None:
    purse = purse_of(asked)
    _must_be_in(book, asked)
    release_lapsed(book, asked, purse)
    taking = _own_points(book, asked, 10**18)
    book.write(asked, purse, "PurseLeft", leaver=asked.account)
    undo_expiry(book, asked, purse, taking.undone)
    if taking.taken:
        _move(book, asked, purse, asked.account, taking, "purse")


def _must_be_in(book: Book, asked: Asked) -> None:
    if asked.account not in book.users(purse_of(asked)):
        raise Refused("not_in_purse")


def _own_points(book: Book, asked: Asked, points: int) -> Taking:
    """Points from the lots of a purse that the member paid in, in spending order.

    So are the lots that those paid in whose accounts are part of the member's now.
    """
    family = book.family(asked.account)
    lots = [lot for lot in book.lots(purse_of(asked)) if lot["from_member"] in family]
    taking = Taking(points)
    taking.in_spending_order(lots, asked.day)
    return taking


# -- merging ---------------------------------------------------------------------------------


def merge(book: Book, asked: Asked) -> None:
    account, other = asked.account, asked.said["other"]
    review_before(book, asked, other)
    theirs = told(book, other)[-1]
    release_lapsed(book, asked, other)
    expire_until(book, asked, other, asked.day - ONE_DAY)
    leaving, owed = _everything(book, other), book.debt(other)
    days = [counts | {"day": day} for day, counts in sorted(book.days(other).items())]
    opened = moved_lots(book, account, other, leaving.taken)
    points = sum(leaving.taken.values()) - owed
    reason = asked.said["reason"]
    book.write(
        asked,
        other,
        "MemberMerged",
        moves=leaving.moves() | {(0, "debt"): -owed},
        other=account,
        points_sent=points,
        reason=reason,
    )
    review_before(book, asked, account)
    release_lapsed(book, asked, account)
    if _has_holds(book, account) or _has_holds(book, other):
        raise Refused("holds_open")
    fields: Fact = {"days": days, "tier": theirs.tier}
    fields["tier_valid_until"] = theirs.valid_until
    _absorb(book, asked, opened, owed, points_received=points, other=other, **fields)
    tell(book, asked, account)


def _absorb(book: Book, asked: Asked, opened: list[Fact], owed: int, **fields: Any) -> None:
    """What came repays the own debt; then the other's debt is taken, the rest is owed."""
    account, debt = asked.account, book.debt(asked.account)
    moves = credited(opened, debt)
    arrived = [lot | {"available": moves.get((lot["lot"], "available"), 0)} for lot in opened]
    taking = Taking(owed)
    taking.in_spending_order(book.lots(account) + arrived, asked.day, expired=False)
    for place, points in (taking.moves() | {(0, "debt"): taking.missing}).items():
        moves[place] = moves.get(place, 0) + points
    repaid = bool(debt and opened)
    fields |= {"had_debt": bool(owed or repaid), "reason": asked.said["reason"]}
    book.write(asked, account, "MemberAbsorbed", lots=opened, moves=moves, **fields)


def unmerge(book: Book, asked: Asked) -> None:
    account, other = asked.account, asked.said["other"]
    review_before(book, asked, account)
    absorbed = [f for f in book.facts(account, "MemberAbsorbed") if f["other"] == other][-1]
    if asked.at < absorbed["occurred_at"]:
        raise Refused("before_its_cause")
    since = [f for f in book.facts(account) if f["position"] > absorbed["position"]]
    if absorbed["had_debt"] or any(_settles(book, fact, other) for fact in since):
        raise Refused("merge_settled")
    expired = _expired_of(book, account, absorbed["lots"])
    undone = [(expiry, lot_of(expiry), expiry["left"]) for expiry in expired]
    undo_expiry(book, asked, account, undone)
    taking, home, new_days = Taking(10**18), dict[int, int](), {}
    for came in absorbed["lots"]:
        lot = book.lot(account, came["lot"])
        taking.available(lot)
        home[lot["lot"]] = came["from_lot"]
        if lot["available"]:
            names = ("available_from", "expires_on", "idle_months")
            new_days[came["from_lot"]] = {name: lot[name] for name in names}
    points, reason = sum(taking.taken.values()), asked.said["reason"]
    fields: Fact = {"days": absorbed["days"], "other": other, "points_sent": points}
    book.write(asked, account, "MergeUndone", moves=taking.moves(), reason=reason, **fields)
    tell(book, asked, account)
    moves = {(home[lot], "available"): left for lot, left in taking.taken.items()}
    fields = {"other": account, "points_received": points, "reason": reason, "moves": moves}
    book.write(asked, other, "MemberRestored", new_days=new_days, **fields)
    for expiry in expired:
        left, fields = expiry["left"], {"lapsed_on": expiry["lapsed_on"]}
        fields |= {"points_expired": left, "moves": {(home[lot_of(expiry)], "available"): -left}}
        book.write(asked, other, "PointsExpired", expiry["occurred_at"], **fields)


def _expired_of(book: Book, account: str, lots: list[Fact]) -> list[Fact]:
    """The expiries of some lots that were not undone, or not wholly, in the order recorded."""
    expired = [expiry for lot in lots for expiry in book.lot(account, lot["lot"])["expired"]]
    left = [expiry for expiry in expired if expiry["left"]]
    return sorted(left, key=lambda expiry: int(expiry["position"]))


def _settles(book: Book, fact: Fact, other: str) -> bool:
    """Whether a merge with `other` can't be undone after this fact."""
    if fact["kind"] == "PointsReceived" and is_purse(fact["other"]):
        paid_in = [book.lot(fact["other"], lot["from_lot"]) for lot in fact["lots"]]
        return any(lot["from_member"] in book.family(other) for lot in paid_in)
    return fact["kind"] in (
        "PointsRedeemed",
        "PointsHeld",
        "PointsSent",
        "ReturnRecorded",
        "RedemptionReversed",
        "MemberAbsorbed",
    ) or (
        fact["kind"] == "PointsAdjusted" and (fact["points_adjusted"] < 0 or bool(fact["corrects"]))
    )
