"""What a program file says about cards and phones.

Shapes:
    Cards     `[cards]`: what a card number looks like
    Phones    `[phones]`: how a phone number is read
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Digits = Annotated[str, Meta(pattern=r"^[0-9]{0,19}$")]


class Cards(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Card numbers of `digits` digits in all: `prefix`, a running number, a check digit.

    `luhn` is the check digit of ISO/IEC 7812-1, annex B. Without `digits` any identifier is a
    card number, and nothing is checked.
    """

    prefix: Digits = ""
    digits: Annotated[int, Meta(ge=4, le=19)] | None = None
    check: Literal["luhn"] = "luhn"


class Phones(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`region` (ISO 3166) is where a number without a country code is from.

    None takes it from the currency: the first two letters of a national currency are its country.
    """

    region: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
