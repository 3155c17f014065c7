"""Benefits of a card: so often in a period, by the card held then (docs/life.md, Benefits)."""

from __future__ import annotations

import pytest

from ledger.benefits import benefits_left
from ledger.errors import (
    AccountFrozen,
    BeforeItsCause,
    BenefitNotOffered,
    NotEntitled,
    NotForPurses,
    QuotaExceeded,
    UnknownBenefit,
    UnknownBenefitUse,
    UseAlreadyCancelled,
)
from schemas.commands import FreezeMember, UnmergeMembers
from schemas.events import BenefitUseCancelled, BenefitUsed, TierChanged
from tests.club import benefit, enjoy, undo_use
from tests.scenario import (
    LADDER,
    ask,
    bought,
    day,
    enrolled,
    given,
    in_order,
    merge,
    purse,
    recorded,
    wrote,
)

JUNE = "2026-06-10"
SILVER, GOLD = 100_000, 500_000


def member(amount=SILVER, *more, at="2026-06-01", **settings):
    """m-001 with a card since June, and parking: one a month for silver, two for gold."""
    return given(enrolled(), bought(amount, at=at), *more, program=LADDER + benefit(**settings))


def test_a_use_says_what_entitled_to_it():
    """life.md Use."""
    member(GOLD, enjoy(at=JUNE)).when(
        enjoy(at="2026-06-11", store="east", till="3", reason="rain", request_id="u-1")
    ).then(
        in_order(BenefitUsed),
        wrote(
            BenefitUsed,
            benefit="parking",
            tier="gold",
            quota=2,
            used_before=1,
            quantity=1,
            store="east",
            till="3",
            reason="rain",
        ),
    )


@pytest.mark.parametrize(
    ("period", "within", "beyond"),
    [
        ("day", "2026-06-10 23:59", "2026-06-11 00:00"),
        ("month", "2026-06-30", "2026-07-01"),
        ("quarter", "2026-06-30", "2026-07-01"),
        ("year", "2026-12-31", "2027-01-01"),
        ("membership_year", "2026-12-31 23:59", "2027-01-01 00:00"),
    ],
)
def test_a_quota_holds_for_its_period(period, within, beyond):
    """life.md Use: one, used on 10 June; the member joined on New Year."""
    scenario = member(SILVER, enjoy(at=JUNE), period=period)
    scenario.when(enjoy(at=within)).then_refused(
        QuotaExceeded, benefit="parking", quota=1, used=1, asked=1
    )
    scenario.when(enjoy(at=beyond)).then()


@pytest.mark.parametrize(
    ("used_on", "again"), [("2026-02-27", "2026-02-28"), ("2025-02-28", "2026-02-28")]
)
def test_a_membership_year_begins_on_the_anniversary(used_on, again):
    """life.md Use: of 29 February it is the 28th in other years."""
    for_ever = LADDER.replace('id = "silver"', 'id = "silver"\nvalid = "for_ever"')
    program = for_ever + benefit(period="membership_year")
    steps = (bought(SILVER, at="2024-03-01"), enjoy(at=used_on))
    scenario = given(enrolled(at="2024-02-29"), *steps, program=program)
    scenario.when(enjoy(at=again)).then()
    scenario.when(enjoy(at="2027-02-27")).then_refused(QuotaExceeded)
    scenario.when(enjoy(at="2027-02-28")).then()


def test_several_at_once_are_taken_together_or_not():
    """life.md Use: two of two are left, not three."""
    scenario = member(GOLD)
    scenario.when(enjoy(at=JUNE, quantity=3)).then_refused(QuotaExceeded, quota=2, used=0, asked=3)
    scenario.when(enjoy(at=JUNE, quantity=2)).then(wrote(BenefitUsed, quantity=2))


def test_what_is_unlimited_is_counted_but_never_refused():
    """life.md Use."""
    scenario = member(SILVER, enjoy(at=JUNE, quantity=1_000), tiers={"silver": "unlimited"})
    scenario.when(enjoy(at=JUNE)).then(wrote(BenefitUsed, quota=None, used_before=1_000))


def test_a_card_that_is_not_named_does_not_entitle():
    """life.md Use."""
    scenario = member(SILVER, tiers={"gold": 1})
    scenario.when(enjoy(at=JUNE)).then_refused(NotEntitled, benefit="parking", tier="silver")
    scenario.when(enjoy(at="2026-05-31")).then_refused(NotEntitled, tier="")


def test_a_late_use_is_judged_by_the_card_and_the_version_of_its_day():
    """life.md Use: silver on 10 June, gold on the 20th; two for silver since 15 June."""
    scenario = member(SILVER, bought(GOLD, at="2026-06-20", purchase_id="p-2"))
    later = LADDER.replace("2000-01-01", "2026-06-15") + benefit(tiers={"silver": 2, "gold": 3})
    scenario.under(later)
    late = recorded(enjoy(at=JUNE), on="2026-06-25")
    scenario.when(late).then(wrote(BenefitUsed, tier="silver", quota=1, program_version=1))
    scenario.when(late).then_refused(QuotaExceeded, quota=1, used=1)
    scenario.when(recorded(enjoy(at="2026-06-16"), on="2026-06-25")).then(
        wrote(BenefitUsed, tier="silver", quota=2)
    )
    scenario.when(enjoy(at="2026-06-26")).then(wrote(BenefitUsed, tier="gold", quota=3))
    scenario.when(enjoy(at="2026-06-26")).then_refused(QuotaExceeded, quota=3, used=3)


def test_what_the_program_lacks_or_does_not_offer_is_refused():
    """life.md Use."""
    member().when(enjoy("sauna", at=JUNE)).then_refused(UnknownBenefit, benefit="sauna")
    for settings in (
        {"enabled": False},
        {"starts_on": day("2026-06-11")},
        {"ends_on": day("2026-06-09")},
    ):
        member(**settings).when(enjoy(at=JUNE)).then_refused(BenefitNotOffered, benefit="parking")


def test_a_frozen_account_and_a_purse_have_no_benefits():
    """life.md Always 2, 4."""
    scenario = member(SILVER, purse(at=JUNE), ask(FreezeMember, at=JUNE, reason="lost"))
    scenario.when(enjoy(at=JUNE)).then_refused(AccountFrozen)
    scenario.when(enjoy(at=JUNE, member="purse:home")).then_refused(NotForPurses)


def test_a_card_whose_review_is_due_is_reviewed_first():
    """life.md Recording: gold of 2026 is silver from 2028 on."""
    scenario = member(GOLD)
    scenario.when(enjoy(at="2027-12-31")).then(in_order(BenefitUsed), wrote(BenefitUsed, quota=2))
    scenario.when(enjoy(at="2028-01-01")).then(
        in_order(TierChanged, BenefitUsed), wrote(BenefitUsed, tier="silver", quota=1)
    )


# -- cancelling a use ----------------------------------------------------------------------------


def test_a_cancelled_use_counts_no_more():
    """life.md Cancel a use: on the day of the use, whenever it is cancelled."""
    scenario = member(SILVER, enjoy(at=JUNE, request_id="u-1"))
    scenario.when(undo_use(at="2026-07-01")).then(
        in_order(BenefitUseCancelled),
        wrote(BenefitUseCancelled, benefit="parking", use="u-1", operator="li", reason="mistake"),
    )
    scenario.when(enjoy(at="2026-06-30")).then()
    scenario.when(enjoy(at="2026-07-01")).then()
    scenario.when(enjoy(at="2026-07-01")).then_refused(QuotaExceeded, used=1)


def test_a_use_is_cancelled_once_and_not_before_it():
    """life.md Cancel a use."""
    scenario = member(SILVER, enjoy(at=JUNE, request_id="u-1"))
    scenario.when(undo_use(at=JUNE, of="u-2")).then_refused(UnknownBenefitUse, use="u-2")
    scenario.when(undo_use(at="2026-06-09")).then_refused(BeforeItsCause, cause_on=JUNE)
    scenario.and_then(undo_use(at=JUNE))
    scenario.when(undo_use(at=JUNE)).then_refused(UseAlreadyCancelled, use="u-1")


# -- merging -------------------------------------------------------------------------------------


def test_two_cards_of_one_person_have_one_quota():
    """life.md Benefits: a merge adds up, an unmerge takes off."""
    scenario = member(SILVER, enrolled("m-002"), bought(SILVER, member="m-002", purchase_id="p-2"))
    scenario.and_then(enjoy(at=JUNE, member="m-002", request_id="u-1"), merge(at=JUNE))
    scenario.when(enjoy(at=JUNE)).then_refused(QuotaExceeded, used=1)
    scenario.and_then(ask(UnmergeMembers, at=JUNE, other="m-002"))
    scenario.when(enjoy(at=JUNE)).then()
    scenario.when(enjoy(at=JUNE, member="m-002")).then_refused(QuotaExceeded, used=1)


def test_a_use_from_before_the_merge_is_cancelled_on_the_survivor():
    """life.md Cancel a use."""
    scenario = member(SILVER, enrolled("m-002"), bought(SILVER, member="m-002", purchase_id="p-2"))
    scenario.and_then(enjoy(at=JUNE, member="m-002", request_id="u-1"), merge(at=JUNE))
    scenario.and_then(undo_use(at=JUNE)).when(enjoy(at=JUNE)).then()


# -- what is left --------------------------------------------------------------------------------


def test_what_each_benefit_leaves_in_the_present_period():
    """ledger.benefits: by the card held now, used under whichever."""
    lounge = benefit(id="lounge", label="休息室", period="quarter", tiers={"gold": "unlimited"})
    scenario = given(
        enrolled(),
        bought(SILVER, at="2026-06-01"),
        enjoy(at=JUNE),
        program=LADDER + benefit() + lounge + benefit(id="gone", ends_on=day("2026-06-09")),
    )

    def left(at):
        rules = scenario.rulebook.newest
        found = benefits_left(scenario.account, scenario.rulebook, rules, day(at))
        return {b.benefit: (b.entitled, b.quota, b.used, b.left) for b in found}

    assert left(JUNE) == {"parking": (True, 1, 1, 0), "lounge": (False, 0, 0, 0)}
    assert left("2026-07-01") == {"parking": (True, 1, 0, 1), "lounge": (False, 0, 0, 0)}
    scenario.and_then(bought(GOLD, at="2026-06-20", purchase_id="p-2"))
    scenario.and_then(enjoy("lounge", at="2026-06-20"))
    assert left("2026-06-20") == {"parking": (True, 2, 1, 1), "lounge": (True, None, 1, None)}
