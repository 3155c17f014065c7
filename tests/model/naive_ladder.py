"""How the naive model records what becomes of cards: docs/life.md, "The ladder".

The timeline told so far is compared with the one worked out anew, and told where they differ.
"""

from __future__ import annotations

import datetime as dt

from tests.model.naive_book import Asked, Book, Refused
from tests.model.naive_cards import Span, runs, valid_as_from
from tests.model.naive_rules import ONE_DAY, Fact, day_of, entry_named, start_of
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
            spans.append(Span(at, tier, fact.get("valid_until"), fact))
    return runs(spans)


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


def card_on(book: Book, account: str, until: dt.datetime) -> Span:
    """The card after the reviews that are due by an instant."""
    return runs(timeline(book, account, until).spans)[-1]


def review_before(book: Book, asked: Asked, account: str) -> None:
    """Record the reviews that are due before the day of a command."""
    tell(book, asked, account, start_of(asked.day, asked.program))


def tell(book: Book, asked: Asked, account: str, until: dt.datetime | None = None) -> None:
    """Record the timeline from the first difference on to what is recorded."""
    new = timeline(book, account, until).spans
    begins = _first_difference(told(book, account), runs(new))
    if begins is None:
        return
    if all(span.since != begins for span in new):
        _restate(book, asked, account, [span for span in new if span.since < begins][-1], begins)
    for span in new:
        if span.since >= begins:
            _write(book, asked, account, span, span.since, span.told)
    assert _first_difference(told(book, account), runs(new)) is None


def _first_difference(old: list[Span], new: list[Span]) -> dt.datetime | None:
    """When the cards of two timelines begin to differ."""
    one, other = ({(span.since, span.card) for span in spans} for spans in (old, new))
    return min((since for since, _ in one ^ other), default=None)


def _restate(book: Book, asked: Asked, account: str, span: Span, at: dt.datetime) -> None:
    """Tell again, at an instant, the span that holds on: with what decided it."""
    again = span.told | {"cause": "restated"}
    if not again["measure"]:
        again |= dict.fromkeys(("window_from", "window_until"), day_of(at, asked.program))
    _write(book, asked, account, span, at, again)


def _write(
    book: Book, asked: Asked, account: str, span: Span, at: dt.datetime, fields: Fact
) -> None:
    before = tier_at(book, account, at)
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
    if book.is_gone(asked.account):
        return
    tell(book, asked, asked.account, start_of(as_of + ONE_DAY, asked.program))
