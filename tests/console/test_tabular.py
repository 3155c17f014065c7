"""Tables that people hand in: every encoding, kind and accident that is read or told."""

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from console import read_files
from console.file_errors import (
    BrokenRow,
    DamagedNumber,
    DuplicateColumn,
    EmptyFile,
    FileProblem,
    NoRows,
    NulByte,
    RaggedRow,
    UnclosedQuote,
    UndecodableFile,
    UnknownEncoding,
    UnknownSheet,
    UnreadableFile,
)
from console.tabular import cell_text, open_table

CHINESE = "会员号,金额,姓名\n00001,12.50,张三\n"


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def read(path: Path, **options):
    """(columns, [(line, values)], [problems])"""
    with open_table(path, **options) as table:
        rows = list(table.rows)
    return (
        table.columns,
        [(row.line, list(row.values.values())) for row in rows if row.problem is None],
        [row.problem for row in rows if row.problem is not None],
    )


def workbook(path: Path, fill) -> Path:
    with xlsxwriter.Workbook(path) as book:
        fill(book)
    return path


# CSV: encodings


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
    ],
)
def test_the_encoding_of_a_csv_file_is_found_and_told(tmp_path, encoding, told):
    path = written(tmp_path / "june.csv", CHINESE, encoding)
    with open_table(path) as table:
        assert (table.kind, table.encoding) == ("csv", told)
        assert table.columns == ["会员号", "金额", "姓名"]
        row = next(table.rows)
    assert row.line == 2
    assert row.values == {"会员号": "00001", "金额": "12.50", "姓名": "张三"}


def test_a_character_of_four_bytes_is_read_in_gb18030(tmp_path):
    path = written(tmp_path / "june.csv", "姓名\n㐀𠀀\n", "gb18030")
    assert read(path)[1] == [(2, ["㐀𠀀"])]


@pytest.mark.parametrize(
    ("wanted", "actual"), [("big5", "big5"), ("utf-16", "utf-16"), ("utf-8", "utf-8-sig")]
)
def test_the_encoding_can_be_said(tmp_path, wanted, actual):
    path = written(tmp_path / "june.csv", "會員號,金額\n00001,5\n", actual)
    assert read(path, encoding=wanted)[0] == ["會員號", "金額"]


@pytest.mark.parametrize("wanted", ["klingon", "rot13", "hex", "a\0b"])
def test_an_encoding_that_there_is_not_is_refused(tmp_path, wanted):
    path = written(tmp_path / "june.csv", CHINESE)
    with pytest.raises(UnknownEncoding):
        open_table(path, encoding=wanted)


@pytest.mark.parametrize("chunk", [1, 3, 7, 1 << 20])
def test_an_undecodable_byte_is_told_with_line_and_position(tmp_path, chunk, monkeypatch):
    monkeypatch.setattr(read_files, "_CHUNK", chunk)
    path = written(tmp_path / "june.csv", "姓名\n张三\n李".encode() + b"\xff\xfe\n")
    with pytest.raises(UndecodableFile) as refusal:
        open_table(path)
    assert refusal.value.fields == {
        "path": str(path),
        "encoding": "utf-8",
        "line": 3,
        "column": 4,
        "byte": "0xff",
    }
    assert str(refusal.value).count("\n") == 0


@pytest.mark.parametrize("chunk", [1, 2, 5, 1 << 20])
def test_the_position_is_that_of_the_encoding_that_got_further(tmp_path, chunk, monkeypatch):
    monkeypatch.setattr(read_files, "_CHUNK", chunk)
    path = written(tmp_path / "june.csv", "姓名\n张三\n李四".encode("gbk") + b"\x81\x20,\n")
    with pytest.raises(UndecodableFile) as refusal:
        open_table(path)
    fields = refusal.value.fields
    assert (fields["encoding"], fields["line"], fields["column"]) == ("gb18030", 3, 5)


@pytest.mark.parametrize("chunk", [1, 4, 1 << 20])
def test_a_mark_does_not_shift_the_position(tmp_path, chunk, monkeypatch):
    monkeypatch.setattr(read_files, "_CHUNK", chunk)
    path = written(tmp_path / "june.csv", b"\xef\xbb\xbfab\xff\n")
    with pytest.raises(UndecodableFile) as refusal:
        open_table(path, encoding="utf-8")
    assert (refusal.value.fields["line"], refusal.value.fields["column"]) == (1, 6)


def test_a_character_cut_off_at_the_end_is_undecodable(tmp_path):
    path = written(tmp_path / "june.csv", "a\n张".encode()[:-1])
    with pytest.raises(UndecodableFile) as refusal:
        open_table(path, encoding="utf-8")
    assert refusal.value.fields["line"] == 2


def test_text_without_a_mark_is_no_utf16(tmp_path):
    path = written(tmp_path / "june.csv", CHINESE)
    with pytest.raises(UndecodableFile) as refusal:
        open_table(path, encoding="utf-16")
    assert (refusal.value.fields["line"], refusal.value.fields["column"]) == (1, 1)


def test_a_nul_byte_is_told_with_its_line(tmp_path):
    path = written(tmp_path / "june.csv", b"a,b\n1,2\n3,\x004\n")
    with pytest.raises(NulByte) as refusal:
        open_table(path)
    assert refusal.value.fields["line"] == 3


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_any_text_in_utf8_is_taken_for_utf8(text):
    content = f"a\n{text}".encode()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "x.csv", content)
        assert read_files.encoding_of_csv(path) == "utf-8"


# CSV: shape


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_the_one_that_the_header_has(tmp_path, delimiter):
    header = delimiter.join(['"a,;\tb"', "c", "d"])
    path = written(tmp_path / "june.csv", f"{header}\n1{delimiter}2{delimiter}3\n")
    assert read(path)[:2] == (["a,; b", "c", "d"], [(2, ["1", "2", "3"])])


def test_one_column_needs_no_delimiter(tmp_path):
    assert read(written(tmp_path / "a.csv", "member\nm-1\n"))[1] == [(2, ["m-1"])]


def test_a_line_number_is_that_of_the_rows_first_line(tmp_path):
    content = '\n\na,b\r\n"1\n2",3\r\n\n"4\r\n\r\n5",6\n7,8'
    path = written(tmp_path / "june.csv", content)
    assert read(path)[1] == [(4, ["1\n2", "3"]), (7, ["4\r\n\r\n5", "6"]), (10, ["7", "8"])]


def test_names_of_columns_are_trimmed_and_narrowed(tmp_path):
    path = written(tmp_path / "june.csv", " ＭＥＭＢＥＲ　,（金额）,\n1,2,3\n")
    assert read(path)[0] == ["MEMBER", "(金额)", "column_3"]


def test_cells_are_trimmed_and_empty_ones_are_none(tmp_path):
    path = written(tmp_path / "june.csv", "a,b,c\n m-1 ,,　\n")
    with open_table(path) as table:
        (row,) = table.rows
    assert row.values == {"a": "m-1", "b": None, "c": None}
    assert row.cells == [" m-1 ", "", "　"]


def test_rows_of_nothing_are_no_rows(tmp_path):
    path = written(tmp_path / "june.csv", "a,b\n,\n\n1,0\n,,,\n")
    assert read(path) == (["a", "b"], [(4, ["1", "0"])], [])


def test_a_ragged_row_carries_its_problem_and_the_others_go_on(tmp_path):
    path = written(tmp_path / "june.csv", "a,b\n1\n2,3\n4,5,6\n7,8,\n")
    columns, rows, problems = read(path)
    assert columns == ["a", "b"]
    assert rows == [(3, ["2", "3"]), (5, ["7", "8"])]
    assert [type(problem) for problem in problems] == [RaggedRow, RaggedRow]
    assert [problem.fields["line"] for problem in problems] == [2, 4]
    assert problems[1].fields == {"line": 4, "expected": 2, "found": 3}


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quote_that_is_never_closed_is_told_with_the_line_that_opens_it(tmp_path, end):
    path = written(tmp_path / "june.csv", f'a,b\n1,2\n3,"4\n5,6{end}')
    _, rows, problems = read(path)
    assert rows == [(2, ["1", "2"])]
    assert [(type(p), p.fields["line"]) for p in problems] == [(UnclosedQuote, 3)]


def test_a_cell_beyond_all_measure_costs_its_row_only(tmp_path):
    path = written(tmp_path / "june.csv", f"a,b\n1,{'x' * 140_000}\n3,4\n")
    _, rows, problems = read(path)
    assert rows == [(3, ["3", "4"])]
    assert [(type(p), p.fields["line"]) for p in problems] == [(BrokenRow, 2)]


def test_what_a_spreadsheet_was_shielded_from_is_read_bare(tmp_path):
    path = written(tmp_path / "june.csv", 'id,t\n"=""00001""",\'=1+1\n\t622202,\'quoted\n')
    assert read(path)[1] == [(2, ["00001", "=1+1"]), (3, ["622202", "'quoted"])]


@pytest.mark.parametrize("name", ["june.csv.gz", "june.gz", "june"])
def test_gzip_is_unpacked_whatever_its_name(tmp_path, name):
    path = written(tmp_path / name, gzip.compress(CHINESE.encode("gbk")))
    assert read(path)[1] == [(2, ["00001", "12.50", "张三"])]


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="gb18030", exclude_characters="\0")), min_size=3)
        .map(lambda cells: cells[:3])
        .filter(lambda cells: any(cells)),
        min_size=1,
        max_size=5,
    )
)
def test_cells_come_as_they_were_written(rows):
    import csv
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(
                [["a", "b", "c"], *rows]
            )
        with open_table(path, encoding="gb18030") as table:
            assert [list(row.cells) for row in table.rows] == rows


# Files that are none


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"\n\n  \n", EmptyFile),
        (b"\xef\xbb\xbf", EmptyFile),
        (gzip.compress(b"", mtime=0), EmptyFile),
        (b"a,b\n", NoRows),
        (b"a,b\n,\n", NoRows),
        (b"a,b,A\xef\xbc\xa2,a \n1,2,3,4\n", DuplicateColumn),
        (b'a,"b\n1,2\n', UnreadableFile),
        (gzip.compress(b"a\n1\n" * 1000, mtime=0)[:-20], UnreadableFile),
        (b"\x1f\x8bnonsense of a header", UnreadableFile),
        (b"PK\x03\x04 no workbook", UnreadableFile),
        (b"\xd0\xcf\x11\xe0 no workbook", UnreadableFile),
        (b"PAR1 no parquet", UnreadableFile),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path, content, error):
    path = written(tmp_path / "june", content)
    with pytest.raises(error) as refusal:
        open_table(path)
    assert refusal.value.fields["path"] == str(path)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="no such file"):
        open_table(tmp_path / "missing.csv")
    with pytest.raises(UnreadableFile, match="directory"):
        open_table(tmp_path)


def test_a_csv_file_has_no_sheets(tmp_path):
    with pytest.raises(UnknownSheet):
        open_table(written(tmp_path / "a.csv", CHINESE), sheet="Sheet1")


def test_a_table_can_be_closed_before_its_end_and_twice(tmp_path):
    table = open_table(written(tmp_path / "a.csv", "a\n1\n2\n"))
    next(table.rows)
    table.close()
    table.close()
    assert list(table.rows) == []


def test_a_preview_takes_no_row_away(tmp_path):
    with open_table(written(tmp_path / "a.csv", "a\n1\n2\n3\n")) as table:
        assert [row.line for row in table.preview(2)] == [2, 3]
        assert [row.line for row in table.preview(9)] == [2, 3, 4]
        assert [row.line for row in table.rows] == [2, 3, 4]
        assert table.preview(1) == []


# Workbooks


def sales(book: xlsxwriter.Workbook) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    hidden = book.add_worksheet("隐藏")
    hidden.write_row(0, 0, ["x"])
    hidden.write_row(1, 0, ["y"])
    hidden.hide()
    sheet = book.add_worksheet("销售")
    sheet.activate()
    sheet.set_first_sheet()
    sheet.write_row(1, 1, ["会员号", "金额", "日期", "时间", "有效"])
    sheet.write_row(2, 1, [1234, 12.35])
    sheet.write_datetime(2, 3, dt.date(2026, 6, 30), day)
    sheet.write_datetime(2, 4, dt.datetime(2026, 6, 30, 10, 30), minute)  # noqa: DTZ001
    sheet.write_boolean(2, 5, True)
    sheet.write_row(4, 1, [" 00001 ", 0])
    sheet.write_formula(5, 2, "=0.1+0.2", value=0.1 + 0.2)
    sheet.write_number(6, 1, 6222021234567890123)


def test_a_workbook_gives_exact_numbers_dates_and_row_numbers(tmp_path):
    path = workbook(tmp_path / "june.xlsx", sales)
    with open_table(path) as table:
        assert (table.kind, table.encoding) == ("xlsx", None)
        assert table.columns == ["会员号", "金额", "日期", "时间", "有效"]
        first, second, third, _ = rows = list(table.rows)
    assert [row.line for row in rows] == [3, 5, 6, 7]
    assert list(first.values.values()) == [
        Decimal("1234"),
        Decimal("12.35"),
        dt.date(2026, 6, 30),
        dt.datetime(2026, 6, 30, 10, 30),  # noqa: DTZ001
        "TRUE",
    ]
    assert [cell_text(value) for value in first.values.values()][:3] == [
        "1234",
        "12.35",
        "2026-06-30",
    ]
    assert list(second.values.values()) == ["00001", Decimal(0), None, None, None]
    assert cell_text(third.values["金额"]) == "0.3"


def test_an_identifier_that_a_spreadsheet_made_a_number_is_repaired_and_counted(tmp_path):
    path = workbook(tmp_path / "june.xlsx", sales)
    with open_table(path) as table:
        first, second, third, fourth = (row.values["会员号"] for row in table.rows)
        assert table.identifier(first) == "1234"
        assert table.identifier(second) == "00001"
        assert table.identifier(third) is None
        assert table.repaired == 1
        with pytest.raises(DamagedNumber):
            table.identifier(fourth)


def test_a_phone_with_a_decimal_point_in_csv_is_repaired_and_counted(tmp_path):
    path = written(tmp_path / "a.csv", "phone\n13800138000.0\n13800138000\n1.50\n")
    with open_table(path) as table:
        assert [table.identifier(row.values["phone"]) for row in table.rows] == [
            "13800138000",
            "13800138000",
            "1.50",
        ]
        assert table.repaired == 1


def test_a_sheet_is_chosen_by_name_a_hidden_one_too(tmp_path):
    path = workbook(tmp_path / "june.xlsx", sales)
    assert read(path, sheet="隐藏")[1] == [(2, ["y"])]
    with pytest.raises(UnknownSheet) as refusal:
        open_table(path, sheet="Sheet1")
    assert refusal.value.fields["sheets"] == "销售"


def test_a_workbook_is_told_by_its_bytes(tmp_path):
    path = workbook(tmp_path / "june.xlsx", sales)
    renamed = path.rename(tmp_path / "june.csv")
    assert read(renamed)[0][0] == "会员号"


def test_an_empty_workbook_is_empty(tmp_path):
    with pytest.raises(EmptyFile):
        open_table(workbook(tmp_path / "a.xlsx", lambda book: book.add_worksheet()))


# Parquet


def test_parquet_gives_exact_values_and_counts_its_rows(tmp_path):
    path = tmp_path / "june.parquet"
    instant = dt.datetime(2026, 6, 30, 2, tzinfo=dt.UTC)
    table = pa.table(
        {
            "member": pa.array([16222021234567890, None]),
            "floated": pa.array([1234.0, float("nan")]),
            "amount": pa.array([12.35, None]),
            "small": pa.array([12.35, None], pa.float32()),
            "exact": pa.array([Decimal("1280.50"), None]),
            "whole": pa.array([Decimal("16222021234567890"), None], pa.decimal128(20, 0)),
            "at": pa.array([instant, None], pa.timestamp("ns", "UTC")),
            "day": pa.array([dt.date(2026, 6, 30), None]),
            "flag": pa.array([True, None]),
            "name": pa.array(["张三", " "]).dictionary_encode(),
            "bytes": pa.array(["张".encode(), None]),
            "list": pa.array([[1, 2], None]),
            "place": pa.array([0, 0]),
        }
    )
    pq.write_table(table, path)
    with open_table(path) as read_table:
        assert (read_table.kind, read_table.encoding) == ("parquet", None)
        first, second = read_table.rows
        assert read_table.identifier(first.values["member"]) == "16222021234567890"
        assert read_table.identifier(first.values["whole"]) == "16222021234567890"
        assert read_table.repaired == 0
        assert read_table.identifier(first.values["floated"]) == "1234"
        assert read_table.repaired == 1
    assert [first.line, second.line] == [1, 2]
    assert first.values == {
        "member": 16222021234567890,
        "floated": Decimal("1234"),
        "amount": Decimal("12.35"),
        "small": Decimal("12.35"),
        "exact": Decimal("1280.50"),
        "whole": 16222021234567890,
        "at": instant,
        "day": dt.date(2026, 6, 30),
        "flag": "TRUE",
        "name": "张三",
        "bytes": "张",
        "list": "[1, 2]",
        "place": 0,
    }
    assert {k: v for k, v in second.values.items() if v is not None} == {"place": 0}


def test_parquet_of_several_batches_counts_on(tmp_path, monkeypatch):
    monkeypatch.setattr("console.read_books._BATCH_ROWS", 4)
    path = tmp_path / "june.parquet"
    pq.write_table(pa.table({"n": list(range(10))}), path)
    assert read(path)[1] == [(n + 1, [n]) for n in range(10)]


def test_parquet_without_rows_is_told(tmp_path):
    path = tmp_path / "june.parquet"
    pq.write_table(pa.table({"n": pa.array([], pa.int64())}), path)
    with pytest.raises(NoRows):
        open_table(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_as_a_file(content):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "x", content)
        try:
            with open_table(path) as table:
                lines = [row.line for row in table.rows]
        except FileProblem as refusal:
            lines = [1]
            message = str(refusal)
        else:
            message = ""
        assert lines == sorted(lines)
        assert "\n" not in message
