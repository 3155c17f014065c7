"""What the desk types, and what it gets."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import DEPARTMENT_STORE

FIRST_SCREEN = """\
member             m-001
available          2,618
pending            0
balance            2,618
lapses after 2027-12-31  2,618
card               积分卡
card valid until   2027-12-31
next tier          普卡
still to spend (CNY)  382.00
before             2027-01-01
"""


def test_a_day_at_the_desk(shop, today):
    today("2026-03-01")
    bought = shop("purchase", "m-001", "2,618.00", "--receipt", "A-1", "--at", "2026-03-01")
    assert bought.status == 0
    lines = [line.split("  ") for line in bought.out.splitlines()[1:]]
    shown = {line[0]: line[-1].strip() for line in lines}
    assert shown["points"] == "2,618"
    assert shown["balance after"] == "2,618"
    assert shown["new card"] == "积分卡"

    balance = shop("balance", "m-001")
    assert balance.status == 0
    for line in FIRST_SCREEN.splitlines():
        label, _, value = line.rpartition("  ")
        assert any(
            row.startswith(label.strip()) and row.endswith(value)
            for row in balance.out.splitlines()
        ), (line, balance.out)

    assert "redeemed" in shop("redeem", "m-001", "250", "--reason", "a tea set").out
    statement = shop("statement", "m-001")
    assert statement.status == 0
    rows = statement.out.splitlines()
    assert any("purchase" in row and "A-1" in row and "2,618" in row for row in rows)
    assert any("redemption" in row and "-250" in row and "2,368" in row for row in rows)
    assert "a tea set" in statement.out


def test_json_has_stable_keys(shop):
    shop("purchase", "m-001", "100", "--receipt", "A-1")
    assert list(shop("balance", "m-001", "--json").json) == [
        *("member", "status", "available", "pending", "held", "debt", "lapsed", "balance"),
        *("next_lapse_points", "next_lapse_on", "lapses", "card", "tier", "valid_until"),
        *("next_tier", "missing_money", "missing_points", "missing_visits", "missing_until"),
        *("day", "position"),
    ]
    assert list(shop("tier", "m-001", "--json").json) == [
        *("member", "card", "tier", "since", "valid_until", "discount_percent", "next_tier"),
        *("measure", "window", "missing_money", "missing_points", "missing_visits"),
        *("missing_until", "position"),
    ]
    assert list(shop("statement", "m-001", "--json").json[0]) == [
        *("occurred_at", "kind", "other", "receipt", "store", "till", "operator", "reason"),
        *("refers_to", "points", "lots", "balance_after", "position", "request_id", "source"),
    ]
    assert list(shop("redeem", "m-001", "1", "--json").json) == [
        *("member", "other", "occurred_at", "points", "balance_before", "balance_after"),
        *("owed", "repaid", "due", "forgiven", "in_cash", "cash_minor", "spent", "value_minor"),
        *("to_pay_minor", "given_back", "held", "lapses_at", "released", "expired", "restored"),
        *("forfeited", "vouchers_back_minor", "vouchers_lapsed_minor"),
        "vouchers_forfeited_minor",
        *("available_from", "lots_extended", "expires_on"),
        *("card_number", "phone_linked"),
        *("tier", "tier_reached", "tier_lowered", "lots", "first_position", "last_position"),
        *("request_id", "source", "replayed"),
    ]
    assert list(shop("lots", "m-001", "--json").json[0]) == [
        *("lot", "available", "held", "earned_on", "available_from", "expires_on"),
        *("kind", "receipt", "reason", "from_member", "from_lot", "position"),
    ]
    assert list(shop("redeemable", "m-001", "--json").json) == [
        *("member", "bill_minor", "asked", "points", "value_minor", "limited_by"),
    ]
    assert list(shop("expire", "--json").json) == ["as_of", "members", "lots", "points"]


def test_what_lapses_next_is_a_list_and_far_days_are_one_line(shop, today):
    today("2026-03-01")
    for number in range(1, 9):
        day = f"2026-12-{number:02}"
        shop("award", "m-001", number, "--reason", "x", "--expires", day, "--at", "2026-03-01")
    shown = shop("balance", "m-001")
    lines = [line for line in shown.out.splitlines() if line.startswith("lapses")]
    assert [line.split() for line in lines] == [
        *(["lapses", "after", f"2026-12-0{number}", str(number)] for number in range(1, 7)),
        ["lapses", "later", "15"],
    ]
    assert shop("balance", "m-001", "--json").json["lapses"] == [
        {"lapses_on": f"2026-12-0{number}", "points": number} for number in range(1, 9)
    ]


def test_points_in_a_refusal_have_the_decimals_of_the_program(jifen, folder):
    (folder / "p.toml").write_text(
        'id = "p"\nname = "P"\ncurrency = "CNY"\neffective_from = 2020-01-01\n'
        'points_decimals = 2\n[redemption]\npoints = "100"\nmoney = "1"\nmin_points = "0.5"\n'
        'max_bill_percent = "50"\n[limits]\ngift_points_per_day = "2.5"\n',
        encoding="utf-8",
    )
    jifen("init", "--program", "p.toml")
    for member in ("a", "b"):
        jifen("enrol", member)
    jifen("award", "a", "12.50", "--reason", "x")
    for words, told in (
        (("redeem", "a", "20", "--bill", "1000"), "20.00 points asked, 12.50 available"),
        (("redeem", "a", "0.25", "--bill", "1000"), "0.25 points do not fit min_points of 0.50"),
        (("redeem", "a", "5", "--bill", "0.01"), "5.00 points do not fit max_bill_percent of 50"),
        (("gift", "a", "b", "3"), "gift_points_per_day of 2.50: 0.00 used, 3.00 asked"),
        (("close", "a", "--reason", "x", "--yes"), "'a' still has 12.50 points"),
    ):
        answer = jifen(*words)
        assert answer.status == 3
        assert told in answer.err


def test_a_retry_is_safe_and_says_so(shop):
    words = ("redeem", "m-001", "10", "--request-id", "r-1")
    shop("purchase", "m-001", "100", "--receipt", "A-1")
    first, again = shop(*words, "--json"), shop(*words, "--json")
    assert (first.json["replayed"], again.json["replayed"]) == (False, True)
    assert first.json["last_position"] == again.json["last_position"]
    assert "nothing was written now" in shop(*words).out
    assert shop("balance", "m-001", "--json").json["balance"] == 90


def test_ndjson_is_one_object_a_line(shop):
    shop("purchase", "m-001", "100", "--receipt", "A-1")
    shop("purchase", "m-001", "50", "--receipt", "A-2")
    lines = shop("statement", "m-001", "--format", "ndjson").out.splitlines()
    assert [json.loads(line)["balance_after"] for line in lines] == [100, 150]


def test_answers_can_go_to_files(shop, folder):
    shop("purchase", "m-001", "100", "--receipt", "A-1")
    assert shop("statement", "m-001", "--format", "csv", "--out", "s.csv").status == 0
    assert (folder / "s.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert shop("statement", "m-001", "--format", "xlsx", "--out", "s.xlsx").status == 0
    assert (folder / "s.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("balance", "nobody"), 3, "unknown_member"),
        (("tier", "nobody"), 3, "unknown_member"),
        (("statement", "nobody"), 3, "unknown_member"),
        (("enrol", "m-001"), 3, "already_enrolled"),
        (("enrol", "a\tb"), 2, "invalid_identifier"),
        (("redeem", "m-001", "5"), 3, "insufficient_points"),
        (("redeem", "m-001", "0"), 2, "invalid_command"),
        (("redeem", "m-001", "1.5"), 2, "invalid_points"),
        (("redeem", "m-001", "--", "-5"), 2, "invalid_command"),
        (("purchase", "m-001", "12,50", "--receipt", "x"), 2, "invalid_amount"),
        (("purchase", "m-001", "1.005", "--receipt", "x"), 2, "invalid_amount"),
        (("purchase", "m-001", "1e3", "--receipt", "x"), 2, "invalid_amount"),
        (("purchase", "m-001", "--receipt", "x", "--", "-1"), 2, "invalid_amount"),
        (("purchase", "m-001", "1", "--receipt", "x", "--at", "3/1/2026"), 2, "invalid_time"),
        (
            ("purchase", "m-001", "1", "--receipt", "x", "--at", "2026-03-01T10:00"),
            2,
            "invalid_time",
        ),
        (
            ("purchase", "m-001", "1", "--receipt", "x", "--at", "2999-01-01"),
            3,
            "occurred_in_future",
        ),
        (("purchase", "m-001", "1", "--receipt", "x", "--at", "1999-01-01"), 3, "no_program"),
        (("award", "nobody", "5", "--reason", "x"), 3, "unknown_member"),
        (("lots", "nobody"), 3, "unknown_member"),
        (("rewards", "nobody"), 3, "unknown_member"),
        (("redeemable", "m-001", "--points", "x"), 2, "invalid_points"),
        (("balance", "purse:none"), 3, "unknown_purse"),
        (("reward", "m-001", "none"), 3, "unknown_reward"),
        (("bonus", "m-001", "none"), 3, "unknown_bonus"),
        (("adjust", "--file", "none.csv", "--operator", "Li"), 2, "unreadable_file"),
        (("undo", "m-001", "r", "--reason", "x", "--operator", "Li"), 3, "unknown_adjustment"),
        (("merge", "m-001", "m-001"), 2, "invalid_command"),
        (("unmerge", "m-001", "nobody"), 3, "unknown_member"),
        (("expire", "--store", "none.db"), 4, "store_not_found"),
        (("program", "show", "9"), 3, "unknown_version"),
        (("program", "diff", "1", "9"), 3, "unknown_version"),
        (("program", "check", "none.toml"), 2, "invalid_program"),
        (("program", "publish", DEPARTMENT_STORE, "--store", "none.db"), 4, "store_not_found"),
        (("balance", "m-001", "--store", "none.db"), 4, "store_not_found"),
        (("balance", "m-001", "--store", "mysql://x"), 4, "unsupported_store"),
        (("init", "--program", "none.toml"), 2, "invalid_program"),
        (("balance", "m-001", "--format", "xlsx"), 2, "needs_file"),
        (("query", "SELEC 1"), 2, "query_refused"),
        (("query", "DROP TABLE facts.purchases"), 2, "query_refused"),
        (("query", "SELECT * FROM read_csv('/etc/passwd')"), 2, "query_refused"),
        (("rfm", "--as-of", "30/06/1998"), 2, "invalid_time"),
        (("tier", "--store", "none.db"), 4, "store_not_found"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_code_and_writes_nothing(shop, words, status, code):
    before = shop("verify", "--json").json["events"]
    answer = shop(*words)
    assert answer.status == status, answer
    first, *rest = answer.err.splitlines()
    assert first.startswith("jifen: ")
    assert f"[{code}" in first
    assert len(rest) <= 1
    assert answer.out == ""
    assert shop("verify", "--json").json["events"] == before


@pytest.mark.parametrize("words", [("balanc", "m-001"), ("balance",), ("balance", "--nope", "m")])
def test_wrong_usage_is_status_2(shop, words):
    answer = shop(*words)
    assert answer.status == 2
    assert "Traceback" not in answer.err


def test_a_misspelt_command_is_guessed(shop):
    assert "balance" in shop("balanse", "m-001").err


def test_a_failure_of_ours_is_status_5_with_a_trace_in_a_file(shop, monkeypatch, folder):
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("ledger.Ledger.balance", lambda *_: 1 // 0)
    answer = shop("balance", "m-001")
    assert answer.status == 5
    (trace,) = folder.glob("jifen-trace-*.txt")
    assert str(trace) in answer.err
    assert "ZeroDivisionError" in trace.read_text(encoding="utf-8")


def test_init_never_overwrites_and_leaves_nothing_when_the_program_is_broken(jifen, folder):
    (folder / "bad.toml").write_text('id = "x"\nfoo = 1\n[[tier]]\nthreshold = 1.5\n')
    answer = jifen("init", "--program", "bad.toml")
    assert answer.status == 2
    for mistake in ("$.foo", "$.name", "$.currency", "$.tier[0].id", "$.tier[0].threshold"):
        assert mistake in answer.err
    assert not (folder / "jifen.db").exists()


def test_verify_exits_with_1_when_a_row_was_changed(shop, folder):
    import sqlite3
    from contextlib import closing

    assert shop("verify").status == 0
    with closing(sqlite3.connect(folder / "jifen.db", isolation_level=None)) as store:
        store.execute("UPDATE events SET state = replace(state, '2026', '2025') WHERE position = 2")
    answer = shop("verify")
    assert answer.status == 1
    assert "changed_event  #2" in answer.out


def test_settings_come_from_flag_then_environment_then_file(shop, folder, monkeypatch):
    (folder / "jifen.toml").write_text('operator = "filed"\nsource = "till-7"\nformat = "json"\n')
    shop("purchase", "m-001", "100", "--receipt", "A-1")
    monkeypatch.setenv("JIFEN_OPERATOR", "environment")
    shop("purchase", "m-001", "100", "--receipt", "A-2")
    shop("purchase", "m-001", "100", "--receipt", "A-3", "--operator", "flag")
    lines = shop("statement", "m-001").json
    assert [line["operator"] for line in lines] == ["filed", "environment", "flag"]
    shown = {row["name"]: row for row in shop("config", "show").json}
    assert shown["operator"] == {
        "name": "operator",
        "value": "environment",
        "origin": "JIFEN_OPERATOR",
    }
    assert shown["source"]["origin"] == "jifen.toml"
    assert shown["store"]["origin"] == "default"


@pytest.mark.parametrize("content", ["nonsense", 'colour = "red"', "operator = 5"])
def test_a_broken_settings_file_is_told(shop, folder, content):
    (folder / "jifen.toml").write_text(content)
    answer = shop("balance", "m-001")
    assert answer.status == 2
    assert "[invalid_settings]" in answer.err
