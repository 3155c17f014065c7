"""`jifen transfers`: two programs that exchange points through files, as people run them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger import Ledger
from tests.cli.conftest import EXAMPLES
from tests.model.programs_apart import program

SENT = ["transfer", "account", "theirs", "points", "sent_on"]


@pytest.fixture
def two(jifen, folder):
    """Two programs with two members each; a word for the store, then the command's."""
    for own in ("shop", "air"):
        (folder / f"{own}.toml").write_text(program(own), encoding="utf-8")
        assert jifen("init", "--program", f"{own}.toml", "--store", f"{own}.db").status == 0
        for member in ("m-1", "m-2"):
            jifen("enrol", member, "--store", f"{own}.db", "--at", "2026-01-02")
            words = ("award", member, "1000", "--reason", "x", "--at", "2026-01-02")
            assert jifen(*words, "--store", f"{own}.db").status == 0

    def transfers(own, *words):
        return jifen("transfers", *words, "--store", f"{own}.db")

    return transfers


def send(two, account, points, request, *words):
    return two("shop", "send", "m-1", "air", account, points, "--request-id", request, *words)


def balance(jifen, own, member="m-1"):
    return jifen("balance", member, "--store", f"{own}.db", "--json").json["balance"]


@pytest.fixture
def sent(two):
    """Two transfers from the shop, of which one is to nobody, in a file for air."""
    assert send(two, "m-2", 41, "t-1", "--at", "2026-03-01").status == 0
    assert send(two, "nobody", 80, "t-2", "--at", "2026-03-01").status == 0
    answer = two("shop", "pending", "--program", "air", "--file", "out.csv")
    assert answer.err.strip() == "out.csv: 2 transfers, 90 points there"
    return two


def lines(path):
    return Path(path).read_text(encoding="utf-8-sig").splitlines()


def test_sending_says_what_left_and_how_it_is_called(two, jifen):
    told = send(two, "m-2", 41, "t-1", "--json").said
    assert (told["points"], told["fee"], told["theirs"]) == (40, 1, 30)
    assert (told["transfer"], told["state"], told["balance"]) == ("t-1@cli", "pending", 959)
    again = send(two, "m-2", 41, "t-1")
    assert "before; nothing was written now" in again.out
    assert balance(jifen, "shop") == 959


def test_the_file_has_every_pending_transfer_and_control_totals(sent):
    assert lines("out.csv") == [
        ",".join(SENT),
        "t-1@cli,m-2,30,40,2026-03-01",
        "t-2@cli,nobody,60,80,2026-03-01",
        "#,2,90,shop,air",
    ]


def test_points_go_there_and_the_answers_come_back(sent, jifen):
    words = ("receive", "out.csv", "--program", "shop", "--answers", "back.csv")
    counts = {"read": 2, "received": 1, "declined": 1, "refused": 0}
    assert sent("air", *words, "--json").said == counts
    assert lines("back.csv")[0] == "transfer,answer,code,reference,theirs"
    assert lines("back.csv")[2:] == ["t-2@cli,declined,unknown_member,7,80", "#,2,120,air,shop"]
    took = sent("shop", "take-answers", "back.csv", "--program", "air", "--json")
    assert took.said == {"read": 2, "confirmed": 1, "rejected": 1, "known": 0, "refused": 0}
    assert (balance(jifen, "shop"), balance(jifen, "air", "m-2")) == (959, 1030)
    assert sent("shop", "pending", "--json").json == []


def test_files_that_come_again_change_nothing_and_get_the_same_answers(sent, jifen):
    receive = ("receive", "out.csv", "--program", "shop", "--answers")
    sent("air", *receive, "first.csv")
    sent("air", *receive, "second.csv")
    assert lines("first.csv") == lines("second.csv")
    sent("air", "answers", "--program", "shop", "--file", "third.csv")
    assert lines("third.csv") == lines("first.csv")
    for known in (0, 2):
        took = sent("shop", "take-answers", "first.csv", "--program", "air", "--json")
        assert took.said["known"] == known
    assert (balance(jifen, "shop"), balance(jifen, "air", "m-2")) == (959, 1030)


def test_what_was_taken_in_by_hand_is_answered_when_its_file_comes(sent, jifen):
    with Ledger.open("air.db") as air:
        air.receive_transfer("m-2", "shop", "t-1@cli", 40)
        air.receive_transfer("m-1", "shop", "t-2@cli", 80)
    words = ("receive", "out.csv", "--program", "shop", "--answers", "back.csv", "--json")
    answer = sent("air", *words)
    assert answer.status == 1
    assert answer.said == {"read": 2, "received": 1, "declined": 0, "refused": 1}
    assert "t-2@cli: request_conflict: " in answer.err
    sent("shop", "take-answers", "back.csv", "--program", "air")
    assert [row["transfer"] for row in sent("shop", "pending", "--json").json] == ["t-2@cli"]
    assert balance(jifen, "air", "m-2") == 1030


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_as_a_partner_saves_it(sent, encoding):
    text = (
        "\n".join(lines("out.csv")).replace("nobody", "会员").replace("#,2,90,shop,air", "#,2,90")
    )
    Path("in.csv").write_bytes(text.encode(encoding))
    assert sent("air", "receive", "in.csv", "--program", "shop", "--json").said["received"] == 1
    declined = sent("air", "list", "--in", "--state", "declined", "--json").json
    assert [row["account"] for row in declined] == ["会员"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("#,2,90,shop,air", "#,3,90,shop,air", "totals_differ"),
        ("#,2,90,shop,air", "#,2,91,shop,air", "totals_differ"),
        ("#,2,90,shop,air", "", "no_totals"),
        ("m-2,30", "m-2,31", "totals_differ"),
        ("m-2,30", "m-2,30.5", "bad_row"),
        ("m-2,30", "m-2,-30", "bad_row"),
        ("t-2@cli", "t-1@cli", "bad_row"),
        ("t-2@cli,", "t-2@cli,,", "bad_row"),
        ("#,2,90,shop,air", "#,2,90,shop,air\nt-3@cli,m-1,3,4,", "bad_row"),
        ("#,2,90,shop,air", "#,2,90,,\n#,2,90,shop,air", "bad_row"),
        ("account", "who", "lacks_column"),
        ("shop,air", "bank,air", "wrong_parties"),
        ("shop,air", "shop,bank", "wrong_parties"),
        ("shop,air", ",bank", "wrong_parties"),
    ],
)
def test_a_file_that_is_not_right_is_refused_whole(sent, before, after, code):
    text = "\n".join(lines("out.csv"))
    assert before in text
    Path("in.csv").write_text(text.replace(before, after), encoding="utf-8")
    answer = sent("air", "receive", "in.csv", "--program", "shop")
    assert (answer.status, f"{code}:" in answer.err or code in answer.err) == (2, True), answer
    assert sent("air", "list", "--in", "--json").json == []


@pytest.mark.parametrize(("store", "program"), [("air", "sohp"), ("air", "air"), ("shop", "air")])
def test_a_file_is_not_taken_under_a_name_that_is_not_its_senders(sent, store, program):
    """Declined for good, its points would be given back there, and be here as well."""
    answer = sent(store, "receive", "out.csv", "--program", program, "--answers", "back.csv")
    assert answer.status in (2, 3)
    assert sent(store, "list", "--in", "--json").json == []
    assert not Path("back.csv").exists()


def test_accounts_are_in_the_file_as_they_are(two):
    """The other program's machine reads it, not a spreadsheet."""
    send(two, "00012", 80, "t-1")
    two("shop", "pending", "--program", "air", "--file", "out.csv")
    assert lines("out.csv")[1].startswith("t-1@cli,00012,60,80,")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("t-2@cli", "t-9@cli", "bad_row"),
        ("received", "taken", "bad_row"),
        ("unknown_member", "", "bad_row"),
        (",80", ",84", "bad_row"),
        ("#,2,120", "#,2,121", "totals_differ"),
        ("air,shop", "air,bank", "wrong_parties"),
    ],
)
def test_answers_that_are_not_right_are_refused_whole(sent, before, after, code):
    sent("air", "receive", "out.csv", "--program", "shop", "--answers", "back.csv")
    text = "\n".join(lines("back.csv"))
    Path("back.csv").write_text(text.replace(before, after), encoding="utf-8")
    answer = sent("shop", "take-answers", "back.csv", "--program", "air")
    assert (answer.status, code in answer.err) == (2, True), answer
    assert len(sent("shop", "pending", "--json").json) == 2


def test_a_partner_without_the_last_column_is_understood(sent):
    text = "transfer,answer,code,reference\nt-1@cli,received,,AB-1\n#,1,40\n"
    Path("back.csv").write_text(text, encoding="utf-8")
    took = sent("shop", "take-answers", "back.csv", "--program", "air", "--json")
    assert took.said["confirmed"] == 1
    (row,) = sent("shop", "list", "--state", "confirmed", "--json").json
    assert (row["transfer"], row["reference"]) == ("t-1@cli", "AB-1")


@pytest.mark.parametrize("target", ["no/such/folder.csv", "air.db", "out.csv"])
def test_where_answers_can_not_go_nothing_is_taken(sent, target):
    before = Path("out.csv").read_bytes()
    answer = sent("air", "receive", "out.csv", "--program", "shop", "--answers", target)
    assert answer.status == 2
    assert target in answer.err
    assert sent("air", "list", "--in", "--json").json == []
    assert Path("out.csv").read_bytes() == before


def test_a_file_never_takes_the_place_of_the_store(sent):
    answer = sent("shop", "pending", "--program", "air", "--file", "shop.db")
    assert (answer.status, "[unwritable_file]" in answer.err) == (2, True)
    assert len(sent("shop", "pending", "--json").json) == 2


def test_an_answer_by_hand_counts_once(sent, jifen):
    assert sent("shop", "confirm", "t-1@cli", "--reference", "AB-1").status == 0
    assert sent("shop", "confirm", "t-1@cli").status == 0
    refused = sent("shop", "reject", "t-1@cli", "--code", "full")
    assert (refused.status, "transfer_answered" in refused.err) == (3, True)
    assert sent("shop", "reject", "t-2@cli", "--code", "full").status == 0
    assert balance(jifen, "shop") == 959
    assert sent("shop", "confirm", "t-9@cli").status == 3


def test_what_is_due_times_out_and_goes_into_the_next_file_all_the_same(sent):
    assert sent("shop", "time-out", "--json").said == {"timed_out": 2}
    assert sent("shop", "time-out", "--json").said == {"timed_out": 0}
    assert {row["state"] for row in sent("shop", "pending", "--json").json} == {"timed_out"}
    sent("shop", "pending", "--program", "air", "--file", "again.csv")
    assert lines("again.csv") == lines("out.csv")


# -- reconcile -----------------------------------------------------------------------------------


def reconciled(two, *words):
    answer = two("shop", "reconcile", "--program", "air", *words, "--json")
    return answer.status, {row["transfer"]: row["kind"] for row in answer.json}


def test_what_is_under_way_is_shown_and_is_no_fault(sent):
    store = ("--with", "air.db")
    assert reconciled(sent, *store) == (0, {"t-1@cli": "not_seen", "t-2@cli": "not_seen"})
    sent("air", "receive", "out.csv", "--program", "shop", "--answers", "back.csv")
    under_way = {"t-1@cli": "not_answered", "t-2@cli": "not_answered"}
    assert reconciled(sent, *store) == reconciled(sent, "back.csv") == (0, under_way)
    sent("shop", "take-answers", "back.csv", "--program", "air")
    assert reconciled(sent, *store) == reconciled(sent, "back.csv") == (0, {})


def test_the_store_of_another_program_is_not_held_against(sent):
    for other, store in (("air", "shop.db"), ("hotel", "air.db")):
        answer = sent("shop", "reconcile", "--program", other, "--with", store)
        assert (answer.status, answer.out) == (2, "")
        assert f"not of {other!r}" in answer.err


def test_every_difference_is_named(sent):
    send(sent, "m-1", 4, "t-3")
    sent("shop", "confirm", "t-3@cli")
    sent("shop", "reject", "t-1@cli", "--code", "by mistake")
    text = (
        "transfer,answer,code,reference,theirs\nt-1@cli,received,,7,40\n"
        "t-2@cli,declined,no_rate,8,84\nx,received,,9,4\n#,3,128\n"
    )
    Path("theirs.csv").write_text(text, encoding="utf-8")
    answer = sent("shop", "reconcile", "theirs.csv", "--program", "air", "--json")
    kinds = [(row["transfer"], row["kind"]) for row in answer.json]
    assert answer.status == 1
    assert kinds == [
        ("t-1@cli", "other_answer"),
        ("t-2@cli", "other_points"),
        ("t-3@cli", "missing_there"),
        ("x", "unknown_here"),
        ("t-2@cli", "not_answered"),
    ]
    assert "here: sent 3 = confirmed 1 + rejected 1 + pending 1" in answer.err


# -- a process that is killed --------------------------------------------------------------------


def test_an_exchange_through_files_that_is_killed_everywhere_is_finished_by_doing_it_again(
    two, folder, jifen
):
    """kill -9 of the receiver, then of the sender, in the middle of their files."""
    with Ledger.open("shop.db", durability="relaxed") as ledger:
        for number in range(3_000):
            member = f"s-{number % 50}"
            if number < 50:
                ledger.enrol(member)
                ledger.award(member, 1_000, "x")
            account = "nobody" if number % 10 == 0 else f"m-{number % 2 + 1}"
            ledger.send_transfer(member, "air", account, 4, request_id=f"t-{number}")
    two("shop", "pending", "--program", "air", "--file", "out.csv")

    receive = ("receive", "out.csv", "--program", "shop", "--answers", "back.csv")
    _killed("air", 200, *receive)
    assert not Path("back.csv").exists(), "a broken run leaves no file"
    done = two("air", *receive, "--json").said
    assert (done["read"], done["received"], done["declined"]) == (3_000, 2_700, 300)

    with Ledger.open("shop.db") as ledger:
        before = ledger.position
    take = ("take-answers", "back.csv", "--program", "air")
    _killed("shop", before + 200, *take)
    done = two("shop", *take, "--json").said
    assert done["known"] >= 200
    assert done["known"] + done["confirmed"] + done["rejected"] == 3_000

    assert reconciled(two, "--with", "air.db") == (0, {})
    for own in ("shop", "air"):
        assert jifen("verify", "--books", "--store", f"{own}.db").status == 0
    taken_in = [balance(jifen, "air", member) - 1_000 for member in ("m-1", "m-2")]
    assert sum(taken_in) == 2_700 * 3
    with Ledger.open("shop.db") as ledger:
        left = sum(ledger.account(f"s-{number}").balance for number in range(50))
    assert left == 50 * 1_000 - 2_700 * 5


def _killed(own, position, *words):
    """Run it in a process of its own until the log is so long, and kill that."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "transfers", *words, "--quiet", "--store", f"{own}.db"],
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        stdout=subprocess.DEVNULL,
    )
    with Ledger.open(f"{own}.db") as ledger:
        while ledger.position < position and process.poll() is None:
            pass
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
