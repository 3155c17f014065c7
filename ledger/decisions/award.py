"""Giving points without a purchase."""

from __future__ import annotations

from ledger.account import Account
from ledger.decisions.stamp import Stamp
from ledger.errors import UnknownMember
from ledger.lots import credit, expiry_day
from ledger.rules import Rules
from schemas.commands import AwardPoints
from schemas.events import PointsAwarded


def decide_award(
    account: Account, rules: Rules, command: AwardPoints, stamp: Stamp
) -> tuple[PointsAwarded]:
    """A lot of its own; it lives as the program says unless the command names its last day.

    Raises UnknownMember.
    """
    if not account.exists:
        raise UnknownMember(member=account.member)
    day = stamp.occurred_on
    lots, movements = credit(
        account,
        command.points,
        earned_on=day,
        available_from=day,
        expires_on=command.expires_on or expiry_day(rules.program.expiry, day),
    )
    return (
        PointsAwarded(
            occurred_at=stamp.occurred_at,
            occurred_on=day,
            source=stamp.source,
            request_id=stamp.request_id,
            operator=stamp.operator,
            program_version=stamp.program_version,
            lots=lots,
            movements=movements,
            points_awarded=command.points,
            reason=command.reason,
        ),
    )
