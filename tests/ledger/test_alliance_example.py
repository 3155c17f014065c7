"""A store with three partners (examples/alliance), worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ledger import Ledger, LineItem, ManualClock
from ledger.errors import BlockEmpty, ClaimWindowClosed, LimitExceeded, TermsLack, UnknownPartner

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "alliance"
PARTNERS = ("tea_house", "cinema", "pharmacy")
TICKETS = (LineItem(amount_minor=10_000, quantity=2, category="ticket"),)


def noon(day):
    return dt.datetime.fromisoformat(f"{day}T12:00+08:00")


@pytest.fixture
def ledger():
    clock = ManualClock(noon("2026-04-10").astimezone(dt.UTC))
    with Ledger(":memory:", program=FOLDER / "program.toml", clock=clock) as opened:
        for name in PARTNERS:
            opened.join_partner((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        opened.enrol("m-1", occurred_at=noon("2026-02-02"))
        yield opened


def earned(ledger, partner, yuan, receipt, day="2026-04-09", **said):
    bought = ledger.purchase(
        "m-1", 100 * yuan, receipt, partner=partner, occurred_at=noon(day), **said
    )
    return bought.events[0].points_earned


def test_the_partners_stand_as_their_files_say(ledger):
    assert [(p.id, p.label, p.state) for p in ledger.partners()] == [
        ("cinema", "光影影城", "takes part"),
        ("pharmacy", "仁和药房", "takes part"),
        ("tea-house", "山间茶馆", "takes part"),
    ]
    with pytest.raises(UnknownPartner):
        ledger.partner("bakery")


def test_a_ticket_earns_by_its_own_rule_at_the_cinema_alone(ledger):
    assert earned(ledger, "cinema", 100, "c-1", lines=TICKETS) == 140
    assert earned(ledger, "tea-house", 100, "t-1", lines=TICKETS) == 100


def test_the_gold_card_doubles_in_the_store_and_at_the_tea_house_but_not_at_the_cinema(ledger):
    earned(ledger, "", 10_000, "s-1", "2026-03-20")
    assert earned(ledger, "", 100, "s-2") == 200
    assert earned(ledger, "tea-house", 100, "t-1") == 200
    assert earned(ledger, "cinema", 100, "c-1") == 100
    assert earned(ledger, "tea-house", 1_000, "t-2") == 500


def test_the_cinema_issues_so_much_a_month(ledger):
    assert earned(ledger, "cinema", 19_950, "c-1") == 19_950
    assert earned(ledger, "cinema", 100, "c-2") == 50
    assert ledger.partner("cinema").issued == 20_000


def test_the_cinema_claims_within_a_week_and_the_tea_house_within_a_month(ledger):
    with pytest.raises(ClaimWindowClosed):
        earned(ledger, "cinema", 100, "c-1", "2026-04-02")
    assert earned(ledger, "cinema", 100, "c-1", "2026-04-03") == 100
    assert earned(ledger, "tea-house", 100, "t-1", "2026-03-11") == 100


def test_the_pharmacy_issues_what_it_has_bought(ledger):
    with pytest.raises(BlockEmpty):
        earned(ledger, "pharmacy", 100, "p-1")
    ledger.buy_block("pharmacy", 50_000, 47_500)
    assert earned(ledger, "pharmacy", 100, "p-1") == 100
    assert ledger.partner("pharmacy").prepaid_left == 49_900
    with pytest.raises(TermsLack):
        ledger.redeem("m-1", 50, partner="pharmacy")


def test_the_cinema_takes_ten_thousand_points_a_month(ledger):
    ledger.award("m-1", 20_000, "seed")
    ledger.redeem("m-1", 9_990, partner="cinema")
    with pytest.raises(LimitExceeded):
        ledger.redeem("m-1", 20, partner="cinema")
    ledger.redeem("m-1", 20, partner="tea-house")
