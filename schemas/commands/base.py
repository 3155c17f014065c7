"""What all commands have in common."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from schemas.values import MAX_QUANTITY, Instant, Label, Name

Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Operator = Annotated[str, Meta(min_length=1, max_length=200)]
Units = Annotated[int, Meta(ge=1, le=1_000_000_000)]
SignedQuantity = Annotated[int, Meta(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
Minutes = Annotated[int, Meta(ge=1, le=527_040)]
PurseName = Annotated[str, Meta(min_length=1, max_length=122)]
Names = Annotated[tuple[Name, ...], Meta(max_length=100)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    pass


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
    """A command about one account."""

    member: Name
