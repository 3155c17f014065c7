"""Commands that spend points, and what there is to spend them on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console.desk import at_the_desk
from console.naming import next_step
from console.options import command_options, output_options, place_options, store_option
from console.words import _

if TYPE_CHECKING:
    import datetime as dt

    from console.desk import Desk
    from ledger import Ledger
    from schemas.program import Reward

F = TypeVar("F", bound=Callable[..., Any])


def spending_options(function: F) -> F:
    """What a redemption and a hold say alike: --reason, --receipt, --bill, --spender, the place."""
    for option in (
        place_options,
        click.option(
            "--spender", default="", metavar="MEMBER", help=_("Who spends, where it is a purse.")
        ),
        click.option(
            "--bill", metavar="AMOUNT", help=_("The bill, where points may only pay a share of it.")
        ),
        click.option("--receipt", default="", metavar="ID", help=_("The receipt they go towards.")),
        click.option("--reason", default="", metavar="TEXT", help=_("What they are spent on.")),
    ):
        function = option(function)
    return function


@click.command(
    help=_(
        """Spend a member's points.

        The lot that expires first goes first. MEMBER may be a purse, with the
        one who spends from it as --spender.

        \b
        Examples:
          jifen redeem m-001 250
          jifen redeem m-001 250 --at 2026-03-01 --reason "a tea set"
          jifen redeem purse:family 250 --spender m-001 --bill 80.00"""
    )
)
@click.argument("member")
@click.argument("points")
@spending_options
@command_options
@store_option
@output_options
def redeem(member: str, points: str, store: str, **options: Any) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.redeem(
            member, desk.points(points), **spent_on(desk, options), **desk.said()
        )
        reverse = next_step("reverse", member, outcome)
        desk.answer(member, outcome, _("Points redeemed"), reverse=reverse)


@click.command(
    help=_(
        """Spend a member's points on a reward of the catalogue.

        The price is the catalogue's, in points and maybe money to pay beside.

        \b
        Examples:
          jifen reward m-001 tea-set
          jifen reward m-001 voucher --quantity 2 --shop east"""
    )
)
@click.argument("member")
@click.argument("reward")
@click.option(
    "--quantity", type=click.IntRange(1), default=1, show_default=True, help=_("How many.")
)
@click.option("--spender", default="", metavar="MEMBER", help=_("Who spends, where it is a purse."))
@place_options
@command_options
@store_option
@output_options
def reward(
    member: str,
    reward: str,
    quantity: int,
    spender: str,
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.redeem_reward(
            member,
            reward,
            quantity=quantity,
            spender=desk.maybe_member(spender),
            partner=partner,
            store=shop,
            till=till,
            **desk.said(),
        )
        reverse = next_step("reverse", member, outcome)
        desk.answer(member, outcome, _("Reward redeemed"), reverse=reverse)


def spent_on(desk: Desk, options: dict[str, Any]) -> dict[str, Any]:
    """What `spending_options` say, as fields of a command."""
    return {
        "bill_minor": desk.maybe_money(options["bill"]),
        "purchase_id": options["receipt"],
        "reason": options["reason"],
        "spender": desk.maybe_member(options["spender"]),
        "partner": options["partner"],
        "store": options["shop"],
        "till": options["till"],
    }


@click.command(
    help=_(
        """Show how many points a member may spend now.

        And what they are worth at the till, and what limits them.

        \b
        Examples:
          jifen redeemable m-001
          jifen redeemable m-001 --bill 80.00 --points 500"""
    )
)
@click.argument("member")
@click.option("--bill", metavar="AMOUNT", help=_("The bill that they go towards."))
@click.option("--points", metavar="POINTS", help=_("So many are wanted.  [default: all]"))
@store_option
@output_options
def redeemable(member: str, bill: str | None, points: str | None, store: str, **said: Any) -> None:
    """See the command's help."""
    from console.columns import redeemable_columns

    with at_the_desk(store, said) as desk:
        member = desk.member(member)
        asked = desk.maybe_points(points)
        bill_minor = desk.maybe_money(bill)
        found = desk.ledger.redeemable(member, bill_minor=bill_minor, asked=asked)
        record = {
            "member": member,
            "bill_minor": bill_minor,
            "asked": asked,
            "points": found.points,
            "value_minor": found.value_minor if desk.program.redemption.money else None,
            "limited_by": found.limited_by or None,
        }
        desk.record(record, redeemable_columns(desk.program))


@click.command(
    help=_(
        """Show the catalogue: what points buy.

        With MEMBER also what of it they can have today, and how many points are
        missing for the rest.

        \b
        Examples:
          jifen rewards
          jifen rewards m-001 --json"""
    )
)
@click.argument("member", required=False)
@store_option
@output_options
def rewards(member: str | None, store: str, **said: Any) -> None:
    """See the command's help."""
    from console.columns import reward_columns, telling
    from ledger.terms import reward_money, reward_points

    with at_the_desk(store, said) as desk:
        program, today = desk.program, desk.ledger.today()
        spendable, tier = _means(desk.ledger, desk.member(member)) if member else (None, "")
        rows = []
        for entry in program.rewards:
            price = reward_points(entry, program)
            offered = _offered(entry, today)
            fits = not entry.tiers or tier in entry.tiers
            rows.append(
                {
                    "reward": entry.id,
                    "label": entry.label or None,
                    "points": price,
                    "money_minor": reward_money(entry, program) or None,
                    "tiers": ", ".join(entry.tiers) or None,
                    "starts_on": entry.starts_on,
                    "ends_on": entry.ends_on,
                    "offered": offered,
                    "affordable": (
                        None if spendable is None else offered and fits and spendable >= price
                    ),
                    "missing": None if spendable is None else max(0, price - spendable),
                }
            )
        columns = reward_columns(program)
        if desk.format == "table":
            columns = telling(columns, rows, always=("reward", "points"))
        desk.rows(rows, columns)


def _means(ledger: Ledger, member: str) -> tuple[int, str]:
    """What a member can spend today, and the card that they hold."""
    from schemas.events import is_purse

    balance = ledger.balance(member)
    spendable = max(0, balance.available - balance.debt)
    card = "" if is_purse(member) else ledger.tier(member).tier
    return (spendable if balance.status == "open" else 0), card


def _offered(entry: Reward, today: dt.date) -> bool:
    return (
        entry.enabled
        and (entry.starts_on is None or entry.starts_on <= today)
        and (entry.ends_on is None or today <= entry.ends_on)
    )
