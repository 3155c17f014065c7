"""Values: read exactly or refused, shown so that they read back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InvalidAmount, InvalidPoints, InvalidTime
from schemas.values import (
    MAX_QUANTITY,
    add_months,
    day_of,
    end_of_day,
    format_money,
    format_points,
    is_identifier,
    parse_instant,
    parse_money,
    parse_points,
    start_of_day,
    zone_named,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1280.5", "CNY", 128_050),
        ("1,280.50", "CNY", 128_050),
        ("1,234,567.89", "USD", 123_456_789),
        ("0", "CNY", 0),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("5.5000", "CNY", 550),
        (" １２.５０ ", "CNY", 1250),
        ("0.1", "CNY", 10),
    ],
)
def test_amounts_are_read_exactly(text, currency, minor):
    assert parse_money(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "abc", "1.005", "1e3", "12,50", "1,28", "1,2345", "--1", "+1", "1.", ".5"),
        *("NaN", "inf", "0x10", "1 000", "¥5", "9" * 30, "-0.01", "1\n2", "١٢", "1_000"),
    ],
)
def test_other_amounts_are_refused(text):
    with pytest.raises(InvalidAmount) as caught:
        parse_money(text, "CNY")
    assert caught.value.code == "invalid_amount"


@given(st.integers(0, MAX_QUANTITY), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_amounts_read_back(minor, currency):
    assert parse_money(format_money(minor, currency), currency) == minor


@given(st.integers(-MAX_QUANTITY, MAX_QUANTITY), st.integers(0, 4))
def test_points_read_back(points, decimals):
    assert parse_points(format_points(points, decimals), decimals) == points


def test_points_with_too_many_decimals_are_refused():
    with pytest.raises(InvalidPoints):
        parse_points("1.25", 1)


@pytest.mark.parametrize("text", ["2026-03-01T10:00", "2026-03-01", "yesterday", "10:00+08:00"])
def test_an_instant_needs_a_date_a_time_and_a_zone(text):
    with pytest.raises(InvalidTime):
        parse_instant(text)


def test_an_instant_is_kept_in_utc():
    assert parse_instant("2026-03-01T10:00+08:00") == dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)


def test_a_zone_that_is_none_is_refused():
    for name in ("Mars/North", "", "../etc"):
        with pytest.raises(InvalidTime):
            zone_named(name)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-06-15", 12, "2027-06-15"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_keep_the_anchor_day(day, months, expected):
    """RULES 9: 31 January and one month is the last day of February, and two are 31 March."""
    assert add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), st.integers(-600, 600))
def test_adding_months_lands_in_the_month_that_is_meant(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved + dt.timedelta(days=1)).day == 1


@given(
    st.integers(-(10**9), 4 * 10**9).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC)),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC", "Australia/Lord_Howe"]),
)
def test_an_instant_is_within_its_day(moment, name):
    zone = ZoneInfo(name)
    day = day_of(moment, zone)
    assert start_of_day(day, zone) <= moment < end_of_day(day, zone)


@pytest.mark.parametrize("text", ["m-001", "会员 1", "x" * 128, "😀"])
def test_identifiers(text):
    assert is_identifier(text)


@pytest.mark.parametrize("text", ["", " m", "m ", "x" * 129, "a\nb", "a\tb", "a\u200bb", "\u202e"])
def test_what_is_no_identifier(text):
    assert not is_identifier(text)
