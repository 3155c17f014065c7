"""Workbooks: what a spreadsheet gets to see in each cell."""

import datetime as dt
import zipfile
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from console import sheets
from console.cells import Column
from console.file_errors import TooManyRows
from console.output import write_record, write_rows

COLUMNS = [
    Column("member", "会员号", "identifier"),
    Column("name", "姓名"),
    Column("points", "积分", "points"),
    Column("amount_minor", "金额", "money", 2),
    Column("at", "时间", "instant"),
    Column("day", "日期", "day"),
    Column("share", "占比", "percent"),
    Column("active", "有效", "flag"),
    Column("lots", "批次", "nested"),
]
ROW = {
    "member": "0000166202123456789",
    "name": '=cmd|" /C calc"!A0',
    "points": -30,
    "amount_minor": 123_456_789_012_35,
    "at": dt.datetime(2026, 6, 30, 2, 0, 5, tzinfo=dt.UTC),
    "day": dt.date(2026, 12, 31),
    "share": 0.125,
    "active": True,
    "lots": [1],
}


def read(path) -> list[list[object]]:
    with CalamineWorkbook.from_path(path) as book:
        return list(book.get_sheet_by_index(0).iter_rows())


def test_identifiers_are_text_numbers_are_numbers_and_nothing_is_a_formula(tmp_path):
    out = tmp_path / "answer.xlsx"
    assert write_rows([ROW, {}], COLUMNS, "xlsx", out=out, zone=ZoneInfo("Asia/Shanghai")) == 2
    header, row = read(out)
    assert header == ["member", "name", "points", "amount", "at", "day", "share", "active"]
    assert row == [
        *("0000166202123456789", '=cmd|" /C calc"!A0', -30.0, 123_456_789_012.35),
        *(dt.datetime(2026, 6, 30, 10, 0, 5), dt.date(2026, 12, 31), 0.125, True),  # noqa: DTZ001
    ]
    with zipfile.ZipFile(out) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_number_that_a_spreadsheet_would_round_is_text(tmp_path):
    out = tmp_path / "answer.xlsx"
    column = Column("n", "n", "integer")
    write_rows([[10**15 - 1], [10**15], [-(10**17) - 1]], [column], "xlsx", out=out)
    assert read(out) == [["n"], [float(10**15 - 1)], ["1000000000000000"], [str(-(10**17) - 1)]]


def test_a_day_before_the_calendar_of_spreadsheets_is_text(tmp_path):
    out = tmp_path / "answer.xlsx"
    write_record({"day": dt.date(1899, 1, 1)}, [Column("day", "d", "day")], "xlsx", out=out)
    assert read(out) == [["day"], ["1899-01-01"]]


def test_a_title_becomes_a_name_that_a_sheet_may_have(tmp_path):
    out = tmp_path / "answer.xlsx"
    write_rows([["x"]], [Column("a", "a")], "xlsx", out=out, title="'会员[1]: a/b?*" + "长" * 40)
    with CalamineWorkbook.from_path(out) as book:
        assert book.sheet_names == ["会员1 ab" + "长" * 25]


def test_more_rows_than_a_sheet_holds_are_refused_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    out = tmp_path / "answer.xlsx"
    assert write_rows([[1]] * 3, [Column("n", "n", "integer")], "xlsx", out=out) == 3
    out.unlink()
    with pytest.raises(TooManyRows):
        write_rows([[1]] * 4, [Column("n", "n", "integer")], "xlsx", out=out)
    assert list(tmp_path.iterdir()) == []
