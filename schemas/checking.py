"""Holding a command against its constraints, and the digest that a retry is compared by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from hashlib import sha256
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from schemas.commands import (
    COMMANDS,
    AccrueCobrand,
    AdjustPoints,
    C,
    Command,
    EnrolMember,
    GiftPoints,
    GrantBonus,
    GrantRebates,
    IssueCard,
    IssueVoucher,
    MergeMembers,
    MovePhone,
    PublishProgram,
    RecordPurchase,
    RedeemReward,
    ReplaceCard,
    ReturnPurchase,
    StopCard,
    UnblockCard,
    UseBenefit,
)
from schemas.errors import InvalidCommand
from schemas.events import is_purse
from schemas.periods import period_named
from schemas.values import check_identifier, is_identifier

_encoder = msgspec.json.Encoder()
_decoders: Final[dict[type[Any], msgspec.json.Decoder[Any]]] = {
    kind: msgspec.json.Decoder(kind) for kind in COMMANDS
}


def checked(command: C) -> tuple[C, str]:
    """The command with every constraint held against it, and the digest of its content.

    The content is encoded once; what is decoded from it is checked, its time in UTC, and its
    SHA-256 is what a retry is compared by. Who gives a command is not part of what is asked:
    another operator may repeat it. Raises InvalidCommand with the path of the field that is wrong.
    """
    kind = type(command)
    try:
        content = _encoder.encode(command)
        sound: Any = _decoders[kind].decode(content)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise InvalidCommand(command=kind.__name__, reason=str(error)) from None
    _check_identifiers(sound)
    check = _MEANINGS.get(kind)
    if check is not None:
        for reason in check(sound):
            raise InvalidCommand(command=kind.__name__, reason=reason)
    at = sound.occurred_at
    if at is not None and at.tzinfo is not dt.UTC:
        try:
            sound = replace(sound, occurred_at=at.astimezone(dt.UTC))
        except OverflowError:
            reason = "outside the years 1 to 9999 - at `$.occurred_at`"
            raise InvalidCommand(command=kind.__name__, reason=reason) from None
        content = _encoder.encode(sound)
    if sound.operator:
        content = _digested(sound)
    return sound, sha256(content).hexdigest()


def _digested(command: Command) -> bytes:
    """The content without who gives it."""
    return _encoder.encode(replace(command, operator=""))


# -- what each field alone can't show ------------------------------------------------------------


def _enrolment(command: EnrolMember) -> Iterator[str]:
    if is_purse(command.member):
        yield "the name is one of a purse - at `$.member`"
    if is_purse(command.referred_by):
        yield "the name is one of a purse - at `$.referred_by`"
    if command.referred_by == command.member:
        yield "nobody brings themselves - at `$.referred_by`"


def _purchase(command: RecordPurchase) -> Iterator[str]:
    amount = command.amount_minor
    if (command.qualifying_minor or 0) > amount:
        yield "more qualifies than was paid - at `$.qualifying_minor`"
    if command.lines:
        if sum(line.amount_minor for line in command.lines) != amount:
            yield "the lines do not add up to the amount - at `$.lines`"
        if any(line.tax_minor > line.amount_minor for line in command.lines):
            yield "more tax than the line's amount - at `$.lines`"
    if command.tenders and sum(tender.amount_minor for tender in command.tenders) != amount:
        yield "the tenders do not add up to the amount - at `$.tenders`"


def _return(command: ReturnPurchase) -> Iterator[str]:
    if command.items and command.amount_minor is not None:
        yield "items and an amount - at `$.amount_minor`"
    numbers = [item.line for item in command.items]
    if len(set(numbers)) < len(numbers):
        yield "a line is there twice - at `$.items`"
    for item in command.items:
        if item.quantity is not None and item.amount_minor is not None:
            yield "a quantity and an amount - at `$.items`"


def _publishing(command: PublishProgram) -> Iterator[str]:
    at = command.occurred_at
    if at is not None and not 1900 <= at.year <= 2999:
        yield "outside the years 1900 to 2999 - at `$.occurred_at`"


def _adjustment(command: AdjustPoints) -> Iterator[str]:
    if command.points == 0:
        yield "nothing to adjust - at `$.points`"


def _card(name: str) -> Callable[[Any], Iterator[str]]:
    """A check that the card number in field `name`, where there is one, is an identifier."""

    def check(command: Any) -> Iterator[str]:
        number = getattr(command, name)
        if number and not is_identifier(number):
            yield f"it is no identifier - at `$.{name}`"

    return check


def _rebates(command: GrantRebates) -> Iterator[str]:
    try:
        period_named(command.period)
    except ValueError as error:
        yield f"{error} - at `$.period`"


def _another(name: str) -> Callable[[Any], Iterator[str]]:
    """A check that the account in field `name` is another than the command's own."""

    def check(command: Any) -> Iterator[str]:
        if getattr(command, name) == command.member:
            yield f"it is the member's own account - at `$.{name}`"
        if is_purse(getattr(command, name)):
            yield f"the name is one of a purse - at `$.{name}`"

    return check


_MEANINGS: Final[dict[type[Any], Callable[[Any], Iterator[str]]]] = {
    EnrolMember: _enrolment,
    RecordPurchase: _purchase,
    ReturnPurchase: _return,
    AdjustPoints: _adjustment,
    PublishProgram: _publishing,
    GrantRebates: _rebates,
    GiftPoints: _another("to"),
    MergeMembers: _another("other"),
    IssueCard: _card("card"),
    ReplaceCard: _card("by"),
    MovePhone: _another("other"),
}


# -- identifiers -----------------------------------------------------------------------------


def _check_identifiers(command: Command) -> None:
    names, texts_of = _IDENTIFIERS[type(command)]
    texts = (*texts_of(command), command.request_id or command.source)
    # All at once first: what is wrong with which is looked for only when something is.
    joined = f"|{'|'.join(texts)}|"
    if joined.isprintable() and "| " not in joined and " |" not in joined:
        return
    for name, text in zip((*names, "request_id"), texts, strict=True):
        check_identifier(text, name)


_NAMED: Final[dict[type[Any], tuple[str, ...]]] = {
    RecordPurchase: ("purchase_id",),
    ReturnPurchase: ("purchase_id",),
    GrantBonus: ("bonus",),
    AccrueCobrand: ("cobrand", "reference"),
    RedeemReward: ("reward",),
    IssueVoucher: ("kind",),
    UseBenefit: ("benefit",),
    GiftPoints: ("to",),
    MergeMembers: ("other",),
    ReplaceCard: ("card",),
    StopCard: ("card",),
    UnblockCard: ("card",),
    MovePhone: ("other",),
}
"""Identifiers that a command names beside its source and its member."""


def _identifiers_of(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[str, ...]]]:
    """The names of its required identifiers, two at least, and what gets them from a command."""
    fields = kind.__struct_fields__
    about = next(name for name in ("member", "partner", "dispute", "source") if name in fields)
    names: tuple[str, ...] = ("source", about, *_NAMED.get(kind, ()))
    if "purse" in fields:
        names = (*names, "purse")
    return names, attrgetter(*names)


_IDENTIFIERS: Final[dict[type[Any], Any]] = {kind: _identifiers_of(kind) for kind in COMMANDS}
