"""What the desk types, and what it gets."""

from __future__ import annotations

import json

import pytest

FIRST_SCREEN = """\
member             m-001
available          2,618
pending            0
balance            2,618
lapses next        2,618
last good day      2027-12-31
card               积分卡
card valid until   2027-12-31
next tier          普卡
still to spend (CNY)  382.00
before             2027-01-01
"""


def test_a_day_at_the_desk(shop):
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
        *("member", "available", "pending", "held", "debt", "lapsed", "balance"),
        *("next_lapse_points", "next_lapse_on", "card", "tier", "valid_until"),
        *("next_tier", "missing_money", "missing_points", "missing_visits", "missing_until"),
        *("day", "position"),
    ]
    assert list(shop("tier", "m-001", "--json").json) == [
        *("member", "card", "tier", "since", "valid_until", "discount_percent", "next_tier"),
        *("measure", "window", "missing_money", "missing_points", "missing_visits"),
        *("missing_until", "position"),
    ]
    assert list(shop("statement", "m-001", "--json").json[0]) == [
        *("occurred_at", "kind", "receipt", "store", "till", "operator", "reason"),
        *("points", "balance_after", "position"),
    ]
    assert list(shop("redeem", "m-001", "1", "--json").json) == [
        *("member", "occurred_at", "points", "balance_after", "tier", "tier_reached"),
        *("first_position", "last_position", "request_id", "replayed"),
    ]


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
