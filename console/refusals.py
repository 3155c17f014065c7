"""Refusals with points and money as a person reads them: the ledger counts smallest units."""

from __future__ import annotations

from typing import Final, TypeVar

from schemas.errors import JifenError
from schemas.values import format_money, format_points

E = TypeVar("E", bound=JifenError)

_POINTS: Final[dict[str, tuple[str, ...]]] = {
    "insufficient_points": ("asked", "available"),
    "too_many_points": ("points", "most"),
    "debt_outstanding": ("debt",),
    "points_remain": ("points",),
    "already_reversed": ("asked", "left"),
    "redemption_policy": ("asked", "bound"),
    "block_empty": ("asked", "left"),
    "below_minimum": ("points", "minimum"),
    "no_full_block": ("points", "block"),
}
"""Code -> the fields that are points units."""
_MONEY: Final[dict[str, tuple[str, ...]]] = {
    "bill_too_small": ("bill_minor", "min_bill_minor"),
    "vouchers_remain": ("worth_minor",),
}
"""Code -> the fields that are minor units."""
_LIMITS_ON_POINTS: Final = ("redeem_points_", "gift_points_", "rate_points_")


def in_points(error: E, decimals: int) -> E:
    """The same error with its points as a person writes them, 12.50 for 1250 at two decimals.

    A field that is text already, such as a percentage, stays as it is.
    """
    names = _POINTS.get(error.code, ())
    if str(error.fields.get("limit", "")).startswith(_LIMITS_ON_POINTS):
        names = ("most", "used", "asked")
    if not names:
        return error
    fields = dict(error.fields)
    for name in names:
        if isinstance(fields[name], int):
            fields[name] = format_points(fields[name], decimals)
    return type(error)(**fields)


def in_money(error: E, currency: str) -> E:
    """The same error with its money as a person writes it, 12.50 for 1250 fen."""
    names = _MONEY.get(error.code, ())
    if not names:
        return error
    fields = dict(error.fields)
    for name in names:
        fields[name] = f"{format_money(fields[name], currency)} {currency}"
    return type(error)(**fields)
