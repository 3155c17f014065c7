"""Every command under a Chinese Windows console's encoding (EASE 15)."""

from __future__ import annotations

import pytest

from console.root import COMMANDS
from tests.cli.conftest import CDNOW, DEPARTMENT_STORE, run_process

CP936 = {"PYTHONIOENCODING": "cp936", "PYTHONUTF8": "0"}
WORDS = {
    "init": [("init", "--program", DEPARTMENT_STORE, "--store", "other.db")],
    "enrol": [("enrol", "会员😀")],
    "purchase": [("purchase", "m-001", "2618", "--receipt", "票-2", "--shop", "东门店😀é")],
    "redeem": [("redeem", "m-001", "1", "--reason", "茶具 ¥5 ✓")],
    "import": [("import", "purchases", "六月.csv"), ("import", "--help")],
    "balance": [("balance", "m-001"), ("balance", "m-001", "--json"), ("balance", "nobody✓")],
    "tier": [("tier", "m-001"), ("tier",), ("tier", "--format", "ndjson")],
    "statement": [("statement", "m-001"), ("statement", "m-001", "--format", "csv")],
    "rfm": [("rfm",), ("rfm", "--members")],
    "query": [("query", "SELECT '积分✓é' AS x, * FROM balances"), ("query", "SELEC")],
    "rebuild": [("rebuild",)],
    "verify": [("verify",)],
    "config": [("config", "show")],
    "demo": [("demo", "--data", "no-such-folder-✓"), ("demo", "--help")],
}


def test_every_command_is_tried():
    assert set(WORDS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_runs_under_cp936(shop, folder, name):
    shop("purchase", "m-001", "1800", "--receipt", "票-1", "--shop", "东门店😀é")
    (folder / "六月.csv").write_bytes(
        "会员号,小票号,金额,日期\nm-001,票-3,5,2026-01-05\n".encode("gbk")
    )
    for words in [*WORDS[name], (name, "--help")]:
        done = run_process(*words, **CP936)
        assert done.returncode in (0, 2, 3, 4), (words, done)
        assert b"Traceback" not in done.stderr
        assert b"jifen-trace" not in done.stderr, done.stderr
        csv = "csv" in words
        (done.stdout.decode("utf-8-sig") if csv else done.stdout.decode("cp936"))
        done.stderr.decode("cp936")


def test_what_cp936_has_is_shown_as_it_is(shop):
    shop("purchase", "m-001", "1800", "--receipt", "票-1", "--shop", "东门店")
    done = run_process("statement", "m-001", **CP936)
    text = done.stdout.decode("cp936")
    assert "东门店" in text
    assert "票-1" in text
    assert "─" in text


def test_the_example_data_is_where_the_demo_looks():
    assert (CDNOW / "cdnow_master.csv.gz").is_file()
