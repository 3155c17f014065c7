"""Looks through a program for what can be read and makes no sense (docs/program.md, "Check").

A new check is one function and one row in the table of its family, and a test row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledger.checks.caps import CAP_CHECKS
from ledger.checks.club import CLUB_CHECKS
from ledger.checks.earning import EARNING_CHECKS
from ledger.checks.effective import EffectiveRate, Yield, effective_rates
from ledger.checks.finding import Check, Finding, Subject, refuse_errors
from ledger.checks.ladder import LADDER_CHECKS
from ledger.checks.rates import RATE_CHECKS
from ledger.checks.situations import Situation
from ledger.checks.spending import SPENDING_CHECKS
from ledger.checks.versions import VERSION_CHECKS
from ledger.naming import Lack
from schemas.program import Program

CHECKS: Final[tuple[Check, ...]] = (
    *VERSION_CHECKS,
    *LADDER_CHECKS,
    *EARNING_CHECKS,
    *CAP_CHECKS,
    *SPENDING_CHECKS,
    *CLUB_CHECKS,
    *RATE_CHECKS,
)


def check_program(
    program: Program, before: Program | None = None, lacks: Iterable[Lack] = ()
) -> tuple[Finding, ...]:
    """All that is found in a program that was read; `before` is the version that it follows.

    `lacks` is what it would take from partners' terms, `ledger.lacks_with(program)`. Errors come
    first. Pure, and exact like all that is decided.
    """
    subject = Subject(program, before, lacks)
    found = [finding for check in CHECKS for finding in check.findings(subject)]
    return tuple(sorted(found, key=lambda finding: finding.severity != "error"))


__all__ = [
    "CHECKS",
    "Check",
    "EffectiveRate",
    "Finding",
    "Situation",
    "Yield",
    "check_program",
    "effective_rates",
    "refuse_errors",
]
