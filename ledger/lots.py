"""Taking points out of lots, and giving them back (RULES 7, 8, 11, 13; docs/life.md).

Shapes:
    Source          a lot to take from
    take            points out of what can be spent on a day, in spending order
    take_own_first  points out of one lot, then the others
    take_from       points out of chosen lots
    give_back       points into lots that they came from

What is missing in a lot because an early expiry run came first is put back before it is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from ledger.account import Lot
from ledger.case import Draft
from ledger.credits import credit, opened_as, repayments
from ledger.errors import InsufficientPoints
from ledger.lapse import expire_one, undo_expiry
from ledger.story import Place, good_on
from schemas.events import ExpiryUndone, LotExtended, LotOpened, LotsExtended, Movement, PointsEvent


def spendable(lot: Lot, day: dt.date) -> bool:
    """Whether the lot has points that can be spent on `day`: both its days are inclusive."""
    return (
        lot.available > 0
        and lot.available_from <= day
        and (lot.expires_on is None or day <= lot.expires_on)
    )


class Source(Struct, frozen=True, gc=False):
    """A lot to take from: what is available, and what has expired and counts again.

    With `since` only expiries of points that were good on that day do.
    """

    number: int
    available: int
    expired: int = 0
    since: dt.date | None = None

    @property
    def points(self) -> int:
        """All that can be taken."""
        return self.available + self.expired


def take(
    draft: Draft,
    points: int,
    *,
    may_owe: bool = False,
    by_hand: bool = False,
    paid_by: Collection[str] | None = None,
) -> tuple[Movement, ...]:
    """Movements that take `points` from what can be spent on the command's day, in spending order.

    Expiries that are undone for it are on the draft then. `paid_by` leaves only lots that came
    from those members. Who owes points can't spend, but a correction `by_hand` may take them.
    Raises InsufficientPoints, with what is available, unless what is missing may be owed.
    """
    sources = spendable_sources(draft, paid_by)
    if not may_owe:
        _check_enough(sources, points, 0 if by_hand else draft.account.debt)
    return take_from(draft, sources, points)


def take_own_first(
    draft: Draft, place: Place, points: int, *, may_owe: bool
) -> tuple[Movement, ...]:
    """Movements that take `points` from one lot first, whatever its days and what expired of it.

    The rest comes in spending order. Raises InsufficientPoints unless the rest may be owed.
    """
    own = _own_source(draft, place, points)
    sources = [own, *(s for s in spendable_sources(draft) if s.number != own.number)]
    if not may_owe:
        _check_enough(sources, points, 0)
    return take_from(draft, sources, points)


def take_from(draft: Draft, sources: Sequence[Source], points: int) -> tuple[Movement, ...]:
    """Take from the sources in order; what is missing at the end is owed."""
    taken: list[Movement] = []
    missing = points
    for source in sources:
        if not missing:
            break
        part = min(source.points, missing)
        missing -= part
        if part > source.available:
            undo_expiry(draft, source.number, part - source.available, since=source.since)
        if part:
            taken.append(Movement(source.number, "available", -part))
    if missing:
        taken.append(Movement(0, "debt", missing))
    return tuple(taken)


def _check_enough(sources: Sequence[Source], points: int, debt: int) -> None:
    there = sum(source.points for source in sources) - debt
    if points > there:
        raise InsufficientPoints(asked=points, available=max(0, there))


def spendable_sources(draft: Draft, paid_by: Collection[str] | None = None) -> list[Source]:
    """The lots that can be spent on the command's day, in spending order."""
    account, day = draft.account, draft.day
    if account.lapsed_through is not None and account.lapsed_through >= day:
        return _with_expired(draft, paid_by)
    return [
        Source(lot.number, lot.available)
        for lot in account.lots
        if spendable(lot, day) and (paid_by is None or lot.from_member in paid_by)
    ]


def _with_expired(draft: Draft, paid_by: Collection[str] | None) -> list[Source]:
    """The same for a late arrival: what was still good on its day counts, expired or not.

    What had expired in an account before its merge stays so (docs/life.md, Merge).
    """
    story, day = draft.story, draft.day
    assert story is not None
    available = {lot.number: lot.available for lot in draft.account.lots if spendable(lot, day)}
    days: dict[int, Lot | LotOpened] = dict(story.lots)
    days.update({lot.number: lot for lot in draft.account.lots})
    found = []
    for number, lot in days.items():
        if paid_by is not None and lot.from_member not in paid_by:
            continue
        expired = good_on(draft.expired.get(number, ()), day)
        expired = max(0, expired - good_on(story.inherited.get(number, ()), day))
        source = Source(number, available.get(number, 0), expired, day)
        if source.points and lot.available_from <= day:
            found.append((lot.expires_on or dt.date.max, lot.earned_on, number, source))
    return [source for *_, source in sorted(found, key=lambda entry: entry[:3])]


def expired_of(draft: Draft, number: int) -> int:
    """Points units that have expired of a lot and were not undone since."""
    return sum(points for points, _, _ in draft.expired.get(number, ()))


def _own_source(draft: Draft, place: Place, points: int) -> Source:
    """All of one lot; what expired of one that stayed behind at a merge opens one here."""
    story = draft.story
    assert story is not None
    number = draft.number_of(place)
    if number is not None:
        lot = draft.account.lot(number)
        return Source(number, lot.available if lot else 0, expired_of(draft, number))
    return Source(draft.account.last_lot + 1, _undone_elsewhere(draft, place, points))


def _undone_elsewhere(draft: Draft, place: Place, points: int) -> int:
    """What expired of a lot that did not come along at a merge, in a new lot with its days."""
    story, number = draft.story, draft.account.last_lot + 1
    assert story is not None
    found = 0
    for there, _, at in reversed(story.expiries_of(place)):
        part = min(there, points - found)
        if part:
            home = opened_as(story.dates_of(place), number, part, *story.last_place(place))
            draft.add(
                ExpiryUndone,
                at=at,
                points_restored=part,
                lots=() if found else (home,),
                movements=(Movement(number, "available", part),),
            )
        found += part
    return found


def give_back(
    draft: Draft,
    items: Sequence[tuple[Place, int]],
    kind: type[PointsEvent],
    *,
    less_debt: int = 0,
    extra: int = 0,
    **fields: Any,
) -> None:
    """Points into the lots they came from, with an event of `kind`; the lapsed expire at once.

    Those that live on repay debt first. `less_debt` is a debt that is undone with it, `extra` are
    points for a lot of their own. `reversal_grace_days` let lots past their last day live on.
    """
    day, grace = draft.day, draft.rules.program.reversal_grace_days
    into = _homes(draft, items, extra)
    lapsed = {home.lot for home, _ in into if home.expires_on and home.expires_on < day}
    if grace:
        for lot in draft.account.lots:
            if lot.number in lapsed and lot.available:
                expire_one(draft, lot, lot.available)
    living = [(home, points) for home, points in into if grace or home.lot not in lapsed]
    repaid = repayments(living, draft.account.debt - less_debt)
    movements = [
        Movement(home.lot, "available", points - repaid.get(home.lot, 0))
        for home, points in into
        if points > repaid.get(home.lot, 0)
    ]
    touched = {movement.lot for movement in movements}
    closed = touched - {lot.number for lot in draft.account.lots}
    if less_debt or repaid:
        movements.insert(0, Movement(0, "debt", -less_debt - sum(repaid.values())))
    draft.add(
        kind,
        lots=tuple(home for home, _ in into if home.points),
        movements=tuple(movements),
        reopened=tuple(home for home, _ in into if not home.points and home.lot in closed),
        **fields,
    )
    if grace:
        _grant_grace(draft, lapsed & touched, grace)
        return
    lots = draft.account.lots_by_number() if lapsed else {}
    for home, points in into:
        if home.lot in lapsed:
            expire_one(draft, lots[home.lot], points, at=draft.stamp.occurred_at)


def _homes(
    draft: Draft, items: Sequence[tuple[Place, int]], extra: int
) -> list[tuple[LotOpened, int]]:
    """The lots that points go to: own ones, whose points are 0 here, and new ones."""
    story, number = draft.story, draft.account.last_lot
    assert story is not None
    homes = []
    for place, points in items:
        own = draft.number_of(place)
        if own is not None:
            homes.append((draft.days_of(own), points))
        else:
            number += 1
            lot = opened_as(story.dates_of(place), number, points, *story.last_place(place))
            homes.append((lot, points))
    if extra:
        (lot,), _ = credit(draft.account, draft.rules.program.expiry, extra, draft.day)
        homes.append((opened_as(lot, number + 1, extra, "", 0), extra))
    return homes


def _grant_grace(draft: Draft, lots: set[int], days: int) -> None:
    until = draft.day + dt.timedelta(days=days)
    extended = [
        LotExtended(lot.number, lot.expires_on, until)
        for lot in draft.account.lots
        if lot.number in lots and lot.expires_on is not None
    ]
    if extended:
        draft.add(LotsExtended, extended=tuple(extended), why="reversal_grace")
