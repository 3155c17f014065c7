"""One way to print an answer: the same rows in every format, for every kind of stream."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console import words
from console.armour import armoured, bared, neutralised
from console.cells import Column, shown
from console.file_errors import NeedsFile, UnwritableFile
from console.output import write_record, write_rows
from console.tables import drawn
from console.writing import width

ROOT = Path(__file__).parents[2]
SHANGHAI = ZoneInfo("Asia/Shanghai")
COLUMNS = [
    Column("member", "会员号", "identifier"),
    Column("name", "姓名"),
    Column("points", "积分", "points"),
    Column("amount_minor", "金额", "money", 2),
    Column("at", "时间", "instant"),
    Column("expires_on", "到期日", "day"),
    Column("share", "占比", "percent"),
    Column("active", "有效", "flag"),
    Column("lots", "批次", "nested"),
]
FULL = {
    "member": "00001",
    "name": "=HYPERLINK(1)",
    "points": -30,
    "amount_minor": 128050,
    "at": dt.datetime(2026, 6, 30, 2, 0, 5, tzinfo=dt.UTC),
    "expires_on": dt.date(2026, 12, 31),
    "share": 0.125,
    "active": True,
    "lots": [{"lot": 1}],
}
SPARSE = {"member": "m-002", "name": "李四", "points": 12345}


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


class GbkTerminal(Terminal):
    encoding = "cp936"


@pytest.fixture(autouse=True)
def _english():
    words.use("en")


def printed(fmt, rows=(FULL, SPARSE), columns=COLUMNS, **options) -> str:
    stream = io.StringIO()
    assert write_rows(rows, columns, fmt, stream=stream, zone=SHANGHAI, **options) == len(rows)
    return stream.getvalue()


# JSON


def test_json_is_one_array_with_stable_keys_and_the_smallest_units():
    first, second = json.loads(printed("json"))
    assert first == {
        "member": "00001",
        "name": "=HYPERLINK(1)",
        "points": -30,
        "amount_minor": 128050,
        "at": "2026-06-30T02:00:05Z",
        "expires_on": "2026-12-31",
        "share": 0.125,
        "active": True,
        "lots": [{"lot": 1}],
    }
    assert second == dict.fromkeys(first) | SPARSE


def test_ndjson_is_one_object_per_line():
    lines = printed("ndjson").splitlines()
    assert [json.loads(line)["member"] for line in lines] == ["00001", "m-002"]


def test_a_decimal_is_a_number_in_json():
    column = Column("n", "n", "number")
    rows = [{"n": Decimal("10")}, {"n": Decimal("0.25")}, {"n": 1.5}]
    assert [row["n"] for row in json.loads(printed("json", rows=rows, columns=[column]))] == [
        *(10, 0.25, 1.5)
    ]


def test_a_record_as_json_is_one_object():
    stream = io.StringIO()
    write_record(SPARSE, COLUMNS, "json", stream=stream)
    assert json.loads(stream.getvalue())["points"] == 12345


def test_no_rows_are_an_empty_array_and_no_lines():
    assert json.loads(printed("json", rows=[])) == []
    assert printed("ndjson", rows=[]) == ""


@pytest.mark.parametrize("fmt", ["json", "ndjson"])
@pytest.mark.parametrize("encoding", ["cp936", "latin-1", "utf-16"])
def test_json_survives_every_encoding_of_the_stream(fmt, encoding):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    write_rows([{"name": "李😀\u00a5"}], [Column("name", "n")], fmt, stream=stream)
    stream.flush()
    text = raw.getvalue().decode(encoding)
    assert text.isascii()
    assert "李😀¥" in str(json.loads(text))


def test_rows_may_be_values_in_the_columns_order():
    columns = [Column("a", "a", "integer"), Column("x", "x", "nested"), Column("b", "b")]
    assert json.loads(printed("json", rows=[(1, [2], "three")], columns=columns)) == [
        {"a": 1, "x": [2], "b": "three"}
    ]
    assert printed("csv", rows=[(1, [2], "three")], columns=columns).endswith("a,b\r\n1,three\r\n")


@pytest.mark.parametrize("fmt", ["ndjson", "csv"])
def test_rows_are_printed_as_they_come(fmt):
    stream = io.StringIO()

    def rows():
        yield {"points": 1}
        yield {"points": 2}
        assert "1" in stream.getvalue()
        yield {"points": 3}

    assert write_rows(rows(), [Column("points", "p", "points")], fmt, stream=stream) == 3


# CSV


def test_csv_has_a_mark_whole_units_and_safe_cells():
    assert printed("csv") == (
        "\ufeffmember,name,points,amount,at,expires_on,share,active\r\n"
        '"=""00001""",\'=HYPERLINK(1),-30,1280.50,2026-06-30T10:00:05+08:00,2026-12-31,0.125,true\r\n'
        "m-002,李四,12345,,,,,\r\n"
    )


def test_points_with_decimals_are_shown_in_whole_points():
    column = Column("points", "p", "points", 2)
    assert printed("csv", rows=[{"points": -125}], columns=[column]).endswith("-1.25\r\n")
    assert json.loads(printed("json", rows=[{"points": -125}], columns=[column])) == [
        {"points": -125}
    ]


def test_csv_is_utf8_whatever_the_encoding_of_the_pipe():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp936")
    write_rows([{"name": "李😀"}], [Column("name", "n")], "csv", stream=stream)
    stream.write("后")
    stream.flush()
    assert raw.getvalue() == (b"\xef\xbb\xbfname\r\n" + "李😀\r\n".encode() + "后".encode("cp936"))


def test_csv_at_a_terminal_has_no_mark_and_no_unprintable_character():
    stream = GbkTerminal()
    write_rows([{"name": "李😀"}], [Column("name", "n")], "csv", stream=stream)
    assert stream.getvalue() == "name\r\n李?\r\n"


@pytest.mark.parametrize("lead", list("=+-@\t\r\n＝＋－＠"))
def test_text_that_a_spreadsheet_would_run_is_neutralised(lead):
    assert neutralised(f"{lead}1+1") == f"'{lead}1+1"
    assert bared(neutralised(f"{lead}1+1")) == f"{lead}1+1"


@pytest.mark.parametrize(
    "identifier",
    [
        *("00001", "6222021234567890", "138001380001", "1e5", "1.50", "1-2", "2026-06", "3/4"),
        *("MAR1", "1-Mar", "true", "-5", "+86138", "=A1", "@x", "12:30", "1,000"),
    ],
)
def test_an_identifier_that_a_spreadsheet_would_change_is_kept_as_text(identifier):
    assert armoured(identifier) == f'="{identifier}"'
    assert bared(armoured(identifier)) == identifier


@pytest.mark.parametrize("identifier", ["m-001", "0", "13800138000", "会员1", "A0001", "R-2026-06"])
def test_an_identifier_that_is_safe_stays_bare(identifier):
    assert armoured(identifier) == identifier


@given(st.text(max_size=20), st.text("0123456789=+-@'\"\t\r\neE.", max_size=12))
@example("", "'=")
@example("", '="0"')
def test_what_armour_hides_is_always_given_back(anything, awkward):
    for text in (anything, awkward, awkward + anything):
        assert bared(neutralised(text)) == text
        assert bared(armoured(text)) == text


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.text(st.characters(exclude_categories=["Cs"])),
            st.integers(-(10**15), 10**15),
        )
    )
)
def test_csv_reads_back_and_no_cell_of_text_begins_a_formula(rows):
    columns = [
        Column("id", "id", "identifier"),
        Column("text", "t"),
        Column("amount_minor", "a", "money", 2),
    ]
    text = printed("csv", rows=rows, columns=columns).removeprefix("\ufeff")
    cells = list(csv.reader(io.StringIO(text, newline="")))
    assert cells[0] == ["id", "text", "amount"]
    read = [(bared(i), bared(t), int(Decimal(a) * 100)) for i, t, a in cells[1:]]
    assert read == rows
    for identifier, free_text, _amount in cells[1:]:
        assert free_text[:1] not in tuple("=+-@\t\r")
        assert identifier[:1] not in tuple("+-@\t\r")
        assert (
            identifier[:1] != "=" or identifier == '="' + bared(identifier).replace('"', '""') + '"'
        )


# Tables


def test_a_table_has_labels_units_and_the_programs_zone():
    lines = printed("table", title="会员", caption="截至 2026-06-30 24:00 +08:00").splitlines()
    assert lines[0] == "会员"
    assert lines[1].split() == [column.label for column in COLUMNS[:-1]]
    assert lines[3].split() == [
        *("00001", "=HYPERLINK(1)", "-30", "1,280.50", "2026-06-30", "10:00:05", "+08:00"),
        *("2026-12-31", "12.5%", "yes"),
    ]
    assert lines[4].split() == ["m-002", "李四", "12,345"]
    assert lines[5] == "截至 2026-06-30 24:00 +08:00"


def test_chinese_is_two_columns_wide():
    columns = [Column("name", "姓名"), Column("points", "积分", "points")]
    rows = [{"name": "李四", "points": 5}, {"name": "e\u0301é", "points": 12}]
    header, rule, first, second = printed("table", rows=rows, columns=columns).splitlines()
    assert header == "姓名   积分"
    assert rule == "─" * 11
    assert first == "李四      5"
    assert second == "e\u0301é       12"
    assert {width(line) for line in (header, first, second)} == {11}


def test_nothing_is_cut_in_a_pipe_and_nothing_is_coloured():
    wide = "很长" * 200
    text = printed("table", rows=[{"name": wide}], columns=[Column("name", "n")])
    assert wide in text
    assert "…" not in text
    assert "\x1b" not in text


def test_a_narrow_terminal_folds_and_loses_nothing(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    row = {"member": "m-001", "name": "".join(chr(0x4E00 + i) for i in range(60))}
    write_rows([row], [Column("member", "m"), Column("name", "n")], "table", stream=stream)
    lines = stream.getvalue().splitlines()
    assert max(map(width, lines)) <= 40
    assert len(lines) > 3
    assert set(row["name"]) <= set(stream.getvalue())
    assert "…" not in stream.getvalue()


@pytest.mark.parametrize("columns", ["40", "200"])
def test_a_terminal_gets_bold_headers_unless_no_color_is_set(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TERM", "xterm")
    for no_color in ("", "1"):
        monkeypatch.setenv("NO_COLOR", no_color)
        stream = Terminal()
        write_rows([FULL], COLUMNS, "table", stream=stream)
        assert ("\x1b[1m" in stream.getvalue()) is (no_color == "")


def test_a_terminal_that_lacks_a_character_gets_a_question_mark(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    stream = GbkTerminal()
    row = {"name": "李😀 ￥√", "points": 1}
    columns = [Column("name", "n✓"), Column("points", "p", "points")]
    write_rows([row], columns, "table", stream=stream, title="•", caption="\u00a0")
    stream.getvalue().encode("cp936")
    assert "李? ￥√" in stream.getvalue()
    assert "─" in stream.getvalue()


def test_a_terminal_without_box_lines_gets_ascii():
    text = drawn([["x", "1"]], [Column("a", "a"), Column("b", "b")], "ascii", terminal=False)
    assert text.isascii()
    assert "-----" in text


def test_a_cell_can_not_steer_the_terminal():
    text = printed("table", rows=[{"name": "a\x1b[2J\nb\u202ec"}], columns=[Column("name", "n")])
    assert text.splitlines()[2:] == ["a [2J b c"]


# Records


def test_a_record_is_aligned_and_leaves_out_what_is_not_there():
    stream = io.StringIO()
    columns = [Column("member", "会员号"), Column("points", "可用积分", "points"), COLUMNS[-1]]
    record = {"member": "m-001", "points": 1240, "lots": [1]}
    write_record(record, columns, "table", stream=stream, title="会员卡", caption="截至今天")
    assert stream.getvalue() == "会员卡\n会员号    m-001\n可用积分  1,240\n截至今天\n"
    stream = io.StringIO()
    write_record({"member": "m-001"}, columns, "table", stream=stream)
    assert stream.getvalue() == "会员号  m-001\n"


@pytest.mark.parametrize(("fmt", "lines"), [("csv", 2), ("ndjson", 1)])
def test_a_record_in_a_format_of_rows_is_one_row(fmt, lines):
    stream = io.StringIO()
    write_record(FULL, COLUMNS, fmt, stream=stream)
    assert len(stream.getvalue().splitlines()) == lines


# Files


@pytest.mark.parametrize("fmt", ["table", "json", "ndjson", "csv"])
def test_what_goes_to_a_file_is_what_would_be_printed(fmt, tmp_path):
    out = tmp_path / "answer"
    assert write_rows([FULL, SPARSE], COLUMNS, fmt, out=out, zone=SHANGHAI) == 2
    assert out.read_bytes().decode() == printed(fmt)
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("fmt", ["table", "json", "ndjson", "csv", "xlsx"])
def test_a_broken_run_leaves_the_file_as_it_was(fmt, tmp_path):
    out = tmp_path / "answer"
    out.write_text("before", encoding="utf-8")

    def rows():
        yield FULL
        raise RuntimeError("the warehouse went away")

    with pytest.raises(RuntimeError):
        write_rows(rows(), COLUMNS, fmt, out=out)
    assert out.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("fmt", ["table", "json", "ndjson", "csv", "xlsx"])
def test_a_path_that_can_not_be_written_is_named(fmt, tmp_path):
    out = tmp_path / "missing" / "answer"
    with pytest.raises(UnwritableFile) as refusal:
        write_rows([FULL], COLUMNS, fmt, out=out)
    assert refusal.value.fields["path"] == str(out)


def test_xlsx_needs_a_file():
    with pytest.raises(NeedsFile, match="xlsx goes to a file"):
        write_rows([FULL], COLUMNS, "xlsx", stream=io.StringIO())


# The whole process

SCRIPT = """
import sys
from console.cells import Column
from console.output import write_record, write_rows
columns = [Column("name", "姓名\\u00a5"), Column("points", "积分", "points")]
row = {"name": "李😀\\u00a5\\udc80", "points": 1240}
write_record(row, columns, "table", title="✓", caption="•")
write_rows([row], columns, "table", title="✓", caption="•")
heavy = {"rich", "pyarrow", "duckdb", "xlsxwriter", "python_calamine"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else 0)
"""


def test_a_record_and_a_table_in_a_pipe_of_cp936_need_no_heavy_library():
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONIOENCODING": "cp936", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    text = run.stdout.decode("cp936")
    assert text.count("李??") == 2
    assert "1,240" in text
    assert "─" in text


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (0, Column("p", "p", "points"), "0"),
        (-1234567, Column("p", "p", "points", 2), "-12,345.67"),
        (-5, Column("p", "p", "money", 2), "-0.05"),
        (1234567, Column("n", "n", "integer"), "1,234,567"),
        (Decimal("0.1234"), Column("s", "s", "percent"), "12.3%"),
        (False, Column("f", "f", "flag"), "no"),
        (None, Column("p", "p", "points"), ""),
        ("a\u00a0b", Column("t", "t"), "a b"),
    ],
)
def test_values_as_a_person_reads_them(value, column, text):
    assert shown(value, column) == text
