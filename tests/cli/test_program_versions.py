"""`jifen program`: versions, what differs, what is found, and publishing."""

from __future__ import annotations

import click
import pytest

from tests.cli.conftest import CLUB

TEXT = CLUB.read_text(encoding="utf-8")
BASE = '[[earn]]\nid = "base"\n'
DOUBLE = TEXT.replace(BASE, f"{BASE}points = 2\n")


def starting(day, text=TEXT):
    return text.replace("2020-01-01", day)


@pytest.fixture
def put(folder):
    """Write a program file."""

    def write(name, text):
        (folder / name).write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def answering(monkeypatch):
    """A person at a terminal who answers; gives the list of what was asked."""
    asked = []

    def be(answer):
        def confirm(question, **_options):
            asked.append(question)
            if not answer:
                raise click.Abort

        for module in ("console.confirming", "console.publishing"):
            monkeypatch.setattr(f"{module}.is_terminal", lambda _stream: True)
        monkeypatch.setattr("click.confirm", confirm)
        return asked

    return be


def publish(jifen, file, *words):
    return jifen("program", "publish", file, "--yes", *words)


# -- publishing ----------------------------------------------------------------------------------


def test_a_version_holds_from_its_day_on_and_a_late_purchase_is_judged_by_its_own_day(
    club, today, put
):
    done = publish(club, put("double.toml", starting("2026-07-01", DOUBLE)), "--operator", "Li")
    assert done.status == 0, done.err
    assert done.record["version"] == "2"
    assert done.record["holds from"] == "2026-07-01"
    assert done.record["in force"] == "no"
    assert done.record["by"] == "Li"

    today("2026-07-10")
    late = club("purchase", "m-001", "100", "--receipt", "late", "--at", "2026-06-30")
    assert late.record["points"] == "100"
    early = club("purchase", "m-001", "100", "--receipt", "new", "--at", "2026-07-01")
    assert early.record["points"] == "200"
    assert club("return", "m-001", "late").record["points"] == "-100"


def test_a_version_from_the_past_changes_nothing_recorded_and_holds_for_what_comes_late(club, put):
    before = club("balance", "m-001", "--json").json["balance"]
    assert publish(club, put("double.toml", starting("2026-05-15", DOUBLE))).status == 0
    assert club("balance", "m-001", "--json").json["balance"] == before == 300
    late = club("purchase", "m-001", "10", "--receipt", "late", "--at", "2026-06-02")
    assert late.record["points"] == "20"
    assert club("return", "m-001", "A-0").record["points"] == "-300"


def test_publishing_shows_what_changes_and_what_is_found(club, put):
    done = publish(club, put("double.toml", starting("2026-07-01", DOUBLE)))
    shown = [line.split() for line in done.out.splitlines()]
    assert ["program", "holds", "from", "changed", "2020-01-01", "2026-07-01"] in shown
    assert ["earning", "rule", "base", "points", "changed", "1", "2"] in shown
    assert ["warning", "$.tier[0]", "[no_entry_tier]"] in shown
    assert ["warning", "$.reward[2].ends_on", "[over_before_it_starts]"] in shown
    assert "0 error(s), 2 warning(s)" in done.out


def test_errors_refuse_and_nothing_is_written(club, put):
    low = starting("2026-07-01", TEXT.replace('"2000"', '"500"'))
    before = club("verify", "--json").json["events"]
    for words in ((), ("--json",), ("--dry-run",)):
        refused = publish(club, put("low.toml", low), *words)
        assert refused.status == 3
        assert "[program_has_errors]" in refused.err
        assert "'银卡' is never reached" in refused.err
    assert club("verify", "--json").json["events"] == before


def test_a_script_has_to_say_yes(club, put):
    refused = club("program", "publish", put("double.toml", starting("2026-07-01", DOUBLE)))
    assert refused.status == 2
    assert "[not_confirmed]" in refused.err
    assert len(club("program", "list", "--json").json) == 1


def test_a_person_is_asked_with_the_day_and_may_say_no(club, put, answering):
    asked = answering(False)
    refused = club("program", "publish", put("double.toml", starting("2026-07-01", DOUBLE)))
    assert refused.status == 130
    assert asked == ["Version 2 holds from 2026-07-01. Publish?"]
    assert len(club("program", "list", "--json").json) == 1
    assert answering(True) is asked
    assert club("program", "publish", "double.toml").status == 0
    assert len(club("program", "list", "--json").json) == 2


def test_a_person_sees_what_changes_before_the_question_whatever_the_format(club, put, answering):
    answering(True)
    put("double.toml", starting("2026-07-01", DOUBLE))
    done = club("program", "publish", "double.toml", "--json")
    assert done.json["version"] == 2
    assert "earning rule base" in done.err
    assert "[no_entry_tier]" in done.err


def test_who_publishes_into_the_past_is_told_what_that_means(club, put, answering):
    asked = answering(True)
    club("program", "publish", put("double.toml", starting("2026-06-01", DOUBLE)))
    assert asked == [
        "Version 2 holds from 2026-06-01. Nothing that was recorded changes, but what is recorded"
        " from now on about a day since then is judged by it. Publish?"
    ]


def test_who_publishes_between_or_in_place_of_versions_is_told_which(club, put, answering):
    publish(club, put("later.toml", starting("2026-09-01")))
    asked = answering(True)
    club("program", "publish", put("between.toml", starting("2026-08-01", DOUBLE)))
    club("program", "publish", put("instead.toml", starting("2026-09-01", DOUBLE)))
    assert asked == [
        "Version 3 holds from 2026-08-01, until version 2 takes over on 2026-09-01. Publish?",
        "Version 4 holds from 2026-09-01, in the place of version 2. Publish?",
    ]
    rows = club("program", "list", "--json").json
    assert [(row["version"], row["effective_from"], row["until"]) for row in rows] == [
        (1, "2020-01-01", "2026-08-01"),
        (2, "2026-09-01", "2026-09-01"),
        (3, "2026-08-01", "2026-09-01"),
        (4, "2026-09-01", None),
    ]


def test_a_rehearsal_shows_all_and_writes_nothing(club, put):
    put("double.toml", starting("2026-07-01", DOUBLE))
    shown = club("program", "publish", "double.toml", "--dry-run")
    assert shown.status == 0
    assert shown.out.splitlines()[-4:] == [
        "Nothing was published",
        "version      2",
        "holds from   2026-07-01",
        "written now  no",
    ]
    told = club("program", "publish", "double.toml", "--dry-run", "--json").said
    assert told["published"] is False
    paths = [row["path"] for row in told["differences"]]
    assert paths == ["$.effective_from", "$.earn[base].points"]
    codes = {row["code"] for row in told["findings"]}
    assert codes == {"no_entry_tier", "over_before_it_starts"}
    assert len(club("program", "list", "--json").json) == 1


def test_the_same_content_again_is_told_as_such(club, put):
    put("double.toml", starting("2026-07-01", DOUBLE))
    first = publish(club, "double.toml", "--json").json
    assert (first["version"], first["published"], first["replayed"]) == (2, True, False)
    again = publish(club, "double.toml")
    assert again.status == 0
    assert again.out.startswith("Version 2 has this content already; nothing was written\n")
    told = publish(club, "double.toml", "--json").json
    assert (told["version"], told["published"]) == (2, False)
    assert len(club("program", "list", "--json").json) == 2


def test_an_earlier_content_can_be_published_again_over_what_took_its_place(club, put):
    put("first.toml", starting("2026-07-01"))
    publish(club, "first.toml")
    publish(club, put("double.toml", starting("2026-07-01", DOUBLE)))
    back = publish(club, "first.toml", "--json").json
    assert (back["version"], back["published"]) == (4, True)


def test_a_retry_of_a_publishing_gives_the_first_answer(club, put):
    put("double.toml", starting("2026-07-01", DOUBLE))
    publish(club, "double.toml", "--request-id", "r-1")
    publish(club, put("other.toml", starting("2026-07-01")), "--request-id", "r-2")
    again = publish(club, "double.toml", "--request-id", "r-1", "--json").json
    assert (again["version"], again["published"], again["replayed"]) == (2, False, True)
    conflict = publish(club, put("third.toml", starting("2026-08-01")), "--request-id", "r-1")
    assert conflict.status == 3
    assert "[request_conflict]" in conflict.err
    same = publish(club, "other.toml", "--request-id", "r-2", "--json").json
    assert (same["version"], same["published"], same["replayed"]) == (3, False, True)


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("nonsense", 2, "invalid_program"),
        (TEXT.replace("CNY", "USD"), 3, "program_has_errors"),
    ],
)
def test_what_can_t_be_a_version_is_refused(club, put, text, status, code):
    refused = publish(club, put("bad.toml", text))
    assert refused.status == status
    assert f"[{code}]" in refused.err


def test_a_store_is_not_made_under_a_program_with_errors(jifen, folder, put):
    refused = jifen("init", "--program", put("low.toml", TEXT.replace('"2000"', '"500"')))
    assert refused.status == 3
    assert "[program_has_errors]" in refused.err
    assert not (folder / "jifen.db").exists()


def test_a_store_under_a_program_with_warnings_says_so(jifen):
    made = jifen("init", "--program", CLUB)
    assert made.status == 0
    assert made.err == "1 warning(s) about the program; `jifen program check` shows them\n"


# -- the versions --------------------------------------------------------------------------------


def test_the_list_says_which_holds_now_and_who_published_it(jifen, today, put):
    jifen("init", "--program", CLUB, "--operator", "Wang")
    publish(jifen, put("double.toml", starting("2026-06-30", DOUBLE)), "--operator", "Li")
    publish(jifen, put("later.toml", starting("2026-07-01")), "--at", "2026-06-29")
    rows = jifen("program", "list", "--json").json
    assert [(row["version"], row["in_force"], row["operator"]) for row in rows] == [
        (1, False, "Wang"),
        (2, True, "Li"),
        (3, False, None),
    ]
    assert rows[2]["occurred_at"] == "2026-06-28T16:00:00Z"
    assert list(rows[0]) == [
        *("version", "in_force", "effective_from", "until", "name", "occurred_at", "operator"),
        *("position", "recorded_at", "source", "request_id"),
    ]
    today("2026-07-01")
    held = [row["version"] for row in jifen("program", "list", "--json").json if row["in_force"]]
    assert held == [3]


def test_the_file_of_a_version_is_shown_as_it_was_published(club, folder, put):
    publish(club, put("double.toml", starting("2026-07-01", DOUBLE)))
    assert club("program", "show").out == TEXT
    assert club("program", "show", "2").out == starting("2026-07-01", DOUBLE)
    assert club("program", "show", "2", "--json").json["content"] == starting("2026-07-01", DOUBLE)
    assert club("program", "show", "--out", "copy.toml").out == ""
    assert (folder / "copy.toml").read_text(encoding="utf-8") == TEXT
    missing = club("program", "show", "3")
    assert missing.status == 3
    assert "[unknown_version]" in missing.err


# -- what differs --------------------------------------------------------------------------------


def test_versions_and_files_are_compared(club, put):
    put("double.toml", starting("2026-07-01", DOUBLE))
    publish(club, "double.toml")
    of_versions = club("program", "diff", "1", "2")
    assert of_versions.status == 1
    assert [line.split() for line in of_versions.out.splitlines()[2:]] == [
        ["program", "holds", "from", "changed", "2020-01-01", "2026-07-01"],
        ["earning", "rule", "base", "points", "changed", "1", "2"],
    ]
    assert club("program", "diff", CLUB, "double.toml").out == of_versions.out
    same = club("program", "diff", "2", "double.toml")
    assert (same.status, same.out) == (0, "no differences\n")
    assert club("program", "diff", "2", "double.toml", "--json").json == []


def test_two_files_are_compared_without_a_store(jifen, put):
    put("a.toml", TEXT)
    put("b.toml", TEXT.replace('label = "银卡"', 'label = "白银卡"'))
    done = jifen("program", "diff", "a.toml", "b.toml", "--json")
    assert done.status == 1
    assert done.json == [
        {
            "path": "$.tier[silver].label",
            "section": "tier",
            "entry": "silver",
            "setting": "label",
            "change": "changed",
            "old": "银卡",
            "new": "白银卡",
        }
    ]


def test_what_came_and_went_and_moved_is_told(jifen, put):
    """The rungs of a ladder, as a shop manager reads it."""
    ladder = TEXT.partition("[[tier]]")[0]
    old = '[[tier]]\nid = "silver"\nthreshold = 500\n[[tier]]\nid = "gold"\nthreshold = 2000\n'
    new = '[[tier]]\nid = "gold"\nthreshold = "2,000.00"\nvalid = "for_ever"\n'
    new += '[[tier]]\nid = "silver"\nthreshold = 2500\n[[tier]]\nid = "black"\nlabel = "黑卡"\n'
    new += 'threshold = 9000\nmultiplier = "2"\n'
    put("old.toml", ladder + old)
    put("new.toml", ladder + new)
    done = jifen("program", "diff", "old.toml", "new.toml")
    lines = [" ".join(line.split()) for line in done.out.splitlines()[2:]]
    assert lines == [
        "tier gold moved place 2 place 1",
        "tier gold valid changed until the end of next year for ever",
        "tier silver reached at changed 500 2500",
        "tier black 黑卡 added label 黑卡, reached at 9000, multiplier 2",
    ]
    back = jifen("program", "diff", "new.toml", "old.toml", "--format", "csv").out
    assert '$.tier[black],tier,black,,removed,"label 黑卡, reached at 9000, multiplier 2",' in back


# -- what is found -------------------------------------------------------------------------------


def test_a_check_shows_findings_and_what_money_brings_back(jifen, put):
    put("low.toml", TEXT.replace('"2000"', '"500"'))
    done = jifen("program", "check", "low.toml")
    assert done.status == 1
    assert done.out.splitlines()[:3] == [
        "error  $.tier[1].threshold  [threshold_not_above]",
        "  '银卡' is never reached: '金卡' above it asks for 500.00 CNY, and it for 500.00 CNY",
        "  let the thresholds rise from tier to tier, or change the order of the tiers",
    ]
    assert done.out.splitlines()[-1] == "1 error(s), 1 warning(s)"
    (rate,) = [line.split() for line in done.out.splitlines() if line.startswith("gold")]
    assert rate[:7] == ["gold", "金卡", "100", "10.0%", "600", "60.0%", "6.0%"]
    assert " ".join(rate[7:]) == (
        "1.00 CNY, 2020-01-01, tier gold, channel online, occasions birthday, category tea"
    )


def test_a_check_has_stable_keys(jifen, put):
    put("low.toml", TEXT.replace('"2000"', '"500"'))
    told = jifen("program", "check", "low.toml", "--json").json
    assert list(told) == ["findings", "rates"]
    assert list(told["findings"][0]) == ["severity", "code", "path", "sentence", "hint"]
    assert list(told["rates"][0]) == [
        *("tier", "card", "everyday_points", "everyday_share", "best_points", "best_share"),
        *("rebate_share", "best_purchase"),
    ]
    assert told["rates"][0]["everyday_share"] == 0.1
    rows = jifen("program", "check", "low.toml", "--format", "ndjson")
    assert rows.status == 1
    assert len(rows.out.splitlines()) == 2


def test_a_program_without_findings_is_status_0(jifen, put):
    put("sound.toml", TEXT.replace('threshold = "500"\n', ""))
    done = jifen("program", "check", "sound.toml")
    assert done.status == 0
    assert done.out.splitlines()[-1] == "0 error(s), 0 warning(s)"
    assert jifen("program", "check", "sound.toml", "--json").json["findings"] == []


def test_a_check_beside_the_version_before(club, put):
    put("next.toml", starting("2026-07-01", TEXT.replace("silver", "steel")))
    assert "tier_gone" not in club("program", "check", "next.toml").out
    for before in ("1", CLUB):
        assert "[tier_gone]" in club("program", "check", "next.toml", "--follows", before).out
