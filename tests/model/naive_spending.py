"""The naive model's spending: redemptions, rewards, holds, captures, reversals."""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_expiry import prolong_by_activity, release, release_lapsed
from tests.model.naive_ladder import review_before, tier_at
from tests.model.naive_limits import check_limit
from tests.model.naive_lots import Return, Taking, spend, undo_expiry
from tests.model.naive_rules import (
    Fact,
    entry_named,
    money,
    offered_on,
    points_units,
    worth,
)

TILL = ("partner", "store", "till", "purchase_id", "reason")


def is_purse(account: str) -> bool:
    return account.startswith("purse:")


def redeem(book: Book, asked: Asked) -> None:
    points = asked.said["points"]
    _may_spend(book, asked)
    release_lapsed(book, asked, asked.account)
    _check_policy(asked)
    _check_limits(book, asked, points)
    fields: Fact = {name: asked.said[name] for name in (*TILL, "spender")}
    fields["value_minor"] = math.floor(worth(points, asked.program))
    _redeem(book, asked, points, fields)


def redeem_reward(book: Book, asked: Asked) -> None:
    said, program = asked.said, asked.program
    _may_spend(book, asked)
    if not is_purse(asked.account):
        review_before(book, asked, asked.account)
    release_lapsed(book, asked, asked.account)
    reward = entry_named(said["reward"], "reward", program)
    if reward is None:
        raise Refused("unknown_reward")
    tiers = reward.get("tiers")
    right = not tiers or (
        not is_purse(asked.account) and tier_at(book, asked.account, asked.at) in tiers
    )
    if not offered_on(reward, asked.day) or not right:
        raise Refused("reward_not_offered")
    points = points_units(reward["points"], program) * said["quantity"]
    _check_limits(book, asked, points)
    names = ("partner", "store", "till", "spender", "reward", "quantity")
    fields: Fact = {name: said[name] for name in names}
    fields["money_minor"] = money(reward.get("money", 0), program) * said["quantity"]
    _redeem(book, asked, points, fields)


def _redeem(book: Book, asked: Asked, points: int, fields: Fact) -> None:
    taking = spend(book, asked, asked.account, points)
    fields = fields | {"hold": "", "hold_source": "", "points_redeemed": points}
    book.write(asked, asked.account, "PointsRedeemed", moves=taking.moves(), **fields)
    prolong_by_activity(book, asked, asked.account)


def _may_spend(book: Book, asked: Asked) -> None:
    if is_purse(asked.account) and asked.said["spender"] not in book.users(asked.account):
        raise Refused("not_in_purse")


def _check_policy(asked: Asked) -> None:
    """Minimum, step, share of the bill (RULES 11)."""
    program, points = asked.program, asked.said["points"]
    policy = program.get("redemption", {})
    if points < points_units(policy.get("min_points", 0), program):
        raise Refused("redemption_policy")
    if "step_points" in policy and points % points_units(policy["step_points"], program):
        raise Refused("redemption_policy")
    if "max_bill_percent" in policy:
        if asked.said["bill_minor"] is None:
            raise Refused("bill_needed")
        share = asked.said["bill_minor"] * Fraction(policy["max_bill_percent"]) / 100
        if worth(points, program) > share:
            raise Refused("redemption_policy")


def _check_limits(book: Book, asked: Asked, points: int) -> None:
    check_limit(book, asked, asked.account, "redemptions", 1)
    check_limit(book, asked, asked.account, "redeem_points", points)


# -- holds -----------------------------------------------------------------------------------


def hold(book: Book, asked: Asked) -> None:
    said, points = asked.said, asked.said["points"]
    _may_spend(book, asked)
    release_lapsed(book, asked, asked.account)
    _check_policy(asked)
    _check_limits(book, asked, points)
    taking = spend(book, asked, asked.account, points)
    minutes = said["minutes"] or asked.program.get("hold_minutes", 1440)
    fields: Fact = {name: said[name] for name in (*TILL, "spender")}
    fields["value_minor"] = math.floor(worth(points, asked.program))
    fields["lapses_at"] = asked.at + dt.timedelta(minutes=minutes)
    moves = taking.moves(into="held")
    book.write(asked, asked.account, "PointsHeld", points_held=points, moves=moves, **fields)


def _hold_named(book: Book, asked: Asked) -> Fact:
    """The open hold that a command names; one that lapsed may be named by an earlier time."""
    key = (asked.said["hold_source"] or asked.said["source"], asked.said["hold"])
    for found in book.holds(asked.account):
        if (found["source"], found["request_id"]) == key:
            asked.check_after(found)
            if found["ended"] in ("captured", "released"):
                raise Refused("hold_closed")
            if asked.at >= found["lapses_at"]:
                raise Refused("hold_lapsed")
            return found
    raise Refused("unknown_hold")


def capture(book: Book, asked: Asked) -> None:
    named, account = _hold_named(book, asked), asked.account
    points = asked.said["points"] or named["points_held"]
    if points > named["points_held"]:
        raise Refused("insufficient_points")
    release_lapsed(book, asked, account, but=(named["source"], named["request_id"]))
    fields: Fact = {name: named[name] for name in (*TILL, "spender")}
    fields |= {"hold": named["request_id"], "hold_source": named["source"]}
    fields["value_minor"] = math.floor(worth(points, asked.program))
    fields["points_redeemed"] = points
    fields["late"] = bool(named["ended"])
    if named["ended"]:
        moves = _from_lapsed(book, asked, named, points)
        rest: dict[int, int] = {}
    else:
        moves, rest = _from_held(named, points)
    book.write(asked, account, "PointsRedeemed", moves=moves, **fields)
    if rest:
        release(book, asked, named, rest, "captured", asked.at)
    prolong_by_activity(book, asked, account)


def _from_held(named: Fact, points: int) -> tuple[dict[tuple[int, str], int], dict[int, int]]:
    """What leaves the held points in the order they were held, and what stays."""
    moves: dict[tuple[int, str], int] = {}
    rest: dict[int, int] = {}
    for lot, reserved in named["parts"].items():
        taken = min(points, reserved)
        points -= taken
        if taken:
            moves[lot, "held"] = -taken
        if reserved > taken:
            rest[lot] = reserved - taken
    return moves, rest


def _from_lapsed(book: Book, asked: Asked, named: Fact, points: int) -> dict[tuple[int, str], int]:
    """The same out of the same lots, as far as they are still there."""
    taking = Taking(points)
    for number, reserved in named["parts"].items():
        lot, before = book.lot(asked.account, number), taking.missing
        taking.available(lot, most=reserved)
        taking.expired(lot, most=reserved - before + taking.missing)
    if taking.missing:
        raise Refused("insufficient_points")
    undo_expiry(book, asked, asked.account, taking.undone)
    return taking.moves()


def release_hold(book: Book, asked: Asked) -> None:
    named = _hold_named(book, asked)
    if named["ended"]:
        raise Refused("hold_lapsed")
    release(book, asked, named, named["parts"], "released", asked.at)


# -- reversals -------------------------------------------------------------------------------


def redemptions(book: Book, account: str) -> list[Fact]:
    """Redemptions of an account and of those that are part of it, in the order recorded.

    `left` maps (account, lot) to what can still be reversed, in the order it was taken.
    """
    spent = [
        fact
        for fact in book.log
        if fact["kind"] == "PointsRedeemed" and fact["member"] in book.family(account)
    ]
    return [fact | {"left": _left_of(book, fact)} for fact in spent]


def _left_of(book: Book, spent: Fact) -> dict[tuple[str, int], int]:
    left = {(spent["member"], lot): -points for (lot, _), points in spent["moves"].items()}
    for fact in book.log:
        key = (fact.get("redemption_source"), fact.get("redemption"))
        if key == (spent["source"], spent["request_id"]):
            for origin, lot, points in fact["back"]:
                left[origin, lot] -= points
    return left


def reverse(book: Book, asked: Asked) -> None:
    said = asked.said
    key = (said["redemption_source"] or said["source"], said["redemption"])
    for spent in redemptions(book, asked.account):
        if (spent["source"], spent["request_id"]) == key:
            asked.check_after(spent)
            left = sum(spent["left"].values())
            points = left if said["points"] is None else said["points"]
            if not left or points > left:
                raise Refused("already_reversed")
            give_back(book, asked, spent, points, reason=said["reason"])
            return
    raise Refused("unknown_redemption")


def give_back(
    book: Book,
    asked: Asked,
    spent: Fact,
    points: int,
    reason: str = "",
    purchase_id: str = "",
    partner: str = "",
) -> None:
    """Reverse points of a redemption: what was taken last goes back first (RULES 13)."""
    parts, missing = [], points
    for (origin, lot), left in reversed(spent["left"].items()):
        back = min(missing, left)
        missing -= back
        if back:
            parts.append((origin, lot, back))
    returning = Return(book, asked, asked.account, parts)
    book.write(
        asked,
        asked.account,
        "RedemptionReversed",
        lots=returning.opened,
        moves=returning.moves,
        back=parts,
        redemption=spent["request_id"],
        redemption_source=spent["source"],
        points_reversed=points,
        reason=reason,
        purchase_id=purchase_id,
        partner=partner,
    )
    returning.follow()
