"""What becomes of a row that is in several commands, and how rows are counted by reason."""

from __future__ import annotations

from itertools import permutations

import pytest

from console.online_retail_fates import (
    DUPLICATE,
    RETURNED,
    UNSETTLED,
    Fates,
    NoCustomer,
    ReturnedInPart,
)


@pytest.mark.parametrize("order", [*permutations([RETURNED, DUPLICATE, DUPLICATE])])
def test_a_row_of_which_some_is_new_and_some_was_there_counts_as_new(order):
    fates = Fates()
    row = fates.add()
    for fate in order:
        fates.settle(row, fate)
    assert fates.counts() == {RETURNED: 1}


def test_a_row_of_which_a_part_is_rejected_is_rejected():
    fates, error = Fates(), NoCustomer()
    rows = [fates.add(), fates.add(), fates.add()]
    fates.settle(rows[0], RETURNED)
    fates.reject(rows[0], error)
    fates.reject(rows[1], error)
    fates.settle(rows[1], RETURNED)
    assert [fates.error_of(row) for row in rows] == [error, error, None]
    assert fates.counts()[UNSETTLED] == 1


def test_reasons_are_counted_by_code_the_most_frequent_first():
    fates, shared = Fates(), NoCustomer()
    parts = [ReturnedInPart(returned=n, units=9) for n in (1, 2, 3)]
    for error in (shared, *parts, shared):
        fates.reject(fates.add(), error)
    assert list(fates.reasons().items()) == [
        ("returned_in_part", (3, parts[0])),
        ("no_customer", (2, shared)),
    ]


def test_an_error_that_is_kept_holds_nothing_of_where_it_was_raised():
    fates = Fates()
    try:
        raise NoCustomer
    except NoCustomer as error:
        fates.reject(fates.add(), error)
    kept = fates.error_of(0)
    assert kept is not None
    assert kept.__traceback__ is None
