"""Rates between programs: what a file may say, and chains around which points would grow."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import Ledger, check_program
from ledger.chains import gain_around
from ledger.errors import InvalidProgram, RateGains
from ledger.rates import RateTerms, rate_on
from schemas.program_file import load_program
from tests.scenario import HEAD, day, entry

SINCE = dt.date(2026, 1, 1)


def rate(sender, receiver, points, gives, *, name="", **settings):
    pair = {"from": sender, "to": receiver, "points": points, "gives": gives}
    return entry("rate", id=name or f"{sender}-{receiver}", **pair, **settings)


def chain_of(text):
    """(code, chain, becomes) of what refuses the program."""
    with pytest.raises(RateGains) as caught:
        Ledger(":memory:", program=text)
    fields = caught.value.fields
    return caught.value.code, fields["chain"], fields["becomes"]


# -- no gain -------------------------------------------------------------------------------------


def test_there_and_back_may_not_be_more_than_was_sent():
    text = HEAD + rate("test", "air", 400, 250) + rate("air", "test", 250, 401)
    assert chain_of(text) == ("rate_gains", "air > test > air", "401/400")


def test_exactly_what_was_sent_is_no_gain():
    text = HEAD + rate("test", "air", 400, 250) + rate("air", "test", 250, 400)
    with Ledger(":memory:", program=text) as ledger:
        assert len(ledger.program.rates) == 2


def test_a_long_chain_is_found_by_exact_ratios_though_each_pair_loses():
    """1/3 of 3 is 1: floats would not know."""
    text = (
        HEAD
        + rate("test", "a", 3, 1)
        + rate("a", "b", 1, 7)
        + rate("b", "c", 7, 3)
        + rate("c", "d", 1_000_000_000, 1_000_000_001)
        + rate("d", "test", 1, 1)
    )
    assert chain_of(text) == (
        "rate_gains",
        "a > b > c > d > test > a",
        "1000000001/1000000000",
    )


def test_a_chain_of_others_alone_is_refused_too():
    text = HEAD + rate("air", "hotel", 1, 2) + rate("hotel", "air", 1, 1)
    assert chain_of(text)[1:] == ("air > hotel > air", "2")


def test_rates_of_different_days_make_no_chain_and_one_day_in_common_does():
    there = rate("test", "air", 1, 2, starts_on=day("2026-05-01"), ends_on=day("2026-05-31"))
    late = rate("air", "test", 1, 1, starts_on=day("2026-06-01"))
    Ledger(":memory:", program=HEAD + there + late).close()
    early = rate("air", "test", 1, 1, ends_on=day("2026-05-01"))
    with pytest.raises(RateGains) as caught:
        Ledger(":memory:", program=HEAD + there + early)
    assert caught.value.fields["day"] == "2026-05-01"


def test_what_was_over_before_the_version_holds_makes_no_chain():
    early = HEAD.replace("2000-01-01", "2026-01-01")
    there = rate("test", "air", 1, 2, ends_on=day("2025-12-31"))
    with Ledger(":memory:", program=early + there + rate("air", "test", 1, 1)) as ledger:
        assert len(ledger.program_versions()) == 1


def test_the_own_points_count_in_units_with_their_decimals():
    """1.00 here is worth 1 there, so 100 units are; 1 there gives 1.01, 101 units."""
    head = HEAD + "points_decimals = 2\n"
    text = head + rate("test", "air", "1.00", 1) + rate("air", "test", 1, "1.01")
    assert chain_of(text)[2] == "101/100"


def test_a_refused_version_leaves_the_one_before_in_force():
    with Ledger(":memory:", program=HEAD) as ledger:
        with pytest.raises(RateGains):
            ledger.publish(HEAD + rate("test", "air", 1, 2) + rate("air", "test", 1, 1))
        assert len(ledger.program_versions()) == 1


def test_the_check_of_a_program_says_the_same():
    text = HEAD + rate("test", "air", 1, 2) + rate("air", "test", 1, 1)
    finding, *_ = check_program(load_program(text))
    assert (finding.code, finding.severity) == ("rate_gains", "error")
    assert "air > test > air: 1 becomes 2" in finding.sentence


NAMES = "abcd"


@st.composite
def some_rates(draw):
    """Rates among four programs, on stretches of some days."""
    days = st.integers(0, 4).map(lambda n: SINCE + dt.timedelta(days=n))
    found = []
    for number in range(draw(st.integers(0, 7))):
        sender, receiver = draw(st.permutations(NAMES))[:2]
        starts, ends = sorted((draw(days), draw(days)))
        points, gives = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        terms = RateTerms(
            str(number), sender, receiver, points, gives, starts, ends, 0, None, None, 0, 7
        )
        found.append(terms)
    return found


def gains_by_trying(rates):
    """Every chain without a program twice, on every day, one by one."""
    for n in range(6):
        today = SINCE + dt.timedelta(days=n)
        for length in range(2, 5):
            for way in permutations(NAMES, length):
                becomes = Fraction(1)
                for sender, receiver in pairwise((*way, way[0])):
                    ratios = [
                        r.ratio
                        for r in rates
                        if (r.sender, r.receiver) == (sender, receiver) and r.holds_on(today)
                    ]
                    becomes *= max(ratios, default=Fraction(0))
                if becomes > 1:
                    return True
    return False


@settings(max_examples=200)
@given(some_rates())
def test_a_gain_is_found_where_trying_every_chain_finds_one(rates):
    gain = gain_around(rates, SINCE)
    assert (gain is not None) == gains_by_trying(rates)
    if gain is not None:
        becomes = Fraction(1)
        for sender, receiver in pairwise(gain.programs):
            becomes *= max(
                r.ratio
                for r in rates
                if (r.sender, r.receiver) == (sender, receiver) and r.holds_on(gain.day)
            )
        assert becomes == gain.becomes > 1
        assert gain.programs[0] == gain.programs[-1]


# -- what a file may say -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (rate("test", "test", 1, 1), "$.rate[0].to: the program that they come from"),
        (rate("test", "air", 0, 1), "$.rate[0].points: must be more than 0"),
        (rate("test", "air", 1, "1.5"), "$.rate[0].gives: "),
        (
            rate("air", "test", 1, 1, fee=1),
            "$.rate[0].fee: goes with a rate from 'test', and only with it",
        ),
        (
            rate("test", "air", 1, 1, name="a", ends_on=day("2026-05-31"))
            + rate("test", "air", 1, 2, name="b", starts_on=day("2026-05-31")),
            "$.rate[1].starts_on: 'a' holds on the same days",
        ),
    ],
)
def test_a_mistake_is_told_with_its_path(text, mistake):
    with pytest.raises(InvalidProgram) as caught:
        load_program(HEAD + text)
    (told,) = caught.value.fields["mistakes"]
    assert told.startswith(mistake)


def test_the_rate_of_a_day_is_the_one_that_holds_on_it():
    program = load_program(
        HEAD
        + rate("test", "air", 4, 1, name="first", ends_on=day("2026-05-31"))
        + rate("test", "air", 2, 1, name="second", starts_on=day("2026-06-01"))
    )
    found = [rate_on(program, "test", "air", day(on)) for on in ("2026-05-31", "2026-06-01")]
    assert [terms and terms.id for terms in found] == ["first", "second"]
    assert rate_on(program, "air", "test", day("2026-06-01")) is None
