"""Laws of the check: it takes every program, and what it says can't happen does not."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from ledger import check_program, effective_rates
from ledger.account import DayTotals
from ledger.checks.effective import Probe, for_a_newcomer
from ledger.checks.situations import Situation
from ledger.earning import earned
from ledger.ladder import reached_on
from ledger.rules import make_rules
from ledger.sale import Sale, lines_of, qualifying_of
from ledger.totals import days_with
from schemas.events import PurchaseLine, Tender
from schemas.program import Program
from schemas.program_file import load_program
from tests.scenario import BASIC
from tests.strategies import (
    BRANDS,
    CATEGORIES,
    CHANNELS,
    EARLIEST,
    OCCASIONS,
    PARTNERS,
    SKUS,
    STORES,
    TENDERS,
    days_around_the_story,
    programs,
    section,
    shapes,
)

NEVER = {
    *("days_apart", "no_such_day", "categories_excepted", "always_claimed", "always_outranked"),
    *("multiplies_nothing", "over_before_it_starts"),
}
"""Codes that say that a rule or multiplier never applies."""


@st.composite
def checked_programs(draw: st.DrawFn) -> Program:
    starts = st.sampled_from([EARLIEST, dt.date(2026, 1, 1), dt.date(2027, 6, 15)])
    return load_program(draw(programs(draw(shapes()), draw(starts))))


@st.composite
def purchases(draw: st.DrawFn, program: Program) -> Sale:
    """A purchase under the program, of a few lines and tenders."""
    amounts = draw(st.lists(st.integers(1, 9000), min_size=1, max_size=3))
    lines = tuple(
        PurchaseLine(
            number,
            amount,
            draw(st.integers(1, 3)),
            draw(st.sampled_from(SKUS)),
            draw(st.sampled_from(CATEGORIES)),
            draw(st.sampled_from(BRANDS)),
        )
        for number, amount in enumerate(amounts, start=1)
    )
    paid = sum(amounts)
    part = draw(st.integers(0, paid))
    kinds = [draw(st.sampled_from(TENDERS)) for _ in range(2)]
    tenders = (Tender(kinds[0], part), Tender(kinds[1], paid - part))
    given_tenders = draw(st.sampled_from([(), tenders]))
    earning = make_rules(program, 1).earning
    return Sale(
        day=max(draw(days_around_the_story()), program.effective_from),
        tier=draw(st.sampled_from(["", *(tier.id for tier in program.tiers)])),
        store=draw(st.sampled_from(STORES)),
        partner=draw(st.sampled_from(PARTNERS)),
        channel=draw(st.sampled_from(["", *CHANNELS])),
        occasions=tuple(draw(st.sets(st.sampled_from(OCCASIONS)))),
        first=draw(st.booleans()),
        amount_minor=paid,
        qualifying_minor=qualifying_of(earning, paid, given_tenders),
        tenders=given_tenders,
        lines=lines_of(lines, paid),
    )


@given(st.data())
def test_what_never_applies_never_does(data):
    program = data.draw(checked_programs())
    findings = check_program(program)
    lost = {f.path.split(".")[1] for f in findings if f.code in NEVER}
    entries = {f"earn[{n}]": rule.id for n, rule in enumerate(program.earn)}
    entries |= {f"multiply[{n}]": entry.id for n, entry in enumerate(program.multiply)}
    rules = make_rules(program, 1)
    rooms = {scope.name: for_a_newcomer(scope) for scope in rules.earning.cumulative}
    for sale in data.draw(st.lists(purchases(program), min_size=1, max_size=5)):
        applied = {step.rule for step in earned(rules, sale, rooms).steps}
        assert applied.isdisjoint(entries[place] for place in lost if place in entries)


@given(st.data())
def test_no_purchase_brings_more_than_the_best(data):
    program = data.draw(checked_programs())
    probe = Probe(make_rules(program, 1))
    best = {rate.tier: rate.best for rate in effective_rates(program)}
    for tier, most in best.items():
        situation = Situation(
            day=max(data.draw(days_around_the_story()), program.effective_from),
            tier=tier,
            store=data.draw(st.sampled_from(STORES)),
            partner=data.draw(st.sampled_from(PARTNERS)),
            channel=data.draw(st.sampled_from(CHANNELS)),
            occasions=tuple(sorted(data.draw(st.sets(st.sampled_from(OCCASIONS))))),
            sku=data.draw(st.sampled_from(SKUS)),
            category=data.draw(st.sampled_from(CATEGORIES)),
            brand=data.draw(st.sampled_from(BRANDS)),
            tender=data.draw(st.sampled_from(["", *TENDERS])),
        )
        tried = probe.earns(situation, data.draw(st.integers(1, 20_000)), for_a_newcomer)
        assert tried is not None
        assert most is not None
        assert tried.points_per_minor <= most.points_per_minor


@given(st.data())
def test_a_tier_that_is_never_reached_is_not_the_highest_reached_on_any_day(data):
    """Whatever is spent, earned and visited on whichever days."""
    text = data.draw(ladders())
    program = load_program(text)
    cards = {tier.card: tier.id for tier in program.tiers}
    lost = {
        cards[finding.fields["low" if "low" in finding.fields else "tier"]]
        for finding in check_program(program)
        if finding.code in ("threshold_not_above", "tier_dominated", "more_visits_than_days")
    }
    enrolled_on = dt.date(2024, 3, 31)
    days: tuple[DayTotals, ...] = ()
    climbs = make_rules(program, 1).climbs_above("")
    for bought_on in sorted(data.draw(st.sets(days_around_the_story(), min_size=1, max_size=9))):
        spent, earned_points = data.draw(st.integers(1, 30_000)), data.draw(st.integers(0, 300))
        days = days_with(days, bought_on, spent, earned_points, 1)
        reached = reached_on(climbs, days, bought_on, enrolled_on)
        assert reached is None or reached.rung.tier.id not in lost


@st.composite
def ladders(draw: st.DrawFn) -> str:
    """Rungs that ask for much the same, so that many are in each other's way."""
    windows = [
        {"window": "same_day"},
        {"window": "calendar_year"},
        {"window": "membership_year"},
        *({"window": "rolling_months", "window_months": months} for months in (1, 11, 12, 13)),
    ]
    rungs = [
        {"id": f"t{number}", "threshold": draw(st.integers(1, 3))}
        | {"measure": draw(st.sampled_from(["net_spend", "points_earned", "visits"]))}
        | draw(st.sampled_from(windows))
        for number in range(draw(st.integers(2, 5)))
    ]
    return BASIC + "".join(section("[[tier]]", rung) for rung in rungs)
