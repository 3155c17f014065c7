"""Awards, bonuses and adjustments: one by one, in a batch, and undone."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from tests.cli.conftest import EXAMPLES

ADJUST = ("adjust", "m-001", "-50", "--reason", "typed twice", "--operator", "Li")


def test_an_award_says_how_long_it_lives(club):
    given = club("award", "m-001", "100", "--reason", "waited", "--expires", "2026年12月31日")
    assert given.record["last good day"] == "2026-12-31"
    assert given.record["balance after"] == "400"
    assert club("award", "m-001", "100", "--reason", "quiz").record["last good day"] == "2027-06-30"


def test_an_award_that_has_lapsed_already_is_refused(club):
    refused = club("award", "m-001", "100", "--reason", "late", "--expires", "2026-06-29")
    assert refused.status == 3
    assert "until 2026-06-29 have lapsed on 2026-06-30 [already_lapsed]" in refused.err


def test_a_bonus_is_given_as_often_as_the_program_says(club, today):
    assert club("bonus", "m-001", "birthday").record["points"] == "50"
    again = club("bonus", "m-001", "birthday")
    assert again.status == 3
    assert "[limit_exceeded]" in again.err
    assert "[bonus_not_offered]" in club("bonus", "m-001", "friend").err
    today("2027-01-01")
    assert club("bonus", "m-001", "birthday").status == 0


def test_who_brought_a_member_gets_the_bonus_and_the_new_member_does_not(club):
    new = club("enrol", "m-003", "--referred-by", "m-001", "--json").json
    assert (new["member"], new["other"], new["points"]) == ("m-003", "m-001", 0)
    assert club("balance", "m-001", "--json").json["balance"] == 320


# -- adjustments -------------------------------------------------------------------------------


def test_an_adjustment_shows_the_balance_before_and_after_and_how_to_undo_it(club):
    done = club(*ADJUST, "--request-id", "r-1")
    assert done.status == 0
    assert done.record["balance before"] == "300"
    assert done.record["balance after"] == "250"
    assert done.record["to undo it"] == "jifen undo m-001 r-1 --reason ..."

    undone = club("undo", "m-001", "r-1", "--reason", "wrong member", "--operator", "Wang")
    assert undone.record["balance after"] == "300"
    first, second = club("statement", "m-001", "--json").json[-2:]
    assert (first["points"], second["points"]) == (-50, 50)
    assert second["refers_to"] == first["position"]
    assert second["operator"] == "Wang"
    again = club("undo", "m-001", "r-1", "--reason", "x", "--operator", "Wang")
    assert "[already_undone]" in again.err


def test_an_adjustment_is_not_undone_before_it_was_made(club):
    club(*ADJUST, "--request-id", "r-1")
    words = ("undo", "m-001", "r-1", "--reason", "x", "--operator", "Wang", "--at", "2026-06-29")
    refused = club(*words)
    assert refused.status == 3
    told = "the adjustment 'r-1' is of 2026-06-30, which is after 2026-06-29 [before_its_cause]"
    assert told in refused.err


def test_an_adjustment_is_undone_by_its_event_too(club):
    done = club("adjust", "m-001", "20", "--reason", "x", "--operator", "Li", "--json").json
    event = done["last_position"]
    assert (
        club("undo", "m-001", f"#{event}", "--reason", "x", "--operator", "Li").record["points"]
        == "-20"
    )


def test_what_is_missing_is_refused_or_owed(club):
    words = ("adjust", "m-001", "-350", "--reason", "x", "--operator", "Li")
    assert "[insufficient_points]" in club(*words).err
    owed = club(*words, "--may-owe")
    assert owed.record["owed from now on"] == "50"
    assert owed.record["balance after"] == "-50"


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (("adjust", "m-001", "-50", "--reason", "x"), "--operator"),
        (("adjust", "m-001", "-50", "--operator", "Li"), "--reason"),
        (("adjust", "m-001", "--reason", "x", "--operator", "Li"), "a member and points"),
        (("adjust", "--reason", "x", "--operator", "Li"), "a member and points"),
        (("adjust", "m-001", "5", "--file", "x.csv", "--operator", "Li"), "either"),
        (("adjust", "m-001", "-5", "--resaon", "x", "--operator", "Li"), "--resaon"),
        (("adjust", "m-001", "0", "--reason", "x", "--operator", "Li"), "[invalid_command]"),
        (("undo", "m-001", "r", "--reason", "x"), "--operator"),
        (("undo", "m-001", "r", "--operator", "Li"), "--reason"),
        (("award", "m-001", "5"), "--reason"),
    ],
)
def test_someone_answers_for_it_with_a_reason(club, words, needed):
    answer = club(*words)
    assert answer.status == 2
    assert needed in answer.err
    assert club("balance", "m-001", "--json").json["balance"] == 300


# -- asking ----------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def person(monkeypatch):
    """Answer the next question as a person at a terminal would."""

    def says(words: str) -> None:
        monkeypatch.setattr("sys.stdin", Terminal(words))
        monkeypatch.setattr("console.confirming.is_terminal", lambda _stream: True)

    return says


def test_a_person_is_asked_with_the_balance_before_and_after(club, person):
    person("n\n")
    refused = club(*ADJUST)
    assert "m-001: 300 points now, 250 then. Go on?" in refused.err
    assert refused.status == 130
    assert refused.out == ""
    assert club("balance", "m-001", "--json").json["balance"] == 300

    person("y\n")
    assert club(*ADJUST, "--json").json["balance_after"] == 250


def test_with_yes_nobody_is_asked(club, person):
    person("")
    assert club(*ADJUST, "--yes").status == 0


def test_at_a_real_terminal_the_question_stays_out_of_the_answer(club, folder):
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals")
    more = ("adjust", "m-001", "50", "--reason", "x", "--operator", "Li")
    own, theirs = os.openpty()
    try:
        os.write(own, b"y\n")
        done = subprocess.run(
            [sys.executable, "-m", "cli", *more, "--json"],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            check=False,
            env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        )
        asked = os.read(own, 4096).decode()
    finally:
        os.close(own)
        os.close(theirs)
    assert done.returncode == 0, asked
    assert done.stdout.startswith(b'{"member":"m-001"')
    assert "Go on?" in asked


# -- batches ---------------------------------------------------------------------------------------

BATCH = '会员号,积分,原因\nm-001,-100,typed twice\nm-002,"1,000",\nm-001,5,goodwill\n'
BATCHED = ("adjust", "--file", "june.csv", "--operator", "Li", "--reason", "June")


def test_a_batch_lands_as_a_whole_and_shows_each_balance(club, folder):
    (folder / "june.csv").write_bytes(BATCH.encode("gb18030"))
    rows = club(*BATCHED, "--json").json
    assert [
        (row["line"], row["member"], row["reason"], row["balance_before"], row["balance_after"])
        for row in rows
    ] == [
        (2, "m-001", "typed twice", 300, 200),
        (3, "m-002", "June", 0, 1000),
        (4, "m-001", "goodwill", 200, 205),
    ]
    assert {line["operator"] for line in club("statement", "m-002", "--json").json} == {"Li"}


def test_a_batch_fed_again_changes_nothing_unless_it_has_a_name_of_its_own(club, folder):
    (folder / "june.csv").write_text(BATCH, encoding="utf-8")
    assert "read 3 = adjusted 3 + there already 0" in club(*BATCHED).out
    assert "read 3 = adjusted 0 + there already 3" in club(*BATCHED).out
    assert club("balance", "m-002", "--json").json["balance"] == 1000
    assert "adjusted 3" in club(*BATCHED, "--request-id", "second time").out
    assert club("balance", "m-002", "--json").json["balance"] == 2000


def test_a_batch_with_a_refusal_leaves_nothing_and_lists_every_failure(club, folder):
    (folder / "june.csv").write_text(
        "member,points\nm-001,100\nnobody,5\nm-002,-1\nm-001,-400\n", encoding="utf-8"
    )
    before = club("verify", "--json").json["events"]
    answer = club(*BATCHED)
    assert answer.status == 3
    assert answer.out == ""
    listed = answer.err.splitlines()
    assert listed[0].startswith("line 3: ")
    assert listed[0].endswith("[unknown_member]")
    assert listed[1] == "line 4: 1 points asked, 0 available [insufficient_points]"
    assert "[batch_refused]" in listed[2]
    assert club("verify", "--json").json["events"] == before


def test_a_batch_with_rows_that_can_not_be_read_lists_them_all(club, folder):
    (folder / "june.csv").write_text(
        'member,points,reason\nm-001,1.5,x\n,5,x\nm-001,,x\nm-001,ten,x\nm-001,"5\n',
        encoding="utf-8",
    )
    answer = club("adjust", "--file", "june.csv", "--operator", "Li")
    assert answer.status == 2
    codes = [line.rpartition(" ")[2] for line in answer.err.splitlines()[:5]]
    assert codes == [
        "[invalid_points]",
        "[missing_value]",
        "[missing_value]",
        "[invalid_points]",
        "[unclosed_quote]",
    ]
    assert "june.csv: nothing was adjusted" in answer.err
    assert "[unreadable_batch]" in answer.err


def test_a_batch_asks_once_for_all(club, folder, person):
    (folder / "june.csv").write_text(BATCH, encoding="utf-8")
    person("n\n")
    answer = club(*BATCHED)
    assert "3 adjustments: 1,005 points to add, 100 to take. Go on?" in answer.err
    assert answer.status == 130
    assert club("balance", "m-002", "--json").json["balance"] == 0


def test_a_workbook_of_adjustments_is_read_as_numbers(club, folder):
    import xlsxwriter

    with xlsxwriter.Workbook(folder / "june.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["member", "points", "reason"], ["m-001", -30.0, "x"]]):
            sheet.write_row(row, 0, cells)
    rows = club("adjust", "--file", "june.xlsx", "--operator", "Li", "--json").json
    assert [row["balance_after"] for row in rows] == [270]
