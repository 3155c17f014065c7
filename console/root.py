"""The group of all commands, each loaded when it is asked for, and the settings they share."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from console import failures
from console.settings import settings_map
from console.words import _, marked, share_with_click
from schemas.errors import JifenError

SUBJECTS: Final[dict[str, dict[str, str]]] = {
    marked("At the till"): {
        "purchase": "console.till:purchase",
        "return": "console.till:return_goods",
        "redeem": "console.spending:redeem",
        "redeemable": "console.spending:redeemable",
        "reward": "console.spending:reward",
        "rewards": "console.spending:rewards",
        "hold": "console.holds:hold",
        "capture": "console.holds:capture",
        "release": "console.holds:release",
        "reverse": "console.holds:reverse",
        "voucher": "console.vouchers:voucher_group",
        "benefit": "console.club:benefit_group",
    },
    marked("At the service desk"): {
        "find": "console.find:find",
        "balance": "console.members:balance",
        "tier": "console.members:tier",
        "statement": "console.statement:statement",
        "lots": "console.keeping:lots",
        "award": "console.giving:award",
        "bonus": "console.giving:bonus",
        "adjust": "console.giving:adjust",
        "undo": "console.giving:undo",
        "gift": "console.people:gift",
        "extend": "console.keeping:extend",
        "purse": "console.purses:purse_group",
        "set-tier": "console.ladder:set_tier",
        "unset-tier": "console.ladder:unset_tier",
    },
    marked("Other programs"): {
        "transfers": "console.transfers:transfers_group",
    },
    marked("Accounts"): {
        "enrol": "console.people:enrol",
        "card": "console.cards:card_group",
        "phone": "console.phones:phone_group",
        "freeze": "console.people:freeze",
        "unfreeze": "console.people:unfreeze",
        "close": "console.people:close",
        "merge": "console.people:merge",
        "unmerge": "console.people:unmerge",
    },
    marked("Over all members"): {
        "import": "console.imports:import_group",
        "expire": "console.keeping:expire",
        "vouchers": "console.vouchers:vouchers_group",
        "rebate": "console.club:rebate",
        "review-tiers": "console.ladder:review_tiers",
        "notices": "console.notices:notices",
        "whatif": "console.whatif:whatif",
        "rfm": "console.reports:rfm",
        "query": "console.reports:query",
    },
    marked("The alliance"): {
        "partner": "console.partners:partner_group",
        "settle": "console.settling:settle",
        "settlement": "console.settlements:settlement_group",
        "dispute": "console.disputes:dispute_group",
    },
    marked("The program"): {
        "program": "console.programs:program_group",
    },
    marked("The store"): {
        "init": "console.store:init",
        "key": "console.phones:key_group",
        "verify": "console.store:verify",
        "rebuild": "console.reports:rebuild",
        "config": "console.store:config_group",
        "demo": "console.demo:demo",
    },
}
"""Subject -> its commands -> where each is. A new command is one function and one row here."""
COMMANDS: Final[dict[str, str]] = {
    name: place for commands in SUBJECTS.values() for name, place in commands.items()
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _colon, attribute = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands under their subjects."""
        room = formatter.width - 6 - max(map(len, COMMANDS))
        for subject, names in SUBJECTS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                assert command is not None
                rows.append((name, command.get_short_help_str(room)))
            with formatter.section(_(subject)):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            # click guesses among loaded commands only; these are all there are.
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=COMMANDS, ctx=ctx
            ) from None


@click.group(
    cls=LazyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 80,
    },
    help=_(
        """Points of a loyalty program (积分), every one of them explained.

        \b
        Examples:
          jifen init --program program.toml
          jifen balance m-001

        Start with `jifen demo` to see it at work."""
    ),
)
@click.version_option(package_name="jifen", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context) -> None:
    """See the group's help."""
    ctx.default_map = settings_map(ctx, COMMANDS)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; gives the exit status and never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        _never_crash_on(stream)
    share_with_click()
    try:
        result: Any = root.main(list(arguments), prog_name="jifen", standalone_mode=False)
    except JifenError as error:
        return failures.tell(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else failures.USAGE
    except (click.Abort, KeyboardInterrupt):
        failures.say(_("jifen: stopped"))
        return failures.STOPPED
    except BrokenPipeError:
        # The reader has gone, as `head` does; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return failures.DONE
    except Exception as error:
        return failures.tell_our_failure(error)
    return result if isinstance(result, int) else failures.DONE


def _never_crash_on(stream: Any) -> None:
    """Replace what the stream's encoding can't hold instead of failing in the middle of a line."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
