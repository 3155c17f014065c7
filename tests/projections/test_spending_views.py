"""Redemptions, holds, and what is left of them."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.projections.shop import Shop, noon
from tests.projections.support import utc

D = dt.date.fromisoformat

HOLDS = (
    "SELECT request_id, points_held, ended, points_captured, points_released FROM holds"
    " ORDER BY position"
)


def test_a_redemption_is_worth_what_was_not_given_back(shop: Shop) -> None:
    shop.ledger.award("ann", 200, "x")
    shop.ledger.redeem("ann", 50, request_id="r1")
    shop.ledger.redeem_reward("ann", "mug", request_id="r2")
    shop.ledger.reverse("ann", "r1", points=20)
    shop.ledger.reverse("ann", "r1", points=5)

    rows = shop.rows(
        "SELECT request_id, reward, points_redeemed, points_reversed, points_net FROM redemptions"
        " ORDER BY position"
    )

    assert rows == [("r1", "", 50, 25, 25), ("r2", "mug", 30, 0, 30)]


def test_a_reversal_after_a_merge_is_taken_off_the_merged_members_redemption(shop: Shop) -> None:
    shop.ledger.award("bo", 200, "x")
    shop.ledger.redeem("bo", 50, request_id="r1")
    shop.ledger.merge("ann", "bo")
    shop.ledger.reverse("ann", "r1")

    assert shop.rows("SELECT member, points_net FROM redemptions") == [("bo", 0)]


def test_one_request_id_of_two_sources_is_two_redemptions(shop: Shop) -> None:
    shop.ledger.award("ann", 200, "x")
    shop.ledger.redeem("ann", 50, request_id="r1", source="till")
    shop.ledger.redeem("ann", 40, request_id="r1", source="web")
    shop.ledger.reverse("ann", "r1", redemption_source="web")

    assert shop.rows("SELECT source, points_net FROM redemptions ORDER BY 1") == [
        ("till", 50),
        ("web", 0),
    ]


def test_a_hold_tells_how_it_ended(shop: Shop) -> None:
    shop.ledger.award("ann", 500, "x")
    for number, points in enumerate((10, 20, 30, 40, 50), start=1):
        shop.ledger.hold("ann", points, request_id=f"h{number}", minutes=60 * 24)
    shop.ledger.capture("ann", "h1")
    shop.ledger.capture("ann", "h2", points=5)
    shop.ledger.release("ann", "h3")
    shop.on("2026-01-02").redeem("ann", 1)  # The holds' time is over: h4 and h5 are released.
    shop.on("2026-01-03").capture("ann", "h5", points=45, occurred_at=noon("2026-01-02") - HOUR)
    shop.ledger.hold("ann", 60, request_id="h6")

    assert shop.rows(HOLDS) == [
        ("h1", 10, "captured", 10, 0),
        ("h2", 20, "captured", 5, 15),
        ("h3", 30, "released", 0, 30),
        ("h4", 40, "lapsed", 0, 40),
        ("h5", 50, "captured", 45, 5),
        ("h6", 60, "", 0, 0),
    ]
    ended = shop.rows("SELECT request_id, ended_at FROM holds WHERE ended_at > '2026-01-02'")
    assert ended == [("h4", utc(2026, 1, 2, 4)), ("h5", utc(2026, 1, 2, 3))]


HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "spendable", "held"),
    [
        ("2025-12-31", 0, 0),
        ("2026-01-01", 70, 30),
        ("2026-01-02", 70, 30),
        ("2026-01-03", 100, 0),
    ],
)
@pytest.mark.parametrize("recorded", [False, True])
def test_a_hold_holds_until_the_day_on_which_it_lapses(
    shop: Shop, day: str, spendable: int, held: int, recorded: bool
) -> None:
    """It lapses on the 2nd in London, in the first minute of the 3rd in the program's zone."""
    shop.ledger.award("ann", 100, "x")
    shop.ledger.hold("ann", 30, minutes=36 * 60 + 1)
    if recorded:
        list(shop.on("2026-01-05").expire_all())
        assert shop.rows("SELECT occurred_on FROM releases") == [(D("2026-01-03"),)]

    columns = "spendable_points, held_points, balance_points"
    rows = shop.rows(f"SELECT {columns} FROM balances_on(?) WHERE member = 'ann'", day)

    assert rows == [(spendable, held, spendable + held)]


@pytest.mark.parametrize("recorded", [False, True])
def test_a_hold_that_lapses_with_the_day_is_free_at_its_end(shop: Shop, recorded: bool) -> None:
    shop.ledger.award("ann", 100, "x")
    shop.ledger.hold("ann", 30, minutes=12 * 60)
    if recorded:
        list(shop.on("2026-01-03").expire_all())
        assert shop.rows("SELECT occurred_on FROM releases") == [(D("2026-01-02"),)]

    columns = "spendable_points, held_points"
    rows = shop.rows(f"SELECT {columns} FROM balances_on('2026-01-01') WHERE member = 'ann'")

    assert rows == [(100, 0)]
