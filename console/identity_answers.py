"""What a command about cards or phones answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Outcome


def tell(
    desk: Desk, member: str, outcome: Outcome, title: str, *, phone: str = "", other: str = ""
) -> None:
    """What was written; `phone` is masked, `other` the member whom it led to before."""
    from schemas.events import CardStopped

    if outcome.replayed:
        title += _(" (before; nothing was written now)")
    for_person = desk.format == "table"
    first = outcome.events[0]
    stopped = [event for event in outcome.events if isinstance(event, CardStopped)]
    record: dict[str, Any] = {
        "member": member,
        "other": other or None,
        "occurred_at": first.occurred_at,
        "card": _good_card(outcome),
        "stopped": stopped[0].card if stopped else None,
        "why": stopped[0].stopped_for if stopped else None,
        "phone": phone or None,
        "first_position": outcome.first_position,
        "last_position": outcome.last_position,
        "request_id": first.request_id,
        "source": None if for_person and first.source == "cli" else first.source,
        "replayed": None if for_person else outcome.replayed,
    }
    desk.record(record, _columns(), title=title)


def _good_card(outcome: Outcome) -> str | None:
    """The card that is good from now on."""
    from schemas.events import CardIssued, CardUnblocked

    good = [e.card for e in outcome.events if isinstance(e, (CardIssued, CardUnblocked))]
    return good[0] if good else None


def _columns() -> list[Column]:
    return [
        Column("member", _("member"), "identifier"),
        Column("other", _("before that"), "identifier"),
        Column("occurred_at", _("at"), "instant"),
        Column("card", _("card"), "identifier"),
        Column("stopped", _("card stopped"), "identifier"),
        Column("why", _("because"), "text"),
        Column("phone", _("phone"), "identifier"),
        Column("first_position", _("first event"), "integer"),
        Column("last_position", _("last event"), "integer"),
        Column("request_id", _("request"), "identifier"),
        Column("source", _("source"), "identifier"),
        Column("replayed", _("replayed"), "flag"),
    ]


def card_columns() -> list[Column]:
    """A member's cards."""
    return [
        Column("card", _("card"), "identifier"),
        Column("status", _("status"), "text"),
        Column("since", _("since"), "day"),
        Column("replaced_by", _("replaced by"), "identifier"),
        Column("issued_to", _("issued to"), "identifier"),
    ]


def meaning_columns() -> list[Column]:
    """What a text may mean."""
    return [
        Column("member", _("member"), "identifier"),
        Column("account", _("account"), "text"),
        Column("by", _("found by"), "text"),
        Column("shown", _("as"), "identifier"),
        Column("status", _("card's status"), "text"),
        Column("since", _("since"), "day"),
        Column("card", _("card"), "identifier"),
    ]
