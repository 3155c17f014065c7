"""What the sections of the program file are made of: the kinds of values that they hold."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from schemas.values import Name

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Months = Annotated[int, Meta(ge=1, le=1200)]
Ratio = Annotated[str, Meta(pattern=r"^\d{1,6}(\.\d{1,6})?$")]
AmountText = Annotated[str, Meta(min_length=1, max_length=32)] | Annotated[int, Meta(ge=0)]
Names = tuple[Name, ...]


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""


class Named(Section, frozen=True):
    """One of an array of tables; ids are unique within the array."""

    id: str
