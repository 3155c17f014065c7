"""`jifen transfers`: points that go to other programs and come from there."""

from __future__ import annotations

from typing import Final

import click

from console.transfers_in import answers, list_transfers, receive, reconcile
from console.transfers_out import confirm, pending, reject, send, take_answers, time_out
from console.words import _


@click.group(
    name="transfers",
    help=_(
        """Points to other programs, and from them.

        Airlines, hotels, banks: at the rates of the program. Files go out and come
        in as CSV with control totals; any may come again.

        \b
        Example:
          jifen transfers pending --program air --file to-air.csv"""
    ),
)
@click.pass_context
def transfers_group(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = dict.fromkeys(transfers_group.commands, ctx.default_map)


_COMMANDS: Final = (
    *(send, pending, take_answers, confirm, reject, time_out),
    *(receive, answers, list_transfers, reconcile),
)
for _command in _COMMANDS:
    transfers_group.add_command(_command)
