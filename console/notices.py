"""The command that lists what members would be told of."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from console.desk import at_the_desk
from console.options import output_options, quiet_option, store_option
from console.words import _
from console.writing import is_terminal

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger.notices import Notice

KINDS = ("next_tier", "card_ending", "recovery", "points_lapsing", "voucher_lapsing")


@click.command(
    help=_(
        """List what members would be told of.

        Cards that are near, end or can come back, points and vouchers that lapse.

        How near is for the program's section [notices] to say. Nothing is written
        and nothing is sent: it is a list for whoever writes to members.

        \b
        Examples:
          jifen notices
          jifen notices --as-of 2026-12-01 --kind points_lapsing --format csv"""
    )
)
@click.option("--as-of", metavar="DAY", help=_("The day that it is about.  [default: today]"))
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help=_("Only this kind, may be repeated: {}.").format(", ".join(KINDS)),
)
@quiet_option
@store_option
@output_options
def notices(
    as_of: str | None, kinds: tuple[str, ...], quiet: bool, store: str, **options: Any
) -> None:
    """See the command's help."""
    from console.run import Reach
    from console.tier_columns import notice_columns

    with at_the_desk(store, options) as desk, ExitStack() as bar:
        day = desk.maybe_day(as_of) or desk.ledger.today()
        a_bar_would_mix = desk.format != "table" and desk.out is None and is_terminal(sys.stdout)
        reach = Reach(bar, _("looking"), quiet=quiet or a_bar_would_mix)
        found = _wanted(desk.ledger.notices(day, progress=reach), kinds)
        rows: Any = (_row(desk, notice) for notice in found)
        columns = notice_columns(desk.program, for_person=desk.format == "table")
        if desk.format == "table":
            rows = list(rows)
            bar.close()
        desk.rows(rows, columns, caption=_("on {day}").format(day=day))


def _wanted(found: Iterator[Notice], kinds: tuple[str, ...]) -> Iterator[Notice]:
    return (notice for notice in found if not kinds or notice.kind in kinds)


def _row(desk: Desk, notice: Notice) -> dict[str, Any]:
    cards = {tier.id: tier.card for tier in desk.program.tiers}
    row: dict[str, Any] = {
        "member": notice.member,
        "kind": notice.kind,
        "until": notice.until,
        "tier": notice.tier or None,
        "card": cards.get(notice.tier, notice.tier) or None,
        "tier_below": notice.tier_below or None,
        "card_below": _below(notice, cards),
        "measure": notice.measure or None,
        "points": notice.points or None,
        "voucher": notice.voucher or None,
        "value_minor": notice.value_minor or None,
    }
    if notice.measure:
        row[_MISSING[notice.measure]] = notice.missing
    return row


def _below(notice: Notice, cards: dict[str, str]) -> str | None:
    if notice.kind != "card_ending":
        return None
    return cards.get(notice.tier_below, notice.tier_below) or _("no card")


_MISSING = {
    "net_spend": "missing_spend_minor",
    "points_earned": "missing_points",
    "visits": "missing_visits",
}
