"""What went to other programs and came from them, asked again.

The other program answers as it did: its rules are its own.
"""

from __future__ import annotations

from typing import Any

from ledger.whatif.facts.fact import Fact
from schemas.commands import (
    ConfirmTransfer,
    ReceiveTransfer,
    RejectTransfer,
    SendTransfer,
    TimeOutTransfer,
)


def transfer_asked(fact: Fact) -> SendTransfer:
    """The same points; the fee as it is now."""
    event = fact.event
    return SendTransfer(
        member=fact.name,
        program=event.program,
        account=event.account,
        points=event.points_transferred - event.fee_points,
        **fact.said,
    )


def confirmation_asked(fact: Fact) -> ConfirmTransfer:
    return ConfirmTransfer(reference=fact.event.reference, **_named(fact))


def rejection_asked(fact: Fact) -> RejectTransfer:
    return RejectTransfer(code=fact.event.code, **_named(fact))


def time_out_asked(fact: Fact) -> TimeOutTransfer:
    return TimeOutTransfer(**_named(fact))


def receipt_asked(fact: Fact) -> ReceiveTransfer:
    """The same points of the other program, whatever they are here."""
    event = fact.event
    return ReceiveTransfer(
        member=fact.name,
        program=event.program,
        transfer=event.transfer,
        theirs=event.theirs,
        **fact.said,
    )


def _named(fact: Fact) -> dict[str, Any]:
    event = fact.event
    return {
        "member": fact.name,
        "transfer": event.transfer,
        "transfer_source": event.transfer_source,
        **fact.said,
    }
