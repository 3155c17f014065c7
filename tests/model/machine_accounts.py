"""The machine's rules about accounts: frozen, closed, merged and parted again, sharing a purse."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from schemas.commands import (
    AdjustPoints,
    CloseMember,
    ExpirePoints,
    FreezeMember,
    JoinPurse,
    LeavePurse,
    MergeMembers,
    OpenPurse,
    UnfreezeMember,
    UnmergeMembers,
)
from tests.model.machine import NOW_MOSTLY, Machine
from tests.model.memory import PURSE, SELDOM
from tests.model.naive_rules import ONE_DAY
from tests.model.telling import SOURCES

OTHERS = st.sampled_from(["bo", "cy", "ann", "bo"])


def some_steps(least: int, most: int, *names: str) -> st.SearchStrategy[list[str]]:
    """So many steps in the life of an account; each a name of `Accounts.live`."""
    return st.lists(st.sampled_from(names), min_size=least, max_size=most)


class Accounts(Machine):
    """What happens to accounts."""

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def freeze_or_thaw(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        """Thaw who is frozen, mostly; else freeze someone."""
        frozen = [name for name in self.pair.model.members() if self.pair.model.is_frozen(name)]
        member = frozen[0] if frozen else self.teller.member(data.draw)
        kind = UnfreezeMember if bool(frozen) != data.draw(SELDOM) else FreezeMember
        self.send(kind(member=member, reason="asked", **self.said(source, back)))

    @rule(
        member=st.sampled_from(["cy", "bo", "ann"]),
        source=SOURCES,
        back=NOW_MOSTLY,
        forfeit=st.booleans(),
    )
    def close(self, member: str, source: str, back: dt.timedelta | None, forfeit: bool) -> None:
        if len(self.pair.model.log) < 20:
            return  # Nothing more happens to a closed account: let something happen first.
        said = self.said(source, back)
        self.send(CloseMember(member=member, reason="moves", forfeit=forfeit, **said))

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def gift(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.gift, member=True)

    @rule(data=st.data(), other=OTHERS, source=SOURCES, back=NOW_MOSTLY, undo=SELDOM)
    def merge(
        self,
        data: st.DataObject,
        other: str,
        source: str,
        back: dt.timedelta | None,
        undo: bool,
    ) -> None:
        """Or undo a merge, where there was one."""
        member, into = self.teller.member(data.draw), self.pair.model.merged_into(other)
        if undo or into:
            member = into or member
            self.send(UnmergeMembers(member=member, other=other, **self.said(source, back)))
        else:
            self.send(MergeMembers(member=member, other=other, **self.said(source, back)))

    @rule(data=st.data(), source=SOURCES, back=NOW_MOSTLY)
    def purse(self, data: st.DataObject, source: str, back: dt.timedelta | None) -> None:
        self.tell(data, source, back, self.teller.sharing, member=True)

    # -- merged for a while ------------------------------------------------------------------

    @precondition(lambda self: len(self.apart()) > 1)
    @rule(
        data=st.data(),
        source=SOURCES,
        back=NOW_MOSTLY,
        before=some_steps(1, 3, "short_award", "purchase", "purchase", "adjustment", "redemption"),
        between=some_steps(1, 3, "expiry", "expiry", "expiry", "undoing", "purchase"),
        after=some_steps(0, 3, "giving_back", "late", "undoing", "reversal", "expiry"),
    )
    def points_expire_while_merged(
        self,
        data: st.DataObject,
        source: str,
        back: dt.timedelta | None,
        before: list[str],
        between: list[str],
        after: list[str],
    ) -> None:
        member, other = data.draw(st.permutations(self.apart()))[:2]
        self.live(data, source, other, before)
        self.merge_for_a_while(data, source, back, (member, other), between)
        for step in after:
            self.live(data, source, data.draw(st.sampled_from([other, other, member])), [step])

    @precondition(lambda self: len(self.apart()) > 1)
    @rule(
        data=st.data(),
        source=SOURCES,
        back=NOW_MOSTLY,
        both=st.booleans(),
        between=some_steps(0, 2, "withdrawal", "leave", "payment", "expiry_in_purse"),
        after=some_steps(0, 3, "withdrawal", "leave", "join", "payment"),
    )
    def a_purse_outlives_a_merge(
        self,
        data: st.DataObject,
        source: str,
        back: dt.timedelta | None,
        both: bool,
        between: list[str],
        after: list[str],
    ) -> None:
        member, other = data.draw(st.permutations(self.apart()))[:2]
        self.live(data, source, other, ["join", "payment"])
        if both:
            self.live(data, source, member, ["join", "payment"])
        self.merge_for_a_while(data, source, back, (member, other), between)
        for step in after:
            self.live(data, source, data.draw(st.sampled_from([other, member])), [step])

    def apart(self) -> list[str]:
        """The members who have an account of their own, still."""
        model = self.pair.model
        closed = {fact["member"] for fact in model.log if fact["kind"] == "MemberClosed"}
        return [n for n in model.members() if n not in closed and not model.merged_into(n)]

    def merge_for_a_while(
        self,
        data: st.DataObject,
        source: str,
        back: dt.timedelta | None,
        pair: tuple[str, str],
        steps: list[str],
    ) -> None:
        """The second is merged into the first, who goes on some steps; then they are parted."""
        member, other = pair
        about: dict[str, Any] = {"member": member, "other": other}
        if self.send(MergeMembers(**about, **self.said(source, None))):
            self.live(data, source, member, steps)
            self.both_agree()
            self.send(UnmergeMembers(**about, **self.said(source, back)))

    def live(self, data: st.DataObject, source: str, account: str, steps: list[str]) -> None:
        """Some steps in the life of an account: thoughts of the teller, and those that follow.

        `late` is a redemption of a day on which points were good that have expired; `expiry` is
        that something lapses, and a run after it.
        """
        for step in steps:
            if step.startswith("expiry"):
                owner = PURSE if step == "expiry_in_purse" else account
                self.go_to_what_lapses(data.draw, owner, further=ONE_DAY)
                as_of = self.pair.ledger.today() - ONE_DAY
                self.send(ExpirePoints(member=owner, as_of=as_of, **self.said(source, None)))
            elif step == "leave":
                self.send(LeavePurse(member=account, purse="home", **self.said(source, None)))
            elif step == "join":
                kind = JoinPurse if PURSE in self.teller.accounts() else OpenPurse
                self.send(kind(member=account, purse="home", **self.said(source, None)))
            elif step == "late":
                said = self.said(source, self.ago_when_good(data.draw, account))
                self.send(self.teller.redemption(data.draw, account, said))
            else:
                self.think(data, source, account, step)

    def think(self, data: st.DataObject, source: str, account: str, step: str) -> None:
        """What the teller thinks of, and what after it where it gives some points first."""
        for _ in range(2):
            command = getattr(self.teller, step)(data.draw, account, self.said(source, None))
            self.send(command)
            if step == "adjustment" or not isinstance(command, AdjustPoints):
                break
