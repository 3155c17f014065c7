"""Payments settle all nets, and are as few as there can be."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import Net, Payment, StatementLine
from schemas.settlement import MOST_EXACT, nets_of, payments_of, statement_of, worth

_names = st.text("abcxyz", min_size=1, max_size=3)


def _balanced(owed: dict[str, int]) -> tuple[Net, ...]:
    """The nets of parties and of the house, which is owed the rest."""
    return tuple(
        Net(name, amount) for name, amount in sorted({**owed, "": -sum(owed.values())}.items())
    )


def _left(nets: tuple[Net, ...], payments: tuple[Payment, ...]) -> dict[str, int]:
    left = {net.partner: net.net_minor for net in nets}
    for payment in payments:
        left[payment.payer] -= payment.amount_minor
        left[payment.payee] += payment.amount_minor
    return left


def _fewest(nets: tuple[Net, ...]) -> int:
    """By trying every way to divide the parties into groups that add up to zero."""
    amounts = [net.net_minor for net in nets if net.net_minor]

    def most_groups(rest: tuple[int, ...]) -> int:
        if not rest:
            return 0
        first, others = rest[0], rest[1:]
        found = 0
        for size in range(len(others) + 1):
            for chosen in itertools.combinations(range(len(others)), size):
                if first + sum(others[i] for i in chosen) == 0:
                    left = tuple(v for i, v in enumerate(others) if i not in chosen)
                    found = max(found, 1 + most_groups(left))
        return found

    return len(amounts) - most_groups(tuple(amounts))


@given(st.dictionaries(_names, st.integers(-4, 4), max_size=6).map(_balanced))
def test_payments_settle_every_net_with_as_few_as_there_can_be(nets: tuple[Net, ...]) -> None:
    payments = payments_of(nets)

    assert not any(_left(nets, payments).values())
    assert all(payment.amount_minor > 0 for payment in payments)
    assert len(payments) == _fewest(nets)


@given(
    st.dictionaries(_names, st.integers(-(10**12), 10**12), min_size=20, max_size=30).map(_balanced)
)
def test_many_parties_are_settled_with_at_most_one_payment_less_than_parties(
    nets: tuple[Net, ...],
) -> None:
    payments = payments_of(nets)

    assert not any(_left(nets, payments).values())
    assert len(payments) < max(1, sum(net.net_minor != 0 for net in nets))


@given(st.dictionaries(_names, st.integers(-9, 9), max_size=8).map(_balanced), st.randoms())
def test_the_payments_do_not_depend_on_the_order_of_the_nets(nets, random) -> None:
    shuffled = list(nets)
    random.shuffle(shuffled)

    assert payments_of(shuffled) == payments_of(nets)


def test_as_many_parties_as_are_settled_exactly_take_no_time_to_speak_of() -> None:
    pairs = {f"p{n:02}": (1 + n // 2) * (-1) ** n for n in range(MOST_EXACT)}

    assert len(payments_of(_balanced(pairs))) == MOST_EXACT // 2


def test_the_house_s_net_is_the_opposite_of_all_others() -> None:
    lines = [
        StatementLine("a", "issued", "2026-06", 30),
        StatementLine("b", "redeemed", "2026-06", -50),
    ]

    assert nets_of(lines) == (Net("", 20), Net("a", 30), Net("b", -50))


def test_a_line_is_rounded_half_up_away_from_zero() -> None:
    assert [worth("issued", points, 1, 2) for points in (1, 2, 3, -1)] == [1, 1, 2, -1]
    assert [worth("redeemed", points, 1, 2) for points in (1, 2, 3, -1)] == [-1, -1, -2, 1]


def test_the_same_lines_in_another_order_are_the_same_statement_to_the_byte() -> None:
    lines = [
        StatementLine("b", "issued", "2026-06", 2, points=2, minor=1, per=1),
        StatementLine("a", "monthly_fee", "2026-06", 5),
        StatementLine("a", "issued", "2026-05", 1, late=True, points=1, minor=1, per=1),
    ]
    one, other = (statement_of("2026-06", 0, 9, "0" * 64, each) for each in (lines, lines[::-1]))

    assert one.canonical == other.canonical
    assert [line.partner for line in one.lines] == ["a", "a", "b"]
