"""Commands about how long points live: lots, extend, expire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.desk import at_the_desk
from console.options import accountable_options, output_options, run_options, store_option
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk


@click.command(
    help=_(
        """Show a member's lots, in the order that they are spent.

        What is in each, its days, and where it came from.

        \b
        Examples:
          jifen lots m-001
          jifen lots purse:family --json"""
    )
)
@click.argument("member")
@store_option
@output_options
def lots(member: str, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.columns import lot_columns, telling

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        came = _origins(desk, member)
        rows = [
            {
                "lot": line.number,
                "available": line.available,
                "held": line.held,
                "earned_on": line.earned_on,
                "available_from": line.available_from,
                "expires_on": line.expires_on,
                **came[line.number],
                "from_member": line.from_member or None,
                "from_lot": line.from_lot or None,
            }
            for line in desk.ledger.lots(member)
        ]
        columns = lot_columns(desk.program)
        if desk.format == "table":
            for row in rows:
                row["held"] = row["held"] or None
            columns = telling(columns, rows, always=("lot", "available"))
        desk.rows(rows, columns, title=member)


def _origins(desk: Desk, member: str) -> dict[int, dict[str, Any]]:
    """Lot -> what opened it: the kind of event, its receipt or reason, its position."""
    from console.kinds import event_shown
    from ledger.readings import receipt_of
    from schemas.events import PointsEvent

    found: dict[int, dict[str, Any]] = {}
    for recorded in desk.ledger.history(member):
        event, kind = recorded.event, recorded.topic.partition(".")[0]
        if isinstance(event, PointsEvent):
            for lot in event.lots:
                shown = event_shown(kind, event, desk.program) if desk.format == "table" else kind
                found[lot.lot] = {
                    "kind": shown,
                    "receipt": receipt_of(event) or None,
                    "reason": getattr(event, "reason", "") or None,
                    "position": recorded.position,
                }
    return found


@click.command(
    help=_(
        """Let a member's lots live longer, until DAY.

        All lots that end before it, or those named with --lot. What has lapsed
        stays lapsed.

        \b
        Examples:
          jifen extend m-001 --until 2027-06-30 --reason illness --operator Li
          jifen extend m-001 --until 2027-06-30 --lot 3 --lot 4 \\
                --reason illness --operator Li"""
    )
)
@click.argument("member")
@click.option("--until", required=True, metavar="DAY", help=_("The new last good day."))
@click.option(
    "--lot",
    "numbers",
    type=click.IntRange(1),
    multiple=True,
    metavar="N",
    help=_("Only this lot; may be repeated."),
)
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@accountable_options
@store_option
@output_options
def extend(
    member: str, until: str, numbers: tuple[int, ...], reason: str, store: str, **options: Any
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.extend_lots(
            member, desk.day(until), reason, lots=numbers, **desk.said()
        )
        desk.answer(member, outcome, _("Lots extended"))


@click.command(
    help=_(
        """Record what has lapsed, of all members.

        Points past their last day are gone anyway; this writes it down, once for
        each lot. It may be stopped and run again. With --dry-run it lists what
        would be recorded and writes nothing.

        \b
        Examples:
          jifen expire
          jifen expire --as-of 2026-12-31 --dry-run --format csv --out lapsed.csv"""
    )
)
@run_options("expiry")
@store_option
@output_options
def expire(
    as_of: str | None,
    dry_run: bool,
    source: str,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.expiry_run import ExpiryRun

    with at_the_desk(store, options) as desk:
        day = desk.day_of_run(as_of)
        run = ExpiryRun(desk, day, quiet=quiet, source=source, operator=operator)
        run.rehearse() if dry_run else run.record()
