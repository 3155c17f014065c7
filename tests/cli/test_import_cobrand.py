"""`jifen import cobrand`: a bank's file, fed once, twice, mended, after a crash (EASE 8 and 9)."""

from __future__ import annotations

import csv
import datetime as dt
import os
import signal
import subprocess
import sys
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from ledger import Ledger
from tests.cli.conftest import DEPARTMENT_STORE, EXAMPLES
from tests.cli.test_import import counts, everything, tally, write_csv

HEADER = ["member", "reference", "posted_on", "amount"]
CHINESE = ["会员号", "流水号", "入账日期", "交易金额"]
ROWS = [
    ("m-001", "N-1", "2026-03-01", "1,280.50"),
    ("m-001", "N-2", "2026-03-05", "-280.50"),
    ("m-002", "N-3", "2026-03-31", "399.99"),
]
"""At a point for 20 yuan: 1,000 yuan of m-001 are 50 points, 399.99 of m-002 are 19."""


@pytest.fixture
def bank(shop):
    """Run the import of a file of the department store's bank; m-001 and m-002 are members."""
    assert shop("enrol", "m-002", "--at", "2026-01-02").status == 0

    def fed(file, *words):
        return shop("import", "cobrand", file, "--cobrand", "bank-card", *words)

    return fed


def balances():
    with Ledger.open("jifen.db") as ledger:
        return [ledger.balance(member).balance for member in ("m-001", "m-002")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_months_file_of_a_bank_lands(bank, folder, encoding):
    write_csv(folder / "三月.csv", CHINESE, ROWS, encoding=encoding)
    answer = bank("三月.csv")
    assert answer.status == 0, answer
    assert answer.out.splitlines()[0] == "read 3 = posted 3 + duplicate 0 + rejected 0"
    assert answer.out.splitlines()[1].startswith("1399.99 CNY; 69 points; ")
    assert answer.out.splitlines()[2] == "the whole file: 3 rows, 1399.99 CNY"
    assert "posted_on = 入账日期" in answer.err
    assert balances() == [50, 19]


def test_a_workbook_and_a_parquet_file_land_and_are_the_same_rows(bank, folder):
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        for line, (member, reference, posted, amount) in enumerate(ROWS, start=1):
            sheet.write_row(line, 0, [member, reference])
            sheet.write_datetime(line, 2, dt.datetime.fromisoformat(posted), day)
            sheet.write_number(line, 3, float(amount.replace(",", "")))
    columns = [list(column) for column in zip(*ROWS, strict=True)]
    columns[2] = [dt.date.fromisoformat(posted) for posted in columns[2]]
    columns[3] = pa.array([amount.replace(",", "") for amount in columns[3]]).cast(
        pa.decimal128(12, 2)
    )
    pq.write_table(pa.table(dict(zip(HEADER, columns, strict=True))), folder / "a.parquet")
    assert counts(bank("a.xlsx", "--zone", "Asia/Shanghai")) == tally(3, 3, 0, 0)
    assert counts(bank("a.parquet")) == tally(3, 0, 3, 0)
    assert balances() == [50, 19]


def test_the_same_rows_again_add_nothing_in_whatever_file(bank, folder):
    write_csv(folder / "a.csv", HEADER, ROWS)
    write_csv(folder / "b.csv", CHINESE, [*reversed(ROWS), ("m-002", "N-4", "2026-03-31", "0.01")])
    assert counts(bank("a.csv")) == tally(3, 3, 0, 0)
    assert counts(bank("a.csv")) == tally(3, 0, 3, 0)
    again = bank("b.csv")
    assert counts(again) == tally(4, 1, 3, 0)
    assert "0.01 CNY; 1 points; " in again.out
    assert balances() == [50, 20]


def test_a_row_is_the_members_by_id_card_or_phone_whatever_the_column_is_called(shop, bank, folder):
    assert shop("card", "issue", "m-001", "6225 8800 0000", "--at", "2026-01-02").status == 0
    assert shop("phone", "link", "m-002", "13800138000", "--at", "2026-01-02").status == 0
    rows = [
        ("", "622588000000", "", "N-1", "2026-03-01", "20"),
        ("", "", "138 0013 8000", "N-2", "2026-03-01", "40"),
        ("m-001", "1", "2", "N-3", "2026-03-01", "60"),
    ]
    write_csv(folder / "a.csv", ["member", "card", "phone", *HEADER[1:]], rows)
    answer = bank("a.csv")
    assert counts(answer) == tally(3, 3, 0, 0)
    assert "622588000000" not in answer.err
    assert "0013" not in answer.err
    rows = [("622588000000", "N-4", "2026-03-01", "20"), ("13800138000", "N-5", "2026-03-01", "20")]
    write_csv(folder / "b.csv", ["卡号", *HEADER[1:]], rows)
    assert counts(bank("b.csv")) == tally(2, 2, 0, 0)
    assert balances() == [5, 3]


def test_bad_rows_go_to_the_rejects_and_the_mended_file_finishes_the_rest(bank, folder):
    bad = [
        ROWS[0],
        ("nobody", "N-2", "2026-03-01", "20.00"),
        ("m-001", "", "2026-03-01", "20.00"),
        ("m-001", "N-4", "", "20.00"),
        ("m-001", "N-5", "01/03/2026", "20.00"),
        ("m-001", "N-6", "2026-03-01", "twenty"),
        ("m-001", "N-7", "2999-01-01", "20.00"),
        ("m-001", "N-8", "2014-12-31", "20.00"),
        ("m-002", "N-1", "2026-03-01", "20.00"),
        ("m-002", "N-9", "2026-03-01", "20.00", "x", "y"),
    ]
    write_csv(folder / "march.csv", HEADER, bad)
    answer = bank("march.csv")
    assert answer.status == 1
    assert counts(answer) == tally(10, 1, 0, 9)
    lost = "the whole file: 10 rows, 1420.50 CNY, 2 amounts that can't be read"
    assert answer.out.splitlines()[2] == lost
    with (folder / "march.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rejects = list(csv.DictReader(file, restkey="more"))
    assert [(row["jifen_line"], row["jifen_code"]) for row in rejects] == [
        ("3", "unknown_person"),
        ("4", "missing_value"),
        ("5", "missing_value"),
        ("6", "invalid_time"),
        ("7", "invalid_amount"),
        ("8", "occurred_in_future"),
        ("9", "no_program_in_force"),
        ("10", "request_conflict"),
        ("11", "ragged_row"),
    ]
    for number, row in enumerate(rejects):
        row.pop("more", None)
        row.update(member="m-002", reference=f"M-{number}", posted_on="2026-03-01", amount="20.00")
    with (folder / "mended.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rejects[0]))
        writer.writeheader()
        writer.writerows(rejects)
    assert counts(bank("mended.csv")) == tally(9, 9, 0, 0)
    assert balances() == [64, 9]
    assert counts(bank("mended.csv")) == tally(9, 0, 9, 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--expect-rows", "4"), "4 rows"),
        (("--expect-total", "1400"), "1400.00 CNY"),
        (("--expect-rows", "3", "--expect-total", "1399.98"), "3 rows, 1399.98 CNY"),
    ],
)
def test_a_file_that_is_not_what_the_bank_says_is_refused_whole(bank, folder, words, expected):
    write_csv(folder / "a.csv", HEADER, ROWS)
    refused = bank("a.csv", *words)
    assert refused.status == 2
    assert f"has 3 rows, 1399.99 CNY, but {expected} should be there" in refused.err
    assert "[control_total_differs]" in refused.err
    assert refused.out == ""
    assert balances() == [0, 0]
    assert not list(folder.glob("*.rejects*"))


def test_a_total_that_only_amounts_that_can_not_be_read_hide_is_refused(bank, folder):
    write_csv(folder / "a.csv", HEADER, [*ROWS, ("m-001", "N-4", "2026-03-01", "?")])
    refused = bank("a.csv", "--expect-total", "1399.99")
    assert "4 rows, 1399.99 CNY, 1 amount that can't be read" in refused.err
    assert balances() == [0, 0]


def test_a_file_that_is_what_the_bank_says_lands(bank, folder):
    write_csv(folder / "a.csv", HEADER, ROWS)
    answer = bank("a.csv", "--expect-rows", "3", "--expect-total", "1,399.99")
    assert counts(answer) == tally(3, 3, 0, 0)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("a.csv", "--cobrand", "other"), 3, "unknown_cobrand"),
        (("a.csv", "--cobrand", "bank-card", "--map", "reference="), 2, "missing_column"),
        (("a.csv", "--cobrand", "bank-card", "--expect-total", "lots"), 2, "invalid_amount"),
        (("none.csv", "--cobrand", "bank-card"), 2, "unreadable_file"),
    ],
)
def test_what_can_not_be_imported_is_told_in_one_line(shop, folder, words, status, code):
    write_csv(folder / "a.csv", HEADER, ROWS)
    answer = shop("import", "cobrand", *words)
    assert answer.status == status
    assert f"[{code}" in answer.err
    assert "Traceback" not in answer.err


def test_rows_stay_those_of_the_first_bank_whatever_a_later_version_says(shop, bank, folder):
    """Else a file fed once more, after the bank got another name, would count twice."""
    write_csv(folder / "a.csv", HEADER, ROWS)
    assert counts(bank("a.csv")) == tally(3, 3, 0, 0)
    text = DEPARTMENT_STORE.read_text(encoding="utf-8")
    text = text.replace('partner = "bank"', 'partner = "new-bank"').replace("2015-01", "2016-01")
    (folder / "new.toml").write_text(text, encoding="utf-8")
    assert shop("program", "publish", "new.toml", "--yes").status == 0
    assert counts(bank("a.csv")) == tally(3, 0, 3, 0)


def test_the_statement_names_the_card_and_the_banks_reference(shop, bank, folder):
    write_csv(folder / "a.csv", HEADER, ROWS)
    bank("a.csv")
    shown = shop("statement", "m-001").out
    assert "co-branded card: 银行联名卡" in shown
    assert "co-branded card corrected: 银行联名卡" in shown
    first, second = shop("statement", "m-001", "--json").json
    assert [first[key] for key in ("kind", "receipt", "source", "points")] == [
        *("CobrandAccrued", "N-1", "bank", 64),
    ]
    assert (second["receipt"], second["points"], second["balance_after"]) == ("N-2", -14, 50)
    assert "co-branded card: 银行联名卡" in shop("lots", "m-001").out
    (month,) = shop("query", "FROM cobrand_months", "--json").json
    assert (month["partner"], month["spend_minor"], month["points"]) == ("bank", 139_999, 69)


def test_an_import_that_was_killed_is_finished_by_feeding_it_again(jifen, folder):
    """kill -9 in the middle; the log is then the one of a clean run."""
    members = [f"m-{number:03}" for number in range(200)]
    rows = [
        (members[row % 200], f"N-{row}", f"2026-{row % 3 + 1:02}-15", f"{row % 97 - 20}.50")
        for row in range(12_000)
    ]
    write_csv(folder / "a.csv", HEADER, rows)
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    for name in ("killed.db", "clean.db"):
        with Ledger.create(name, DEPARTMENT_STORE) as ledger:
            for number, member in enumerate(members):
                ledger.enrol(
                    member,
                    request_id=str(number),
                    occurred_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
                )

    def command(name):
        words = ("a.csv", "--cobrand", "bank-card", "--quiet", "--store", name)
        return [sys.executable, "-m", "cli", "import", "cobrand", *words]

    process = subprocess.Popen(command("killed.db"), env=environment, stdout=subprocess.PIPE)
    with Ledger.open("killed.db") as ledger:
        while ledger.position < 1000 and process.poll() is None:
            pass
    process.send_signal(signal.SIGKILL)
    with closing(process.stdout):
        assert process.wait() == -signal.SIGKILL
    with Ledger.open("killed.db") as ledger:
        assert 1000 <= ledger.position < 12_000
        assert not ledger.verify().findings
    for name in ("killed.db", "clean.db"):
        done = subprocess.run(
            command(name), env=environment, check=True, capture_output=True, text=True
        )
        assert "read 12,000 = posted " in done.stdout
        assert " + rejected 0" in done.stdout
    assert everything("killed.db") == everything("clean.db")
