"""Commands of the till that earn and take back: purchase, return."""

from __future__ import annotations

from typing import Any

import click

from console.desk import at_the_desk
from console.options import command_options, output_options, place_options, store_option
from console.words import _


@click.command(
    help=_(
        """Record a purchase of AMOUNT and what it earns.

        A receipt earns once, whoever presents it. Lines and tenders, where they
        are given, must each add up to AMOUNT.

        \b
        Examples:
          jifen purchase m-001 118.00 --receipt 20260301-0007
          jifen purchase m-001 49.80 --receipt A-9 --shop east --till 3 \\
                --line sku=A1,qty=2,amount=19.90,category=tea \\
                --line sku=B7,amount=29.90 --tender cash=40 --tender card=9.80"""
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
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="PARTS",
    help=_("A line: amount=, sku=, qty=, category=, brand=, tax=; may be repeated."),
)
@click.option(
    "--tender",
    "tenders",
    multiple=True,
    metavar="KIND=AMOUNT",
    help=_("What was paid with: cash, card, voucher; may be repeated."),
)
@click.option("--channel", default="", metavar="NAME", help=_("Where it was sold: shop, online."))
@click.option(
    "--occasion",
    "occasions",
    multiple=True,
    metavar="NAME",
    help=_("What the till knows, such as birthday; may be repeated."),
)
@place_options
@command_options
@store_option
@output_options
def purchase(
    member: str,
    amount: str,
    receipt: str,
    qualifying: str | None,
    lines: tuple[str, ...],
    tenders: tuple[str, ...],
    channel: str,
    occasions: tuple[str, ...],
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console import receipt_lines

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.purchase(
            member,
            desk.money(amount),
            receipt,
            qualifying_minor=desk.maybe_money(qualifying),
            lines=tuple(receipt_lines.bought_line(line, desk.money) for line in lines),
            tenders=tuple(receipt_lines.tender(part, desk.money) for part in tenders),
            channel=channel,
            occasions=occasions,
            partner=partner,
            store=shop,
            till=till,
            **desk.said(),
        )
        desk.answer(member, outcome, _("Purchase recorded"))


@click.command(
    name="return",
    help=_(
        """Take goods back, and the points that they had earned.

        All that is kept of the receipt comes back, unless lines or an amount say
        less. Points that were spent on the receipt are given back in proportion.

        \b
        Examples:
          jifen return m-001 20260301-0007
          jifen return m-001 A-9 --line 1 --line 2=1
          jifen return m-001 A-9 --amount 19.90 --shop east"""
    ),
)
@click.argument("member")
@click.argument("receipt")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="N[=QTY]",
    help=_("A line, or units of it; N,amount=9.90 for money; may be repeated."),
)
@click.option("--amount", metavar="AMOUNT", help=_("So much of the money, whatever the lines."))
@click.option("--return-id", default="", metavar="ID", help=_("The number of the return slip."))
@place_options
@command_options
@store_option
@output_options
def return_goods(
    member: str,
    receipt: str,
    lines: tuple[str, ...],
    amount: str | None,
    return_id: str,
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.receipt_lines import returned_line

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.return_purchase(
            member,
            receipt,
            items=tuple(returned_line(line, desk.money) for line in lines),
            amount_minor=desk.maybe_money(amount),
            return_id=return_id,
            partner=partner,
            store=shop,
            till=till,
            **desk.said(),
        )
        desk.answer(member, outcome, _("Return recorded"))
