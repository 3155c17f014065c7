"""A fault of ours in one of many commands: the others are told, then it is raised (RULES 34)."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from ledger import AwardPoints, ExpirePoints, Ledger, Outcome, RedeemPoints
from ledger.decisions import PROCEDURES
from ledger.errors import CommandFailed, InsufficientPoints, InvalidCommand
from tests.scenario import instant

FAULT = ZeroDivisionError("nobody foresaw it")


@pytest.fixture
def three(ledger: Ledger, clock) -> Ledger:
    """Three members with 10 points each until 30 June; it is 3 July."""
    clock.now = instant("2026-06-01")
    for member in ("m-1", "m-13", "m-2"):
        ledger.enrol(member)
        ledger.award(member, 10, "x", expires_on=dt.date(2026, 6, 30))
    clock.now = instant("2026-07-03")
    return ledger


@pytest.fixture
def break_down(monkeypatch):
    """Makes the decision on a kind of command fail for m-13."""

    def broken(kind):
        procedure = PROCEDURES[kind]

        def decide(case, command):
            if command.member == "m-13":
                raise FAULT
            return procedure.decide(case, command)

        monkeypatch.setitem(PROCEDURES, kind, msgspec.structs.replace(procedure, decide=decide))

    return broken


def told_before_the_fault(results):
    """What was yielded until the fault was raised."""
    told = []
    with pytest.raises(ZeroDivisionError) as caught:
        told.extend(results)
    assert caught.value is FAULT
    return told


def award(member, points=5):
    return AwardPoints(member=member, points=points, reason="x", request_id=f"award-{member}")


def balances(ledger):
    return [ledger.account(member).balance for member in ("m-1", "m-13", "m-2")]


def test_the_others_of_its_commit_are_told_in_their_places_before_it_is_raised(three, break_down):
    """Ledger.execute_many: an outcome or an error for each command, in order."""
    break_down(AwardPoints)
    commands = [
        award("m-1"),
        award("m-13"),
        RedeemPoints(member="m-2", points=11),
        award("m-2", 0),
        award("m-2"),
    ]
    told = told_before_the_fault(three.execute_many(commands))
    assert [type(result) for result in told] == [
        Outcome,
        CommandFailed,
        InsufficientPoints,
        InvalidCommand,
        Outcome,
    ]
    assert told[1].__cause__ is FAULT
    assert told[1].fields == {"command": "AwardPoints", "reason": repr(FAULT)}
    assert balances(three) == [15, 10, 15]


def test_no_commit_is_begun_after_it_and_a_retry_finishes_the_rest(three, break_down, monkeypatch):
    """Ledger.execute_many, RULES 23."""
    commands = [award("m-13"), award("m-1"), award("m-2")]
    break_down(AwardPoints)
    told = told_before_the_fault(three.execute_many(commands, group=2))
    assert [type(result) for result in told] == [CommandFailed, Outcome]
    assert balances(three) == [15, 10, 10]
    monkeypatch.undo()
    again = list(three.execute_many(commands, group=2))
    assert [outcome.replayed for outcome in again] == [False, True, False]
    assert balances(three) == [15, 15, 15]


def test_a_run_over_all_tells_the_lots_of_the_others_before_it_is_raised(three, break_down):
    """RULES 8 and Ledger.expire_all: what was recorded is told."""
    break_down(ExpirePoints)
    told = told_before_the_fault(three.expire_all(dt.date(2026, 6, 30)))
    assert [lot.member for lot in told] == ["m-1", "m-2"]
    assert balances(three) == [0, 10, 0]
