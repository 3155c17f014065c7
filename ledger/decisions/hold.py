"""Holding points, and what becomes of a hold (RULES 12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger.case import Case, Draft
from ledger.decisions.redeem import check_policy, check_spender, counted_redemption, worth
from ledger.errors import HoldClosed, HoldLapsed, InsufficientPoints, UnknownHold
from ledger.lapse import held_lots, keep_alive, release, settle_holds
from ledger.lots import Source, expired_of, take, take_from
from ledger.partners import captured_there
from schemas.commands import CaptureHold, HoldPoints, ReleaseHold
from schemas.events import Event, Movement, PointsHeld, PointsRedeemed, Usage


def decide_hold(case: Case, command: HoldPoints) -> list[tuple[str, Event]]:
    """Reserve the points that a redemption would take. Raises like a redemption."""
    check_spender(case.account, command.spender)
    check_policy(case.rules, command)
    draft = case.draft()
    settle_holds(draft)
    usage = counted_redemption(draft, case, command.points)
    movements = []
    for taken in take(draft, command.points):
        movements += [taken, Movement(taken.lot, "held", -taken.points)]
    minutes = command.minutes or case.rules.program.hold_minutes
    draft.add(
        PointsHeld,
        points_held=command.points,
        movements=tuple(movements),
        usage=usage,
        lapses_at=case.stamp.occurred_at + dt.timedelta(minutes=minutes),
        partner=command.partner,
        store=command.store,
        till=command.till,
        purchase_id=command.purchase_id,
        reason=command.reason,
        value_minor=worth(case.rules, command.points),
        spender=command.spender,
        bill_minor=command.bill_minor,
    )
    return draft.decided()


def decide_capture(case: Case, command: CaptureHold) -> list[tuple[str, Event]]:
    """Spend what is held, or a part; the rest is free again.

    A capture from before the lapse that comes after it takes the same points, as far as they are
    still there. Raises UnknownHold, BeforeItsCause, HoldClosed, HoldLapsed, InsufficientPoints.
    """
    placed, is_open = _hold(case, command)
    draft = case.draft()
    settle_holds(draft, but=placed)
    items = held_lots(placed)
    held = sum(points for _, points in items)
    asked = command.points or held
    if is_open:
        if asked > held:
            raise InsufficientPoints(asked=asked, available=held)
        captured, rest = _split(items, asked)
        movements = tuple(Movement(number, "held", -points) for number, points in captured)
        usage = captured_there(placed, case.day, asked)
    else:
        movements = _taken_again(draft, items, asked)
        rest = []
        usage = _counted_again(placed, case.day, asked)
    draft.add(
        PointsRedeemed,
        points_redeemed=asked,
        movements=movements,
        usage=usage,
        partner=placed.partner,
        store=placed.store,
        till=placed.till,
        purchase_id=placed.purchase_id,
        reason=placed.reason,
        value_minor=worth(case.rules, asked),
        hold=placed.request_id,
        hold_source=placed.source,
        spender=placed.spender,
    )
    if rest:
        release(draft, placed, rest, "captured")
    if case.rulebook.lots_live_by_activity:
        keep_alive(draft)
    return draft.decided()


def decide_release(case: Case, command: ReleaseHold) -> list[tuple[str, Event]]:
    """Free what is held. Raises UnknownHold, BeforeItsCause, HoldClosed, HoldLapsed."""
    placed, is_open = _hold(case, command)
    if not is_open:
        raise HoldLapsed(hold=command.hold, lapses_at=placed.lapses_at.isoformat())
    draft = case.draft()
    release(draft, placed, held_lots(placed), "released")
    return draft.decided()


def _hold(case: Case, command: CaptureHold | ReleaseHold) -> tuple[PointsHeld, bool]:
    """The hold, and whether it is open still; one that is not may only have lapsed since."""
    source = command.hold_source or command.source
    placed, ended = case.account.hold(source, command.hold), ""
    if placed is None:
        assert case.story is not None
        told = case.story.holds.get((source, command.hold))
        if told is None:
            raise UnknownHold(hold=command.hold)
        placed, ended = told.event, told.ended
    case.check_follows("hold", command.hold, placed)
    if ended not in ("", "lapsed"):
        raise HoldClosed(hold=command.hold, ended=ended)
    if case.stamp.occurred_at >= placed.lapses_at:
        raise HoldLapsed(hold=command.hold, lapses_at=placed.lapses_at.isoformat())
    return placed, not ended


def _split(
    items: Sequence[tuple[int, int]], points: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The first `points` of the items, and the rest."""
    first, rest = [], []
    for number, part in items:
        taken = min(part, points)
        points -= taken
        if taken:
            first.append((number, taken))
        if part > taken:
            rest.append((number, part - taken))
    return first, rest


def _counted_again(placed: PointsHeld, day: dt.date, points: int) -> tuple[Usage, ...]:
    """What a hold that lapsed counts once more; over all members in the month of its capture."""
    counted = {"redeem_points": points, "redemptions": 1}
    return tuple(
        Usage(usage.key, usage.on, counted[usage.key])
        if usage.key in counted
        else Usage(usage.key, day, points)
        for usage in placed.usage
    )


def _taken_again(
    draft: Draft, items: Sequence[tuple[int, int]], asked: int
) -> tuple[Movement, ...]:
    sources, lots = [], draft.account.lots_by_number()
    for number, part in items:
        lot = lots.get(number)
        there = min(part, lot.available if lot else 0)
        expired = min(part - there, expired_of(draft, number))
        if there or expired:
            sources.append(Source(number, there, expired))
    left = sum(source.points for source in sources)
    if asked > left:
        raise InsufficientPoints(asked=asked, available=left)
    return take_from(draft, sources, asked)
