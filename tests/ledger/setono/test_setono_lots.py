"""A peer's cases: lots, their expiry, and debt."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.ledger.setono.cases import CASES, LAPSES, LOTS


def day(text):
    return None if text is None else dt.date.fromisoformat(text)


def run(ledger, steps):
    for step in steps:
        at = dt.datetime.fromisoformat(step["at"] + "T12:00+08:00")
        if step["op"] == "credit":
            expires_on = day(step["expires_at"])
            ledger.award("m-1", step["points"], "case", occurred_at=at, expires_on=expires_on)
        else:
            ledger.redeem("m-1", step["points"], occurred_at=at)


@pytest.mark.parametrize("case_id", LOTS)
def test_lots(open_ledger, case_id):
    case, ledger = CASES[case_id], open_ledger()
    run(ledger, case["given"])
    expect = case["expect"]
    account = ledger.account("m-1")
    remaining = {str(lot.expires_on or "never"): lot.available for lot in account.lots}
    seen = {
        "balance": account.balance,
        "deficit": account.debt,
        "open_lots": [lot.available for lot in account.lots],
        "open_lot_expiries": [str(lot.expires_on) for lot in account.lots],
        "remaining_by_expiry": {
            expiry: remaining.get(expiry, 0) for expiry in expect.get("remaining_by_expiry", ())
        },
        "expiring_by": {
            until: sum(
                lot.available
                for lot in account.lots
                if lot.expires_on is not None and lot.expires_on <= dt.date.fromisoformat(until)
            )
            for until in expect.get("expiring_by", ())
        },
    }
    assert {name: seen[name] for name in expect} == expect


def test_an_instant_of_expiry_is_the_end_of_the_last_good_day(open_ledger, clock):
    """SET-EXP-09: gone at 2026-01-01T00:00, so its last good day is 2025-12-31 (RULES 8)."""
    clock.now = dt.datetime.fromisoformat("2025-12-31T12:00+08:00")
    ledger = open_ledger()
    ledger.award("m-1", 150, "boundary", expires_on=dt.date(2025, 12, 31))
    assert ledger.balance("m-1").available == 150
    clock.now = dt.datetime.fromisoformat("2026-01-01T00:00+08:00")
    assert ledger.balance("m-1").available == CASES["SET-EXP-09"]["expect"]["balance"]


# -- expiry, as steps of the peer -----------------------------------------------------------------

NOW = dt.date(2026, 3, 2)


def expiry_of(text):
    """'now-1d' is an instant: the last good day is the one before it."""
    if text is None or not text.startswith("now"):
        return day(text)
    return NOW + dt.timedelta(days=int(text[3:-1]))


def run_lapses(ledger, clock, steps):
    """Give each its points while they are good, and expire what `at` is past."""
    clock.now = dt.datetime(2026, 1, 2, 4, tzinfo=dt.UTC)
    expired = []
    for step in steps:
        member = step.get("account", "m-1")
        if step["op"] == "earn":
            last_day = expiry_of(step["expires_at"])
            ledger.award(member, step["points"], step["key"], expires_on=last_day)
        elif step["op"] == "debit":
            ledger.redeem(member, step["points"])
        else:
            years = int(step["at"][4:-1]) if step["at"].endswith("y") else 0
            clock.now = dt.datetime(NOW.year + years, NOW.month, NOW.day, 4, tzinfo=dt.UTC)
            expired += [-lot.points for lot in ledger.expire_all()]
    return expired


@pytest.mark.parametrize("case_id", LAPSES)
def test_the_expiry_run(open_ledger, clock, case_id):
    expect, ledger = CASES[case_id]["expect"], open_ledger()
    expired = run_lapses(ledger, clock, CASES[case_id]["given"])
    seen = {
        "balance": ledger.balance("m-1").balance,
        "expire_points": expired,
        "expire_transactions": len(expired),
    }
    assert {name: seen[name] for name in expect} == expect


def test_every_lapsed_lot_has_its_event(open_ledger, clock):
    """SET-EXP-08."""
    expect, ledger = CASES["SET-EXP-08"]["expect"], open_ledger()
    expired = run_lapses(ledger, clock, CASES["SET-EXP-08"]["given"])
    assert len(expired) == expect["expire_transactions"]
    assert ledger.balance("m-1").balance == expect["balance"]


def test_a_consumed_lot_gives_no_event(open_ledger, clock):
    """SET-EXP-04, decided otherwise by RULES 8: the peer writes a row of zero points."""
    ledger = open_ledger()
    assert run_lapses(ledger, clock, CASES["SET-EXP-04"]["given"]) == []
    assert ledger.balance("m-1").balance == CASES["SET-EXP-04"]["expect"]["balance"]


def test_the_run_goes_over_all_accounts(open_ledger, clock):
    """SET-EXP-10."""
    ledger = open_ledger()
    for member in ("A", "B"):
        ledger.enrol(member, occurred_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    run_lapses(ledger, clock, CASES["SET-EXP-10"]["given"])
    balances = {member: ledger.balance(member).balance for member in ("A", "B")}
    assert balances == CASES["SET-EXP-10"]["expect"]["balances"]


def test_expiry_empties_its_own_lot(open_ledger, clock):
    """SET-LOT-06."""
    case, ledger = CASES["SET-LOT-06"], open_ledger()
    run(ledger, [step for step in case["given"] if step["op"] == "credit"])
    clock.now = dt.datetime(2027, 1, 3, 4, tzinfo=dt.UTC)
    list(ledger.expire_all())
    account = ledger.account("m-1")
    assert account.balance == case["expect"]["balance"]
    assert [lot.available for lot in account.lots] == case["expect"]["open_lots"]


def test_a_forced_debit_is_a_debt_that_the_next_credit_repays(open_ledger):
    """SET-LOT-07."""
    (first, debit, second), expect = CASES["SET-LOT-07"]["given"], CASES["SET-LOT-07"]["expect"]
    ledger = open_ledger()
    ledger.award("m-1", first["points"], "case")
    ledger.adjust("m-1", -debit["points"], "case", operator="li", may_owe=True)
    assert ledger.balance("m-1").debt == 30
    ledger.award("m-1", second["points"], "case")
    account = ledger.account("m-1")
    assert (account.balance, account.debt) == (expect["balance"], expect["deficit"])
    assert [lot.available for lot in account.lots] == expect["open_lots"]
