"""The benchmarks measure equal work: the same commands for all, and the same points from all."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks import ours, reference_sqlite, rows, settlement, stock, whatif
from benchmarks.bench import OURS, QUICK, Bench, Comparison
from benchmarks.generate import Shop, business, histories, member_name, purchases
from benchmarks.harness import compare
from benchmarks.reference_eventsourcing import MemberAccount, stock_ledger
from benchmarks.reference_projection import MemoryBalances, project, sqlite_view
from ledger import Ledger
from schemas.commands import EnrolMember, RecordPurchase

SHOP = Shop(members=8, years=2)


def naive_points(commands: list[EnrolMember | RecordPurchase]) -> dict[str, int]:
    """Points by member: one per yuan, more after 2,000 and 10,000 yuan in a calendar year."""
    points: Counter[str] = Counter()
    spent: defaultdict[tuple[str, int], int] = defaultdict(int)
    factor = defaultdict(lambda: Fraction(1))
    for command in commands:
        if isinstance(command, RecordPurchase):
            assert command.occurred_at is not None
            year = command.occurred_at.astimezone(ZoneInfo("Asia/Shanghai")).year
            points[command.member] += int(
                Fraction(command.amount_minor, 100) * factor[command.member]
            )
            spent[command.member, year] += command.amount_minor
            reached = spent[command.member, year]
            step = Fraction(3, 2) if reached >= 1_000_000 else Fraction(6, 5)
            if reached >= 200_000:
                factor[command.member] = max(factor[command.member], step)
    return dict(points)


def test_the_same_seed_gives_the_same_purchases_and_another_seed_others() -> None:
    first = list(purchases(SHOP, 300))
    assert first == list(purchases(SHOP, 300))
    assert first != list(purchases(Shop(members=8, years=2, seed=1), 300))


def test_purchases_come_in_order_of_time_each_with_its_own_receipt() -> None:
    made = list(purchases(SHOP, 500))
    moments = [command.occurred_at for command in made if command.occurred_at]
    assert len(moments) == 500
    assert moments == sorted(moments)
    assert len({command.purchase_id for command in made}) == 500


def test_a_skewed_shop_has_busy_members_and_an_even_one_has_not() -> None:
    skewed = Counter(each.member for each in purchases(Shop(members=50, skew=1.2), 5_000))
    even = Counter(each.member for each in purchases(Shop(members=50, skew=0.0), 5_000))
    assert max(skewed.values()) > 5 * max(even.values()) / 2


def test_the_stock_application_gives_the_naive_sum(tmp_path: Path) -> None:
    commands = business(SHOP, 400)
    expected = naive_points(commands)
    stock.seed(tmp_path / "stock.db", commands)
    assert stock.balances(tmp_path / "stock.db", list(expected)) == expected


def test_the_stock_projections_agree_with_the_stock_aggregates(tmp_path: Path) -> None:
    commands = business(SHOP, 300)
    expected = {
        MemberAccount.create_id(member): points for member, points in naive_points(commands).items()
    }
    stock.seed(tmp_path / "stock.db", commands)
    memory = MemoryBalances()
    with (
        stock_ledger(tmp_path / "stock.db") as application,
        sqlite_view(tmp_path / "view.db") as view,
    ):
        assert project(application, view) == project(application, memory)
        assert view.balances() == memory.balances() == expected


def test_the_ledger_decides_the_same_points_as_the_stock_application(tmp_path: Path) -> None:
    rows.check_same_decisions(Bench(tmp_path, QUICK))


def test_the_what_if_gives_what_the_commands_lived_again_give(tmp_path: Path) -> None:
    commands = business(SHOP, 400)
    ours.seed(tmp_path / "ours.db", commands)
    with Ledger.open(tmp_path / "ours.db") as ledger:
        report = ledger.what_if(whatif.OTHER).report
    measured, points = whatif.lived_again(commands)
    assert (report.purchases, report.after.flows["earned"]) == (measured.count, points)


def test_a_statement_has_the_figures_of_the_plain_sums(tmp_path: Path) -> None:
    settlement.seed(tmp_path / "ours.db", 300)
    settlement.check_same_figures(tmp_path / "ours.db")


@pytest.mark.parametrize("events", [5, 20])
def test_histories_leave_every_member_with_so_many_events(tmp_path: Path, events: int) -> None:
    shop = Shop(members=3)
    commands = list(histories(shop, events))
    ours.seed(tmp_path / "ours.db", commands)
    stock.seed(tmp_path / "stock.db", commands)
    for number in range(shop.members):
        assert ours.history_length(tmp_path / "ours.db", member_name(number)) == events
        assert stock.history_length(tmp_path / "stock.db", member_name(number)) == events


def test_raw_rows_are_the_rows_of_the_store(tmp_path: Path) -> None:
    ours.seed(tmp_path / "ours.db", business(SHOP, 100))
    copied = reference_sqlite.copy_rows(tmp_path / "ours.db")
    reference_sqlite.write_rows(tmp_path / "raw.db", copied)
    assert reference_sqlite.copy_rows(tmp_path / "raw.db") == copied
    assert copied.events == ours.events(tmp_path / "ours.db")


def test_no_member_is_in_the_parts_of_two_threads() -> None:
    parts = rows.apart(list(purchases(Shop(members=40), 400)))
    owners = [{command.member for command in part} for part in parts]
    assert sum(map(len, parts)) == 400
    assert sum(map(len, owners)) == len(set().union(*owners))


def test_ours_is_compared_with_the_fastest_reference() -> None:
    rates = {OURS: 100.0, "slow": 10.0, "fast": 50.0}
    line = compare("key", Comparison("title", ("slow", "fast"), 3), rates)
    assert (line.reference, line.ratio, line.met) == ("fast", 2.0, False)


def test_a_process_is_compared_by_how_long_it_takes() -> None:
    rates = {OURS: 10.0, "pass": 80.0}
    line = compare("key", Comparison("title", ("pass",), 12, "at_most"), rates)
    assert (line.ratio, line.met) == (8.0, True)


def test_a_floor_looks_at_our_rate_alone() -> None:
    rates = {OURS: 290_000.0, "stock": 1.0}
    line = compare("key", Comparison("title", ("stock",), 300_000, "floor"), rates)
    assert line.met is False
