"""What can be asked of the ledger: imperatives with their constraints, unknown fields refused.

Every command names its `request_id`, unique per `source` for ever (RULES 23); without one the
ledger makes one up, and a retry is then a new request. `occurred_at` None means now. A command is
compared by its content as it was handed in, so a retry that leaves the time out stays the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from hashlib import sha256
from operator import attrgetter
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from schemas.errors import InvalidCommand
from schemas.values import Instant, Label, Name, PositiveQuantity, Quantity, check_identifier

Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class Command(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag=True,
    gc=False,
):
    """What every command says. `operator` is who gives it, `source` the system it comes from."""

    request_id: Name | None = None
    source: Name = "api"
    occurred_at: Instant | None = None
    operator: Label = ""


class MemberCommand(Command, frozen=True, kw_only=True):
    """A command about one member."""

    member: Name


class EnrolMember(MemberCommand, frozen=True, kw_only=True):
    """Let a person into the program."""

    store: Label = ""


class RecordPurchase(MemberCommand, frozen=True, kw_only=True):
    """A purchase of `amount_minor` (what was paid), of which `qualifying_minor` may earn.

    `qualifying_minor` None means all of it. (`partner`, `purchase_id`) is the receipt.
    """

    purchase_id: Name
    amount_minor: Quantity
    qualifying_minor: Quantity | None = None
    partner: Label = ""
    store: Label = ""
    till: Label = ""


class AwardPoints(MemberCommand, frozen=True, kw_only=True):
    """Give points without a purchase. `expires_on` is the last good day; None: by the program."""

    points: PositiveQuantity
    reason: Reason
    expires_on: dt.date | None = None


class RedeemPoints(MemberCommand, frozen=True, kw_only=True):
    """Spend points, the lot that expires first goes first."""

    points: PositiveQuantity
    partner: Label = ""
    store: Label = ""
    till: Label = ""
    purchase_id: Label = ""
    reason: Label = ""


class PublishProgram(Command, frozen=True, kw_only=True):
    """Put a version of the program in force from its `effective_from` on."""

    content: Annotated[str, Meta(max_length=1_000_000)]


AnyCommand = EnrolMember | RecordPurchase | AwardPoints | RedeemPoints | PublishProgram

COMMANDS: Final[tuple[type[AnyCommand], ...]] = (
    EnrolMember,
    RecordPurchase,
    AwardPoints,
    RedeemPoints,
    PublishProgram,
)

C = TypeVar("C", bound=Command)

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
    if kind is RecordPurchase and (sound.qualifying_minor or 0) > sound.amount_minor:
        reason = "more qualifies than was paid - at `$.qualifying_minor`"
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
        content = _encoder.encode(replace(sound, operator=""))
    return sound, sha256(content).hexdigest()


def _check_identifiers(command: Command) -> None:
    names, texts_of = _IDENTIFIERS[type(command)]
    texts = (*texts_of(command), command.request_id or command.source)
    # All at once first: what is wrong with which is looked for only when something is.
    joined = f"|{'|'.join(texts)}|"
    if joined.isprintable() and "| " not in joined and " |" not in joined:
        return
    for name, text in zip((*names, "request_id"), texts, strict=True):
        check_identifier(text, name)


def _identifiers_of(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[str, ...]]]:
    """The names of its required identifiers, two at least, and what gets them from a command."""
    named: dict[Any, tuple[str, ...]] = {
        RecordPurchase: ("source", "member", "purchase_id"),
        PublishProgram: ("source",) * 2,
    }
    names = named.get(kind, ("source", "member"))
    return names, attrgetter(*names)


_IDENTIFIERS: Final[dict[type[Any], Any]] = {kind: _identifiers_of(kind) for kind in COMMANDS}
