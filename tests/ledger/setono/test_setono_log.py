"""A peer's cases: what is recorded, and that it is recorded once."""

from __future__ import annotations

import pytest

from ledger.errors import ReceiptAlreadyClaimed, UnknownMember
from tests.ledger.setono.cases import CASES, DECIDED_OTHERWISE, HERE
from tests.scenario import BASIC


def test_every_case_has_one_place():
    assert sorted([*HERE, *DECIDED_OTHERWISE]) == sorted(CASES)


def test_an_action_earns_once_under_its_key(open_ledger):
    """SET-LED-01, SET-LED-02: the key is the request id (RULES 23)."""
    expect = CASES["SET-LED-02"]["expect"]
    ledger = open_ledger()
    for step in CASES["SET-LED-02"]["given"]:
        ledger.award("m-1", step["points"], "signup", request_id=step["key"])
        assert ledger.balance("m-1").balance == CASES["SET-LED-01"]["expect"]["balance"]
    assert ledger.balance("m-1").balance == expect["balance"]
    assert len(list(ledger.statement("m-1"))) == expect["transactions"]


def test_an_order_is_stored_with_its_basis_and_breakdown(open_ledger):
    """SET-LED-05: 4 points a unit make 200 of 50.00."""
    step, expect = CASES["SET-LED-05"]["given"][0], CASES["SET-LED-05"]["expect"]
    ledger = open_ledger(BASIC.replace("points = 1", "points = 4"))
    (purchase,) = ledger.purchase("m-1", step["basis_minor_units"], step["order"]).events
    (rule,) = purchase.breakdown
    assert ledger.balance("m-1").balance == expect["balance"]
    assert purchase.qualifying_minor == expect["stored_basis_minor_units"]
    assert rule.numerator // rule.denominator == expect["stored_breakdown"]["1"]
    assert purchase.purchase_id == expect["stored_order"]


def test_an_order_earns_once(open_ledger):
    """SET-LED-06: a second one is refused by name (RULES 24)."""
    ledger = open_ledger()
    ledger.purchase("m-1", 20_000, "O1")
    with pytest.raises(ReceiptAlreadyClaimed):
        ledger.purchase("m-1", 20_000, "O1")
    assert ledger.balance("m-1").balance == CASES["SET-LED-06"]["expect"]["balance"]


def test_a_stranger_earns_nothing(open_ledger):
    """SET-LED-07."""
    with pytest.raises(UnknownMember):
        open_ledger().award("UNKNOWN", 150, "signup")
