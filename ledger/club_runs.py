"""Vouchers and rebates over all members (docs/life.md; ledger/runs.py).

Shapes:
    Written   an event that a run has written, or would write, and whose it is
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from ledger.account import Account
from ledger.case import Case, Stamp
from ledger.decisions import PROCEDURES
from ledger.over_all import OverAll
from ledger.rules import Rulebook
from ledger.runs import Due, Progress, day_of_run
from schemas.checking import checked
from schemas.commands import (
    GrantRebates,
    IssueAnniversaryVouchers,
    LapseVouchers,
    MemberCommand,
)
from schemas.events import Event


class Written(Struct, frozen=True):
    """An event of a run, and the member that it belongs to."""

    member: str
    event: Event


class ClubRuns(OverAll):
    """Runs that tell each event as the caller takes it; `options` are those of the other runs."""

    def lapse_vouchers(self, as_of: dt.date | None = None, **options: Any) -> Iterator[Written]:
        """Record the vouchers that lapsed by the end of `as_of` (default: yesterday).

        Raises DayNotOver.
        """
        day = day_of_run(as_of, self.today())
        return self._ask_all(LapseVouchers, {"as_of": day}, **{"source": "vouchers", **options})

    def issue_anniversary_vouchers(
        self, as_of: dt.date | None = None, **options: Any
    ) -> Iterator[Written]:
        """Issue what is due for anniversaries up to `as_of` (default: today). Raises DayNotCome."""
        about = {"as_of": as_of or self.today()}
        return self._ask_all(IssueAnniversaryVouchers, about, **{"source": "vouchers", **options})

    def pay_rebates(self, period: str, **options: Any) -> Iterator[Written]:
        """Pay the rebates due for a period such as `2026-06`, `2026Q2` or `2026`, and before it.

        Raises InvalidCommand, NoRebate, PeriodNotOver.
        """
        return self._ask_all(GrantRebates, {"period": period}, **{"source": "rebate", **options})

    def _ask_all(
        self,
        kind: type[MemberCommand],
        about: dict[str, Any],
        *,
        source: str,
        operator: str = "",
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Iterator[Written]:
        """The command for each member; raises at once what would refuse it for everyone."""

        def ask(account: Account) -> MemberCommand:
            return kind(member=account.member, source=source, operator=operator, **about)

        nobody = Account("nobody")
        checked(ask(nobody))
        due = _due_by(ask, self._rulebook, self._clock())
        due(nobody)
        told = self._run(due, ask, dry_run=dry_run, progress=progress)
        return (Written(member, event) for member, event in told)


def _due_by(ask: Callable[[Account], MemberCommand], rulebook: Rulebook, now: dt.datetime) -> Due:
    """What a command would write of an account as it was read, by its decision itself."""
    rules = rulebook.current(now)

    def due(account: Account) -> tuple[Event, ...]:
        if account.is_purse:
            return ()
        command = ask(account)
        said = (command.source, "", command.operator, rules.version, now)
        case = Case(account, rules, Stamp(now, rules.day(now), *said), rulebook)
        return tuple(event for _, event in PROCEDURES[type(command)].decide(case, command))

    return due
