"""Dates as people type them: what is read, how it is echoed, what is refused."""

import datetime as dt
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.days import Days, parse_day, parse_moment, parse_range
from schemas.errors import InvalidTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 00:30 on 1 July in Shanghai, still 30 June in UTC.
NOW = dt.datetime(2026, 6, 30, 16, 30, tzinfo=dt.UTC)
DAY = dt.date


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "end", "echo"),
    [
        ("2026-06-30", utc(2026, 6, 30, 16), "2026-06-30 24:00 +08:00"),
        ("2026年6月30日", utc(2026, 6, 30, 16), "2026-06-30 24:00 +08:00"),
        ("2026年06月03日", utc(2026, 6, 3, 16), "2026-06-03 24:00 +08:00"),
        ("２０２６年６月３０日", utc(2026, 6, 30, 16), "2026-06-30 24:00 +08:00"),
        ("２０２６－０６－３０", utc(2026, 6, 30, 16), "2026-06-30 24:00 +08:00"),
        (" today ", utc(2026, 7, 1, 16), "2026-07-01 24:00 +08:00"),
        ("今天", utc(2026, 7, 1, 16), "2026-07-01 24:00 +08:00"),
        ("Yesterday", utc(2026, 6, 30, 16), "2026-06-30 24:00 +08:00"),
        ("昨天", utc(2026, 6, 30, 16), "2026-06-30 24:00 +08:00"),
        ("-7d", utc(2026, 6, 24, 16), "2026-06-24 24:00 +08:00"),
        ("-0d", utc(2026, 7, 1, 16), "2026-07-01 24:00 +08:00"),
        ("2024-02-29", utc(2024, 2, 29, 16), "2024-02-29 24:00 +08:00"),
    ],
)
def test_a_bare_day_is_read_as_its_end_and_written_as_its_start(text, end, echo):
    assert parse_moment(text, SHANGHAI, NOW, bare_day="end") == (end, echo)
    start = parse_moment(text, SHANGHAI, NOW, bare_day="start")
    assert start == (end - dt.timedelta(days=1), echo.replace("24:00", "00:00"))


@pytest.mark.parametrize(
    ("text", "instant", "echo"),
    [
        ("now", NOW, "2026-07-01 00:30 +08:00"),
        ("现在", NOW, "2026-07-01 00:30 +08:00"),
        ("2026-06-30T10:00+08:00", utc(2026, 6, 30, 2), "2026-06-30 10:00 +08:00"),
        ("2026-06-30 10:00 +0800", utc(2026, 6, 30, 2), "2026-06-30 10:00 +08:00"),
        ("2026-06-30T02:00Z", utc(2026, 6, 30, 2), "2026-06-30 10:00 +08:00"),
        ("2026-06-29T20:00:05-06:00", utc(2026, 6, 30, 2, 0, 5), "2026-06-30 10:00:05 +08:00"),
        (
            "2026-06-30T02:00:00.25Z",
            utc(2026, 6, 30, 2, 0, 0, 250000),
            "2026-06-30 10:00:00.250000 +08:00",
        ),
        ("2026-06-30 24:00 +08:00", utc(2026, 6, 30, 16), "2026-07-01 00:00 +08:00"),
        ("２０２６-06-30T10：00+08：00", utc(2026, 6, 30, 2), "2026-06-30 10:00 +08:00"),
    ],
)
@pytest.mark.parametrize("bare_day", ["start", "end"])
def test_a_time_with_its_offset_is_that_instant_echoed_in_the_programs_zone(
    text, instant, echo, bare_day
):
    assert parse_moment(text, SHANGHAI, NOW, bare_day=bare_day) == (instant, echo)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-06-30T10:00", "no zone"),
        ("2026-06-30 10:00:00", "no zone"),
        ("30/06/2026", "not guessed"),
        ("06/30", "not guessed"),
        ("6.30", "not guessed"),
        ("2026.06.30", "not guessed"),
        ("2026/6/30", "not guessed"),
        ("2026-02-30", "no such day"),
        ("2026-13-01", "no such day"),
        ("2026年2月29日", "no such day"),
        ("0000-01-01", "no such day"),
        ("2026-06-30T25:00Z", "no such time"),
        ("2026-06-30T24:01Z", "no such time"),
        ("2026-06-30T10:60Z", "no such time"),
        ("2026-06-30T10:00+99:00", "no such time"),
        ("-1000000d", "none of the forms"),
        ("9999-12-31", "outside"),
        ("0001-01-01T00:00+08:00", "outside"),
        ("20260630", "none of the forms"),
        ("2026-6-30", "none of the forms"),
        ("2026-W27-2", "none of the forms"),
        ("-2w", "none of the forms"),
        ("7d", "none of the forms"),
        ("tomorrow", "none of the forms"),
        ("2026-06", "none of the forms"),
        ("٢٠٢٦-٠٦-٣٠", "none of the forms"),
        ("", "none of the forms"),
    ],
)
def test_what_is_not_in_the_grammar_is_refused_and_says_why(text, reason):
    with pytest.raises(InvalidTime, match=reason) as refusal:
        parse_moment(text, SHANGHAI, NOW, bare_day="end")
    assert refusal.value.fields["text"] == text
    assert "2026-06-30" in refusal.value.hint


def test_days_ago_before_the_first_year_are_refused():
    early = dt.datetime(200, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(InvalidTime, match="outside"):
        parse_moment("-99999d", SHANGHAI, early, bare_day="end")
    with pytest.raises(InvalidTime, match="outside"):
        parse_day("-99999d", SHANGHAI, early)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-06-30", DAY(2026, 6, 30), DAY(2026, 6, 30)),
        ("今天", DAY(2026, 7, 1), DAY(2026, 7, 1)),
        ("2026-06", DAY(2026, 6, 1), DAY(2026, 6, 30)),
        ("2024-02", DAY(2024, 2, 1), DAY(2024, 2, 29)),
        ("2026-02", DAY(2026, 2, 1), DAY(2026, 2, 28)),
        ("2026-12", DAY(2026, 12, 1), DAY(2026, 12, 31)),
        ("9999-12", DAY(9999, 12, 1), DAY(9999, 12, 31)),
        ("2026Q1", DAY(2026, 1, 1), DAY(2026, 3, 31)),
        ("2026q2", DAY(2026, 4, 1), DAY(2026, 6, 30)),
        ("2026Q3", DAY(2026, 7, 1), DAY(2026, 9, 30)),
        ("２０２６Ｑ４", DAY(2026, 10, 1), DAY(2026, 12, 31)),
        ("2026", DAY(2026, 1, 1), DAY(2026, 12, 31)),
        ("2026-01-01..2026-06-30", DAY(2026, 1, 1), DAY(2026, 6, 30)),
        ("2026年1月1日 .. 2026年6月30日", DAY(2026, 1, 1), DAY(2026, 6, 30)),
        ("-7d..today", DAY(2026, 6, 24), DAY(2026, 7, 1)),
    ],
)
def test_a_range_is_a_day_a_month_a_quarter_a_year_or_two_days_both_inclusive(text, first, last):
    assert parse_range(text, SHANGHAI, NOW) == (first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-13", "no such day"),
        ("0000", "no such day"),
        ("2026Q5", "none of the forms"),
        ("2026-06-30..2026-01-01", "before it starts"),
        ("2026-01..2026-06", "none of the forms"),
        ("2026-01-01..", "none of the forms"),
        ("2026-01-01...2026-06-30", "none of the forms"),
        ("2026-06-30T10:00+08:00", "not a moment"),
        ("now", "not a moment"),
        ("06.2026", "not guessed"),
    ],
)
def test_a_range_that_is_none_is_refused_and_says_why(text, reason):
    with pytest.raises(InvalidTime, match=reason):
        parse_range(text, SHANGHAI, NOW)


def test_a_day_is_refused_where_a_time_is_given():
    assert parse_day("-1d", SHANGHAI, NOW) == DAY(2026, 6, 30)
    with pytest.raises(InvalidTime, match="not a moment"):
        parse_day("2026-06-30T10:00+08:00", SHANGHAI, NOW)


ZONES = ("Asia/Shanghai", "UTC", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe")


@given(
    day=st.dates(DAY(1900, 1, 1), DAY(2200, 1, 1)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    bare_day=st.sampled_from(["start", "end"]),
)
def test_the_echo_of_a_day_reads_back_as_the_same_instant(day, zone, bare_day):
    moment = parse_moment(day.isoformat(), zone, NOW, bare_day=bare_day)
    again = parse_moment(moment.understood, zone, NOW, bare_day=bare_day)
    assert again.instant == moment.instant
    assert moment.understood.startswith(day.isoformat())


@given(
    instant=st.integers(-2 * 10**15, 7 * 10**15).map(
        lambda micros: utc(1970, 1, 1) + dt.timedelta(microseconds=micros)
    ),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_the_echo_of_a_time_reads_back_as_the_same_instant(instant, zone):
    moment = parse_moment(instant.isoformat(), zone, NOW, bare_day="end")
    assert moment.instant == instant
    assert parse_moment(moment.understood, zone, NOW, bare_day="end") == moment


@given(first=st.dates(), length=st.integers(0, 4000))
def test_the_echo_of_a_range_reads_back_as_the_same_range(first, length):
    last = min(first.toordinal() + length, dt.date.max.toordinal())
    days = Days(first, dt.date.fromordinal(last))
    assert parse_range(days.understood, SHANGHAI, NOW) == days


@given(day=st.dates(DAY(1900, 1, 1), DAY(2200, 1, 1)), zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_the_end_of_a_day_is_the_start_of_the_next(day, zone):
    following = day + dt.timedelta(days=1)
    end = parse_moment(day.isoformat(), zone, NOW, bare_day="end")
    start = parse_moment(following.isoformat(), zone, NOW, bare_day="start")
    assert end.instant == start.instant


@given(st.text(max_size=24))
def test_any_text_is_read_or_refused_with_the_one_error(text):
    for read in (parse_range, parse_day):
        with suppress(InvalidTime):
            assert read(text, SHANGHAI, NOW)
