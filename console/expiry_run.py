"""The expiry run over all members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from console.columns import expiry_columns, lapsed_columns
from console.run import Reach, Run
from console.words import _

if TYPE_CHECKING:
    from console.cells import Column
    from console.desk import Desk
    from ledger.lapses import LapsedLot


class ExpiryRun(Run["LapsedLot"]):
    """What lapsed up to the end of `as_of`."""

    label = _("expiring")

    def __init__(self, desk: Desk, as_of: dt.date, *, quiet: bool, **said: str) -> None:
        super().__init__(desk, quiet=quiet)
        self._as_of = as_of
        self._said = said
        self._lots = self._points = 0

    def start(self, *, dry_run: bool, reach: Reach) -> Iterator[LapsedLot]:
        """Raises DayNotOver."""
        run = self._desk.ledger.expire_all
        return run(self._as_of, dry_run=dry_run, progress=reach, **self._said)

    def count(self, item: LapsedLot) -> None:
        self._lots += 1
        self._points += item.points

    def row(self, item: LapsedLot) -> dict[str, Any]:
        return {
            "member": item.member,
            "lot": item.lot,
            "points": item.points,
            "lapsed_on": item.lapsed_on,
        }

    def columns(self) -> list[Column]:
        return lapsed_columns(self._desk.program)

    def record_of_totals(self) -> tuple[dict[str, Any], list[Column]]:
        record = {
            "as_of": self._as_of,
            "members": self._members,
            "lots": self._lots,
            "points": self._points,
        }
        return record, expiry_columns(self._desk.program)

    def totals(self) -> str:
        return _("points {points}, lots {lots:,}, members {members:,}; up to {day} 24:00").format(
            points=self._desk.shown_points(self._points),
            lots=self._lots,
            members=self._members,
            day=self._as_of,
        )
