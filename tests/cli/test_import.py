"""`jifen import purchases`: what lands, what is rejected, and feeding it again (EASE 8 and 9)."""

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
from tests.cli.conftest import CDNOW, EXAMPLES

MAP_CDNOW = ("--map", "member=customer_id", "--map", "amount=dollar_value")
ROWS = [
    ("m-001", "A-1", "118.00", "2026-03-01"),
    ("m-002", "A-2", "1,280.50", "2026-03-02"),
]


def write_csv(path, header, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def balances(path="jifen.db", members=("m-001", "m-002")):
    with Ledger.open(path) as ledger:
        return [ledger.balance(member).balance for member in members]


def counts(answer):
    line = answer.out.splitlines()[0]
    words = line.replace(",", "").split()
    return {
        name: int(words[words.index(name) + 1])
        for name in ("read", "posted", "duplicate", "rejected")
    }


def tally(read, posted, duplicate, rejected):
    return {"read": read, "posted": posted, "duplicate": duplicate, "rejected": rejected}


def test_a_gbk_file_with_chinese_headers_imports(shop, folder):
    """As a spreadsheet in China saves it."""
    write_csv(
        folder / "六月.csv",
        ["会员号", "小票号", "金额", "日期", "门店"],
        [(*row, "东门店") for row in ROWS],
        encoding="gbk",
    )
    answer = shop("import", "purchases", "六月.csv", "--enrol")
    assert answer.status == 0, answer
    assert counts(answer) == tally(2, 2, 0, 0)
    assert "gb18030" in answer.err.lower()
    assert "member = 会员号" in answer.err
    assert balances() == [118, 1280]
    assert shop("statement", "m-002", "--json").json[0]["store"] == "东门店"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_told_apart(shop, folder, encoding):
    write_csv(folder / "a.csv", ["会员号", "小票号", "金额", "日期"], ROWS, encoding=encoding)
    assert counts(shop("import", "purchases", "a.csv", "--enrol")) == tally(2, 2, 0, 0)


def test_a_workbook_imports_and_floated_numbers_are_repaired(shop, folder):
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["会员号", "小票号", "金额", "日期"])
        for number, (member, amount) in enumerate([(1380013, 118.0), (1380014, 1280.5)], start=1):
            sheet.write_row(number, 0, [member, f"A-{number}", amount])
            sheet.write_datetime(number, 3, dt.datetime(2026, 3, number), day)  # noqa: DTZ001
    answer = shop("import", "purchases", "a.xlsx", "--enrol", "--zone", "Asia/Shanghai")
    assert counts(answer) == tally(2, 2, 0, 0)
    assert balances(members=("1380013", "1380014")) == [118, 1280]


def test_parquet_imports(shop, folder):
    table = pa.table(
        {
            "customer": ["m-001", "m-002"],
            "receipt": ["A-1", "A-2"],
            "amount": pa.array(["118.00", "1280.50"]).cast(pa.decimal128(10, 2)),
            "time": pa.array([dt.datetime(2026, 3, 1, tzinfo=dt.UTC)] * 2),
        }
    )
    pq.write_table(table, folder / "a.parquet")
    assert counts(shop("import", "purchases", "a.parquet", "--enrol")) == tally(2, 2, 0, 0)
    assert balances() == [118, 1280]


def test_bad_rows_go_to_the_rejects_and_the_mended_file_is_fed_as_it_is(shop, folder):
    bad = [
        ("m-001", "A-1", "118.00", "2026-03-01"),
        ("nobody", "A-2", "5.00", "2026-03-01"),
        ("m-001", "A-3", "-5.00", "2026-03-01"),
        ("m-001", "A-4", "5.005", "2026-03-01"),
        ("m-001", "A-5", "five", "2026-03-01"),
        ("m-001", "", "5.00", "2026-03-01"),
        ("m-001", "A-7", "5.00", "01/03/2026"),
        ("m-001", "A-8", "5.00", "2026-03-01 10:00"),
        ("m-001", "A-9", "5.00", "2999-01-01"),
        ("m-001", "A-1", "9.00", "2026-03-01"),
        ("m-001", "A-10", "10.00", "2026-03-01"),
    ]
    write_csv(folder / "june.csv", ["member", "receipt", "amount", "date"], bad)
    answer = shop("import", "purchases", "june.csv")
    assert answer.status == 1
    assert counts(answer) == tally(11, 2, 0, 9)
    with (folder / "june.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert [(row["jifen_line"], row["jifen_code"]) for row in rejects] == [
        ("3", "unknown_member"),
        ("4", "invalid_amount"),
        ("5", "invalid_amount"),
        ("6", "invalid_amount"),
        ("7", "missing_value"),
        ("8", "invalid_time"),
        ("9", "invalid_time"),
        ("10", "occurred_in_future"),
        ("11", "request_conflict"),
    ]
    assert all(row["jifen_reason"] for row in rejects)
    assert rejects[3]["amount"] == "five"

    for row in rejects:
        row.update(member="m-001", amount="5.00", date="2026-03-02", receipt=row["receipt"] or "B")
    rejects[-1]["receipt"] = "A-11"
    with (folder / "mended.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rejects[0]))
        writer.writeheader()
        writer.writerows(rejects)
    assert counts(shop("import", "purchases", "mended.csv")) == tally(9, 9, 0, 0)
    assert balances(members=["m-001"]) == [118 + 10 + 9 * 5]
    assert counts(shop("import", "purchases", "june.csv"))["duplicate"] == 2


def test_a_file_without_receipts_needs_a_lasting_name(shop, folder):
    write_csv(folder / "a.csv", ["member", "amount", "date"], [("m-001", "5.00", "2026-03-01")] * 2)
    refused = shop("import", "purchases", "a.csv")
    assert refused.status == 2
    assert "[unidentified_rows]" in refused.err
    assert counts(shop("import", "purchases", "a.csv", "--source", "june")) == tally(2, 2, 0, 0)
    assert counts(shop("import", "purchases", "a.csv", "--source", "june")) == tally(2, 0, 2, 0)
    assert balances(members=["m-001"]) == [10]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("none.csv",), "unreadable_file"),
        (("a.csv", "--map", "colour=amount"), "unknown_field"),
        (("a.csv", "--map", "amount=sum"), "unknown_column"),
        (("a.csv", "--encoding", "klingon"), "unknown_encoding"),
        (("a.csv", "--zone", "Mars/North"), "invalid_time"),
        (("empty.csv",), "empty_file"),
        (("broken.csv",), "undecodable_file"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_in_one_line(shop, folder, words, code):
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date"], ROWS)
    (folder / "empty.csv").write_bytes(b"")
    (folder / "broken.csv").write_bytes(b"member,receipt,amount,date\nm-001,A,\xff\xff,2026\n")
    answer = shop("import", "purchases", *words)
    assert answer.status == 2
    assert f"[{code}" in answer.err
    assert "Traceback" not in answer.err


def test_rows_of_partners_with_the_same_receipt_numbers_are_apart(shop, folder):
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date"], ROWS[:1])
    for partner in ("north", "south"):
        shop("import", "purchases", "a.csv", "--partner", partner)
    assert balances(members=["m-001"]) == [236]


@pytest.mark.parametrize("when", ["0001-01-01", "0001-01-01 00:00:00", "0001-01-01T00:00:00+08:00"])
def test_a_time_at_the_end_of_time_is_one_rejected_row(shop, folder, when):
    """The null date of some databases."""
    rows = [("m-001", "A-1", "5.00", "2026-03-01"), ("m-001", "A-2", "5.00", when)]
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date"], rows)
    answer = shop("import", "purchases", "a.csv", "--zone", "Asia/Shanghai")
    assert counts(answer) == tally(2, 1, 0, 1)


def test_a_refused_first_row_does_not_reject_the_members_other_rows(shop, folder):
    rows = [
        ("new", "A-1", "5.00", "2999-01-01"),
        ("new", "A-2", "5.00", "2026-03-01"),
        ("new", "A-3", "5.00", "2026-03-02"),
    ]
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date"], rows)
    answer = shop("import", "purchases", "a.csv", "--enrol")
    assert counts(answer) == tally(3, 2, 0, 1)
    assert "enrolled 1;" in answer.out


def test_members_with_long_names_are_enrolled_apart(shop, folder):
    names = ["x" * 125 + end for end in ("a", "b", "c")]
    rows = [(name, f"A-{i}", "5.00", "2026-03-01") for i, name in enumerate(names)]
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date"], rows)
    assert counts(shop("import", "purchases", "a.csv", "--enrol")) == tally(3, 3, 0, 0)


def test_partner_and_receipt_together_name_a_row_without_doubt(shop, folder):
    rows = [
        ("m-001", "b/c", "5.00", "2026-03-01", "a"),
        ("m-001", "c", "5.00", "2026-03-01", "a/b"),
        ("m-001", "a/b/c", "5.00", "2026-03-01", ""),
        ("m-001", "y" * 128, "5.00", "2026-03-01", "z" * 100),
    ]
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date", "partner"], rows)
    assert counts(shop("import", "purchases", "a.csv")) == tally(4, 4, 0, 0)


def test_a_store_that_is_busy_ends_the_import_and_rejects_nothing(shop, folder, monkeypatch):
    import sqlite3

    monkeypatch.setattr("ledger.store.file._BUSY_SECONDS", 0.1)
    write_csv(folder / "a.csv", ["member", "receipt", "amount", "date"], ROWS)
    with closing(sqlite3.connect(folder / "jifen.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = shop("import", "purchases", "a.csv")
    assert answer.status == 4
    assert "[store_busy]" in answer.err
    assert counts(answer) == tally(0, 0, 0, 0)
    assert not list(folder.glob("*.rejects*"))


def test_the_source_of_a_settings_file_does_not_name_the_rows_of_a_file(shop, folder):
    (folder / "jifen.toml").write_text('source = "shop"\n')
    write_csv(folder / "a.csv", ["member", "amount", "date"], [("m-001", "5.00", "2026-03-01")])
    assert "[unidentified_rows]" in shop("import", "purchases", "a.csv").err


def import_cdnow(*words):
    return [
        *(sys.executable, "-m", "cli", "import", "purchases"),
        *(str(CDNOW / "cdnow_sample.csv.gz"), "--source", "cdnow", "--enrol", "--quiet"),
        *("--map", "member=master_customer_id", "--map", "amount=dollar_value", *words),
    ]


def everything(path):
    """All that the log says, but for when it was written down."""
    import sqlite3

    with closing(sqlite3.connect(path)) as store:
        return store.execute(
            "SELECT position, stream, version, topic, state FROM events WHERE stream != 'program'"
        ).fetchall()


def test_an_import_that_was_killed_is_finished_by_feeding_it_again(jifen, folder):
    """kill -9 in the middle; the log is then the one of a clean run."""
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    for name in ("killed.db", "clean.db"):
        assert jifen("init", "--program", CDNOW / "program.toml", "--store", name).status == 0
    process = subprocess.Popen(import_cdnow("--store", "killed.db"), env=environment)
    with Ledger.open("killed.db") as ledger:
        while ledger.position < 1000 and process.poll() is None:
            pass
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    with Ledger.open("killed.db") as ledger:
        assert 1000 <= ledger.position < 9000
        assert not ledger.verify().findings
    for name in ("killed.db", "clean.db"):
        subprocess.run(
            import_cdnow("--store", name), env=environment, check=True, capture_output=True
        )
    assert everything("killed.db") == everything("clean.db")
    for view in ("balances", "tier_cards", "postings", "rfm"):
        sql = f"SELECT * FROM {view} ORDER BY ALL"
        answers = [
            jifen("query", sql, "--json", "--max-rows", "100000", "--store", name)
            for name in ("killed.db", "clean.db")
        ]
        assert answers[0].status == 0
        assert len(answers[0].json) > 2000
        assert answers[0].json == answers[1].json
