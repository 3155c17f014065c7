"""A peer's cases (tests/cases/setono_sylius_loyalty.json) through the public API.

Each of the 60 is run here, or listed with the rule that decides it otherwise. None may be in two
places, none may be left out.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from ledger import Ledger, LineItem, ManualClock
from ledger.errors import (
    AlreadyReversed,
    InsufficientPoints,
    InvalidProgram,
    ReceiptAlreadyClaimed,
    Rejection,
    ReturnExceedsPurchase,
    UnknownMember,
    UnknownPurchase,
)
from tests.scenario import BASIC

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).resolve().parents[1] / "cases" / "setono_sylius_loyalty.json").read_text(
            encoding="utf-8"
        )
    )["cases"]
}
LOTS = ("SET-LOT-01", "SET-LOT-02", "SET-LOT-03", "SET-LOT-04", "SET-LOT-05", "SET-LOT-08")
CALCULATED = (
    "SET-CAL-02",
    "SET-CAL-03",
    "SET-CAL-04",
    "SET-CAL-05a",
    "SET-CAL-05b",
    "SET-CAL-05c",
    "SET-CAL-06",
)
LAPSES = ("SET-EXP-01", "SET-EXP-02", "SET-EXP-03", "SET-EXP-05", "SET-EXP-06", "SET-EXP-07")
CLAWBACKS = ("SET-CLW-01", "SET-CLW-02", "SET-CLW-03", "SET-CLW-04")
ROLLBACKS = ("SET-RED-06", "SET-RED-07")
REDEEMABLE = ("SET-RDC-01", "SET-RDC-02", "SET-RDC-03", "SET-RDC-04", "SET-RDC-05")
HERE = {
    *LOTS,
    *CALCULATED,
    *LAPSES,
    *CLAWBACKS,
    *ROLLBACKS,
    *REDEEMABLE,
    *("SET-LOT-06", "SET-LOT-07", "SET-EXP-08", "SET-EXP-09", "SET-EXP-10", "SET-CLW-08"),
    *("SET-LED-01", "SET-LED-02", "SET-LED-05", "SET-LED-06", "SET-LED-07"),
    *("SET-RED-01", "SET-RED-03", "SET-RDC-06", "SET-RDC-07"),
    *("SET-CAL-01", "SET-CAL-07"),
    *("SET-AMT-01", "SET-AMT-02", "SET-AMT-03", "SET-BAS-01"),
}
DECIDED_OTHERWISE = {
    "SET-RED-02": "RULES 11: more than is available is refused, not clamped",
    "SET-EXP-04": "RULES 8: an empty lot gives no event",
    "SET-LED-03": "RULES 5 and 31: no hook changes a decision before it is written",
    "SET-LED-04": "RULES 5 and 31: no hook changes a decision before it is written",
    "SET-RED-04": "RULES 5 and 31: no hook changes a decision before it is written",
    "SET-RED-05": "RULES 11: no hook, and more than was asked is never taken",
    "SET-CLW-05": "RULES 14: no hook changes what a return takes back",
    "SET-CLW-06": "RULES 14: no hook changes what a return takes back",
    "SET-CLW-07": "RULES 14: no hook changes what a return takes back",
}
"""What the rule says instead is tested below, or with the command that it is about."""


def test_every_case_has_one_place():
    assert sorted([*HERE, *DECIDED_OTHERWISE]) == sorted(CASES)


@pytest.fixture
def clock():
    return ManualClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))


@pytest.fixture
def open_ledger(clock):
    opened = []

    def under(program=BASIC):
        ledger = Ledger(":memory:", program=program, clock=clock)
        opened.append(ledger)
        ledger.enrol("m-1", occurred_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
        return ledger

    yield under
    for ledger in opened:
        ledger.close()


def day(text):
    return None if text is None else dt.date.fromisoformat(text)


def run(ledger, steps):
    for step in steps:
        at = dt.datetime.fromisoformat(step["at"] + "T12:00+08:00")
        if step["op"] == "credit":
            expires_on = day(step["expires_at"])
            ledger.award("m-1", step["points"], "case", occurred_at=at, expires_on=expires_on)
        else:
            ledger.redeem("m-1", step["points"], occurred_at=at)


@pytest.mark.parametrize("case_id", LOTS)
def test_lots(open_ledger, case_id):
    case, ledger = CASES[case_id], open_ledger()
    run(ledger, case["given"])
    expect = case["expect"]
    account = ledger.account("m-1")
    remaining = {str(lot.expires_on or "never"): lot.available for lot in account.lots}
    seen = {
        "balance": account.balance,
        "deficit": account.debt,
        "open_lots": [lot.available for lot in account.lots],
        "open_lot_expiries": [str(lot.expires_on) for lot in account.lots],
        "remaining_by_expiry": {
            expiry: remaining.get(expiry, 0) for expiry in expect.get("remaining_by_expiry", ())
        },
        "expiring_by": {
            until: sum(
                lot.available
                for lot in account.lots
                if lot.expires_on is not None and lot.expires_on <= dt.date.fromisoformat(until)
            )
            for until in expect.get("expiring_by", ())
        },
    }
    assert {name: seen[name] for name in expect} == expect


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


def test_an_instant_of_expiry_is_the_end_of_the_last_good_day(open_ledger, clock):
    """SET-EXP-09: gone at 2026-01-01T00:00, so its last good day is 2025-12-31 (RULES 8)."""
    clock.now = dt.datetime.fromisoformat("2025-12-31T12:00+08:00")
    ledger = open_ledger()
    ledger.award("m-1", 150, "boundary", expires_on=dt.date(2025, 12, 31))
    assert ledger.balance("m-1").available == 150
    clock.now = dt.datetime.fromisoformat("2026-01-01T00:00+08:00")
    assert ledger.balance("m-1").available == CASES["SET-EXP-09"]["expect"]["balance"]


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


def program_of(rules, rounding="floor"):
    """The peer floors each rule on whole blocks, which is `per_block` here."""
    names = {"floor": "floor", "round": "half_up", "ceil": "ceil"}
    text = BASIC[: BASIC.index("[[earn]]")] + f'rounding = "{names[rounding]}"\n'
    for number, rule in enumerate(rules):
        if rule["type"] == "per_amount":
            text += (
                f'[[earn]]\nid = "{number}"\nmethod = "per_block"\npoints = {rule["points"]}\n'
                f'per = "{rule["per_minor_units"] / 100}"\n'
                f"enabled = {str(rule.get('enabled', True)).lower()}\n"
            )
        elif rule["type"] == "fixed":
            text += f'[[earn]]\nid = "{number}"\nmethod = "fixed"\npoints = {rule["points"]}\n'
        if not rule.get("stackable", True):
            text += f"stackable = false\npriority = {rule['priority']}\n"
        if rule["type"] != "multiplier":
            text += f"starts_on = {rule['starts_at']}\n" if "starts_at" in rule else ""
    for rule in rules:
        if rule["type"] == "multiplier":
            text += f'[[tier]]\nid = "all"\nmultiplier = "{rule["multiplier"]}"\n'
    return text


@pytest.mark.parametrize("case_id", CALCULATED)
def test_what_a_purchase_earns(open_ledger, case_id):
    given, expect = CASES[case_id]["input"], CASES[case_id]["expect"]
    ledger = open_ledger(program_of(given["rules"], given.get("rounding", "floor")))
    (purchase,) = ledger.purchase("m-1", given["basis_minor_units"], "O1").events
    assert purchase.points_earned == expect["points"]


def test_rules_are_summed(open_ledger):
    """SET-CAL-01: in whole blocks the peer's 28; in proportion 29, rounded once (RULES 3)."""
    case = CASES["SET-CAL-01"]
    in_blocks = program_of(case["input"]["rules"])
    amount = case["input"]["basis_minor_units"]
    (purchase,) = open_ledger(in_blocks).purchase("m-1", amount, "O1").events
    assert purchase.points_earned == case["expect"]["points"]
    in_proportion = in_blocks.replace("per_block", "per_amount")
    (purchase,) = open_ledger(in_proportion).purchase("m-1", amount, "O1").events
    assert purchase.points_earned == 29


def test_amounts_per_unit(open_ledger):
    """SET-AMT-02."""
    case = CASES["SET-AMT-02"]
    for given, points in zip(case["input"], case["expect"]["points"], strict=True):
        ledger = open_ledger(program_of([given["rule"]]))
        (purchase,) = ledger.purchase("m-1", given["basis_minor_units"], "O1").events
        assert purchase.points_earned == points


def test_a_rule_per_nothing_is_no_program(open_ledger):
    """SET-AMT-03: the peer earns 0 with it; here the file is refused, with the path."""
    rule = {**CASES["SET-AMT-03"]["input"][0]["rule"]}
    with pytest.raises(InvalidProgram) as caught:
        open_ledger(program_of([rule]))
    assert caught.value.mistakes[0].startswith("$.earn[0].per")


def test_the_breakdown_names_each_rule_with_its_points(open_ledger):
    """SET-CAL-07."""
    case = CASES["SET-CAL-07"]
    ledger = open_ledger(program_of(case["input"]["rules"]))
    (purchase,) = ledger.purchase("m-1", case["input"]["basis_minor_units"], "O1").events
    seen = [step.numerator // step.denominator for step in purchase.breakdown]
    assert seen == list(case["expect"]["breakdown"].values())


def test_fixed_points_for_each_unit(open_ledger):
    """SET-AMT-01."""
    case = CASES["SET-AMT-01"]
    program = program_of([case["input"]["rule"]]) + "per_unit = true\n"
    for units, points in zip(case["input"]["units"], case["expect"]["points"], strict=True):
        lines = (LineItem(amount_minor=5_000, quantity=units),)
        (purchase,) = open_ledger(program).purchase("m-1", 5_000, "O1", lines=lines).events
        assert purchase.points_earned == points


@pytest.mark.parametrize(
    ("basis", "name"),
    [
        ("", "order_total_incl_tax"),
        ('tax = "excluded"', "order_total_excl_tax"),
        ('except_categories = ["shipping"]', "items_total_incl_tax"),
        ('tax = "excluded"\nexcept_categories = ["shipping"]', "items_total_excl_tax"),
    ],
)
def test_what_of_an_order_counts(open_ledger, basis, name):
    """SET-BAS-01: a point for each cent shows what was counted."""
    order, expect = CASES["SET-BAS-01"]["input"]["order"], CASES["SET-BAS-01"]["expect"]
    shipping = order["order_total"] - order["items_total"]
    lines = (
        LineItem(amount_minor=order["items_total"], tax_minor=order["items_tax"]),
        LineItem(
            amount_minor=shipping,
            tax_minor=order["order_tax"] - order["items_tax"],
            category="shipping",
        ),
    )
    ledger = open_ledger(f"{BASIC.replace('1.00', '0.01')}\n[basis]\n{basis}\n")
    (purchase,) = ledger.purchase("m-1", order["order_total"], "O1", lines=lines).events
    assert purchase.points_earned == expect[name]


# -- expiry, as steps of the peer -----------------------------------------------------------------

NOW = dt.date(2026, 3, 2)


def expiry_of(text):
    """'now-1d' is an instant: the last good day is the one before it."""
    if text is None or not text.startswith("now"):
        return day(text)
    return NOW + dt.timedelta(days=int(text[3:-1]))


def run_lapses(ledger, clock, steps):
    """Give each its points while they are good, and expire what `at` is past."""
    clock.now = dt.datetime(2026, 1, 2, 4, tzinfo=dt.UTC)
    expired = []
    for step in steps:
        member = step.get("account", "m-1")
        if step["op"] == "earn":
            last_day = expiry_of(step["expires_at"])
            ledger.award(member, step["points"], step["key"], expires_on=last_day)
        elif step["op"] == "debit":
            ledger.redeem(member, step["points"])
        else:
            years = int(step["at"][4:-1]) if step["at"].endswith("y") else 0
            clock.now = dt.datetime(NOW.year + years, NOW.month, NOW.day, 4, tzinfo=dt.UTC)
            expired += [-lot.points for lot in ledger.expire_all()]
    return expired


@pytest.mark.parametrize("case_id", LAPSES)
def test_the_expiry_run(open_ledger, clock, case_id):
    expect, ledger = CASES[case_id]["expect"], open_ledger()
    expired = run_lapses(ledger, clock, CASES[case_id]["given"])
    seen = {
        "balance": ledger.balance("m-1").balance,
        "expire_points": expired,
        "expire_transactions": len(expired),
    }
    assert {name: seen[name] for name in expect} == expect


def test_every_lapsed_lot_has_its_event(open_ledger, clock):
    """SET-EXP-08."""
    expect, ledger = CASES["SET-EXP-08"]["expect"], open_ledger()
    expired = run_lapses(ledger, clock, CASES["SET-EXP-08"]["given"])
    assert len(expired) == expect["expire_transactions"]
    assert ledger.balance("m-1").balance == expect["balance"]


def test_a_consumed_lot_gives_no_event(open_ledger, clock):
    """SET-EXP-04, decided otherwise by RULES 8: the peer writes a row of zero points."""
    ledger = open_ledger()
    assert run_lapses(ledger, clock, CASES["SET-EXP-04"]["given"]) == []
    assert ledger.balance("m-1").balance == CASES["SET-EXP-04"]["expect"]["balance"]


def test_the_run_goes_over_all_accounts(open_ledger, clock):
    """SET-EXP-10."""
    ledger = open_ledger()
    for member in ("A", "B"):
        ledger.enrol(member, occurred_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    run_lapses(ledger, clock, CASES["SET-EXP-10"]["given"])
    balances = {member: ledger.balance(member).balance for member in ("A", "B")}
    assert balances == CASES["SET-EXP-10"]["expect"]["balances"]


def test_expiry_empties_its_own_lot(open_ledger, clock):
    """SET-LOT-06."""
    case, ledger = CASES["SET-LOT-06"], open_ledger()
    run(ledger, [step for step in case["given"] if step["op"] == "credit"])
    clock.now = dt.datetime(2027, 1, 3, 4, tzinfo=dt.UTC)
    list(ledger.expire_all())
    account = ledger.account("m-1")
    assert account.balance == case["expect"]["balance"]
    assert [lot.available for lot in account.lots] == case["expect"]["open_lots"]


def test_a_forced_debit_is_a_debt_that_the_next_credit_repays(open_ledger):
    """SET-LOT-07."""
    (first, debit, second), expect = CASES["SET-LOT-07"]["given"], CASES["SET-LOT-07"]["expect"]
    ledger = open_ledger()
    ledger.award("m-1", first["points"], "case")
    ledger.adjust("m-1", -debit["points"], "case", operator="li", may_owe=True)
    assert ledger.balance("m-1").debt == 30
    ledger.award("m-1", second["points"], "case")
    account = ledger.account("m-1")
    assert (account.balance, account.debt) == (expect["balance"], expect["deficit"])
    assert [lot.available for lot in account.lots] == expect["open_lots"]


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
