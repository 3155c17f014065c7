"""Lots, how long they live, and where their points came from."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.projections.shop import Shop

D = dt.date.fromisoformat

ENDS = "SELECT lot, expires_on FROM lot_balances WHERE member = ? ORDER BY lot"


def test_an_extended_lot_lives_until_its_last_extension(shop: Shop) -> None:
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-31"))
    shop.ledger.award("ann", 20, "x", expires_on=D("2026-04-30"))
    shop.ledger.extend_lots("ann", D("2026-05-31"), "sorry", operator="wei")
    shop.on("2026-02-01").extend_lots("ann", D("2026-08-31"), "sorry", operator="wei", lots=(2,))

    assert shop.rows(ENDS, "ann") == [(1, D("2026-05-31")), (2, D("2026-08-31"))]
    assert shop.rows("SELECT next_expires_on FROM balances WHERE member = 'ann'") == [
        (D("2026-05-31"),)
    ]
    assert shop.rows("SELECT lot, expires_on FROM lots ORDER BY lot") == [
        (1, D("2026-03-31")),
        (2, D("2026-04-30")),
    ]
    assert shop.rows(
        "SELECT lot, expires_on_before, expires_on FROM lot_extensions ORDER BY position, lot"
    ) == [
        (1, D("2026-03-31"), D("2026-05-31")),
        (2, D("2026-04-30"), D("2026-05-31")),
        (2, D("2026-05-31"), D("2026-08-31")),
    ]


@pytest.mark.parametrize(
    ("day", "expires_on", "spendable", "lapsed"),
    [("2026-01-31", "2026-03-31", 10, 0), ("2026-02-01", "2026-05-31", 10, 0)],
)
def test_a_days_lots_have_the_days_that_held_then(
    shop: Shop, day: str, expires_on: str, spendable: int, lapsed: int
) -> None:
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-31"))
    shop.on("2026-02-01").extend_lots("ann", D("2026-05-31"), "sorry", operator="wei")

    rows = shop.rows("SELECT expires_on, spendable_points, lapsed_points FROM lots_on(?)", day)

    assert rows == [(D(expires_on), spendable, lapsed)]


def test_a_lot_that_came_from_another_account_names_it(shop: Shop) -> None:
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-31"))
    shop.ledger.award("ann", 20, "x", expires_on=D("2026-04-30"))
    shop.ledger.gift("ann", "bo", 15)

    rows = shop.rows(
        "SELECT member, lot, from_member, from_lot, available_points, expires_on"
        " FROM lot_balances ORDER BY member, lot"
    )

    assert rows == [
        ("ann", 1, "", 0, 0, D("2026-03-31")),
        ("ann", 2, "", 0, 15, D("2026-04-30")),
        ("bo", 1, "ann", 1, 10, D("2026-03-31")),
        ("bo", 2, "ann", 2, 5, D("2026-04-30")),
    ]


def test_a_lot_that_was_extended_while_it_was_another_members_comes_back_so(shop: Shop) -> None:
    shop.ledger.award("bo", 10, "x", expires_on=D("2026-03-31"))
    shop.ledger.merge("ann", "bo")
    shop.ledger.extend_lots("ann", D("2026-05-31"), "sorry", operator="wei")
    shop.on("2026-02-01").unmerge("ann", "bo")

    assert shop.rows(ENDS, "bo") == [(1, D("2026-05-31"))]
    assert shop.rows("SELECT lot, points, expires_on FROM reopened_lots") == [
        (1, 0, D("2026-05-31"))
    ]
    spendable = "SELECT spendable_points FROM balances_on(?) WHERE member = 'bo'"
    assert shop.rows(spendable, "2026-04-30") == [(10,)]
    assert shop.rows(spendable, "2026-06-01") == [(0,)]
    assert shop.rows(spendable, "2026-01-31") == [(0,)]


def test_points_that_expired_were_there_on_the_days_before(shop: Shop) -> None:
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-31"))
    day = "SELECT spendable_points, lapsed_points FROM balances_on(?) WHERE member = 'ann'"
    assert shop.rows(day, "2026-03-31") == [(10, 0)]
    assert shop.rows(day, "2026-04-01") == [(0, 10)]

    list(shop.on("2026-06-01").expire_all())

    assert shop.rows(day, "2026-03-31") == [(10, 0)]
    assert shop.rows(day, "2026-04-01") == [(0, 0)]


def test_an_undone_expiry_was_none(shop: Shop) -> None:
    """Of ten points that expired, four were redeemed in time, which was recorded late."""
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-31"))
    list(shop.on("2026-04-02").expire_all())
    shop.ledger.redeem("ann", 4, occurred_at=dt.datetime(2026, 3, 31, 4, tzinfo=dt.UTC))

    day = "SELECT spendable_points, balance_points FROM balances_on(?) WHERE member = 'ann'"
    assert shop.rows("SELECT points_restored FROM undone_expiries") == [(4,)]
    assert shop.rows(day, "2026-03-30") == [(10, 10)]
    assert shop.rows(day, "2026-03-31") == [(6, 6)]
    assert shop.rows(day, "2026-04-01") == [(0, 0)]


def test_what_expired_while_it_was_another_members_has_expired_at_home(shop: Shop) -> None:
    shop.ledger.award("bo", 10, "x", expires_on=D("2026-03-31"))
    shop.ledger.award("bo", 20, "x", expires_on=D("2026-05-31"))
    shop.on("2026-02-01").merge("ann", "bo")
    list(shop.on("2026-04-05").expire_all())
    shop.on("2026-05-01").unmerge("ann", "bo")

    expired = (
        "SELECT member, expired_points, difference FROM conservation WHERE expired_points <> 0"
    )
    assert shop.rows(expired) == [("bo", 10, 0)]
    assert shop.rows("SELECT position FROM postings GROUP BY 1 HAVING sum(points) <> 0") == []
    day = "SELECT member, balance_points FROM balances_on(?) WHERE member <> 'cy' ORDER BY 1"
    assert shop.rows(day, "2026-01-31") == [("ann", 0), ("bo", 30)]
    assert shop.rows(day, "2026-03-31") == [("ann", 30), ("bo", 0)]
    assert shop.rows(day, "2026-04-01") == [("ann", 20), ("bo", 0)]
    assert shop.rows(day, "2026-05-01") == [("ann", 0), ("bo", 20)]
    lapsed = "SELECT member, lapsed_points FROM balances_on(?) WHERE lapsed_points <> 0 ORDER BY 1"
    assert shop.rows(lapsed, "2026-04-30") == [("ann", 10), ("bo", -10)]
    assert shop.rows(lapsed, "2026-05-01") == []
    between = [shop.ledger.balance(member, on=D("2026-04-30")) for member in ("ann", "bo")]
    assert [(points.balance, points.lapsed) for points in between] == [(20, 10), (0, -10)]


def test_what_is_owed_stands_in_the_month_in_which_it_lapses(shop: Shop) -> None:
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-01"))
    shop.ledger.award("bo", 20, "x", expires_on=D("2026-03-31"))
    shop.ledger.award("bo", 30, "x", expires_on=D("2026-03-15"))
    shop.ledger.hold("bo", 25)
    shop.ledger.award("cy", 40, "x", expires_on=D("2027-03-31"))
    shop.ledger.redeem("ann", 10)
    shop.ledger.adjust("ann", -7, "count", operator="wei", may_owe=True)

    assert shop.rows("FROM points_outstanding") == [
        (D("2026-03-01"), 2, 1, 25, 25, 50),
        (D("2027-03-01"), 1, 1, 40, 0, 40),
    ]
    assert shop.rows("SELECT sum(balance_points)::BIGINT FROM balances") == [(83,)]


def test_what_was_owed_on_a_day_leaves_out_what_had_lapsed(shop: Shop) -> None:
    shop.ledger.award("ann", 10, "x", expires_on=D("2026-03-10"))
    shop.ledger.award("ann", 20, "x", expires_on=D("2026-03-31"))
    shop.on("2026-03-20").award("ann", 40, "x", expires_on=D("2026-04-30"))

    assert shop.rows("SELECT lot, lapsed_points FROM lots_on('2026-03-19') ORDER BY 1") == [
        (1, 10),
        (2, 0),
    ]
    on = "FROM points_outstanding_on(?)"
    assert shop.rows(on, "2026-03-10") == [(D("2026-03-01"), 2, 1, 30, 0, 0, 30)]
    assert shop.rows(on, "2026-03-20") == [
        (D("2026-03-01"), 1, 1, 20, 0, 0, 20),
        (D("2026-04-01"), 1, 1, 40, 0, 0, 40),
    ]
