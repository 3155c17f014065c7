"""What counts against the `[limits]` of a program in the naive model."""

from __future__ import annotations

import datetime as dt

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_rules import Fact, points_units, same_period

PERIODS = ("day", "month")


def check_limit(book: Book, asked: Asked, account: str, what: str, more: int) -> None:
    """Refuse `more` beyond a limit: in the day first, then in the calendar month.

    What happened under versions of the program that name such a limit counts.
    """
    uses = [
        (on, units)
        for fact, on, units in _uses(book, account, what)
        if any(f"{what}_per_{period}" in _limits_of(book, fact) for period in PERIODS)
    ]
    for period in PERIODS:
        limit = asked.program.get("limits", {}).get(f"{what}_per_{period}")
        if limit is None:
            continue
        most = points_units(limit, asked.program) if "points" in what else limit
        used = sum(units for on, units in uses if same_period(on, asked.day, period))
        if used + more > most:
            raise Refused("limit_exceeded")


def _limits_of(book: Book, fact: Fact) -> Fact:
    limits: Fact = book.version(fact).get("limits", {})
    return limits


def _uses(book: Book, account: str, what: str) -> list[tuple[Fact, dt.date, int]]:
    """(fact, day, units) of all that may count against a limit."""
    if what == "earnings":
        bought = book.facts_of_all(account, "PurchaseRecorded")
        return [(fact, fact["occurred_on"], 1) for fact in bought if fact["points_earned"]]
    if what.startswith("gift"):
        uses = [
            (f, f["points_sent"])
            for f in book.facts_of_all(account, "PointsSent")
            if f["purpose"] == "gift"
        ]
    else:
        uses = _spent(book, account)
    once = "points" not in what
    return [(fact, fact["occurred_on"], 1 if once else units) for fact, units in uses]


def _spent(book: Book, account: str) -> list[tuple[Fact, int]]:
    """Redemptions, holds with what was not released of them, and captures after a lapse."""
    uses = []
    for fact in book.facts_of_all(account, "PointsRedeemed"):
        if not fact["hold"] or fact["late"]:
            uses.append((fact, fact["points_redeemed"]))
    for hold in [hold for name in book.family(account) for hold in book.holds(name)]:
        left = hold["points_held"] if not hold["ended"] else hold["captured"]
        if left and not hold["late"]:
            uses.append((hold, left))
    return uses
