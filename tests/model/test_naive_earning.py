"""What the naive model lets members earn, held against examples worked by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from schemas.commands import EnrolMember, GrantBonus, LineItem, ReturnPurchase, TenderPaid
from tests.model.naive_rules import Fact
from tests.model.story import BASIC, Life, kinds, refused

TWO_LINES = (LineItem(amount_minor=600, sku="tea", quantity=3), LineItem(amount_minor=400))


def earned(settings: str, day: str = "2026-03-04", **said: Any) -> Fact:
    """The purchase of 10.00 under a program."""
    return Life(settings).buy(10, day, **said)[0]


def test_lines_choose_rules_and_an_exclusive_rule_claims_its_lines() -> None:
    tea = '\n[[earn]]\nid = "tea"\nskus = ["tea"]\npoints = 5\nstackable = false\n'
    bought = earned(BASIC + tea, lines=TWO_LINES)
    assert bought["steps"][:2] == [("tea", Fraction(30)), ("base", Fraction(4))]
    assert bought["points_earned"] == 34


def test_what_was_paid_with_points_earns_nothing_unless_a_rule_names_it() -> None:
    paid = (TenderPaid("cash", 700), TenderPaid("points", 300))
    points = '\n[[earn]]\nid = "with-points"\ntenders = ["points"]\npoints = 2\n'
    bought = earned(BASIC + points, tenders=paid)
    assert (bought["points_earned"], bought["qualifying_minor"]) == (7 + 6, 700)


def test_fixed_points_come_once_or_for_each_unit() -> None:
    once = '\n[[earn]]\nid = "once"\nmethod = "fixed"\npoints = 7\n'
    each = '\n[[earn]]\nid = "each"\nmethod = "fixed"\npoints = 2\nper_unit = true\n'
    assert earned(BASIC + once + each, lines=TWO_LINES)["points_earned"] == 10 + 7 + 2 * 4


def test_tax_and_excepted_categories_count_nothing() -> None:
    basis = '\n[basis]\ntax = "excluded"\nexcept_categories = ["card"]\n'
    lines = (
        LineItem(amount_minor=600, tax_minor=100),
        LineItem(amount_minor=400, category="card"),
    )
    assert earned(BASIC + basis, lines=lines)["points_earned"] == 5


def test_multipliers_go_in_the_order_written_and_an_exclusive_one_goes_alone() -> None:
    double = '\n[[multiply]]\nid = "double"\nfactor = "2"\n'
    half = '\n[[multiply]]\nid = "half"\nfactor = "0.5"\nstackable = false\n'
    assert earned(BASIC + double)["points_earned"] == 20
    assert earned(BASIC + double + half)["steps"] == [("base", 10), ("half", Fraction(-5))]


def test_caps_are_taken_off_right_after_the_step_that_they_cut() -> None:
    rule = BASIC + "caps = { per_day = 8 }\n"
    double = '\n[[multiply]]\nid = "double"\nfactor = "2"\n'
    life = Life("caps = { per_purchase = 15 }" + rule + double)
    assert life.buy(10, "2026-03-01")[0]["steps"] == [
        *[("base", 10), ("cap:rule:base", -2), ("tier:", 0), ("double", 8), ("cap:program", -1)]
    ]
    assert life.buy(10, "2026-03-01")[0]["points_earned"] == 0
    assert life.buy(10, "2026-03-02")[0]["points_earned"] == 15


def test_a_return_makes_room_under_the_cap_of_its_day_again() -> None:
    life = Life("caps = { per_day = 10 }" + BASIC)
    life.buy(10, "2026-03-01", purchase_id="p")
    assert life.buy(5, "2026-03-01")[0]["points_earned"] == 0
    life.tell(ReturnPurchase, "2026-03-01", purchase_id="p", amount_minor=400)
    assert life.buy(5, "2026-03-01")[0]["points_earned"] == 4


def test_weekdays_or_days_of_the_month_are_enough() -> None:
    days = BASIC + 'weekdays = ["wed"]\ndays_of_month = [1]\n'
    assert [earned(days, f"2026-03-0{n}")["points_earned"] for n in (1, 2, 4)] == [10, 0, 10]


def test_bonuses_come_with_an_enrolment_and_with_who_brought_whom() -> None:
    welcome = '\n[[bonus]]\nid = "welcome"\non = "enrolment"\npoints = 5\n'
    friend = '\n[[bonus]]\nid = "friend"\non = "referral"\npoints = 9\n'
    life = Life(BASIC + friend + welcome)
    for name, expected in (("n", ["n", "n", "m"]), ("o", ["o", "o"])):
        facts = life.tell(EnrolMember, "2026-03-01", member=name, referred_by="m")
        assert [fact["member"] for fact in facts] == expected
    with refused("bonus_not_offered"):
        life.tell(GrantBonus, "2026-03-01", bonus="friend")


def test_a_bonus_is_granted_as_often_as_its_period_allows() -> None:
    bonus = '\n[[bonus]]\nid = "b"\non = "request"\npoints = 5\nperiod = "month"\n'
    life = Life(BASIC + bonus)
    life.tell(GrantBonus, "2026-03-01", bonus="b")
    with refused("limit_exceeded"):
        life.tell(GrantBonus, "2026-03-31", bonus="b")
    assert kinds(life.tell(GrantBonus, "2026-04-01", bonus="b")) == ["PointsAwarded"]


def test_an_award_may_end_on_its_day_but_not_before() -> None:
    life = Life()
    with refused("already_lapsed"):
        life.award(10, "2026-03-02", expires_on="2026-03-01")
    life.award(10, "2026-03-02", expires_on="2026-03-02")
    assert life.redeem(10, "2026-03-02")[0]["moves"] == {(1, "available"): -10}


def test_an_adjustment_below_zero_may_owe_and_a_credit_repays_first() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    with refused("insufficient_points"):
        life.adjust(-15, "2026-03-02")
    assert life.adjust(-15, "2026-03-02", may_owe=True)[0]["moves"] == {
        (1, "available"): -10,
        (0, "debt"): 5,
    }
    (given,) = life.award(7, "2026-03-03")
    assert given["lots"][0]["points"] == 7
    assert given["moves"] == {(2, "available"): 2, (0, "debt"): -5}


def test_undoing_an_adjustment_gives_back_what_its_debt_was_repaid_with() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    life.adjust(-15, "2026-03-02", may_owe=True)
    name = life.last
    life.award(3, "2026-03-03")
    (undone,) = life.undo(name, "2026-03-04")
    assert undone["moves"] == {(1, "available"): 10, (3, "available"): 3, (0, "debt"): -2}
    with refused("already_undone"):
        life.undo(name, "2026-03-04")
    with refused("unknown_adjustment"):
        life.undo(life.last, "2026-03-04")


def test_undoing_takes_from_its_own_lot_first() -> None:
    life = Life()
    life.award(10, "2026-03-01")
    life.adjust(5, "2026-03-01")
    assert life.undo(life.last, "2026-03-01")[0]["moves"] == {(2, "available"): -5}
