"""Putting a version of the program in force."""

from __future__ import annotations

import datetime as dt

from ledger.alliance import NO_ALLIANCE, Alliance
from ledger.chains import check_no_gain
from ledger.errors import ProgramMismatch
from ledger.naming import lacks_with, refuse_lacks
from ledger.rules import Rulebook, published
from schemas.commands import PublishProgram
from schemas.events import ProgramPublished
from schemas.program_file import load_program


def decide_publish(
    rulebook: Rulebook,
    command: PublishProgram,
    at: dt.datetime,
    request_id: str,
    alliance: Alliance = NO_ALLIANCE,
) -> ProgramPublished:
    """The next version. Raises InvalidProgram, ProgramMismatch, RateGains, or ProgramLacks.

    The program's id, currency, decimals and zone never change: they say what the integers and
    days of every earlier event mean. Without an `alliance` nobody's terms are asked.
    """
    program = load_program(command.content)
    if len(rulebook):
        before = rulebook.newest.program
        for name in ("id", "currency", "points_decimals", "zone"):
            old, new = getattr(before, name), getattr(program, name)
            if old != new:
                raise ProgramMismatch(setting=name, old=old, new=new)
    check_no_gain(program)
    refuse_lacks(lacks_with(rulebook, alliance, program))
    return published(
        command.content,
        program,
        version=rulebook.latest_version + 1,
        occurred_at=at,
        source=command.source,
        request_id=request_id,
        operator=command.operator,
    )
