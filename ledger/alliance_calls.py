"""Commands about partners as methods (see ledger/calls.py)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ledger.outcome import Outcome
from schemas.commands import (
    BuyBlock,
    ChangeTerms,
    Command,
    JoinPartner,
    LeavePartner,
    ResumePartner,
    SuspendPartner,
)


class AllianceCalls(ABC):
    """Methods that make a command and execute it; each raises what `execute` raises.

    `content` is the text of a terms file (docs/alliance.md); it names the partner and the day.
    """

    @abstractmethod
    def execute(self, command: Command) -> Outcome:
        """Judge a command and make its events durable."""

    def join_partner(self, content: str, **said: Any) -> Outcome:
        """Take a partner in."""
        return self.execute(JoinPartner(content=content, **said))

    def change_terms(self, content: str, **said: Any) -> Outcome:
        """Agree on other terms with a partner, from a day on."""
        return self.execute(ChangeTerms(content=content, **said))

    def suspend_partner(self, partner: str, reason: str, *, operator: str, **said: Any) -> Outcome:
        """Let a partner pause, from `starts_on` on or the command's day."""
        return self.execute(
            SuspendPartner(partner=partner, reason=reason, operator=operator, **said)
        )

    def resume_partner(self, partner: str, **said: Any) -> Outcome:
        """Let a partner take part again, from `starts_on` on or the command's day."""
        return self.execute(ResumePartner(partner=partner, **said))

    def let_partner_leave(self, partner: str, **said: Any) -> Outcome:
        """Let a partner go after its `last_day`, by default the command's day."""
        return self.execute(LeavePartner(partner=partner, **said))

    def buy_block(self, partner: str, points: int, price_minor: int, **said: Any) -> Outcome:
        """Sell a partner `points` units in advance for `price_minor`."""
        return self.execute(
            BuyBlock(partner=partner, points=points, price_minor=price_minor, **said)
        )
