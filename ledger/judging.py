"""Judging one command: what it is decided on, who is let in, the decision.

Shapes:
    case_of   all that the decision looks at
    judge     the events, or a rejection
    Stories   the stories of accounts as they go on

Whoever judges says where accounts and their stories come from: the log (ledger/group.py), or
another course of events (ledger/whatif/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ledger.account import Account
from ledger.alliance import NO_ALLIANCE, Alliance
from ledger.case import Case, Stamp
from ledger.decisions import PROCEDURES
from ledger.decisions.admission import admit
from ledger.identifiers import Known
from ledger.partners import AtPartner
from ledger.rules import Rulebook, Rules
from ledger.story import Story, tell_story
from schemas.events import Event, MemberAbsorbed


def case_of(
    command: Any,
    rules: Rules,
    stamp: Stamp,
    rulebook: Rulebook,
    account_of: Callable[[str], Account],
    story_of: Callable[[str], Story],
    known: Known | None = None,
    alliance: Alliance = NO_ALLIANCE,
    at: AtPartner | None = None,
) -> Case:
    """What a member's command is decided on; `at` is the partner where it happened."""
    procedure = PROCEDURES[type(command)]
    account = account_of(command.member)
    name = procedure.other(command)
    other = account_of(name) if name else None
    story = other_story = None
    if procedure.story(account, command, stamp, rulebook):
        story = story_of(command.member)
    if other is not None and procedure.story(other, command, stamp, rulebook):
        other_story = story_of(name)
    return Case(account, rules, stamp, rulebook, story, other, other_story, known, alliance, at)


def judge(case: Case, command: Any) -> list[tuple[str, Event]]:
    """The events that the command comes to, each with the account that it belongs to.

    Raises the first rejection that stands against it.
    """
    procedure = PROCEDURES[type(command)]
    admit(procedure, case, command)
    return procedure.decide(case, command)


class Stories:
    """The stories that were asked for, kept up to date."""

    def __init__(self) -> None:
        self._known: dict[str, Story] = {}

    def __bool__(self) -> bool:
        """Whether any was asked for."""
        return bool(self._known)

    def of(self, name: str, events_of: Callable[[str], Iterable[Event]]) -> Story:
        """An account's story up to here; `events_of` gives an account's events.

        It is not kept: whoever has both would be a cycle, which only the collector could free.
        """
        story = self._known.get(name)
        if story is None:
            story = self._known[name] = tell_story(name, events_of)
        return story

    def tell(self, name: str, event: Event) -> None:
        """One more event of an account."""
        if name in self._known:
            if isinstance(event, MemberAbsorbed):
                # Told anew, with the story of the member who came.
                del self._known[name]
            else:
                self._known[name].tell(event)
