"""The naive model's lots in time: they lapse and expire, holds of them lapse, activity prolongs."""

from __future__ import annotations

import datetime as dt

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_lots import Undone, expire, expire_lot, undo_expiry
from tests.model.naive_rules import (
    ONE_DAY,
    Fact,
    lapsed,
    months_on,
    spending_order,
    start_of,
)


def expire_until(book: Book, asked: Asked, account: str, as_of: dt.date) -> None:
    """Expire all lots that ended by `as_of`, in spending order."""
    for lot in sorted(book.lots(account), key=spending_order):
        if lapsed(lot, as_of + ONE_DAY):
            expire_lot(book, asked, account, lot["lot"])


def release(
    book: Book, asked: Asked, hold: Fact, parts: dict[int, int], how: str, at: dt.datetime
) -> None:
    """Free points of a hold; those past their last good day expire at once (RULES 12)."""
    account = hold["member"]
    moves = {(lot, "held"): -points for lot, points in parts.items()}
    moves |= {(lot, "available"): points for lot, points in parts.items()}
    fields = {"hold": hold["request_id"], "hold_source": hold["source"], "release": how}
    released = book.write(
        asked,
        account,
        "HoldReleased",
        at,
        points_released=sum(parts.values()),
        moves=moves,
        **fields,
    )
    for lot in sorted(book.lots(account), key=spending_order):
        if lot["lot"] in parts and lapsed(lot, released["occurred_on"]):
            expire(book, asked, account, lot, parts[lot["lot"]], at)


def release_lapsed(
    book: Book,
    asked: Asked,
    account: str,
    by: dt.datetime | None = None,
    but: tuple[str, str] | None = None,
) -> None:
    """Release the holds that have lapsed by a time, or by the command's and the clock's.

    `but` names one that is to be captured.
    """
    for hold in sorted(book.holds(account), key=lambda hold: hold["lapses_at"]):
        due = hold["lapses_at"] <= (by or max(asked.at, asked.now))
        if due and not hold["ended"] and (hold["source"], hold["request_id"]) != but:
            release(book, asked, hold, hold["parts"], "lapsed", hold["lapses_at"])


# -- commands --------------------------------------------------------------------------------


def expiry_run(book: Book, asked: Asked) -> None:
    as_of = asked.said["as_of"]
    if as_of >= asked.day:
        raise Refused("day_not_over")
    release_lapsed(book, asked, asked.account, by=start_of(as_of + ONE_DAY, asked.program))
    expire_until(book, asked, asked.account, as_of)


def extend(book: Book, asked: Asked) -> None:
    until: dt.date = asked.said["expires_on"]
    named: set[int] = set(asked.said["lots"])
    fitting = {
        lot["lot"]: lot
        for lot in book.lots(asked.account)
        if lot["available"] + lot["held"] > 0
        and lot["expires_on"] is not None
        and asked.day <= lot["expires_on"] < until
    }
    chosen = named or set(fitting)
    if not chosen or chosen - set(fitting):
        raise Refused("lot_not_extendable")
    _prolong(
        book,
        asked,
        dict.fromkeys(sorted(chosen), until),
        why="operator",
        reason=asked.said["reason"],
    )


def prolong_by_activity(book: Book, asked: Asked, account: str) -> None:
    """What a purchase, a redemption or a capture does under an inactivity policy."""
    longer: dict[int, dt.date] = {}
    undone: list[Undone] = []
    for lot in book.lots(account):
        until = months_on(asked.day, lot["idle_months"])
        if not lot["idle_months"] or lapsed(lot, asked.day) or until <= lot["expires_on"]:
            continue
        expired = [e for e in lot["expired"] if e["lapsed_on"] >= asked.day and e["left"]]
        if lot["available"] + lot["held"] > 0 or expired:
            longer[lot["lot"]] = until
            undone += [(expiry, lot["lot"], expiry["left"]) for expiry in reversed(expired)]
    undo_expiry(book, asked, account, undone)
    if longer:
        _prolong(book, asked, longer, why="activity", reason="", account=account)


def _prolong(
    book: Book,
    asked: Asked,
    longer: dict[int, dt.date],
    why: str,
    reason: str,
    account: str = "",
) -> None:
    account = account or asked.account
    extended = [
        {
            "lot": number,
            "expires_on_before": book.lot(account, number)["expires_on"],
            "expires_on": until,
        }
        for number, until in longer.items()
    ]
    book.write(asked, account, "LotsExtended", extended=extended, why=why, reason=reason)
