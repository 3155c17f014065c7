"""What the views say of small logs whose answers can be seen."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from projections import Warehouse
from projections.errors import QueryRefused
from projections.views import written_views
from schemas.events import EarningStep, TierLabel
from tests.projections.support import (
    EARLY,
    answers,
    append,
    awarded,
    bought,
    enrolled,
    into,
    lot,
    moved_to,
    owed,
    program,
    redeemed,
)

D = dt.date.fromisoformat

LADDER = (
    TierLabel(tier="silver", label="银卡", rank=1),
    TierLabel(tier="gold", label="金卡", rank=2),
)


def test_every_view_says_what_its_columns_are(store: Path) -> None:
    with Warehouse.open(store) as opened:
        opened.catch_up()
        for name, text in written_views().items():
            header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
            assert header.startswith(f"-- {name}"), name
            if "CREATE VIEW" not in text:
                continue
            for column in opened.query(f"SELECT * FROM {name}").columns:
                if name == "rfm" and column != "on_day":
                    continue
                assert re.search(rf"\b{column}\b", header), f"{name}.{column}"


def test_a_file_holds_one_statement_of_its_own_name() -> None:
    for name, text in written_views().items():
        made = re.findall(r"^CREATE (?:VIEW|MACRO) (\w+)", text, re.MULTILINE)
        assert made == [name]


# Points


def test_a_movement_is_a_row_whatever_event_it_came_from(store: Path) -> None:
    append(
        store,
        ("a", bought(points=10, movements=[into(1, 10)], lots=[lot(1, 10)])),
        ("a", awarded(5, [into(2, 5)], [lot(2, 5)])),
        ("a", redeemed(12, [into(1, -10), into(2, -2)])),
    )

    assert answers(store, "FROM movements ORDER BY position, lot") == [
        (1, "a", 1, "available", 10),
        (2, "a", 2, "available", 5),
        (3, "a", 1, "available", -10),
        (3, "a", 2, "available", -2),
    ]


def test_lots_keep_their_days_and_never_is_null(store: Path) -> None:
    append(
        store,
        ("a", awarded(10, [into(1, 10)], [lot(1, 10, expires_on=D("2026-06-30"))])),
        ("a", awarded(5, [into(2, 5)], [lot(2, 5, expires_on=None)])),
    )

    assert answers(store, "FROM lots ORDER BY lot") == [
        (1, "a", 1, 10, EARLY, EARLY, D("2026-06-30")),
        (2, "a", 2, 5, EARLY, EARLY, None),
    ]


def test_postings_have_two_sides(store: Path) -> None:
    append(
        store,
        ("a", awarded(10, [into(1, 10)], [lot(1, 10)])),
        ("a", redeemed(4, [into(1, -4)])),
    )

    assert answers(store, "FROM postings ORDER BY position, account") == [
        (1, "a", "available", 10),
        (1, "a", "awarded", -10),
        (2, "a", "available", -4),
        (2, "a", "redeemed", 4),
    ]


def test_a_repaid_debt_is_posted_as_what_the_member_no_longer_owes(store: Path) -> None:
    append(store, ("a", awarded(10, [owed(-3), into(1, 7)], [lot(1, 7)])))

    assert answers(store, "FROM postings ORDER BY account") == [
        (1, "a", "available", 7),
        (1, "a", "awarded", -10),
        (1, "a", "debt", 3),
    ]


UNBALANCED = "SELECT position FROM postings GROUP BY position HAVING sum(points) <> 0 ORDER BY 1"


def test_an_event_whose_movements_miss_its_headline_does_not_balance(store: Path) -> None:
    append(
        store,
        ("a", awarded(10, [into(1, 10)], [lot(1, 10)])),
        ("a", redeemed(4, [into(1, -3)])),
        ("a", awarded(1, [])),
    )

    assert answers(store, UNBALANCED) == [(2,), (3,)]


def test_the_steps_of_a_purchase_keep_their_order_and_defaults(store: Path) -> None:
    steps = (
        EarningStep(rule="base", numerator=5, amount_minor=500),
        EarningStep(rule="tier", numerator=5, denominator=2, factor="1.5"),
    )
    append(store, ("a", bought(breakdown=steps)))

    assert answers(store, "FROM breakdown ORDER BY step") == [
        (1, "a", 1, "base", 5, 1, 500, ""),
        (1, "a", 2, "tier", 5, 2, 0, "1.5"),
    ]


def test_a_balance_is_what_is_left_less_what_is_owed(store: Path) -> None:
    append(
        store,
        ("a", enrolled()),
        ("b", enrolled()),
        ("a", awarded(10, [into(1, 10)], [lot(1, 10, expires_on=D("2026-06-30"))])),
        ("a", awarded(5, [into(2, 5)], [lot(2, 5)])),
        ("a", redeemed(10, [into(1, -10)])),
        ("a", awarded(-7, [owed(7)])),
    )

    assert answers(store, "FROM balances ORDER BY member") == [
        ("a", 5, 0, 7, -2, 1, D("2027-12-31"), 6),
        ("b", 0, 0, 0, 0, 0, None, None),
    ]


@pytest.mark.parametrize(
    ("day", "spendable", "pending", "lapsed", "next_expires_on"),
    [
        ("2026-01-31", 3, 4, 0, "2026-06-30"),
        ("2026-02-01", 7, 0, 0, "2026-06-30"),
        ("2026-06-30", 7, 0, 0, "2026-06-30"),
        ("2026-07-01", 4, 0, 3, None),
    ],
)
def test_a_day_splits_a_balance_and_both_its_ends_are_good(
    store: Path, day: str, spendable: int, pending: int, lapsed: int, next_expires_on: str | None
) -> None:
    later = lot(2, 4, expires_on=None, available_from=D("2026-02-01"))
    append(
        store,
        ("a", enrolled()),
        ("a", awarded(3, [into(1, 3)], [lot(1, 3, expires_on=D("2026-06-30"))])),
        ("a", awarded(4, [into(2, 4)], [later])),
    )

    rows = answers(store, f"FROM balances_on('{day}')")

    expected = D(next_expires_on) if next_expires_on else None
    assert rows == [("a", spendable, pending, lapsed, 0, 0, expected)]


# Cards


def test_a_card_is_the_one_given_last(store: Path) -> None:
    append(
        store,
        ("", program(tiers=LADDER)),
        ("a", enrolled()),
        ("b", enrolled("2026-01-02", tier="silver")),
        ("a", moved_to("silver", "2026-02-01", D("2027-12-31"))),
        ("a", moved_to("gold", "2026-01-15", D("2028-12-31"))),
        ("c", enrolled("2026-01-03")),
    )

    rows = answers(
        store,
        "SELECT member, tier, label, rank, since_on, valid_until, position FROM tier_cards"
        " ORDER BY member",
    )

    assert rows == [
        ("a", "gold", "金卡", 2, D("2026-01-15"), D("2028-12-31"), 5),
        ("b", "silver", "银卡", 1, D("2026-01-02"), None, 3),
        ("c", "", "", 0, D("2026-01-03"), None, 6),
    ]


def test_the_ladder_counts_every_member_once_and_shows_empty_rungs(store: Path) -> None:
    append(
        store,
        ("", program(tiers=LADDER)),
        ("a", enrolled()),
        ("b", enrolled(tier="silver")),
        ("c", enrolled()),
    )

    assert answers(store, "FROM tier_ladder ORDER BY rank") == [
        ("", "", 0, 2),
        ("silver", "银卡", 1, 1),
        ("gold", "金卡", 2, 0),
    ]


def test_a_tier_that_the_program_dropped_keeps_its_name_while_someone_holds_it(store: Path) -> None:
    append(
        store,
        ("", program(1, tiers=LADDER)),
        ("a", enrolled(tier="gold")),
        ("", program(2, tiers=(TierLabel(tier="silver", label="银星", rank=1),))),
    )

    assert answers(store, "FROM tier_ladder ORDER BY rank") == [
        ("", "", 0, 0),
        ("silver", "银星", 1, 0),
        ("gold", "金卡", 2, 1),
    ]


# RFM


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


def test_an_empty_warehouse_answers_with_no_rows(store: Path) -> None:
    for view in ("balances", "tier_cards", "rfm", "postings", "movements", "purchases", "programs"):
        assert answers(store, f"FROM {view}") == []
    assert answers(store, "FROM tier_ladder") == [("", "", 0, 0)]
    assert answers(store, "FROM repeat_summary('2026-01-01', 'day')") == []


def test_a_period_is_a_day_or_a_week(store: Path) -> None:
    append(store, ("a", bought()))

    with pytest.raises(QueryRefused, match="a period is"):
        answers(store, "FROM repeat_summary('2026-01-01', 'month')")
