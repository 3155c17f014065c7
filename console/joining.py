"""Enrolment, with a card and a phone at once: all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from console.confirming import confirm
from console.words import _
from ledger.errors import BatchRefused
from ledger.phones import is_mobile, masked, region_of
from schemas.commands import EnrolMember, IssueCard, LinkPhone, MemberCommand

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Outcome

_NEXT = "new"


def join(
    desk: Desk, member: str, *, shop: str, referrer: str, card: str, phone: str, yes: bool
) -> Outcome:
    """Enrol a member in one commit with what they are found by; gives all that was written.

    Raises what is in the way of any of it. An id that is a phone number is asked about first: ids
    are kept in clear.
    """
    if is_mobile(member, region_of(desk.program)):
        question = _("{text} is a phone number, and an id is kept in clear for ever. Go on?")
        confirm(question.format(text=masked(member)), yes=yes, final=True)
    said = desk.said()
    commands: list[MemberCommand] = [
        EnrolMember(member=member, store=shop, referred_by=referrer, **said)
    ]
    if card:
        number = "" if card == _NEXT else card
        commands.append(IssueCard(member=member, card=number, **_apart(said, "card")))
    if phone:
        hashes = asdict(desk.ledger.phone_hashes(phone))
        commands.append(LinkPhone(member=member, **hashes, **_apart(said, "phone")))
    try:
        outcomes = desk.ledger.execute_all(commands)
    except BatchRefused as refused:
        raise refused.failures[0][1] from None
    return replace(
        outcomes[0],
        events=tuple(event for outcome in outcomes for event in outcome.events),
        last_position=outcomes[-1].last_position,
        account=outcomes[-1].account,
        replayed=all(outcome.replayed for outcome in outcomes),
    )


def _apart(said: dict[str, Any], part: str) -> dict[str, Any]:
    """The same for one part of the enrolment: each is a request of its own."""
    request = said["request_id"]
    return said if request is None else {**said, "request_id": f"{request}#{part}"}
