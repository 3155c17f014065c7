"""Refusals about cards."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class UnknownTier(Rejection):
    """Fields: tier."""

    code = "unknown_tier"
    template = "the program has no tier {tier!r}"
    hint = "`jifen tier` lists them"


class FloorInPast(Rejection):
    """Fields: until, day."""

    code = "floor_in_past"
    template = "a card can't be given until {until}, before {day}"
    hint = "name a later last day"


class NoFloor(Rejection):
    """Fields: member."""

    code = "no_floor"
    template = "no card of {member!r} is set by hand"
