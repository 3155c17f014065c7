"""What the check of a program finds: each of its rules, and a neighbour that has nothing of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger import Lack, check_program
from ledger.checks import CHECKS, refuse_errors
from ledger.errors import ProgramHasErrors
from schemas.program_file import load_program
from tests.scenario import BASIC, HEAD, LADDER, entry

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/program.toml"))


def earn(name="more", **settings):
    return entry("earn", id=name, **settings)


def multiply(name="double", factor="2", **settings):
    return entry("multiply", id=name, factor=factor, **settings)


def tier(name, **settings):
    return entry("tier", id=name, **settings)


def campaign(name, starts_on, ends_on, **settings):
    days = {"starts_on": day(starts_on), "ends_on": day(ends_on)}
    return entry("campaign", id=name, **days, **settings)


def bonus(name, on="enrolment", **settings):
    return entry("bonus", id=name, on=on, points=5, **settings)


def reward(name="cup", points=300, **settings):
    return entry("reward", id=name, points=points, **settings)


def voucher(name, on="rebate", **settings):
    return entry("voucher", id=name, on=on, **settings)


def rebate(name="back", percent="1", pays="points", **settings):
    return entry("rebate", id=name, period="month", pays=pays, percent=percent, **settings)


def cobrand(partner="cmb", **settings):
    return entry("cobrand", id="card", partner=partner, **settings)


def rate(sender, receiver, points, gives):
    told = {"id": sender, "from": sender, "to": receiver, "points": points, "gives": gives}
    return entry("rate", **told)


def section(name, **settings):
    return entry("x", **settings).replace("[[x]]", f"[{name}]")


def day(text):
    return dt.date.fromisoformat(text)


BASE = earn("base")
ENTRY = tier("entry")
SILVER = tier("silver", threshold=100)
PRICE = section("redemption", points=100, money="1.00")
AUTUMN = campaign("autumn", "2026-09-01", "2026-11-30")
WINTER = campaign("winter", "2026-11-15", "2026-12-31")
YEAR = {"window": "rolling_months", "window_months": 12}
ON_A_DAY = {"measure": "points_earned", "window": "same_day"}
ALONE = {"stackable": False}


def named(section, *, breaks):
    """What a partner's terms name and the program lacks."""
    return (Lack("tea", section, ("film",), day("2026-07-01"), 2, breaks),)


class Case(NamedTuple):
    """A program with a finding, and one without: what each has beside a rule and an entry tier."""

    code: str
    path: str
    has: str
    lacks: str
    before: str = ""
    named: tuple[Lack, ...] = ()
    base: str = BASE
    entry: str = ENTRY

    def program(self, more: str) -> str:
        """Settings at the top of the file come first."""
        top, table, rest = more.partition("\n[")
        return "\n".join([top, HEAD, self.base, self.entry, table + rest])


CASES = [
    # -- the ladder
    Case(
        "threshold_not_above",
        "$.tier[2].threshold",
        SILVER + tier("gold", threshold=100),
        SILVER + tier("gold", threshold=101),
    ),
    Case(
        "threshold_not_above",
        "$.tier[2].threshold",
        tier("silver", threshold=100, **YEAR) + tier("gold", threshold=99, **YEAR),
        tier("silver", threshold=100, **YEAR)
        + tier("gold", threshold=99, **(YEAR | {"window_months": 6})),
    ),
    Case(
        "tier_dominated",
        "$.tier[2].threshold",
        tier("silver", threshold=100, window="same_day") + tier("gold", threshold=100),
        tier("silver", threshold=100, window="same_day") + tier("gold", threshold=101),
    ),
    Case(
        "tier_dominated",
        "$.tier[2].threshold",
        SILVER + tier("gold", threshold=90, **YEAR),
        SILVER + tier("gold", threshold=90, measure="visits", **YEAR),
    ),
    Case(
        "more_visits_than_days",
        "$.tier[1].threshold",
        tier("daily", threshold=2, measure="visits", window="same_day"),
        tier("daily", threshold=1, measure="visits", window="same_day"),
    ),
    Case(
        "points_beyond_caps",
        "$.tier[1].threshold",
        section("caps", per_day=499) + tier("silver", threshold=500, **ON_A_DAY),
        section("caps", per_day=500) + tier("silver", threshold=500, **ON_A_DAY),
    ),
    Case(
        "points_beyond_caps",
        "$.tier[1].threshold",
        section("caps", per_purchase=100)
        + section("limits", earnings_per_day=2)
        + tier("silver", threshold=201, **ON_A_DAY),
        section("caps", per_purchase=100) + tier("silver", threshold=201, **ON_A_DAY),
    ),
    Case(
        "points_beyond_caps",
        "$.tier[1].threshold",
        section("caps", per_member=1000)
        + tier("silver", threshold=1001, measure="points_earned", **YEAR),
        section("caps", per_member=1000)
        + tier("silver", threshold=1001, measure="net_spend", **YEAR),
    ),
    Case("no_entry_tier", "$.tier[0]", SILVER, ENTRY + SILVER, entry=""),
    Case(
        "validity_shorter_than_window",
        "$.tier[1].valid_months",
        tier("silver", threshold=100, valid="months", valid_months=11, **YEAR),
        tier("silver", threshold=100, valid="months", valid_months=12, **YEAR),
    ),
    Case(
        "validity_shorter_than_window",
        "$.tier[1].valid_months",
        tier("silver", threshold=100, valid="months", valid_months=6),
        tier("silver", threshold=100, valid="months", valid_months=6, window="same_day"),
    ),
    Case(
        "tier_worth_less",
        "$.tier[2].multiplier",
        tier("silver", threshold=100, multiplier="1.5")
        + tier("gold", threshold=200, multiplier="1.25"),
        tier("silver", threshold=100, multiplier="1.5")
        + tier("gold", threshold=200, multiplier="1.5"),
    ),
    Case(
        "tier_worth_less",
        "$.tier[2].discount_percent",
        tier("silver", threshold=100, discount_percent="10")
        + tier("gold", threshold=200, discount_percent="9.5"),
        tier("silver", threshold=100, discount_percent="10")
        + tier("gold", threshold=200, discount_percent="10.5"),
    ),
    Case(
        "tier_earns_nothing",
        "$.tier[0].multiplier",
        tier("entry", multiplier="0"),
        tier("entry", multiplier="0.5"),
        entry="",
    ),
    Case(
        "threshold_not_above",
        "$.tier[2].threshold",
        SILVER + tier("gold", threshold=50),
        SILVER + tier("gold", threshold=50, invitation=True),
    ),
    Case(
        "no_recovery",
        "$.ladder.recovery_percent",
        section("ladder", recovery_percent="60"),
        section("ladder", recovery_percent="60", recovery_days=30),
        entry=ENTRY + SILVER,
    ),
    Case(
        "nothing_to_review",
        "$.ladder.grace_days",
        section("ladder", grace_days=30) + tier("silver", threshold=100, valid="for_ever"),
        section("ladder", grace_days=30) + SILVER,
    ),
    # -- rules that never apply
    Case(
        "days_apart",
        "$.earn[1].campaign",
        AUTUMN + earn(campaign="autumn", starts_on=day("2026-12-01")),
        AUTUMN + earn(campaign="autumn", starts_on=day("2026-11-30")),
    ),
    Case(
        "days_apart",
        "$.multiply[0].campaign",
        AUTUMN + multiply(campaign="autumn", ends_on=day("2026-08-31")),
        AUTUMN + multiply(campaign="autumn", ends_on=day("2026-09-01")),
    ),
    Case(
        "no_such_day",
        "$.earn[1].days_of_month",
        earn(days_of_month=[31], starts_on=day("2026-11-01"), ends_on=day("2026-11-30")),
        earn(days_of_month=[31], starts_on=day("2026-11-01"), ends_on=day("2026-12-31")),
    ),
    Case(
        "no_such_day",
        "$.multiply[0].weekdays",
        multiply(weekdays=["sun"], starts_on=day("2026-11-09"), ends_on=day("2026-11-11")),
        multiply(weekdays=["mon"], starts_on=day("2026-11-09"), ends_on=day("2026-11-11")),
    ),
    Case(
        "categories_excepted",
        "$.earn[1].categories",
        section("basis", except_categories=["tea", "cards"]) + earn(categories=["tea"]),
        section("basis", except_categories=["tea", "cards"]) + earn(categories=["tea", "cups"]),
    ),
    Case(
        "always_claimed",
        "$.earn[0]",
        earn("tea", per=2, **ALONE),
        earn("tea", per=2, categories=["tea"], **ALONE),
    ),
    Case(
        "always_claimed",
        "$.earn[2]",
        earn("tea", categories=["tea"], **ALONE)
        + earn("green", categories=["tea"], skus=["long jing"], **ALONE),
        earn("tea", categories=["tea"], **ALONE)
        + earn("green", categories=["tea"], skus=["long jing"], priority=1, **ALONE),
    ),
    Case(
        "always_claimed",
        "$.earn[2]",
        earn("tea", categories=["tea"], min_amount=50, **ALONE)
        + earn("green", categories=["tea"], stores=["north"], min_amount=50),
        earn("tea", categories=["tea"], min_amount=50, **ALONE)
        + earn("green", categories=["tea"], stores=["north"], min_amount=49),
    ),
    Case(
        "always_claimed",
        "$.earn[2]",
        earn("cash", tenders=["cash", "card"], **ALONE) + earn("coins", tenders=["cash"]),
        earn("cash", tenders=["cash", "card"], **ALONE) + earn("coins", tenders=["points"]),
    ),
    Case(
        "always_outranked",
        "$.multiply[1]",
        multiply("triple", factor="3", occasions=["birthday", "opening"], **ALONE)
        + multiply(occasions=["birthday"]),
        multiply("triple", factor="3", occasions=["birthday"], **ALONE)
        + multiply(occasions=["birthday", "opening"]),
    ),
    Case(
        "always_outranked",
        "$.multiply[0]",
        multiply(weekdays=["sat"], **ALONE)
        + multiply("weekend", factor="3", weekdays=["sat", "sun"], priority=2, **ALONE),
        multiply(weekdays=["sat"], **ALONE)
        + multiply("weekend", factor="3", weekdays=["sat", "sun"], priority=0, **ALONE),
    ),
    Case(
        "multiplies_nothing",
        "$.multiply[0]",
        multiply(stores=["north"]),
        multiply(stores=["south"]),
        base=earn(stores=["south", "east"]),
    ),
    Case(
        "multiplies_nothing",
        "$.multiply[0]",
        multiply(weekdays=["sat", "sun"]),
        multiply(weekdays=["sat", "sun"], days_of_month=[8]),
        base=earn(weekdays=["mon", "fri"]),
    ),
    Case(
        "tiers_outranked",
        "$.multiply[0].stackable",
        multiply(**ALONE) + tier("gold", threshold=1, multiplier="1.5"),
        multiply(channels=["app"], **ALONE) + tier("gold", threshold=1, multiplier="1.5"),
    ),
    Case("factor_of_one", "$.multiply[0].factor", multiply(factor="1.0"), multiply(factor="1.1")),
    Case(
        "nothing_earns",
        "$.earn",
        earn(enabled=False),
        earn(enabled=True),
        base="",
    ),
    Case(
        "fixed_for_any_purchase",
        "$.earn[1].min_amount",
        earn(method="fixed", points=5),
        earn(method="fixed", points=5, min_amount="0.01"),
    ),
    Case(
        "fixed_for_any_purchase",
        "$.earn[1].min_amount",
        earn(method="fixed", points=5, caps={"per_purchase": 5}),
        earn(method="fixed", points=5, caps={"per_day": 5}),
    ),
    Case(
        "campaigns_overlap",
        "$.campaign[1]",
        AUTUMN + WINTER + multiply("a", campaign="autumn") + multiply("w", campaign="winter"),
        AUTUMN
        + WINTER
        + multiply("a", campaign="autumn", stores=["north"])
        + multiply("w", campaign="winter", stores=["south"]),
    ),
    Case(
        "campaigns_overlap",
        "$.campaign[1]",
        AUTUMN + WINTER + earn("a", campaign="autumn") + earn("w", campaign="winter"),
        AUTUMN
        + WINTER
        + earn("a", campaign="autumn", brands=["mu"])
        + earn("w", campaign="winter", brands=["xi"]),
    ),
    Case("campaign_without_rules", "$.campaign[0]", AUTUMN, AUTUMN + multiply(campaign="autumn")),
    Case(
        "over_before_it_starts",
        "$.earn[1].ends_on",
        earn(ends_on=day("1999-12-31")),
        earn(ends_on=day("2000-01-01")),
    ),
    Case(
        "over_before_it_starts",
        "$.reward[0].ends_on",
        reward(ends_on=day("1999-12-31")),
        reward(ends_on=day("1999-12-31"), enabled=False),
    ),
    # -- caps
    Case(
        "cap_above_wider",
        "$.caps.per_purchase",
        section("caps", per_purchase=101, per_day=100),
        section("caps", per_purchase=100, per_day=100),
    ),
    Case(
        "cap_above_wider",
        "$.campaign[0].caps.per_day",
        campaign("autumn", "2026-09-01", "2026-11-30", caps={"per_day": 9, "per_member": 8})
        + multiply(campaign="autumn"),
        campaign("autumn", "2026-09-01", "2026-11-30", caps={"per_day": 9, "per_member": 10})
        + multiply(campaign="autumn"),
    ),
    Case(
        "cap_above_wider",
        "$.limits.gift_points_per_day",
        section("limits", gift_points_per_day=11, gift_points_per_month=10),
        section("limits", gift_points_per_day=10, gift_points_per_month=10),
    ),
    Case(
        "always_cut",
        "$.earn[1].caps",
        earn(method="fixed", points=50, min_amount=1, caps={"per_day": 49}),
        earn(method="fixed", points=50, min_amount=1, caps={"per_day": 50}),
    ),
    Case(
        "always_cut",
        "$.earn[1].caps",
        earn(min_amount=1000, caps={"per_purchase": 999}),
        earn(min_amount=1000, caps={"per_purchase": 1000}),
    ),
    Case(
        "caps_of_a_cut",
        "$.multiply[0].caps",
        multiply(factor="0.5", caps={"per_day": 5}),
        multiply(factor="1.5", caps={"per_day": 5}),
    ),
    Case(
        "min_below_block",
        "$.earn[1].min_amount",
        earn(method="per_block", per=10, min_amount=10),
        earn(method="per_block", per=10, min_amount=11),
    ),
    # -- spending
    Case(
        "limit_below_least",
        "$.limits.redeem_points_per_day",
        section("redemption", min_points=150, step_points=100)
        + section("limits", redeem_points_per_day=199),
        section("redemption", min_points=200, step_points=100)
        + section("limits", redeem_points_per_day=200),
    ),
    Case(
        "no_share_of_bill",
        "$.redemption.max_bill_percent",
        section("redemption", points=100, money=1, max_bill_percent="0.0"),
        section("redemption", points=100, money=1, max_bill_percent="0.1"),
    ),
    Case(
        "min_between_steps",
        "$.redemption.min_points",
        section("redemption", min_points=150, step_points=100),
        section("redemption", min_points=200, step_points=100),
    ),
    Case(
        "worth_nothing",
        "$.redemption.money",
        section("redemption", points=1000, money="1.00"),
        section("redemption", points=1000, money="1.00", min_points=10),
    ),
    Case(
        "reward_beyond_limits",
        "$.reward[0].points",
        reward(points=101) + section("limits", redeem_points_per_month=100),
        reward(points=100) + section("limits", redeem_points_per_month=100),
    ),
    Case(
        "bonuses_together",
        "$.bonus[1].on",
        bonus("hello") + bonus("welcome", ends_on=day("2026-12-31")),
        bonus("hello", starts_on=day("2027-01-01")) + bonus("welcome", ends_on=day("2026-12-31")),
    ),
    Case(
        "times_of_one",
        "$.bonus[0].times",
        bonus("hello", times=2),
        bonus("friend", on="referral", times=2),
    ),
    Case(
        "spent_before_return",
        "$.on_shortfall",
        'on_shortfall = "clamp"\nreturn_window_days = 7\navailable_after_days = 6',
        'on_shortfall = "clamp"\nreturn_window_days = 7\navailable_after_days = 7',
    ),
    Case(
        "short_life",
        "$.expiry",
        section("expiry", policy="end_of_year", years=0),
        section("expiry", policy="end_of_year", years=1),
    ),
    Case(
        "tier_unreached",
        "$.reward[0].tiers",
        reward(tiers=["silver"]) + SILVER + tier("gold", threshold=50),
        reward(tiers=["silver", "gold"]) + SILVER + tier("gold", threshold=50),
    ),
    # -- the club
    Case(
        "voucher_unpaid",
        "$.voucher[1].on",
        voucher("ten") + voucher("more") + rebate(pays="ten"),
        voucher("ten") + rebate(pays="ten"),
    ),
    Case(
        "voucher_above_bill",
        "$.voucher[0].min_bill",
        voucher("ten", on="request", value=10, min_bill="9.99"),
        voucher("ten", on="request", value=10, min_bill="10.00"),
    ),
    Case(
        "benefit_less",
        "$.benefit[0].tiers",
        entry("benefit", id="parking", period="month", tiers={"entry": 2, "silver": 1}),
        entry("benefit", id="parking", period="month", tiers={"entry": 2, "silver": "unlimited"}),
        entry=ENTRY + SILVER,
    ),
    Case(
        "benefit_less",
        "$.benefit[0].tiers",
        entry("benefit", id="parking", period="month", tiers={"entry": "unlimited"}),
        entry("benefit", id="parking", period="month", tiers={"silver": 1}),
        entry=ENTRY + SILVER,
    ),
    Case(
        "rebate_less",
        "$.rebate[0].tiers",
        rebate(tiers={"silver": "0.5"}) + PRICE,
        rebate(tiers={"silver": "1.5"}) + PRICE,
        entry=ENTRY + SILVER,
    ),
    Case(
        "tier_unreached",
        "$.rebate[0].tiers",
        rebate(percent="0", tiers={"silver": "1"}) + PRICE + SILVER + tier("gold", threshold=50),
        rebate(percent="1", tiers={"silver": "2"}) + PRICE + SILVER + tier("gold", threshold=50),
    ),
    # -- what money brings back
    Case(
        "endless_gain",
        "$.redemption.money",
        PRICE + rebate(percent="60") + rebate("steps", percent="39", min_spend=100),
        PRICE + rebate(percent="60") + rebate("steps", percent="38.9", min_spend=100),
    ),
    Case(
        "endless_gain",
        "$.redemption.money",
        PRICE
        + rebate(percent="60", ends_on=day("2026-06-30"))
        + rebate("next", percent="60", starts_on=day("2026-06-30")),
        PRICE
        + rebate(percent="60", ends_on=day("2026-06-30"))
        + rebate("next", percent="60", starts_on=day("2026-07-01")),
    ),
    Case(
        "endless_gain",
        "$.redemption.money",
        PRICE + multiply(factor="10", days_of_month=[8]) + multiply("app", "10", channels=["app"]),
        PRICE + multiply(factor="10", days_of_month=[8]) + multiply("app", "9.9", channels=["app"]),
    ),
    Case(
        "endless_gain",
        "$.redemption.money",
        PRICE + earn(method="fixed", points=4950, min_amount=50),
        PRICE + earn(method="fixed", points=4949, min_amount=50),
    ),
    Case(
        "endless_gain",
        "$.rebate",
        voucher("any") + rebate(percent="100", pays="any"),
        voucher("any") + rebate(percent="99.99", pays="any"),
    ),
    Case(
        "gain_once",
        "$.redemption.money",
        PRICE + multiply(factor="100", caps={"per_member": 500}),
        PRICE + multiply(factor="100", first_purchase=True),
    ),
    Case(
        "gain_by_rounding",
        "$.rounding",
        'rounding = "ceil"\n' + PRICE,
        'rounding = "half_up"\n' + PRICE,
    ),
    Case(
        "cobrand_gain",
        "$.cobrand[0].points",
        PRICE + cobrand(points=100),
        PRICE + cobrand(points=99),
    ),
    Case(
        "rate_gains",
        "$.rate",
        rate("test", "air", 2, 3) + rate("air", "test", 3, 3),
        rate("test", "air", 2, 3) + rate("air", "test", 3, 2),
    ),
    # -- beside the version before
    Case("another_program", "$.zone", 'zone = "UTC"\n', "", before=HEAD),
    Case(
        "before_its_predecessor",
        "$.effective_from",
        "",
        "",
        before=HEAD.replace("2000-01-01", "2000-01-02"),
    ),
    Case("tier_gone", "$.tier", "", SILVER, before=HEAD + SILVER),
    Case(
        "tiers_reordered",
        "$.tier[1]",
        tier("gold", threshold=1) + tier("silver", threshold=2),
        tier("silver", threshold=1) + tier("gold", threshold=2),
        before=HEAD + SILVER + tier("gold", threshold=200),
    ),
    Case("program_lacks", "$.earn", "", "", named=named("earn", breaks=True)),
    Case("named_by_terms", "$.tier", "", "", named=named("tier", breaks=False)),
    Case("another_bank", "$.cobrand[0].partner", cobrand(), "", before=HEAD + cobrand("other")),
]


def codes(text, before="", named=()):
    found = check_program(load_program(text), load_program(before) if before else None, named)
    return [(finding.code, finding.path) for finding in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_it_is_found_and_its_neighbour_is_left_alone(case):
    has, lacks = case.program(case.has), case.program(case.lacks)
    found = codes(has, case.before, case.named)
    assert (case.code, case.path) in found, found
    others = {code for code, _ in found} - {case.code}
    assert others <= BESIDE.get(case.code, set()), found
    neighbour = codes(lacks, "" if has == lacks else case.before)
    assert case.code not in [code for code, _ in neighbour]


BESIDE = {
    "limit_below_least": {"min_between_steps"},
    "tier_unreached": {"threshold_not_above", "rebate_less"},
}
"""What can't be without another finding."""


def test_every_check_has_a_case_and_a_code_of_its_own():
    assert {check.code for check in CHECKS} == {case.code for case in CASES}
    assert len({check.code for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_the_docs_have_a_row_for_every_check(severity):
    docs = (Path(__file__).resolve().parents[2] / "docs" / "program.md").read_text(encoding="utf-8")
    table, _, _ = docs[docs.index(f"| {severity} |") :].partition("\n\n")
    codes_of = [check.code for check in CHECKS if check.severity == severity]
    assert [row.split("`")[1] for row in table.splitlines()[2:]] == codes_of


def test_a_finding_says_what_it_is_about_and_a_way_out():
    program = load_program(HEAD + BASE + ENTRY + SILVER + tier("gold", label="金卡", threshold=90))
    (finding,) = check_program(program)
    assert finding.severity == "error"
    assert finding.sentence == (
        "'silver' is never reached: '金卡' above it asks for 90.00 CNY, and it for 100.00 CNY"
    )
    assert (
        finding.hint
        == "let the thresholds rise from tier to tier, or change the order of the tiers"
    )


def test_errors_come_first_and_only_they_refuse():
    program = load_program(HEAD + SILVER + tier("gold", threshold=90))
    findings = check_program(program)
    assert [(finding.code, finding.severity) for finding in findings] == [
        ("threshold_not_above", "error"),
        ("no_entry_tier", "warning"),
        ("nothing_earns", "warning"),
    ]
    refuse_errors(findings[1:])
    with pytest.raises(ProgramHasErrors) as refused:
        refuse_errors(findings)
    assert refused.value.fields == {"errors": 1, "first": findings[0].sentence}


def test_a_rule_that_is_switched_off_is_left_alone():
    off = earn(categories=["tea"], campaign="autumn", ends_on=day("1999-01-01"), enabled=False)
    basis = section("basis", except_categories=["tea"])
    text = HEAD + BASE + ENTRY + basis + AUTUMN + multiply(campaign="autumn") + off
    assert codes(text) == []


def test_the_gain_is_told_with_a_purchase_that_brings_it():
    text = HEAD + BASE + ENTRY + PRICE + AUTUMN
    text += multiply("app", "20", channels=["app"], campaign="autumn")
    text += multiply("day", "5", weekdays=["sat"], stores=["north"])
    (finding,) = check_program(load_program(text))
    assert finding.sentence == (
        "a purchase of 1.00 CNY (2026-09-05, tier entry, store north, channel app) earns 100"
        " points, and brings back 1.00 CNY with all rebates: spending earns more than it costs,"
        " again and again"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_have_no_findings_but_those_that_are_meant(path):
    """A department store gives no card before the first 1,500 yuan on a day."""
    expected = {"department_store": [("no_entry_tier", "$.tier[0]")]}
    assert codes(path.read_text(encoding="utf-8")) == expected.get(path.parent.name, [])


def test_the_programs_of_the_tests_have_no_errors():
    club = Path(__file__).resolve().parents[1] / "cli" / "club.toml"
    assert codes(BASIC) == []
    for text in (LADDER, club.read_text(encoding="utf-8")):
        assert codes(text) == [("no_entry_tier", "$.tier[0]")]
