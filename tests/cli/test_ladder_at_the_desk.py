"""`jifen review-tiers`, `set-tier`, `unset-tier`, `notices`: cards at the desk."""

from __future__ import annotations

import pytest

BY_HAND = ("--reason", "press", "--operator", "Li")


@pytest.fixture
def due(shop, today):
    """A department store in 2028: m-001 with gold and m-002 with diamond of 2026, both due."""
    today("2026-07-01")
    shop("enrol", "m-002", "--at", "2026-01-02")
    shop("purchase", "m-001", "12000", "--receipt", "A-1", "--at", "2026-03-01")
    shop("purchase", "m-002", "90000", "--receipt", "A-2", "--at", "2026-03-01")
    today("2027-07-01")
    shop("purchase", "m-001", "10000", "--receipt", "A-3", "--at", "2027-03-01")
    today("2028-01-10")
    return shop


def test_a_rehearsal_lists_what_reviews_would_decide_and_writes_nothing(due):
    before = due("verify", "--json").json["events"]
    kept, lowered = due("review-tiers", "--dry-run", "--json").json
    assert (kept["member"], kept["outcome"], kept["card_to"]) == ("m-001", "kept", "金卡")
    assert (kept["spend_measured_minor"], kept["spend_needed_minor"]) == (1_000_000, 1_000_000)
    assert (kept["window_from"], kept["window_until"]) == ("2027-01-01", "2028-01-01")
    assert (lowered["member"], lowered["outcome"]) == ("m-002", "lowered")
    assert (lowered["card_from"], lowered["card_to"]) == ("金钻卡", "金卡")
    assert lowered["valid_until"] == "2028-12-31"
    table = due("review-tiers", "--dry-run").out
    assert "kept 1, by hand 0, in grace 0, lowered 1; members 2; up to 2028-01-09 24:00" in table
    assert "80,000.00" in table
    assert due("verify", "--json").json["events"] == before


def test_the_run_records_each_review_once(due):
    assert due("review-tiers", "--operator", "night").record == {
        "up to the end of": "2028-01-09",
        "members": "2",
        "kept": "1",
        "kept by hand": "0",
        "in grace": "0",
        "lowered": "1",
    }
    assert due("review-tiers", "--json").json["members"] == 0
    assert due("tier", "m-002", "--json").json["tier"] == "gold"


def test_a_card_shows_as_its_review_will_decide_before_the_run(due):
    card = due("tier", "m-002", "--json").json
    assert (card["tier"], card["valid_until"]) == ("gold", "2028-12-31")


@pytest.mark.parametrize(("day", "status"), [("today", 3), ("soon", 2)])
def test_a_review_is_for_a_day_that_is_over(due, day, status):
    assert due("review-tiers", "--as-of", day).status == status


def test_a_card_is_set_by_hand_and_taken_back(due):
    given = due("set-tier", "m-001", "diamond", "--until", "2028-06-30", *BY_HAND)
    assert given.record["new card"] == "金钻卡"
    assert due("tier", "m-001", "--json").json["valid_until"] == "2028-06-30"
    taken = due("unset-tier", "m-001", *BY_HAND)
    assert taken.record["card lowered to"] == "金卡"
    again = due("unset-tier", "m-001", *BY_HAND)
    assert (again.status, "[no_floor]" in again.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("platinum",), 3, "unknown_tier"),
        (("gold", "--until", "2028-01-09"), 3, "floor_in_past"),
        (("gold", "--until", "31/01/2029"), 2, "invalid_time"),
    ],
)
def test_a_card_that_can_not_be_set_by_hand_is_refused(due, words, status, code):
    answer = due("set-tier", "m-001", *words, *BY_HAND)
    assert (answer.status, f"[{code}]" in answer.err) == (status, True)


def test_a_card_set_by_hand_needs_someone_and_a_reason(due):
    assert due("set-tier", "m-001", "gold", "--reason", "x").status == 2
    assert due("set-tier", "m-001", "gold", "--operator", "Li").status == 2


def test_notices_tell_who_is_near_a_card_and_whose_card_or_points_end(due, today):
    due("review-tiers")
    today("2028-12-15")
    due("enrol", "m-003", "--at", "2028-12-01")
    due("purchase", "m-003", "2500", "--receipt", "A-4", "--at", "2028-12-01")
    told = {(row["member"], row["kind"]): row for row in due("notices", "--json").json}
    assert set(told) == {
        ("m-001", "card_ending"),
        ("m-001", "points_lapsing"),
        ("m-002", "card_ending"),
        ("m-003", "next_tier"),
    }
    assert told["m-002", "card_ending"]["card_below"] == "普卡"
    assert told["m-002", "card_ending"]["missing_spend_minor"] == 1_000_000
    assert told["m-003", "next_tier"]["card"] == "普卡"
    assert told["m-003", "next_tier"]["missing_spend_minor"] == 50_000
    assert told["m-001", "points_lapsing"]["points"] == 15_000
    some = due("notices", "--kind", "next_tier", "--json").json
    assert [row["member"] for row in some] == ["m-003"]
    assert "on 2028-12-15" in due("notices").out


def test_notices_of_a_past_day_are_about_what_had_happened_by_then(due):
    told = due("notices", "--as-of", "2027-12-15", "--kind", "card_ending", "--json").json
    assert [(row["member"], row["until"]) for row in told] == [("m-002", "2027-12-31")]
    told = due("notices", "--as-of", "2027-02-15", "--json").json
    assert told == []


def test_a_card_that_can_come_back_is_told_of(due):
    due("review-tiers")
    (told,) = due("notices", "--kind", "recovery", "--json").json
    assert (told["member"], told["tier"], told["until"]) == ("m-002", "diamond", "2028-03-31")
    assert told["missing_spend_minor"] == 4_000_000


def test_a_voucher_that_lapses_soon_is_told_of(club, today):
    issued = club("voucher", "issue", "m-001", "ten", "--request-id", "v-1")
    assert issued.status == 0, issued.err
    (voucher,) = club("voucher", "list", "m-001", "--json").json
    last = voucher["expires_on"]
    today(last)
    (told,) = club("notices", "--kind", "voucher_lapsing", "--json").json
    assert (told["member"], told["voucher"], told["until"]) == ("m-001", "ten", last)
    assert told["value_minor"] == voucher["worth_minor"]
