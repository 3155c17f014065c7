"""What a return is due and where it comes from (RULES 14, 15, 17; docs/life.md, Returns)."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.errors import ReturnExceedsPurchase, ReturnWindowClosed, UnknownPurchase
from schemas.commands import LineItem, ReturnedItem, TenderPaid
from schemas.events import (
    ExpiryUndone,
    PointsExpired,
    RedemptionReversed,
    ReturnRecorded,
)
from tests.scenario import (
    BASIC,
    HEAD,
    LADDER,
    awarded,
    bought,
    brought_back,
    day,
    enrolled,
    entry,
    expire,
    given,
    hold,
    in_order,
    one,
    redeem,
    reverse,
    wrote,
)

MARCH, LATER = "2026-03-01", "2026-03-05"
TEA = HEAD + entry("earn", id="tea", points=1, per="1.00", categories=["tea"])
LAPSING = BASIC + '[expiry]\npolicy = "months"\nmonths = 1\n'


def basket(*lines, **said):
    """Lines of (minor units, category, units)."""
    items = tuple(LineItem(amount_minor=a, category=c, quantity=q) for a, c, q in lines)
    return bought(sum(a for a, *_ in lines), lines=items, at=MARCH, **said)


def due(points, **fields):
    return wrote(ReturnRecorded, points_due=points, **fields)


def back(amount_minor=None, **said):
    return brought_back(amount_minor, **{"at": LATER, **said})


def dues(scenario, *returns):
    """The points due of one return after another."""
    return [one(scenario.when(asked).then().events, ReturnRecorded).points_due for asked in returns]


# -- refused -------------------------------------------------------------------------------------


def test_a_purchase_that_the_member_does_not_have_is_refused():
    """RULES 17: another receipt, another partner's, another member's."""
    scenario = given(enrolled("m-001", "m-002"), bought(10_000, at=MARCH, partner="cafe"))
    for asked, partner in (
        (back(purchase_id="p-9", partner="cafe"), "cafe"),
        (back(), ""),
        (back(partner="cafe", member="m-002"), "cafe"),
    ):
        scenario.when(asked).then_refused(
            UnknownPurchase, partner=partner, purchase_id=asked.purchase_id
        )


@pytest.mark.parametrize(
    ("days", "on", "last"),
    [
        (7, "2026-03-08", None),
        (7, "2026-03-09", "2026-03-08"),
        (0, MARCH, None),
        (0, "2026-03-02", MARCH),
    ],
)
def test_goods_can_be_returned_within_the_window(days, on, last):
    """RULES 17: `return_window_days` from the purchase's day, inclusive."""
    program = f"return_window_days = {days}\n" + BASIC
    scenario = given(enrolled(), bought(10_000, at=MARCH), program=program).when(
        back(at=f"{on} 23:59")
    )
    if last is None:
        scenario.then(due(100))
    else:
        scenario.then_refused(ReturnWindowClosed, purchase_id="p-1", last_day=last)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ((), back(10_001)),
        ((back(1),), back(10_000)),
        ((), back(lines={3: 1})),
        ((), back(lines={1: 4})),
        ((back(lines={1: 1}),), back(lines={1: 3})),
        ((back(lines={1: 3}),), back(lines={1: None})),
        ((), back(items=(ReturnedItem(line=2, amount_minor=4_001),))),
        ((back(7_000),), back(items=(ReturnedItem(line=2, amount_minor=3_001),))),
        ((back(),), back()),
        ((back(10_000),), back(lines={1: 1})),
    ],
)
def test_more_than_is_kept_can_not_come_back(before, asked):
    """RULES 17: of 3 units for 60.00 and one for 40.00."""
    scenario = given(enrolled(), basket((6_000, "tea", 3), (4_000, "cake", 1)), *before)
    scenario.when(asked).then_refused(ReturnExceedsPurchase, purchase_id="p-1")


# -- what is kept --------------------------------------------------------------------------------


def test_a_whole_return_takes_back_exactly_what_was_earned():
    """RULES 14."""
    given(enrolled(), bought(11_899, at=MARCH)).when(back()).then(
        in_order(ReturnRecorded),
        due(118, points_returned=118, whole=True, amount_minor=11_899, purchased_on=day(MARCH)),
        wrote(ReturnRecorded, available={1: -118}),
    ).left({})


def test_units_take_their_part_of_the_lines_money_and_the_last_all_that_is_left():
    """life.md: 10.00 for 3 units is 3.33, 6.66 and 10.00 so far; kept are 6, 3 and 0 points."""
    scenario = given(enrolled(), basket((1_000, "tea", 3)))
    money = []
    for points in (4, 3, 3):
        scenario.when(back(lines={1: 1})).then(due(points))
        money.append(one(scenario.events, ReturnRecorded).amount_minor)
    assert money == [333, 333, 334]
    assert one(scenario.events, ReturnRecorded).whole


def test_a_line_without_a_number_of_units_comes_back_with_all_that_is_kept_of_it():
    """ReturnedItem: one of three units for 60.00 came back before."""
    scenario = given(enrolled(), basket((6_000, "tea", 3), (4_000, "cake", 1)), back(lines={1: 1}))
    scenario.when(back(lines={1: None})).then(due(40, amount_minor=4_000, whole=False))
    (line,) = one(scenario.events, ReturnRecorded).returned
    assert (line.line, line.quantity, line.amount_minor) == (1, 2, 4_000)


def test_a_whole_return_brings_the_lines_that_cost_nothing_too():
    """life.md: 2 units that were free, by line like the others."""
    scenario = given(enrolled(), basket((6_000, "tea", 3), (0, "cup", 2))).when(back())
    returned = one(scenario.events, ReturnRecorded).returned
    assert [(r.line, r.quantity, r.amount_minor) for r in returned] == [(1, 3, 6_000), (2, 2, 0)]


def test_an_amount_on_a_line_takes_that_and_no_units():
    """life.md: 20.00 off three units of tea for 60.00; a unit is 20.00, the last the 20.00 left."""
    off = ReturnedItem(line=1, amount_minor=2_000)
    scenario = given(enrolled(), basket((6_000, "tea", 3), (4_000, "cake", 1)), program=TEA)
    scenario.when(back(items=(off,))).then(due(20, amount_minor=2_000))
    scenario.when(back(lines={1: 2})).then(due(40, amount_minor=4_000))
    scenario.when(back(lines={1: 1})).then_refused(ReturnExceedsPurchase)


def test_an_amount_without_lines_is_off_every_line_alike():
    """life.md: half of 100.00 leaves half of the tea's 60.00; then the cake leaves 60 x 10/60."""
    scenario = given(enrolled(), basket((6_000, "tea", 1), (4_000, "cake", 1)), program=TEA)
    scenario.when(back(5_000)).then(due(30, returned=()))
    scenario.when(back(lines={2: 1})).then(due(20, amount_minor=4_000))
    scenario.when(back()).then(due(10, amount_minor=1_000, whole=True))


def test_a_line_brings_no_more_than_is_kept_of_the_whole():
    """life.md: after 50.00 of 100.00 a line of 60.00 brings the other 50.00."""
    scenario = given(enrolled(), basket((6_000, "tea", 1), (4_000, "cake", 1)), back(5_000))
    scenario.when(back(lines={1: 1})).then(due(50, amount_minor=5_000, whole=True))


@pytest.mark.parametrize("last", [back(), back(4_000), back(lines={2: 1}), back(lines={2: None})])
def test_a_purchase_is_returned_whole_when_nothing_of_its_money_is_kept(last):
    """life.md: in whatever way."""
    scenario = given(enrolled(), basket((6_000, "tea", 1), (4_000, "cake", 1)))
    scenario.when(back(lines={1: 1})).then(due(60, whole=False))
    scenario.when(last).then(due(40, whole=True)).left({})


def test_a_purchase_without_lines_is_one_line():
    """program.md 1, life.md."""
    scenario = given(enrolled(), bought(10_000, at=MARCH))
    scenario.when(back(lines={2: 1})).then_refused(ReturnExceedsPurchase)
    scenario.when(back(lines={1: 1})).then(due(100, whole=True))


# -- what is due ---------------------------------------------------------------------------------


@pytest.mark.parametrize("split", [[1_000] * 10, [5_000, 5_000], [9_999, 1], [10_000]])
def test_many_small_returns_cost_the_same_as_one_big_one(split):
    """RULES 14: 100.00 at a point for 3.00 earn 33."""
    program = HEAD + entry("earn", id="base", points=1, per="3.00")
    scenario = given(enrolled(), bought(10_000, at=MARCH), program=program)
    assert sum(dues(scenario, *(back(amount) for amount in split))) == 33
    scenario.left({})


@for_all(
    st.lists(st.integers(1, 400), min_size=1, max_size=8),
    st.sampled_from(["floor", "half_up", "ceil"]),
)
def test_what_is_due_depends_on_what_is_kept_alone(amounts, rounding):
    """RULES 14: of 35.00 at 2 points for 3.00, with 5 more for 20.00 and above."""
    program = f'rounding = "{rounding}"\n' + HEAD
    program += entry("earn", id="base", points=2, per="3.00")
    program += entry("earn", id="big", points=5, method="fixed", min_amount="20.00")
    steps = (enrolled(), bought(3_500, at=MARCH))
    apart = dues(given(*steps, program=program), *(back(amount) for amount in amounts))
    together = dues(given(*steps, program=program), back(sum(amounts)))
    assert sum(apart) == sum(together)


def test_a_return_is_judged_by_the_version_that_the_purchase_was_recorded_with():
    """RULES 14: whatever a point costs today."""
    scenario = given(enrolled(), bought(10_000, at=MARCH)).under(
        BASIC.replace("points = 1", "points = 7")
    )
    assert dues(scenario, back(4_000), back()) == [40, 60]


def test_a_return_takes_back_the_tiers_multiplier_that_the_purchase_had():
    """RULES 14: 150 of gold for 100.00, so 75 for the half, though gold was dropped since."""
    scenario = given(
        enrolled(),
        bought(500_000, at="2026-02-01", purchase_id="p-0"),
        bought(10_000, at=MARCH),
        program=LADDER,
    ).under(BASIC)
    assert dues(scenario, back(5_000), back()) == [75, 75]


def test_a_return_takes_back_what_the_day_and_the_occasion_gave():
    """RULES 14: doubled on 1 March and thrice on a birthday, returned on the 5th."""
    program = BASIC + entry("multiply", id="day", factor="2", days_of_month=[1])
    program += entry("multiply", id="birthday", factor="3", occasions=["birthday"])
    said = {"at": MARCH, "occasions": ("birthday",)}
    scenario = given(enrolled(), bought(1_000, **said), program=program)
    assert dues(scenario, back(400), back()) == [24, 36]


def test_a_bonus_for_a_big_receipt_goes_when_less_than_that_is_kept():
    """RULES 14: 120 + 50 at 100.00 and above; 90.00 kept earn 90; then the rest."""
    program = BASIC + entry("earn", id="big", points=50, method="fixed", min_amount="100.00")
    scenario = given(enrolled(), bought(12_000, at=MARCH), program=program)
    assert dues(scenario, back(2_000), back(1_000), back()) == [20, 60, 90]


def test_points_for_each_unit_go_with_the_units():
    """program.md 4: 7 for each of 3 units of tea."""
    rule = entry("earn", id="unit", points=7, method="fixed", per_unit=True, categories=["tea"])
    scenario = given(enrolled(), basket((6_000, "tea", 3), (4_000, "cake", 1)), program=HEAD + rule)
    assert dues(scenario, back(lines={1: 1}), back(lines={2: 1}), back()) == [7, 0, 14]


def test_a_line_that_a_rule_had_claimed_is_claimed_in_what_is_kept():
    """program.md 3: tea 3 x 60, cake 1 x 40; the cake comes back first."""
    claims = entry("earn", id="tea", points=3, per="1.00", categories=["tea"], stackable=False)
    scenario = given(
        enrolled(), basket((6_000, "tea", 3), (4_000, "cake", 1)), program=BASIC + claims
    )
    assert dues(scenario, back(lines={2: 1}), back(lines={1: 1}), back()) == [40, 60, 120]


def test_a_multiplier_below_one_that_falls_away_makes_nothing_due_below_zero_in_all():
    """life.md: 50 for 100.00 and above, 90 for 90.00, 40 for 40.00: 0, then 10, then 40."""
    program = BASIC + entry("multiply", id="bulk", factor="0.5", min_amount="100.00")
    scenario = given(enrolled(), bought(10_000, at=MARCH), program=program)
    assert dues(scenario, back(1_000), back(5_000), back()) == [0, 10, 40]


def test_the_share_of_money_that_earns_stays_what_it_was():
    """life.md: 60.00 of 100.00 in cash; of 33.33 that come back 20 points, 19.998 rounded up."""
    tenders = (TenderPaid("cash", 6_000), TenderPaid("voucher", 4_000))
    scenario = given(enrolled(), bought(10_000, at=MARCH, tenders=tenders))
    scenario.when(back(3_333)).then(due(20, qualifying_minor=2_000))
    scenario.when(back(3_333)).then(due(20, qualifying_minor=2_000))
    scenario.when(back()).then(due(20, qualifying_minor=2_000))


# -- where it comes from -------------------------------------------------------------------------


def test_the_purchases_own_lot_is_taken_first_then_others_in_spending_order():
    """RULES 15: 100 of the purchase, of which 30 were spent; then 20 of June, 10 of December."""
    scenario = given(
        enrolled(),
        bought(10_000, at=MARCH),
        redeem(30, at=MARCH),
        awarded(90, expires_on="2026-12-31", at=LATER),
        awarded(20, expires_on="2026-06-30", at=LATER),
    )
    scenario.when(back()).then(wrote(ReturnRecorded, available={1: -70, 3: -20, 2: -10}))
    scenario.left({2: 80})


@pytest.mark.parametrize(
    ("waiting", "on"), [("available_after_days = 14\n", LATER), ("", "2026-05-01")]
)
def test_the_own_lot_is_taken_whatever_its_days(waiting, on):
    """life.md: pending still, or lapsed with no run yet."""
    scenario = given(
        enrolled(),
        bought(10_000, at=MARCH),
        awarded(50, expires_on="2026-12-31"),
        program=waiting + LAPSING,
    )
    scenario.when(back(at=on)).then(
        in_order(ReturnRecorded), wrote(ReturnRecorded, available={1: -100})
    )


def test_points_that_expired_are_not_taken_twice():
    """life.md: the own lot's 100 of 2 April are undone and taken, as many as are due."""
    scenario = given(
        enrolled(),
        bought(10_000, at=MARCH),
        awarded(50),
        expire("2026-04-01", at="2026-04-02"),
        program=LAPSING,
    )
    scenario.when(back(4_000, at="2026-05-01")).then(
        in_order(ExpiryUndone, ReturnRecorded),
        wrote(ExpiryUndone, points_restored=40, at="2026-04-02 00:00", available={1: 40}),
        wrote(ReturnRecorded, available={1: -40}),
    )
    scenario.when(back(at="2026-05-01")).then(wrote(ReturnRecorded, available={1: -60}))


def test_what_was_spent_of_an_expired_lot_comes_from_the_others():
    """RULES 15: 70 expired and 30 were spent, so 30 of the award."""
    scenario = given(
        enrolled(),
        bought(10_000, at=MARCH),
        redeem(30, at=MARCH),
        awarded(50, expires_on="2027-01-01", at=MARCH),
        expire("2026-04-01", at="2026-04-02"),
        program=LAPSING,
    )
    scenario.when(back(at="2026-05-01")).then(wrote(ReturnRecorded, available={1: -70, 2: -30}))
    scenario.left({2: 20})


def test_points_on_hold_are_not_taken():
    """life.md: everything available in it; the 60 held are owed."""
    scenario = given(enrolled(), bought(10_000, at=MARCH), hold(60, at=MARCH, minutes=100_000))
    scenario.when(back()).then(wrote(ReturnRecorded, available={1: -40}, debt=60))
    scenario.left({}, held={1: 60}, debt=60)


# -- points that were paid towards the receipt ---------------------------------------------------


def paid_with_points(*spent, program=BASIC):
    """Redemptions towards p-1, a purchase of 100.00 of 1 March."""
    redemptions = [
        redeem(points, at=MARCH, purchase_id="p-1", request_id=f"s-{number}")
        for number, points in enumerate(spent, start=1)
    ]
    steps = (awarded(40, expires_on="2026-03-31"), awarded(500), *redemptions)
    return given(enrolled(), *steps, bought(10_000, at=MARCH), program=program)


def test_points_paid_towards_the_receipt_come_back_in_proportion_before_points_are_taken():
    """life.md, Returns 1: 30 of 100 for 30.00 of 100.00; the last taken first back."""
    scenario = paid_with_points(100)
    scenario.when(back(3_000)).then(
        in_order(RedemptionReversed, ReturnRecorded),
        wrote(RedemptionReversed, points_reversed=30, purchase_id="p-1", available={2: 30}),
        due(30, available={3: -30}),
    )


def test_the_points_that_come_back_are_cumulative_and_all_of_them_for_a_whole_return():
    """life.md, Returns 1: of 10 points 3 for a third, 6 for two, 10 for all."""
    scenario = paid_with_points(10)
    found = []
    for asked in (back(3_333), back(3_333), back()):
        found.append(one(scenario.when(asked).then().events, RedemptionReversed).points_reversed)
    assert found == [3, 3, 4]


def test_no_more_points_come_back_than_are_left_to_reverse():
    """life.md, Returns 1: 80 of 100 were given back by hand."""
    scenario = paid_with_points(100).and_then(reverse(80, at=MARCH))
    scenario.when(back()).then(wrote(RedemptionReversed, points_reversed=20))


def test_every_redemption_towards_the_receipt_comes_back_with_a_whole_return():
    """life.md, Returns 1: oldest first; but one towards another partner's receipt."""
    scenario = paid_with_points(30, 20).and_then(
        redeem(7, at=MARCH, purchase_id="p-1", partner="cafe"), redeem(9, at=MARCH)
    )
    scenario.when(back()).then(
        in_order(RedemptionReversed, RedemptionReversed, ReturnRecorded),
        wrote(RedemptionReversed, nth=0, redemption="s-1", points_reversed=30),
        wrote(RedemptionReversed, nth=1, redemption="s-2", points_reversed=20),
    )


def test_of_several_redemptions_the_oldest_comes_back_first():
    """life.md, Returns 1: half of 3 and 3 are 3 of the first; the second's with the rest."""
    scenario = paid_with_points(3, 3)
    scenario.when(back(5_000)).then(wrote(RedemptionReversed, redemption="s-1", points_reversed=3))
    scenario.when(back(3_000)).then(wrote(RedemptionReversed, redemption="s-2", points_reversed=1))
    scenario.when(back()).then(wrote(RedemptionReversed, redemption="s-2", points_reversed=2))


def test_points_that_come_back_with_goods_expire_at_once_past_their_day():
    """RULES 13: 40 of March and 60 that never end; returned in April."""
    scenario = paid_with_points(100).when(back(at="2026-04-01"))
    scenario.then(
        in_order(RedemptionReversed, PointsExpired, ReturnRecorded),
        wrote(PointsExpired, points_expired=40),
    )
