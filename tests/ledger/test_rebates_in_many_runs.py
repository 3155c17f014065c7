"""However many runs there were, a rebate comes to what one last run would have paid.

Purchases are recorded late, goods come back, cards change with both, and runs come in between: what
was paid and what is carried on are together what is due, as if nothing had been paid before.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.errors import Rejection
from schemas.commands import MemberCommand
from schemas.events import RebateGranted, VoucherIssued
from tests.club import pay, rebate, voucher
from tests.scenario import LADDER, Scenario, bought, brought_back, enrolled, given

JANUARY = dt.date(2026, 1, 1)
LAST, AFTER = "2026-06", "2026-07-05"
PAYMENTS = {
    "points": '[redemption]\npoints = 1\nmoney = "0.01"\n',
    "points of an odd worth": '[redemption]\npoints = 3\nmoney = "0.07"\n',
    "ten": voucher(on="rebate", times=None),
    "any": voucher(on="rebate", times=None, id="any", value=None),
}

days = st.integers(0, 180).map(lambda n: JANUARY + dt.timedelta(days=n))
amounts = st.sampled_from([1, 99, 3_333, 20_000, 100_000, 450_000])


@st.composite
def shops(draw: st.DrawFn) -> str:
    """A ladder, and one or two rebates over months."""
    payment = draw(st.sampled_from(list(PAYMENTS)))
    pays = payment if payment in ("ten", "any") else "points"
    parts = [LADDER, PAYMENTS[payment]]
    for name in draw(st.sampled_from([["base"], ["base", "more"]])):
        settings: dict[str, Any] = {"percent": draw(st.sampled_from(["1", "0.7", "12.5"]))}
        settings["rounding"] = draw(st.sampled_from(["floor", "half_up", "ceil"]))
        if draw(st.booleans()):
            settings["tiers"] = {"silver": "2", "gold": "7.5"}
        if draw(st.booleans()):
            settings["min_spend"] = draw(st.sampled_from(["100.00", "2000.00"]))
        parts.append(rebate(id=name, pays=pays, **settings))
    return "".join(parts)


@st.composite
def facts(draw: st.DrawFn) -> list[MemberCommand | str]:
    """Purchases and returns in the order recorded, and the periods of runs between them."""
    steps: list[MemberCommand | str] = []
    sold: list[tuple[str, dt.date]] = []
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["buy", "buy", "return", "run", "run"]))
        if kind == "run":
            steps.append(draw(st.sampled_from(["2026-01", "2026-02", "2026-04", LAST])))
        elif kind == "return" and sold:
            receipt, on = draw(st.sampled_from(sold))
            amount = draw(st.sampled_from([None, 1, 2_000]))
            at = f"{on + dt.timedelta(days=draw(st.integers(0, 60)))}T12:00"
            steps.append(brought_back(amount, at=at, purchase_id=receipt))
        else:
            receipt, on = f"p-{number}", draw(days)
            sold.append((receipt, on))
            steps.append(bought(draw(amounts), at=f"{on}T12:00", purchase_id=receipt))
    return steps


def told(program: str, steps: list[MemberCommand | str]) -> Scenario:
    """The member after the steps and one last run."""
    scenario = given(enrolled(), program=program)
    for step in [*steps, LAST]:
        try:
            scenario.and_then(pay(step, at=AFTER) if isinstance(step, str) else step)
        except Rejection:
            continue  # Goods that came back before: refused in both stories alike.
    return scenario


def outcome(scenario: Scenario) -> dict[str, tuple[int, int]]:
    """Rebate -> (paid, carried on), minor units."""
    found: dict[str, tuple[int, int]] = {}
    for event in scenario.histories["m-001"]:
        if isinstance(event, RebateGranted):
            paid, _ = found.get(event.rebate, (0, 0))
            found[event.rebate] = (paid + event.paid_minor, event.carried_minor)
    return found


def in_all(figures: dict[str, tuple[int, int]]) -> dict[str, int]:
    return {name: paid + carried for name, (paid, carried) in figures.items() if paid + carried}


@for_all(shops(), facts())
def test_any_number_of_runs_comes_to_what_one_last_run_pays(
    program: str, steps: list[MemberCommand | str]
) -> None:
    many = outcome(told(program, steps))
    one = outcome(told(program, [step for step in steps if not isinstance(step, str)]))

    assert in_all(many) == in_all(one)
    for name, (paid, carried) in many.items():
        if carried >= 0:
            assert (paid, carried) == one.get(name, (0, 0)), name


@for_all(shops(), facts())
def test_what_is_paid_is_handed_out(program: str, steps: list[MemberCommand | str]) -> None:
    """As points at their worth, or as vouchers; and a last run twice writes nothing."""
    scenario = told(program, steps)
    price = scenario.rulebook.newest.spending.price
    worth = 0
    for event in scenario.histories["m-001"]:
        if isinstance(event, VoucherIssued):
            worth += event.worth_minor
        elif isinstance(event, RebateGranted) and event.points_rebated:
            assert price is not None
            worth += price.worth(event.points_rebated)

    assert worth == sum(paid for paid, _ in outcome(scenario).values())
    scenario.when(pay(LAST, at=AFTER)).then_nothing()
