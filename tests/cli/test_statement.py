"""The statement knows every kind of event that moves points."""

from __future__ import annotations

import pytest

from console.kinds import KINDS
from schemas.events import MEMBER_EVENTS, PointsEvent


def test_every_kind_of_event_that_moves_points_has_a_name():
    assert set(KINDS) == {kind.__name__ for kind in MEMBER_EVENTS if issubclass(kind, PointsEvent)}


@pytest.fixture
def eventful(club, today):
    """Nearly all that can happen to m-001, in a year."""
    operator = ("--reason", "x", "--operator", "Li")
    for words in (
        ("bonus", "m-001", "birthday"),
        ("award", "m-001", "10", "--reason", "quiz"),
        ("adjust", "m-001", "-20", *operator, "--request-id", "adj"),
        ("undo", "m-001", "adj", *operator),
        ("redeem", "m-001", "40", "--bill", "900", "--receipt", "A-1", "--request-id", "red"),
        ("purchase", "m-001", "500", "--receipt", "A-1"),
        ("reverse", "m-001", "red", "--points", "10"),
        ("hold", "m-001", "50", "--bill", "900", "--request-id", "h1"),
        ("capture", "m-001", "h1", "--points", "20"),
        ("hold", "m-001", "30", "--bill", "900", "--request-id", "h2"),
        ("release", "m-001", "h2"),
        ("reward", "m-001", "cup"),
        ("return", "m-001", "A-1", "--amount", "250"),
        ("gift", "m-001", "m-002", "5"),
        ("hold", "m-001", "30", "--bill", "900"),
    ):
        answer = club(*words)
        assert answer.status == 0, answer
    today("2027-06-02")
    assert club("expire").status == 0
    assert club("redeem", "m-001", "5", "--bill", "99", "--at", "2027-06-01").status == 0
    assert club("close", "m-001", "--reason", "x", "--forfeit", "--yes").status == 0
    return club


def test_each_line_says_what_it_is_and_the_balance_runs_on(eventful):
    lines = eventful("statement", "m-001", "--json").json
    balance = 0
    for line in lines:
        balance += line["points"]
        assert line["balance_after"] == balance
    assert balance == 0
    table = eventful("statement", "m-001").out.splitlines()
    shown = [" ".join(row.split("   ")[1:2]).strip() for row in table[3:]]
    assert shown == [
        *("purchase", "bonus", "award", "adjustment", "adjustment undone", "redemption"),
        *("purchase", "redemption reversed", "hold", "hold captured", "hold released", "hold"),
        *("hold released", "reward", "redemption reversed", "return", "gift to", "hold"),
        *("hold lapsed", "expired", "expiry undone", "redemption", "forfeited"),
    ]
    assert len(shown) == len(lines)


def test_a_line_names_the_event_that_it_is_about(eventful):
    lines = eventful("statement", "m-001", "--json").json
    about = {line["position"]: line for line in lines}
    named = [
        (line["kind"], about[line["refers_to"]]["kind"])
        for line in lines
        if line["refers_to"] is not None
    ]
    assert named == [
        ("PointsAdjusted", "PointsAdjusted"),
        ("RedemptionReversed", "PointsRedeemed"),
        ("PointsRedeemed", "PointsHeld"),
        ("HoldReleased", "PointsHeld"),
        ("HoldReleased", "PointsHeld"),
        ("RedemptionReversed", "PointsRedeemed"),
        ("ReturnRecorded", "PurchaseRecorded"),
        ("HoldReleased", "PointsHeld"),
    ]


def test_earned_and_spent_on_one_receipt_stay_two_lines(eventful):
    lines = [
        row for row in eventful("statement", "m-001", "--json").json if row["receipt"] == "A-1"
    ]
    assert [(row["kind"], row["points"]) for row in lines[:2]] == [
        ("PointsRedeemed", -40),
        ("PurchaseRecorded", 500),
    ]


def test_holds_move_no_points_and_are_there(eventful):
    holds = [row for row in eventful("statement", "m-001", "--json").json if "Held" in row["kind"]]
    assert [(row["points"], row["request_id"]) for row in holds[:2]] == [(0, "h1"), (0, "h2")]
    assert holds[0]["lots"] == "1: -50"


def test_lots_and_requests_are_in_the_table_when_they_are_asked_for(club):
    assert "request" not in club("statement", "m-001").out
    shown = club("statement", "m-001", "--lots").out
    assert "1: +300" in shown
    assert "request" in shown
