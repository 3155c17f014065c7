"""What a program file gets wrong about vouchers, rebates and benefits, with its path."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.errors import InvalidProgram
from schemas.periods import membership_year, period_named, period_of
from schemas.program_file import load_program
from tests.club import benefit, rebate, voucher
from tests.scenario import LADDER

PRICE = '[redemption]\npoints = 1\nmoney = "0.01"\n'
OF_REBATE = {"on": "rebate", "times": None}


def test_all_three_together_are_sound():
    text = LADDER + PRICE + voucher() + voucher(id="back", value=None, **OF_REBATE)
    text += rebate() + rebate(id="other", pays="back", tiers={"gold": "5"}, min_spend="10")
    program = load_program(text + benefit(tiers={"gold": "unlimited", "silver": 3}))
    assert [entry.id for entry in program.vouchers] == ["ten", "back"]
    assert program.rebates[1].tiers == {"gold": "5"}
    assert program.benefits[0].tiers == {"gold": "unlimited", "silver": 3}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (voucher(value=None), "$.voucher[0].value: missing"),
        (voucher(value="0"), "$.voucher[0].value: must be more than 0"),
        (voucher(value="1.001"), "$.voucher[0].value"),
        (voucher(min_bill="-1"), "$.voucher[0].min_bill"),
        (voucher(tiers=["black"]), "$.voucher[0].tiers: there is no tier 'black'"),
        (voucher(on="moon"), "$.voucher[0].on"),
        (voucher(valid_days=1, valid_months=1), "$.voucher[0]: valid_days, valid_months and valid"),
        (voucher(valid="end_of_year", valid_days=0), "$.voucher[0]: valid_days, valid_months"),
        (voucher(valid_days=-1), "$.voucher[0].valid_days"),
        (voucher(on="anniversary"), "$.voucher[0].times: goes with on 'request' or 'birthday'"),
        (voucher(on="rebate", times=None, period="year"), "$.voucher[0].period: goes with"),
        (voucher(tiers=["gold"], **OF_REBATE), "$.voucher[0].tiers: the rebate says"),
        (voucher(starts_on=dt.date(2026, 1, 1), **OF_REBATE), "$.voucher[0].starts_on: the rebate"),
        (voucher() + voucher(), "$.voucher[1].id: 'ten' is there twice"),
        (rebate(pays="moon"), "$.rebate[0].pays: there is no voucher 'moon'"),
        (rebate(pays="ten") + voucher(), "$.rebate[0].pays: the voucher 'ten' is not on 'rebate'"),
        (rebate(percent="101"), "$.rebate[0].percent: more than 100"),
        (rebate(tiers={"gold": "100.1"}), "$.rebate[0].tiers.gold: more than 100"),
        (rebate(tiers={"black": "1"}), "$.rebate[0].tiers: there is no tier 'black'"),
        (rebate(percent="0", tiers={"gold": "0"}), "$.rebate[0].percent: nothing would ever be"),
        (rebate(min_spend="0"), "$.rebate[0].min_spend: must be more than 0"),
        (rebate(period="week"), "$.rebate[0].period"),
        (rebate(starts_on=dt.date(2026, 2, 1), ends_on=dt.date(2026, 1, 1)), "$.rebate[0].ends_on"),
        (benefit(tiers={}), "$.benefit[0].tiers: nobody would be entitled"),
        (benefit(tiers={"black": 1}), "$.benefit[0].tiers: there is no tier 'black'"),
        (benefit(tiers={"gold": 0}), "$.benefit[0].tiers"),
        (benefit(tiers={"gold": "often"}), "$.benefit[0].tiers"),
        (benefit(period="ever"), "$.benefit[0].period"),
    ],
)
def test_a_mistake_is_told_with_its_path(text, mistake):
    with pytest.raises(InvalidProgram) as caught:
        load_program(LADDER + PRICE + text)
    assert any(mistake in told for told in caught.value.mistakes), caught.value.mistakes


def test_points_need_a_price():
    with pytest.raises(InvalidProgram, match=r"\$\.rebate\[0\]\.pays: 'points' needs"):
        load_program(LADDER + rebate())


# -- periods -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "start", "last"),
    [
        ("2026-02", "month", "2026-02-01", "2026-02-28"),
        ("2024-02", "month", "2024-02-01", "2024-02-29"),
        ("2026-12", "month", "2026-12-01", "2026-12-31"),
        ("2026Q1", "quarter", "2026-01-01", "2026-03-31"),
        ("2026Q4", "quarter", "2026-10-01", "2026-12-31"),
        ("2026", "year", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_period_goes_by_its_name(name, kind, start, last):
    period = period_named(name)
    assert (period.kind, period.name) == (kind, name)
    assert (str(period.start), str(period.last)) == (start, last)
    for day in (period.start, period.last):
        assert period_of(kind, day) == period


@pytest.mark.parametrize(
    "name", ["", "26", "2026-00", "2026-13", "2026Q0", "2026Q5", "0026", "3026"]
)
def test_what_is_no_period_has_none(name):
    with pytest.raises(ValueError, match="neither"):
        period_named(name)


@pytest.mark.parametrize(
    ("joined", "on", "start", "end"),
    [
        ("2024-03-05", "2026-03-04", "2025-03-05", "2026-03-05"),
        ("2024-03-05", "2026-03-05", "2026-03-05", "2027-03-05"),
        ("2024-02-29", "2025-02-27", "2024-02-29", "2025-02-28"),
        ("2024-02-29", "2025-02-28", "2025-02-28", "2026-02-28"),
        ("2024-02-29", "2028-02-28", "2027-02-28", "2028-02-29"),
        ("2024-02-29", "2028-02-29", "2028-02-29", "2029-02-28"),
        ("2024-03-05", "2023-12-31", "2023-03-05", "2024-03-05"),
    ],
)
def test_a_membership_year_has_the_day(joined, on, start, end):
    """29 February: the 28th in years without one."""
    found = membership_year(dt.date.fromisoformat(joined), dt.date.fromisoformat(on))
    assert tuple(map(str, found)) == (start, end)
