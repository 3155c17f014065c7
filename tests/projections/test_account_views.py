"""Members, purses, cards: who is there, and who they are now."""

from __future__ import annotations

import pytest

from tests.projections.shop import Shop

STATUS = "SELECT member, status, merged_into, survivor FROM members ORDER BY member"


def test_a_member_is_open_frozen_closed_or_merged(shop: Shop) -> None:
    shop.ledger.enrol("di")
    shop.ledger.freeze("ann", "asked")
    shop.ledger.merge("bo", "cy")
    shop.ledger.close_member("di", "moves")

    assert shop.rows(STATUS) == [
        ("ann", "frozen", "", "ann"),
        ("bo", "open", "", "bo"),
        ("cy", "merged", "bo", "bo"),
        ("di", "closed", "", "di"),
    ]


def test_what_was_taken_back_is_open_again(shop: Shop) -> None:
    shop.ledger.freeze("ann", "asked")
    shop.ledger.unfreeze("ann", "asked")
    shop.ledger.merge("bo", "cy")
    shop.ledger.unmerge("bo", "cy")

    assert shop.rows(STATUS) == [(name, "open", "", name) for name in ("ann", "bo", "cy")]
    assert shop.rows("FROM survivors") == []


def test_the_survivor_of_several_merges_is_the_last_one(shop: Shop) -> None:
    shop.ledger.merge("bo", "cy")
    shop.ledger.merge("ann", "bo")

    assert shop.rows(STATUS) == [
        ("ann", "open", "", "ann"),
        ("bo", "merged", "ann", "ann"),
        ("cy", "merged", "bo", "ann"),
    ]


def test_a_purse_is_an_account_but_no_member(shop: Shop) -> None:
    shop.ledger.award("ann", 100, "x")
    shop.ledger.open_purse("ann", "home")
    shop.ledger.pay_into_purse("ann", "home", 60)
    shop.ledger.redeem("purse:home", 10, spender="ann")

    rows = shop.rows("SELECT member, kind, balance_points FROM balances ORDER BY member")

    assert rows == [
        ("ann", "member", 40),
        ("bo", "member", 0),
        ("cy", "member", 0),
        ("purse:home", "purse", 50),
    ]
    assert shop.rows("SELECT count(*) FROM members") == [(3,)]
    on_day = "SELECT spendable_points FROM balances_on('2026-01-01') WHERE kind = 'purse'"
    assert shop.rows(on_day) == [(50,)]
    assert shop.rows("SELECT member, spender FROM redemptions") == [("purse:home", "ann")]


def test_an_empty_purse_has_a_balance_of_nothing(shop: Shop) -> None:
    shop.ledger.open_purse("ann", "home")

    for view in ("balances", "balances_on('2026-01-01')"):
        assert shop.rows(f"SELECT balance_points FROM {view} WHERE kind = 'purse'") == [(0,)]


def test_a_card_that_a_return_took_back_is_gone(shop: Shop) -> None:
    shop.ledger.purchase("ann", 20_000, "p1")
    shop.ledger.purchase("ann", 40_000, "p2")
    card = "SELECT tier, label, rank FROM tier_cards WHERE member = 'ann'"
    assert shop.rows(card) == [("gold", "金卡", 2)]

    shop.ledger.return_purchase("ann", "p2")
    assert shop.rows(card) == [("silver", "银卡", 1)]

    shop.ledger.return_purchase("ann", "p1")
    assert shop.rows(card) == [("", "", 0)]


def ladder(shop: Shop) -> dict[str, int]:
    return dict(shop.rows("SELECT tier, members FROM tier_ladder"))


def test_who_was_merged_has_left_the_ladder_and_comes_back_with_the_card(shop: Shop) -> None:
    shop.ledger.purchase("bo", 20_000, "p1")
    shop.ledger.merge("ann", "bo")
    assert ladder(shop) == {"": 1, "silver": 1, "gold": 0}
    assert shop.rows("SELECT tier, status FROM tier_cards WHERE member = 'bo'") == [
        ("silver", "merged")
    ]

    shop.ledger.unmerge("ann", "bo")

    assert ladder(shop) == {"": 2, "silver": 1, "gold": 0}
    assert shop.rows("SELECT member FROM tier_cards WHERE tier = 'silver'") == [("bo",)]


@pytest.mark.parametrize(("frozen", "holders"), [(True, 1), (False, 0)])
def test_who_is_frozen_keeps_the_card_and_who_has_left_does_not(
    shop: Shop, frozen: bool, holders: int
) -> None:
    shop.ledger.purchase("ann", 20_000, "p1")
    if frozen:
        shop.ledger.freeze("ann", "asked")
    else:
        shop.ledger.close_member("ann", "moves", forfeit=True)

    assert ladder(shop)["silver"] == holders
