"""`jifen voucher`: issue, use, give back, cancel, list; `jifen vouchers`: runs over all members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console.desk import at_the_desk
from console.options import (
    accountable_options,
    command_options,
    output_options,
    place_options,
    recording_options,
    run_options,
    store_option,
)
from console.words import _

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger.club_questions import VoucherLine

F = TypeVar("F", bound=Callable[..., Any])


@click.group(
    name="voucher",
    help=_(
        """Vouchers of one member (消费券): money off a bill, once.

        A voucher goes by the request that issued it, which `voucher list` shows.

        \b
        Example:
          jifen voucher list m-001"""
    ),
)
@click.pass_context
def voucher_group(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = dict.fromkeys(voucher_group.commands, ctx.default_map)


@click.group(
    name="vouchers",
    help=_(
        """Vouchers of all members: lapsed, and due.

        \b
        Example:
          jifen vouchers lapse"""
    ),
)
@click.pass_context
def vouchers_group(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = dict.fromkeys(vouchers_group.commands, ctx.default_map)


def _names_voucher(function: F) -> F:
    """MEMBER VOUCHER, --number and --of-source."""
    for option in (
        click.option(
            "--of-source",
            default="",
            metavar="NAME",
            help=_("The source of that request, where several have one of its name."),
        ),
        click.option(
            "--number",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            metavar="N",
            help=_("Which one, where the request issued several."),
        ),
        click.argument("voucher"),
        click.argument("member"),
    ):
        function = option(function)
    return function


def _named(desk: Desk, member: str, voucher: str, number: int, of_source: str) -> dict[str, Any]:
    """The fields that name a voucher; its source is found among the member's where it is unsaid."""
    source = of_source
    if not source:
        found = {
            line.source
            for line in desk.ledger.vouchers(member)
            if (line.request_id, line.number) == (voucher, number)
        }
        if len(found) == 1:
            (source,) = found
    return {"voucher": voucher, "voucher_source": source, "number": number}


@voucher_group.command(
    name="issue",
    help=_(
        """Give a member a voucher of the program.

        As often as the program allows. The answer names it: its request.

        \b
        Examples:
          jifen voucher issue m-001 birthday
          jifen voucher issue m-001 welcome --quantity 2 --request-id w-77"""
    ),
)
@click.argument("member")
@click.argument("kind")
@click.option(
    "--quantity", type=click.IntRange(1), default=1, show_default=True, help=_("How many.")
)
@command_options
@store_option
@output_options
def issue(member: str, kind: str, quantity: int, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.club_answers import issued_answer

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.issue_voucher(member, kind, quantity=quantity, **desk.said())
        issued_answer(desk, member, outcome)


@voucher_group.command(
    name="use",
    help=_(
        """Use a voucher towards a bill, once.

        It takes what it is worth off the bill; what the bill does not reach is lost.

        \b
        Examples:
          jifen voucher use m-001 w-77 --bill 128.00 --receipt A-9 --till 3
          jifen voucher use m-001 w-77 --number 2 --bill 60 --at 2026-03-01"""
    ),
)
@_names_voucher
@click.option("--bill", required=True, metavar="AMOUNT", help=_("The bill that it goes towards."))
@click.option("--receipt", default="", metavar="ID", help=_("The receipt of that bill."))
@place_options
@command_options
@store_option
@output_options
def use(
    member: str,
    voucher: str,
    number: int,
    of_source: str,
    bill: str,
    receipt: str,
    partner: str,
    shop: str,
    till: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_answers import voucher_answer

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        outcome = desk.ledger.use_voucher(
            member,
            bill_minor=desk.money(bill),
            purchase_id=receipt,
            partner=partner,
            store=shop,
            till=till,
            **_named(desk, member, voucher, number, of_source),
            **desk.said(),
        )
        voucher_answer(desk, member, outcome, _("Voucher used"))


@voucher_group.command(
    name="give-back",
    help=_(
        """Let a voucher that was used be good again.

        With its own last good day; past that it lapses at once. With goods that all
        come back it needs no command: `jifen return` gives it back.

        \b
        Examples:
          jifen voucher give-back m-001 w-77 --reason "wrong till"
          jifen voucher give-back m-001 w-77 --number 2"""
    ),
)
@_names_voucher
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@command_options
@store_option
@output_options
def give_back(
    member: str,
    voucher: str,
    number: int,
    of_source: str,
    reason: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_answers import voucher_answer

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        named = _named(desk, member, voucher, number, of_source)
        outcome = desk.ledger.give_back_voucher(member, reason=reason, **named, **desk.said())
        voucher_answer(desk, member, outcome, _("Voucher given back"))


@voucher_group.command(
    name="cancel",
    help=_(
        """Take a voucher back that was not used.

        It stays counted against how often the program gives it.

        \b
        Examples:
          jifen voucher cancel m-001 w-77 --reason "wrong member" --operator Li
          jifen voucher cancel m-001 w-77 --number 2 --reason slip --operator Li"""
    ),
)
@_names_voucher
@click.option("--reason", required=True, metavar="TEXT", help=_("Why."))
@accountable_options
@store_option
@output_options
def cancel(
    member: str,
    voucher: str,
    number: int,
    of_source: str,
    reason: str,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_answers import voucher_answer

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        named = _named(desk, member, voucher, number, of_source)
        outcome = desk.ledger.cancel_voucher(member, reason=reason, **named, **desk.said())
        voucher_answer(desk, member, outcome, _("Voucher cancelled"))


@voucher_group.command(
    name="list",
    help=_(
        """Show a member's vouchers that can be used today.

        With --all also those that were used, and where, and those that lapsed or
        were cancelled.

        \b
        Examples:
          jifen voucher list m-001
          jifen voucher list m-001 --all --json"""
    ),
)
@click.argument("member")
@click.option("--all", "every", is_flag=True, help=_("Those that can't be used any more, too."))
@store_option
@output_options
def list_vouchers(member: str, every: bool, store: str, **options: Any) -> None:
    """See the command's help."""
    from console.club_columns import voucher_columns
    from console.columns import telling

    with at_the_desk(store, options) as desk:
        member = desk.member(member)
        lines = desk.ledger.vouchers(member)
        rows = [_row(line) for line in lines if every or line.state == "open"]
        columns = voucher_columns(desk.program)
        if desk.format == "table":
            columns = telling(columns, rows, always=("voucher", "number", "worth_minor"))
        desk.rows(rows, columns, title=member)


def _row(line: VoucherLine) -> dict[str, Any]:
    return {
        "voucher": line.request_id,
        "number": line.number,
        "kind": line.kind,
        "label": line.label or None,
        "worth_minor": line.worth_minor,
        "min_bill_minor": line.min_bill_minor or None,
        "issued_on": line.issued_on,
        "expires_on": line.expires_on,
        "state": line.state,
        "used_on": line.used_on,
        "taken_minor": line.taken_minor,
        "receipt": line.purchase_id or None,
        "partner": line.partner or None,
        "store": line.store or None,
        "till": line.till or None,
        "source": line.source,
    }


# -- over all members ------------------------------------------------------------------------------


@vouchers_group.command(
    name="lapse",
    help=_(
        """Record the vouchers that have lapsed.

        Of all members. Past their last day they can't be used anyway; this writes
        it down, once for each. It may be stopped and run again. With --dry-run it
        lists what would be recorded and writes nothing.

        \b
        Examples:
          jifen vouchers lapse
          jifen vouchers lapse --as-of 2026-06-30 --dry-run"""
    ),
)
@run_options("vouchers")
@store_option
@output_options
def lapse(
    as_of: str | None,
    dry_run: bool,
    source: str,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_run import VoucherLapseRun

    with at_the_desk(store, options) as desk:
        day = desk.day_of_run(as_of)
        run = VoucherLapseRun(desk, day, quiet=quiet, source=source, operator=operator)
        run.rehearse() if dry_run else run.record()


@vouchers_group.command(
    name="issue",
    help=_(
        """Issue the vouchers that are due for anniversaries.

        To all members who joined on such a day in an earlier year; once a year for
        each. A run that was missed is made good as far as its vouchers would still
        be good. With --dry-run it lists what would be issued and writes nothing.

        \b
        Examples:
          jifen vouchers issue
          jifen vouchers issue --as-of 2026-06-30 --dry-run"""
    ),
)
@click.option("--as-of", metavar="DAY", help=_("Up to this day.  [default: today]"))
@recording_options("vouchers")
@store_option
@output_options
def issue_due(
    as_of: str | None,
    dry_run: bool,
    source: str,
    operator: str,
    quiet: bool,
    store: str,
    **options: Any,
) -> None:
    """See the command's help."""
    from console.club_run import AnniversaryRun

    with at_the_desk(store, options) as desk:
        day = desk.maybe_day(as_of) or desk.ledger.today()
        run = AnniversaryRun(desk, day, quiet=quiet, source=source, operator=operator)
        run.rehearse() if dry_run else run.record()
