"""A fact that people made, and what is known beside it when it is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ledger.rules import Rulebook, Rules
from ledger.whatif.course import Course
from schemas.events import Event

Recorded = tuple[str, int, Event]
"""An account, when it was recorded (microseconds since the epoch), and the event."""
Request = Sequence[Recorded]
"""What one request wrote, in order."""


class Fact(Struct, frozen=True, gc=False):
    """`event` is what a request did to the account `name`.

    `recorded` are the versions that it was recorded under, `rules` judge it now; `before` is the
    recorded course up to here, `after` the other one.
    """

    name: str
    event: Any
    request: Request
    recorded: Rulebook
    rules: Rules
    before: Course
    after: Course

    @property
    def recorded_under(self) -> Rules:
        """The version of the program that the fact was recorded under."""
        return self.recorded.version(self.event.program_version)

    @property
    def said(self) -> dict[str, Any]:
        """What every command says."""
        event = self.event
        return {
            "request_id": event.request_id,
            "source": event.source,
            "operator": event.operator,
            "occurred_at": event.occurred_at,
        }
