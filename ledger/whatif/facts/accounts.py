"""What was done to lots, cards and accounts, asked again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ledger.decisions.lapsing import can_extend
from ledger.ladder import valid_until
from ledger.whatif.course import Course
from ledger.whatif.facts.fact import Fact
from schemas.commands import (
    CloseMember,
    EndTierFloor,
    ExtendLots,
    FreezeMember,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    SetTier,
    UnfreezeMember,
    UnmergeMembers,
)
from schemas.events import PURSE_PREFIX, PurseJoined

_NO_LOT: Final = 2**31


def extension_asked(fact: Fact) -> ExtendLots:
    """All lots where all that could were extended; else the same ones, as far as they can be."""
    event = fact.event
    until = event.extended[0].expires_on
    numbers = {extended.lot for extended in event.extended}
    named: tuple[int, ...] = ()
    if numbers != _extendable(fact, fact.before, until):
        places = fact.before.lots_opened(fact.name)
        there = {place: number for number, place in fact.after.lots_opened(fact.name).items()}
        same = {there.get(places[number], _NO_LOT) for number in numbers}
        named = tuple(sorted(same & _extendable(fact, fact.after, until))) or (_NO_LOT,)
    return ExtendLots(
        member=fact.name, expires_on=until, reason=event.reason, lots=named, **fact.said
    )


def _extendable(fact: Fact, course: Course, until: dt.date) -> set[int]:
    lots = course.account(fact.name).lots
    return {lot.number for lot in lots if can_extend(lot, fact.event.occurred_on, until)}


def tier_set_asked(fact: Fact) -> SetTier:
    """Until a day that was named, or as long as the tier is valid now."""
    event = fact.event
    rung = fact.recorded_under.by_tier[event.tier]
    usual = valid_until(rung.tier, event.occurred_on)
    return SetTier(
        member=fact.name,
        tier=event.tier,
        until=None if event.until == usual else event.until,
        reason=event.reason,
        **fact.said,
    )


def floor_ended_asked(fact: Fact) -> EndTierFloor:
    return EndTierFloor(member=fact.name, reason=fact.event.reason, **fact.said)


def freezing_asked(fact: Fact) -> FreezeMember:
    return FreezeMember(member=fact.name, reason=fact.event.reason, **fact.said)


def unfreezing_asked(fact: Fact) -> UnfreezeMember:
    return UnfreezeMember(member=fact.name, reason=fact.event.reason, **fact.said)


def closing_asked(fact: Fact) -> CloseMember:
    """Who left has left: what there is now is forfeited."""
    return CloseMember(member=fact.name, reason=fact.event.reason, forfeit=True, **fact.said)


def merge_asked(fact: Fact) -> MergeMembers:
    event = fact.event
    return MergeMembers(member=fact.name, other=event.other, reason=event.reason, **fact.said)


def unmerge_asked(fact: Fact) -> UnmergeMembers:
    event = fact.event
    return UnmergeMembers(member=fact.name, other=event.other, reason=event.reason, **fact.said)


def opening_asked(fact: Fact) -> OpenPurse:
    """By the first who joined it."""
    (joiner,) = [event.joiner for _, _, event in fact.request if isinstance(event, PurseJoined)]
    return OpenPurse(member=joiner, purse=_purse(fact.name), **fact.said)


def joining_asked(fact: Fact) -> JoinPurse:
    return JoinPurse(member=fact.event.joiner, purse=_purse(fact.name), **fact.said)


def leaving_asked(fact: Fact) -> LeavePurse:
    return LeavePurse(member=fact.event.leaver, purse=_purse(fact.name), **fact.said)


def _purse(name: str) -> str:
    return name.removeprefix(PURSE_PREFIX)
