"""What came back of purchases, and what is left of them."""

from __future__ import annotations

import datetime as dt

from schemas.commands import LineItem, ReturnedItem, TenderPaid
from tests.projections.shop import Shop

D = dt.date.fromisoformat

NET = (
    "SELECT member, returned_minor, returned_whole, net_minor, points_earned, points_net"
    " FROM purchases ORDER BY position"
)


def test_a_purchase_is_worth_what_was_not_returned(shop: Shop) -> None:
    shop.ledger.purchase("ann", 10_000, "p1")
    shop.ledger.purchase("ann", 5_000, "p2", partner="cafe")
    shop.ledger.return_purchase("ann", "p1", amount_minor=3_000)
    shop.ledger.return_purchase("ann", "p1", amount_minor=500)

    assert shop.rows(NET) == [
        ("ann", 3_500, False, 6_500, 100, 65),
        ("ann", 0, False, 5_000, 50, 50),
    ]


def test_a_receipt_is_told_by_its_partner_too(shop: Shop) -> None:
    shop.ledger.purchase("ann", 10_000, "p1")
    shop.ledger.purchase("bo", 2_000, "p1", partner="cafe")
    shop.ledger.return_purchase("bo", "p1", partner="cafe")

    assert shop.rows(NET) == [
        ("ann", 0, False, 10_000, 100, 100),
        ("bo", 2_000, True, 0, 20, 0),
    ]


def test_a_return_after_a_merge_finds_the_purchase_of_the_one_who_was_merged(shop: Shop) -> None:
    shop.ledger.purchase("bo", 10_000, "p1")
    shop.ledger.merge("ann", "bo")
    shop.ledger.return_purchase("ann", "p1", amount_minor=4_000)

    assert shop.rows(NET) == [("bo", 4_000, False, 6_000, 100, 60)]
    assert shop.rows("SELECT member, points_returned FROM returns") == [("ann", 40)]


def test_lines_and_tenders_are_rows(shop: Shop) -> None:
    lines = (
        LineItem(amount_minor=2_000, quantity=2, sku="tea", category="drinks"),
        LineItem(amount_minor=500),
    )
    tenders = (TenderPaid("cash", 2_400), TenderPaid("voucher", 100))
    shop.ledger.purchase("ann", 2_500, "p1", lines=lines, tenders=tenders)
    shop.ledger.return_purchase("ann", "p1", items=(ReturnedItem(line=1, quantity=1),))

    day = D("2026-01-01")
    assert shop.rows("FROM purchase_lines ORDER BY line") == [
        (5, "ann", day, 1, 2_000, 2, "tea", "drinks", "", 0),
        (5, "ann", day, 2, 500, 1, "", "", "", 0),
    ]
    assert shop.rows("FROM tenders ORDER BY number") == [
        (5, "ann", day, 1, "cash", 2_400),
        (5, "ann", day, 2, "voucher", 100),
    ]
    assert shop.rows("FROM returned_lines") == [(6, "ann", day, 1, 1, 1_000)]


# Who the good customers are, after returns


def rfm(shop: Shop, day: str) -> list[tuple[object, ...]]:
    return shop.rows(
        "SELECT member, recency_days, frequency, monetary_minor FROM rfm_at(?, 365)"
        " WHERE frequency IS NOT NULL ORDER BY member",
        day,
    )


def test_a_return_counts_from_its_own_day_on(shop: Shop) -> None:
    shop.on("2026-03-01").purchase("ann", 10_000, "p1")
    shop.on("2026-03-05").purchase("ann", 2_000, "p2")
    shop.on("2026-03-09").return_purchase("ann", "p1", amount_minor=4_000)

    assert rfm(shop, "2026-03-08") == [("ann", 3, 2, 12_000)]
    assert rfm(shop, "2026-03-09") == [("ann", 4, 2, 8_000)]


def test_a_purchase_of_which_nothing_was_kept_is_none(shop: Shop) -> None:
    shop.on("2026-03-01").purchase("ann", 10_000, "p1")
    shop.on("2026-03-05").purchase("ann", 2_000, "p2")
    shop.ledger.purchase("bo", 1_000, "p3")
    shop.on("2026-03-09").return_purchase("ann", "p2")
    shop.ledger.return_purchase("bo", "p3")

    assert rfm(shop, "2026-03-08") == [("ann", 3, 2, 12_000), ("bo", 3, 1, 1_000)]
    assert rfm(shop, "2026-03-09") == [("ann", 8, 1, 10_000)]
    summary = "SELECT member, frequency, monetary_minor FROM repeat_summary(?, 'day') ORDER BY 1"
    assert shop.rows(summary, "2026-03-08") == [("ann", 1, 2_000.0), ("bo", 0, 0.0)]
    assert shop.rows(summary, "2026-03-09") == [("ann", 0, 0.0)]


def test_rfm_stands_for_the_last_day_with_a_purchase_or_a_return(shop: Shop) -> None:
    shop.on("2026-03-01").purchase("ann", 10_000, "p1")
    shop.on("2026-03-09").return_purchase("ann", "p1", amount_minor=4_000)

    assert shop.rows("SELECT on_day, monetary_minor FROM rfm WHERE member = 'ann'") == [
        (D("2026-03-09"), 6_000)
    ]


def test_each_half_of_a_holdout_is_told_as_it_stood_on_its_last_day(shop: Shop) -> None:
    shop.on("2026-03-01").purchase("ann", 1_000, "p1")
    shop.on("2026-03-02").purchase("ann", 2_000, "p2")
    shop.on("2026-03-12").purchase("ann", 3_000, "p3")
    shop.on("2026-03-14").purchase("ann", 4_000, "p4")
    shop.on("2026-03-15").return_purchase("ann", "p2")
    shop.ledger.return_purchase("ann", "p3", amount_minor=1_000)
    shop.ledger.return_purchase("ann", "p4")

    rows = shop.rows(
        "SELECT frequency_cal, monetary_cal, frequency_holdout, monetary_holdout"
        " FROM holdout_summary('2026-03-10', '2026-03-20', 'day')"
    )

    assert rows == [(1, 2_000.0, 1, 2_000.0)]


def test_what_a_merged_member_bought_counts_for_who_they_are_now(shop: Shop) -> None:
    shop.on("2026-03-01").purchase("bo", 1_000, "p1")
    shop.on("2026-03-02").purchase("cy", 2_000, "p2")
    shop.ledger.merge("bo", "cy")
    shop.on("2026-03-03").merge("ann", "bo")

    assert rfm(shop, "2026-03-02") == [("ann", 0, 2, 3_000)]
    assert shop.rows("SELECT member FROM rfm_at('2026-03-02', 365)") == [("ann",)]
    assert shop.rows("SELECT member, frequency FROM repeat_summary('2026-03-03', 'day')") == [
        ("ann", 1)
    ]


def test_who_has_left_is_out_of_rfm_but_not_of_what_was_bought(shop: Shop) -> None:
    shop.on("2026-03-01").purchase("ann", 1_000, "p1")
    shop.on("2026-03-05").close_member("ann", "moves", forfeit=True)

    assert rfm(shop, "2026-03-04") == [("ann", 3, 1, 1_000)]
    assert shop.rows("SELECT member FROM rfm_at('2026-03-05', 365) ORDER BY 1") == [
        ("bo",),
        ("cy",),
    ]
    assert shop.rows("SELECT member FROM repeat_summary('2026-03-05', 'day')") == [("ann",)]
