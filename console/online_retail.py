"""`jifen import online-retail`: the Online Retail data set into the ledger.

    read    rows -> invoices            online_retail_rows.py
    match   invoices -> commands        online_retail_commands.py
    post    commands -> the ledger, in order of business time
    tell    every row's fate: what was kept out goes to the rejects file, in the file's order

What is asked of the ledger comes from the file alone. So a file whose import was stopped, or that
is fed again, ends the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import field
from msgspec.structs import asdict

from console.importing import preview, reporting, tell_rejects
from console.online_retail_commands import Step, Steps, steps_of
from console.online_retail_fates import DUPLICATE, POSTED, RETURNED, UNSETTLED, Fates, Reason
from console.online_retail_rows import Invoices, columns_of
from console.posting import Tally, post_commands
from console.progress import progress
from console.rejects import Rejects, rejects_path
from console.row_count import expected_rows
from console.tabular import Table, open_table
from console.words import _, explain, ngettext
from schemas.commands import RecordPurchase
from schemas.errors import JifenError
from schemas.events import PurchaseRecorded, ReturnRecorded
from schemas.values import (
    check_identifier,
    currency_exponent,
    format_money,
    format_points,
    zone_named,
)

if TYPE_CHECKING:
    from ledger import Ledger, Outcome
    from schemas.program import Program

CURRENCY: Final = "GBP"
"""What the data set's amounts are in; nothing in the file says it."""

_GROUP: Final = 1000
_BATCH: Final = 2000


class RetailTally(Tally, kw_only=True):
    """What became of the rows: read = posted + returned + duplicate + rejected (+ not reached).

    `posted` rows are lines of new purchases, `returned` rows came back whole; `points` and
    `amount_minor` are of the purchases. Of the new returns: `points_taken`, and the money as it
    was bought for (`returned_minor`) and as the C-invoices credit it (`credited_minor`).
    """

    returned: int = 0
    not_reached: int = 0
    purchases: int = 0
    returns: int = 0
    points_taken: int = 0
    returned_minor: int = 0
    credited_minor: Fraction = Fraction(0)
    two_times: int = 0
    sub_penny_rows: int = 0
    rounded_off_minor: Fraction = Fraction(0)
    reasons: dict[str, Reason] = field(default_factory=dict)

    def take_stock(self, invoices: Invoices) -> None:
        """Take over what is known of the rows by now."""
        fates = invoices.fates
        rows = fates.counts()
        self.read = len(fates)
        self.posted, self.returned = rows[POSTED], rows[RETURNED]
        self.duplicate, self.not_reached = rows[DUPLICATE], rows[UNSETTLED]
        self.reasons = fates.reasons()
        self.rejected = sum(reason.rows for reason in self.reasons.values())
        self.two_times = invoices.with_two_times
        self.sub_penny_rows = invoices.sub_penny_rows
        self.rounded_off_minor = invoices.rounded_off_minor

    def counts(self) -> str:
        """The counts in one line."""
        line = _(
            "read {read:,} = posted {posted:,} + returned {returned:,} + duplicate {duplicate:,}"
            " + rejected {rejected:,}"
        )
        if self.not_reached:
            line += _(" + not reached {not_reached:,}")
        return line.format(**asdict(self))

    def remarks(self, program: Program) -> list[str]:
        """The reasons, the returns, and what was not taken as it stands; a line each."""
        currency = program.currency
        lines = [
            _("  rejected {rows:,} {code}: {example}").format(
                rows=reason.rows, code=code, example=explain(reason.example)
            )
            for code, reason in self.reasons.items()
        ]
        if self.purchases or self.returns:
            lines.append(
                _(
                    "{purchases:,} purchases; {returns:,} returns of {returned} {currency} as"
                    " bought, {credited} {currency} as credited, {points} points taken back"
                ).format(
                    purchases=self.purchases,
                    returns=self.returns,
                    returned=format_money(self.returned_minor, currency),
                    credited=format_money(round(self.credited_minor), currency),
                    currency=currency,
                    points=format_points(self.points_taken, program.points_decimals),
                )
            )
        return [*lines, *self._not_as_it_stands(currency), *super().remarks(program)]

    def _not_as_it_stands(self, currency: str) -> Iterator[str]:
        if self.two_times:
            line = ngettext(
                "{count:,} invoice with two times: the first holds",
                "{count:,} invoices with two times: the first holds",
                self.two_times,
            )
            yield line.format(count=self.two_times)
        if self.sub_penny_rows:
            line = ngettext(
                "{count:,} row with a sub-penny price: the money of a line is rounded half up,"
                " {change} {currency} in all",
                "{count:,} rows with sub-penny prices: the money of a line is rounded half up,"
                " {change} {currency} in all",
                self.sub_penny_rows,
            )
            change = _exact(self.rounded_off_minor, currency)
            yield line.format(count=self.sub_penny_rows, change=change, currency=currency)
        if currency != CURRENCY:
            line = _("the data set is in {theirs}; its amounts were taken as {ours}")
            yield line.format(theirs=CURRENCY, ours=currency)


def import_online_retail(
    ledger: Ledger,
    path: Path,
    *,
    source: str,
    zone: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    rejects_file: Path | None = None,
    quiet: bool = False,
) -> RetailTally:
    """Import the file at `path`, telling a person on standard error; gives the counts.

    `source` is that of the requests; `zone` the name of that of the file's times, None for the
    program's. Raises a FileProblem, NotOnlineRetail, InvalidIdentifier, InvalidTime, StoreError.
    """
    program = ledger.program
    check_identifier(source, "source")
    times = zone_named(zone) if zone else ledger.rules.zone
    with open_table(path, encoding=encoding, sheet=sheet) as table:
        invoices = Invoices(table, zone=times, currency=program.currency)
        if not quiet:
            preview(table, columns_of(table.columns))
        tally = RetailTally()
        where = rejects_file or rejects_path(path)
        with Rejects(where, table.columns) as rejects, reporting(tally, table, program):
            try:
                _read(table, invoices, quiet=quiet)
                _post(ledger, invoices, source, tally, quiet=quiet)
            finally:
                tally.take_stock(invoices)
            with open_table(path, encoding=table.encoding, sheet=sheet) as again:
                _reject(again, invoices.fates, rejects)
    tell_rejects(rejects)
    return tally


def _read(table: Table, invoices: Invoices, *, quiet: bool) -> None:
    expected = expected_rows(table.path, table.kind)
    with progress(_("reading"), expected, _("rows"), quiet=quiet) as bar:
        for count, row in enumerate(table.rows, start=1):
            invoices.take(row)
            if count % _BATCH == 0:
                bar.advance(_BATCH)


def _post(
    ledger: Ledger, invoices: Invoices, source: str, tally: RetailTally, *, quiet: bool
) -> None:
    in_order = invoices.in_order()
    with progress(_("importing"), len(in_order), _("invoices"), quiet=quiet) as bar:
        for group in _groups(steps_of(in_order, source)):
            _post_group(ledger, group, invoices.fates, tally)
            bar.advance(len(group))


def _groups(parts: Iterable[Steps]) -> Iterator[list[Steps]]:
    """Whole invoices, together about as many commands as go to one commit."""
    group: list[Steps] = []
    commands = 0
    for part in parts:
        group.append(part)
        commands += len(part.steps)
        if commands >= _GROUP:
            yield group
            group, commands = [], 0
    if group:
        yield group


def _post_group(ledger: Ledger, group: list[Steps], fates: Fates, tally: RetailTally) -> None:
    steps = [step for part in group for step in part.steps]
    results, enrolled = post_commands(ledger, [step.command for step in steps], enrol=True)
    tally.enrolled += enrolled
    for step, result in zip(steps, results, strict=True):
        _settle(step, result, fates, tally)
    for part in group:
        for row, error in part.rejected:
            if fates.error_of(row) is None:
                fates.reject(row, error)


def _settle(step: Step, result: Outcome | JifenError, fates: Fates, tally: RetailTally) -> None:
    """Note what became of a command: in the counts and for each of its rows."""
    if isinstance(result, JifenError):
        for row in step.rows:
            fates.reject(row, result)
        return
    is_purchase = isinstance(step.command, RecordPurchase)
    fate = DUPLICATE if result.replayed else POSTED if is_purchase else RETURNED
    for row in step.rows:
        fates.settle(row, fate)
    if result.replayed:
        return
    tally.purchases += is_purchase
    tally.returns += not is_purchase
    tally.credited_minor += step.credited_minor
    for event in result.events:
        if isinstance(event, PurchaseRecorded):
            tally.points += event.points_earned
            tally.amount_minor += event.amount_minor
        elif isinstance(event, ReturnRecorded):
            tally.points_taken += event.points_returned
            tally.returned_minor += event.amount_minor


def _reject(table: Table, fates: Fates, rejects: Rejects) -> None:
    """Write the rows that were kept out, from the file once more, so that none had to be held."""
    for place, row in enumerate(table.rows):
        error = fates.error_of(place)
        if error is not None:
            rejects.write(row, error)


def _exact(amount_minor: Fraction, currency: str) -> str:
    """Money with all its decimals: '-0.004'."""
    exact = Decimal(amount_minor.numerator) / amount_minor.denominator
    return format(exact.scaleb(-currency_exponent(currency)), "f")
