"""`jifen import online-retail`: invoices become purchases (examples/online_retail/README.md)."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.events import MemberEnrolled
from tests.cli.online_retail.sales import (
    LONDON,
    MONDAY,
    counts,
    history,
    lines,
    purchases,
    row,
    tally,
    write_text,
)


def test_an_invoice_becomes_a_purchase_with_its_lines(feed):
    answer = feed([row("536365", "85123A", 6, "2.55"), row("536365", "71053", 3, "3.39")])
    assert counts(answer) == (tally(2, posted=2), {})
    assert answer.status == 0
    (purchase,) = purchases().values()
    assert lines(purchase) == [("85123A", 6, 1530), ("71053", 3, 1017)]
    assert purchase.amount_minor == 2547
    assert purchase.occurred_at == MONDAY.replace(tzinfo=LONDON)
    assert "1 purchases; 0 returns" in answer.out
    assert "25.47 GBP" in answer.out


def test_a_product_may_stand_on_several_lines_of_an_invoice(feed):
    feed([row("1", "A", 1), row("1", "B", 2), row("1", "A", 1), row("1", "A", 5, "0.95")])
    assert lines(purchases()["1"]) == [("A", 1, 100), ("B", 2, 200), ("A", 1, 100), ("A", 5, 475)]


def test_the_rows_of_an_invoice_need_not_stand_together(feed):
    feed([row("1", "A", 1), row("2", "B", 1), row("1", "C", 1)])
    assert [line[0] for line in lines(purchases()["1"])] == ["A", "C"]


def test_members_are_enrolled_when_they_first_buy(feed):
    answer = feed([row("2", "A", 1, minutes=50), row("1", "A", 1), row("3", "A", 1, customer=7)])
    assert "enrolled 2;" in answer.out
    first = history()[0]
    assert isinstance(first, MemberEnrolled)
    assert first.occurred_at == MONDAY.replace(tzinfo=LONDON)


def test_an_invoice_with_two_times_happened_at_the_first(feed):
    answer = feed([row("1", "A", 1, minutes=1), row("1", "B", 1), row("2", "A", 1)])
    assert purchases()["1"].occurred_at == MONDAY.replace(tzinfo=LONDON)
    assert "1 invoice with two times: the first holds" in answer.out


def test_invoices_are_recorded_in_order_of_their_time(feed):
    feed([row("3", "A", 1, minutes=9), row("1", "A", 1), row("2", "A", 1, minutes=5)])
    assert list(purchases()) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("price", "units", "money"),
    [
        ("0.001", 1, 0),
        ("0.001", 5, 1),
        ("0.001", 4, 0),
        ("0.005", 1, 1),
        ("0.015", 1, 2),
        ("0.025", 1, 3),
        ("1.005", 2, 201),
        ("2.675", 1, 268),
        ("38970", 80995, 38970 * 80995 * 100),
    ],
)
def test_the_money_of_a_line_is_exact_and_rounded_half_up(feed, price, units, money):
    """Through a float's shortest text: 2.675 is less than that in binary."""
    answer = feed([row("1", "A", units, price), row("1", "B", 1)])
    assert lines(purchases()["1"])[0] == ("A", units, money)
    sub_penny = len(price.partition(".")[2]) > 2
    assert ("1 row with a sub-penny price" in answer.out) == sub_penny


def test_what_rounding_changed_is_told(feed):
    answer = feed([row("1", "A", 1, "0.001"), row("2", "A", 3, "0.007"), row("C3", "A", -1, "0.1")])
    assert "2 rows with sub-penny prices" in answer.out
    assert "rounded half up, -0.002 GBP in all" in answer.out


# -- times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "words", "instant"),
    [
        ("2011-06-30T10:00", (), "2011-06-30T09:00+00:00"),
        ("2011-06-30T10:00", ("--zone", "Asia/Shanghai"), "2011-06-30T02:00+00:00"),
        ("2011-06-30T10:00+08:00", (), "2011-06-30T02:00+00:00"),
        ("2011-06-30", (), "2011-06-29T23:00+00:00"),
        # The clock showed it twice: the first.
        ("2011-10-30T01:30", (), "2011-10-30T00:30+00:00"),
        # It never showed it: half an hour after 01:00, the beginning of summer time.
        ("2011-03-27T01:30", (), "2011-03-27T01:30+00:00"),
    ],
)
def test_times_are_those_of_the_zone(shop, folder, local, words, instant):
    rows = [("1", "A", "", 1, local, "1.00", 12345, "")]
    write_text(folder / "a.csv", rows)
    assert shop("import", "online-retail", "a.csv", "--quiet", *words).status == 0
    assert purchases()["1"].occurred_at == dt.datetime.fromisoformat(instant)
