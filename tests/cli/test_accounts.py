"""Accounts: frozen, closed, merged and apart again; gifts; purses."""

from __future__ import annotations

import pytest

CLOSE = ("close", "m-001", "--reason", "moved away", "--yes")


def test_a_frozen_account_says_so_and_is_not_spent_from(club):
    assert club("freeze", "m-001", "--reason", "card lost").status == 0
    assert club("balance", "m-001").record["account"] == "frozen"
    assert club("balance", "m-001", "--json").json["status"] == "frozen"
    assert "[account_frozen]" in club("redeem", "m-001", "5", "--bill", "100").err
    assert "[already_frozen]" in club("freeze", "m-001", "--reason", "x").err
    assert club("unfreeze", "m-001", "--reason", "found").status == 0
    assert "account" not in club("balance", "m-001").record
    assert "[not_frozen]" in club("unfreeze", "m-001", "--reason", "x").err


def test_closing_keeps_points_unless_they_are_forfeited(club):
    assert "[points_remain]" in club(*CLOSE).err
    closed = club(*CLOSE, "--forfeit")
    assert closed.record["forfeited"] == "300"
    assert closed.record["balance after"] == "0"
    assert club("balance", "m-001").record["account"] == "closed"
    assert "[account_closed]" in club("award", "m-001", "5", "--reason", "x").err


def test_closing_needs_a_yes_where_nobody_can_be_asked(club):
    answer = club(*CLOSE[:-1], "--forfeit")
    assert answer.status == 2
    assert "[not_confirmed]" in answer.err
    assert club("balance", "m-001", "--json").json["status"] == "open"


@pytest.mark.parametrize("words", [("freeze",), ("unfreeze",), ("close", "--yes")])
def test_it_needs_a_reason(club, words):
    assert club(words[0], "m-001", *words[1:]).status == 2


def test_a_gift_shows_on_both_statements_as_what_it_is(club):
    given = club("gift", "m-001", "m-002", "100", "--reason", "birthday")
    assert given.record["other account"] == "m-002"
    assert given.record["points"] == "-100"
    assert given.record["balance after"] == "200"
    sent, received = (club("statement", member, "--json").json[-1] for member in ("m-001", "m-002"))
    assert (sent["kind"], sent["other"], sent["points"]) == ("PointsSent", "m-002", -100)
    assert (received["kind"], received["other"], received["balance_after"]) == (
        "PointsReceived",
        "m-001",
        100,
    )
    assert "gift to" in club("statement", "m-001").out
    assert "gift from" in club("statement", "m-002").out


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("m-001", "m-001", "5"), 2, "invalid_command"),
        (("m-001", "nobody", "5"), 3, "unknown_member"),
        (("m-001", "m-002", "301"), 3, "insufficient_points"),
        (("m-001", "m-002", "501"), 3, "limit_exceeded"),
        (("m-001", "m-002", "0"), 2, "invalid_command"),
    ],
)
def test_a_gift_that_can_not_be_is_refused(club, words, status, code):
    answer = club("gift", *words)
    assert (answer.status, f"[{code}]" in answer.err) == (status, True), answer


def test_two_accounts_become_one_and_two_again(club):
    club("purchase", "m-002", "600", "--receipt", "B-1")
    one = club("merge", "m-001", "m-002", "--reason", "two cards")
    assert one.record["other account"] == "m-002"
    assert one.record["points"] == "600"
    assert one.record["balance after"] == "900"
    assert one.record["new card"] == "银卡"
    gone = club("balance", "m-002").record
    assert gone["account"] == "merged into m-001"
    assert gone["balance"] == "0"
    assert "next tier" not in gone
    assert "another merged in" in club("statement", "m-001").out
    assert "merged into another" in club("statement", "m-002").out

    two = club("unmerge", "m-001", "m-002")
    assert two.record["points"] == "-600"
    assert two.record["card lowered to"] == "no card"
    assert club("balance", "m-002", "--json").json["balance"] == 600
    assert "[not_merged]" in club("unmerge", "m-001", "m-002").err


def test_what_a_merged_member_did_goes_by_its_event_still(club):
    club("purchase", "m-002", "600", "--receipt", "B-1")
    club("redeem", "m-002", "100", "--bill", "1000", "--source", "till")
    event = club("statement", "m-002", "--json").json[-1]["position"]
    # Either way round, one after the other: whoever looks for an event must not go in circles.
    club("merge", "m-002", "m-001")
    club("unmerge", "m-002", "m-001")
    club("merge", "m-001", "m-002")
    assert club("reverse", "m-001", "--event", event).record["given back"] == "100"
    assert club("statement", "m-001", "--json").json[-1]["refers_to"] == event
    assert "[unknown_event]" in club("reverse", "m-001", "--event", "9999").err


# -- purses ----------------------------------------------------------------------------------------


@pytest.fixture
def family(club):
    """A purse of m-001, who paid in 200, and m-002."""
    for words in (
        ("open", "m-001", "family"),
        ("join", "m-002", "purse:family"),
        ("pay-in", "m-001", "family", "200"),
    ):
        assert club("purse", *words).status == 0
    return club


def test_a_purse_shows_its_points_and_whose_they_are(family):
    assert family("purse", "show", "family").record == {
        "purse": "purse:family",
        "members": "m-001, m-002",
        "available": "200",
        "pending": "0",
        "held": "0",
        "owed": "0",
        "balance": "200",
        "of m-001": "200",
        "of m-002": "0",
    }
    assert family("purse", "show", "purse:family", "--json").json["shares"] == [
        {"member": "m-001", "joined": True, "points": 200},
        {"member": "m-002", "joined": True, "points": 0},
    ]
    first_screen = family("balance", "purse:family").record
    assert first_screen["balance"] == "200"
    assert "card" not in first_screen


def test_points_go_into_a_purse_and_come_out_of_it(family):
    paid = family("purse", "pay-in", "m-001", "family", "50")
    assert paid.record["other account"] == "purse:family"
    assert paid.record["balance after"] == "50"
    out = family("purse", "withdraw", "m-001", "family", "150", "--json").said
    assert (out["points"], out["other"], out["balance_after"]) == (150, "purse:family", 200)
    assert "[insufficient_points]" in family("purse", "withdraw", "m-002", "family", "1").err


def test_a_purse_is_spent_from_by_who_is_in_it(family):
    words = ("redeem", "purse:family", "50", "--bill", "1000")
    assert "[not_in_purse]" in family(*words).err
    spent = family(*words, "--spender", "m-002")
    assert spent.record["balance after"] == "150"
    assert spent.record["to give it back"].startswith("jifen reverse purse:family ")
    line = family("statement", "purse:family", "--json").json[-1]
    assert (line["kind"], line["other"]) == ("PointsRedeemed", "m-002")
    assert "paid from" in family("statement", "purse:family").out
    assert "paid to" in family("statement", "m-001").out


def test_who_leaves_takes_along_what_is_theirs(family):
    left = family("purse", "leave", "m-001", "family")
    assert left.record["points"] == "200"
    assert family("purse", "show", "family", "--json").json["members"] == "m-002"
    assert "[not_in_purse]" in family("purse", "leave", "m-001", "family").err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("open", "m-001", "family"), "purse_exists"),
        (("open", "nobody", "other"), "unknown_member"),
        (("join", "m-001", "family"), "already_in_purse"),
        (("join", "m-001", "other"), "unknown_purse"),
        (("pay-in", "m-002", "family", "1"), "insufficient_points"),
        (("show", "other"), "unknown_purse"),
    ],
)
def test_what_a_purse_refuses(family, words, code):
    answer = family("purse", *words)
    assert answer.status == 3
    assert f"[{code}]" in answer.err


def test_settings_from_the_file_reach_the_commands_of_a_purse(club, folder):
    (folder / "jifen.toml").write_text('operator = "Li"\nformat = "json"\n')
    assert club("purse", "open", "m-001", "family").json["other"] == "purse:family"
    club("purse", "pay-in", "m-001", "family", "10")
    assert club("statement", "purse:family").json[-1]["operator"] == "Li"
