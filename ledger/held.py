"""The pieces that a member's timeline is worked out in (ledger/standing.py).

Shapes:
    Held            a span of the timeline, what decided it, and what is below it
    Outlook         a review to come
    runs_of         spans as they are in effect
    merges_undone   which merge each undoing undoes
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from ledger.account import TierSpan
from ledger.ladder import Window
from schemas.events import Event, MemberAbsorbed, MergeUndone


class Held(Struct, frozen=True):
    """A span, and what it stands on.

    `window` must go on to measure up, `told` is what an event says of it (`measured` in it),
    `merged` the merge that gave it, `version` the program's that judged it. `below` is what is held
    when it goes.
    """

    span: TierSpan
    window: Window | None = None
    told: Window | None = None
    measured: int = 0
    version: int = 0
    merged: MemberAbsorbed | None = None
    below: Held | None = None


class Outlook(Struct, frozen=True):
    """A review to come: of a card good until `last`, by `measured` in `window` (None: by none).

    `lower` is the tier that the card would go to.
    """

    last: dt.date
    window: Window | None
    measured: int
    lower: str


def runs_of(spans: Iterable[TierSpan]) -> list[TierSpan]:
    """The spans without causes; those that go on as before are one."""
    runs: list[TierSpan] = []
    for span in spans:
        plain = replace(span, cause="")
        if not runs or replace(runs[-1], since=plain.since) != plain:
            runs.append(plain)
    return runs


def merges_undone(facts: Iterable[Event]) -> dict[int, MemberAbsorbed]:
    """The merge that each undoing undoes, of facts in the order recorded.

    A member may be merged again, as of a time before the undoing of the merge before.
    """
    last: dict[str, MemberAbsorbed] = {}
    undone = {}
    for fact in facts:
        if isinstance(fact, MemberAbsorbed):
            last[fact.other] = fact
        elif isinstance(fact, MergeUndone) and fact.other in last:
            undone[id(fact)] = last[fact.other]
    return undone
