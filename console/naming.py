"""How a command names what it goes on with: a hold, a redemption, an adjustment.

By the id of the request that made it, which its answer showed, or by its event number in the
statement: `'#123'`, or --event 123 where a shell would take the # for a comment.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from console.words import _

if TYPE_CHECKING:
    from ledger import Ledger, Outcome
    from schemas.events import Event

F = TypeVar("F", bound=Callable[..., Any])

_NUMBERED: Final = re.compile(r"[#＃]([0-9]{1,18})")


def names_request(function: F) -> F:
    """The argument REQUEST, --event and --of-source."""
    for option in (
        click.option(
            "--of-source",
            default="",
            metavar="NAME",
            help=_("The source of that request.  [default: that of this command]"),
        ),
        click.option(
            "--event",
            type=click.IntRange(1),
            default=None,
            metavar="N",
            help=_("Name it by its event in the statement instead."),
        ),
        click.argument("request", required=False),
    ):
        function = option(function)
    return function


def named(
    ledger: Ledger, member: str, request: str | None, event: int | None, of_source: str
) -> tuple[str, str]:
    """(request id, source) of what was named; the source "" is that of the command.

    Raises UnknownEvent, or a usage error unless it is named in one way.
    """
    if (request is None) == (event is None):
        raise click.UsageError(_("Name it either by its request or with --event."))
    if request is not None:
        numbered = _NUMBERED.fullmatch(request)
        if numbered is None:
            return request, of_source
        event = int(numbered[1])
    assert event is not None
    found = _find(ledger, member, event)
    return found.request_id, found.source


def next_step(command: str, member: str, outcome: Outcome) -> str:
    """The command line that goes on with what was just done."""
    event = outcome.events[0]
    words = ["jifen", *command.split(), member, event.request_id]
    if event.source != "cli":
        words += ["--of-source", event.source]
    return " ".join(map(shlex.quote, words))


def _find(ledger: Ledger, member: str, position: int) -> Event:
    """The member's event, or one of those who were merged into them."""
    from ledger.errors import UnknownEvent
    from schemas.events import MemberAbsorbed

    wanted, seen = [member], {member}
    while wanted:
        for recorded in ledger.history(wanted.pop()):
            event = recorded.event
            if recorded.position == position:
                return event
            if isinstance(event, MemberAbsorbed) and event.other not in seen:
                seen.add(event.other)
                wanted.append(event.other)
    raise UnknownEvent(member=member, position=position)
