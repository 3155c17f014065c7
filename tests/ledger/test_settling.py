"""Closing periods, disputing lines and deciding disputes: what is written and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from ledger import Ledger, ManualClock
from ledger.errors import (
    DisputeIsDecided,
    LineIsDisputed,
    NotBalanced,
    PeriodIsSettled,
    PeriodNotOver,
    PeriodOrder,
    PositionUnknown,
    UnknownDispute,
    UnknownLine,
)
from schemas.commands import DecideDispute, DisputeLine, JoinPartner, SettlePeriod
from schemas.events import DisputeDecided, LineDisputed, PeriodSettled, StatementLine
from schemas.settlement import Statement, statement_of
from tests.scenario.programs import BASIC

TERMS = 'partner = "cafe"\neffective_from = 2026-01-01\n'
LINE = StatementLine("cafe", "issued", "2026-06", 150, events=1, points=150, minor=1, per=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC))


@pytest.fixture
def ledger(clock: ManualClock) -> Iterator[Ledger]:
    """An alliance with one partner, on 1 July 2026."""
    with Ledger(":memory:", program=BASIC, clock=clock) as opened:
        opened.execute(JoinPartner(content=TERMS))
        yield opened


def statement(ledger: Ledger, period: str = "2026-06", after: int = 0, **other: Any) -> Statement:
    """What a period comes to: one line, from the log as it stands."""
    position, seal = ledger.end_of_log()
    made = statement_of(period, after, position, seal, [replace(LINE, month=period)])
    return replace(made, **other) if other else made


def command(made: Statement, **other: Any) -> SettlePeriod:
    names = ("period", "through_position", "seal", "lines", "nets", "payments")
    said = {name: getattr(made, name) for name in names} | {"digest": made.digest}
    return SettlePeriod(**(said | other))


def test_a_period_is_closed_with_what_it_was_made_from(ledger):
    made = statement(ledger)

    (event,) = ledger.execute(command(made)).events

    assert isinstance(event, PeriodSettled)
    assert (event.starts_on, event.ends_on) == (dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert (event.after_position, event.through_position) == (0, made.through_position)
    assert event.lines == (LINE,)
    assert event.digest == made.digest


def test_a_period_is_not_closed_before_it_is_over(ledger, clock):
    with pytest.raises(PeriodNotOver):
        ledger.execute(command(statement(ledger, "2026-07")))
    clock.now = dt.datetime(2026, 7, 31, 16, tzinfo=dt.UTC)  # 1 August in Shanghai.
    ledger.execute(command(statement(ledger, "2026-07")))


def test_periods_are_closed_one_after_the_other_each_once(ledger, clock):
    first = statement(ledger)
    ledger.execute(command(first))
    clock.now = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)

    for period in ("2026-06", "2026-05", "2026-08"):
        with pytest.raises(PeriodOrder) as refused:
            ledger.execute(command(statement(ledger, period, first.through_position)))
        assert refused.value.fields["next"] == "2026-07"
    ledger.execute(command(statement(ledger, "2026-07", first.through_position)))


def test_the_year_after_december_begins_with_january(ledger, clock):
    clock.now = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    first = statement(ledger, "2026-12")
    ledger.execute(command(first))

    (settled,) = ledger.execute(
        command(statement(ledger, "2027-01", first.through_position))
    ).events
    assert (settled.period, settled.starts_on) == ("2027-01", dt.date(2027, 1, 1))


def test_a_statement_that_does_not_hold_together_is_refused(ledger):
    made = statement(ledger)
    more = replace(made.nets[1], net_minor=151)
    wrong = {
        "the nets do not add up to zero": {"nets": (made.nets[0], more)},
        "the nets are not what the lines add up to": {"nets": ()},
        "the payments do not settle the nets": {"payments": ()},
        "the digest is another statement's": {"digest": "0" * 64},
    }
    for reason, other in wrong.items():
        with pytest.raises(NotBalanced) as refused:
            ledger.execute(command(made, **other))
        assert refused.value.fields["reason"] == reason


def test_a_statement_of_another_log_is_refused(ledger):
    position, seal = ledger.end_of_log()
    foreign = (
        {"seal": "f" * 64},
        {"through_position": position + 1},
        {"through_position": 0},
    )
    for other in foreign:
        with pytest.raises(PositionUnknown):
            ledger.execute(command(statement(ledger, **other)))
    assert ledger.end_of_log() == (position, seal)


def test_the_next_statement_is_not_made_from_less_of_the_log(ledger, clock):
    early = ledger.end_of_log()
    ledger.enrol("m-1")
    first = statement(ledger)
    ledger.execute(command(first))
    clock.now = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    less = {"through_position": early[0], "seal": early[1]}

    with pytest.raises(PositionUnknown):
        ledger.execute(command(statement(ledger, "2026-07", first.through_position, **less)))


def test_a_statement_is_worked_out_again_when_terms_were_agreed_on_meanwhile(ledger):
    made = statement(ledger)
    ledger.execute(JoinPartner(content=TERMS.replace("cafe", "books")))

    with pytest.raises(NotBalanced) as refused:
        ledger.execute(command(made))
    assert refused.value.fields["reason"] == "other terms were agreed on since"
    ledger.execute(command(statement(ledger)))


def test_nothing_is_agreed_for_days_that_are_settled(ledger):
    ledger.execute(command(statement(ledger)))

    with pytest.raises(PeriodIsSettled):
        ledger.execute(JoinPartner(content=TERMS.replace("cafe", "books")))


def dispute(**other: Any) -> DisputeLine:
    said = {"period": "2026-06", "partner": "cafe", "kind": "issued", "month": "2026-06"}
    return DisputeLine(**({"reason": "twice", "request_id": "d-1"} | said | other))


def decide(**other: Any) -> DecideDispute:
    said = {"dispute": "d-1", "amount_minor": -50, "reason": "so it is", "operator": "li"}
    return DecideDispute(**(said | other))


def test_a_dispute_is_decided_once(ledger):
    ledger.execute(command(statement(ledger)))

    (told,) = ledger.execute(dispute()).events
    (decided,) = ledger.execute(decide()).events

    assert isinstance(told, LineDisputed)
    assert isinstance(decided, DisputeDecided)
    assert (decided.period, decided.partner, decided.kind) == ("2026-06", "cafe", "issued")
    assert (decided.dispute, decided.amount_minor) == ("d-1", -50)
    with pytest.raises(DisputeIsDecided):
        ledger.execute(decide(amount_minor=0))


def test_only_a_line_of_a_closed_statement_can_be_disputed(ledger):
    with pytest.raises(UnknownLine):
        ledger.execute(dispute())
    ledger.execute(command(statement(ledger)))
    others = ({"period": "2026-05"}, {"partner": "air"}, {"kind": "sent"}, {"month": "2026-05"})
    for other in others:
        with pytest.raises(UnknownLine):
            ledger.execute(dispute(**other))


def test_a_line_is_disputed_once_at_a_time(ledger):
    """Or two decisions would correct it twice."""
    ledger.execute(command(statement(ledger)))
    ledger.execute(dispute())

    with pytest.raises(LineIsDisputed):
        ledger.execute(dispute(request_id="d-2"))
    ledger.execute(decide())
    ledger.execute(dispute(request_id="d-2"))


def test_a_dispute_goes_by_its_request_and_its_source(ledger):
    ledger.execute(command(statement(ledger)))
    ledger.execute(dispute(source="desk"))

    with pytest.raises(UnknownDispute):
        ledger.execute(decide())
    with pytest.raises(UnknownDispute):
        ledger.execute(decide(dispute="d-2", dispute_source="desk"))
    ledger.execute(decide(dispute_source="desk"))


def test_closed_periods_and_disputes_are_known_after_opening_the_store_again(tmp_path, clock):
    path = tmp_path / "a.jifen"
    with Ledger.create(path, BASIC, clock=clock) as first:
        first.execute(JoinPartner(content=TERMS))
        first.execute(command(statement(first)))
        first.execute(dispute())
    with Ledger.open(path, clock=clock) as second:
        second.execute(decide())
        with pytest.raises(PeriodOrder):
            second.execute(command(statement(second)))
        assert second.verify().findings == ()
