"""A member is found by id, card and phone; what the desk types about them, and what it gets."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from console.reference import commands
from tests.cli.conftest import run_process

PROGRAM = """
id = "test"
name = "Test"
currency = "CNY"
effective_from = 2000-01-01

[cards]
prefix = "6200"
digits = 16

[[earn]]
id = "base"
"""
FIRST, SECOND, THIRD = "6200000000000013", "6200000000000021", "6200000000000039"
PHONE = "13800138000"


@pytest.fixture
def shop(jifen, folder):
    """A ledger with m-001, who has a card and a phone, and m-002."""
    (folder / "program.toml").write_text(PROGRAM, encoding="utf-8")
    assert jifen("init", "--program", "program.toml").status == 0
    assert jifen("enrol", "m-001", "--card", "new", "--phone", "138 0013 8000").status == 0
    assert jifen("enrol", "m-002").status == 0
    return jifen


# -- MEMBER --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("m-001", ""),
        (FIRST, "m-001 (card 6200...0013)\n"),
        ("6200 0000 0000 0013", "m-001 (card 6200...0013)\n"),
        ("+86 138-0013-8000", "m-001 (phone 138****8000)\n"),
        ("１３８００１３８０００", "m-001 (phone 138****8000)\n"),
        ("13800138000.0", "m-001 (phone 138****8000)\n"),
    ],
)
def test_a_member_is_what_is_scanned_or_said_and_the_answer_says_who_it_is(shop, text, said):
    answer = shop("balance", text, "--json")
    assert (answer.status, answer.err) == (0, said)
    assert answer.json["member"] == "m-001"
    assert shop("purchase", text, "5", "--receipt", "A-1").record["member"] == "m-001"


def test_both_members_of_a_command_are_found(shop):
    shop("award", PHONE, "100", "--reason", "x")
    shop("card", "issue", "m-002")
    given = shop("gift", PHONE, SECOND, "40")
    assert given.record["other account"] == "m-002"
    assert shop("balance", "m-002", "--json").json["balance"] == 40
    one = shop("merge", SECOND, FIRST, "--yes")
    assert one.record["other account"] == "m-001"
    assert shop("balance", PHONE, "--json").json["member"] == "m-002"


def test_a_purse_is_spent_from_by_someone_found_by_phone(shop):
    for words in (
        ("award", PHONE, "100", "--reason", "x"),
        ("purse", "open", PHONE, "family"),
        ("purse", "pay-in", FIRST, "family", "60"),
        ("redeem", "purse:family", "10", "--spender", PHONE),
    ):
        assert shop(*words).status == 0, words
    assert shop("balance", "purse:family", "--json").json["balance"] == 50


def test_a_referrer_is_found_by_card(shop):
    assert shop("enrol", "m-003", "--referred-by", FIRST).record["other account"] == "m-001"


@pytest.mark.parametrize(
    ("text", "status", "code", "shown"),
    [
        ("13900139000", 3, "unknown_person", "139****9000"),
        ("139 0013 9000", 3, "unknown_person", "139****9000"),
        ("nobody", 3, "unknown_member", "'nobody'"),
        ("8000", 3, "ambiguous_phone", "m-001 (card 6200...0013)"),
        (" ", 3, "unknown_member", ""),
    ],
)
def test_nobody_is_told_and_a_phone_is_not_shown(shop, text, status, code, shown):
    answer = shop("balance", text)
    assert answer.status == status
    assert f"[{code}]" in answer.err
    assert shown in answer.err
    assert "13900139000" not in answer.err.replace(" ", "")


FILLED = {"until": "2099-12-31", "to": "m-002", "lots": "1"}


def of_a_member():
    """(name, words) of every command with a MEMBER that is there already; the rest is made up."""
    for name, command, _ctx in commands():
        arguments = [p for p in command.params if isinstance(p, click.Argument)]
        if "member" not in {p.name for p in arguments} or name == "jifen enrol":
            continue
        words = name.split()[1:]
        for parameter in command.params:
            made_up = FILLED.get(parameter.name or "", "1")
            if isinstance(parameter.type, click.Choice):
                made_up = parameter.type.choices[0]
            if isinstance(parameter, click.Argument):
                words.append("13900139000" if parameter.name == "member" else made_up)
            elif parameter.required:
                words += [parameter.opts[0], made_up]
        yield pytest.param(words, id=name)


@pytest.mark.parametrize("words", list(of_a_member()))
def test_every_command_about_a_member_takes_a_phone(shop, words):
    """Whatever else is wrong with it: who is meant comes first, and is not shown."""
    extra = ["--reason", "x"] if words[0] == "adjust" else []
    answer = shop(*words, *extra)
    assert (answer.status, "[unknown_person]" in answer.err) == (3, True), answer


def test_balance_by_id_or_card_never_loads_the_phone_library(shop):
    code = (
        "import sys; from console.root import run\n"
        "for who in sys.argv[1:]: run(['balance', who])\n"
        "sys.exit('phonenumbers' in sys.modules)"
    )
    words = [sys.executable, "-c", code, "m-001", FIRST, "nobody", PHONE]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


# -- joining -------------------------------------------------------------------------------------


def test_joining_with_card_and_phone_says_what_was_given_out(shop):
    answer = shop("enrol", "m-003", "--card", "new", "--phone", "13900139000")
    assert answer.record["card number"] == SECOND
    assert answer.record["phone linked"] == "yes"
    told = shop("enrol", "m-004", "--card", "6200 0000 0000 0039", "--json").said
    assert (told["card_number"], "phone_linked" in told) == (THIRD, False)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--card", FIRST), "card_taken"),
        (("--card", "6200000000000014"), "wrong_card_number"),
        (("--card", "new", "--phone", PHONE), "phone_taken"),
        (("--card", "new", "--phone", "138"), "invalid_phone"),
    ],
)
def test_joining_is_all_or_nothing(shop, words, code):
    before = shop("verify", "--json").json["events"]
    answer = shop("enrol", "m-003", *words)
    assert answer.status in (2, 3)
    assert f"[{code}]" in answer.err
    assert shop("verify", "--json").json["events"] == before
    assert "[unknown_member]" in shop("balance", "m-003").err


def test_joining_again_with_the_same_request_changes_nothing(shop):
    words = ("enrol", "m-003", "--card", "new", "--phone", "13900139000", "--request-id", "r-1")
    shop(*words)
    before = shop("verify", "--json").json["events"]
    again = shop(*words, "--json").said
    assert (again["replayed"], again["card_number"]) == (True, SECOND)
    assert shop("verify", "--json").json["events"] == before


def test_a_phone_is_no_member_id_unless_it_is_wanted(shop):
    answer = shop("enrol", "13900139000")
    assert (answer.status, "[not_confirmed]" in answer.err) == (2, True)
    assert shop("enrol", "15000000001", "--yes").status == 0


# -- cards ---------------------------------------------------------------------------------------


def test_a_lost_card_is_replaced_at_once(shop):
    replaced = shop("card", "replace", FIRST, "--why", "lost")
    assert replaced.out.startswith("Card replaced\n")
    record = replaced.record
    assert (record["card"], record["card stopped"], record["because"]) == (SECOND, FIRST, "lost")
    old = shop("balance", FIRST)
    assert (old.status, "[stopped_card]" in old.err, "lost" in old.err) == (3, True, True)
    assert shop("balance", SECOND, "--json").json["member"] == "m-001"
    assert shop("card", "list", PHONE, "--json").json == [
        {
            "card": FIRST,
            "status": "lost",
            "since": replaced.record["at"][:10],
            "replaced_by": SECOND,
            "issued_to": "m-001",
        },
        {
            "card": SECOND,
            "status": "good",
            "since": replaced.record["at"][:10],
            "replaced_by": None,
            "issued_to": "m-001",
        },
    ]


def test_a_card_is_named_by_its_member_where_there_is_just_one(shop):
    assert shop("card", "stop", PHONE, "--why", "blocked").record["card stopped"] == FIRST
    assert shop("card", "unblock", "m-001").record["card"] == FIRST
    shop("card", "stop", "m-001", "--why", "lost")
    assert shop("card", "replace", "m-001", "--why", "lost").record["card"] == SECOND
    shop("card", "issue", "m-001")
    which = shop("card", "stop", "m-001", "--why", "lost")
    assert (which.status, "[which_card]" in which.err) == (2, True)
    assert f"{SECOND} (good), {THIRD} (good)" in which.err
    assert "[which_card]" in shop("card", "unblock", "m-002").err


def test_a_card_list_shows_cards_of_merged_members(shop):
    shop("merge", "m-002", "m-001", "--yes")
    assert "issued to" in shop("card", "list", "m-002").out
    assert shop("card", "list", "m-002", "--json").json[0]["issued_to"] == "m-001"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("issue", "m-002", FIRST), "card_taken"),
        (("issue", "m-002", "123"), "wrong_card_number"),
        (("stop", "nobody", "--why", "lost"), "unknown_member"),
        (("unblock", FIRST), "card_not_blocked"),
    ],
)
def test_what_is_refused_about_cards(shop, words, code):
    answer = shop("card", *words)
    assert (answer.status, f"[{code}]" in answer.err) == (3, True), answer


def test_the_keys_of_the_answers_are_stable(shop):
    assert list(shop("card", "issue", "m-002", "--json").json) == [
        *("member", "other", "occurred_at", "card", "stopped", "why", "phone"),
        *("first_position", "last_position", "request_id", "source", "replayed"),
    ]
    assert list(shop("card", "list", "m-002", "--json").json[0]) == [
        *("card", "status", "since", "replaced_by", "issued_to"),
    ]
    assert list(shop("find", "m-002", "--json").json[0]) == [
        *("member", "account", "by", "shown", "status", "since", "card"),
    ]


# -- phones --------------------------------------------------------------------------------------


def test_a_phone_is_linked_moved_and_unlinked(shop):
    linked = shop("phone", "link", "m-002", "+852 9123 4567")
    assert linked.record["phone"] == "852****4567"
    taken = shop("phone", "link", "m-002", PHONE)
    assert "[phone_taken]" in taken.err
    assert "jifen phone move" in taken.err
    by = ("--reason", "his now", "--operator", "Li")
    moved = shop("phone", "move", "m-002", PHONE, *by)
    assert (moved.record["member"], moved.record["before that"]) == ("m-002", "m-001")
    assert "[phone_not_linked]" in shop("phone", "unlink", "m-001", PHONE).err
    assert shop("phone", "unlink", "m-002", PHONE).status == 0
    assert "[unknown_person]" in shop("phone", "move", "m-001", PHONE, *by).err
    assert "[invalid_phone]" in shop("phone", "move", "m-001", "12", *by).err


def test_a_move_may_name_who_should_have_the_phone(shop):
    shop("enrol", "m-003")
    words = ("phone", "move", "m-002", PHONE, "--reason", "x", "--operator", "Li")
    wrong = shop(*words, "--from", "m-003")
    assert "[phone_not_linked]" in wrong.err
    assert shop(*words, "--from", FIRST).record["before that"] == "m-001"


def test_a_move_needs_someone_to_answer_for_it(shop):
    assert shop("phone", "move", "m-002", PHONE, "--reason", "x").status == 2
    assert shop("phone", "move", "m-002", PHONE, "--operator", "Li").status == 2


def test_settings_from_the_file_reach_the_commands_of_the_groups(shop, folder):
    (folder / "jifen.toml").write_text('operator = "Li"\nformat = "json"\n', encoding="utf-8")
    moved = shop("phone", "move", "m-002", PHONE, "--reason", "x")
    assert moved.json["other"] == "m-001"
    assert shop("card", "issue", "m-002").json["card"] == SECOND


# -- find ----------------------------------------------------------------------------------------


def test_find_lists_what_a_text_may_mean(shop):
    (by_phone,) = shop("find", PHONE, "--json").json
    assert by_phone == {
        "member": "m-001",
        "account": "open",
        "by": "phone",
        "shown": "138****8000",
        "status": None,
        "since": None,
        "card": "6200...0013",
    }
    shop("phone", "link", "m-002", "13900138000")
    ending = shop("find", "８０００")
    assert ending.status == 0
    assert [row.split()[0] for row in ending.out.splitlines()[2:]] == ["m-001", "m-002"]
    shop("card", "stop", FIRST, "--why", "damaged")
    (stopped,) = shop("find", FIRST, "--json").json
    assert (stopped["member"], stopped["status"]) == ("m-001", "damaged")
    nobody = shop("find", "15012345678")
    assert (nobody.status, "150****5678" in nobody.err) == (3, True)


# -- the key -------------------------------------------------------------------------------------


def test_the_key_is_made_beside_the_store_and_only_once(shop, folder):
    key = folder / "jifen.db.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert "[store_exists]" in shop("key", "create").err
    key.unlink()
    assert "[key_in_use]" in shop("key", "create").err
    missing = shop("balance", PHONE)
    assert (missing.status, "[missing_key]" in missing.err) == (3, True)
    assert "JIFEN_KEY" in missing.err
    assert shop("balance", FIRST).status == 0


def test_the_key_may_come_from_the_environment(jifen, folder, monkeypatch):
    (folder / "program.toml").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setenv("JIFEN_KEY", "5a" * 32)
    jifen("init", "--program", "program.toml")
    assert not (folder / "jifen.db.key").exists()
    assert jifen("enrol", "m-001", "--phone", PHONE).status == 0
    assert jifen("balance", PHONE).status == 0
    monkeypatch.setenv("JIFEN_KEY", "5b" * 32)
    assert "[wrong_key]" in jifen("balance", PHONE).err
    monkeypatch.setenv("JIFEN_KEY", "secret")
    refused = jifen("balance", "m-001")
    assert (refused.status, "[invalid_key]" in refused.err) == (2, True)
    assert "secret" not in refused.err
    monkeypatch.delenv("JIFEN_KEY")
    assert "[missing_key]" in jifen("balance", PHONE).err


def test_a_store_that_never_had_a_key_gets_one(jifen, folder, monkeypatch):
    (folder / "program.toml").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setenv("JIFEN_KEY", "5a" * 32)
    jifen("init", "--program", "program.toml")
    monkeypatch.delenv("JIFEN_KEY")
    assert "jifen.db.key" in jifen("key", "create").out
    assert jifen("enrol", "m-001", "--phone", PHONE).status == 0


# -- files ---------------------------------------------------------------------------------------


def test_a_file_may_name_members_by_card_or_phone(shop, folder):
    rows = [
        "会员号,手机号,会员卡号,小票号,金额,日期",
        "m-002,13800138000,,A-1,5,2026-01-05",
        ",13800138000.0,,A-2,6,2026-01-05",
        ",,6200 0000 0000 0013,A-3,7,2026-01-05",
        ",15012345678,,A-4,8,2026-01-05",
        ",,,A-5,9,2026-01-05",
        ",8000,,A-6,9,2026-01-05",
    ]
    (folder / "june.csv").write_text("\n".join(rows), encoding="utf-8")
    answer = shop("import", "purchases", "june.csv")
    assert "read 6 = posted 3 + duplicate 0 + rejected 3" in answer.out
    assert "1 numbers that a spreadsheet had made floats were repaired" in answer.out
    receipts = {
        member: [line["receipt"] for line in shop("statement", member, "--json").json]
        for member in ("m-001", "m-002")
    }
    assert receipts == {"m-001": ["A-2", "A-3"], "m-002": ["A-1"]}
    assert "13800138000" not in answer.err + answer.out
    assert "15012345678" not in answer.err + answer.out
    reasons = (folder / "june.rejects.csv").read_text(encoding="utf-8-sig")
    assert "unknown_person" in reasons
    assert "missing_value" in reasons
    again = shop("import", "purchases", "june.csv", "--quiet")
    assert "posted 0 + duplicate 3 + rejected 3" in again.out


def test_a_file_with_phones_alone_needs_no_member_column(shop, folder):
    (folder / "june.csv").write_text(
        f"tel,receipt,amount,date\n{PHONE},A-1,5,2026-01-05\n", encoding="utf-8"
    )
    assert "[missing_column]" in shop("import", "purchases", "june.csv").err
    answer = shop("import", "purchases", "june.csv", "--map", "phone=tel")
    assert "posted 1" in answer.out


def test_a_file_with_phones_stops_where_the_key_is_missing(shop, folder):
    (folder / "june.csv").write_text(
        f"phone,receipt,amount,date\n{PHONE},A-1,5,2026-01-05\n", encoding="utf-8"
    )
    (folder / "jifen.db.key").unlink()
    answer = shop("import", "purchases", "june.csv")
    assert (answer.status, "[missing_key]" in answer.err) == (3, True)
    assert not (folder / "june.rejects.csv").exists()


# -- nowhere in clear ----------------------------------------------------------------------------


def test_a_phone_is_in_nothing_that_the_commands_leave_behind(shop, folder):
    for words in (
        ("phone", "link", "m-002", "13900139000", "--request-id", "r-1", "--source", "till"),
        ("phone", "link", "m-001", "13900139000"),
        ("balance", "15012345678"),
        ("phone", "unlink", "m-001", "138001380001"),
        ("query", "SELECT * FROM phone_links"),
        ("find", PHONE),
    ):
        answer = shop(*words)
        for number in (PHONE, "13900139000", "15012345678", "138001380001"):
            assert number not in answer.out + answer.err, words
    for path in folder.iterdir():
        content = path.read_bytes()
        assert PHONE.encode() not in content, path
        assert b"13900139000" not in content, path
    done = run_process("balance", "15012345678")
    assert b"15012345678" not in done.stderr
