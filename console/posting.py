"""Rows of a file into the ledger, group by group (EASE 8 and 9).

Each row is judged alone: it lands, it is there already, or it goes to the rejects. A row's request
id comes from what names it for ever, so that the same file fed again adds nothing and finishes
what was left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from console.rejects import Rejects
from console.tabular import Row
from console.words import _
from schemas.commands import EnrolMember, MemberCommand, RecordPurchase
from schemas.errors import JifenError
from schemas.values import format_money, format_points

if TYPE_CHECKING:
    from ledger import Ledger, Outcome
    from schemas.program import Program

_GROUP: Final = 2000
_LONGEST_ID: Final = 128


class Tally(Struct):
    """What became of the rows: read = posted + duplicate + rejected.

    `points` and `amount_minor` are those of the posted rows.
    """

    read: int = 0
    posted: int = 0
    duplicate: int = 0
    rejected: int = 0
    enrolled: int = 0
    points: int = 0
    amount_minor: int = 0
    repaired: int = 0

    def take(self, command: Any, outcome: Outcome) -> None:
        """One more row was posted: a purchase."""
        self.posted += 1
        self.points += sum(getattr(event, "points_earned", 0) for event in outcome.events)
        self.amount_minor += command.amount_minor

    def counts(self) -> str:
        """The counts in one line."""
        return _(
            "read {read:,} = posted {posted:,} + duplicate {duplicate:,} + rejected {rejected:,}"
        ).format(**asdict(self))

    def sums(self, program: Program, seconds: float) -> str:
        """What the posted rows came to, in one line."""
        return _(
            "enrolled {enrolled:,}; {amount} {currency}; {points} points; {rate:,.0f} rows/s"
        ).format(
            enrolled=self.enrolled,
            amount=format_money(self.amount_minor, program.currency),
            currency=program.currency,
            points=format_points(self.points, program.points_decimals),
            rate=self.read / seconds,
        )

    def remarks(self, _program: Program) -> list[str]:
        """What else has to be told, a line each."""
        if not self.repaired:
            return []
        line = _("{repaired:,} numbers that a spreadsheet had made floats were repaired")
        return [line.format(repaired=self.repaired)]


def post_rows(
    ledger: Ledger,
    command_of: Callable[[Row], MemberCommand],
    rows: Iterator[Row],
    rejects: Rejects,
    tally: Tally,
    *,
    enrol: bool,
    advance: Callable[[int], None],
) -> None:
    """Post the rows group by group; `tally` is right after each group, whatever stops it.

    `command_of` gives a row's command, or raises what is wrong with the row. With `enrol`, a member
    who buys and is not known is enrolled at the time of the first purchase.
    """
    while group := list(islice(rows, _GROUP)):
        _post_group(ledger, command_of, group, rejects, tally, enrol=enrol)
        advance(len(group))


def _post_group(
    ledger: Ledger,
    command_of: Callable[[Row], MemberCommand],
    group: list[Row],
    rejects: Rejects,
    tally: Tally,
    *,
    enrol: bool,
) -> None:
    from ledger.errors import MissingKey, WrongKey

    readable: list[tuple[Row, MemberCommand]] = []
    refused: list[tuple[Row, JifenError]] = []
    for row in group:
        try:
            if row.problem is not None:
                raise row.problem
            readable.append((row, command_of(row)))
        except (MissingKey, WrongKey):
            raise
        except JifenError as error:
            refused.append((row, error))
    results, enrolled = post_commands(ledger, [c for _, c in readable], enrol=enrol)
    tally.enrolled += enrolled
    for (row, command), result in zip(readable, results, strict=True):
        if isinstance(result, JifenError):
            refused.append((row, result))
        elif result.replayed:
            tally.duplicate += 1
        else:
            tally.take(command, result)
    for refused_row, reason in sorted(refused, key=lambda pair: pair[0].line):
        rejects.write(refused_row, reason)
    tally.rejected += len(refused)
    tally.read += len(group)


def post_commands(
    ledger: Ledger, commands: Sequence[MemberCommand], *, enrol: bool
) -> tuple[list[Outcome | JifenError], int]:
    """Execute the commands in one commit: what became of each, and how many were enrolled.

    With `enrol`, who buys and is not known is enrolled at the time of the purchase. Raises a
    StoreError.
    """
    from ledger.errors import StoreError

    strangers = (
        ledger.strangers({c.member for c in commands if isinstance(c, RecordPurchase)})
        if enrol
        else set()
    )
    sent: list[MemberCommand] = []
    for command in commands:
        if isinstance(command, RecordPurchase) and command.member in strangers:
            # Before each of a stranger's purchases: should one be refused, the next still finds
            # them enrolled. All but the first that lands are refused and write nothing.
            sent.append(_enrolment(command))
        sent.append(command)
    results: list[Outcome | JifenError] = []
    enrolled = 0
    outcomes = ledger.execute_many(sent, group=len(sent) or 1)
    for command, result in zip(sent, outcomes, strict=True):
        if isinstance(result, StoreError):
            raise result
        if not isinstance(command, EnrolMember):
            results.append(result)
        elif not isinstance(result, JifenError) and not result.replayed:
            enrolled += 1
    return results, enrolled


def _enrolment(purchase: RecordPurchase) -> EnrolMember:
    return EnrolMember(
        member=purchase.member,
        occurred_at=purchase.occurred_at,
        source=purchase.source,
        store=purchase.store,
        request_id=f"enrol:{sha256(purchase.member.encode()).hexdigest()}",
    )


def request_id(text: str) -> str:
    """`text`, or a hash of it where it is longer than an identifier may be."""
    return text if len(text) <= _LONGEST_ID else sha256(text.encode()).hexdigest()
