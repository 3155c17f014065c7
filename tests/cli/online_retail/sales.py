"""Rows of sales as the Online Retail set has them, and what became of them."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from ledger import Ledger
from schemas.events import PurchaseRecorded, ReturnRecorded
from tests.cli.conftest import EXAMPLES

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
