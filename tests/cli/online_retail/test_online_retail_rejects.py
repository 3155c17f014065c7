"""`jifen import online-retail`: what is kept out, and why."""

from __future__ import annotations

import pytest

from tests.cli.conftest import run_process
from tests.cli.online_retail.sales import counts, lines, purchases, rejected, row, tally, write_text


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        (row("2", "A", 1, customer=None), "no_customer"),
        (row("C2", "A", -1, customer=None), "no_customer"),
        (row("A2", "B", 1, "-11062.06", customer=None), "no_customer"),
        (row("A2", "B", 1, "-11062.06"), "adjustment"),
        (row("C2", "A", 1), "not_a_return"),
        (row("2", "A", -1), "negative_quantity"),
        (row("2", "A", 0), "negative_quantity"),
        (row("2", "A", -1, "0"), "negative_quantity"),
        (row("2", "A", 1, "0"), "zero_price"),
        (row("C2", "A", -1, "0"), "zero_price"),
        (row("2", "A", 1, "-0.01"), "negative_price"),
        (row("2", None, 1), "missing_value"),
        (row(None, "A", 1), "missing_value"),
        (row("2", "A", None), "missing_value"),
        (row("2", "A", 1, None), "missing_value"),
        (row("2", "A", 1, "1e17"), "invalid_amount"),
        (row("2", "A", 1, minutes=10**8), "occurred_in_future"),
        (row("2", "A", 1, minutes=-(10**6)), "no_program_in_force"),
        (row("2", "A" * 300, 1), "invalid_command"),
    ],
)
def test_a_row_that_is_kept_out_goes_to_the_rejects_with_its_reason(feed, folder, odd, code):
    answer = feed([row("1", "A", 1), odd])
    assert counts(answer) == (tally(2, posted=1, rejected=1), {code: 1})
    (reject,) = rejected(folder / "sales.rejects.csv")
    assert (reject["jifen_line"], reject["jifen_code"]) == ("2", code)
    assert reject["jifen_reason"]


def test_rows_left_out_by_the_cleaning_do_not_hold_back_their_invoice(feed):
    answer = feed([row("1", "A", 1), row("1", "B", 1, "0"), row("1", "C", 1, customer=None)])
    assert counts(answer) == (tally(3, posted=1, rejected=2), {"no_customer": 1, "zero_price": 1})
    assert lines(purchases()["1"]) == [("A", 1, 100)]


def test_an_invoice_with_an_unreadable_row_is_held_back_until_it_is_mended(shop, folder):
    """What is posted of an invoice can't be added to."""
    rows = [row("1", "A", 1), row("1", "B", "two"), row("1", "C", 1), row("2", "A", 1)]
    write_text(folder / "a.csv", rows)
    answer = shop("import", "online-retail", "a.csv", "--quiet")
    assert counts(answer) == (
        tally(4, posted=1, rejected=3),
        {"invoice_incomplete": 2, "invalid_quantity": 1},
    )
    mended = rejected(folder / "a.rejects.csv")
    assert [reject["jifen_line"] for reject in mended] == ["2", "3", "4"]
    assert "line 3" in mended[0]["jifen_reason"]
    mended[1]["Quantity"] = "2"
    write_text(folder / "b.csv", [list(reject.values()) for reject in mended], header=mended[0])
    answer = shop("import", "online-retail", "b.csv", "--quiet")
    assert counts(answer) == (tally(3, posted=3), {})
    assert lines(purchases()["1"]) == [("A", 1, 100), ("B", 2, 200), ("C", 1, 100)]


def test_an_invoice_of_two_customers_is_held_back(feed):
    answer = feed([row("1", "A", 1), row("1", "B", 1, customer=7), row("2", "A", 1)])
    assert counts(answer)[1] == {"invoice_incomplete": 1, "several_members": 1}


def test_what_the_ledger_refuses_is_rejected_with_all_its_rows(feed):
    rows = [
        *(row("1", "A", 1, minutes=10**8), row("1", "B", 1, minutes=10**8)),
        row("2", "A", 5),
        row("C3", "A", -1, minutes=10**8 + 1),
        row("C4", "A", -9, minutes=10**8 + 2),
    ]
    answer = feed(rows)
    assert counts(answer) == (tally(5, posted=1, rejected=4), {"occurred_in_future": 4})


def test_a_file_that_is_laid_out_otherwise_is_told_so(shop, folder):
    write_text(folder / "a.csv", [("m-001", "1.00")], header=("member", "amount"))
    answer = shop("import", "online-retail", "a.csv")
    assert answer.status == 2
    assert "[not_online_retail]" in answer.err
    assert "InvoiceNo" in answer.err


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--zone", "Mars/North"), "invalid_time"), (("--source", " "), "invalid_identifier")],
)
def test_an_option_that_means_nothing_is_told_in_one_line(feed, words, code):
    answer = feed([row("1", "A", 1)], *words)
    assert answer.status == 2
    assert f"[{code}]" in answer.err


def test_what_a_reason_quotes_is_shown_under_any_encoding(shop, folder):
    write_text(folder / "a.csv", [row("1", "A", "二😀"), row("2", "A", 1)])
    done = run_process("import", "online-retail", "a.csv", PYTHONIOENCODING="cp936")
    assert done.returncode == 1
    assert "invalid_quantity: '二?'" in done.stdout.decode("cp936")
