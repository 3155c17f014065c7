"""The whole Online Retail set, from the file to the log: every figure that is known of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from console.root import run
from ledger import Ledger
from tests.cli.conftest import Answer
from tests.cli.online_retail.sales import LONDON, ONLINE_RETAIL, counts, rejected, tally

EXPECTED = json.loads((ONLINE_RETAIL / "expected.json").read_text(encoding="utf-8"))["2010_2011"]
PARQUET = ONLINE_RETAIL / "online_retail_2010_2011.parquet"

pytestmark = pytest.mark.xdist_group("online_retail")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with the whole set imported: `out`, `jifen.db` and `rejects.csv`."""
    folder = tmp_path_factory.mktemp("online_retail")
    store = ("--store", str(folder / "jifen.db"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert run(["init", "--program", str(ONLINE_RETAIL / "program.toml"), *store]) == 0
        words = [str(PARQUET), "--rejects", str(folder / "rejects.csv"), *store]
        assert run(["import", "online-retail", *words]) == 1
    (folder / "out").write_text(out.getvalue().partition("\n")[2], encoding="utf-8")
    return folder


class Seen:
    """What the printed lines, the log and the rejects file say of the whole set."""

    def __init__(self, folder: Path) -> None:
        self.out = (folder / "out").read_text(encoding="utf-8")
        self.named, self.reasons = counts(Answer(1, self.out, ""))
        self.rejects = rejected(folder / "rejects.csv")
        with closing(sqlite3.connect(folder / "jifen.db")) as store:
            self.purchases = self._events(store, "PurchaseRecorded.1")
            self.returns = self._events(store, "ReturnRecorded.1")
            self.members = {
                stream.removeprefix("member:")
                for (stream,) in store.execute("SELECT DISTINCT stream FROM events")
                if stream != "program"
            }

    @staticmethod
    def _events(store, topic):
        rows = store.execute("SELECT stream, state FROM events WHERE topic = ?", (topic,))
        return [{"member": s.removeprefix("member:"), **json.loads(state)} for s, state in rows]

    def rejects_where(self, kept):
        return sum(1 for reject in self.rejects if kept(reject))


@pytest.fixture(scope="module")
def seen(whole):
    return Seen(whole)


def money_of(reject):
    """What a rejected row is worth; of a return in part what is left of it."""
    money = int(reject["Quantity"]) * Fraction(reject["UnitPrice"])
    if reject["jifen_code"] != "returned_in_part":
        return money
    returned, units = map(int, re.match(r"(\d+) of (\d+) units", reject["jifen_reason"]).groups())
    return money * Fraction(units - returned, units)


def cancels(row):
    return row["InvoiceNo"].startswith("C")


def test_every_row_of_the_whole_set_is_accounted_for(seen):
    assert seen.named == tally(
        EXPECTED["rows"],
        posted=EXPECTED["cleaned_rows"],
        returned=7_516,
        rejected=136_509,
    )
    assert seen.reasons == {
        "no_customer": EXPECTED["rows_without_customer"],
        "no_earlier_purchase": 1_335,
        "returned_in_part": 54,
        "zero_price": 40,
    }
    assert Counter(reject["jifen_code"] for reject in seen.rejects) == seen.reasons


def test_the_purchases_of_the_whole_set_are_in_with_their_exact_money(seen):
    assert len(seen.purchases) == EXPECTED["cleaned_invoices"] == 18_532
    assert len(seen.members) == EXPECTED["cleaned_customers"] == 4_338
    assert {p["member"] for p in seen.purchases} == seen.members
    assert sum(p["amount_minor"] for p in seen.purchases) == 891_140_790
    assert Fraction(EXPECTED["cleaned_sum"]) == Fraction("8911407.904")
    lines = [line for purchase in seen.purchases for line in purchase["lines"]]
    assert len(lines) == EXPECTED["cleaned_rows"]
    assert sum(line["amount_minor"] for line in lines) == 891_140_790
    times = [purchase["occurred_at"] for purchase in seen.purchases]
    assert [min(times), max(times)] == [f"{time}:00Z" for time in EXPECTED["dates"]]
    assert times == sorted(times)


def test_what_is_odd_in_the_whole_set_is_counted_and_told(seen):
    assert EXPECTED["invoices_spanning_two_timestamps"] == 43
    assert "43 invoices with two times" in seen.out
    assert EXPECTED["rows_with_sub_penny_price"] == 4
    assert "4 rows with sub-penny prices" in seen.out
    assert "half up, -0.004 GBP in all" in seen.out
    assert "18,532 purchases; 3,848 returns of 516170.35 GBP as bought, 473968.46" in seen.out


def test_posted_returned_and_rejected_rows_are_the_whole_set(seen):
    """Each figure from the log and the rejects file together."""
    rejects = seen.rejects_where
    posted, returned = seen.named["posted"], seen.named["returned"]
    assert rejects(cancels) + returned == EXPECTED["C_rows"]
    assert rejects(lambda row: row["InvoiceNo"].startswith("A")) == EXPECTED["A_rows"]
    negative = rejects(lambda row: int(row["Quantity"]) < 0)
    assert negative + returned == EXPECTED["negative_quantity_rows"]
    assert negative - rejects(cancels) == EXPECTED["negative_quantity_not_C"]
    assert rejects(lambda row: float(row["UnitPrice"]) == 0) == EXPECTED["zero_price_rows"]
    assert rejects(lambda row: float(row["UnitPrice"]) < 0) == EXPECTED["negative_price_rows"]
    assert posted + returned + len(seen.rejects) == EXPECTED["rows"]
    numbers = {reject["InvoiceNo"] for reject in seen.rejects}
    numbers |= {r["return_id"] for r in seen.returns} | {p["purchase_id"] for p in seen.purchases}
    assert len(numbers) == EXPECTED["invoices"]
    assert sum(number.startswith("C") for number in numbers) == EXPECTED["C_invoices"]
    customers = {reject["CustomerID"] for reject in seen.rejects} - {""}
    assert len(customers | seen.members) == EXPECTED["customers"]
    products = {line["sku"] for purchase in seen.purchases for line in purchase["lines"]}
    products |= {reject["StockCode"] for reject in seen.rejects}
    assert len(products) == EXPECTED["stock_codes"]


def test_the_sums_of_the_whole_set_come_out_of_what_was_posted_and_rejected(seen):
    bought = sum(Fraction(p["amount_minor"], 100) for p in seen.purchases) + Fraction("0.004")
    credited = Fraction(re.search(r"([\d.]+) GBP as credited", seen.out)[1])
    with_customer = [reject for reject in seen.rejects if reject["CustomerID"]]
    unmatched = sum(money_of(reject) for reject in with_customer if cancels(reject))
    assert unmatched - credited == Fraction(EXPECTED["sum_C_with_customer"])
    assert bought - credited + unmatched == Fraction(EXPECTED["sum_with_customer"])
    assert bought - credited + sum(map(money_of, seen.rejects)) == Fraction(EXPECTED["sum_all"])


def test_net_by_month_and_by_member_is_the_references(seen):
    """Purchases from the log, in London's months; what the C-invoices credit from the file."""
    by_month, by_member = Counter(), Counter()
    for purchase in seen.purchases:
        at = dt.datetime.fromisoformat(purchase["occurred_at"]).astimezone(LONDON)
        by_month[f"{at:%Y-%m}"] += purchase["amount_minor"]
        by_member[purchase["member"]] += purchase["amount_minor"]
    names = ["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    for row_read in pq.read_table(PARQUET, columns=names).to_pylist():
        if cancels(row_read) and row_read["CustomerID"] is not None:
            credited = round(row_read["Quantity"] * Fraction(repr(row_read["UnitPrice"])) * 100)
            by_month[f"{row_read['InvoiceDate']:%Y-%m}"] += credited
            by_member[str(row_read["CustomerID"])] += credited
    months = {
        month: round(net * 100) for month, net in EXPECTED["monthly_net_with_customer"].items()
    }
    assert by_month == months
    assert sum(net < 0 for net in by_member.values()) == EXPECTED["customers_with_negative_net"]


def test_the_ledger_of_the_whole_set_holds(seen, whole):
    """Returned units are among those bought, balances are what was earned less what came back."""
    kept = {
        (purchase["purchase_id"], line["line"]): line.get("quantity", 1)
        for purchase in seen.purchases
        for line in purchase["lines"]
    }
    for one in seen.returns:
        for line in one["returned"]:
            kept[one["purchase_id"], line["line"]] -= line["quantity"]
    assert min(kept.values()) == 0
    points = Counter()
    for purchase in seen.purchases:
        points[purchase["member"]] += purchase["points_earned"]
    for one in seen.returns:
        points[one["member"]] -= one["points_returned"]
    with Ledger.open(whole / "jifen.db") as ledger:
        for member in sorted(seen.members)[::43]:
            assert ledger.balance(member).balance == points[member]
        assert not ledger.verify().findings


def test_the_same_program_would_have_changed_nothing(whole):
    program = (ONLINE_RETAIL / "program.toml").read_text(encoding="utf-8")
    with Ledger.open(whole / "jifen.db") as ledger:
        same = ledger.what_if(program).report
        doubled = ledger.what_if(program.replace("points = 1\n", "points = 2\n")).report
    assert (same.accounts, same.purchases) == (4_338, 18_532)
    assert (same.changed, same.uncovered) == (0, [])
    exactly = [side.flows["earned"] + side.rounding for side in (doubled.before, doubled.after)]
    assert exactly[1] == 2 * exactly[0]
