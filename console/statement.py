"""`jifen statement`: every event that moved a member's points (EASE 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from console.desk import at_the_desk
from console.options import output_options, store_option
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger import Ledger, RecordedEvent
    from schemas.events import Event

Reference = tuple[str, str, str]
"""What an event goes by: "purchase" and its receipt, or its type and its request."""


@click.command(
    help=_(
        """Show a member's statement.

        Every event that moved points, with the balance after it. A hold moves
        none of it and shows 0. The number of an event is what `reverse`,
        `capture`, `release` and `undo` take as --event.

        \b
        Examples:
          jifen statement m-001
          jifen statement m-001 --lots
          jifen statement m-001 --format xlsx --out m-001.xlsx"""
    )
)
@click.argument("member")
@click.option("--lots", is_flag=True, help=_("Also in the table: which lots, and the requests."))
@store_option
@output_options
def statement(member: str, lots: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.columns import statement_columns, telling

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        rows = _rows(desk, member)
        columns = statement_columns(desk.program)
        if desk.format != "table":
            desk.rows(rows, columns)
            return
        shown = list(rows)
        if not lots:
            columns = [c for c in columns if c.key not in ("lots", "request_id", "source")]
        columns = telling(columns, shown, always=("points", "balance_after"))
        desk.rows(shown, columns, title=member)


def _rows(desk: Desk, member: str) -> Iterator[dict[str, Any]]:
    from console.answers import lots_text
    from console.kinds import event_shown
    from schemas.events import PointsEvent

    # Read in this order, the history has every event of the statement.
    lines = desk.ledger.statement(member)
    history = list(desk.ledger.history(member))
    events = {recorded.position: recorded.event for recorded in history}
    places = _places(desk.ledger, member, history)
    for line in lines:
        event = events[line.position]
        assert isinstance(event, PointsEvent)
        named = _named_by(event)
        yield {
            "occurred_at": line.occurred_at,
            "kind": (
                event_shown(line.kind, event, desk.program) if desk.format == "table" else line.kind
            ),
            "other": getattr(event, "other", "") or getattr(event, "spender", "") or None,
            "receipt": line.receipt,
            "store": line.store,
            "till": line.till,
            "operator": line.operator,
            "reason": line.reason,
            "refers_to": places.get(named) if named else None,
            "points": line.points,
            "lots": lots_text([event], desk.program.points_decimals),
            "balance_after": line.balance_after,
            "position": line.position,
            "request_id": line.request_id,
            "source": line.source,
        }


def _places(ledger: Ledger, member: str, history: Iterable[RecordedEvent]) -> dict[Reference, int]:
    """Where each event stands that another may name; those of merged members included."""
    from schemas.events import MemberAbsorbed

    found: dict[Reference, int] = {}
    histories, seen = [history], {member}
    while histories:
        for recorded in histories.pop():
            event = recorded.event
            found.setdefault(_goes_by(event), recorded.position)
            # Two members may have been merged either way round, one after the other.
            if isinstance(event, MemberAbsorbed) and event.other not in seen:
                seen.add(event.other)
                histories.append(ledger.history(event.other))
    return found


def _goes_by(event: Event) -> Reference:
    from schemas.events import PurchaseRecorded

    if isinstance(event, PurchaseRecorded):
        return ("purchase", event.partner, event.purchase_id)
    return (type(event).__name__, event.source, event.request_id)


def _named_by(event: Event) -> Reference | None:
    """What an event names: the purchase that came back, the hold, redemption or adjustment."""
    from schemas.events import (
        HoldReleased,
        PointsAdjusted,
        PointsRedeemed,
        RedemptionReversed,
        ReturnRecorded,
    )

    if isinstance(event, ReturnRecorded):
        return ("purchase", event.partner, event.purchase_id)
    if isinstance(event, RedemptionReversed):
        return ("PointsRedeemed", event.redemption_source, event.redemption)
    if isinstance(event, HoldReleased) or (isinstance(event, PointsRedeemed) and event.hold):
        return ("PointsHeld", event.hold_source, event.hold)
    if isinstance(event, PointsAdjusted) and event.corrects:
        return ("PointsAdjusted", event.corrects_source, event.corrects)
    return None
