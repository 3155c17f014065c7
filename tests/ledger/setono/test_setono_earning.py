"""A peer's cases: what a purchase earns."""

from __future__ import annotations

import pytest

from ledger import LineItem
from ledger.errors import InvalidProgram
from tests.ledger.setono.cases import CALCULATED, CASES
from tests.scenario import BASIC


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
