"""Letting a person into the program."""

from __future__ import annotations

from ledger.account import Account
from ledger.decisions.stamp import Stamp
from ledger.errors import AlreadyEnrolled
from ledger.rules import Rules
from schemas.commands import EnrolMember
from schemas.events import MemberEnrolled


def decide_enrol(
    account: Account, rules: Rules, command: EnrolMember, stamp: Stamp
) -> tuple[MemberEnrolled]:
    """Enrol a member with the ladder's entry tier. Raises AlreadyEnrolled."""
    if account.exists:
        raise AlreadyEnrolled(member=account.member)
    return (
        MemberEnrolled(
            occurred_at=stamp.occurred_at,
            occurred_on=stamp.occurred_on,
            source=stamp.source,
            request_id=stamp.request_id,
            operator=stamp.operator,
            program_version=stamp.program_version,
            store=command.store,
            tier=rules.entry_tier,
        ),
    )
