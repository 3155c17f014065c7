"""Freezing, unfreezing and closing an account."""

from __future__ import annotations

import datetime as dt

from ledger.account import Account
from ledger.case import Case, Draft
from ledger.decisions.outgoing import check_no_transfers
from ledger.decisions.vouchers import leave_vouchers
from ledger.errors import AlreadyFrozen, DebtOutstanding, HoldsOpen, NotFrozen, PointsRemain
from ledger.lapse import expire, settle_holds
from schemas.commands import CloseMember, FreezeMember, UnfreezeMember
from schemas.events import (
    CardStopped,
    Event,
    MemberClosed,
    MemberFrozen,
    MemberUnfrozen,
    Movement,
    PhoneUnlinked,
    PointsForfeited,
)

ONE_DAY = dt.timedelta(days=1)


def decide_freeze(case: Case, command: FreezeMember) -> list[tuple[str, Event]]:
    """Raises AlreadyFrozen."""
    if case.account.frozen:
        raise AlreadyFrozen(member=case.account.member)
    draft = case.draft()
    draft.add(MemberFrozen, reason=command.reason)
    return draft.decided()


def decide_unfreeze(case: Case, command: UnfreezeMember) -> list[tuple[str, Event]]:
    """Raises NotFrozen."""
    if not case.account.frozen:
        raise NotFrozen(member=case.account.member)
    draft = case.draft()
    draft.add(MemberUnfrozen, reason=command.reason)
    return draft.decided()


def decide_close(case: Case, command: CloseMember) -> list[tuple[str, Event]]:
    """The end of an account; what is left is lost only where the command says so.

    What it was found by leads nowhere from then on, that of accounts merged into it, too.

    Raises HoldsOpen, TransfersOpen, DebtOutstanding, PointsRemain, VouchersRemain.
    """
    draft = case.draft()
    settle_holds(draft)
    check_no_holds(draft.account.member, [hold.request_id for hold in draft.account.holds])
    check_no_transfers(draft.account)
    if draft.account.debt:
        raise DebtOutstanding(member=draft.account.member, debt=draft.account.debt)
    expire(draft, case.day - ONE_DAY)
    left = draft.account.balance
    if left and not command.forfeit:
        raise PointsRemain(member=draft.account.member, points=left)
    if left:
        draft.add(
            PointsForfeited,
            points_forfeited=left,
            reason=command.reason,
            movements=tuple(
                Movement(lot.number, "available", -lot.available) for lot in draft.account.lots
            ),
        )
    leave_vouchers(draft, command.reason, forfeit=command.forfeit)
    _let_go(draft, case.account)
    draft.add(MemberClosed, reason=command.reason)
    apart = [case.draft_of(account) for account in (case.known.kin if case.known else ())]
    for sheet in apart:
        _let_go(sheet, sheet.account)
    return draft.decided() + [told for sheet in apart for told in sheet.decided()]


def _let_go(draft: Draft, account: Account) -> None:
    """Stop the cards and unlink the phones."""
    for card in account.cards:
        if card.stopped in ("", "blocked"):
            draft.add(CardStopped, card=card.number, stopped_for="closed")
    for phone in account.phones:
        draft.add(PhoneUnlinked, phone=phone.phone)


def check_no_holds(member: str, holds: list[str]) -> None:
    """Raises HoldsOpen."""
    if holds:
        raise HoldsOpen(member=member, holds=", ".join(holds))
