"""However a bank splits and orders the rows of a month, they bring the same points."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from schemas.commands import AccrueCobrand
from schemas.events import CobrandAccrued
from tests import scenario
from tests.scenario import HEAD, ask, enrolled, entry

ROUNDINGS = {
    "floor": floor,
    "half_up": lambda value: floor(value + Fraction(1, 2)),
    "ceil": ceil,
}


@st.composite
def terms(draw):
    """What a card gives: (rounding, points, fen for them, most in a month or None)."""
    return (
        draw(st.sampled_from(sorted(ROUNDINGS))),
        draw(st.integers(1, 7)),
        draw(st.sampled_from([1, 100, 700, 2000])),
        draw(st.none() | st.integers(1, 60)),
    )


ROWS = st.lists(st.tuples(st.integers(1, 30), st.integers(-3000, 5000)), max_size=8)
"""(day of June, fen) of one member's rows."""


def due(terms, spend_minor):
    rounding, points, per_minor, most = terms
    exact = ROUNDINGS[rounding](Fraction(max(0, spend_minor) * points, per_minor))
    return exact if most is None else min(exact, most)


def told(terms, rows):
    """The account after the rows, in this order, and what each of them was due."""
    rounding, points, per_minor, most = terms
    caps = {} if most is None else {"per_month": most}
    program = (
        HEAD
        + f'rounding = "{rounding}"\n'
        + entry(
            "cobrand",
            id="bank",
            partner="cmb",
            points=points,
            per=f"{per_minor / 100:.2f}",
            **caps,
        )
    )
    shop = scenario.given(enrolled(), program=program)
    for number, (day, spend) in enumerate(rows):
        shop.and_then(
            ask(
                AccrueCobrand,
                at=f"2026-06-{day:02}",
                cobrand="bank",
                spend_minor=spend,
                reference=f"N-{number}",
            )
        )
    events = [e for e in shop.histories["m-001"] if isinstance(e, CobrandAccrued)]
    return shop.account, [event.points_due for event in events]


@given(terms(), ROWS, st.randoms(use_true_random=False))
def test_any_order_of_a_months_rows_brings_what_the_month_is_due(terms, rows, choose):
    whole = due(terms, sum(spend for _, spend in rows))
    mixed = choose.sample(rows, len(rows))
    for order in (rows, mixed):
        account, dues = told(terms, order)
        assert sum(dues) == whole
        assert account.balance == whole


@given(terms(), ROWS, st.lists(st.integers(-4000, 4000), min_size=8, max_size=8))
def test_any_split_of_a_row_into_two_brings_the_same(terms, rows, cuts):
    halves = [
        (day, part)
        for (day, spend), cut in zip(rows, cuts, strict=False)
        for part in (cut, spend - cut)
    ]
    assert told(terms, halves)[0].balance == told(terms, rows)[0].balance


@given(terms(), ROWS)
def test_a_row_brings_what_it_adds_and_a_correction_takes_what_it_takes_off(terms, rows):
    spent, expected = 0, []
    for _, spend in rows:
        expected.append(due(terms, spent + spend) - due(terms, spent))
        spent += spend
    assert told(terms, rows)[1] == expected
