"""What a teller of stories remembers, so that one step of a story goes with the steps before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from schemas.commands import (
    AdjustPoints,
    Command,
    EnrolMember,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    UnmergeMembers,
)
from tests.model.naive_rules import day_of, start_of
from tests.strategies import Shape

Draw = Callable[[st.SearchStrategy[Any]], Any]

PURSE = "purse:home"
SELDOM = st.sampled_from([False] * 9 + [True])
SOMETIMES = st.sampled_from([False, False, False, True])
SHARES = st.sampled_from([100, 60, 30, 1])


class Memory:
    """Of one shop: `available(account, day)` tells what can be spent, `clock` what time it is.

    `told` are the commands accepted, each with the time that it is about.
    """

    def __init__(
        self,
        shape: Shape,
        available: Callable[[str, dt.date], int],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.shape = shape
        self.available = available
        self.clock = clock
        self.zone = {"zone": shape.zone}
        self.told: list[Command] = []

    def remember(self, command: Command) -> None:
        """A command was accepted just now."""
        at = command.occurred_at or self.clock()
        self.told.append(msgspec.structs.replace(command, occurred_at=at))

    def accounts(self) -> list[str]:
        """The accounts that there are, in the order opened."""
        names = list(dict.fromkeys(c.member for c in self.told if isinstance(c, EnrolMember)))
        return names + ([PURSE] if any(hasattr(c, "purse") for c in self.told) else [])

    def merged(self) -> dict[str, str]:
        """Each account that is part of another, with that other."""
        into: dict[str, str] = {}
        for command in self.told:
            if isinstance(command, MergeMembers):
                into[command.other] = command.member
            if isinstance(command, UnmergeMembers):
                into.pop(command.other)
        return into

    def users(self) -> set[str]:
        """The members who are in the purse."""
        users: set[str] = set()
        for command in self.told:
            if isinstance(command, OpenPurse | JoinPurse):
                users.add(command.member)
            if isinstance(command, LeavePurse):
                users.remove(command.member)
        return users

    def account(self, draw: Draw) -> str:
        """An account, mostly one of those that there are, mostly the first.

        Mostly the survivor, where it was merged.
        """
        if draw(SELDOM):
            return str(draw(st.sampled_from(["bo", "cy", "nobody", PURSE])))
        names, into = self.accounts(), self.merged()
        name = str(draw(st.sampled_from([names[0], *names])))
        while name in into and not draw(SELDOM):
            name = into[name]
        return name

    def member(self, draw: Draw) -> str:
        """A member, by the same measure."""
        name = self.account(draw)
        return "ann" if name == PURSE and not draw(SELDOM) else name

    def earlier(self, draw: Draw, account: str, *kinds: type[Command]) -> Any:
        """A command of these kinds that was accepted, mostly about this account, or None.

        What was about an account that is part of it now is about it, too.
        """
        told: list[Any] = [command for command in self.told if isinstance(command, kinds)]
        family = [account]
        for name in family:
            family += [part for part, whole in self.merged().items() if whole == name]
        own = [command for command in told if command.member in family]
        chosen = told if draw(SELDOM) else own
        return draw(st.sampled_from(chosen[::-1])) if chosen else None

    def after(self, draw: Draw, cause: Any, said: dict[str, Any]) -> dict[str, Any]:
        """What a follow-up says: sometimes it is about the edges of the day of its cause."""
        if cause is None or not draw(SOMETIMES):
            return said
        start = start_of(day_of(cause.occurred_at, self.zone), self.zone)
        before = dt.timedelta(minutes=draw(st.sampled_from([1, 0, 1440 * 30])))
        return said | {"occurred_at": draw(st.sampled_from([start - before, cause.occurred_at]))}

    def day(self, said: dict[str, Any]) -> dt.date:
        return day_of(said["occurred_at"] or self.clock(), self.zone)

    def left(self, account: str, said: dict[str, Any]) -> int:
        return self.available(account, self.day(said)) if account in self.accounts() else 0

    def points(self, draw: Draw, account: str, said: dict[str, Any]) -> int:
        """A part of what is available to an account, sometimes a little more."""
        left = self.left(account, said)
        return max(1, left * int(draw(SHARES)) // 100 + int(draw(SELDOM)))

    def first_some(self, draw: Draw, account: str, said: dict[str, Any]) -> Command | None:
        """Points for an account that has none to spend: mostly it is given some first."""
        if account not in self.accounts() or self.left(account, said) or draw(SELDOM):
            return None
        about: dict[str, Any] = {"member": account, "operator": "wei", "reason": "start"}
        return AdjustPoints(points=draw(st.integers(1, 100)), **about, **said)
