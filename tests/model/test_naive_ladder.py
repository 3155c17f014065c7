"""How cards are reached and set in the naive model, held against examples worked by hand.

Tiers are by the net spend of the calendar year and valid for a month unless told otherwise.
"""

from __future__ import annotations

import pytest

from schemas.commands import RecordPurchase
from tests.model.naive_cards import entry_tier
from tests.model.story import (
    BASIC,
    Cards,
    date,
    kinds,
    ladder,
    noon,
    outcomes,
    rung,
    window,
)

ENTRY = rung("plain")
SILVER = rung("silver", 10)
GOLD = rung("gold", 20)
BLACK = rung("black", invitation=True)
MONTHLY = {"window": "rolling_months", "window_months": 1}
NEXT = ladder(upgrade="next_purchase")
OFFER = ladder(recovery_days=10)


# -- the entry tier -------------------------------------------------------------------------------


def test_the_entry_tier_comes_with_the_enrolment_and_is_for_ever() -> None:
    assert Cards(BASIC + ENTRY).card("2026-12-01") == ("plain", "")


def test_or_with_the_first_purchase_after_a_version_has_got_one_which_earns_under_it() -> None:
    cards = Cards()
    cards.buy(1, "2026-02-01")
    later = BASIC + ENTRY + 'multiplier = "3"\n'
    cards.publish(later.replace("2020-01-01", "2026-03-01"))
    assert cards.card("2026-03-09") == ("", "")
    bought, entered = cards.buy(1, "2026-03-10")
    assert (bought["tier"], bought["points_earned"]) == ("plain", 3)
    assert outcomes([entered]) == [("2026-03-10", "entry", "plain")]
    assert window(entered) == ("", "2026-03-10", "2026-03-10", 0, 0)
    assert kinds(cards.buy(1, "2026-03-11")) == ["PurchaseRecorded"]


def test_a_tier_by_invitation_without_a_threshold_is_no_entry_tier() -> None:
    assert entry_tier({"tier": [{"id": "black", "invitation": True}]}) == ""
    assert Cards(BASIC + BLACK).card("2026-12-01") == ("", "")


def test_before_the_enrolment_there_is_no_card_then_what_was_bought_before_counts() -> None:
    cards = Cards(BASIC + ENTRY + SILVER)
    bought, change = cards.buy(10, "2024-02-01")
    assert bought["tier"] == ""
    assert outcomes([change]) == [("2024-02-29", "threshold", "silver")]
    assert (change["tier_from"], change["valid_until"]) == ("plain", date("2024-03-29"))


# -- purchases ------------------------------------------------------------------------------------


def test_a_purchase_reaches_the_highest_rung_above_the_card_at_once() -> None:
    cards = Cards(BASIC + ENTRY + SILVER + GOLD)
    bought, change = cards.buy(20, "2026-03-10")
    assert (bought["tier"], change["tier_from"], change["tier_to"]) == ("plain", "plain", "gold")
    assert window(change) == ("calendar_year", "2026-01-01", "2027-01-01", 2000, 2000)
    assert (change["occurred_at"], change["valid_until"]) == (
        noon("2026-03-10"),
        date("2026-04-10"),
    )


@pytest.mark.parametrize("second", ["2026-03-15", "2026-04-10"])
def test_a_second_upgrade_starts_validity_again_from_its_own_date(second: str) -> None:
    cards = Cards(BASIC + SILVER + GOLD)
    cards.buy(10, "2026-03-10")
    assert outcomes(cards.buy(10, second)) == [(second, "threshold", "gold")]
    assert cards.card(second) == ("gold", second.replace("04", "05").replace("03", "04"))


def test_a_purchase_that_reaches_nothing_above_the_card_tells_nothing() -> None:
    cards = Cards(BASIC + SILVER)
    cards.buy(10, "2026-03-10")
    assert kinds(cards.buy(10, "2026-03-20")) == ["PurchaseRecorded"]


def test_invitation_tiers_are_not_reached() -> None:
    cards = Cards(BASIC + SILVER + rung("black", 15, invitation=True))
    assert outcomes(cards.buy(20, "2026-03-10")) == [("2026-03-10", "threshold", "silver")]


def test_a_purchase_counts_from_its_time_on() -> None:
    """A late one completes the year when the later one was made, not when it was."""
    cards = Cards(BASIC + SILVER)
    cards.buy(6, "2026-05-10")
    assert outcomes(cards.buy(6, "2026-03-10")) == [("2026-05-10", "threshold", "silver")]


def test_a_late_purchase_earns_under_the_card_held_then() -> None:
    cards = Cards(BASIC + rung("silver", 10, multiplier="2"))
    cards.buy(10, "2026-03-10")
    assert cards.buy(1, "2026-03-09")[0]["tier"] == ""
    assert cards.buy(1, "2026-03-11")[0]["tier"] == "silver"


def test_with_the_next_purchase_comes_what_the_last_one_reached() -> None:
    cards = Cards(BASIC + SILVER + GOLD + NEXT)
    assert kinds(cards.buy(10, "2026-03-10")) == ["PurchaseRecorded"]
    bought, change = cards.buy(10, "2026-03-20")
    assert (bought["tier"], change["tier_to"]) == ("silver", "silver")
    assert (change["measured"], change["valid_until"]) == (1000, date("2026-04-20"))
    bought, change = cards.buy(1, "2026-03-25")
    assert (bought["tier"], change["tier_to"], change["measured"]) == ("gold", "gold", 2000)


def test_in_the_windows_of_the_last_purchase_by_what_counts_now() -> None:
    cards = Cards(BASIC + rung("silver", 10, **MONTHLY) + NEXT)
    cards.buy(10, "2026-03-10", purchase_id="p")
    bought, change = cards.buy(1, "2026-06-10")
    assert bought["tier"] == "silver"
    assert window(change) == ("rolling_months", "2026-02-11", "2026-03-11", 1000, 1000)
    again = Cards(BASIC + rung("silver", 10, **MONTHLY) + NEXT)
    again.buy(10, "2026-03-10", purchase_id="p")
    again.back(1, "2026-03-11", of="p")
    assert kinds(again.buy(1, "2026-06-10")) == ["PurchaseRecorded"]


# -- recovery -------------------------------------------------------------------------------------


def lowered_on_april_11(settings: str, *, gold: str = "", yuan: int = 10) -> Cards:
    """Silver from 10 March on, with 10.00 in the month; lowered by a review that comes later."""
    silver = rung("silver", 10, **MONTHLY)
    cards = Cards(BASIC + silver + gold + settings)
    cards.buy(yuan, "2026-03-10", purchase_id="p")
    return cards


def test_half_of_the_threshold_since_the_review_recovers_the_tier() -> None:
    cards = lowered_on_april_11(OFFER)
    lowered, *_ = cards.buy(4, "2026-04-15")
    assert outcomes([lowered]) == [("2026-04-11", "lowered", "")]
    _, change = cards.buy(1, "2026-04-20")
    assert outcomes([change]) == [("2026-04-20", "recovered", "silver")]
    assert window(change) == ("recovery", "2026-04-11", "2026-04-21", 500, 500)
    assert change["valid_until"] == date("2026-05-20")


@pytest.mark.parametrize(("day", "recovers"), [("2026-04-21", True), ("2026-04-22", False)])
def test_at_most_so_many_days_after_the_review(day: str, recovers: bool) -> None:
    cards = lowered_on_april_11(OFFER)
    assert ("2026-04-11", "lowered", "") in outcomes(facts := cards.buy(5, day))
    assert ((day, "recovered", "silver") in outcomes(facts)) == recovers


@pytest.mark.parametrize(("fen", "recovers"), [(333, False), (334, True)])
def test_the_share_of_the_threshold_is_rounded_up(fen: int, recovers: bool) -> None:
    cards = lowered_on_april_11(ladder(recovery_days=10, recovery_percent="33.33"))
    said = {"amount_minor": fen, "purchase_id": "q", "member": "m"}
    facts = cards.tell(RecordPurchase, "2026-04-15", **said)
    assert (("2026-04-15", "recovered", "silver") in outcomes(facts)) == recovers


def test_without_days_there_is_no_offer() -> None:
    cards = lowered_on_april_11("")
    assert [cause for _, cause, _ in outcomes(cards.buy(9, "2026-04-11"))] == ["lowered"]


def test_an_offer_ends_when_it_is_taken_and_comes_back_with_the_goods_that_took_it() -> None:
    gold = rung("gold", 20, **MONTHLY)
    cards = lowered_on_april_11(OFFER, gold=gold, yuan=20)
    assert cards.buy(10, "2026-04-15", purchase_id="q")[-1]["cause"] == "recovered"
    cards.back(10, "2026-04-16", of="q")
    assert cards.card("2026-04-16") == ("silver", "2026-05-10")
    assert outcomes(cards.buy(10, "2026-04-17")) == [("2026-04-17", "recovered", "gold")]


def test_what_is_reached_goes_before_an_offer_of_the_same() -> None:
    cards = lowered_on_april_11(OFFER)
    _, _, change = cards.buy(10, "2026-04-15")
    assert change["cause"] == "threshold"


def test_below_a_recovered_card_is_what_it_was_put_upon() -> None:
    gold = rung("gold", 20, **MONTHLY)
    cards = lowered_on_april_11(OFFER, gold=gold, yuan=20)
    _, _, change = cards.buy(10, "2026-04-15", purchase_id="q")
    assert (change["cause"], change["tier_to"]) == ("recovered", "gold")
    assert outcomes(cards.back(1, "2026-04-16", of="q")) == [("2026-04-16", "return", "silver")]


# -- returns --------------------------------------------------------------------------------------


def test_a_return_counts_off_the_purchases_day_from_its_own_time_on() -> None:
    """What was bought before it and is told later makes up for it."""
    cards = Cards(BASIC + SILVER)
    cards.buy(10, "2026-03-10", purchase_id="p")
    lowered = cards.back(1, "2026-03-20", of="p")[-1]
    assert outcomes([lowered]) == [("2026-03-20", "return", "")]
    assert window(lowered) == ("calendar_year", "2026-01-01", "2027-01-01", 900, 1000)
    assert cards.buy(1, "2026-03-19")[0]["tier"] == "silver"
    assert cards.card("2026-03-20") == ("silver", "2026-04-10")


def test_a_return_outside_the_window_that_decided_changes_nothing() -> None:
    cards = Cards(BASIC + rung("silver", 10, **MONTHLY))
    cards.buy(5, "2026-03-10", purchase_id="p")
    cards.buy(10, "2026-06-10")
    assert kinds(cards.back(5, "2026-06-11", of="p")) == ["ReturnRecorded"]


def test_below_a_reached_card_is_the_span_that_it_was_put_upon_with_its_days() -> None:
    cards = Cards(BASIC + SILVER + GOLD)
    cards.buy(10, "2026-03-10")
    cards.buy(10, "2026-03-20", purchase_id="q")
    assert outcomes(cards.back(1, "2026-03-25", of="q")) == [("2026-03-25", "return", "silver")]
    assert cards.card("2026-03-25") == ("silver", "2026-04-10")


def test_what_is_reached_around_the_purchases_day_is_the_card() -> None:
    """Of a month that ends with the purchase, or with a later day on which something counts."""
    cards = Cards(BASIC + rung("silver", 10, **MONTHLY) + GOLD)
    cards.buy(25, "2026-03-10", purchase_id="p")
    cards.buy(6, "2026-03-20")
    change = cards.back(21, "2026-03-25", of="p")[-1]
    assert outcomes([change]) == [("2026-03-25", "threshold", "silver")]
    assert window(change) == ("rolling_months", "2026-02-21", "2026-03-21", 1000, 1000)
    assert change["valid_until"] == date("2026-04-10")


def test_with_returns_lower_tier_false_the_next_review_sees_it() -> None:
    cards = Cards("returns_lower_tier = false" + BASIC + SILVER)
    cards.buy(10, "2026-03-10", purchase_id="p")
    assert kinds(cards.back(1, "2026-03-20", of="p")) == ["ReturnRecorded"]
    assert cards.card("2026-04-10") == ("silver", "2026-04-10")
    assert outcomes(cards.review("2026-04-10")) == [("2026-04-11", "lowered", "")]


def test_a_card_below_that_is_over_is_reviewed_from_the_return_on() -> None:
    """Silver would have ended on 10 April, under gold: what was gold until May stays so."""
    silver = rung("silver", 10, **MONTHLY)
    cards = Cards(BASIC + silver + rung("gold", 20, valid_months=6))
    cards.buy(10, "2026-03-10")
    cards.buy(10, "2026-03-20", purchase_id="q")
    (_, lowered) = cards.back(10, "2026-05-20", of="q")
    assert outcomes([lowered]) == [("2026-05-20", "lowered", "")]
    assert lowered["tier_from"] == "gold"
    assert window(lowered) == ("rolling_months", "2026-03-11", "2026-04-11", 0, 1000)


def test_a_floor_holds_when_goods_come_back() -> None:
    cards = Cards(BASIC + SILVER + GOLD)
    cards.buy(20, "2026-03-10", purchase_id="p")
    cards.set("silver", "2026-03-11", until="2026-06-30")
    (_, held) = cards.back(11, "2026-03-12", of="p")
    assert outcomes([held]) == [("2026-03-12", "floor", "silver")]
    assert cards.card("2026-06-30") == ("silver", "2026-06-30")
    assert outcomes(cards.end_floor("2026-03-13")) == [("2026-03-13", "floor_ended", "")]
