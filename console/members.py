"""Commands that read one member from the ledger: balance, tier, statement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.options import open_ledger, output_options, store_option, warehouse_option
from console.output import Format, write_record, write_rows
from console.words import _, marked

if TYPE_CHECKING:
    from ledger import TierCard
    from schemas.program import Program

_KINDS = {
    "PurchaseRecorded": marked("purchase"),
    "PointsAwarded": marked("award"),
    "PointsRedeemed": marked("redemption"),
}
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

    with open_ledger(store) as ledger:
        points, card = ledger.balance(member), ledger.tier(member)
        program, zone = ledger.program, ledger.rules.zone
    record: dict[str, Any] = {
        name: getattr(points, name)
        for name in (
            *("member", "available", "pending", "held", "debt", "lapsed", "balance"),
            *("next_lapse_on", "day", "position"),
        )
    }
    record["next_lapse_points"] = points.next_lapse_points if points.next_lapse_on else None
    record.update(_card(card, program))
    shown: Format = "json" if as_json else fmt
    if shown == "table":
        for name in ("held", "debt", "lapsed"):
            record[name] = record[name] or None
        record["tier"] = None
        record["next_tier"] = card.next_label or None
    write_record(record, balance_columns(program), shown, out=out, zone=zone)


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
        card = ledger.tier(member)
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


@click.command(
    help=_(
        """Show a member's statement.

        Every event that moved points, with the balance after it.

        \b
        Examples:
          jifen statement m-001
          jifen statement m-001 --format xlsx --out m-001.xlsx"""
    )
)
@click.argument("member")
@store_option
@output_options
def statement(member: str, store: str, fmt: Format, as_json: bool, out: Path | None) -> None:
    """See the command's help."""
    from console.columns import statement_columns

    with open_ledger(store) as ledger:
        shown: Format = "json" if as_json else fmt
        lines = (
            {
                "occurred_at": line.occurred_at,
                "kind": _(_KINDS[line.kind]) if shown == "table" else line.kind,
                "receipt": line.receipt,
                "store": line.store,
                "till": line.till,
                "operator": line.operator,
                "reason": line.reason,
                "points": line.points,
                "balance_after": line.balance_after,
                "position": line.position,
            }
            for line in ledger.statement(member)
        )
        columns = statement_columns(ledger.program)
        if shown == "table":
            lines_shown = list(lines)
            columns = [
                column
                for column in columns
                if column.key in ("points", "balance_after")
                or any(line[column.key] not in ("", None) for line in lines_shown)
            ]
            write_rows(lines_shown, columns, shown, out=out, zone=ledger.rules.zone, title=member)
        else:
            write_rows(lines, columns, shown, out=out, zone=ledger.rules.zone)


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
