"""What a bank has told of its co-branded cards."""

from __future__ import annotations

import datetime as dt

from tests.projections.shop import PROGRAM, Shop, noon

JANUARY, FEBRUARY = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


def test_a_month_of_a_card_adds_up_what_the_bank_told(shop: Shop) -> None:
    """Ann: 400 yuan, 100 corrected; bo is above the cap of 100 points."""
    ledger = shop.on("2026-02-10")
    for member, day, minor, reference in (
        ("ann", "2026-01-05", 40_000, "n1"),
        ("bo", "2026-01-31", 300_000, "n2"),
        ("ann", "2026-01-20", -10_000, "n3"),
        ("ann", "2026-02-01", 5_000, "n4"),
    ):
        ledger.accrue_cobrand(member, "bank", minor, reference, occurred_at=noon(day))

    assert shop.rows("FROM cobrand_months ORDER BY month") == [
        ("bank", "cmb", JANUARY, 2, 3, 330_000, 115, 0, 115),
        ("bank", "cmb", FEBRUARY, 1, 1, 5_000, 2, 0, 2),
    ]
    told = "SELECT member, reference, spend_minor, points_due FROM cobrand_accruals ORDER BY ALL"
    assert shop.rows(told) == [
        ("ann", "n1", 40_000, 20),
        ("ann", "n3", -10_000, -5),
        ("ann", "n4", 5_000, 2),
        ("bo", "n2", 300_000, 100),
    ]


def test_what_was_forgiven_is_not_due_but_members_have_it(shop: Shop) -> None:
    shop.ledger.publish('on_shortfall = "clamp"\n' + PROGRAM)
    shop.ledger.accrue_cobrand("ann", "bank", 40_000, "n1")
    shop.ledger.redeem("ann", 15)
    shop.ledger.accrue_cobrand("ann", "bank", -40_000, "n2")

    figures = "SELECT spend_minor, points_due, points_forgiven, points FROM cobrand_months"
    assert shop.rows(figures) == [(0, 0, 15, 15)]
    accrued = "SELECT accrued_points, redeemed_points, difference FROM conservation"
    assert shop.rows(accrued + " WHERE member = 'ann'") == [(15, 15, 0)]
