"""Whose points are spent where, what partners have outstanding, how members divide their spend."""

from __future__ import annotations

import pytest

from tests.projections.partners import join, terms
from tests.projections.shop import Shop

FLOWS = "SELECT issued_at, redeemed_at, redemptions, points FROM partner_flows ORDER BY ALL"
POSITIONS = (
    "SELECT partner, issued_points, redeemed_points, expired_points, outstanding_points"
    " FROM partner_positions ORDER BY partner"
)


@pytest.fixture
def alliance(shop: Shop) -> Shop:
    """The cafe and the books have issued 100 and 50 points to ann; the house 10."""
    for partner in ("cafe", "books"):
        price = 'points = "1"\nmoney = "0.01"'
        join(shop.ledger, terms(partner, "2026-01-01", issue=price, redeem=price))
    shop.ledger.purchase("ann", 10_000, "c-1", partner="cafe")
    shop.ledger.purchase("ann", 5_000, "b-1", partner="books")
    shop.ledger.purchase("ann", 1_000, "h-1")
    return shop


def test_points_earned_at_one_partner_are_spent_at_another(alliance: Shop) -> None:
    alliance.ledger.redeem("ann", 120, partner="books", request_id="r-1")
    assert alliance.rows(FLOWS) == [("books", "books", 1, 20), ("cafe", "books", 1, 100)]

    alliance.ledger.reverse("ann", "r-1", points=30)
    assert alliance.rows(FLOWS) == [("books", "books", 1, 0), ("cafe", "books", 1, 90)]


def test_points_stay_the_partner_s_through_a_gift_a_purse_and_a_merge(alliance: Shop) -> None:
    ledger = alliance.ledger
    ledger.gift("ann", "bo", 60)
    ledger.open_purse("bo", "home")
    ledger.pay_into_purse("bo", "home", 25)
    ledger.withdraw_from_purse("bo", "home", 5)
    ledger.merge("cy", "bo")
    ledger.redeem("cy", 40, partner="books")

    assert alliance.rows(FLOWS) == [("cafe", "books", 1, 40)]
    issuers = alliance.rows("SELECT DISTINCT member, partner FROM lot_issuers ORDER BY ALL")
    owners = {member for member, partner in issuers if partner == "cafe"}
    assert owners == {"ann", "bo", "cy", "purse:home"}


def test_points_come_home_from_a_merge_as_the_partner_s(alliance: Shop) -> None:
    alliance.ledger.merge("bo", "ann")
    alliance.ledger.unmerge("bo", "ann")
    alliance.ledger.redeem("ann", 100, partner="books")

    assert alliance.rows(FLOWS) == [("cafe", "books", 1, 100)]


def test_a_position_is_what_was_issued_and_what_became_of_it(alliance: Shop) -> None:
    alliance.ledger.redeem("ann", 30, partner="books")
    alliance.ledger.hold("ann", 10)
    alliance.ledger.return_purchase("ann", "b-1", partner="books", amount_minor=2_000)
    assert alliance.rows(POSITIONS) == [
        ("", 10, 0, 0, 0),
        ("books", 30, 30, 0, 30),
        ("cafe", 100, 0, 0, 70),
    ]

    list(alliance.on("2026-09-01").expire_all())
    assert alliance.rows(POSITIONS)[1:] == [("books", 30, 30, 30, 0), ("cafe", 100, 0, 70, 0)]


def test_a_member_s_spend_is_divided_without_what_came_back(alliance: Shop) -> None:
    alliance.ledger.return_purchase("ann", "h-1")
    alliance.ledger.purchase("bo", 3_000, "b-2", partner="books")
    share = "SELECT member, partner, purchases, net_minor, share FROM customer_share ORDER BY ALL"
    assert alliance.rows(share) == [
        ("ann", "books", 1, 5_000, pytest.approx(1 / 3)),
        ("ann", "cafe", 1, 10_000, pytest.approx(2 / 3)),
        ("bo", "books", 1, 3_000, 1),
    ]

    alliance.ledger.merge("ann", "bo")
    assert [row[:4] for row in alliance.rows(share)] == [
        ("ann", "books", 2, 8_000),
        ("ann", "cafe", 1, 10_000),
    ]
