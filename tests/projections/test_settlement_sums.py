"""A statement's figures: those of a plain sum over the log, and of the events behind them."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.reference_settlement import add_up
from ledger import Ledger
from projections import Warehouse
from projections.errors import WarehouseMissing
from projections.settlement import again, behind, work_out
from schemas.codec import encode_event
from schemas.events import (
    BlockDraw,
    CobrandAccrued,
    DisputeDecided,
    Event,
    ExpiryUndone,
    PartnerJoined,
    PartnerLeft,
    PartnerTermsChanged,
    PeriodSettled,
    PointsBlockBought,
    PointsExpired,
    PointsHeld,
    PointsReceived,
    PointsRedeemed,
    RedemptionReversed,
    ReturnRecorded,
    TransferConfirmed,
    TransferReceived,
    TransferSent,
    member_stream,
)
from schemas.settlement import Statement, worth
from tests.projections.partners import at, figures
from tests.projections.support import append_rows, bought, create_log, into, lot

PARTNERS = ("a", "b", "c")
PERIODS = ("2026-01", "2026-02", "2026-03")
Log = list[tuple[str, Event]]

_days = st.dates(dt.date(2025, 12, 20), dt.date(2026, 3, 31)).map(str)
_partners = st.sampled_from((*PARTNERS, ""))
_members = st.sampled_from(("m", "n", "purse:home"))
_prices = st.tuples(st.sampled_from((0, 1, 3, 100)), st.integers(0, 7))
_shares = st.sampled_from((0, 25_000, 333_333, 1_000_000))


@st.composite
def agreements(draw: Any) -> Log:
    """Terms of three partners; some may change them, one may leave and join anew."""
    log: Log = []
    for partner in PARTNERS:
        since = draw(st.dates(dt.date(2025, 12, 1), dt.date(2026, 2, 15)))
        log.append(
            (f"partner:{partner}", PartnerJoined(**at("2025-12-01"), **draw(_said(partner, since))))
        )

    def change(partner: str) -> None:
        since = draw(st.dates(dt.date(2025, 12, 1), dt.date(2026, 3, 20)))
        changed = PartnerTermsChanged(**at("2025-12-01"), **draw(_said(partner, since)))
        log.append((f"partner:{partner}", changed))

    for partner in draw(st.lists(st.sampled_from(PARTNERS), max_size=3)):
        change(partner)
    if draw(st.booleans()):
        change("c")
        left = PartnerLeft(**at("2026-01-10"), partner="c", last_day=dt.date(2026, 2, 20))
        log.append(("partner:c", left))
        since = draw(st.dates(dt.date(2026, 2, 21), dt.date(2026, 3, 10)))
        log.append(("partner:c", PartnerJoined(**at("2026-02-21"), **draw(_said("c", since)))))
        if draw(st.booleans()):
            change("c")
    return log


def _said(partner: str, since: dt.date) -> st.SearchStrategy[dict[str, Any]]:
    def fields(prices: list[tuple[int, int]], shares: list[int], fee: int) -> dict[str, Any]:
        names = ("issue", "redeem", "sent", "received")
        said: dict[str, Any] = {"partner": partner, "effective_from": since, "content": ""}
        for name, (points, minor) in zip(names, prices, strict=True):
            said |= {f"{name}_points": points, f"{name}_minor": minor}
        shared = ("issue_fee_millionths", "redeem_fee_millionths", "breakage_millionths")
        return said | dict(zip(shared, shares, strict=True)) | {"monthly_fee_minor": fee}

    four, three = (
        st.lists(_prices, min_size=4, max_size=4),
        st.lists(_shares, min_size=3, max_size=3),
    )
    return st.builds(fields, four, three, st.sampled_from((0, 500)))


@st.composite
def happenings(draw: Any, month: str) -> Log:
    """What members and partners did, in any order of days; lots that move go on as others'."""
    log: Log = []
    lots: list[tuple[str, int]] = []
    holds: list[PointsHeld] = []
    last: Counter[str] = Counter()
    first = 100 * ord(month)

    def opened(member: str, origin: tuple[str, int] = ("", 0)) -> Any:
        last[member] += 1
        lots.append((member, first + last[member]))
        return lot(first + last[member], 9, from_member=origin[0], from_lot=origin[1])

    for number in range(draw(st.integers(1, 25))):
        member, partner, day = draw(_members), draw(_partners), draw(_days)
        points, said = draw(st.integers(-5, 60)), at(day, f"{month}{number}")
        what = draw(st.sampled_from(_WHAT))
        if what == "buy":
            new, drawn = opened(member), draw(st.integers(0, 3))
            draws = (BlockDraw(1, drawn), BlockDraw(2, drawn)) if drawn else ()
            event: Event = bought(day, points=points, lots=[new], partner=partner, drawn=draws)
        elif what == "card":
            event = CobrandAccrued(
                **said,
                cobrand="x",
                partner=partner or "a",
                reference="r",
                spend_minor=1,
                month_spend_minor=1,
                month_points_due=1,
                terms_version=1,
                points_due=points,
                points_accrued=points,
                lots=(opened(member),),
            )
        elif what == "return":
            event = ReturnRecorded(
                **said,
                purchase_id="p",
                partner=partner,
                purchased_on=dt.date.fromisoformat(draw(_days)),
                amount_minor=1,
                qualifying_minor=1,
                points_due=points,
                points_returned=points,
                drawn=(BlockDraw(1, -2),) if draw(st.booleans()) else (),
            )
        elif what == "hold":
            event = PointsHeld(
                **said, points_held=points, partner=partner, lapses_at=said["occurred_at"]
            )
            holds.append(event)
        elif what == "capture":
            if not holds:
                continue
            held = holds.pop()
            named = {"hold": held.request_id, "hold_source": held.source}
            event = PointsRedeemed(**said, **named, points_redeemed=points, partner=held.partner)
        elif what == "redeem":
            event = PointsRedeemed(**said, points_redeemed=points, partner=partner)
        elif what == "reverse":
            spent = [e for _, e in log if isinstance(e, PointsRedeemed)]
            if not spent:
                continue
            event = RedemptionReversed(
                **said,
                redemption=draw(st.sampled_from(spent)).request_id,
                redemption_source="test",
                points_reversed=points,
            )
        elif what == "give":
            if not lots:
                continue
            origin = draw(st.sampled_from(lots))
            event = PointsReceived(
                **said,
                other=origin[0],
                purpose="gift",
                points_received=9,
                lots=(opened(member, origin),),
            )
        elif what in ("expire", "undo"):
            if not lots:
                continue
            member, number_of = draw(st.sampled_from(lots))
            moved = (into(number_of, -points if what == "expire" else points),)
            event = (
                PointsExpired(
                    **said, points_expired=points, lapsed_on=dt.date(2026, 1, 1), movements=moved
                )
                if what == "expire"
                else ExpiryUndone(**said, points_restored=points, movements=moved)
            )
        elif what == "transfer":
            program = partner or "a"
            sent = TransferSent(
                **said,
                program=program,
                rate="x",
                account="1",
                points_transferred=points,
                fee_points=1,
                theirs=1,
                answer_by=dt.date(2026, 3, 31),
            )
            log.append((member_stream(member), sent))
            event = TransferConfirmed(
                **at(draw(_days), f"yes-{month}{number}"),
                program=program,
                transfer=f"{month}{number}",
                transfer_source="test",
            )
        elif what == "receive":
            event = TransferReceived(
                **said,
                program=partner or "b",
                rate="x",
                transfer="t",
                theirs=1,
                points_taken_in=points,
            )
        elif what == "block":
            event = PointsBlockBought(
                **said, partner=partner or "a", block=1, points=100, price_minor=points
            )
            log.append((f"partner:{event.partner}", event))
            continue
        else:
            event = DisputeDecided(
                **said,
                dispute=f"d{number}",
                dispute_source="test",
                period="2025-12",
                partner=partner or "a",
                kind="issued",
                month="2025-12",
                amount_minor=points,
                reason="x",
            )
            log.append(("settlement", event))
            continue
        log.append((member_stream(member), event))
    return log


_WHAT = (
    *("buy", "buy", "card", "return", "redeem", "reverse", "give", "give", "expire", "expire"),
    *("undo", "transfer", "receive", "block", "dispute", "hold", "hold", "capture"),
)


def _write(store: Path, log: Log) -> None:
    append_rows(store, ((who, e.topic, encode_event(e).decode()) for who, e in log))


def _closed(statement: Statement) -> tuple[str, Event]:
    parts = {name: getattr(statement, name) for name in Statement.__struct_fields__}
    return "settlement", PeriodSettled(**at("2026-04-01"), **parts, digest=statement.digest)


# An example takes a second: a smaller one is not worth minutes of looking for it.
@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(agreements(), st.tuples(happenings("x"), happenings("y"), happenings("z")))
def test_a_statement_is_the_plain_sum_over_the_log_and_every_event_is_billed_once(
    agreed: Log, months: tuple[Log, Log, Log]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = create_log(Path(folder) / "log.jifen")
        _write(store, agreed)
        statements: list[Statement] = []
        with Warehouse.open(store) as warehouse:
            for period, happened in zip(PERIODS, months, strict=True):
                _write(store, happened)
                warehouse.catch_up()
                seen = statements[-1].through_position if statements else 0
                statement = work_out(
                    warehouse,
                    period,
                    after_position=seen,
                    through_position=warehouse.position,
                    seal="0" * 64,
                )
                assert figures(statement.lines) == add_up(store, period, seen, warehouse.position)
                assert sum(net.net_minor for net in statement.nets) == 0
                statements.append(statement)
                _write(store, [_closed(statement)])
            warehouse.catch_up()
            for statement in statements:
                assert again(warehouse, statement).canonical == statement.canonical
            _every_figure_is_that_of_its_events(warehouse, statements)
            _every_event_is_billed_once(warehouse)


def _every_figure_is_that_of_its_events(warehouse: Warehouse, statements: list[Statement]) -> None:
    line_of = "period, partner, kind, month, minor, per, dispute"
    told = warehouse.query(
        f"SELECT {line_of}, late, count(*), sum(points)::BIGINT, sum(amount_minor)::BIGINT"
        f" FROM settlement_events GROUP BY {line_of}, late ORDER BY ALL"
    ).rows
    lines = warehouse.query(
        f"SELECT {line_of}, late, events, points, amount_minor FROM settlement ORDER BY ALL"
    ).rows
    assert [row[:-1] for row in told] == [row[:-1] for row in lines]
    for behind_it, line in zip(told, lines, strict=True):
        _, _, kind, _, minor, per, _, _, _, points, amount = line
        assert amount == (worth(kind, points, minor, per) if per else behind_it[-1])
    rows = warehouse.query("SELECT count(*) FROM settlement_events").rows
    assert rows == [(sum(len(behind(warehouse, each).rows) for each in statements),)]


def _every_event_is_billed_once(warehouse: Warehouse) -> None:
    twice = warehouse.query(
        "SELECT position, kind, partner, month, minor, per FROM settlement_events"
        " WHERE kind NOT IN ('monthly_fee', 'breakage')"
        " GROUP BY ALL HAVING count(DISTINCT period) > 1"
    ).rows
    assert twice == []


def test_a_warehouse_that_lags_behind_is_not_asked(tmp_path: Path) -> None:
    """RULES 28: what it has not read yet would be billed in no statement."""
    path = tmp_path / "late.jifen"
    with Ledger.create(path, PROGRAM) as ledger, Warehouse.open(path) as warehouse:
        warehouse.catch_up()
        ledger.enrol("ann")
        position, seal = ledger.end_of_log()

        with pytest.raises(WarehouseMissing):
            work_out(warehouse, "2026-01", after_position=0, through_position=position, seal=seal)
        warehouse.catch_up()
        work_out(warehouse, "2026-01", after_position=0, through_position=position, seal=seal)


PROGRAM = """
id = "shop"
name = "Shop"
currency = "CNY"
effective_from = 2020-01-01
"""
