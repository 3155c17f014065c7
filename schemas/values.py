"""Points, money, identifiers and times: their types, how they are read and how they are shown.

Shapes:
    points   int, the program's smallest points unit (125 is 1.25 points at two decimals)
    money    int, minor units of an ISO 4217 currency (fen, cents)
    instant  aware datetime in UTC, microseconds
    day      date in the program's zone; intervals are half open

Reading is exact or refused: no float takes part (RULES, "Values").
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from schemas.errors import InvalidAmount, InvalidIdentifier, InvalidPoints, InvalidTime

Rounding = Literal["floor", "half_up", "ceil"]

MAX_QUANTITY: Final = 10**15
"""Largest amount or number of points in one command: well inside 64 bits, sums included."""

Instant = Annotated[dt.datetime, Meta(tz=True)]
Name = Annotated[str, Meta(min_length=1, max_length=128)]
Label = Annotated[str, Meta(max_length=200)]
Quantity = Annotated[int, Meta(ge=0, le=MAX_QUANTITY)]
PositiveQuantity = Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]

# ISO 4217, minor units: the currencies whose exponent is not two.
_WITHOUT_MINOR_UNIT: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"}
) | frozenset({"PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"})
_IN_THOUSANDTHS: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))

_PLAIN = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)
_GROUPED = re.compile(r"(-?)(\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)


def is_identifier(text: str) -> bool:
    """Whether `text` is 1 to 128 printable characters without a space at its ends."""
    return 0 < len(text) <= 128 and text.isprintable() and text[0] != " " and text[-1] != " "


def check_identifier(text: str, name: str) -> str:
    """`text` itself, or InvalidIdentifier naming the field `name`."""
    if not is_identifier(text):
        raise InvalidIdentifier(name=name, text=text)
    return text


def currency_exponent(currency: str) -> int:
    """Decimals of the currency's minor unit (ISO 4217)."""
    if currency in _WITHOUT_MINOR_UNIT:
        return 0
    return 3 if currency in _IN_THOUSANDTHS else 2


def parse_money(text: str, currency: str, *, signed: bool = False) -> int:
    """Minor units from text like '1280.5' or '1,280.50': exact, 0 or more, else InvalidAmount.

    What was paid is never negative: a return is a command of its own. With `signed` it may be.
    """
    try:
        amount = _parse_decimal(text, currency_exponent(currency))
        if amount < 0 and not signed:
            raise ValueError("it is less than 0")
    except ValueError as error:
        raise InvalidAmount(text=text, currency=currency, reason=str(error)) from None
    return amount


def format_money(amount_minor: int, currency: str) -> str:
    """'1280.50' from 128050 at two decimals; no grouping, so that it parses back."""
    return _format_decimal(amount_minor, currency_exponent(currency))


def parse_points(text: str, decimals: int) -> int:
    """Points units from text such as '1,250' or '1.25'; exact, else InvalidPoints."""
    try:
        return _parse_decimal(text, decimals)
    except ValueError as error:
        raise InvalidPoints(text=text, reason=str(error)) from None


def format_points(points: int, decimals: int) -> str:
    """'1.25' from 125 at two decimals."""
    return _format_decimal(points, decimals)


def _parse_decimal(text: str, exponent: int) -> int:
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    match = _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if match is None:
        raise ValueError("it is not a plain number")
    sign, whole, fraction = match.group(1), match.group(2).replace(",", ""), match.group(3) or ""
    significant = fraction.rstrip("0")
    if len(significant) > exponent:
        raise ValueError(f"it has more than {exponent} decimals")
    if len(whole) > 18:
        raise ValueError("it is too large")
    quantity = int(whole + significant.ljust(exponent, "0"))
    if quantity > MAX_QUANTITY:
        raise ValueError("it is too large")
    return -quantity if sign else quantity


def _format_decimal(quantity: int, exponent: int) -> str:
    if exponent == 0:
        return str(quantity)
    sign = "-" if quantity < 0 else ""
    whole, fraction = divmod(abs(quantity), 10**exponent)
    return f"{sign}{whole}.{fraction:0{exponent}d}"


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone, or InvalidTime."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidTime(text=name, reason="it is not an IANA time zone") from None


def parse_instant(text: str) -> dt.datetime:
    """An ISO 8601 time with its offset, in UTC; one without a zone is refused."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidTime(text=text, reason="it is not ISO 8601") from None
    if moment.tzinfo is None:
        raise InvalidTime(text=text, reason="it has no zone")
    return moment.astimezone(dt.UTC)


@lru_cache(maxsize=4096)
def start_of_day(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The first instant of `day` in `zone`, in UTC."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def end_of_day(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The first instant after `day` in `zone` (24:00), in UTC: the open end of the day.

    Raises InvalidTime for the last day that there is.
    """
    try:
        return start_of_day(day + dt.timedelta(days=1), zone)
    except OverflowError:
        raise InvalidTime(text=day.isoformat(), reason="it is the last day there is") from None


def day_of(moment: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """The business day of an instant."""
    return moment.astimezone(zone).date()


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def add_months(day: dt.date, months: int) -> dt.date:
    """`day` so many months on; past the month's end its last day (31 Jan + 1 = 28 or 29 Feb)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month0 + 1)
    except ValueError:
        return dt.date(year + month0 // 11, (month0 + 1) % 12 + 1, 1) - dt.timedelta(days=1)
