"""Card numbers: how they are read, checked, counted up and shown.

plain("6200 0000 0000 0017")    "6200000000000017"
masked("6200000000000017")      "6200...0017"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from ledger.errors import NoCardNumbers, WrongCardNumber
from schemas.program_identity import Cards

_SPACED: Final = re.compile(r"[0-9](?:[\s‐-―−-]*[0-9])*(?:\.0+)?")
_NOT_DIGITS: Final = re.compile(r"[^0-9]")


def luhn_digit(payload: str) -> str:
    """The check digit behind `payload`, digits (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(payload)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


CHECK_DIGITS: Final[dict[str, Callable[[str], str]]] = {"luhn": luhn_digit}
"""The program's `check` -> what gives the check digit of the digits before it."""


def plain(text: str) -> str:
    """The number that a card's text means: digits bare, whatever stands between them.

    Digits of any width count, and a spreadsheet's `.0` goes. A text with anything else in it is
    the number itself.
    """
    narrow = unicodedata.normalize("NFKC", text).strip()
    if _SPACED.fullmatch(narrow) is None:
        return text
    return _NOT_DIGITS.sub("", narrow.partition(".")[0])


def check_number(number: str, cards: Cards) -> None:
    """Raises WrongCardNumber where a new card's number is not as the program has it."""
    if cards.digits is None:
        return
    if not (number.isascii() and number.isdigit()):
        raise WrongCardNumber(card=number, reason="it is not digits alone")
    if len(number) != cards.digits:
        reason = f"it has {len(number)} digits where {cards.digits} are due"
        raise WrongCardNumber(card=number, reason=reason)
    if not number.startswith(cards.prefix):
        raise WrongCardNumber(card=number, reason=f"it does not begin with {cards.prefix}")
    if number[-1] != CHECK_DIGITS[cards.check](number[:-1]):
        raise WrongCardNumber(card=number, reason="its check digit is wrong")


def next_number(highest: str, cards: Cards) -> str:
    """The number after `highest`, '' for the first of all. Raises NoCardNumbers."""
    if cards.digits is None:
        raise NoCardNumbers(reason="the program has no [cards]")
    room = cards.digits - len(cards.prefix) - 1
    running = int(highest[len(cards.prefix) : -1]) + 1 if highest else 1
    if running >= 10**room:
        raise NoCardNumbers(reason="the highest of all was given out")
    payload = f"{cards.prefix}{running:0{room}d}"
    return payload + CHECK_DIGITS[cards.check](payload)


def masked(number: str) -> str:
    """The number as it is shown where others can see it."""
    if len(number) < 12:
        return f"...{number[-4:]}" if len(number) > 4 else number
    return f"{number[:4]}...{number[-4:]}"
