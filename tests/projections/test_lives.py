"""Whatever happens in a shop, the warehouse says what the ledger says."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.account import Account
from ledger.rebates import carried
from projections import Warehouse
from tests.projections.lives import MEMBERS, PURSE, Life, live

ACCOUNTS = (*MEMBERS, PURSE)
EVER = "2099-12-31"

# An example is some hundred commands and a warehouse; so few of them.
few = settings(max_examples=max(6, settings().max_examples // 8))
choices = st.randoms(use_true_random=False)


class Told:
    """A life that was lived, and the warehouse of its log."""

    def __init__(self, life: Life, warehouse: Warehouse) -> None:
        self.life = life
        self.ledger = life.ledger
        self._warehouse = warehouse

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        self._warehouse.catch_up()
        return self._warehouse.query(sql, list(params)).rows

    def of(self, sql: str, *params: Any) -> dict[str, tuple[Any, ...]]:
        """The rows by their first column, an account's name."""
        return {row[0]: row[1:] for row in self.rows(sql, *params)}

    def accounts(self) -> dict[str, Account]:
        return {name: self.ledger.account(name) for name in ACCOUNTS}


@contextmanager
def lived(choose: Random) -> Iterator[Told]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.jifen"
        with live(path, choose) as life, Warehouse.open(path) as warehouse:
            yield Told(life, warehouse)


def status(account: Account) -> str:
    if account.merged_into:
        return "merged"
    if account.closed:
        return "closed"
    return "frozen" if account.frozen else "open"


@few
@given(choices)
def test_every_account_has_the_points_the_lots_and_the_holds_of_the_ledger(choose: Random) -> None:
    with lived(choose) as told:
        accounts = told.accounts()
        balances = told.of(
            "SELECT member, available_points, held_points, debt_points, balance_points, open_lots"
            " FROM balances"
        )
        lots = told.rows(
            "SELECT member, lot, available_points, held_points, earned_on, available_from,"
            " expires_on, idle_months, from_member, from_lot FROM lot_balances"
            " WHERE available_points <> 0 OR held_points <> 0"
        )
        holds = told.rows("SELECT member, source, request_id FROM holds WHERE ended = ''")

    assert balances == {
        name: (
            sum(lot.available for lot in account.lots),
            sum(lot.held for lot in account.lots),
            account.debt,
            account.balance,
            len(account.lots),
        )
        for name, account in accounts.items()
    }
    assert Counter(lots) == Counter(
        (
            *(name, lot.number, lot.available, lot.held, lot.earned_on, lot.available_from),
            *(lot.expires_on, lot.idle_months, lot.from_member, lot.from_lot),
        )
        for name, account in accounts.items()
        for lot in account.lots
    )
    assert Counter(holds) == Counter(
        (name, hold.source, hold.request_id)
        for name, account in accounts.items()
        for hold in account.holds
    )


@few
@given(choices)
def test_every_member_has_the_card_and_the_status_of_the_ledger(choose: Random) -> None:
    with lived(choose) as told:
        members = {name: told.ledger.account(name) for name in MEMBERS}
        now = {name: told.life.now(name) for name in MEMBERS}
        cards = told.of("SELECT member, tier, valid_until, status FROM tier_cards")
        merged = told.of("SELECT member, merged_into, survivor FROM members")
        ladder = dict(told.rows("SELECT tier, members FROM tier_ladder WHERE members > 0"))

    assert cards == {
        name: (account.tier, account.tier_valid_until, status(account))
        for name, account in members.items()
    }
    assert merged == {name: (account.merged_into, now[name]) for name, account in members.items()}
    there = [account for account in members.values() if status(account) in ("open", "frozen")]
    assert ladder == Counter(account.tier for account in there)


@few
@given(choices)
def test_what_is_kept_of_purchases_is_what_counts_for_the_ladder(choose: Random) -> None:
    with lived(choose) as told:
        survivors = {told.life.now(name) for name in MEMBERS}
        days = {name: told.ledger.account(name).days for name in survivors}
        points = told.of(
            "SELECT survivor, sum(points_net)::BIGINT"
            " FROM purchases JOIN members USING (member) GROUP BY 1"
        )
        visits = told.of(f"SELECT member, frequency + 1 FROM repeat_summary(DATE '{EVER}', 'day')")

    bought = {name: of_member for name, of_member in days.items() if of_member}
    assert points == {name: (of_member[-1].points,) for name, of_member in bought.items()}
    assert visits == {
        name: (of_member[-1].visits,) for name, of_member in bought.items() if of_member[-1].visits
    }


@few
@given(choices)
def test_every_member_has_the_vouchers_and_the_rest_of_rebates_of_the_ledger(
    choose: Random,
) -> None:
    with lived(choose) as told:
        members = {name: told.ledger.account(name) for name in MEMBERS}
        vouchers = told.rows(
            "SELECT holder, source, request_id, number, worth_minor, expires_on FROM vouchers"
            " WHERE state = 'open'"
        )
        used = told.rows("SELECT request_id, number FROM vouchers WHERE state = 'used'")
        known = {name: told.ledger.vouchers(name) for name in MEMBERS}
        rests = told.rows(
            "SELECT member, rebate, carried_minor FROM rebates_carried WHERE carried_minor <> 0"
        )

    assert Counter(vouchers) == Counter(
        (name, *voucher.name, voucher.worth_minor, voucher.expires_on)
        for name, account in members.items()
        for voucher in account.vouchers
    )
    assert Counter(rests) == Counter(
        (name, rebate, rest)
        for name, account in members.items()
        if not account.merged_into
        for rebate in ("vouchers", "points")
        if (rest := carried(account, rebate))
    )
    assert set(used) == {
        (line.request_id, line.number)
        for name, account in members.items()
        if not account.merged_into
        for line in known[name]
        if line.state == "used"
    }


@few
@given(choices)
def test_no_point_is_made_or_lost(choose: Random) -> None:
    with lived(choose) as told:
        owed = sum(account.balance + account.debt for account in told.accounts().values())

        assert told.rows("SELECT position FROM postings GROUP BY 1 HAVING sum(points) <> 0") == []
        assert told.rows("FROM conservation WHERE difference <> 0") == []
        assert told.rows("SELECT sum(transferred_points)::BIGINT FROM conservation") == [(0,)]
        outstanding = "SELECT coalesce(sum(points), 0)::BIGINT FROM points_outstanding"
        assert told.rows(outstanding) == [(owed,)]


@few
@given(choices, st.lists(st.integers(-70, 70).filter(bool), min_size=1, max_size=4))
def test_a_days_balances_are_those_of_the_ledger(choose: Random, far: list[int]) -> None:
    """But for today's, which the ledger tells as of now."""
    columns = (
        "spendable_points, pending_points, held_points, debt_points, balance_points, lapsed_points"
    )
    with lived(choose) as told:
        for days in far:
            day = told.ledger.today() + dt.timedelta(days=days)
            balances = {name: told.ledger.balance(name, on=day) for name in ACCOUNTS}

            assert told.of(f"SELECT member, {columns} FROM balances_on(?)", day) == {
                name: (b.available, b.pending, b.held, b.debt, b.balance, b.lapsed)
                for name, b in balances.items()
            }
            outstanding = "SELECT coalesce(sum(points), 0)::BIGINT FROM points_outstanding_on(?)"
            owed = sum(balance.balance + balance.debt for balance in balances.values())
            assert told.rows(outstanding, day) == [(owed,)]


@few
@given(choices, st.lists(st.integers(-70, 70), min_size=1, max_size=4))
def test_it_makes_no_difference_whether_the_expiry_run_has_come(
    choose: Random, far: list[int]
) -> None:
    everything_but_lapsed = (
        "SELECT member, kind, spendable_points, pending_points, held_points, debt_points,"
        " balance_points, next_expires_on FROM balances_on(?)"
    )
    with lived(choose) as told:
        days = [told.ledger.today() + dt.timedelta(days=each) for each in far]
        before = [told.of(everything_but_lapsed, day) for day in days]

        list(told.ledger.expire_all())

        assert [told.of(everything_but_lapsed, day) for day in days] == before
