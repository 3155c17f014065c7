"""Every command under a Chinese Windows console's encoding (EASE 15)."""

from __future__ import annotations

import pytest

from console.root import COMMANDS
from tests.cli.conftest import CDNOW, DEPARTMENT_STORE, EXAMPLES, run_process

CP936 = {"PYTHONIOENCODING": "cp936", "PYTHONUTF8": "0"}
ALLIANCE = EXAMPLES / "alliance"
BY = ("--operator", "李✓", "--reason", "原因😀")
WORDS = {
    "init": [("init", "--program", DEPARTMENT_STORE, "--store", "other.db")],
    "enrol": [("enrol", "会员😀"), ("enrol", "会员", "--card", "卡✓", "--phone", "138✓")],
    "card": [
        ("card", "issue", "m-001", "卡✓😀"),
        ("card", "stop", "m-001", "--why", "blocked"),
        ("card", "unblock", "卡✓😀"),
        ("card", "replace", "m-001", "--why", "lost", "--by", "卡é"),
        ("card", "list", "m-001"),
        ("balance", "卡é"),
        ("card", "stop", "会员✓", "--why", "lost"),
    ],
    "phone": [
        ("phone", "link", "m-001", "１３８ 0013 8000"),
        ("phone", "link", "m-001", "１３８✓"),
        ("phone", "unlink", "m-001", "13800138000", "--reason", "✓"),
        ("phone", "move", "m-001", "13800138000", *BY),
    ],
    "find": [("find", "m-001"), ("find", "会员✓"), ("find", "１３９ 0013 9000")],
    "key": [("key", "create"), ("key", "--help")],
    "purchase": [
        ("purchase", "m-001", "2618", "--receipt", "票-2", "--shop", "东门店😀é"),
        ("purchase", "m-001", "5", "--receipt", "票-3", "--line", "sku=茶✓,amount=6"),
        ("purchase", "m-001", "5", "--receipt", "票-3", "--line", "茶✓"),
    ],
    "return": [("return", "m-001", "票-1", "--line", "1,amount=5"), ("return", "m-001", "票✓")],
    "redeem": [("redeem", "m-001", "1", "--reason", "茶具 ¥5 ✓")],
    "redeemable": [("redeemable", "m-001"), ("redeemable", "m-001", "--points", "✓")],
    "reward": [("reward", "m-001", "杯子✓")],
    "rewards": [("rewards",), ("rewards", "m-001"), ("rewards", "会员✓", "--json")],
    "hold": [("hold", "m-001", "5", "--request-id", "号✓", "--reason", "茶具é")],
    "capture": [("capture", "m-001", "号✓"), ("capture", "m-001", "--event", "1")],
    "release": [("release", "m-001", "＃9"), ("release", "m-001")],
    "reverse": [("reverse", "m-001", "号✓"), ("reverse", "会员✓", "#3")],
    "award": [("award", "m-001", "5", "--reason", "等太久😀")],
    "bonus": [("bonus", "m-001", "生日✓")],
    "adjust": [
        ("adjust", "m-001", "-5", *BY),
        ("adjust", "--file", "批.csv", "--operator", "李"),
        ("adjust", "--file", "无✓.csv", "--operator", "李"),
    ],
    "undo": [("undo", "m-001", "号✓", *BY)],
    "extend": [("extend", "m-001", "--until", "2099年12月31日", *BY)],
    "lots": [("lots", "m-001"), ("lots", "会员✓")],
    "set-tier": [("set-tier", "m-001", "gold", *BY), ("set-tier", "m-001", "卡✓", *BY)],
    "unset-tier": [("unset-tier", "m-001", *BY), ("unset-tier", "会员✓", *BY)],
    "review-tiers": [("review-tiers", "--dry-run"), ("review-tiers", "--as-of", "明天✓")],
    "notices": [("notices",), ("notices", "--as-of", "明天✓"), ("notices", "--json")],
    "expire": [("expire", "--dry-run"), ("expire",), ("expire", "--as-of", "明天✓")],
    "gift": [("gift", "m-001", "会员✓", "5")],
    "voucher": [
        ("voucher", "issue", "m-001", "生日✓"),
        ("voucher", "use", "m-001", "券😀", "--bill", "5"),
        ("voucher", "list", "m-001", "--all"),
        ("voucher", "give-back", "m-001", "券✓", "--reason", "✓"),
        ("voucher", "cancel", "m-001", "券✓", *BY),
        ("voucher", "--help"),
    ],
    "vouchers": [("vouchers", "lapse"), ("vouchers", "issue", "--dry-run")],
    "rebate": [("rebate", "--period", "2026年✓"), ("rebate", "--period", "2026-05")],
    "benefit": [
        ("benefit", "use", "m-001", "停车✓"),
        ("benefit", "list", "m-001"),
        ("benefit", "cancel", "m-001", "号✓", *BY),
    ],
    "transfers": [
        ("transfers", "send", "m-001", "航空✓", "会员😀", "5"),
        ("transfers", "pending", "--program", "航空✓", "--file", "出✓.csv"),
        ("transfers", "confirm", "号✓@cli"),
        ("transfers", "receive", "批.csv", "--program", "航空✓"),
        ("transfers", "receive", "出✓.csv", "--program", "航空✓"),
        ("transfers", "list", "--in"),
        ("transfers", "--help"),
    ],
    "freeze": [("freeze", "m-001", "--reason", "卡丢了✓"), ("balance", "m-001")],
    "unfreeze": [("unfreeze", "m-001", "--reason", "✓")],
    "close": [("close", "m-001", "--reason", "✓"), ("close", "m-001", "--reason", "✓", "--yes")],
    "merge": [("merge", "m-001", "会员✓", "--yes")],
    "unmerge": [("unmerge", "m-001", "会员✓")],
    "purse": [
        ("purse", "open", "m-001", "家😀"),
        ("purse", "pay-in", "m-001", "家😀", "5"),
        ("purse", "show", "家😀"),
        ("purse", "withdraw", "m-001", "家😀", "5"),
        ("purse", "join", "m-001", "家😀"),
        ("purse", "leave", "m-001", "家😀"),
        ("purse", "--help"),
    ],
    "import": [
        ("import", "purchases", "六月.csv"),
        ("import", "cobrand", "六月.csv", "--cobrand", "卡✓"),
        ("import", "cobrand", "六月.csv", "--cobrand", "bank-card", "--map", "reference=小票号"),
        ("import", "--help"),
    ],
    "balance": [("balance", "m-001"), ("balance", "m-001", "--json"), ("balance", "nobody✓")],
    "tier": [("tier", "m-001"), ("tier",), ("tier", "--format", "ndjson")],
    "statement": [
        ("statement", "m-001"),
        ("statement", "m-001", "--lots"),
        ("statement", "m-001", "--format", "csv"),
    ],
    "whatif": [
        ("whatif", "--program", DEPARTMENT_STORE),
        ("whatif", "--program", "另一个✓.toml"),
        ("whatif", "--program", DEPARTMENT_STORE, "--members", "--format", "csv"),
    ],
    "settle": [
        ("settle", "--period", "2026-01", "--dry-run"),
        ("settle", "--period", "2026-01"),
        ("settle", "--period", "2026-01", "--recompute"),
        ("settle", "--period", "六月✓"),
    ],
    "settlement": [
        ("settlement", "list"),
        ("settlement", "show", "2026-06"),
        ("settlement", "show", "2026-06", "--line", "行✓"),
        ("settlement", "--help"),
    ],
    "dispute": [
        ("dispute", "open", "2026-06", "茶馆✓", "issued", "--reason", "é"),
        ("dispute", "decide", "号✓", "--amount", "-1", *BY),
        ("dispute", "list"),
    ],
    "rfm": [("rfm",), ("rfm", "--members")],
    "query": [("query", "SELECT '积分✓é' AS x, * FROM balances"), ("query", "SELEC")],
    "rebuild": [("rebuild",)],
    "partner": [
        ("partner", "join", ALLIANCE / "tea_house.toml"),
        ("partner", "join", ALLIANCE / "pharmacy.toml"),
        ("partner", "join", "无✓.toml"),
        ("partner", "terms", ALLIANCE / "tea_house.toml"),
        ("partner", "buy", "pharmacy", "500", "5", "--reason", "订单✓😀"),
        ("partner", "list"),
        ("partner", "show", "pharmacy"),
        ("partner", "show", "茶馆✓"),
        ("partner", "suspend", "tea-house", *BY),
        ("partner", "resume", "tea-house", "--reason", "✓"),
        ("partner", "leave", "tea-house", "--reason", "关店✓"),
    ],
    "program": [
        ("program", "list"),
        ("program", "show"),
        ("program", "check", DEPARTMENT_STORE),
        ("program", "diff", "1", CDNOW / "program.toml"),
        ("program", "publish", DEPARTMENT_STORE),
        ("program", "publish", "无✓.toml"),
        ("program", "--help"),
    ],
    "verify": [("verify",)],
    "config": [("config", "show")],
    "demo": [("demo", "--data", "no-such-folder-✓"), ("demo", "--help")],
}
FINDINGS = ("program", 1)


def test_every_command_is_tried():
    assert set(WORDS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_runs_under_cp936(shop, folder, name):
    shop("purchase", "m-001", "1800", "--receipt", "票-1", "--shop", "东门店😀é")
    (folder / "六月.csv").write_bytes(
        "会员号,小票号,金额,日期\nm-001,票-3,5,2026-01-05\n".encode("gbk")
    )
    (folder / "批.csv").write_bytes("会员号,积分,原因\nm-001,5,四月\nm-001,x,\n".encode("gbk"))
    for words in [*WORDS[name], (name, "--help")]:
        done = run_process(*words, **CP936)
        assert done.returncode in (0, 2, 3, 4) or (name, done.returncode) == FINDINGS, (words, done)
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
