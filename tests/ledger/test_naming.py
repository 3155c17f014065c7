"""What partners' terms name of the program stays in it, and can get another name."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from ledger import Ledger, ManualClock
from ledger.errors import PartnerExists, ProgramLacks, Rejection
from ledger.naming import lacks_with
from schemas.program_file import load_program
from tests.alliance import joined, terms
from tests.scenario import HEAD, day, entry, given, instant


def program(*rules, since="2000-01-01", tiers=(), off=()):
    """A version with earning rules by their ids, one point for a yuan each."""
    text = HEAD.replace("2000-01-01", since)
    for name in rules:
        text += entry("earn", id=name, points=1, per="1.00", enabled=name not in off)
    for number, name in enumerate(tiers, start=1):
        text += entry("tier", id=name, threshold=100 * number, multiplier="2")
    return text


@pytest.fixture
def clock():
    return ManualClock(instant("2026-06-01"))


@pytest.fixture
def ledger(clock):
    """A program with two rules and a card, and a partner whose terms name them."""
    text = program("base", "ticket", tiers=["gold"])
    with Ledger(":memory:", program=text, clock=clock) as opened:
        opened.enrol("m-1")
        opened.join_partner(named(["base", "ticket"], ["gold"], since="2026-01-01"))
        yield opened


def named(rules=(), tiers=(), partner="tea", since="2026-07-01"):
    issue = {"rules": list(rules), "tiers": list(tiers)}
    return terms(partner, since, issue={name: ids for name, ids in issue.items() if ids})


def refused(publish, *said):
    """What is in the way: (partner, section, names, day, version)."""
    with pytest.raises(ProgramLacks) as caught:
        publish(*said)
    return tuple(
        caught.value.fields[name] for name in ("partner", "section", "names", "day", "version")
    )


def earned(ledger, clock, on):
    """Points for ten yuan at the tea house on a day."""
    clock.now = max(clock.now, instant(on))
    bought = ledger.purchase("m-1", 1_000, on, partner="tea", occurred_at=instant(on))
    return bought.events[0].points_earned


JULY = "2026-07-01"


# -- publishing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "lacking"),
    [
        (program("base", "film", since=JULY, tiers=["gold"]), ("earn", "'ticket'")),
        (program("basis", "film", since=JULY, tiers=["gold"]), ("earn", "'base', 'ticket'")),
        (program("base", "ticket", since=JULY, tiers=["golden"]), ("tier", "'gold'")),
        (program("base", "ticket", since=JULY), ("tier", "'gold'")),
    ],
)
def test_a_version_without_what_terms_name_is_refused(ledger, version, lacking):
    before = ledger.position
    assert refused(ledger.publish, version) == ("tea", *lacking, JULY, 2)
    assert ledger.position == before


def test_a_version_may_bring_more_and_switch_off_what_is_named(ledger):
    more = program("new", "base", "ticket", since=JULY, tiers=["gold", "black"], off=["ticket"])
    assert ledger.publish(more).events


def test_terms_that_name_nothing_take_what_there_is(ledger):
    ledger.change_terms(named(since="2026-01-01"))
    ledger.publish(program("basis", since=JULY))


@pytest.mark.parametrize(
    ("since", "is_refused"),
    [("2026-06-30", True), ("2026-07-01", False)],
)
def test_terms_matter_on_days_that_the_partner_takes_part_on(ledger, since, is_refused):
    ledger.let_partner_leave("tea", last_day=day("2026-06-30"))
    text = program("basis", since=since, tiers=["gold"])
    if is_refused:
        assert refused(ledger.publish, text)[3] == since
    else:
        ledger.publish(text)


def test_a_version_matters_until_another_takes_over(ledger):
    ledger.join_partner(named(["base"], partner="spa", since="2026-09-01"))
    ledger.change_terms(named(since="2026-01-01"))
    ledger.publish(program("base", since="2026-09-01"))
    ledger.publish(program("basis", since=JULY))
    assert refused(ledger.publish, program("basis", since="2026-09-01"))[0] == "spa"


def test_a_version_for_days_before_all_others_needs_one_name():
    with Ledger(":memory:", program=program("base", since="2026-03-01")) as ledger:
        ledger.join_partner(named(["base", "film"], since="2026-01-01"))
        early = program("basis", since="2026-01-01")
        assert refused(ledger.publish, early) == (
            *("tea", "earn", "'base', 'film'"),
            *("2026-01-01", 2),
        )
        ledger.publish(program("film", since="2026-01-01"))


def test_what_is_broken_already_is_in_nobody_s_way():
    """As in a log from before this was looked at."""
    story = given(joined(issue={"rules": ["base"]})).under(program("basis", since="2026-02-01"))
    other = load_program(program("other", since="2026-03-01"))
    assert lacks_with(story.rulebook, story.alliance, other) == []


# -- terms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "tiers", "lacking"),
    [(["bsae"], ["gold"], ("earn", "'bsae'")), (["base"], ["golden"], ("tier", "'golden'"))],
)
def test_terms_that_name_nothing_of_the_program_are_refused(ledger, rules, tiers, lacking):
    for agree, partner in ((ledger.join_partner, "spa"), (ledger.change_terms, "tea")):
        text = named(rules, tiers, partner=partner)
        assert refused(agree, text) == (partner, *lacking, JULY, 1)
    ledger.join_partner(named([*rules, "base"], [*tiers, "gold"], partner="spa"))


def test_terms_are_held_against_every_version_of_their_days(ledger):
    ledger.change_terms(named(["base", "film"], since=JULY))
    ledger.publish(program("film", since=JULY))
    base = named(["base"], partner="spa", since="2026-06-15")
    assert refused(ledger.join_partner, base) == ("spa", "earn", "'base'", JULY, 2)
    # Until its own next terms, the version of July does not matter to the tea house.
    ledger.change_terms(named(["base"], since="2026-06-15"))
    ledger.join_partner(named(["base", "film"], partner="spa", since="2026-06-15"))


def test_what_was_planned_before_leaving_is_in_nobodys_way(ledger):
    ledger.change_terms(named(["base"], since="2026-09-01"))
    ledger.let_partner_leave("tea", last_day=day("2026-06-30"))
    ledger.publish(program("basis", since=JULY))
    again = named(["basis"], since=JULY)
    ledger.join_partner(again)
    assert [terms.rules for terms in ledger.partner("tea").changes] == [("basis",)]


def test_what_else_is_wrong_with_terms_is_told_first(ledger):
    for text, error in ((named(["x"]), PartnerExists), (named(["x"], partner="spa"), ProgramLacks)):
        with pytest.raises(error):
            ledger.join_partner(text)


# -- another name --------------------------------------------------------------------------------


@pytest.mark.parametrize("tidied", [False, True])
def test_a_rule_and_a_card_get_other_names_and_no_day_earns_less(ledger, clock, tidied):
    """Terms with both, the version, and then the terms with the new ones alone, all of one day."""
    ledger.purchase("m-1", 20_000, "gold", partner="tea")
    renamed = program("base", "film", since=JULY, tiers=["gold", "golden"])
    ledger.change_terms(named(["base", "ticket", "film"], ["gold", "golden"]))
    ledger.publish(renamed)
    if tidied:
        ledger.change_terms(named(["base", "film"], ["gold", "golden"]))
    assert [earned(ledger, clock, on) for on in ("2026-06-30", JULY)] == [40, 40]


def test_all_that_is_named_gets_another_name(ledger):
    ledger.change_terms(named(["base", "ticket", "basis", "film"], ["gold", "golden"]))
    ledger.publish(program("basis", "film", since=JULY, tiers=["golden"]))
    ledger.change_terms(named(["basis", "film"], ["golden"]))
    assert refused(ledger.publish, program("base", "ticket", since=JULY))[1] == "earn"


def test_two_go_and_one_comes(ledger):
    ledger.change_terms(named(["base", "ticket", "film"], ["gold"]))
    gone = program("film", since=JULY, tiers=["gold"])
    assert refused(ledger.publish, gone) == ("tea", "earn", "'base', 'ticket'", JULY, 2)


# -- whatever the order --------------------------------------------------------------------------

DAYS = [f"2026-{month:02}-01" for month in range(1, 7)]
IDS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("publish", "join", "change", "leave")),
        st.sampled_from(("tea", "spa")),
        st.sampled_from(DAYS),
        IDS,
    ),
    min_size=2,
    max_size=10,
)


def attempt(ledger, step, partner, since, ids):
    """Do it where it is not refused."""
    agreed = named(ids, partner=partner, since=since)
    with suppress(Rejection):
        if step == "publish":
            ledger.publish(program(*ids, since=since))
        elif step == "join":
            ledger.join_partner(agreed)
        elif step == "change":
            ledger.change_terms(agreed)
        else:
            ledger.let_partner_leave(partner, last_day=day(since))


def alliance_of(ledger):
    return ledger._application.alliance()


def version_on(ledger, on):
    """The rules of the version that holds on a day."""
    with suppress(Rejection):
        return {rule.id for rule in ledger._committer.rulebook.at(instant(on)).program.earn}
    return set()


def days_without(ledger):
    """(partner, day) on which a version holds and has nothing that the terms name."""
    return [
        (partner.id, on)
        for partner in alliance_of(ledger).partners.values()
        for on in DAYS
        if partner.is_member_on(day(on)) and (there := version_on(ledger, on))
        if there.isdisjoint(partner.terms_on(day(on)).rules)
    ]


@given_any(first=IDS, steps=STEPS, wanted=IDS, since=st.sampled_from(DAYS))
def test_no_day_is_without_what_is_named_and_every_version_can_be_had(first, steps, wanted, since):
    """`wanted` from `since` on, by terms that name it, and one thing that is there."""
    clock = ManualClock(instant("2026-03-01"))
    with Ledger(":memory:", program=program(*first, since="2026-02-01"), clock=clock) as ledger:
        ledger.join_partner(named(first, since="2026-03-01"))
        for step in steps:
            attempt(ledger, *step)
            assert days_without(ledger) == []
        for partner in alliance_of(ledger).partners.values():
            # Later days first, each by the terms that it has: what is changed holds for one month.
            for on in reversed(DAYS):
                if on >= since and partner.is_member_on(day(on)):
                    there = version_on(ledger, on)
                    old = [name for name in partner.terms_on(day(on)).rules if name in there]
                    names = wanted if there.intersection(wanted) else [*old[:1], *wanted]
                    ledger.change_terms(named(names, partner=partner.id, since=on))
        ledger.publish(program(*wanted, since=since))
        assert version_on(ledger, since) == set(wanted)
        assert days_without(ledger) == []
