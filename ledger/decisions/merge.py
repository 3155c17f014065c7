"""Making two members one, and two again (RULES 25; docs/life.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ledger.case import Case, Draft
from ledger.credits import credited, opened_as
from ledger.decisions.climbing import follow, retell, settle_reviews
from ledger.decisions.members import ONE_DAY, check_no_holds
from ledger.decisions.outgoing import check_no_transfers
from ledger.decisions.transfer import travelling
from ledger.errors import BeforeItsCause, MergeSettled
from ledger.lapse import expire, restore, settle_holds
from ledger.lots import spendable
from ledger.story import Story
from ledger.totals import by_day
from ledger.uses import uses_by_day
from ledger.vouchers import about
from schemas.commands import MergeMembers, UnmergeMembers
from schemas.events import (
    Event,
    LotOpened,
    MemberAbsorbed,
    MemberMerged,
    MemberRestored,
    MergeUndone,
    Movement,
    PointsExpired,
    Usage,
    VoucherLapsed,
)


def decide_merge(case: Case, command: MergeMembers) -> list[tuple[str, Event]]:
    """`other` becomes a part of the member: points, debt, days, and the better card.

    Raises HoldsOpen, TransfersOpen.
    """
    staying, going = case.draft(), case.other_draft()
    for draft in (staying, going):
        settle_reviews(draft, case.rulebook)
        settle_holds(draft)
        check_no_holds(draft.account.member, [hold.request_id for hold in draft.account.holds])
        check_no_transfers(draft.account)
    expire(going, case.day - ONE_DAY)
    leaving = going.account
    taken = [
        Movement(lot.number, "available", -lot.available)
        for lot in sorted(leaving.lots, key=lambda lot: lot.number)
    ]
    lots = travelling(going, staying, taken)
    debt = leaving.debt
    if debt:
        taken.append(Movement(0, "debt", -debt))
    balance = leaving.balance
    going.add(
        MemberMerged,
        other=command.member,
        points_sent=balance,
        movements=tuple(taken),
        reason=command.reason,
    )
    before = staying.account
    absorbed = staying.add(
        MemberAbsorbed,
        other=command.other,
        points_received=balance,
        lots=lots,
        movements=_received(staying, lots, debt),
        days=by_day(leaving.days),
        tier=leaving.tier,
        tier_valid_until=leaving.tier_valid_until,
        usage=tuple(
            Usage(key, on, units)
            for key, uses in leaving.uses.items()
            for on, units in uses_by_day(uses)
        ),
        vouchers=leaving.vouchers,
        reason=command.reason,
        absorbed=leaving.names[1:],
    )
    follow(staying, case.rulebook, before, absorbed)
    return going.decided() + staying.decided()


def _received(staying: Draft, lots: tuple[LotOpened, ...], debt: int) -> tuple[Movement, ...]:
    """Lots repay the member's own debt; then the debt that comes along takes what can be spent."""
    movements = credited(staying.account, lots)
    if not debt:
        return movements
    probe = Draft(staying.account, staying.rules, staying.stamp, None)
    probe.add(MemberAbsorbed, other="", points_received=0, lots=lots, movements=movements)
    taken = []
    for lot in probe.account.lots:
        if debt and spendable(lot, staying.day):
            part = min(lot.available, debt)
            debt -= part
            taken.append(Movement(lot.number, "available", -part))
    owed = (Movement(0, "debt", debt),) if debt else ()
    return (*movements, *taken, *owed)


def decide_unmerge(case: Case, command: UnmergeMembers) -> list[tuple[str, Event]]:
    """`other` stands on its own again, with what is left of its lots.

    What expired of them since goes home too, as if it had expired there. Raises BeforeItsCause,
    MergeSettled.
    """
    assert case.story is not None
    assert case.other_story is not None
    staying, going = case.draft(), case.other_draft()
    settle_reviews(staying, case.rulebook)
    merge = case.story.merges[command.other]
    if case.stamp.occurred_at < merge.occurred_at:
        raise BeforeItsCause(
            cause="merge",
            name=command.other,
            cause_on=merge.occurred_at.isoformat(),
            day=case.stamp.occurred_at.isoformat(),
        )
    if command.other in case.story.spent_since or _debt_moved(merge):
        raise MergeSettled(member=command.member, other=command.other)
    came = {lot.lot: lot.from_lot for lot in merge.lots}
    expired = _expired_since(staying, came)
    for number, points, _, at in expired:
        restore(staying, number, points, at)
    back = [lot for lot in staying.account.lots if lot.number in came]
    in_all = sum(lot.available for lot in back)
    staying.add(
        MergeUndone,
        other=command.other,
        points_sent=in_all,
        movements=tuple(Movement(lot.number, "available", -lot.available) for lot in back),
        days=merge.days,
        usage=tuple(Usage(use.key, use.on, -use.units) for use in merge.usage),
        vouchers=merge.vouchers,
        reason=command.reason,
    )
    going.add(
        MemberRestored,
        other=command.member,
        points_received=in_all,
        movements=tuple(Movement(came[lot.number], "available", lot.available) for lot in back),
        reopened=tuple(
            opened_as(lot, origin.lot, 0, origin.from_member, origin.from_lot)
            for lot in back
            for origin in (case.other_story.lots[came[lot.number]],)
        ),
        vouchers=merge.vouchers,
        reason=command.reason,
    )
    for number, points, lapsed_on, at in expired:
        going.add(
            PointsExpired,
            at=at,
            points_expired=points,
            lapsed_on=lapsed_on,
            movements=(Movement(came[number], "available", -points),),
        )
    _lapse_at_home(case.story, going, merge)
    retell(staying, case.rulebook)
    return staying.decided() + going.decided()


def _expired_since(
    staying: Draft, came: Collection[int]
) -> list[tuple[int, int, dt.date, dt.datetime]]:
    """(lot, points units, last good day, instant) of what expired of the lots that came.

    The oldest first; at one instant in spending order.
    """
    assert staying.story is not None
    found = []
    for number in came:
        earned_on = staying.story.lots[number].earned_on
        for points, until, at in staying.story.expired.get(number, ()):
            found.append((at, until, earned_on, number, points))
    return [(number, points, until, at) for at, until, _, number, points in sorted(found)]


def _lapse_at_home(story: Story, going: Draft, merge: MemberAbsorbed) -> None:
    """What of the vouchers has lapsed since the merge lapses where it belongs, too."""
    for voucher in merge.vouchers:
        told = story.club.vouchers[voucher.name]
        if told.state == "lapsed":
            lapsed_on = voucher.expires_on
            going.add(VoucherLapsed, at=told.lapsed_at, **about(voucher), lapsed_on=lapsed_on)


def _debt_moved(merge: MemberAbsorbed) -> bool:
    """Whether a debt came along, or was repaid with what came."""
    came = sum(lot.points for lot in merge.lots)
    return came > merge.points_received or any(m.bucket == "debt" for m in merge.movements)
