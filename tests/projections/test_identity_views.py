"""Cards as the warehouse has them, and that a member has a phone."""

from __future__ import annotations

from tests.projections.shop import Shop

CARDS = "SELECT card, member, survivor, status, replaces, replaced_by FROM cards ORDER BY card"


def test_a_card_is_as_its_last_event_says(shop: Shop) -> None:
    ledger = shop.ledger
    for card in ("C-1", "C-2", "C-3", "C-4"):
        ledger.issue_card("ann", card)
    ledger.stop_card("ann", "C-1", "blocked")
    ledger.stop_card("ann", "C-2", "blocked")
    ledger.unblock_card("ann", "C-2")
    ledger.replace_card("ann", "C-3", "C-5", why="lost")

    assert shop.rows(CARDS) == [
        ("C-1", "ann", "ann", "blocked", "", ""),
        ("C-2", "ann", "ann", "good", "", ""),
        ("C-3", "ann", "ann", "lost", "", "C-5"),
        ("C-4", "ann", "ann", "good", "", ""),
        ("C-5", "ann", "ann", "good", "C-3", ""),
    ]
    since = "SELECT card, since_on = issued_on, position FROM cards WHERE card IN ('C-1', 'C-4')"
    positions = {card: position for card, _, position in shop.rows(since)}
    assert positions["C-1"] > positions["C-4"]


def test_a_card_leads_to_the_survivor_of_a_merge(shop: Shop) -> None:
    shop.ledger.issue_card("bo", "C-1")
    shop.ledger.merge("ann", "bo")
    assert shop.rows(CARDS) == [("C-1", "bo", "ann", "good", "", "")]

    shop.ledger.unmerge("ann", "bo")
    shop.ledger.close_member("bo", "moves")

    assert shop.rows(CARDS) == [("C-1", "bo", "bo", "closed", "", "")]


def test_phones_are_counted_and_no_more(shop: Shop) -> None:
    ledger = shop.ledger
    ledger.link_phone("ann", "13800138000")
    ledger.link_phone("ann", "13900139000")
    ledger.link_phone("bo", "15012345678")
    ledger.unlink_phone("bo", "15012345678")
    ledger.move_phone("cy", "ann", "13900139000", "hers", operator="wei")

    assert shop.rows("FROM member_phones ORDER BY member") == [
        ("ann", 1, True),
        ("bo", 0, False),
        ("cy", 1, True),
    ]
