"""`jifen settle`: close a month, or work a closed one out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console import failures
from console.desk import at_the_desk
from console.options import output_options, recording_options, store_option, warehouse_option
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from projections.settlement import Closed
    from projections.warehouse import Warehouse
    from schemas.settlement import Statement


@click.command(
    help=_(
        """Close a month of the alliance (结算): who owes whom, and why.

        What was recorded up to now is billed, but for what an earlier statement
        billed; what happened in a month before is marked as late. A month is
        closed once, after its last day, the next after the last one. With
        --recompute a closed one is worked out again from the log that it was made
        from: exits with 1, and names the lines, where it does not come out the same.

        \b
        Examples:
          jifen settle --period 2026-06 --dry-run
          jifen settle --period 2026-06 --page 2026-06.html
          jifen settle --period 2026-06 --recompute"""
    )
)
@click.option("--period", required=True, metavar="MONTH", help=_("The month, as in 2026-06."))
@click.option("--recompute", is_flag=True, help=_("Work a closed month out again."))
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Write the statement as a page to this file, too."),
)
@recording_options("settle")
@store_option
@warehouse_option
@output_options
def settle(
    period: str,
    recompute: bool,
    page: Path | None,
    dry_run: bool,
    source: str,
    operator: str,
    quiet: bool,
    store: str,
    warehouse: str | None,
    **options: Any,
) -> int:
    """See the command's help."""
    from console.reports import caught_up
    from console.settlement_tables import month, show_statement, write_page
    from projections.settlement import closed

    name = month(period)
    with at_the_desk(store, options) as desk:
        position, seal = desk.ledger.end_of_log()
        with caught_up(store, warehouse, quiet=quiet) as opened:
            before = closed(opened)
            if recompute:
                return _again(desk, opened, before, name)
            statement = _worked_out(opened, before, name, position, seal)
        digest = statement.digest
        told = (
            {"position": None}
            if dry_run
            else {"position": _close(desk, statement, source, operator)}
        )
        if page is not None:
            write_page(desk, page, statement, digest)
        show_statement(desk, statement, digest, **told)
    return failures.DONE


def _worked_out(
    warehouse: Warehouse, before: list[Closed], period: str, position: int, seal: str
) -> Statement:
    from projections.settlement import work_out

    after = before[-1].statement.through_position if before else 0
    return work_out(warehouse, period, after_position=after, through_position=position, seal=seal)


def _close(desk: Desk, statement: Statement, source: str, operator: str) -> int:
    """The position of the event. Raises what `SettlePeriod` is refused for."""
    from schemas.commands import SettlePeriod

    outcome = desk.ledger.execute(
        SettlePeriod(
            period=statement.period,
            through_position=statement.through_position,
            seal=statement.seal,
            lines=statement.lines,
            nets=statement.nets,
            payments=statement.payments,
            digest=statement.digest,
            source=source,
            operator=operator,
        )
    )
    return outcome.first_position


def _again(desk: Desk, warehouse: Warehouse, before: list[Closed], period: str) -> int:
    from console.settlement_tables import comparison_columns, comparison_rows, find_closed
    from projections.settlement import again
    from schemas.settlement import differences

    found = find_closed(before, period)
    made = again(warehouse, found.statement)
    differing = differences(found.statement, made)
    same = made.digest == found.digest
    record = {
        "period": period,
        "same": same,
        "digest": found.digest,
        "digest_again": made.digest,
        "through_position": made.through_position,
        "lines": comparison_rows(differing),
    }
    desk.record(record, comparison_columns())
    if desk.format == "table" and differing:
        from console.settlement_tables import show_differences

        show_differences(desk, differing)
    return failures.DONE if same else failures.FINDINGS
