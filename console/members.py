"""Commands that read one member from the ledger: balance and tier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.options import open_ledger, output_options, store_option, warehouse_option
from console.output import Format, write_record
from console.who import who
from console.words import _, marked

if TYPE_CHECKING:
    from console.cells import Column
    from ledger import Lapse, TierCard
    from schemas.program import Program

_LAPSES_SHOWN = 6
_MERGED = "merged into "
_STATUSES = {"frozen": marked("frozen"), "closed": marked("closed")}
_MEASURED_IN = {
    "net_spend": "missing_money",
    "points_earned": "missing_points",
    "visits": "missing_visits",
}


@click.command(
    help=_(
        """Show what a member has: points, what lapses next, the card.

        \b
        Examples:
          jifen balance m-001
          jifen balance m-001 --json"""
    )
)
@click.argument("member")
@store_option
@output_options
def balance(member: str, store: str, fmt: Format, as_json: bool, out: Path | None) -> None:
    """See the command's help."""
    from console.columns import balance_columns
    from schemas.events import is_purse

    with open_ledger(store) as ledger:
        member = who(ledger, member)
        points = ledger.balance(member)
        card = None if is_purse(member) else ledger.tier(member)
        program, zone = ledger.program, ledger.rules.zone
    record: dict[str, Any] = {
        name: getattr(points, name)
        for name in (
            *("member", "status", "available", "pending", "held", "debt", "lapsed", "balance"),
            *("next_lapse_on", "day", "position"),
        )
    }
    record["next_lapse_points"] = points.next_lapse_points if points.next_lapse_on else None
    record["lapses"] = [
        {"lapses_on": lapse.lapses_on, "points": lapse.points} for lapse in points.lapses
    ]
    record.update(_card(card, program) if card else {})
    columns = balance_columns(program)
    shown: Format = "json" if as_json else fmt
    if shown == "table":
        columns = _with_lapses(columns, record, points.lapses, program)
        record["status"] = _status(points.status)
        for name in ("held", "debt", "lapsed"):
            record[name] = record[name] or None
        record["tier"] = None
        record["next_tier"] = (card.next_label if card else "") or None
        if card is None or points.status not in ("open", "frozen"):
            record |= dict.fromkeys(("next_tier", *_MEASURED_IN.values(), "missing_until"))
    write_record(record, columns, shown, out=out, zone=zone)


def _with_lapses(
    columns: list[Column], record: dict[str, Any], lapses: Sequence[Lapse], program: Program
) -> list[Column]:
    """The columns for a person: a line for each of the next days on which points lapse."""
    from console.cells import Column

    shown = [
        (_("lapses after {}").format(lapse.lapses_on), lapse.points)
        for lapse in lapses[:_LAPSES_SHOWN]
    ]
    if later := sum(lapse.points for lapse in lapses[_LAPSES_SHOWN:]):
        shown.append((_("lapses later"), later))
    place = [column.key for column in columns].index("next_lapse_points")
    record["next_lapse_points"] = record["next_lapse_on"] = None
    for number, (_label, points) in enumerate(shown):
        record[f"lapse_{number}"] = points
    decimals = program.points_decimals
    lines = [
        Column(f"lapse_{number}", label, "points", decimals)
        for number, (label, _points) in enumerate(shown)
    ]
    return [*columns[:place], *lines, *columns[place:]]


def _status(status: str) -> str | None:
    """The account's status for a person; None for what is as it should be."""
    into = status.removeprefix(_MERGED)
    if into != status:
        return _("merged into {}").format(into)
    return None if status == "open" else _(_STATUSES[status])


@click.command(
    help=_(
        """Show a member's card, or the whole ladder.

        Without MEMBER: each tier with how many hold it.

        \b
        Examples:
          jifen tier m-001
          jifen tier"""
    )
)
@click.argument("member", required=False)
@store_option
@warehouse_option
@output_options
def tier(
    member: str | None,
    store: str,
    warehouse: str | None,
    fmt: Format,
    as_json: bool,
    out: Path | None,
) -> None:
    """See the command's help."""
    shown: Format = "json" if as_json else fmt
    if member is None:
        from console.reports import show_ladder

        show_ladder(store, warehouse, shown, out)
        return
    from console.columns import tier_columns

    with open_ledger(store) as ledger:
        card = ledger.tier(who(ledger, member))
        program, zone = ledger.program, ledger.rules.zone
    record = {
        "member": card.member,
        "since": card.since if card.tier else None,
        "discount_percent": card.discount_percent,
        "measure": card.measure or None,
        "window": card.window or None,
        "position": card.position,
        **_card(card, program),
    }
    if shown == "table":
        record["next_tier"] = card.next_label or None
    write_record(record, tier_columns(program), shown, out=out, zone=zone)


def _card(card: TierCard, program: Program) -> dict[str, Any]:
    """The card's fields as `balance` and `tier` show them; None where there is nothing to say."""
    record: dict[str, Any] = {
        "card": card.label or _("no card"),
        "tier": card.tier or None,
        "valid_until": card.valid_until,
        "next_tier": card.next_tier or None,
        "missing_until": card.window_until,
    }
    for measure, key in _MEASURED_IN.items():
        record[key] = card.missing if card.measure == measure else None
    return record
