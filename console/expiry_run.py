"""The expiry run as a person sees it: progress, the list of a rehearsal, the totals at the end."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from console import failures
from console.columns import expiry_columns, lapsed_columns
from console.progress import Progress, progress
from console.words import _
from console.writing import is_terminal

if TYPE_CHECKING:
    from console.desk import Desk
    from ledger.lapses import LapsedLot


class Run:
    """One run over all members, up to the end of `as_of`.

    Counts the lots that go through it, so that what was done is told however it ends.
    """

    def __init__(
        self, desk: Desk, as_of: dt.date, *, source: str, operator: str, quiet: bool
    ) -> None:
        self._desk = desk
        self._as_of = as_of
        self._said = {"source": source, "operator": operator}
        self._quiet = quiet
        self._members = self._lots = self._points = 0
        self._last_member = ""

    def record(self) -> None:
        """Record what lapsed and show the totals, also when something stops it."""
        lapsed = self._lapsed(dry_run=False, quiet=self._quiet)
        try:
            for _lot in lapsed:
                pass
        except BaseException:
            failures.say(self._totals())
            failures.say(_("stopped; run it again to finish"))
            raise
        record = {
            "as_of": self._as_of,
            "members": self._members,
            "lots": self._lots,
            "points": self._points,
        }
        self._desk.record(record, expiry_columns(self._desk.program))

    def rehearse(self) -> None:
        """List what a run would record; the totals go below a table, else to standard error."""
        desk = self._desk
        columns = lapsed_columns(desk.program)
        if desk.format == "table":
            rows = [_row(lot) for lot in self._lapsed(dry_run=True, quiet=self._quiet)]
            desk.rows(rows, columns, caption=self._totals())
            return
        # A bar and rows can't share a terminal.
        quiet = self._quiet or (desk.out is None and is_terminal(sys.stdout))
        desk.rows((_row(lot) for lot in self._lapsed(dry_run=True, quiet=quiet)), columns)
        if not self._quiet:
            failures.say(self._totals())

    def _lapsed(self, *, dry_run: bool, quiet: bool) -> Iterator[LapsedLot]:
        """The lots of the run, counted as they come. Raises DayNotOver at once."""
        stack = ExitStack()
        lots = self._desk.ledger.expire_all(
            self._as_of, dry_run=dry_run, progress=_Reach(stack, quiet=quiet), **self._said
        )
        return self._counted(lots, stack)

    def _counted(self, lots: Iterator[LapsedLot], bar: ExitStack) -> Iterator[LapsedLot]:
        with bar:
            for lot in lots:
                self._members += lot.member != self._last_member
                self._last_member = lot.member
                self._lots += 1
                self._points += lot.points
                yield lot

    def _totals(self) -> str:
        return _("points {points}, lots {lots:,}, members {members:,}; up to {day} 24:00").format(
            points=self._desk.shown_points(self._points),
            lots=self._lots,
            members=self._members,
            day=self._as_of,
        )


def _row(lot: LapsedLot) -> dict[str, Any]:
    return {
        "member": lot.member,
        "lot": lot.lot,
        "points": lot.points,
        "lapsed_on": lot.lapsed_on,
    }


class _Reach:
    """Opens the bar when the run first says how many members there are."""

    def __init__(self, stack: ExitStack, *, quiet: bool) -> None:
        self._stack = stack
        self._quiet = quiet
        self._bar: Progress | None = None

    def __call__(self, done: int, of: int) -> None:
        if self._bar is None:
            opened = progress(_("expiring"), of, _("members"), quiet=self._quiet)
            self._bar = self._stack.enter_context(opened)
        self._bar.reach(done)
