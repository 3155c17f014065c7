"""Points that come from another program (RULES 26; docs/alliance.md).

Whatever refuses them declines them for good: then it is `declined` that is written.
"""

from __future__ import annotations

from ledger.case import Case, Stamp
from ledger.credits import credit
from ledger.errors import NoFullBlock, NoRate, RateDiffers, Rejection
from ledger.rates import rate_on
from schemas.commands import ReceiveTransfer
from schemas.events import Event, TransferDeclined, TransferReceived


def decide_receive(case: Case, command: ReceiveTransfer) -> list[tuple[str, Event]]:
    """A lot as if earned on the day. Raises NoRate, NoFullBlock, RateDiffers, TooManyPoints."""
    program, day = case.rules.program, case.day
    rate = rate_on(program, command.program, program.id, day)
    if rate is None:
        raise NoRate(sender=command.program, receiver=program.id, day=day.isoformat())
    blocks, rest = divmod(command.theirs, rate.points)
    if rest:
        raise NoFullBlock(points=command.theirs, block=rate.points)
    points = blocks * rate.gives
    if command.promised not in (None, points):
        raise RateDiffers(promised=command.promised, points=points)
    draft = case.draft()
    lots, movements = credit(case.account, program.expiry, points, day)
    draft.add(
        TransferReceived,
        program=command.program,
        rate=rate.id,
        transfer=command.transfer,
        theirs=command.theirs,
        points_taken_in=points,
        lots=lots,
        movements=movements,
    )
    return draft.decided()


def declined(stamp: Stamp, command: ReceiveTransfer, refusal: Rejection) -> TransferDeclined:
    """The event that it was not taken, and why."""
    return TransferDeclined(
        occurred_at=stamp.occurred_at,
        occurred_on=stamp.occurred_on,
        source=stamp.source,
        request_id=stamp.request_id,
        operator=stamp.operator,
        program_version=stamp.program_version,
        partner=command.program,
        transfer=command.transfer,
        member=command.member,
        theirs=command.theirs,
        code=refusal.code,
    )
