"""How the naive model moves members on the ladder (RULES 16, 18 and 19)."""

from __future__ import annotations

import datetime as dt

from tests.model.naive_book import Asked, Book
from tests.model.naive_rules import (
    Days,
    Fact,
    Program,
    measured_in,
    start_of,
    threshold,
    valid_until,
    window,
)


def reached(
    book: Book, account: str, program: Program, days: Days, around: list[dt.date]
) -> Fact | None:
    """The highest rung above the one held that the days reach, as the fields of a TierChanged.

    The window must have the first day of `around` in it and may be seen from any of them, in this
    order; `moment` is the day that it is seen from.
    """
    held = book.tier(account)
    for rung in reversed(program.get("tier", [])):
        if not book.is_above(rung["id"], held):
            continue
        for day in around:
            start, end = window(rung, day, book.enrolled_on(account))
            name = rung.get("measure", "net_spend")
            measured = measured_in(name, days, start, end)
            if start <= around[0] < end and measured >= threshold(rung, program):
                return {
                    "moment": day,
                    "tier_from": held,
                    "tier_to": rung["id"],
                    "cause": "threshold",
                    "measure": name,
                    "window": rung.get("window", "calendar_year"),
                    "window_from": start,
                    "window_until": end,
                    "measured": measured,
                    "threshold": threshold(rung, program),
                    "valid_until": valid_until(rung, day),
                }
    return None


def around(day: dt.date, days: Days) -> list[dt.date]:
    """`day`, and the later days that something counted on."""
    return [day, *sorted(later for later in days if later > day)]


def begin(asked: Asked, change: Fact) -> dt.datetime:
    """When a change begins: with the command, or with the later day whose window is complete."""
    if change["moment"] == asked.day:
        return asked.at
    return start_of(change["moment"], asked.program)


def enter(
    book: Book, asked: Asked, account: str, change: Fact, at: dt.datetime | None = None
) -> None:
    fields = {name: value for name, value in change.items() if name != "moment"}
    book.write(asked, account, "TierChanged", at, **fields)


def still_measures_up(book: Book, account: str, span: Fact) -> bool:
    """Whether the window that a tier was reached by still does."""
    fact = span["fact"]
    start, end = fact["window_from"], fact["window_until"]
    measured = measured_in(fact["measure"], book.days(account), start, end)
    return bool(measured >= fact["threshold"])


def step_down(book: Book, asked: Asked, account: str, cause: str) -> None:
    """The tier is the one that was held before it."""
    before, span = book.steps(account)[-2:]
    fields = {
        "tier_from": span["tier"],
        "tier_to": before["tier"],
        "cause": cause,
        "valid_until": before["valid_until"],
    }
    fact = span["fact"]
    if fact["cause"] == "threshold":
        names = ("measure", "window", "window_from", "window_until", "threshold")
        fields |= {name: fact[name] for name in names}
        start, end = fact["window_from"], fact["window_until"]
        fields["measured"] = measured_in(fact["measure"], book.days(account), start, end)
    book.write(asked, account, "TierChanged", **fields)


def look_again(book: Book, asked: Asked, account: str, purchased_on: dt.date) -> None:
    """What a return does to the tier."""
    lowered = False
    while True:
        span = book.steps(account)[-1]
        fact = span["fact"]
        in_window = (
            fact.get("cause") == "threshold"
            and fact["window_from"] <= purchased_on < fact["window_until"]
        )
        if not in_window or still_measures_up(book, account, span):
            break
        step_down(book, asked, account, "return")
        lowered = True
    if lowered:
        days = book.days(account)
        change = reached(book, account, asked.program, days, around(purchased_on, days))
        if change:
            enter(book, asked, account, _valid_from(change, asked, purchased_on), asked.at)


def _valid_from(change: Fact, asked: Asked, day: dt.date) -> Fact:
    """The change, valid as from another day than that of the command."""
    rung = next(t for t in asked.program["tier"] if t["id"] == change["tier_to"])
    return change | {"valid_until": valid_until(rung, day)}
