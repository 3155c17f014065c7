"""Recency, frequency and monetary value of small logs whose answers can be seen."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from projections.errors import QueryRefused
from projections.views import written_views
from tests.projections.support import answers, append, bought, enrolled, program

D = dt.date.fromisoformat


def test_the_window_ends_with_its_day_and_is_half_open(store: Path) -> None:
    append(
        store,
        *((m, enrolled("2026-01-01")) for m in "abc"),
        ("a", bought("2026-03-01", 100)),
        ("b", bought("2026-03-02", 200)),
        ("c", bought("2026-03-11", 300)),
        ("c", bought("2026-03-12", 400)),
    )

    rows = answers(
        store,
        "SELECT member, recency_days, frequency, monetary_minor"
        " FROM rfm_at('2026-03-11', 10) ORDER BY member",
    )

    assert rows == [("a", None, None, None), ("b", 9, 1, 200), ("c", 0, 1, 300)]


def test_a_member_without_a_purchase_has_no_scores_but_a_cell(store: Path) -> None:
    append(
        store,
        ("a", enrolled("2026-01-01")),
        ("b", enrolled("2026-02-01")),
        ("a", bought("2026-01-05")),
        ("late", enrolled("2026-03-01")),
    )

    rows = answers(store, "FROM rfm_at('2026-02-01', 5) ORDER BY member")

    nothing = (None,) * 10
    assert rows == [
        ("a", *nothing, "窗口内无消费", "no purchase in the window"),
        ("b", *nothing, "窗口内无消费", "no purchase in the window"),
    ]


def test_a_purchase_of_no_money_counts_as_a_visit(store: Path) -> None:
    append(store, ("a", enrolled()), ("a", bought("2026-03-01", 0)), ("a", bought("2026-03-01", 5)))

    assert answers(store, "SELECT frequency, monetary_minor FROM rfm") == [(2, 5)]


def test_without_thresholds_only_better_than_the_median_is_2(store: Path) -> None:
    append(
        store,
        *((m, enrolled("2026-01-01")) for m in "abcd"),
        ("a", bought("2026-03-01", 100)),
        ("b", bought("2026-03-01", 100)),
        ("c", bought("2026-03-01", 100)),
        ("d", bought("2026-03-01", 100)),
        ("d", bought("2026-03-02", 100)),
    )

    rows = answers(store, "SELECT member, r, f, m, code, cell FROM rfm ORDER BY member")

    assert rows == [
        *((m, 1, 1, 1, "111", "一般挽留客户") for m in "abc"),
        ("d", 2, 2, 2, "222", "重要价值客户"),
    ]


def test_the_newest_programs_thresholds_are_reached_at_or_above(store: Path) -> None:
    append(
        store,
        ("", program(1, rfm_recency_days=900, rfm_frequency=9, rfm_monetary_minor=1)),
        ("", program(2, rfm_window_days=30, rfm_recency_days=3, rfm_frequency=2)),
        *((m, enrolled("2026-01-01")) for m in "ab"),
        ("a", bought("2026-03-07", 10)),
        ("a", bought("2026-02-20", 10)),
        ("b", bought("2026-03-06", 50)),
        ("b", bought("2026-02-01", 10)),
        ("z", bought("2026-03-10", 10)),
    )

    rows = answers(store, "SELECT member, on_day, r, f, m FROM rfm ORDER BY member")

    day = D("2026-03-10")
    assert rows == [("a", day, 2, 2, 1), ("b", day, 1, 1, 2), ("z", day, 2, 1, 1)]


def test_the_eight_cells_have_their_names() -> None:
    text = written_views()["rfm_at"]

    cells = dict(re.findall(r"\('([12]{3})', '(\w+)'", text))

    assert cells == {
        "222": "重要价值客户",
        "212": "重要发展客户",
        "122": "重要保持客户",
        "112": "重要挽留客户",
        "221": "一般价值客户",
        "211": "一般发展客户",
        "121": "一般保持客户",
        "111": "一般挽留客户",
    }


def test_a_period_is_a_day_or_a_week(store: Path) -> None:
    append(store, ("a", bought()))

    with pytest.raises(QueryRefused, match="a period is"):
        answers(store, "FROM repeat_summary('2026-01-01', 'month')")
