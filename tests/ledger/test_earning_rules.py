"""What a purchase earns, sentence by sentence (docs/program.md 1 to 5 and 7; RULES 1 to 5)."""

from __future__ import annotations

import pytest

from schemas.commands import LineItem, TenderPaid
from schemas.events import PurchaseRecorded
from tests.scenario import (
    BASIC,
    HEAD,
    LADDER,
    bought,
    breakdown,
    day,
    earned_points,
    enrolled,
    entry,
    given,
    one,
    wrote,
)

SUNDAY = "2026-03-01"
MONDAY = "2026-03-02"


def earn(name="base", points=1, **settings):
    return entry("earn", id=name, points=points, **{"per": "1.00", **settings})


def multiply(name, factor, **settings):
    return entry("multiply", id=name, factor=factor, **settings)


def line(amount_minor, category="", **said):
    return LineItem(amount_minor=amount_minor, category=category, **said)


def basket(*lines, at=SUNDAY, **said):
    return bought(sum(line.amount_minor for line in lines), lines=lines, at=at, **said)


def paid(**kinds):
    """Tenders, in minor units."""
    return tuple(TenderPaid(kind, amount) for kind, amount in kinds.items())


# -- 1. what counts ------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", ["skus", "categories", "brands"])
def test_a_purchase_without_lines_is_one_line_without_sku_category_or_brand(choice):
    """program.md 1: so a rule that chooses lines finds none in it."""
    field = {"skus": "sku", "categories": "category", "brands": "brand"}[choice]
    scenario = given(enrolled(), program=HEAD + earn(**{choice: ["x"]}))
    scenario.when(bought(10_000, at=SUNDAY)).then(earned_points(0), breakdown())
    chosen = LineItem(amount_minor=10_000, **{field: "x"})
    scenario.when(basket(chosen, purchase_id="p-2")).then(earned_points(100))


@pytest.mark.parametrize(("tax", "points"), [("included", 113), ("excluded", 100)])
def test_a_line_counts_less_its_tax_where_the_program_says_so(tax, points):
    """program.md 1: 113.00 with 13.00 of tax in it."""
    program = BASIC + f'[basis]\ntax = "{tax}"\n'
    given(enrolled(), program=program).when(basket(line(11_300, tax_minor=1_300))).then(
        earned_points(points)
    )


def test_a_line_of_an_excepted_category_counts_with_nothing():
    """program.md 1: of 100.00 and 50.00 of tobacco the 100.00."""
    program = BASIC + '[basis]\nexcept_categories = ["tobacco"]\n'
    given(enrolled(), program=program).when(basket(line(10_000), line(5_000, "tobacco"))).then(
        earned_points(100)
    )


@pytest.mark.parametrize("kind", ["points", "voucher", "gift_card"])
def test_money_paid_with_points_vouchers_or_gift_cards_earns_nothing(kind):
    """program.md 1, RULES 2: 60.00 of 100.00 are paid in cash."""
    tenders = paid(cash=6_000, **{kind: 4_000})
    given(enrolled()).when(bought(10_000, at=SUNDAY, tenders=tenders)).then(
        earned_points(60), wrote(PurchaseRecorded, qualifying_minor=6_000)
    )


@pytest.mark.parametrize(("excepted", "points"), [("[]", 100), ('["cash"]', 40)])
def test_the_program_may_name_other_tenders_that_do_not_earn(excepted, points):
    """program.md 1: 60.00 in cash and 40.00 in points."""
    program = BASIC + f"[basis]\nexcept_tenders = {excepted}\n"
    tenders = paid(cash=6_000, points=4_000)
    given(enrolled(), program=program).when(bought(10_000, at=SUNDAY, tenders=tenders)).then(
        earned_points(points)
    )


def test_every_line_counts_with_the_share_that_was_paid_with_money_that_earns():
    """program.md 1: half is paid with a voucher, so of the tea's 60.00 count 30.00."""
    program = HEAD + earn(categories=["tea"])
    tenders = paid(cash=5_000, voucher=5_000)
    given(enrolled(), program=program).when(
        basket(line(6_000, "tea"), line(4_000, "cake"), tenders=tenders)
    ).then(earned_points(30))


def test_the_qualifying_amount_of_the_till_is_the_share_whatever_the_tenders():
    """program.md 1: 25.00 of 100.00 qualify, so a quarter of the tea's 60.00: 15."""
    given(enrolled(), program=HEAD + earn(categories=["tea"])).when(
        basket(
            line(6_000, "tea"),
            line(4_000, "cake"),
            qualifying_minor=2_500,
            tenders=paid(voucher=10_000),
        )
    ).then(earned_points(15))


def test_a_rule_that_names_tenders_counts_what_was_paid_with_those_instead():
    """program.md 1: the base counts the 60.00 in cash, the other rule the 40.00 in points."""
    program = BASIC + earn("again", tenders=["points"])
    tenders = paid(cash=6_000, points=4_000)
    given(enrolled(), program=program).when(bought(10_000, at=SUNDAY, tenders=tenders)).then(
        breakdown("base 60", "again 40"), earned_points(100)
    )


def test_a_rule_that_names_tenders_counts_nothing_of_a_purchase_without_tenders():
    """program.md 1."""
    given(enrolled(), program=HEAD + earn(tenders=["cash"])).when(bought(10_000, at=SUNDAY)).then(
        breakdown(), earned_points(0)
    )


def test_nothing_is_rounded_before_the_end():
    """program.md 1, RULES 3: three lines of 0.50, two thirds in cash: 3 x 1/3 is a whole point."""
    tenders = paid(cash=100, voucher=50)
    given(enrolled()).when(basket(line(50), line(50), line(50), tenders=tenders)).then(
        breakdown("base 1"), earned_points(1)
    )


# -- 2. which rules apply ------------------------------------------------------------------------


def test_a_rule_without_a_line_that_counts_does_not_apply():
    """program.md 2: not even for points given once; and no multiplier without a rule (5)."""
    program = HEAD + earn(points=50, method="fixed") + multiply("double", "2")
    given(enrolled(), program=program).when(
        bought(10_000, at=SUNDAY, tenders=paid(points=10_000))
    ).then(breakdown(), earned_points(0))


@pytest.mark.parametrize(
    ("conditions", "on", "applies"),
    [
        ({"weekdays": ["sun"]}, "2026-03-01", True),
        ({"weekdays": ["sun"]}, "2026-03-02", False),
        ({"days_of_month": [16]}, "2026-03-16", True),
        ({"days_of_month": [16]}, "2026-03-17", False),
        ({"weekdays": ["sun"], "days_of_month": [16]}, "2026-03-01", True),
        ({"weekdays": ["sun"], "days_of_month": [16]}, "2026-03-16", True),
        ({"weekdays": ["sun"], "days_of_month": [16]}, "2026-03-17", False),
    ],
)
def test_weekdays_and_days_of_the_month_either_is_enough_where_both_are_named(
    conditions, on, applies
):
    """program.md 2; 1 March 2026 is a Sunday."""
    given(enrolled(), program=HEAD + earn(**conditions)).when(bought(10_000, at=on)).then(
        earned_points(100 if applies else 0)
    )


def test_the_business_day_is_that_of_the_programs_zone():
    """RULES, Time: Saturday 16:30 in London is Sunday 00:30 in Shanghai."""
    scenario = given(enrolled(), program=HEAD + earn(weekdays=["sun"]))
    scenario.when(bought(10_000, at="2026-02-28T16:30+00:00")).then(earned_points(100))


@pytest.mark.parametrize(
    ("on", "points"),
    [("2026-03-04", 0), ("2026-03-05", 1), ("2026-03-08", 3), ("2026-03-10", 3), ("2026-03-11", 0)],
)
def test_a_rule_of_a_campaign_holds_on_the_campaigns_days_within_its_own(on, points):
    """program.md 2: the campaign from the 5th to the 10th, one of its rules from the 8th on."""
    program = (
        HEAD
        + earn("all", points=1, campaign="spring")
        + earn("late", points=2, campaign="spring", starts_on=day("2026-03-08"))
        + entry("campaign", id="spring", starts_on=day("2026-03-05"), ends_on=day("2026-03-10"))
    )
    given(enrolled(), program=program).when(bought(100, at=on)).then(earned_points(points))


@pytest.mark.parametrize(("upgrade_first", "points"), [("false", 0), ("true", 6000)])
def test_tiers_look_at_the_tier_that_the_purchase_earns_under(upgrade_first, points):
    """program.md 2: the purchase that reaches silver earns under it only with upgrade_first."""
    ladder = LADDER.partition("[[tier]]")
    program = f"upgrade_first = {upgrade_first}\n" + HEAD + earn(points=6, tiers=["silver"])
    program += ladder[1] + ladder[2]
    scenario = given(enrolled(), program=program)
    scenario.when(bought(100_000, at=SUNDAY)).then(earned_points(points))
    scenario.when(bought(100, at=MONDAY, purchase_id="p-2")).then(earned_points(6))


@pytest.mark.parametrize(("cake", "points"), [(8_000, 20), (7_999, 0)])
def test_min_amount_looks_at_the_whole_amount(cake, points):
    """program.md 2: 20.00 of tea earn when the receipt comes to 100.00."""
    program = HEAD + earn(categories=["tea"], min_amount="100.00")
    given(enrolled(), program=program).when(basket(line(2_000, "tea"), line(cake))).then(
        earned_points(points)
    )


def test_the_first_purchase_is_the_first_that_was_recorded():
    """program.md 2: one from an earlier day that is told later is the second."""
    scenario = given(enrolled(), program=BASIC + earn("first", points=9, first_purchase=True))
    scenario.when(bought(100, at=MONDAY)).then(
        earned_points(10), wrote(PurchaseRecorded, first=True)
    )
    scenario.when(bought(100, at=SUNDAY, purchase_id="p-2")).then(
        earned_points(1), wrote(PurchaseRecorded, first=False)
    )


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"stores": ["s-1", "s-2"]}, {"store": "s-2"}),
        ({"partners": ["cafe"]}, {"partner": "cafe"}),
        ({"channels": ["app"]}, {"channel": "app"}),
        ({"occasions": ["birthday", "opening"]}, {"occasions": ("rain", "opening")}),
    ],
)
def test_a_rule_may_ask_for_what_the_till_says(named, said):
    """program.md 2: any one of the names is enough; without a word of the till it does not hold."""
    scenario = given(enrolled(), program=HEAD + earn(**named))
    scenario.when(bought(100, at=SUNDAY, **said)).then(earned_points(1))
    scenario.when(bought(100, at=SUNDAY, purchase_id="p-2")).then(earned_points(0))
    other = {name: ("other",) if name == "occasions" else "other" for name in said}
    scenario.when(bought(100, at=SUNDAY, purchase_id="p-3", **other)).then(earned_points(0))


def test_every_condition_that_is_named_must_hold():
    """program.md 2."""
    scenario = given(enrolled(), program=HEAD + earn(stores=["s-1"], channels=["app"]))
    scenario.when(bought(100, at=SUNDAY, store="s-1")).then(earned_points(0))
    scenario.when(bought(100, at=SUNDAY, purchase_id="p-2", channel="app")).then(earned_points(0))
    both = bought(100, at=SUNDAY, purchase_id="p-3", store="s-1", channel="app")
    scenario.when(both).then(earned_points(1))


# -- 3. lines ------------------------------------------------------------------------------------


def test_rules_that_do_not_stack_claim_their_lines_the_highest_priority_first():
    """program.md 3: 3 x 100 of the brand's tea, 2 x 50 of other tea, 1 x 10 of the rest."""
    program = (
        HEAD
        + earn("rest", points=1)
        + earn("tea", points=2, categories=["tea"], stackable=False, priority=1)
        + earn("brand", points=3, brands=["x"], stackable=False, priority=5)
    )
    given(enrolled(), program=program).when(
        basket(line(10_000, "tea", brand="x"), line(5_000, "tea"), line(1_000, "cake"))
    ).then(breakdown("brand 300", "tea 100", "rest 10"), earned_points(410))


def test_of_equal_priority_the_rule_written_first_claims_and_one_without_lines_does_not_apply():
    """program.md 3; points given once are not given either."""
    program = (
        HEAD
        + earn("first", points=2, stackable=False)
        + earn("second", points=500, method="fixed", stackable=False)
    )
    given(enrolled(), program=program + earn("base")).when(basket(line(10_000))).then(
        breakdown("first 200"), earned_points(200)
    )


def test_rules_that_stack_count_the_same_lines_in_the_order_written():
    """program.md 3: whatever their priority."""
    program = BASIC + earn("late", points=2, priority=9) + earn("last", points=3)
    given(enrolled(), program=program).when(basket(line(10_000))).then(
        breakdown("base 100", "late 200", "last 300")
    )


# -- 4. points -----------------------------------------------------------------------------------


def test_a_rule_per_block_counts_its_lines_together():
    """program.md 4: 30.00 and 39.99 of tea are one block of 50.00; cake does not count."""
    program = HEAD + earn(points=5, per="50.00", method="per_block", categories=["tea"])
    given(enrolled(), program=program).when(
        basket(line(3_000, "tea"), line(3_999, "tea"), line(6_000, "cake"))
    ).then(earned_points(5))


@pytest.mark.parametrize(("per_unit", "points"), [(False, 7), (True, 35)])
def test_fixed_points_are_given_once_or_for_each_unit_of_the_lines_that_count(per_unit, points):
    """program.md 4: 2 and 3 units of tea count; 4 of cake, and 9 that cost nothing, do not."""
    program = HEAD + earn(points=7, method="fixed", per_unit=per_unit, categories=["tea"])
    given(enrolled(), program=program).when(
        basket(
            line(2_000, "tea", quantity=2),
            line(3_000, "tea", quantity=3),
            line(4_000, "cake", quantity=4),
            line(0, "tea", quantity=9),
        )
    ).then(earned_points(points))


# -- 5. multipliers ------------------------------------------------------------------------------


def gold(*sections):
    """A gold card (1.5 times) since the day before, under a program with these sections."""
    return given(enrolled(), bought(500_000, purchase_id="p-0"), program=LADDER + "".join(sections))


def test_the_tiers_multiplier_comes_first_then_the_others_as_written_each_on_all_before():
    """program.md 5: 100 x 1.5 x 2 x 1.2 = 360."""
    gold(multiply("double", "2"), multiply("more", "1.2")).when(bought(10_000, at=SUNDAY)).then(
        breakdown("base 100", "tier:gold 50", "double 150", "more 60"), earned_points(360)
    )


def test_multipliers_have_conditions_like_rules():
    """program.md 5: 118.00 on the member day, the 8th."""
    scenario = given(enrolled(), program=BASIC + multiply("day", "1.5", days_of_month=[8]))
    scenario.when(bought(11_800, at="2026-03-08")).then(earned_points(177))
    scenario.when(bought(11_800, at="2026-03-09", purchase_id="p-2")).then(earned_points(118))


def test_a_multiplier_that_does_not_stack_applies_alone_without_the_tiers():
    """program.md 5: not the highest priority of all, but of those that do not stack."""
    gold(
        multiply("stacks", "5", priority=9),
        multiply("low", "2", stackable=False, priority=1),
        multiply("high", "3", stackable=False, priority=2),
        multiply("high-too", "4", stackable=False, priority=2),
    ).when(bought(10_000, at=SUNDAY)).then(breakdown("base 100", "high 200"), earned_points(300))


def test_a_multiplier_that_does_not_stack_and_does_not_apply_leaves_the_others():
    """program.md 5: 100 x 1.5 x 2."""
    gold(multiply("double", "2"), multiply("alone", "9", stackable=False, stores=["s-9"])).when(
        bought(10_000, at=SUNDAY)
    ).then(earned_points(300))


# -- 7, and the version that decides -------------------------------------------------------------


@pytest.mark.parametrize(("rounding", "points"), [("floor", 2), ("half_up", 3), ("ceil", 3)])
def test_the_sum_of_all_rules_and_multipliers_is_rounded_once(rounding, points):
    """program.md 7: (0.50 + 1.50) x 1.25 = 2.5."""
    program = f'rounding = "{rounding}"\n' + BASIC + earn("thrice", points=3)
    program += multiply("more", "1.25")
    given(enrolled(), program=program).when(bought(50, at=SUNDAY)).then(
        breakdown("base 1/2", "thrice 3/2", "more 1/2"), earned_points(points)
    )


@pytest.mark.parametrize(
    ("at", "points", "version"), [("2026-02-28 23:59", 100, 1), ("2026-03-01 00:00", 200, 2)]
)
def test_a_version_holds_from_the_start_of_its_first_day_for_what_happens_from_then_on(
    at, points, version
):
    """RULES 1, effective_from: also when the purchase is recorded after a newer version began."""
    newer = HEAD.replace("2000-01-01", "2026-03-01") + earn(points=2)
    given(enrolled(), bought(1, at="2026-05-01", purchase_id="p-0")).under(newer).when(
        bought(10_000, at=at)
    ).then(earned_points(points), wrote(PurchaseRecorded, program_version=version))


def test_a_later_version_leaves_what_was_recorded_as_it_was():
    """RULES 5: the event keeps its breakdown and its version."""
    scenario = given(enrolled(), bought(10_000, at=SUNDAY)).under(HEAD + earn(points=7))
    (purchase,) = [e for e in scenario.histories["m-001"] if isinstance(e, PurchaseRecorded)]
    breakdown("base 100")(scenario.account, (purchase,))
    assert (purchase.points_earned, purchase.program_version) == (100, 1)
    scenario.left({1: 100})


def test_tenders_and_lines_stay_on_the_event_as_they_were_said():
    """RULES 5: enough to judge the purchase again."""
    tenders = paid(cash=6_000, points=4_000)
    scenario = given(enrolled()).when(
        basket(line(10_000, "tea", sku="t-1", quantity=2), tenders=tenders, occasions=("birthday",))
    )
    purchase = one(scenario.events, PurchaseRecorded)
    (kept,) = purchase.lines
    assert (kept.line, kept.sku, kept.quantity, kept.amount_minor) == (1, "t-1", 2, 10_000)
    assert [(t.kind, t.amount_minor) for t in purchase.tenders] == [
        ("cash", 6_000),
        ("points", 4_000),
    ]
    assert purchase.occasions == ("birthday",)
