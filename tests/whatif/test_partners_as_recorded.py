"""What would have been at partners: by their recorded terms, with the room and the blocks then."""

from __future__ import annotations

from tests.alliance import terms
from tests.whatif.support import PLAIN, assert_lived_the_same, lived_again

DOUBLE = PLAIN.replace("points = 1", "points = 2")


def live(shop):
    """Purchases up to a month's cap, a block that is used up, redemptions, a return, new terms."""
    caps = {"issue": {"per_month": 150, "per_purchase": 120}, "redeem": {"per_month": 60}}
    shop.join_partner(terms("tea", "2026-01-01", prepaid={"when_empty": "bill"}, **caps))
    shop.join_partner(terms("spa", "2026-01-01", prepaid={"when_empty": "refuse"}))
    shop.buy_block("tea", 70, 70)
    shop.buy_block("spa", 30, 30)
    shop.purchase("ann", 10_000, "a", partner="tea")
    shop.purchase("bo", 10_000, "b", partner="tea")
    shop.purchase("bo", 3_000, "c", partner="spa")
    shop.redeem("ann", 20, partner="tea", request_id="s-1")
    shop.hold("ann", 30, partner="tea", request_id="h-1")
    shop.capture("ann", "h-1", points=25)
    shop.reverse("ann", "s-1", points=5)
    shop.change_terms(terms("tea", "2026-01-01", issue={"per_purchase": 1}))
    shop.return_purchase("ann", "a", partner="tea", amount_minor=4_000)


def test_under_the_same_program_the_same_happens_at_partners(shop):
    live(shop)
    assert_lived_the_same(shop, ("ann", "bo"))
    assert not shop.what_if(PLAIN).report.uncovered


def test_caps_of_a_purchase_are_asked_and_those_over_all_members_leave_what_they_left(shop):
    live(shop)
    replay, _ = lived_again(shop, ("ann", "bo"), DOUBLE)
    earned = {
        event.purchase_id: (event.points_earned, sum(draw.points for draw in event.drawn))
        for name in ("ann", "bo")
        for event in replay.after.sides[name].events
        if hasattr(event, "points_earned")
    }
    # 200 are cut to 120 by the purchase's cap; of the month 150 and then 50 were left. What the
    # blocks stood for stays, also where the terms refuse more.
    assert earned == {"a": (120, 70), "b": (50, 0), "c": (60, 30)}


def test_who_may_take_part_and_what_a_month_redeems_is_not_asked_again(shop):
    live(shop)
    shop.suspend_partner("tea", "late", operator="li")
    assert not shop.what_if(DOUBLE).report.uncovered
