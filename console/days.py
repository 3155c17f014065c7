"""Dates as people type them: a closed grammar, read without guessing and echoed (EASE 7).

    day     2026-06-30 · 2026年6月30日 · today 今天 · yesterday 昨天 · -7d (seven days ago)
    moment  a day · now 现在 · 2026-06-30T10:00+08:00, also Z, seconds, a space for the T
    range   a day · 2026-06 · 2026Q2 · 2026 · <day>..<day>, both days inclusive
    period  2026-06 · 2026Q2 · 2026

A time without its offset is refused, and so is whatever else is not listed. Full-width digits
are read as their narrow forms. Every refusal is an InvalidTime.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from typing import Final, Literal, NamedTuple

from console.words import marked
from schemas.errors import InvalidTime
from schemas.periods import Period, period_named
from schemas.values import add_months, day_of, end_of_day, start_of_day


class Moment(NamedTuple):
    """An instant in UTC, and how it was understood: `2026-06-30 24:00 +08:00`."""

    instant: dt.datetime
    understood: str


class Days(NamedTuple):
    """A range of days, both inclusive."""

    first: dt.date
    last: dt.date

    @property
    def understood(self) -> str:
        """`2026-04-01..2026-06-30`, which reads back as the same range."""
        return f"{self.first.isoformat()}..{self.last.isoformat()}"


_TODAY: Final = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}
_NOW: Final = {"now", "现在"}
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CHINESE_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_AGO = re.compile(r"-([0-9]{1,5})d")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r" ?(z|[+-][0-9]{2}:?[0-9]{2}(?::[0-9]{2})?)?"
)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile(r"([0-9]{4})q([1-4])")
_YEAR = re.compile(r"[0-9]{4}")
_LOOKS_LIKE_DAY_FIRST = re.compile(r"[0-9]+([/.][0-9]+){1,2}")

_NO_SUCH_DAY = marked("there is no such day")
_NO_SUCH_TIME = marked("there is no such time")
_NO_ZONE = marked("it has no zone; write it behind the time, like +08:00")
_NOT_GUESSED = marked("which is the day and which the month is not guessed; write the year first")
_UNKNOWN = marked("it is none of the forms that are read")
_OUT_OF_RANGE = marked("it is outside the years 1 to 9999")
_NOT_A_DAY = marked("a day is needed, not a moment")
_BACKWARDS = marked("it ends before it starts")
_NOT_A_PERIOD = marked("a month, a quarter or a year is needed")


def parse_moment(
    text: str, zone: dt.tzinfo, now: dt.datetime, *, bare_day: Literal["start", "end"]
) -> Moment:
    """The moment that `text` means to someone in `zone` at `now` (aware).

    A bare day is its end (24:00, an exclusive bound) where something is read, its start where
    something is written: `bare_day` says which. Raises InvalidTime.

    >>> shanghai = dt.timezone(dt.timedelta(hours=8))
    >>> noon = dt.datetime(2026, 7, 1, 12, tzinfo=shanghai)
    >>> parse_moment("yesterday", shanghai, noon, bare_day="end").understood
    '2026-06-30 24:00 +08:00'
    """
    plain = _plain(text)
    try:
        if plain in _NOW:
            instant = now.astimezone(dt.UTC)
            return Moment(instant, _shown(instant, zone))
        if match := _TIME.fullmatch(plain):
            instant = _instant(match, text)
            return Moment(instant, _shown(instant, zone))
        day = _day(plain, zone, now, text)
        if bare_day == "start":
            return Moment(start_of_day(day, zone), f"{day.isoformat()} 00:00 {_offset(day, zone)}")
        next_day = day + dt.timedelta(days=1)
        return Moment(end_of_day(day, zone), f"{day.isoformat()} 24:00 {_offset(next_day, zone)}")
    except OverflowError:
        raise InvalidTime(text=text, reason=_OUT_OF_RANGE) from None


def parse_day(text: str, zone: dt.tzinfo, now: dt.datetime) -> dt.date:
    """The day that `text` means to someone in `zone` at `now` (aware). Raises InvalidTime.

    >>> parse_day("2026年6月30日", dt.UTC, dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    datetime.date(2026, 6, 30)
    """
    plain = _plain(text)
    if plain in _NOW or _TIME.fullmatch(plain):
        raise InvalidTime(text=text, reason=_NOT_A_DAY)
    try:
        return _day(plain, zone, now, text)
    except OverflowError:
        raise InvalidTime(text=text, reason=_OUT_OF_RANGE) from None


def parse_range(text: str, zone: dt.tzinfo, now: dt.datetime) -> Days:
    """The days that `text` means, both inclusive. Raises InvalidTime.

    >>> parse_range("2026Q2", dt.UTC, dt.datetime(2026, 7, 1, tzinfo=dt.UTC)).understood
    '2026-04-01..2026-06-30'
    """
    plain = _plain(text)
    if ".." in plain:
        first, _, last = plain.partition("..")
        days = Days(parse_day(first, zone, now), parse_day(last, zone, now))
        if days.last < days.first:
            raise InvalidTime(text=text, reason=_BACKWARDS)
        return days
    try:
        if match := _MONTH.fullmatch(plain):
            return _months(dt.date(int(match[1]), int(match[2]), 1), 1)
        if match := _QUARTER.fullmatch(plain):
            return _months(dt.date(int(match[1]), 3 * int(match[2]) - 2, 1), 3)
        if _YEAR.fullmatch(plain):
            return _months(dt.date(int(plain), 1, 1), 12)
    except (ValueError, OverflowError):
        raise InvalidTime(text=text, reason=_NO_SUCH_DAY) from None
    day = parse_day(text, zone, now)
    return Days(day, day)


def parse_period(text: str) -> Period:
    """The month, quarter or year that `text` names. Raises InvalidTime.

    >>> parse_period("2026q2").name
    '2026Q2'
    """
    try:
        return period_named(_plain(text).upper())
    except ValueError:
        raise InvalidTime(text=text, reason=_NOT_A_PERIOD) from None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _day(plain: str, zone: dt.tzinfo, now: dt.datetime, text: str) -> dt.date:
    if plain in _TODAY:
        return day_of(now, zone) - dt.timedelta(days=_TODAY[plain])
    if match := _AGO.fullmatch(plain):
        return day_of(now, zone) - dt.timedelta(days=int(match[1]))
    if match := _ISO_DAY.fullmatch(plain) or _CHINESE_DAY.fullmatch(plain):
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise InvalidTime(text=text, reason=_NO_SUCH_DAY) from None
    vague = _LOOKS_LIKE_DAY_FIRST.fullmatch(plain)
    raise InvalidTime(text=text, reason=_NOT_GUESSED if vague else _UNKNOWN)


def _instant(match: re.Match[str], text: str) -> dt.datetime:
    """An ISO 8601 time in UTC; 24:00 is the end of its day."""
    day, hour, minute, second, fraction, offset = match.groups()
    if offset is None:
        raise InvalidTime(text=text, reason=_NO_ZONE)
    try:
        midnight = dt.datetime.fromisoformat(f"{day}T00:00{offset.upper()}")
        time = dt.time(
            0 if hour == "24" else int(hour),
            int(minute),
            int(second or 0),
            int((fraction or "").ljust(6, "0")),
        )
    except ValueError:
        raise InvalidTime(text=text, reason=_NO_SUCH_TIME) from None
    if hour == "24":
        if time != dt.time():
            raise InvalidTime(text=text, reason=_NO_SUCH_TIME)
        return midnight.astimezone(dt.UTC) + dt.timedelta(days=1)
    return dt.datetime.combine(midnight, time, midnight.tzinfo).astimezone(dt.UTC)


def _months(first: dt.date, count: int) -> Days:
    last = add_months(first, count - 1)
    return Days(first, last.replace(day=monthrange(last.year, last.month)[1]))


def _shown(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """`2026-06-30 10:00 +08:00`, with seconds and microseconds only where there are any."""
    local = instant.astimezone(zone)
    precision = "microseconds" if local.microsecond else "seconds" if local.second else "minutes"
    wall = local.replace(tzinfo=None).isoformat(" ", precision)
    return f"{wall} {local.isoformat()[len(local.replace(tzinfo=None).isoformat()) :]}"


def _offset(day: dt.date, zone: dt.tzinfo) -> str:
    return dt.datetime.combine(day, dt.time(), zone).isoformat()[len("2026-06-30T00:00:00") :]
