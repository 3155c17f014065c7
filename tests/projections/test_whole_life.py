"""A story in which everything happens that can happen to a point, and what the books say."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import Ledger
from projections.tables import families
from schemas.commands import LineItem, ReturnedItem, TenderPaid
from schemas.events import MEMBER_EVENTS
from tests.alliance import terms
from tests.projections.shop import PROGRAM, Shop, noon

MERGED_DAYS = [(dt.date(2026, 1, 1), 3_000, 30, 1)]


def earn(ledger: Ledger) -> None:
    lines = (LineItem(amount_minor=15_000, quantity=3, sku="tea"), LineItem(amount_minor=5_000))
    tenders = (TenderPaid("cash", 20_000),)
    ledger.purchase("ann", 20_000, "p1", lines=lines, tenders=tenders)
    ledger.purchase("bo", 3_000, "p2")
    ledger.award("ann", 40, "x", expires_on=dt.date(2026, 2, 28))
    ledger.adjust("cy", 12, "count", operator="wei", request_id="slip")
    ledger.undo_adjustment("cy", "slip", "slip", operator="wei")
    ledger.extend_lots("ann", dt.date(2027, 12, 31), "sorry", operator="wei", lots=(1,))


def spend(ledger: Ledger) -> None:
    ledger.redeem("ann", 30, request_id="spent")
    ledger.reverse("ann", "spent", points=10)
    ledger.hold("ann", 25, request_id="held")
    ledger.capture("ann", "held", points=15)
    ledger.gift("ann", "bo", 50)
    ledger.open_purse("ann", "home")
    ledger.pay_into_purse("ann", "home", 20)
    ledger.leave_purse("ann", "home")


def enjoy(shop: Shop) -> None:
    """Vouchers, rebates and benefits; bo has a voucher when merging."""
    ledger = shop.ledger
    ledger.issue_voucher("ann", "ten", quantity=3, request_id="v")
    ledger.issue_voucher("bo", "ten", request_id="w")
    ledger.use_voucher("ann", "v", 5_000)
    ledger.give_back_voucher("ann", "v")
    ledger.cancel_voucher("ann", "v", "slip", operator="wei", number=2)
    ledger.use_benefit("ann", "parking", request_id="u")
    ledger.cancel_benefit_use("ann", "u", "slip", operator="wei")


def lapse(shop: Shop) -> None:
    """What is left of the award lapses; five of it were redeemed in time, as is told late."""
    shop.ledger.award("cy", 8, "x", expires_on=dt.date(2026, 2, 28))
    list(shop.on("2026-03-05").expire_all())
    list(shop.ledger.pay_rebates("2026-01"))
    shop.ledger.redeem("cy", 5, occurred_at=noon("2026-02-28"))


def spend_elsewhere(ledger: Ledger) -> None:
    ledger.accrue_cobrand("cy", "bank", 40_000, "n1")
    ledger.accrue_cobrand("cy", "bank", -40_000, "n2")


def agree(shop: Shop) -> None:
    """A partner that prepays; what cy buys there draws on its block, and a part goes back."""
    shop.ledger.join_partner(terms("east", "2026-01-01", prepaid={"when_empty": "bill"}))
    shop.ledger.change_terms(terms("east", "2026-02-01", prepaid={"when_empty": "refuse"}))
    shop.ledger.buy_block("east", 500, 475)
    shop.ledger.suspend_partner("east", "audit", operator="wei")
    shop.ledger.resume_partner("east")
    shop.ledger.purchase("cy", 1_000, "e1", partner="east")
    shop.ledger.return_purchase("cy", "e1", partner="east")
    shop.ledger.let_partner_leave("east")


def send_to_others_and_receive(shop: Shop) -> None:
    """Of three that ann sends one is taken, one refused, and one refused after its time."""
    ledger = shop.ledger
    for request in ("t-1", "t-2", "t-3"):
        ledger.send_transfer("ann", "air", "A-7", 8, request_id=request)
    ledger.confirm_transfer("ann", "t-1")
    ledger.reject_transfer("ann", "t-2", "unknown_member")
    shop.on("2026-03-21").time_out_transfer("ann", "t-3")
    ledger.reject_transfer("ann", "t-3", "full")
    ledger.receive_transfer("ann", "air", "a-1", 36)


def be_found(ledger: Ledger) -> None:
    ledger.issue_card("ann", "C-1")
    ledger.stop_card("ann", "C-1", "blocked")
    ledger.unblock_card("ann", "C-1")
    ledger.link_phone("ann", "13800138000")
    ledger.unlink_phone("ann", "13800138000")


def be_given_a_card(shop: Shop) -> None:
    """By hand, for longer before the first time is over; then no more."""
    for until in (10, 20):
        said = {"operator": "wei", "until": dt.date(2026, 3, until)}
        shop.ledger.set_tier("cy", "gold", "press", **said)
    list(shop.on("2026-03-12").review_all())
    shop.ledger.end_tier_floor("cy", "slip", operator="wei")


def end(shop: Shop) -> None:
    ledger = shop.ledger
    ledger.return_purchase("ann", "p1", items=(ReturnedItem(line=1, quantity=2),))
    ledger.freeze("bo", "asked")
    ledger.unfreeze("bo", "asked")
    ledger.merge("ann", "bo")
    ledger.unmerge("ann", "bo")
    ledger.close_member("bo", "moves", forfeit=True)
    list(shop.on("2026-04-01").lapse_vouchers())


@pytest.fixture
def told(shop: Shop) -> Shop:
    earn(shop.ledger)
    spend(shop.ledger)
    enjoy(shop)
    lapse(shop)
    spend_elsewhere(shop.ledger)
    agree(shop)
    be_found(shop.ledger)
    be_given_a_card(shop)
    send_to_others_and_receive(shop)
    end(shop)
    return shop


def test_everything_that_can_happen_has_happened_and_is_in_its_table(told: Shop) -> None:
    topics = {topic for (topic,) in told.rows("SELECT DISTINCT topic FROM events")}
    assert topics == {kind.topic for kind in MEMBER_EVENTS}

    (known,) = told.rows("SELECT count(*) FROM events")
    tables = " UNION ALL ".join(f"FROM {f.name} SELECT 1" for f in families().values())
    (rows,) = told.rows(f"SELECT count(*) FROM ({tables})")
    assert rows[0] == known[0] + 1 + 6  # The program's, and the partner's.


def test_every_list_of_the_events_has_rows(told: Shop) -> None:
    lists = ("purchase_lines", "tenders", "breakdown", "returned_lines", "reopened_lots", "usage")
    for view in (*lists, "moved_vouchers", "block_draws"):
        assert told.rows(f"FROM {view}"), view
    days = "SELECT day, net_minor, points, purchases FROM merged_days JOIN {} USING (position)"
    assert told.rows(days.format("absorptions")) == MERGED_DAYS
    assert told.rows(days.format("unmerges")) == MERGED_DAYS


def test_no_point_was_made_or_lost(told: Shop) -> None:
    columns = (
        "member, earned_points, awarded_points, rebated_points, adjusted_points,"
        " transferred_points, exchanged_points, redeemed_points, expired_points,"
        " returned_points, forfeited_points, available_points, held_points, debt_points,"
        " difference"
    )
    assert told.rows(f"SELECT {columns} FROM conservation ORDER BY member") == [
        ("ann", 200, 40, 200, 0, -50, 9, 35, 0, 100, 0, 264, 0, 0, 0),
        ("bo", 30, 0, 30, 0, 50, 0, 0, 5, 0, 105, 0, 0, 0, 0),
        ("cy", 10, 8, 0, 0, 0, 0, 5, 3, 10, 0, 0, 0, 0, 0),
        ("purse:home", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    assert told.rows("SELECT position FROM postings GROUP BY 1 HAVING sum(points) <> 0") == []


def test_points_that_stay_within_an_account_have_no_other_side(told: Shop) -> None:
    sides = "SELECT account, points FROM postings JOIN {} USING (position, member) ORDER BY ALL"

    assert told.rows(sides.format("holds")) == [
        ("available", -20),
        ("available", -5),
        ("held", 5),
        ("held", 20),
    ]
    assert told.rows(sides.format("releases")) == [
        ("available", 5),
        ("available", 5),
        ("held", -5),
        ("held", -5),
    ]


def test_what_counts_against_a_limit_or_a_cap_is_told(shop: Shop) -> None:
    more = "[limits]\nredemptions_per_day = 3\n[caps]\nper_day = 500\n[expiry]"
    program = PROGRAM.replace("[expiry]", more).replace("2020-01-01", "2026-03-05")
    shop.ledger.publish(program)
    shop.on("2026-04-01").purchase("ann", 10_000, "p1")
    shop.ledger.redeem("ann", 10)

    assert shop.rows("SELECT key, units FROM usage ORDER BY position, number") == [
        ("cap:program", 100),
        ("redemptions", 1),
    ]
    assert shop.rows("SELECT scope, points FROM cap_rooms") == [("program", 500)]
