"""A peer's cases: redeeming, giving back, and goods that come back."""

from __future__ import annotations

import pytest

from ledger.errors import (
    AlreadyReversed,
    InsufficientPoints,
    InvalidProgram,
    Rejection,
    ReturnExceedsPurchase,
    UnknownPurchase,
)
from tests.ledger.setono.cases import CASES, CLAWBACKS, REDEEMABLE, ROLLBACKS
from tests.scenario import BASIC


def test_redeeming_and_doing_it_twice(open_ledger):
    """SET-RED-01, SET-RED-03: once under its request id (RULES 23)."""
    ledger = open_ledger()
    ledger.award("m-1", 1000, "seed")
    for case_id in ("SET-RED-01", "SET-RED-03"):
        ledger.redeem("m-1", 300, request_id="O1")
        assert ledger.balance("m-1").balance == CASES[case_id]["expect"]["balance"]


@pytest.mark.parametrize(("balance", "asked"), [(200, 500), (700, 1000)])
def test_a_redemption_is_refused_where_the_peer_clamps(open_ledger, balance, asked):
    """SET-RED-02, decided otherwise by RULES 11; `redeemable` tells what is available."""
    ledger = open_ledger()
    ledger.award("m-1", balance, "seed")
    with pytest.raises(InsufficientPoints) as caught:
        ledger.redeem("m-1", asked)
    assert caught.value.fields == {"asked": asked, "available": balance}
    assert ledger.balance("m-1").balance == balance


# -- clawback and rollback ------------------------------------------------------------------------


@pytest.mark.parametrize("case_id", CLAWBACKS)
def test_a_returned_order_takes_its_points_back(open_ledger, case_id):
    case, expect = CASES[case_id], CASES[case_id]["expect"]
    policies = {"clamp_to_zero": "clamp", "allow_negative": "debt"}
    policy = policies[case.get("policy", "allow_negative")]
    ledger = open_ledger(f'on_shortfall = "{policy}"\n{BASIC}')
    taken = []
    for step in case["given"]:
        if step["op"] == "earn_order":
            ledger.purchase("m-1", step["points"] * 100, step["order"])
        elif step["op"] == "debit":
            ledger.redeem("m-1", step["points"])
        else:
            try:
                outcome = ledger.return_purchase("m-1", step["order"])
            except ReturnExceedsPurchase:
                continue
            taken += [-event.points_returned for event in outcome.events]
    seen = {
        "balance": ledger.balance("m-1").balance,
        "clawback_points": sum(taken),
        "clawback_transactions": len(taken),
    }
    assert {name: seen[name] for name in expect} == expect


def test_an_unknown_order_has_nothing_to_take_back(open_ledger):
    """SET-CLW-08: refused by name (RULES 17), nothing is written."""
    ledger = open_ledger()
    before = ledger.position
    with pytest.raises(UnknownPurchase):
        ledger.return_purchase("m-1", CASES["SET-CLW-08"]["given"][0]["order"])
    assert ledger.position == before


@pytest.mark.parametrize("case_id", ROLLBACKS)
def test_a_redemption_is_rolled_back_once(open_ledger, case_id):
    expect, ledger = CASES[case_id]["expect"], open_ledger()
    reversals = 0
    for step in CASES[case_id]["given"]:
        if step["op"] == "earn":
            ledger.award("m-1", step["points"], "seed")
        elif step["op"] == "redeem":
            ledger.redeem("m-1", step["points"], request_id=step["order"])
        else:
            try:
                reversals += len(ledger.reverse("m-1", step["order"]).events)
            except AlreadyReversed:
                continue
    assert ledger.balance("m-1").balance == expect["balance"]
    assert reversals == expect["rollback_transactions"]


# -- what may be redeemed -------------------------------------------------------------------------


def redemption_terms(given):
    terms = "[redemption]\n"
    if "conversion_points" in given:
        worth = given["conversion_minor_units"] / 100
        terms += f'points = {given["conversion_points"]}\nmoney = "{worth}"\n'
        terms += f"step_points = {given['conversion_points']}\n"
    if given.get("min_points"):
        terms += f"min_points = {given['min_points']}\n"
    if "max_percent_of_order" in given:
        terms += f'max_bill_percent = "{given["max_percent_of_order"]}"\n'
    return BASIC + terms


@pytest.mark.parametrize("case_id", REDEEMABLE)
def test_what_may_be_redeemed(open_ledger, case_id):
    """`redeemable` answers as the peer clamps; asking for more is refused (RULES 11)."""
    given, expect = CASES[case_id]["input"], CASES[case_id]["expect"]
    ledger = open_ledger(redemption_terms(given))
    ledger.award("m-1", given["balance"], "seed")
    bill, asked = given["order_total_minor_units"], given["requested_points"]
    answer = ledger.redeemable("m-1", bill_minor=bill, asked=asked)
    assert answer.points == expect["applied_points"]
    if answer.points < asked:
        assert answer.limited_by
        with pytest.raises(Rejection):
            ledger.redeem("m-1", asked, bill_minor=bill)
    if answer.points:
        ledger.redeem("m-1", answer.points, bill_minor=bill)
    assert ledger.balance("m-1").balance == given["balance"] - answer.points


def test_a_rate_of_nothing_is_no_program(open_ledger):
    """SET-RDC-06: the peer applies 0 points; here the file is refused, with the path."""
    with pytest.raises(InvalidProgram) as caught:
        open_ledger(redemption_terms(CASES["SET-RDC-06"]["input"]))
    assert any("$.redemption.points" in mistake for mistake in caught.value.mistakes)


def test_points_are_worth_their_money(open_ledger):
    """SET-RDC-07."""
    given = CASES["SET-RDC-07"]["input"]
    ledger = open_ledger(redemption_terms(given))
    ledger.award("m-1", given["points"], "seed")
    (redeemed,) = ledger.redeem("m-1", given["points"]).events
    assert redeemed.value_minor == CASES["SET-RDC-07"]["expect"]["money_minor_units"]
