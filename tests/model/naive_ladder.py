"""How the naive model records what becomes of cards: docs/life.md, "The ladder".

The timeline told so far is compared with the one worked out anew, and told where they differ.
"""

from __future__ import annotations

import datetime as dt

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_cards import Span, valid_as_from
from tests.model.naive_rules import ONE_DAY, Fact, entry_named, start_of
from tests.model.naive_timeline import FACTS, Timeline

TOLD = ("TierChanged", "TierKept")


def told(book: Book, account: str) -> list[Span]:
    """The timeline as it is recorded: what is told at an instant replaces it and all later."""
    spans: list[Span] = []
    for fact in book.facts(account):
        if fact["kind"] in ("MemberEnrolled", *TOLD):
            at = fact["occurred_at"]
            spans = [span for span in spans if span.since < at]
            tier = fact["tier_to"] if fact["kind"] == "TierChanged" else fact["tier"]
            if fact.get("cause") != "restated":  # the span before it holds on
                spans.append(Span(at, tier, fact.get("valid_until"), fact))
    return spans


def tier_at(book: Book, account: str, at: dt.datetime) -> str:
    """The tier held at a business time; before the enrolment there is none."""
    begun = [span.tier for span in told(book, account) if span.since <= at]
    return begun[-1] if begun else ""


def latest(book: Book, account: str) -> dt.datetime:
    """The latest instant of what is recorded about the card."""
    facts = [fact for fact in book.facts(account) if fact["kind"] in (*FACTS, *TOLD)]
    return max(fact["occurred_at"] for fact in facts)


def timeline(
    book: Book, account: str, until: dt.datetime | None = None, extra: Fact | None = None
) -> Timeline:
    """The timeline up to what is recorded, and up to an instant if that is later."""
    end = latest(book, account)
    return Timeline(book, account, max(until or end, end), extra)


def review_before(book: Book, asked: Asked, account: str) -> None:
    """Record the reviews that are due before the day of a command."""
    tell(book, asked, account, start_of(asked.day, asked.program))


def tell(book: Book, asked: Asked, account: str, until: dt.datetime | None = None) -> None:
    """Record the timeline from the first difference on to what is recorded."""
    old, new = told(book, account), timeline(book, account, until).spans
    same = 0
    while same < min(len(old), len(new)) and old[same].is_as(new[same]):
        same += 1
    if same < len(old) and (same == len(new) or old[same].since < new[same].since):
        _restate(book, asked, account, new[same - 1], old[same - 1].told, old[same].since)
    for number in range(same, len(new)):
        before = new[number - 1].tier if number else ""
        _write(book, asked, account, new[number], before, new[number].since, new[number].told)
    assert all(o.is_as(n) for o, n in zip(told(book, account), new, strict=True))


def _restate(
    book: Book, asked: Asked, account: str, span: Span, fact: Fact, at: dt.datetime
) -> None:
    """Tell again, at an instant, the span that holds on: with what it was told with."""
    names = ("measure", "window", "window_from", "window_until", "measured", "threshold")
    if fact["kind"] == "MemberEnrolled":
        day = fact["occurred_on"]
        again: Fact = dict(zip(names, ("", "", day, day, 0, 0), strict=True))
    else:
        again = {name: fact[name] for name in names}
    again |= {"cause": "restated", "valid_until": span.valid_until}
    again["program_version"] = fact["program_version"]
    _write(book, asked, account, span, span.tier, at, again)


def _write(
    book: Book,
    asked: Asked,
    account: str,
    span: Span,
    before: str,
    at: dt.datetime,
    fields: Fact,
) -> None:
    if span.tier == before:
        book.write(asked, account, "TierKept", at, tier=span.tier, **fields)
    else:
        moved = {"tier_from": before, "tier_to": span.tier}
        book.write(asked, account, "TierChanged", at, **moved, **fields)


# -- commands --------------------------------------------------------------------------------


def set_tier(book: Book, asked: Asked) -> None:
    said, account = asked.said, asked.account
    rung = entry_named(said["tier"], "tier", asked.program)
    if rung is None:
        raise Refused("unknown_tier")
    until = said["until"]
    if until is not None and until < asked.day:
        raise Refused("floor_in_past")
    review_before(book, asked, account)
    if until is None:
        until = valid_as_from(rung, asked.day, asked.program)
    fields = {"tier": said["tier"], "until": until, "reason": said["reason"]}
    book.write(asked, account, "TierSet", **fields)
    tell(book, asked, account)


def end_floor(book: Book, asked: Asked) -> None:
    account = asked.account
    review_before(book, asked, account)
    ending = book.write(asked, account, "TierFloorEnded", reason=asked.said["reason"])
    if not timeline(book, account).floors[ending["position"]]:
        raise Refused("no_floor")
    tell(book, asked, account)


def review(book: Book, asked: Asked) -> None:
    as_of = asked.said["as_of"]
    if as_of >= asked.day:
        raise Refused("day_not_over")
    tell(book, asked, asked.account, start_of(as_of + ONE_DAY, asked.program))
