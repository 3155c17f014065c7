"""A fact that people made, and what is known beside it when it is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from ledger.rules import Rulebook, Rules
from ledger.whatif.course import Course, Recorded

Request = Sequence[Recorded]
"""What one request wrote, in order."""


class Courses(Protocol):
    """The two courses that a fact belongs to, up to here."""

    @property
    def before(self) -> Course:
        """As recorded."""

    @property
    def after(self) -> Course:
        """The other one."""


class Fact(Struct, frozen=True, gc=False):
    """`event` is what a request did to the account `name`.

    `recorded` are the versions that it was recorded under, `rules` judge it now.
    """

    name: str
    event: Any
    request: Request
    recorded: Rulebook
    rules: Rules
    courses: Courses

    @property
    def before(self) -> Course:
        """The recorded course up to here."""
        return self.courses.before

    @property
    def after(self) -> Course:
        """The other course up to here."""
        return self.courses.after

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
