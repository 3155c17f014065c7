"""Which accounts touch each other, and so have to be lived again together.

Shapes:
    Link     two streams
    Linked   the streams of groups, and the groups
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ledger.store.scan import ScannedRow
from schemas.codec import decode_event
from schemas.events import (
    TOPICS,
    Event,
    MemberEnrolled,
    MemberMerged,
    PointsSent,
    PurseJoined,
    member_stream,
)
from schemas.program import Program
from schemas.upcasts import UPCASTS

Link = tuple[str, str]

_NAMES: Final[dict[type[Event], str]] = {
    PointsSent: "other",
    MemberMerged: "other",
    PurseJoined: "joiner",
    MemberEnrolled: "referred_by",
}
"""Event -> its field with another account. Whatever else two accounts do follows one of these."""


def pays_referrals(programs: Iterable[Program]) -> bool:
    """Whether anyone gets something for bringing a member, or for being brought."""
    return any(
        bonus.on in ("referral", "referred") for program in programs for bonus in program.bonuses
    )


def topics_of_links(*, referrals: bool) -> list[str]:
    """The topics that link accounts, old ones, too; those of `referrals` only if told."""
    kinds = [kind for kind in _NAMES if referrals or kind is not MemberEnrolled]
    return [t for t in (*TOPICS, *UPCASTS.topics()) if TOPICS[UPCASTS.target(t)] in kinds]


def links_in(rows: Iterable[ScannedRow]) -> list[Link]:
    """The links that rows of these topics make."""
    found = []
    for stream, _, topic, state in rows:
        event: Any = decode_event(topic, state)
        name = getattr(event, _NAMES[type(event)])
        if name:
            found.append((stream, member_stream(name)))
    return found


def groups_of(links: Iterable[Link]) -> list[Sequence[str]]:
    """The streams that are linked, directly or over others, each group in the order of names."""
    parents: dict[str, str] = {}

    def root(stream: str) -> str:
        while (parent := parents.setdefault(stream, stream)) != stream:
            parents[stream] = parents[parent]
            stream = parent
        return stream

    for one, other in links:
        parents[root(one)] = root(other)
    groups: dict[str, list[str]] = {}
    for stream in sorted(parents):
        groups.setdefault(root(stream), []).append(stream)
    return list(groups.values())
