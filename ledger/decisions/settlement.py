"""Decisions about closed periods and disputes (RULES 28; docs/alliance.md, Settlement).

What a period comes to is worked out from the log elsewhere. Here it is judged whether it is its
turn, whether it holds together, and whether it was made from this log.
"""

from __future__ import annotations

from typing import Any, Final

from ledger.decisions.alliance import AllianceCase, Decide
from ledger.errors import (
    DisputeIsDecided,
    LineIsDisputed,
    NotBalanced,
    PeriodNotOver,
    PeriodOrder,
    PositionUnknown,
    UnknownDispute,
    UnknownLine,
)
from schemas.commands import DecideDispute, DisputeLine, SettlePeriod
from schemas.events import (
    AllianceEvent,
    DisputeDecided,
    LineDisputed,
    PartnerJoined,
    PartnerLeft,
    PartnerTermsChanged,
    PeriodSettled,
)
from schemas.periods import period_of
from schemas.settlement import Statement, mistake_of, month_named


def decide_settle(case: AllianceCase, command: SettlePeriod) -> list[AllianceEvent]:
    """Raises PeriodNotOver, PeriodOrder, NotBalanced, PositionUnknown."""
    days = month_named(command.period)
    if case.day <= days.last:
        raise PeriodNotOver(period=command.period, day=case.day.isoformat())
    settled = case.alliance.settled
    after_position = 0
    if settled:
        due = period_of("month", month_named(settled[-1].period).end).name
        if command.period != due:
            raise PeriodOrder(period=command.period, next=due)
        after_position = settled[-1].through_position
    statement = Statement(
        period=command.period,
        starts_on=days.start,
        ends_on=days.last,
        after_position=after_position,
        through_position=command.through_position,
        seal=command.seal,
        lines=command.lines,
        nets=command.nets,
        payments=command.payments,
    )
    mistake = mistake_of(statement, command.digest)
    if mistake is not None:
        raise NotBalanced(period=command.period, reason=mistake)
    if case.seal != command.seal or command.through_position < after_position:
        raise PositionUnknown(position=command.through_position)
    if case.agreed_since:
        # Days of the period may have other prices by now than those that were billed.
        raise NotBalanced(period=command.period, reason="other terms were agreed on since")
    parts = {name: getattr(statement, name) for name in Statement.__struct_fields__}
    return [case.event(PeriodSettled, **parts, digest=command.digest)]


def decide_dispute(case: AllianceCase, command: DisputeLine) -> list[AllianceEvent]:
    """Raises UnknownLine, LineIsDisputed."""
    line = (command.partner, command.kind, command.month)
    known = (
        (each.partner, each.kind, each.month)
        for settled in case.alliance.settled
        if settled.period == command.period
        for each in settled.lines
    )
    if line not in known:
        raise UnknownLine(
            period=command.period, partner=command.partner, kind=command.kind, month=command.month
        )
    for key, told in case.alliance.disputes.items():
        same = (told.period, told.partner, told.kind, told.month) == (command.period, *line)
        if same and key not in case.alliance.decisions:
            raise LineIsDisputed(
                dispute=key[1], partner=command.partner, kind=command.kind, month=command.month
            )
    disputed = case.event(
        LineDisputed,
        period=command.period,
        partner=command.partner,
        kind=command.kind,
        month=command.month,
        reason=command.reason,
    )
    return [disputed]


def decide_end_dispute(case: AllianceCase, command: DecideDispute) -> list[AllianceEvent]:
    """Raises UnknownDispute, DisputeIsDecided."""
    key = (command.dispute_source or command.source, command.dispute)
    disputed = case.alliance.disputes.get(key)
    if disputed is None:
        raise UnknownDispute(dispute=command.dispute)
    decided = case.alliance.decisions.get(key)
    if decided is not None:
        raise DisputeIsDecided(dispute=command.dispute, amount_minor=decided.amount_minor)
    ended = case.event(
        DisputeDecided,
        dispute=disputed.request_id,
        dispute_source=disputed.source,
        period=disputed.period,
        partner=disputed.partner,
        kind=disputed.kind,
        month=disputed.month,
        amount_minor=command.amount_minor,
        reason=command.reason,
    )
    return [ended]


TERMS_TOPICS: Final = tuple(
    kind.topic for kind in (PartnerJoined, PartnerTermsChanged, PartnerLeft)
)
"""What prices and monthly fees follow from."""

SETTLEMENT_PROCEDURES: Final[dict[type[Any], Decide]] = {
    SettlePeriod: decide_settle,
    DisputeLine: decide_dispute,
    DecideDispute: decide_end_dispute,
}
"""Command -> its decision."""
