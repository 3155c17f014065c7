"""Movements, lots, postings and balances of small logs whose answers can be seen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from schemas.events import EarningStep
from tests.projections.support import (
    EARLY,
    answers,
    append,
    awarded,
    bought,
    enrolled,
    into,
    lot,
    owed,
    redeemed,
)

D = dt.date.fromisoformat


def test_a_movement_is_a_row_whatever_event_it_came_from(store: Path) -> None:
    append(
        store,
        ("a", bought(points=10, movements=[into(1, 10)], lots=[lot(1, 10)])),
        ("a", awarded(5, [into(2, 5)], [lot(2, 5)])),
        ("a", redeemed(12, [into(1, -10), into(2, -2)])),
    )

    assert answers(store, "FROM movements ORDER BY position, lot") == [
        (1, "a", EARLY, 1, "available", 10),
        (2, "a", EARLY, 2, "available", 5),
        (3, "a", EARLY, 1, "available", -10),
        (3, "a", EARLY, 2, "available", -2),
    ]


def test_lots_keep_their_days_and_never_is_null(store: Path) -> None:
    append(
        store,
        ("a", awarded(10, [into(1, 10)], [lot(1, 10, expires_on=D("2026-06-30"))])),
        ("a", awarded(5, [into(2, 5)], [lot(2, 5, expires_on=None)])),
    )

    assert answers(store, "FROM lots ORDER BY lot") == [
        (1, "a", EARLY, 1, 10, EARLY, EARLY, D("2026-06-30"), 0, "", 0),
        (2, "a", EARLY, 2, 5, EARLY, EARLY, None, 0, "", 0),
    ]


def test_postings_have_two_sides(store: Path) -> None:
    append(
        store,
        ("a", awarded(10, [into(1, 10)], [lot(1, 10)])),
        ("a", redeemed(4, [into(1, -4)])),
    )

    assert answers(store, "FROM postings ORDER BY position, account") == [
        (1, "a", EARLY, "available", 10),
        (1, "a", EARLY, "awarded", -10),
        (2, "a", EARLY, "available", -4),
        (2, "a", EARLY, "redeemed", 4),
    ]


def test_a_repaid_debt_is_posted_as_what_the_member_no_longer_owes(store: Path) -> None:
    append(store, ("a", awarded(10, [owed(-3), into(1, 7)], [lot(1, 7)])))

    assert answers(store, "FROM postings ORDER BY account") == [
        (1, "a", EARLY, "available", 7),
        (1, "a", EARLY, "awarded", -10),
        (1, "a", EARLY, "debt", 3),
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
        (1, "a", EARLY, 1, "base", 5, 1, 500, ""),
        (1, "a", EARLY, 2, "tier", 5, 2, 0, "1.5"),
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
        ("a", "member", 5, 0, 7, -2, 1, D("2027-12-31"), 6),
        ("b", "member", 0, 0, 0, 0, 0, None, None),
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

    rows = answers(
        store,
        "SELECT spendable_points, pending_points, lapsed_points, next_expires_on"
        f" FROM balances_on('{day}')",
    )

    expected = D(next_expires_on) if next_expires_on else None
    assert rows == [(spendable, pending, lapsed, expected)]
