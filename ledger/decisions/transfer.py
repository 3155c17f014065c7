"""Points from one account to another, in one commit, with their lots' days (RULES 25)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ledger.case import Case, Draft
from ledger.credits import credited, opened_as
from ledger.errors import AlreadyInPurse, NotInPurse
from ledger.lapse import settle_holds
from ledger.lots import spendable_sources, take, take_from
from ledger.uses import within_limits
from schemas.commands import (
    GiftPoints,
    JoinPurse,
    LeavePurse,
    OpenPurse,
    PayIntoPurse,
    WithdrawFromPurse,
)
from schemas.events import (
    Event,
    LotOpened,
    Movement,
    PointsReceived,
    PointsSent,
    PurseJoined,
    PurseLeft,
    PurseOpened,
    Usage,
)

Purpose = Literal["gift", "purse"]


def decide_gift(case: Case, command: GiftPoints) -> list[tuple[str, Event]]:
    """Points to another member. Raises LimitExceeded, InsufficientPoints."""
    sender, receiver = case.draft(), case.other_draft()
    settle_holds(sender)
    usage: tuple[Usage, ...] = ()
    if case.rules.limits:
        points = command.points
        usage = within_limits(sender.account, case.rules, case.day, gifts=1, gift_points=points)
    taken = take(sender, command.points)
    transfer(sender, receiver, taken, "gift", usage, command.reason)
    return sender.decided() + receiver.decided()


def transfer(
    sender: Draft,
    receiver: Draft,
    taken: Sequence[Movement],
    purpose: Purpose,
    usage: tuple[Usage, ...] = (),
    reason: str = "",
    paid_in_by: tuple[str, ...] = (),
) -> None:
    """What was taken out of one account's lots opens lots in the other."""
    points = -sum(movement.points for movement in taken)
    lots = travelling(sender, receiver, taken)
    sender.add(
        PointsSent,
        other=receiver.account.member,
        purpose=purpose,
        points_sent=points,
        reason=reason,
        movements=tuple(taken),
        usage=usage,
    )
    receiver.add(
        PointsReceived,
        other=sender.account.member,
        purpose=purpose,
        points_received=points,
        reason=reason,
        paid_in_by=paid_in_by,
        lots=lots,
        movements=credited(receiver.account, lots),
    )


def travelling(sender: Draft, receiver: Draft, taken: Sequence[Movement]) -> tuple[LotOpened, ...]:
    """The receiver's lots for what is taken: the same days, and where they come from."""
    member, there = sender.account.member, sender.account.lots_by_number()
    return tuple(
        opened_as(there[movement.lot], number, -movement.points, member, movement.lot)
        for number, movement in enumerate(taken, start=receiver.account.last_lot + 1)
    )


def decide_open_purse(case: Case, command: OpenPurse) -> list[tuple[str, Event]]:
    """A new purse with its first member."""
    purse = case.other_draft()
    purse.add(PurseOpened)
    purse.add(PurseJoined, joiner=command.member)
    return purse.decided()


def decide_join_purse(case: Case, command: JoinPurse) -> list[tuple[str, Event]]:
    """Raises AlreadyInPurse."""
    purse = case.other_draft()
    if command.member in purse.account.purse_members:
        raise AlreadyInPurse(purse=purse.account.member, member=command.member)
    purse.add(PurseJoined, joiner=command.member)
    return purse.decided()


def decide_pay_in(case: Case, command: PayIntoPurse) -> list[tuple[str, Event]]:
    """A member's points into a purse they are in. Raises NotInPurse, InsufficientPoints."""
    member, purse = case.draft(), case.other_draft()
    _check_in(purse, command.member)
    settle_holds(member)
    transfer(member, purse, take(member, command.points), "purse")
    return member.decided() + purse.decided()


def decide_withdraw(case: Case, command: WithdrawFromPurse) -> list[tuple[str, Event]]:
    """Points that the member paid in, or who is part of them, back. Raises InsufficientPoints."""
    member, purse = case.draft(), case.other_draft()
    settle_holds(purse)
    _take_back(purse, member, take(purse, command.points, paid_by=case.account.names))
    return purse.decided() + member.decided()


def decide_leave_purse(case: Case, command: LeavePurse) -> list[tuple[str, Event]]:
    """The member leaves with what is left of their own points. Raises NotInPurse."""
    member, purse = case.draft(), case.other_draft()
    _check_in(purse, command.member)
    settle_holds(purse)
    purse.add(PurseLeft, leaver=command.member)
    sources = spendable_sources(purse, case.account.names)
    points = sum(source.points for source in sources)
    if points:
        _take_back(purse, member, take_from(purse, sources, points))
    return purse.decided() + member.decided()


def _take_back(purse: Draft, member: Draft, taken: Sequence[Movement]) -> None:
    """Points out of the purse; who is part of the member and had paid them in is named."""
    lots = purse.account.lots_by_number()
    payers = dict.fromkeys(lots[movement.lot].from_member for movement in taken)
    others = tuple(payer for payer in payers if payer != member.account.member)
    transfer(purse, member, taken, "purse", paid_in_by=others)


def _check_in(purse: Draft, member: str) -> None:
    if member not in purse.account.purse_members:
        raise NotInPurse(purse=purse.account.member, member=member)
