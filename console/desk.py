"""Commands that write: enrol, purchase, redeem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.options import (
    business_time,
    command_options,
    open_ledger,
    output_options,
    store_option,
)
from console.output import Format, write_record
from console.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from ledger import Ledger, Outcome

_shop = click.option("--shop", default="", metavar="NAME", help=_("The store where it happened."))
_till = click.option("--till", default="", metavar="NAME", help=_("The till."))
_partner = click.option("--partner", default="", metavar="ID", help=_("The alliance partner."))


@click.command(
    help=_(
        """Let a person into the program.

        \b
        Examples:
          jifen enrol m-001
          jifen enrol m-001 --at 2026-03-01 --shop east"""
    )
)
@click.argument("member")
@_shop
@command_options
@store_option
@output_options
def enrol(member: str, shop: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with open_ledger(store) as ledger:
        outcome = ledger.enrol(member, store=shop, **_said(ledger, options))
        _answer(ledger, outcome, options, _("Enrolled"))


@click.command(
    help=_(
        """Record a purchase of AMOUNT and what it earns.

        A receipt earns once, whoever presents it.

        \b
        Examples:
          jifen purchase m-001 118.00 --receipt 20260301-0007
          jifen purchase m-001 1,280.50 --receipt A-9 --shop east --till 3"""
    )
)
@click.argument("member")
@click.argument("amount")
@click.option("--receipt", required=True, metavar="ID", help=_("The receipt's number."))
@click.option(
    "--qualifying",
    metavar="AMOUNT",
    help=_("The part that may earn.  [default: all of it]"),
)
@_partner
@_shop
@_till
@command_options
@store_option
@output_options
def purchase(
    member: str,
    amount: str,
    receipt: str,
    qualifying: str | None,
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from schemas.values import parse_money

    with open_ledger(store) as ledger:
        currency = ledger.program.currency
        outcome = ledger.purchase(
            member,
            parse_money(amount, currency),
            receipt,
            qualifying_minor=parse_money(qualifying, currency) if qualifying else None,
            partner=partner,
            store=shop,
            till=till,
            **_said(ledger, options),
        )
        _answer(ledger, outcome, options, _("Purchase recorded"))


@click.command(
    help=_(
        """Spend a member's points.

        The lot that expires first goes first.

        \b
        Examples:
          jifen redeem m-001 250
          jifen redeem m-001 250 --at 2026-03-01 --reason "a tea set"
        """
    )
)
@click.argument("member")
@click.argument("points")
@click.option("--reason", default="", metavar="TEXT", help=_("What they are spent on."))
@click.option("--receipt", default="", metavar="ID", help=_("The receipt they go towards."))
@_partner
@_shop
@_till
@command_options
@store_option
@output_options
def redeem(
    member: str,
    points: str,
    reason: str,
    receipt: str,
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from schemas.values import parse_points

    with open_ledger(store) as ledger:
        outcome = ledger.redeem(
            member,
            parse_points(points, ledger.program.points_decimals),
            reason=reason,
            purchase_id=receipt,
            partner=partner,
            store=shop,
            till=till,
            **_said(ledger, options),
        )
        _answer(ledger, outcome, options, _("Points redeemed"))


def _said(ledger: Ledger, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "occurred_at": business_time(options["at"], ledger.rules.zone),
        "request_id": options["request_id"],
        "source": options["source"],
        "operator": options["operator"],
    }


def _answer(ledger: Ledger, outcome: Outcome, options: dict[str, Any], title: str) -> None:
    """What was written: the points that moved, the balance after, a new card."""
    from console.columns import answer_columns, labels_of
    from ledger.account import movements_total
    from schemas.events import PointsEvent, TierChanged

    events = outcome.events
    labels = labels_of(ledger.program)
    reached = [event for event in events if isinstance(event, TierChanged)]
    account = outcome.account
    record = {
        "member": account.member if account else "",
        "occurred_at": events[0].occurred_at,
        "points": sum(movements_total(e.movements) for e in events if isinstance(e, PointsEvent)),
        "balance_after": account.balance if account else None,
        "tier": account.tier if account else None,
        "tier_reached": labels.get(reached[0].tier_to, reached[0].tier_to) if reached else None,
        "first_position": outcome.first_position,
        "last_position": outcome.last_position,
        "request_id": events[0].request_id,
        "replayed": outcome.replayed,
    }
    fmt: Format = "json" if options["as_json"] else options["fmt"]
    out: Path | None = options["out"]
    write_record(
        record,
        answer_columns(ledger.program),
        fmt,
        out=out,
        zone=ledger.rules.zone,
        title=title + (_(" (before; nothing was written now)") if outcome.replayed else ""),
    )
