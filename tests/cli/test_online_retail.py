"""`jifen import online-retail`: invoices, returns, what is kept out, and feeding it again."""

from __future__ import annotations

import csv
import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from ledger import Ledger
from ledger.errors import StoreBusy
from schemas.events import MemberEnrolled, PurchaseRecorded, ReturnRecorded
from tests.cli.conftest import EXAMPLES, run_process

ONLINE_RETAIL = EXAMPLES / "online_retail"
LONDON = ZoneInfo("Europe/London")
HEADER = (
    *("InvoiceNo", "StockCode", "Description", "Quantity"),
    *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
)
MONDAY = dt.datetime(2011, 1, 10, 9, 0)  # noqa: DTZ001 (the file's times have no zone)


def row(invoice, product, quantity, price="1.00", customer=12345, minutes=0):
    """A row so many minutes after Monday at nine; `price` is text, None or a number below."""
    time = MONDAY + dt.timedelta(minutes=minutes)
    return (invoice, product, f"THING {product}", quantity, time, price, customer, "Here")


def write(path, rows):
    """The rows as the original has them: prices as floats, whole numbers in 32 bits."""
    kinds = (
        *(pa.string(), pa.string(), pa.string(), pa.int32()),
        *(pa.timestamp("ms"), pa.float64(), pa.int32(), pa.string()),
    )
    columns = list(zip(*rows, strict=True))
    columns[5] = [None if price is None else float(price) for price in columns[5]]
    arrays = [pa.array(c, kind) for c, kind in zip(columns, kinds, strict=True)]
    pq.write_table(pa.table(dict(zip(HEADER, arrays, strict=True))), path)
    return path


def write_text(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def shop(jifen):
    """The gift shop's ledger, without a member."""
    assert jifen("init", "--program", ONLINE_RETAIL / "program.toml").status == 0
    return jifen


@pytest.fixture
def feed(shop, folder):
    """Import rows; gives the answer."""

    def run(rows, *words, name="sales.parquet"):
        return shop("import", "online-retail", write(folder / name, rows), "--quiet", *words)

    return run


def counts(answer):
    """The first line's counts, which must add up; and rows by reason."""
    first, *rest = answer.out.splitlines()
    words = first.replace(",", "").split()
    named = {
        name: int(words[words.index(name) + 1])
        for name in ("read", "posted", "returned", "duplicate", "rejected")
    }
    reasons = Counter()
    for line in rest:
        if line.startswith("  rejected "):
            _, rows, code, *_ = line.replace(",", "").split()
            reasons[code.rstrip(":")] += int(rows)
    parts = ("posted", "returned", "duplicate", "rejected")
    assert named["read"] == sum(named[part] for part in parts)
    assert named["rejected"] == sum(reasons.values())
    return named, dict(reasons)


def tally(read, posted=0, returned=0, duplicate=0, rejected=0):
    parts = {"posted": posted, "returned": returned, "duplicate": duplicate, "rejected": rejected}
    return {"read": read, **parts}


def rejected(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def history(member="12345", path="jifen.db"):
    with Ledger.open(path) as ledger:
        return [recorded.event for recorded in ledger.history(member)]


def purchases(member="12345"):
    return {e.purchase_id: e for e in history(member) if isinstance(e, PurchaseRecorded)}


def returns(member="12345"):
    """(return, purchase, {line: units}) of each return, in order."""
    return [
        (e.return_id, e.purchase_id, {line.line: line.quantity for line in e.returned})
        for e in history(member)
        if isinstance(e, ReturnRecorded)
    ]


def lines(purchase):
    return [(line.sku, line.quantity, line.amount_minor) for line in purchase.lines]


# -- invoices become purchases ---------------------------------------------------------------


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


# -- C-invoices become returns ---------------------------------------------------------------


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


# -- what is kept out ------------------------------------------------------------------------


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


# -- kinds of files --------------------------------------------------------------------------


ROWS = [row("536365", "71053", 6, "2.55"), row("536365", "85123A", 1), row("C9", "71053", -2)]


def write_workbook(path, rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, HEADER)
        for number, (invoice, product, text, units, time, price, customer, land) in enumerate(rows):
            cells = [
                *(int(invoice) if invoice.isdigit() else invoice,),
                *(int(product) if product.isdigit() else product,),
                *(text, units, None, float(price), float(customer), land),
            ]
            sheet.write_row(number + 1, 0, cells)
            sheet.write_datetime(number + 1, 4, time, minute)


def test_parquet_workbook_and_csv_say_the_same(jifen, folder):
    write(folder / "a.parquet", ROWS)
    write_text(folder / "b.csv", ROWS)
    write_workbook(folder / "c.xlsx", ROWS)
    seen = []
    for name in ("a.parquet", "b.csv", "c.xlsx"):
        store = f"{name}.db"
        jifen("init", "--program", ONLINE_RETAIL / "program.toml", "--store", store)
        answer = jifen("import", "online-retail", name, "--quiet", "--store", store)
        assert counts(answer) == (tally(3, posted=2, returned=1), {}), name
        seen.append(history(path=store))
    assert seen[0] == seen[1] == seen[2]


def test_the_columns_of_the_successor_set_are_known(shop, folder):
    header = list(HEADER)
    header[0], header[5], header[6] = "Invoice", "Price", "Customer ID"
    write_text(folder / "a.csv", ROWS, header=header)
    answer = shop("import", "online-retail", "a.csv")
    assert counts(answer) == (tally(3, posted=2, returned=1), {})
    assert "member = Customer ID" in answer.err


def test_amounts_in_a_program_of_another_currency_are_told(jifen, folder):
    program = (ONLINE_RETAIL / "program.toml").read_text(encoding="utf-8")
    (folder / "yuan.toml").write_text(program.replace('"GBP"', '"CNY"'), encoding="utf-8")
    jifen("init", "--program", "yuan.toml")
    write(folder / "a.parquet", ROWS)
    answer = jifen("import", "online-retail", "a.parquet", "--quiet")
    assert "the data set is in GBP; its amounts were taken as CNY" in answer.out


# -- feeding it again ------------------------------------------------------------------------

SEVERAL = [
    *(row("1", "A", 5), row("1", "B", 2), row("2", "A", 2, minutes=1)),
    *(row("C3", "A", -4, minutes=2), row("C3", "B", -1, minutes=2)),
    *(row("C4", "A", -9, minutes=3), row("C5", "Z", -1, minutes=4)),
    *(row("6", "A", 1, minutes=5, customer=7), row("7", "A", 1, customer=None)),
]


def everything(path="jifen.db"):
    """All that the log says, but for when it was written down."""
    with closing(sqlite3.connect(path)) as store:
        return store.execute(
            "SELECT position, stream, version, topic, state FROM events WHERE stream != 'program'"
        ).fetchall()


def test_feeding_the_file_twice_posts_nothing_twice(feed, folder):
    first = feed(SEVERAL)
    before = everything()
    assert counts(first)[0] == tally(9, posted=4, returned=2, rejected=3)
    again = feed(SEVERAL)
    assert counts(again)[0] == tally(9, duplicate=6, rejected=3)
    assert everything() == before
    assert rejected(folder / "sales.rejects.csv") == rejected(folder / "sales.rejects-2.csv")


@pytest.fixture
def two_stores(jifen, folder):
    """A file to import, into `stopped.db` and `clean.db`."""
    write(folder / "a.parquet", SEVERAL)
    for store in ("stopped.db", "clean.db"):
        jifen("init", "--program", ONLINE_RETAIL / "program.toml", "--store", store)
    return lambda store: jifen("import", "online-retail", "a.parquet", "--quiet", "--store", store)


def ends_the_same(into):
    assert into("clean.db").status == 1
    assert len(everything("stopped.db")) < len(everything("clean.db"))
    assert into("stopped.db").status == 1
    return everything("stopped.db") == everything("clean.db")


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_an_import_that_was_stopped_is_finished_by_feeding_it_again(
    two_stores, monkeypatch, groups
):
    execute_many = Ledger.execute_many
    left = groups

    def busy_after_some(self, commands, **said):
        nonlocal left
        left -= 1
        if left < 0:
            raise StoreBusy(store="stopped.db")
        return execute_many(self, commands, **said)

    monkeypatch.setattr("console.online_retail._GROUP", 1)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "execute_many", busy_after_some)
        stopped = two_stores("stopped.db")
    assert stopped.status == 4
    assert "not reached" in stopped.out
    assert "feed the same file again" in stopped.err
    assert ends_the_same(two_stores)


def test_an_import_that_was_killed_is_finished_by_feeding_it_again(two_stores):
    """kill -9 right after a commit, before anything is told of it."""
    code = (
        "import os, signal, console.online_retail as retail\n"
        "from console.root import run\n"
        "from ledger import Ledger\n"
        "retail._GROUP, post = 1, Ledger.execute_many\n"
        "def killed(self, commands, **said):\n"
        "    done = list(post(self, commands, **said))\n"
        "    if any('Return' in type(c).__name__ for c in commands):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return done\n"
        "Ledger.execute_many = killed\n"
        "run(['import', 'online-retail', 'a.parquet', '--store', 'stopped.db'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert ends_the_same(two_stores)


def test_a_match_that_changed_with_the_file_is_refused_and_returns_nothing_twice(feed):
    """Rows that come first now take the units that later ones had."""
    rows = [row("1", "A", 2), row("2", "A", 1, minutes=1), row("C9", "A", -1, minutes=9)]
    feed(rows)
    assert returns() == [("C9", "2", {1: 1})]
    answer = feed([*rows, row("C8", "A", -1, minutes=8)])
    assert counts(answer)[1] == {"request_conflict": 1, "return_exceeds_purchase": 1}
    assert returns() == [("C9", "2", {1: 1})]
