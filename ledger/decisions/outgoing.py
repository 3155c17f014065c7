"""Points that go to another program, and its answers (RULES 26 and 27; docs/alliance.md)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ledger.account import Account
from ledger.case import Case
from ledger.decisions.reverse import taken_last
from ledger.errors import (
    BelowMinimum,
    LimitExceeded,
    NoFullBlock,
    NoRate,
    TooManyPoints,
    TransferAnswered,
    TransferNotDue,
    TransfersOpen,
    UnknownTransfer,
)
from ledger.lapse import settle_holds
from ledger.lots import give_back, take
from ledger.rates import RateTerms, rate_on
from ledger.told import TransferStory
from ledger.uses import used
from schemas.commands import ConfirmTransfer, RejectTransfer, SendTransfer, TimeOutTransfer
from schemas.events import (
    Event,
    TransferConfirmed,
    TransferRejected,
    TransferSent,
    TransferTimedOut,
    Usage,
)
from schemas.values import MAX_QUANTITY

_SENT = "sent:"
"""Before a rate's id: the key that what was sent at it is counted under, by day."""

Answer = Literal["confirmed", "rejected"]


def decide_send(case: Case, command: SendTransfer) -> list[tuple[str, Event]]:
    """The whole blocks in `points`, and the fee, in spending order.

    Raises NoRate, BelowMinimum, NoFullBlock, LimitExceeded, InsufficientPoints, and TooManyPoints
    for more than the other program could take in.
    """
    program, day = case.rules.program, case.day
    rate = rate_on(program, program.id, command.program, day)
    if rate is None:
        raise NoRate(sender=program.id, receiver=command.program, day=day.isoformat())
    blocks = command.points // rate.points
    leaving = blocks * rate.points
    if leaving < rate.minimum:
        raise BelowMinimum(points=leaving, minimum=rate.minimum)
    if not blocks:
        raise NoFullBlock(points=command.points, block=rate.points)
    _check_limits(case.account, rate, day, leaving)
    theirs = blocks * rate.gives
    if theirs > MAX_QUANTITY:
        raise TooManyPoints(points=theirs, most=MAX_QUANTITY)
    draft = case.draft()
    settle_holds(draft)
    movements = take(draft, leaving + rate.fee)
    draft.add(
        TransferSent,
        program=command.program,
        rate=rate.id,
        account=command.account,
        points_transferred=leaving + rate.fee,
        fee_points=rate.fee,
        theirs=theirs,
        answer_by=day + dt.timedelta(days=rate.answer_days),
        movements=movements,
        usage=(Usage(_SENT + rate.id, day, leaving),),
    )
    return draft.decided()


def _check_limits(account: Account, rate: RateTerms, day: dt.date, leaving: int) -> None:
    """The day's, then the calendar year's. Raises LimitExceeded."""
    for period, most in (("day", rate.per_day), ("year", rate.per_year)):
        if most is None:
            continue
        before = used(account, _SENT + rate.id, period, day)
        if before + leaving > most:
            limit = f"rate_points_per_{period}"
            raise LimitExceeded(limit=limit, most=most, used=before, asked=leaving)


def decide_confirm(case: Case, command: ConfirmTransfer) -> list[tuple[str, Event]]:
    """The points are there; said before, it changes nothing.

    Raises UnknownTransfer, BeforeItsCause, TransferAnswered.
    """
    told = _told(case, command)
    if _is_answered(told, "confirmed"):
        return []
    draft = case.draft()
    draft.add(TransferConfirmed, **_about(told), reference=command.reference)
    return draft.decided()


def decide_reject(case: Case, command: RejectTransfer) -> list[tuple[str, Event]]:
    """Points and fee go back as when a redemption is reversed (RULES 13).

    Raises UnknownTransfer, BeforeItsCause, TransferAnswered.
    """
    told = _told(case, command)
    if _is_answered(told, "rejected"):
        return []
    draft, event = case.draft(), told.event
    give_back(
        draft,
        taken_last(told.owner, event.movements, event.points_transferred),
        TransferRejected,
        **_about(told),
        points_given_back=event.points_transferred,
        code=command.code,
        usage=tuple(Usage(use.key, use.on, -use.units) for use in event.usage),
    )
    return draft.decided()


def decide_time_out(case: Case, command: TimeOutTransfer) -> list[tuple[str, Event]]:
    """Raises UnknownTransfer, TransferAnswered, TransferNotDue."""
    told = _told(case, command)
    if told.answer:
        raise TransferAnswered(transfer=command.transfer, answer=told.answer)
    if case.day <= told.event.answer_by:
        answer_by = told.event.answer_by.isoformat()
        raise TransferNotDue(transfer=command.transfer, answer_by=answer_by)
    if told.timed_out:
        return []
    draft = case.draft()
    draft.add(TransferTimedOut, **_about(told))
    return draft.decided()


def check_no_transfers(account: Account) -> None:
    """Raises TransfersOpen."""
    if account.transfers:
        names = ", ".join(request_id for _, request_id in account.transfers)
        raise TransfersOpen(member=account.member, transfers=names)


def _told(case: Case, command: ConfirmTransfer | RejectTransfer | TimeOutTransfer) -> TransferStory:
    assert case.story is not None
    source = command.transfer_source or command.source
    told = case.story.transfers.get((source, command.transfer))
    if told is None:
        raise UnknownTransfer(transfer=command.transfer)
    case.check_follows("transfer", command.transfer, told.event)
    return told


def _is_answered(told: TransferStory, answer: Answer) -> bool:
    """Whether the same was answered before. Raises TransferAnswered where it was otherwise."""
    if told.answer not in ("", answer):
        raise TransferAnswered(transfer=told.event.request_id, answer=told.answer)
    return told.answer == answer


def _about(told: TransferStory) -> dict[str, Any]:
    event = told.event
    return {
        "program": event.program,
        "transfer": event.request_id,
        "transfer_source": event.source,
    }
