"""Rebates over all members, and benefits of a card, at the desk."""

from __future__ import annotations

import pytest


@pytest.fixture
def spent(club, today):
    """m-001 spent 300 in June, m-002 silver 1,210 in May; it is 2 July."""
    club("purchase", "m-002", "1210", "--receipt", "B-1", "--at", "2026-05-03")
    today("2026-07-02")
    return club


def test_a_rehearsal_shows_what_is_due_and_how_it_is_paid(spent):
    before = spent("verify", "--json").json["events"]
    may, june = spent("rebate", "--period", "2026-06", "--dry-run", "--json").json[::-1]
    # 2.5 % of 1,210.00 is 30.25: six of five, and 0.25; of 300.00 it is 7.50: one, and 2.50.
    assert may == {
        "member": "m-002",
        "rebate": "monthly",
        "period": "2026-05",
        "tier": "silver",
        "percent": "2.5",
        "net_minor": 121_000,
        "due_minor": 3_025,
        "granted_before_minor": 0,
        "carried_before_minor": 0,
        "paid_minor": 3_000,
        "points": None,
        "vouchers": 6,
        "kind": "back",
        "carried_minor": 25,
    }
    assert (june["member"], june["due_minor"], june["carried_minor"]) == ("m-001", 750, 250)
    table = spent("rebate", "--period", "2026-06", "--dry-run").out
    assert "银卡" in table
    assert "paid 35.00 CNY, rebates 2, members 2; to be taken off later 0.00 CNY" in table
    assert spent("verify", "--json").json["events"] == before


def test_a_run_pays_once_and_a_return_is_taken_off_the_next(spent, today):
    paid = spent("rebate", "--period", "2026-06")
    assert paid.record == {
        "period": "2026-06",
        "members": "2",
        "rebates": "2",
        "paid (CNY)": "35.00",
        "as vouchers": "7",
        "to be taken off later (CNY)": "0.00",
    }
    assert spent("rebate", "--period", "2026-06", "--json").json["grants"] == 0
    spent("return", "m-002", "B-1")
    spent("purchase", "m-002", "200", "--receipt", "B-2")
    today("2026-08-01")
    (taken, next_month) = spent("rebate", "--period", "2026-07", "--dry-run", "--json").json
    assert (taken["due_minor"], taken["paid_minor"], taken["carried_minor"]) == (0, 0, -3_000)
    assert (next_month["due_minor"], next_month["carried_minor"]) == (500, -2_500)
    assert spent("rebate", "--period", "2026-07", "--json").json["too_much_minor"] == 2_500


def test_a_rebate_in_points_shows_in_the_statement(spent):
    paid = spent("rebate", "--period", "２０２６q2", "--operator", "night").record
    # 1 % of 1,510.00 is 15.10; ten points are worth 1.00.
    assert (paid["paid (CNY)"], paid["as points"]) == ("15.10", "151")
    line = spent("statement", "m-002", "--json").json[-1]
    assert (line["kind"], line["points"], line["operator"]) == ("RebateGranted", 121, "night")
    assert line["reason"] == "quarterly 2026Q2"
    assert "rebate" in spent("statement", "m-002").out


@pytest.mark.parametrize(
    ("period", "status", "code"),
    [
        ("2026-07", 3, "period_not_over"),
        ("2026", 3, "no_rebate"),
        ("June", 2, "invalid_time"),
        ("2026-06-01", 2, "invalid_time"),
    ],
)
def test_a_period_that_can_not_be_paid_is_refused(spent, period, status, code):
    for words in (("rebate", "--period", period), ("rebate", "--period", period, "--dry-run")):
        answer = spent(*words)
        assert answer.status == status
        assert f"[{code}]" in answer.err
        assert answer.out == ""


# -- benefits --------------------------------------------------------------------------------------


@pytest.fixture
def silver(club):
    club("purchase", "m-001", "600", "--receipt", "A-1", "--at", "2026-06-02")
    return club


def test_a_benefit_is_used_within_its_quota(silver):
    used = silver("benefit", "use", "m-001", "parking", "--shop", "east", "--request-id", "u-1")
    assert {label: used.record[label] for label in ("quota", "used in the period", "left")} == {
        "quota": "1",
        "used in the period": "1",
        "left": "0",
    }
    assert used.record["to cancel it"] == "jifen benefit cancel m-001 u-1 --reason ..."
    refused = silver("benefit", "use", "m-001", "parking")
    assert refused.status == 3
    assert "over the quota of 1 of 'parking': 1 used, 1 asked [quota_exceeded]" in refused.err
    assert "[not_entitled]" in silver("benefit", "use", "m-002", "parking").err


def test_a_cancelled_use_can_be_used_again(silver):
    silver("benefit", "use", "m-001", "parking", "--request-id", "u-1")
    cancel = ("benefit", "cancel", "m-001", "u-1", "--reason", "slip")
    assert silver(*cancel).status == 2
    cancelled = silver(*cancel, "--operator", "Li", "--json").said
    assert (cancelled["cancelled"], cancelled["quantity"]) == ("u-1", 1)
    assert silver("benefit", "use", "m-001", "parking").status == 0


def test_what_a_card_leaves_is_listed(silver):
    assert silver("benefit", "list", "m-001", "--json").json == [
        {
            "benefit": "parking",
            "label": "停车",
            "entitled": True,
            "tier": "silver",
            "period": "month",
            "period_from": "2026-06-01",
            "period_until": "2026-07-01",
            "quota": 1,
            "used": 0,
            "left": 1,
            "unlimited": False,
        }
    ]
    table = silver("benefit", "list", "m-002").out
    assert "停车" in table
    assert "no" in table


def test_a_card_without_a_limit_says_so(silver):
    silver("purchase", "m-001", "1500", "--receipt", "A-2", "--at", "2026-06-03")
    used = silver("benefit", "use", "m-001", "parking", "--quantity", "9", "--json").said
    assert (used["tier"], used["used"]) == ("gold", 9)
    assert "left" not in used
    (row,) = silver("benefit", "list", "m-001", "--json").json
    assert (row["unlimited"], row["quota"], row["left"]) == (True, None, None)
