"""A month's statement in plain Python: the log event by event, prices as fractions.

It shares nothing with the warehouse but the log, so it tells whether that is right, too.

Shapes:
    Key      partner, kind, month, price in minor units for a points unit (0 for none)
    Figures  events, points units, minor units that the partner owes
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

Key = tuple[str, str, str, Fraction]
Figures = tuple[int, int, int]
Fact = dict[str, Any]

_PRICES: Final = {
    "issued": "issue",
    "returned": "issue",
    "breakage": "issue",
    "redeemed": "redeem",
    "reversed": "redeem",
    "sent": "sent",
    "received": "received",
}
_FEES: Final = {"issued": 1, "returned": -1, "redeemed": 1, "reversed": -1}
_OWED_TO_IT: Final = {"returned", "redeemed", "sent", "breakage"}


class Billed(NamedTuple):
    """An event that is to be billed, before it has a price."""

    position: int
    day: str
    partner: str
    kind: str
    price_on: str
    points: int
    money: int = 0


class Book:
    """What the log says, as far as statements need it."""

    def __init__(self) -> None:
        self.billed: list[Billed] = []
        self.terms: dict[str, dict[str, Fact]] = {}
        self.stays: dict[str, list[tuple[str, str]]] = {}
        self.decisions: list[tuple[int, Fact]] = []
        self._held: dict[tuple[str, str], str] = {}
        self._spent: dict[tuple[str, str], tuple[str, str]] = {}
        self._sent: dict[tuple[str, str], Fact] = {}
        self._origins: dict[tuple[str, int], tuple[str, str]] = {}

    def take(self, position: int, stream: str, topic: str, fact: Fact) -> None:
        """One more event."""
        kind, day = topic.split(".", 1)[0], str(fact["occurred_on"])
        member = stream.removeprefix("member:")
        partner = fact.get("partner", "")
        drawn = sum(draw["points"] for draw in fact.get("drawn", ()))

        def bill(kind: str, partner: str, price_on: str, points: int, money: int = 0) -> None:
            self.billed.append(Billed(position, day, partner, kind, price_on, points, money))

        if kind in ("PurchaseRecorded", "CobrandAccrued", "ReturnRecorded"):
            self._open(member, fact, (partner, str(fact.get("purchased_on", day))))
        else:
            self._open(member, fact, None)
        if kind == "PurchaseRecorded":
            bill("issued", partner, day, fact["points_earned"] - drawn)
        elif kind == "CobrandAccrued":
            bill("issued", partner, day, fact["points_due"])
        elif kind == "ReturnRecorded":
            bill("returned", partner, fact["purchased_on"], fact["points_due"] + drawn)
        elif kind == "PointsHeld":
            self._held[fact["source"], fact["request_id"]] = day
        elif kind == "PointsRedeemed":
            price_on = self._held.get((fact.get("hold_source", ""), fact.get("hold", "")), day)
            self._spent[fact["source"], fact["request_id"]] = (partner, price_on)
            bill("redeemed", partner, price_on, fact["points_redeemed"])
        elif kind == "RedemptionReversed":
            spent = self._spent[fact["redemption_source"], fact["redemption"]]
            bill("reversed", *spent, fact["points_reversed"])
        elif kind == "TransferSent":
            self._sent[fact["source"], fact["request_id"]] = fact
        elif kind == "TransferConfirmed":
            sent = self._sent[fact["transfer_source"], fact["transfer"]]
            points = sent["points_transferred"] - sent.get("fee_points", 0)
            bill("sent", sent["program"], day, points)
        elif kind == "TransferReceived":
            bill("received", fact["program"], day, fact["points_taken_in"])
        elif kind in ("PointsExpired", "ExpiryUndone"):
            for moved in fact.get("movements", ()):
                origin = self._origins.get((member, moved["lot"]))
                if origin is not None and moved["bucket"] == "available":
                    bill("breakage", *origin, -moved["points"])
        elif kind == "PointsBlockBought":
            bill("prepaid", partner, day, fact["points"], fact["price_minor"])
        elif kind in ("PartnerJoined", "PartnerTermsChanged"):
            since, agreed = fact["effective_from"], self.terms.setdefault(partner, {})
            if kind == "PartnerJoined":
                for day in [day for day in agreed if day > since]:
                    del agreed[day]
            agreed[since] = fact
            if kind == "PartnerJoined":
                self.stays.setdefault(partner, []).append((since, "9999-12-31"))
        elif kind == "PartnerLeft":
            since, _ = self.stays[partner].pop()
            self.stays[partner].append((since, fact["last_day"]))
        elif kind == "DisputeDecided":
            self.decisions.append((position, fact))

    def _open(self, member: str, fact: Fact, issued: tuple[str, str] | None) -> None:
        for lot in fact.get("lots", ()):
            origin = issued
            if lot.get("from_member"):
                origin = self._origins.get((lot["from_member"], lot["from_lot"]))
            if origin is not None and origin[0]:
                self._origins[member, lot["lot"]] = origin

    def terms_on(self, partner: str, day: str) -> Fact | None:
        """What is agreed for a day."""
        terms = self.terms.get(partner, {})
        since = max((since for since in terms if since <= day), default=None)
        return None if since is None else terms[since]


def add_up(store: Path, period: str, seen: int, through: int) -> dict[Key, Figures]:
    """The lines of a month's statement from the log up to `through`."""
    book = Book()
    for position, stream, topic, state in _rows(store, through):
        book.take(position, stream, topic, json.loads(state))
    first, last = _days(period)
    exact: dict[Key, tuple[int, int, Fraction]] = {}

    def add(key: Key, points: int, money: Fraction) -> None:
        events, before, owed = exact.get(key, (0, 0, Fraction(0)))
        exact[key] = (events + 1, before + points, owed + money)

    for each in book.billed:
        if each.day > last or (each.position <= seen and each.day < first):
            continue
        month = each.day[:7]
        if each.kind == "prepaid":
            add((each.partner, "prepaid", month, Fraction(0)), each.points, Fraction(each.money))
            continue
        terms = book.terms_on(each.partner, each.price_on)
        if terms is None or not each.points:
            continue
        for kind, price, points in _priced(each, terms):
            sign = -1 if kind in _OWED_TO_IT else 1
            add((each.partner, kind, month, price), points, sign * points * price)
    for partner, fee in _monthly(book, first, last):
        add((partner, "monthly_fee", period, Fraction(0)), 0, Fraction(fee))
    for position, fact in book.decisions:
        if seen < position <= through and fact["amount_minor"]:
            key = (fact["partner"], "correction", fact["month"], Fraction(0))
            add(key, 0, Fraction(fact["amount_minor"]))
    return {key: (events, points, _rounded(owed)) for key, (events, points, owed) in exact.items()}


def _priced(each: Billed, terms: Fact) -> Iterator[tuple[str, Fraction, int]]:
    """The lines that an event goes to: kind, price, points."""
    basis = _PRICES[each.kind]
    if not terms.get(f"{basis}_points") or not terms.get(f"{basis}_minor"):
        return
    price = Fraction(terms[f"{basis}_minor"], terms[f"{basis}_points"])
    if each.kind == "breakage":
        share = Fraction(terms.get("breakage_millionths", 0), 1_000_000)
        if share:
            yield "breakage", price * share, each.points
        return
    yield each.kind, price, each.points
    share = Fraction(terms.get(f"{basis}_fee_millionths", 0), 1_000_000)
    if each.kind in _FEES and share:
        yield f"{basis}_fee", price * share, _FEES[each.kind] * each.points


def _monthly(book: Book, first: str, last: str) -> Iterator[tuple[str, int]]:
    for partner, stays in book.stays.items():
        ends = [min(end, last) for since, end in stays if since <= last and end >= first]
        terms = book.terms_on(partner, max(ends)) if ends else None
        if terms is not None and terms.get("monthly_fee_minor"):
            yield partner, terms["monthly_fee_minor"]


def _rounded(money: Fraction) -> int:
    """Half up, away from zero at a half."""
    whole = int(abs(money) + Fraction(1, 2))
    return -whole if money < 0 else whole


def _days(period: str) -> tuple[str, str]:
    first = dt.date.fromisoformat(f"{period}-01")
    after = (first + dt.timedelta(days=31)).replace(day=1)
    return first.isoformat(), (after - dt.timedelta(days=1)).isoformat()


def _rows(store: Path, through: int) -> Iterator[tuple[int, str, str, str]]:
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield from connection.execute(
            "SELECT position, stream, topic, state FROM events WHERE position <= ? ORDER BY 1",
            (through,),
        )
