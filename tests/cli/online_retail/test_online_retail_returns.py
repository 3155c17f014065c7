"""`jifen import online-retail`: C-invoices become returns of earlier purchases."""

from __future__ import annotations

import pytest

from ledger import Ledger
from schemas.events import ReturnRecorded
from tests.cli.online_retail.sales import counts, history, rejected, returns, row, tally


def test_a_return_goes_to_the_latest_earlier_purchase_of_the_product(feed):
    answer = feed(
        [
            row("1", "A", 5),
            row("2", "B", 5, minutes=1),
            row("3", "B", 1, minutes=2),
            row("3", "A", 5, minutes=2),
            row("4", "A", 5, minutes=3, customer=7),
            row("C5", "A", -2, minutes=4),
            row("6", "A", 5, minutes=5),
        ]
    )
    assert counts(answer) == (tally(7, posted=6, returned=1), {})
    assert returns() == [("C5", "3", {2: 2})]


def test_a_return_is_spread_over_purchases_while_they_have_units_left(feed):
    answer = feed(
        [
            row("1", "A", 5, "1.00"),
            row("2", "A", 2, "1.10", minutes=1),
            row("2", "A", 3, "1.20", minutes=1),
            row("C3", "A", -4, "1.50", minutes=2),
            row("C4", "A", -4, "0.50", minutes=3),
        ]
    )
    assert returns() == [("C3", "2", {1: 1, 2: 3}), ("C4", "2", {1: 1}), ("C4", "1", {1: 3})]
    assert counts(answer) == (tally(5, posted=3, returned=2), {})
    assert "3 returns of 8.80 GBP as bought, 8.00 GBP as credited" in answer.out


def test_rows_of_one_c_invoice_that_touch_one_purchase_are_one_return(feed):
    feed(
        [
            *(row("1", "A", 5), row("1", "B", 2)),
            *(row("C2", "A", -1, minutes=1), row("C2", "B", -2, minutes=1)),
            row("C2", "A", -3, minutes=1),
        ]
    )
    assert returns() == [("C2", "1", {1: 4, 2: 2})]


def test_a_return_in_the_minute_of_its_purchase_is_after_it(feed):
    answer = feed([row("C1", "A", -1), row("2", "A", 1)])
    assert counts(answer) == (tally(2, posted=1, returned=1), {})


@pytest.mark.parametrize(
    "returned",
    [
        row("C9", "A", -1, minutes=-1),
        row("C9", "B", -1, minutes=9),
        row("C9", "a", -1, minutes=9),
        row("C9", "A", -1, minutes=9, customer=7),
        row("C9", "FREE", -1, minutes=9),
    ],
    ids=["before it", "another product", "another code", "another member", "without money"],
)
def test_a_return_without_an_earlier_purchase_is_rejected(feed, folder, returned):
    answer = feed([row("1", "A", 1), row("1", "FREE", 1, "0.001"), returned])
    assert answer.status == 1
    assert counts(answer) == (tally(3, posted=2, rejected=1), {"no_earlier_purchase": 1})
    (reject,) = rejected(folder / "sales.rejects.csv")
    assert (reject["InvoiceNo"], reject["jifen_line"]) == ("C9", "3")
    assert not returns()


def test_what_is_left_of_a_return_is_rejected_with_how_much_was_matched(feed, folder):
    rows = [row("1", "A", 3), row("C2", "A", -5, minutes=1), row("C3", "A", -1, minutes=2)]
    answer = feed(rows)
    assert counts(answer) == (
        tally(3, posted=1, rejected=2),
        {"no_earlier_purchase": 1, "returned_in_part": 1},
    )
    assert returns() == [("C2", "1", {1: 3})]
    first, second = rejected(folder / "sales.rejects.csv")
    assert "3 of 5 units were returned" in first["jifen_reason"]
    assert second["jifen_code"] == "no_earlier_purchase"


def test_all_the_units_that_are_left_may_come_back(feed):
    """A line of 10 pence for 3 units does not divide: the last unit takes what is left of it."""
    rows = [row("1", "A", 3, "0.033"), *(row(f"C{n}", "A", -1, minutes=n) for n in (2, 3, 4))]
    answer = feed(rows)
    assert counts(answer) == (tally(4, posted=1, returned=3), {})
    amounts = [e.amount_minor for e in history() if isinstance(e, ReturnRecorded)]
    assert sum(amounts) == 10
    with Ledger.open("jifen.db") as ledger:
        assert ledger.balance("12345").balance == 0
