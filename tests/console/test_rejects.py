"""The rejects file: what did not land, as it was, with why; fed again as it is."""

import csv
import datetime as dt
import os
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console import words
from console.armour import bared
from console.file_errors import UnwritableFile
from console.rejects import Rejects, rejects_path
from console.tabular import EXTRA_COLUMNS, Row, open_table
from schemas.errors import InvalidAmount

ERROR = InvalidAmount(text="x", currency="CNY", reason="it is not a plain number")


@pytest.fixture(autouse=True)
def _english():
    words.use("en")


def reject_all(source: Path, target: Path) -> list[Row]:
    """Reject every row of `source`; gives the rows."""
    with open_table(source) as table, Rejects(target, table.columns) as rejects:
        rows = list(table.rows)
        for row in rows:
            rejects.write(row, row.problem or ERROR)
        assert rejects.count == len(rows)
    return rows


def read(path: Path) -> list[Row]:
    with open_table(path) as table:
        return list(table.rows)


def test_nothing_rejected_leaves_no_file(tmp_path):
    with Rejects(tmp_path / "a.csv", ["a"]) as rejects:
        assert rejects.count == 0
    assert list(tmp_path.iterdir()) == []


def test_a_reject_keeps_its_columns_and_adds_line_code_reason_and_mending(tmp_path):
    source, target = tmp_path / "june.csv", tmp_path / "june.rejects.csv"
    source.write_text("会员号,金额\n\n 00001 ,x\n", encoding="gbk")
    reject_all(source, target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    assert header == ["会员号", "金额", *EXTRA_COLUMNS]
    assert row == [
        *(" 00001 ", "x", "3", "invalid_amount"),
        "amount 'x' is not a sum of CNY: it is not a plain number",
        InvalidAmount.hint,
    ]


def test_a_mended_file_is_read_as_it_is_with_the_original_lines(tmp_path):
    source, target = tmp_path / "june.csv", tmp_path / "june.rejects.csv"
    source.write_text("member,amount\nm-1,x\n\nm-2,y\n", encoding="utf-8")
    reject_all(source, target)
    target.write_bytes(target.read_bytes().replace(b"m-2,y", b"m-2,5.00"))
    with open_table(target) as table:
        assert table.columns == ["member", "amount"]
        rows = list(table.rows)
    assert [(row.line, row.values) for row in rows] == [
        (2, {"member": "m-1", "amount": "x"}),
        (4, {"member": "m-2", "amount": "5.00"}),
    ]


def test_rejects_of_rejects_still_know_the_original_lines(tmp_path):
    source = tmp_path / "june.csv"
    source.write_text("member,amount\nm-1,x\n\n=m-2,y\n", encoding="utf-8")
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    reject_all(source, first)
    reject_all(first, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_person_may_move_or_empty_the_added_columns(tmp_path):
    path = tmp_path / "mended.csv"
    path.write_text("jifen_line,a,jifen_code\n7,x,c\n,y,\n", encoding="utf-8")
    with open_table(path) as table:
        assert table.columns == ["a"]
        assert [(row.line, row.values) for row in table.rows] == [(7, {"a": "x"}), (3, {"a": "y"})]


def test_a_ragged_row_stays_ragged_until_its_surplus_is_removed(tmp_path):
    source, target = tmp_path / "june.csv", tmp_path / "june.rejects.csv"
    source.write_text("a,b\n1,2,surplus\n3\n", encoding="utf-8")
    rows = reject_all(source, target)
    again = read(target)
    assert [row.line for row in again] == [2, 3]
    assert again[0].problem is not None
    assert list(again[0].cells) == list(rows[0].cells)
    assert (again[1].problem, again[1].values) == (None, {"a": "3", "b": None})
    target.write_bytes(target.read_bytes().replace(b",surplus", b""))
    assert read(target)[0].values == {"a": "1", "b": "2"}


def test_what_a_spreadsheet_would_run_is_shielded_and_numbers_are_not(tmp_path):
    source, target = tmp_path / "june.csv", tmp_path / "june.rejects.csv"
    source.write_text('a,=b,c\n=1+1,-30,"=""001"""\n@x,+1.5%,\'=y\n', encoding="utf-8")
    before = reject_all(source, target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        cells = [row[:3] for row in csv.reader(file)]
    assert cells == [["a", "'=b", "c"], ["'=1+1", "-30", '="001"'], ["'@x", "+1.5%", "'=y"]]
    assert [row.values for row in read(target)] == [row.values for row in before]


def test_cells_of_a_workbook_are_written_as_exact_text(tmp_path):
    target = tmp_path / "r.csv"
    cells = [Decimal("1234"), Decimal("1E+3"), Decimal("12.35"), dt.date(2026, 6, 30), None, 7]
    columns = list("abcdef")
    with Rejects(target, columns) as rejects:
        rejects.write(Row(3, {}, cells), ERROR)
    (row,) = read(target)
    assert list(row.values.values()) == ["1234", "1000", "12.35", "2026-06-30", None, "7"]


def test_a_rejected_row_is_on_disk_before_the_file_is_closed(tmp_path):
    target = tmp_path / "r.csv"
    with Rejects(target, ["a"]) as rejects:
        for line in (2, 3):
            rejects.write(Row(line, {}, ["x\ny"]), ERROR)
            assert [row.line for row in read(target)] == list(range(2, line + 1))


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    target = tmp_path / "r.csv"
    target.write_text("mended by hand", encoding="utf-8")
    with Rejects(target, ["a"]) as rejects, pytest.raises(UnwritableFile, match="already"):
        rejects.write(Row(2, {}, ["x"]), ERROR)
    assert target.read_text(encoding="utf-8") == "mended by hand"


def test_a_folder_that_is_missing_is_told(tmp_path):
    target = tmp_path / "missing" / "r.csv"
    with Rejects(target, ["a"]) as rejects, pytest.raises(UnwritableFile) as refusal:
        rejects.write(Row(2, {}, ["x"]), ERROR)
    assert refusal.value.fields["path"] == os.fspath(target)


def test_the_path_for_rejects_is_the_next_that_is_free(tmp_path):
    source = tmp_path / "june.csv.gz"
    assert rejects_path(source) == tmp_path / "june.rejects.csv"
    (tmp_path / "june.rejects.csv").touch()
    assert rejects_path(source) == tmp_path / "june.rejects-2.csv"


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.text("=+-@'\"\t\r\n0123456789.,%＝", max_size=6),
)


@given(
    st.lists(
        st.lists(CELLS, min_size=1, max_size=4).filter(lambda row: any(c.strip() for c in row)),
        min_size=1,
        max_size=6,
    )
)
@example([['="0"', "'=0", "''=0"]])
@example([["'", "=", "'+1"], ["\t=1", "\r", "-1"]])
def test_rejected_rows_read_back_with_the_same_values_and_lines(rows):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "s.csv", Path(folder) / "r.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
            writer.writerows([["a", "b", "c"], *rows])
        before = reject_all(source, target)
        after = read(target)
        with target.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
    assert [row.line for row in after] == [row.line for row in before]
    for old, new in zip(before, after, strict=True):
        if old.problem is None:
            assert new.values == old.values
        elif len(old.cells) > 3:
            assert new.problem is not None
    for cell in cells:
        if cell[:1] == "=":
            assert bared(cell) != cell
        assert cell[:1] not in tuple("@\t\r\n")
