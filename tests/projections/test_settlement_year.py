"""A year of three partners: every month is settled, and the twelve add up to the year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.reference_settlement import add_up
from ledger import Ledger, ManualClock
from projections import Warehouse
from projections.settlement import again, closed
from schemas.commands import DecideDispute, DisputeLine
from schemas.events import Movement, TransferConfirmed, TransferRejected, TransferSent
from schemas.settlement import Statement, worth
from tests.projections.partners import (
    at,
    change,
    figures,
    join,
    settle,
    store_of,
    terms,
    write_down,
)
from tests.projections.shop import Shop, noon

PROGRAM = """
id = "alliance"
name = "Alliance"
currency = "CNY"
effective_from = 2020-01-01

[[earn]]
id = "base"
points = 1
per = "1.00"

[redemption]
points = 100
money = "1.00"

[expiry]
policy = "months"
months = 3
"""
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
CAFE = terms(
    "cafe",
    "2026-01-01",
    issue='points = "100"\nmoney = "1.25"',
    redeem='points = "100"\nmoney = "0.90"',
    fees='issue_percent = "2.5"\nredeem_percent = "1"\nmonthly = "20.00"',
    breakage='share_percent = "30"',
)
CAFE_FROM_JULY = CAFE.replace("2026-01-01", "2026-07-01").replace('"1.25"', '"1.10"')
AIR = terms(
    "air",
    "2026-01-01",
    issue='points = "1"\nmoney = "0.01"',
    redeem='points = "1"\nmoney = "0.01"',
    sent='points = "3"\nmoney = "0.02"',
)
BOOKS = terms(
    "books",
    "2026-03-15",
    issue='points = "7"\nmoney = "0.10"',
    redeem='points = "9"\nmoney = "0.08"',
    fees='monthly = "5.00"',
)


class Year(NamedTuple):
    shop: Shop
    ledger: Ledger
    warehouse: Warehouse
    statements: dict[str, Statement]

    def lines(self, period: str, partner: str, kind: str) -> list[tuple[str, int, int]]:
        """Month, points, amount of lines of a kind."""
        return [
            (line.month, line.points, line.amount_minor)
            for line in self.statements[period].lines
            if (line.partner, line.kind) == (partner, kind)
        ]


def _a_month_goes_by(ledger: Ledger, period: str, number: int) -> None:
    where = ["cafe", "air", *(["books"] if number > 3 else [])]
    for step, partner in enumerate(where):
        day = f"{period}-{5 + step:02}"
        spent = 10_050 + 37 * number * (step + 1)
        ledger.purchase("ann", spent, f"{period}-{partner}", partner=partner, occurred_at=noon(day))
        other = where[step - 1]
        ledger.redeem(
            "ann",
            40 + number,
            partner=other,
            occurred_at=noon(f"{period}-{15 + step}"),
            request_id=f"spend-{period}-{step}",
        )


def _sent(ledger: Ledger, day: str, name: str) -> None:
    """30 points of ann's to the airline: their newest lot has as many."""
    account = ledger.account("ann")
    lot = next(lot for lot in account.lots if lot.available >= 30)
    sent = TransferSent(
        **at(day, name),
        program="air",
        rate="to-air",
        account="9",
        points_transferred=30,
        fee_points=3,
        theirs=27,
        answer_by=dt.date(2026, 12, 31),
        movements=(Movement(lot.number, "available", -30),),
    )
    write_down(ledger, ("member:ann", sent))


def _confirmed(ledger: Ledger, day: str, name: str) -> None:
    answer = TransferConfirmed(
        **at(day, f"{name}-yes"), program="air", transfer=name, transfer_source="test"
    )
    write_down(ledger, ("member:ann", answer))


def _rejected(ledger: Ledger, day: str, name: str) -> None:
    sent = next(
        r.event
        for r in ledger.history("ann")
        if isinstance(r.event, TransferSent) and r.event.request_id == name
    )
    back = tuple(Movement(m.lot, m.bucket, -m.points) for m in sent.movements)
    answer = TransferRejected(
        **at(day, f"{name}-no"),
        program="air",
        transfer=name,
        transfer_source="test",
        points_given_back=30,
        code="unknown_account",
        movements=back,
    )
    write_down(ledger, ("member:ann", answer))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    path: Path = tmp_path_factory.mktemp("year") / "alliance.jifen"
    clock = ManualClock(noon("2026-01-01"))
    with (
        Ledger.create(path, PROGRAM, clock=clock, durability="relaxed") as ledger,
        Warehouse.open(path) as warehouse,
    ):
        shop = Shop(ledger, clock, warehouse)
        ledger.enrol("ann")
        ledger.enrol("bo")
        for content in (CAFE, AIR):
            join(ledger, content)
        statements = {}
        for number, period in enumerate(MONTHS, start=1):
            if number == 3:
                join(ledger, BOOKS)
            if number == 7:
                change(ledger, CAFE_FROM_JULY)
            shop.on(f"{period}-28")
            _a_month_goes_by(ledger, period, number)
            if number == 5:
                # Settled in March and April; what comes of them now is in May's.
                ledger.return_purchase("ann", "2026-03-cafe", partner="cafe")
                ledger.reverse("ann", "spend-2026-04-1")
                ledger.gift("ann", "bo", 60)
            if number == 6:
                # A file of the cafe's that comes late.
                ledger.purchase("bo", 4_000, "late", partner="cafe", occurred_at=noon("2026-02-11"))
            if number == 8:
                _sent(ledger, "2026-08-20", "t-1")
                _sent(ledger, "2026-08-21", "t-2")
                _rejected(ledger, "2026-08-25", "t-1")
                _confirmed(ledger, "2026-08-26", "t-2")
                ledger.return_purchase("ann", "2026-06-cafe", partner="cafe")
            if number == 10:
                line = {
                    "period": "2026-09",
                    "partner": "books",
                    "kind": "issued",
                    "month": "2026-09",
                }
                ledger.execute(DisputeLine(reason="twice", request_id="d-1", **line))
                ledger.execute(
                    DecideDispute(
                        dispute="d-1", amount_minor=-123, reason="so it is", operator="li"
                    )
                )
            following = dt.date(2026, number, 28) + dt.timedelta(days=6)
            shop.on(following.isoformat())
            list(ledger.expire_all())
            statements[period] = settle(ledger, warehouse, period)
        # More comes, as it does when someone asks years later.
        ledger.purchase("bo", 900, "after", partner="cafe", occurred_at=noon("2026-12-30"))
        warehouse.catch_up()
        yield Year(shop, ledger, warehouse, statements)


def test_every_statement_nets_to_zero_and_is_settled_by_its_payments(year: Year) -> None:
    for statement in year.statements.values():
        left = Counter({net.partner: net.net_minor for net in statement.nets})
        assert sum(left.values()) == 0
        for payment in statement.payments:
            left[payment.payer] -= payment.amount_minor
            left[payment.payee] += payment.amount_minor
        assert not any(left.values())


def test_the_twelve_statements_add_up_to_the_year(year: Year) -> None:
    """In events, points and fees; in money where no rounding comes between."""
    last = year.statements["2026-12"]
    whole = add_up(store_of(year.warehouse), "2026-12", 0, last.through_position)
    told: Counter[object] = Counter()
    for statement in year.statements.values():
        for (partner, kind, month, price), (events, points, _) in figures(statement.lines).items():
            if kind != "monthly_fee":
                told[partner, kind, month, price, "events"] += events
                told[partner, kind, month, price, "points"] += points
    expected: Counter[object] = Counter()
    for (partner, kind, month, price), (events, points, _) in whole.items():
        if kind != "monthly_fee":
            expected[partner, kind, month, price, "events"] += events
            expected[partner, kind, month, price, "points"] += points
    assert told == expected

    fees = [
        line
        for each in year.statements.values()
        for line in each.lines
        if line.kind == "monthly_fee"
    ]
    assert Counter(line.partner for line in fees) == {"cafe": 12, "books": 10}


def test_each_is_worked_out_again_later_with_the_same_bytes(year: Year) -> None:
    for found in closed(year.warehouse):
        assert again(year.warehouse, found.statement).canonical == found.statement.canonical
        assert found.digest == found.statement.digest
    told = {each.statement.period: each.statement for each in closed(year.warehouse)}
    assert told == year.statements


def test_each_is_the_plain_sum_over_the_log(year: Year) -> None:
    for period, statement in year.statements.items():
        expected = add_up(
            store_of(year.warehouse), period, statement.after_position, statement.through_position
        )
        assert figures(statement.lines) == expected


def test_other_terms_hold_from_their_day_on(year: Year) -> None:
    assert [points for _, points, _ in year.lines("2026-06", "cafe", "issued")] == [40, 102]
    ((_, points, amount),) = year.lines("2026-07", "cafe", "issued")
    assert (points, amount) == (103, worth("issued", 103, 110, 100))


def test_a_late_purchase_is_in_the_next_statement_with_its_month(year: Year) -> None:
    (late,) = [x for x in year.statements["2026-06"].lines if x.late and x.kind == "issued"]
    assert (late.partner, late.month, late.points, late.amount_minor) == ("cafe", "2026-02", 40, 50)


def test_a_return_after_settlement_goes_at_the_price_of_the_purchase(year: Year) -> None:
    ((month, points, amount),) = year.lines("2026-08", "cafe", "returned")
    assert (month, points) == ("2026-08", 102)
    assert amount == worth("returned", 102, 125, 100)
    ((_, points, amount),) = year.lines("2026-05", "cafe", "returned")
    assert (points, amount) == (101, -126)


def test_a_reversal_after_settlement_is_owed_by_the_partner_again(year: Year) -> None:
    (reversed_,) = [x for x in year.statements["2026-05"].lines if x.kind == "reversed"]
    assert (reversed_.month, reversed_.points) == ("2026-05", 44)
    assert reversed_.amount_minor > 0


def test_only_the_transfer_that_was_confirmed_is_paid_without_its_fee(year: Year) -> None:
    found = [x for each in year.statements.values() for x in each.lines if x.kind == "sent"]
    assert [(x.partner, x.month, x.points, x.amount_minor) for x in found] == [
        ("air", "2026-08", 27, -18)
    ]


def test_points_that_went_to_another_member_expire_as_the_partner_s_still(year: Year) -> None:
    partners = year.shop.rows(
        "SELECT DISTINCT partner FROM lot_issuers WHERE member = 'bo' ORDER BY partner"
    )
    assert ("cafe",) in partners
    breakage = [x for each in year.statements.values() for x in each.lines if x.kind == "breakage"]
    assert {x.partner for x in breakage} == {"cafe"}
    assert all(x.amount_minor < 0 for x in breakage if x.points > 1)


def test_a_dispute_is_a_correction_of_the_next_statement(year: Year) -> None:
    found = [x for each in year.statements.values() for x in each.lines if x.kind == "correction"]
    assert [(x.partner, x.month, x.late, x.amount_minor, x.dispute) for x in found] == [
        ("books", "2026-09", True, -123, "d-1")
    ]
    assert found[0] in year.statements["2026-10"].lines


def test_every_figure_is_that_of_the_events_behind_it(year: Year) -> None:
    behind = year.shop.rows(
        "SELECT period, partner, kind, month, minor, per, dispute, count(*), sum(points)::BIGINT"
        " FROM settlement_events GROUP BY ALL ORDER BY ALL"
    )
    lines = year.shop.rows(
        "SELECT period, partner, kind, month, minor, per, dispute, events, points"
        " FROM settlement ORDER BY ALL"
    )
    assert behind == lines
    assert len(lines) > 100


def test_what_partners_issued_is_spent_expired_outstanding_or_sent_away(year: Year) -> None:
    """Over all of them: a return may take points that another partner issued."""
    ((issued, redeemed, expired, outstanding),) = year.shop.rows(
        "SELECT sum(issued_points), sum(redeemed_points), sum(expired_points),"
        " sum(outstanding_points) FROM partner_positions"
    )
    ((flowed,),) = year.shop.rows("SELECT sum(points) FROM partner_flows")
    sent = 30
    assert flowed == redeemed
    assert issued == redeemed + expired + outstanding + sent


def test_a_member_s_spend_divides_over_the_partners(year: Year) -> None:
    rows = year.shop.rows(
        "SELECT member, partner, purchases, net_minor, share FROM customer_share"
        " WHERE member = 'ann' ORDER BY partner"
    )
    assert [(partner, purchases) for _, partner, purchases, _, _ in rows] == [
        ("air", 12),
        ("books", 9),
        ("cafe", 10),
    ]
    assert sum(share for *_, share in rows) == pytest.approx(1)
