"""Finding a member by id, card or phone; the table of identifiers; stores of an older layout."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import asdict

from ledger import Ledger
from ledger.errors import (
    AmbiguousPhone,
    BatchRefused,
    CardTaken,
    PhoneTaken,
    StoppedCard,
    StoreUnwritable,
    UnknownMember,
    UnknownPerson,
)
from ledger.store import layout
from schemas.commands import EnrolMember, IssueCard, LinkPhone
from tests.ledger.test_concurrency import start
from tests.scenario import BASIC

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NUMBERED = BASIC + '\n[cards]\nprefix = "6200"\ndigits = 16\n'
FIRST, SECOND = "6200000000000013", "6200000000000021"
PHONE = "138 0013 8000"


@pytest.fixture
def shop(tmp_path):
    """A ledger on a file with members a and b; a has a card and a phone."""
    with Ledger.create(tmp_path / "shop.jifen", NUMBERED) as ledger:
        ledger.enrol("a")
        ledger.enrol("b")
        ledger.issue_card("a")
        ledger.link_phone("a", PHONE)
        yield ledger


def found(ledger, text):
    meant = ledger.resolve(text)
    return meant.member, meant.by, meant.shown


# -- resolve -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a", ("a", "member", "a")),
        (" a ", ("a", "member", "a")),
        (FIRST, ("a", "card", "6200...0013")),
        ("6200 0000 0000 0013", ("a", "card", "6200...0013")),
        ("13800138000", ("a", "phone", "138****8000")),
        ("+86 138-0013-8000", ("a", "phone", "138****8000")),
        ("１３８００１３８０００", ("a", "phone", "138****8000")),
        ("13800138000.0", ("a", "phone", "138****8000")),
    ],
)
def test_a_member_is_found_by_id_card_and_phone(shop, text, meant):
    assert found(shop, text) == meant


def test_an_id_comes_before_a_card_and_a_card_before_a_phone(shop):
    """The order that `Ledger.resolve` names."""
    shop.publish(BASIC)  # Any identifier is a card number.
    shop.issue_card("b", "a")
    shop.issue_card("b", "13800138000")
    assert found(shop, "a")[:2] == ("a", "member")
    assert found(shop, PHONE)[:2] == ("b", "card")
    shop.enrol("13800138000")
    assert found(shop, "13800138000")[:2] == ("13800138000", "member")
    assert [(m.member, m.by) for m in shop.find("13800138000")] == [
        ("13800138000", "member"),
        ("b", "card"),
        ("a", "phone"),
    ]


@pytest.mark.parametrize("text", ["c", "", "6200000000000039", "13900139000", "9999", "\ud800"])
def test_nobody_is_told_as_nobody(shop, text):
    with pytest.raises(UnknownPerson) as caught:
        shop.resolve(text)
    assert "13900139000" not in str(caught.value)
    assert list(shop.find(text)) == []


def test_a_stopped_card_says_why_and_since_and_leads_to_nobody(shop):
    shop.replace_card("a", FIRST, why="lost")
    with pytest.raises(StoppedCard) as caught:
        shop.resolve(FIRST)
    assert caught.value.fields["why"] == "lost"
    assert caught.value.fields["since"] == shop.today().isoformat()
    assert found(shop, SECOND)[0] == "a"
    (meant,) = shop.find(FIRST)
    assert (meant.member, meant.stopped, meant.card) == ("a", "lost", "6200...0021")


def test_an_unblocked_card_leads_to_its_member_again(shop):
    shop.stop_card("a", FIRST, "blocked")
    shop.unblock_card("a", FIRST)
    assert found(shop, FIRST)[0] == "a"


def test_four_digits_list_who_may_be_meant_and_never_decide(shop):
    with pytest.raises(AmbiguousPhone) as caught:
        shop.resolve("8000")
    assert caught.value.fields["candidates"] == "a (card 6200...0013)"
    shop.link_phone("b", "13900138000")
    assert [(m.member, m.by, m.shown, m.card) for m in shop.find("８０００")] == [
        ("a", "ending", "****8000", "6200...0013"),
        ("b", "ending", "****8000", ""),
    ]


def test_cards_and_phones_lead_to_the_survivor_of_a_merge(shop):
    shop.merge("b", "a")
    assert (found(shop, FIRST)[0], found(shop, PHONE)[0]) == ("b", "b")
    assert [(line.number, line.issued_to) for line in shop.cards("b")] == [(FIRST, "a")]
    shop.unmerge("b", "a")
    assert (found(shop, FIRST)[0], found(shop, PHONE)[0]) == ("a", "a")
    assert shop.cards("b") == []


def test_a_closed_member_is_found_by_id_alone(shop):
    shop.close_member("a", "left")
    assert found(shop, "a")[0] == "a"
    with pytest.raises(StoppedCard, match="closed"):
        shop.resolve(FIRST)
    with pytest.raises(UnknownPerson):
        shop.resolve(PHONE)


def test_cards_are_listed_in_the_order_issued(shop):
    shop.replace_card("a", FIRST, why="damaged")
    told = [(line.number, line.stopped, line.replaced_by) for line in shop.cards("a")]
    assert told == [(FIRST, "damaged", SECOND), (SECOND, "", "")]
    with pytest.raises(UnknownMember):
        shop.cards("nobody")


def test_resolving_is_one_indexed_read(shop):
    file = shop._recorder.file
    asked = []
    rows = file.rows

    def noted(statement, parameters=()):
        asked.append((statement, parameters))
        return rows(statement, parameters)

    file.rows = noted
    shop.resolve("a")
    shop.resolve(FIRST)
    assert len(asked) == 2
    for statement, parameters in asked:
        plan = rows(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[3] for row in plan if "SEARCH" in row[3] or "SCAN" in row[3]]
        assert all("SEARCH" in step and "stream=? AND version=?" in step for step in steps[:1])
        assert all("PRIMARY KEY (kind=? AND value=?)" in step for step in steps[1:])
        assert len(steps) == 2


def test_a_phone_in_the_table_is_read_by_an_index(shop):
    table = "SELECT * FROM identifiers"
    for where in ("kind = 'phone' AND mark = 'x'", "member = 'x'"):
        plan = shop._recorder.file.rows(f"EXPLAIN QUERY PLAN {table} WHERE {where}")
        assert "USING INDEX" in plan[0][3]


# -- together, or not at all ---------------------------------------------------------------------


def linking(ledger, member, phone):
    return LinkPhone(member=member, **asdict(ledger.phone_hashes(phone)))


def joining(ledger, member, card, phone):
    return [
        EnrolMember(member=member),
        IssueCard(member=member, card=card),
        linking(ledger, member, phone),
    ]


def test_joining_with_card_and_phone_is_one_commit_or_nothing(shop):
    before = shop.position
    with pytest.raises(BatchRefused) as caught:
        shop.execute_all(joining(shop, "c", SECOND, PHONE))
    assert [type(error) for _, error in caught.value.failures] == [PhoneTaken]
    assert shop.position == before
    assert list(shop.find(SECOND)) == []
    shop.execute_all(joining(shop, "c", "", "13900139000"))
    assert found(shop, SECOND)[0] == found(shop, "13900139000")[0] == "c"


def test_two_of_one_group_do_not_get_the_same_card_or_phone(shop):
    wanted = [
        IssueCard(member="a"),
        IssueCard(member="b"),
        IssueCard(member="b", card="6200000000000047"),
        IssueCard(member="a", card="6200000000000047"),
    ]
    outcomes = list(shop.execute_many(wanted))
    assert [o.events[0].card for o in outcomes[:3]] == [
        *(SECOND, "6200000000000039", "6200000000000047")
    ]
    assert isinstance(outcomes[3], CardTaken)
    linked = list(shop.execute_many(linking(shop, m, "13900139000") for m in ("b", "a")))
    assert isinstance(linked[1], PhoneTaken)
    assert linked[1].fields["member"] == "b"


def test_a_retry_gets_the_same_card(shop):
    one = shop.issue_card("b", request_id="r-1")
    again = shop.issue_card("b", request_id="r-1")
    assert again.replayed
    assert again.events == one.events


CLAIM_ALL = """
import sys
from ledger import Ledger
from ledger.errors import CardTaken, PhoneTaken
path, member, what = sys.argv[1:]
got = []
with Ledger.open(path) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(60):
        try:
            if what == "phone":
                ledger.link_phone(member, str(13900139000 + number))
                got.append(number)
            else:
                card = f"C-{number}" if what == "card" else ""
                got.append(ledger.issue_card(member, card).events[0].card)
        except (CardTaken, PhoneTaken):
            pass
print(*got)
"""


@pytest.mark.parametrize(("what", "claimed"), [("phone", 60), ("card", 60), ("next", 120)])
def test_two_processes_never_get_the_same(shop, what, claimed):
    if what == "card":
        shop.publish(BASIC)
    path = shop._recorder.path
    processes = [start(CLAIM_ALL, path, member, what) for member in ("a", "b")]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    got = [each for process in processes for each in process.communicate()[0].split()]
    assert len(got) == len(set(got)) == claimed
    assert not shop.verify().findings


# -- the table against the log -------------------------------------------------------------------


def alter(ledger, statement):
    with closing(sqlite3.connect(ledger._recorder.path, isolation_level=None)) as connection:
        assert connection.execute(statement).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "code", "position", "named"),
    [
        ("UPDATE identifiers SET member = 'b' WHERE kind = 'card'", "wrong", 4, "6200...0013"),
        ("UPDATE identifiers SET owner = 'b' WHERE kind = 'card'", "wrong", 4, "owner is 'b'"),
        ("UPDATE identifiers SET mark = 'lost' WHERE kind = 'card'", "wrong", 4, "mark"),
        ("UPDATE identifiers SET position = 3 WHERE kind = 'card'", "wrong", 4, "position"),
        ("UPDATE identifiers SET mark = 'x' WHERE kind = 'key'", "wrong", 5, "key"),
        ("UPDATE identifiers SET mark = 'x' WHERE kind = 'phone'", "wrong", 5, "phone"),
        ("DELETE FROM identifiers WHERE kind = 'phone'", "missing", 5, "phone"),
        ("DELETE FROM identifiers WHERE kind = 'key'", "missing", 5, "key"),
        (
            "INSERT INTO identifiers VALUES ('card', 'C-1', 'b', 'b', '', 3)",
            "loose",
            3,
            "card C-1: no event says so",
        ),
    ],
)
def test_a_changed_identifier_is_found(shop, statement, code, position, named):
    assert not shop.verify().findings
    alter(shop, statement)
    (finding,) = shop.verify().findings
    assert (finding.code, finding.position) == (f"{code}_identifier", position)
    assert named in finding.detail


def test_the_table_is_what_the_events_say_after_all_that_can_happen(shop):
    shop.enrol("c")
    shop.issue_card("b")
    shop.stop_card("b", SECOND, "blocked")
    shop.unblock_card("b", SECOND)
    shop.replace_card("a", FIRST, why="stolen")
    shop.link_phone("c", "13900139000")
    shop.merge("b", "a")
    shop.merge("c", "b")
    shop.replace_card("c", SECOND, why="damaged")
    shop.unlink_phone("c", PHONE)
    assert not shop.verify().findings
    shop.unmerge("c", "b")
    shop.move_phone("b", "c", "13900139000", "moved in", operator="li")
    assert not shop.verify().findings
    shop.close_member("b", "left")
    assert not shop.verify().findings
    assert {row.member for row in shop._recorder.identifiers.every()} == {"b", ""}


def test_many_identifiers_are_held_against_the_log_in_portions(shop, monkeypatch):
    monkeypatch.setattr("ledger.identity_check._MOST_UNWRITTEN", 3)
    monkeypatch.setattr("ledger.store.identifiers._PAGE", 2)
    list(shop.execute_many([IssueCard(member="b") for _ in range(20)], group=1))
    assert not shop.verify().findings
    alter(shop, "DELETE FROM identifiers WHERE value = '6200000000000104'")
    assert [f.code for f in shop.verify().findings] == ["missing_identifier"]


# -- stores of an older layout -------------------------------------------------------------------


@pytest.fixture
def old_store(tmp_path):
    """A store as the first version wrote it."""
    path = tmp_path / "old.jifen"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript((GOLDEN / "layout_1.sql").read_text(encoding="utf-8"))
    return path


def layout_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_a_store_of_layout_1_gets_the_table_and_keeps_its_events(old_store):
    with Ledger.open(old_store) as ledger:
        assert layout_of(old_store) == 3
        assert ledger.position == 10
        assert not ledger.verify(books=True).findings
        assert ledger.balance("m-001").balance == 150
        ledger.issue_card("m-001", "C-1")
        ledger.stop_card("m-001", "C-1", "lost")
        assert not ledger.verify(books=True).findings


def test_members_merged_before_the_upgrade_lead_where_they_should(old_store):
    with Ledger.open(old_store) as ledger:
        ledger.enrol("m-004")
        ledger.issue_card("m-001", "C-1")
        ledger.merge("m-004", "m-001")
        assert ledger.resolve("C-1").member == "m-004"
        assert not ledger.verify().findings


def test_two_processes_may_open_an_old_store_at_once(old_store):
    code = "import sys; from ledger import Ledger; Ledger.open(sys.argv[1]).close()"
    opening = [subprocess.Popen([sys.executable, "-c", code, str(old_store)]) for _ in range(3)]
    assert [process.wait() for process in opening] == [0, 0, 0]
    assert layout_of(old_store) == 3


def test_an_old_store_that_can_not_be_written_is_told(old_store, monkeypatch):
    monkeypatch.setitem(layout.UPGRADES, 1, ("CREATE TABLE events (a)",))
    with pytest.raises(StoreUnwritable):
        Ledger.open(old_store)
    assert layout_of(old_store) == 1
