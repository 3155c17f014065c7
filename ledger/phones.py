"""Phone numbers: read in any shape, known only as keyed hashes, shown masked (RULES 33).

    e164("１３８ 0013-8000", "CN")     "+8613800138000"
    masked("13800138000")              "138****8000"
    hashes("+8613800138000", key)      what the log may hold

A mainland mobile is read here: it is nearly every number that a till sees, and new ranges must
not wait for an update. Every other number is read by the package `phonenumbers`, where it is
installed (`jifen[phones]`), and must be a valid one.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import Final

from msgspec import Struct

from schemas.errors import InvalidPhone
from schemas.program import Program

_PUNCTUATION: Final = re.compile(r"[\s()./‐-―−-]")
_SPREADSHEET: Final = re.compile(r"([0-9]{7,})\.0+")
_MAINLAND: Final = re.compile(r"(\+?86|0086)?(1[3-9][0-9]{9})")
_SHAPE: Final = re.compile(r"\+?[0-9()\s./‐-―−-]+")
_RUN: Final = re.compile(r"\+?(?:[0-9][()\s./‐-―−-]*){6,}[0-9]")
_NOT_DIGITS: Final = re.compile(r"[^0-9]")
_FEWEST: Final = 5
_MOST: Final = 20
ENDING: Final = 4


class PhoneHashes(Struct, frozen=True, gc=False):
    """A phone as commands and the log have it, in hex; the fields are those of LinkPhone."""

    phone: str
    ending: str
    key_check: str


def e164(text: str, region: str | None) -> str:
    """The number in E.164; `region` is where one without a country code is from.

    Raises InvalidPhone, with the digits masked.
    """
    narrow = _narrow(text)
    mobile = _mainland_mobile(narrow, region)
    return mobile or _by_library(narrow, region, shown=masked_text(text))


def _mainland_mobile(narrow: str, region: str | None) -> str:
    """The number in E.164, or '' for any other."""
    mainland = _MAINLAND.fullmatch(_PUNCTUATION.sub("", narrow))
    if mainland is None or (region != "CN" and mainland[1] in (None, "86")):
        return ""
    return f"+86{mainland[2]}"


def _narrow(text: str) -> str:
    """The text in narrow forms, without the `.0` that a spreadsheet makes of a number."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    floated = _SPREADSHEET.fullmatch(narrow)
    return floated[1] if floated else narrow


def _by_library(text: str, region: str | None, *, shown: str) -> str:
    try:
        import phonenumbers
    except ImportError:
        reason = "it is no mobile of mainland China; for others install jifen[phones]"
        raise InvalidPhone(text=shown, reason=reason) from None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        # The library's own words may quote the number.
        no_country = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        reason = "it has no country code that is known" if no_country else "it is no phone number"
        raise InvalidPhone(text=shown, reason=reason) from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone(text=shown, reason="there is no such number in its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(text: str, region: str | None) -> bool:
    """Whether it has the shape of a mobile number of the mainland."""
    return bool(_mainland_mobile(_narrow(text), region))


def region_of(program: Program) -> str | None:
    """Where a number without a country code is from: `[phones]`, else the currency's country.

    The first two letters of a national currency are its country (ISO 4217); those of the euro and
    of other currencies without one are no country's.
    """
    if program.phones.region is not None:
        return program.phones.region
    country = program.currency[:2]
    return None if country == "EU" or country.startswith("X") else country


def may_be_phone(text: str) -> bool:
    """Whether it looks like a phone number: digits, with what people write between them."""
    narrow = _narrow(text)
    digits = len(_NOT_DIGITS.sub("", narrow))
    return _FEWEST <= digits <= _MOST and _SHAPE.fullmatch(narrow) is not None


def ending_of(text: str) -> str | None:
    """The last four digits of a phone, where the text is just that."""
    narrow = _narrow(text)
    return narrow if len(narrow) == ENDING and narrow.isascii() and narrow.isdigit() else None


def hashes(number: str, key: bytes) -> PhoneHashes:
    """The hashes of a number in E.164: HMAC-SHA256 (RFC 2104), each under a domain of its own."""
    return PhoneHashes(
        phone=_hash(key, f"jifen-phone:1\n{number}"),
        ending=ending_hash(number[-ENDING:], key),
        key_check=key_check(key),
    )


def ending_hash(ending: str, key: bytes) -> str:
    """The hash of four digits."""
    return _hash(key, f"jifen-phone-ending:1\n{ending}")


def key_check(key: bytes) -> str:
    """What tells this key from another without giving it away."""
    return _hash(key, "jifen-key-check:1")


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def masked(number: str) -> str:
    """A number as it may be shown: '138****8000'; the mainland's country code is left out."""
    digits = _NOT_DIGITS.sub("", _narrow(number))
    digits = re.sub(r"^(?:00)?86(?=1[3-9][0-9]{9}$)", "", digits)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else f"****{digits[-2:]}"


def masked_text(text: str) -> str:
    """A text as an error may show it: whatever in it may be a phone is masked."""
    return _RUN.sub(lambda run: masked(run[0]), unicodedata.normalize("NFKC", text))
