"""What the warehouse says of vouchers, rebates and benefits."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.projections.shop import Shop, noon

D = dt.date
Q1 = D(2026, 3, 31)


@pytest.fixture
def held(shop: Shop) -> Shop:
    """ann has v/1 (used), v/2 (cancelled) and v/3; bo has w. All are good until 31 March."""
    ledger = shop.on("2026-02-01")
    ledger.issue_voucher("ann", "ten", quantity=3, request_id="v")
    ledger.issue_voucher("bo", "ten", request_id="w", source="app", operator="wei")
    ledger = shop.on("2026-02-10")
    ledger.use_voucher("ann", "v", 900, store="east", till="3", purchase_id="p1")
    ledger.cancel_voucher("ann", "v", "slip", operator="wei", number=2)
    return shop


def test_a_voucher_says_what_it_is_and_what_became_of_it(held: Shop) -> None:
    columns = (
        "request_id, number, member, kind, label, occasion, worth_minor, issued_on, expires_on,"
        " state, used_on, store, till, purchase_id, bill_minor, taken_minor, cancelled_on"
    )
    what = ("ann", "ten", "十元券", "request", 1_000, D(2026, 2, 1), Q1)
    assert held.rows(f"SELECT {columns} FROM vouchers WHERE member = 'ann' ORDER BY number") == [
        ("v", 1, *what, "used", D(2026, 2, 10), "east", "3", "p1", 900, 900, None),
        ("v", 2, *what, "cancelled", None, "", "", "", 0, 0, D(2026, 2, 10)),
        ("v", 3, *what, "open", None, "", "", "", 0, 0, None),
    ]
    assert held.rows("SELECT source, operator, state FROM vouchers WHERE member = 'bo'") == [
        ("app", "wei", "open")
    ]


STATES = "SELECT request_id, number, state, lapsed_on FROM vouchers ORDER BY 1, 2"


def test_the_last_event_about_a_voucher_tells_its_state(held: Shop) -> None:
    ledger = held.on("2026-04-05")
    list(ledger.lapse_vouchers())
    ledger.use_voucher("bo", "w", 5_000, voucher_source="app", occurred_at=noon("2026-03-31"))
    ledger.give_back_voucher("ann", "v", occurred_at=noon("2026-03-30"))
    assert held.rows(STATES) == [
        ("v", 1, "open", None),
        ("v", 2, "cancelled", None),
        ("v", 3, "lapsed", Q1),
        ("w", 1, "used", None),
    ]


def test_a_voucher_that_lapsed_when_it_was_given_back_has_lapsed(held: Shop) -> None:
    held.on("2026-04-05").give_back_voucher("ann", "v")
    assert held.rows(STATES)[0] == ("v", 1, "lapsed", Q1)


def test_the_holder_of_a_voucher_is_who_its_member_is_now(held: Shop) -> None:
    holder = "SELECT member, holder FROM vouchers WHERE request_id = 'w'"
    held.ledger.merge("cy", "bo")
    assert held.rows(holder) == [("bo", "cy")]
    held.ledger.unmerge("cy", "bo")
    assert held.rows(holder) == [("bo", "bo")]


def test_what_vouchers_may_still_take_by_the_day_on_which_they_lapse(held: Shop) -> None:
    held.on("2026-04-01").issue_voucher("cy", "ten")
    outstanding = "FROM vouchers_outstanding"
    assert held.rows(outstanding) == [(Q1, 2, 2, 2_000), (D(2026, 6, 30), 1, 1, 1_000)]
    list(held.ledger.lapse_vouchers())
    assert held.rows(outstanding) == [(D(2026, 6, 30), 1, 1, 1_000)]


@pytest.mark.parametrize("run", [False, True])
def test_what_was_outstanding_on_a_day_does_not_depend_on_the_run(held: Shop, run: bool) -> None:
    """Used and cancelled on 10 February; w is used late, v/1 comes back on 20 March."""
    ledger = held.on("2026-03-20")
    ledger.give_back_voucher("ann", "v")
    ledger = held.on("2026-04-05")
    if run:
        list(ledger.lapse_vouchers())
    ledger.use_voucher("bo", "w", 5_000, voucher_source="app", occurred_at=noon("2026-03-25"))
    on_day = "SELECT expires_on, vouchers, worth_minor FROM vouchers_outstanding_on(?)"
    for day, vouchers in (
        (D(2026, 1, 31), 0),
        (D(2026, 2, 1), 4),
        (D(2026, 2, 9), 4),
        (D(2026, 2, 10), 2),
        (D(2026, 3, 20), 3),
        (D(2026, 3, 25), 2),
        (Q1, 2),
        (D(2026, 4, 1), 0),
    ):
        expected = [(Q1, vouchers, 1_000 * vouchers)] if vouchers else []
        assert held.rows(on_day, day) == expected, day


# -- rebates ---------------------------------------------------------------------------------------


@pytest.fixture
def paid(shop: Shop) -> Shop:
    """ann spent 300.00 in February and 131.00 in March; the first quarter is paid."""
    ledger = shop.on("2026-02-10")
    ledger.purchase("ann", 30_000, "p1")
    ledger = shop.on("2026-03-10")
    ledger.purchase("ann", 13_100, "p2")
    ledger = shop.on("2026-04-02")
    list(ledger.pay_rebates("2026-03"))
    list(ledger.pay_rebates("2026Q1"))
    return shop


REBATES = (
    "SELECT rebate, period, tier, percent, net_minor, due_minor, paid_minor, points_rebated, kind,"
    " vouchers_issued, grants, last_granted_on FROM rebates ORDER BY rebate, period"
)
CARRIED = "SELECT member, rebate, granted_minor, paid_minor, carried_minor FROM rebates_carried"
APRIL = D(2026, 4, 2)


def test_a_rebate_has_a_row_for_each_period(paid: Shop) -> None:
    assert paid.rows(REBATES) == [
        ("monthly", "2026-02", "silver", "1", 30_000, 300, 300, 300, "", 0, 1, APRIL),
        ("monthly", "2026-03", "silver", "1", 13_100, 131, 131, 131, "", 0, 1, APRIL),
        ("quarterly", "2026Q1", "silver", "4", 43_100, 1_724, 1_500, 0, "quarter", 3, 1, APRIL),
    ]
    assert paid.rows(f"{CARRIED} ORDER BY 2") == [
        ("ann", "monthly", 431, 431, 0),
        ("ann", "quarterly", 1_724, 1_500, 224),
    ]


def test_what_was_paid_too_much_stands_there_until_it_is_set_off(paid: Shop) -> None:
    ledger = paid.on("2026-04-10")
    ledger.return_purchase("ann", "p1")
    list(ledger.pay_rebates("2026-03"))
    february = ("monthly", "2026-02", "silver", "1", 0, 0, 300, 300, "", 0, 2, D(2026, 4, 10))
    assert paid.rows(REBATES)[0] == february
    assert paid.rows(f"{CARRIED} WHERE rebate = 'monthly'") == [("ann", "monthly", 131, 431, -300)]
    ledger.purchase("ann", 50_000, "p3")
    list(paid.on("2026-05-02").pay_rebates("2026-04"))
    assert paid.rows(f"{CARRIED} WHERE rebate = 'monthly'") == [("ann", "monthly", 631, 631, 0)]


def test_what_is_carried_goes_with_a_merge(paid: Shop) -> None:
    paid.ledger.merge("bo", "ann")
    assert paid.rows(f"{CARRIED} WHERE rebate = 'quarterly'") == [
        ("bo", "quarterly", 1_724, 1_500, 224)
    ]
    paid.ledger.unmerge("bo", "ann")
    assert ("ann", "quarterly", 1_724, 1_500, 224) in paid.rows(CARRIED)


# -- benefits --------------------------------------------------------------------------------------


def test_a_use_of_a_benefit_says_whether_it_counts(shop: Shop) -> None:
    ledger = shop.on("2026-02-10")
    ledger.purchase("ann", 12_000, "p1")
    ledger.use_benefit("ann", "parking", request_id="u1", store="east", till="3", reason="rain")
    ledger.purchase("ann", 50_000, "p2")
    ledger.use_benefit("ann", "parking", quantity=5, request_id="u2")
    ledger.cancel_benefit_use("ann", "u1", "slip", operator="wei")
    columns = (
        "member, request_id, benefit, quantity, tier, quota, used_before, store, till, reason,"
        " cancelled_on"
    )
    assert shop.rows(f"SELECT {columns} FROM benefit_uses ORDER BY position") == [
        ("ann", "u1", "parking", 1, "silver", 2, 0, "east", "3", "rain", D(2026, 2, 10)),
        ("ann", "u2", "parking", 5, "gold", None, 1, "", "", "", None),
    ]
