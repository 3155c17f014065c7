"""The naive model's lots: how they open, are taken from, given back to, expire and live longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_rules import (
    ONE_DAY,
    Fact,
    lapsed,
    last_good_day,
    spending_order,
    start_of,
)

Moves = dict[tuple[int, str], int]
Undone = tuple[Fact, int, int]
"""A recorded expiry to undo, the lot that its points go back to, and how many."""


# -- coming in -------------------------------------------------------------------------------


def new_lot(book: Book, asked: Asked, account: str, points: int, **days: Any) -> list[Fact]:
    """The lot that points which come from no other account open; none for no points."""
    expiry = asked.program.get("expiry", {})
    idle = expiry["months"] if expiry.get("policy") == "inactivity" else 0
    lot = {
        "lot": book.next_lot(account),
        "points": points,
        "earned_on": asked.day,
        "available_from": asked.day,
        "expires_on": last_good_day(asked.day, expiry),
        "idle_months": idle,
        "from_member": "",
        "from_lot": 0,
    }
    return [lot | days] if points else []


def moved_lots(book: Book, to: str, origin: str, taken: dict[int, int]) -> list[Fact]:
    """The lots that points taken from lots of `origin` open: they keep their days."""
    kept = ("earned_on", "available_from", "expires_on", "idle_months")
    opened: list[Fact] = []
    for number, points in taken.items():
        before = book.lot(origin, number)
        came = {"from_member": origin, "from_lot": number, "points": points}
        came["lot"] = book.next_lot(to) + len(opened)
        opened.append(came | {name: before[name] for name in kept})
    return opened


# -- taking ----------------------------------------------------------------------------------


class Taking:
    """Points taken one lot after the other until there are enough; `missing` counts down.

    `taken` maps a lot to points, in the order taken; `undone` are the recorded expiries that have
    to be undone first, with the points of each.
    """

    def __init__(self, points: int) -> None:
        self.missing = points
        self.taken: dict[int, int] = {}
        self.undone: list[Undone] = []

    def available(self, lot: Fact, most: int | None = None) -> None:
        """Take what is available in a lot, whatever its days."""
        undone = sum(points for _, number, points in self.undone if number == lot["lot"])
        left = lot["available"] + undone - self.taken.get(lot["lot"], 0)
        self._take(lot["lot"], left if most is None else min(left, most))

    def expired(self, lot: Fact, since: dt.date = dt.date.min, most: int = 10**18) -> None:
        """Take what has expired of a lot, its last good day not before `since`; latest first."""
        for expiry in reversed(lot["expired"]):
            if expiry["lapsed_on"] >= since:
                most -= self.undo(expiry, lot["lot"], most)

    def undo(self, expiry: Fact, lot: int, most: int = 10**18) -> int:
        """Take the points of one expiry, as points of `lot`."""
        of_it = [p for other, _, p in self.undone if other["position"] == expiry["position"]]
        points = self._take(lot, min(expiry["left"] - sum(of_it), most))
        if points:
            self.undone.append((expiry, lot, points))
        return points

    def in_spending_order(self, lots: list[Fact], day: dt.date, expired: bool = True) -> None:
        """Take from the lots that can be spent on `day` (RULES 7), what expired since included."""
        for lot in sorted(lots, key=spending_order):
            if lot["available_from"] <= day and not lapsed(lot, day):
                self.available(lot)
                if expired:
                    self.expired(lot, since=day)

    def _take(self, lot: int, most: int) -> int:
        points = min(most, self.missing)
        self.missing -= points
        if points:
            self.taken[lot] = self.taken.get(lot, 0) + points
        return points

    def moves(self, into: str = "") -> Moves:
        """What leaves `available`, and what comes into the bucket `into`."""
        moves: Moves = {(lot, "available"): -points for lot, points in self.taken.items()}
        if into:
            moves |= {(lot, into): points for lot, points in self.taken.items()}
        return moves


def spendable(book: Book, account: str, day: dt.date) -> int:
    """What can be spent on a day less what is owed, never below 0."""
    everything = Taking(10**18)
    everything.in_spending_order(book.lots(account), day)
    return max(0, sum(everything.taken.values()) - book.debt(account))


def spend(book: Book, asked: Asked, account: str, points: int) -> Taking:
    """Take points in spending order; refused when more is asked than is spendable."""
    if points > spendable(book, account, asked.day):
        raise Refused("insufficient_points")
    taking = Taking(points)
    taking.in_spending_order(book.lots(account), asked.day)
    undo_expiry(book, asked, account, taking.undone)
    return taking


def take_own_lot(book: Book, account: str, opener: Fact, taking: Taking) -> None:
    """All that is available in the lot that a fact opened, then what has expired of it.

    Of what expired in an account that was merged since a lot opens here.
    """
    if not opener["lots"]:
        return
    trail = book.trail(opener["member"], opener["lots"][0]["lot"])
    number = dict(trail).get(account)
    if number is not None:
        own = book.lot(account, number)
        taking.available(own)
        taking.expired(own)
    for name, lot in trail:
        if name != account:
            for expiry in reversed(book.lot(name, lot)["expired"]):
                taking.undo(expiry, number or book.next_lot(account))


def lot_of(expiry: Fact) -> int:
    """The lot that a recorded expiry was of."""
    ((lot, _),) = expiry["moves"]
    return int(lot)


def undo_expiry(book: Book, asked: Asked, account: str, undone: list[Undone]) -> None:
    """Put points of recorded expiries back into their lots; each occurred when its expiry did.

    The lot of an account that was merged goes on here, and opens here if it did not yet.
    """
    for expiry, lot, points in undone:
        opened: list[Fact] = []
        if lot == book.next_lot(account):
            opened = moved_lots(book, account, expiry["member"], {lot_of(expiry): points})
        book.write(
            asked,
            account,
            "ExpiryUndone",
            expiry["occurred_at"],
            lots=opened,
            moves={(lot, "available"): points},
            points_restored=points,
            undoes=expiry["position"],
        )


# -- giving back -----------------------------------------------------------------------------


class Return:
    """Points that go back to lots of `account`, as when a redemption is reversed (RULES 13).

    `parts` names each lot as (account, number) where the points were taken. `moves` and `opened`
    are for the fact that gives them back; `follow` is called after it.
    """

    def __init__(
        self,
        book: Book,
        asked: Asked,
        account: str,
        parts: list[tuple[str, int, int]],
        debt: int | None = None,
    ) -> None:
        self.book, self.asked, self.account = book, asked, account
        self.opened: list[Fact] = []
        self.moves: Moves = {}
        lots = [(self._home(origin, number, points), points) for origin, number, points in parts]
        grace = asked.program.get("reversal_grace_days", 0)
        over = [(lot, points) for lot, points in lots if lapsed(lot, asked.day)]
        self.at_once = [] if grace else over
        self.longer = over if grace else []
        self.until = asked.day + dt.timedelta(days=grace)
        for lot, _ in self.longer:
            if lot not in self.opened:
                expire_lot(book, asked, account, lot["lot"])
        self._move(lots, book.debt(account) if debt is None else debt)

    def _home(self, origin: str, number: int, points: int) -> Fact:
        """The lot of this account that points of a lot go back to.

        Where it did not come here, one opens with the days of the lot that it is by now.
        """
        account, now = self.book.trail(origin, number)[-1]
        if account == self.account:
            return self.book.lot(account, now)
        (lot,) = moved_lots(self.book, self.account, account, {now: points})
        lot["lot"] += len(self.opened)
        self.opened.append(lot)
        return lot

    def _move(self, lots: list[tuple[Fact, int]], debt: int) -> None:
        """What does not expire at once repays debt, in spending order."""
        owed, extended = debt, [lot["lot"] for lot, _ in self.longer]
        expiring = [lot["lot"] for lot, _ in self.at_once]
        then = [
            (lot | {"expires_on": self.until} if lot["lot"] in extended else lot, points)
            for lot, points in lots
        ]
        for lot, points in sorted(then, key=lambda part: spending_order(part[0])):
            repaid = 0 if lot["lot"] in expiring else min(owed, points)
            owed -= repaid
            self.moves[lot["lot"], "available"] = points - repaid
        self.moves[0, "debt"] = owed - debt

    def follow(self) -> None:
        """What comes right after: the points expire at once, or their lots live on."""
        for lot, points in self.at_once:
            expire(self.book, self.asked, self.account, lot, points, self.asked.at)
        extended = [
            {"lot": lot["lot"], "expires_on_before": lot["expires_on"], "expires_on": self.until}
            for lot, _ in self.longer
            if self.moves[lot["lot"], "available"]
        ]
        if extended:
            self.book.write(
                self.asked, self.account, "LotsExtended", extended=extended, why="reversal_grace"
            )


# -- expiring --------------------------------------------------------------------------------


def expire(book: Book, asked: Asked, account: str, lot: Fact, points: int, at: dt.datetime) -> None:
    """Enter that points of a lot whose last good day is over are gone."""
    moves = {(lot["lot"], "available"): -points}
    fields = {"points_expired": points, "lapsed_on": lot["expires_on"], "moves": moves}
    book.write(asked, account, "PointsExpired", at, **fields)


def expire_lot(book: Book, asked: Asked, account: str, number: int) -> None:
    """Expire what is available in one lot, as the expiry run does."""
    lot = book.lot(account, number)
    if lot["available"]:
        at = start_of(lot["expires_on"] + ONE_DAY, asked.program)
        expire(book, asked, account, lot, lot["available"], at)
