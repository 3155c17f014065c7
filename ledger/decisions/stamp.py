"""What every event of a command says: when, from where, by whom, under which program."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct


class Stamp(Struct, frozen=True, gc=False):
    """The fields that an event takes over from its command, the time and the ids settled.

    The names are those of `schemas.events.Event`.
    """

    occurred_at: dt.datetime
    occurred_on: dt.date
    source: str
    request_id: str
    operator: str
    program_version: int
