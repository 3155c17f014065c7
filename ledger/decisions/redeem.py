"""Spending points."""

from __future__ import annotations

from ledger.account import Account
from ledger.decisions.stamp import Stamp
from ledger.errors import UnknownMember
from ledger.lots import draw
from ledger.rules import Rules
from schemas.commands import RedeemPoints
from schemas.events import PointsRedeemed


def decide_redeem(
    account: Account, rules: Rules, command: RedeemPoints, stamp: Stamp
) -> tuple[PointsRedeemed]:
    """Take the points from the lots that expire first (RULES 7 and 11).

    Raises UnknownMember, or InsufficientPoints with what is available: nothing is clamped.
    """
    if not account.exists:
        raise UnknownMember(member=account.member)
    return (
        PointsRedeemed(
            occurred_at=stamp.occurred_at,
            occurred_on=stamp.occurred_on,
            source=stamp.source,
            request_id=stamp.request_id,
            operator=stamp.operator,
            program_version=stamp.program_version,
            movements=draw(account, command.points, stamp.occurred_on),
            points_redeemed=command.points,
            partner=command.partner,
            store=command.store,
            till=command.till,
            purchase_id=command.purchase_id,
            reason=command.reason,
        ),
    )
