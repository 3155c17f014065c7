"""What --line and --tender say: lines of a receipt, what comes back of them, what it was paid with.

--line sku=A1,qty=2,amount=19.90,category=tea    a line that was bought
--line 2, --line 2=1, --line 2,amount=9.90       line 2 back: what is left, one unit, money
--tender cash=50.00                              a part of what was paid
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from console.words import marked
from schemas.commands import LineItem, ReturnedItem, TenderPaid
from schemas.errors import InvalidInput

Money = Callable[[str], int]

_TEXTS: Final = ("sku", "category", "brand")
_BOUGHT: Final = (*_TEXTS, "qty", "amount", "tax")
_RETURNED: Final = ("qty", "amount")

_NO_EQUALS = marked("there is no = in it")
_EMPTY = marked("there is nothing behind the =")
_TWICE = marked("a part is there twice")
_NO_AMOUNT = marked("the line's amount is missing")
_NOT_WHOLE = marked("it is not a whole number")


class UnreadableOption(InvalidInput):
    """Fields: option, text, part, reason."""

    code = "unreadable_option"
    template = marked("{option} {text!r}, at {part!r}: {reason}")
    hint = marked("see the examples in the command's --help; amounts here are without commas")


class UnknownPart(UnreadableOption):
    """Fields: option, text, part, parts."""

    code = "unknown_part"
    template = marked("{option} {text!r} has no part {part!r}; the parts: {parts}")


def bought_line(text: str, money: Money) -> LineItem:
    """A line of a purchase; `money` reads amounts. Raises UnreadableOption, InvalidAmount."""
    parts = _parts("--line", text, text.split(","), _BOUGHT)
    if "amount" not in parts:
        raise UnreadableOption(option="--line", text=text, part="amount", reason=_NO_AMOUNT)
    fields: dict[str, Any] = {name: parts[name] for name in _TEXTS if name in parts}
    if "qty" in parts:
        fields["quantity"] = _whole("--line", text, parts["qty"])
    if "tax" in parts:
        fields["tax_minor"] = money(parts["tax"])
    return LineItem(amount_minor=money(parts["amount"]), **fields)


def returned_line(text: str, money: Money) -> ReturnedItem:
    """A line that comes back. Raises UnreadableOption, InvalidAmount."""
    head, *rest = text.split(",")
    number, equals, units = head.partition("=")
    if equals:
        rest.insert(0, f"qty={units}")
    parts = _parts("--line", text, rest, _RETURNED)
    return ReturnedItem(
        line=_whole("--line", text, number),
        quantity=_whole("--line", text, parts["qty"]) if "qty" in parts else None,
        amount_minor=money(parts["amount"]) if "amount" in parts else None,
    )


def tender(text: str, money: Money) -> TenderPaid:
    """A part of what was paid. Raises UnreadableOption, InvalidAmount."""
    kind, equals, amount = (part.strip() for part in text.partition("="))
    if not equals or not kind:
        raise UnreadableOption(option="--tender", text=text, part=text, reason=_NO_EQUALS)
    return TenderPaid(kind, money(amount))


def _parts(option: str, text: str, pairs: list[str], names: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise UnreadableOption(option=option, text=text, part=pair, reason=_NO_EQUALS)
        if name not in names:
            raise UnknownPart(option=option, text=text, part=name, parts=", ".join(names))
        if not value:
            raise UnreadableOption(option=option, text=text, part=pair, reason=_EMPTY)
        if name in found:
            raise UnreadableOption(option=option, text=text, part=name, reason=_TWICE)
        found[name] = value
    return found


def _whole(option: str, text: str, part: str) -> int:
    plain = part.strip()
    if not (plain.isascii() and plain.isdigit()):
        raise UnreadableOption(option=option, text=text, part=part, reason=_NOT_WHOLE)
    return int(plain)
