"""Commands in the words of a test: those of `m-001`, early in 2026, unless they say otherwise."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import Any, NamedTuple

from schemas.commands import (
    AdjustPoints,
    AwardPoints,
    CaptureHold,
    EnrolMember,
    ExpirePoints,
    ExtendLots,
    GiftPoints,
    HoldPoints,
    IssueCard,
    LinkPhone,
    MemberCommand,
    MergeMembers,
    OpenPurse,
    PayIntoPurse,
    RecordPurchase,
    RedeemPoints,
    ReturnedItem,
    ReturnPurchase,
    ReverseRedemption,
    UndoAdjustment,
)
from tests.scenario.times import EARLY, day, instant

MEMBER = "m-001"
OTHER = "m-002"


def ask(kind: type[MemberCommand], /, *, at: str = EARLY, member: str = MEMBER, **said: Any) -> Any:
    """Any command, at a time."""
    return kind(member=member, occurred_at=instant(at), **said)


def enrolled(*members: str, at: str = EARLY, **said: Any) -> Any:
    """An enrolment: one command, or with several names a list of them."""
    if len(members) < 2:
        return ask(EnrolMember, at=at, member=members[0] if members else MEMBER, **said)
    return [ask(EnrolMember, at=at, member=member, **said) for member in members]


def awarded(points: int, *, expires_on: str | None = None, at: str = EARLY, **said: Any) -> Any:
    last_day = day(expires_on) if expires_on else None
    return ask(AwardPoints, at=at, points=points, reason="test", expires_on=last_day, **said)


def bought(amount_minor: int, *, at: str = EARLY, **said: Any) -> Any:
    said.setdefault("purchase_id", "p-1")
    return ask(RecordPurchase, at=at, amount_minor=amount_minor, **said)


def brought_back(amount_minor: int | None = None, *, at: str = EARLY, **said: Any) -> Any:
    """A return of `p-1`: of an amount, of lines {line: units, None for all of it}, or of all."""
    said.setdefault("purchase_id", "p-1")
    lines: dict[int, int | None] = said.pop("lines", {})
    items = tuple(ReturnedItem(line=line, quantity=units) for line, units in lines.items())
    return ask(
        ReturnPurchase, at=at, amount_minor=amount_minor, items=said.pop("items", items), **said
    )


def redeem(points: int, *, at: str = EARLY, **said: Any) -> Any:
    return ask(RedeemPoints, at=at, points=points, **said)


def hold(points: int, *, at: str = EARLY, name: str = "h-1", **said: Any) -> Any:
    return ask(HoldPoints, at=at, points=points, request_id=name, **said)


def capture(points: int | None = None, *, at: str = EARLY, name: str = "h-1", **said: Any) -> Any:
    return ask(CaptureHold, at=at, hold=name, points=points, **said)


def reverse(points: int | None = None, *, at: str = EARLY, of: str = "s-1", **said: Any) -> Any:
    return ask(ReverseRedemption, at=at, redemption=of, points=points, **said)


def adjust(points: int, *, at: str = EARLY, **said: Any) -> Any:
    return ask(AdjustPoints, at=at, points=points, operator="li", reason="recount", **said)


def undo(*, at: str = EARLY, of: str = "a-1", **said: Any) -> Any:
    return ask(UndoAdjustment, at=at, adjustment=of, operator="wang", reason="wrong", **said)


def expire(as_of: str, *, at: str, **said: Any) -> Any:
    return ask(ExpirePoints, at=at, as_of=day(as_of), **said)


def extend(until: str, *, at: str = EARLY, **said: Any) -> Any:
    return ask(ExtendLots, at=at, expires_on=day(until), operator="li", reason="closed", **said)


def gift(points: int, *, at: str = EARLY, to: str = OTHER, **said: Any) -> Any:
    return ask(GiftPoints, at=at, to=to, points=points, **said)


def merge(*, at: str = EARLY, other: str = OTHER, **said: Any) -> Any:
    return ask(MergeMembers, at=at, other=other, **said)


def purse(kind: type[MemberCommand] = OpenPurse, *, at: str = EARLY, **said: Any) -> Any:
    """A command about the purse `home`: open it unless told otherwise."""
    return ask(kind, at=at, purse="home", **said)


def pay_in(points: int, *, at: str = EARLY, **said: Any) -> Any:
    return purse(PayIntoPurse, at=at, points=points, **said)


def card(number: str = "", *, at: str = EARLY, **said: Any) -> Any:
    return ask(IssueCard, at=at, card=number, **said)


def hashed(phone: str) -> str:
    """What stands for the hash of a phone."""
    return sha256(phone.encode()).hexdigest()


def phone(number: str = "8000", *, at: str = EARLY, key: str = "key", **said: Any) -> Any:
    hashes = {"phone": hashed(number), "ending": hashed(number[-4:]), "key_check": hashed(key)}
    return ask(LinkPhone, at=at, **hashes, **said)


class Recorded(NamedTuple):
    """A command that is recorded later than it happened."""

    command: MemberCommand
    now: dt.datetime


def recorded(command: MemberCommand, *, on: str) -> Recorded:
    return Recorded(command, instant(on))
