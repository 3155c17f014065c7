"""Commands about vouchers, rebates and benefits as methods (see ledger/calls.py)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ledger.outcome import Outcome
from schemas.commands import (
    CancelBenefitUse,
    CancelVoucher,
    Command,
    GiveBackVoucher,
    GrantRebates,
    IssueVoucher,
    UseBenefit,
    UseVoucher,
)


class ClubCalls(ABC):
    """Methods that make a command and execute it; each raises what `execute` raises.

    A voucher goes by the request that issued it, with `voucher_source` where that is not the
    command's own and `number` where it issued several.
    """

    @abstractmethod
    def execute(self, command: Command) -> Outcome:
        """Judge a command and make its events durable."""

    def issue_voucher(self, member: str, kind: str, **said: Any) -> Outcome:
        """Give a voucher of the program, or a `quantity` of them."""
        return self.execute(IssueVoucher(member=member, kind=kind, **said))

    def use_voucher(self, member: str, voucher: str, bill_minor: int, **said: Any) -> Outcome:
        """Use a voucher towards a bill, once."""
        return self.execute(
            UseVoucher(member=member, voucher=voucher, bill_minor=bill_minor, **said)
        )

    def give_back_voucher(self, member: str, voucher: str, **said: Any) -> Outcome:
        """Let a voucher that was used be good again."""
        return self.execute(GiveBackVoucher(member=member, voucher=voucher, **said))

    def cancel_voucher(
        self, member: str, voucher: str, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Take a voucher back that was not used."""
        return self.execute(
            CancelVoucher(member=member, voucher=voucher, reason=reason, operator=operator, **said)
        )

    def grant_rebates(self, member: str, period: str, **said: Any) -> Outcome:
        """Pay one member's rebates up to a period: `2026-06`, `2026Q2` or `2026`."""
        return self.execute(GrantRebates(member=member, period=period, **said))

    def use_benefit(self, member: str, benefit: str, **said: Any) -> Outcome:
        """Use a benefit of the member's card, or a `quantity` of it."""
        return self.execute(UseBenefit(member=member, benefit=benefit, **said))

    def cancel_benefit_use(
        self, member: str, use: str, reason: str, *, operator: str, **said: Any
    ) -> Outcome:
        """Let a use that request `use` recorded count no more."""
        return self.execute(
            CancelBenefitUse(member=member, use=use, reason=reason, operator=operator, **said)
        )
