"""Commands about the ladder: cards set by hand, and reviewed."""

from __future__ import annotations

from typing import Any

import click

from console.desk import at_the_desk
from console.options import accountable_options, output_options, run_options, store_option
from console.words import _

_reason = click.option("--reason", required=True, metavar="TEXT", help=_("Why."))


@click.command(
    help=_(
        """Give a member a card by hand.

        Nothing lowers the card below it until the end of its last day. Without
        --until it is good as long as one that is reached today.

        \b
        Examples:
          jifen set-tier m-001 gold --until 2027-06-30 --reason "press" --operator Li
          jifen set-tier m-001 diamond --reason invited --operator Li"""
    )
)
@click.argument("member")
@click.argument("tier")
@click.option("--until", metavar="DAY", help=_("The last good day."))
@_reason
@accountable_options
@store_option
@output_options
def set_tier(
    member: str, tier: str, until: str | None, reason: str, store: str, **options: Any
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        day = desk.maybe_day(until)
        outcome = desk.ledger.set_tier(member, tier, reason, until=day, **desk.said())
        desk.answer(member, outcome, _("Card set by hand"))


@click.command(
    help=_(
        """End a card that was set by hand.

        The ladder alone decides again.

        \b
        Examples:
          jifen unset-tier m-001 --reason "a mistake" --operator Li
          jifen unset-tier m-001 --reason "left" --operator Li --at 2026-09-01"""
    )
)
@click.argument("member")
@_reason
@accountable_options
@store_option
@output_options
def unset_tier(member: str, reason: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.end_tier_floor(member, reason, **desk.said())
        desk.answer(member, outcome, _("The ladder decides again"))


@click.command(
    help=_(
        """Review the cards that are past their last day.

        Of all members. Each is kept, kept for a time of grace, or lowered, with what decided it.
        A run that was missed changes nothing, and it may be stopped and run again.
        With --dry-run it lists what would be recorded and writes nothing.

        \b
        Examples:
          jifen review-tiers
          jifen review-tiers --as-of 2026-12-31 --dry-run"""
    )
)
@run_options("review")
@store_option
@output_options
def review_tiers(
    as_of: str | None,
    dry_run: bool,
    source: str,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.review_run import ReviewRun

    with at_the_desk(store, options) as desk:
        day = desk.day_of_run(as_of)
        run = ReviewRun(desk, day, quiet=quiet, source=source, operator=operator)
        run.rehearse() if dry_run else run.record()
