"""What all commands to the ledger share: an open ledger, what is read, what is said, the answer.

Shapes:
    Desk         an open ledger with the options of one command
    at_the_desk  opens it; refusals speak of points as the program shows them
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.options import business_time, now, open_ledger
from console.output import Format, write_record, write_rows
from console.who import who
from console.words import _

if TYPE_CHECKING:
    from console.cells import Column
    from console.output import Rows
    from ledger import Ledger, Outcome


class Desk:
    """An open ledger and the options of one command: `output_options`, maybe `command_options`."""

    def __init__(self, ledger: Ledger, options: dict[str, Any]) -> None:
        self.ledger = ledger
        self.program = ledger.program
        self.zone = ledger.rules.zone
        self.format: Format = "json" if options.get("as_json") else options.get("fmt", "table")
        self.out: Path | None = options.get("out")
        self._options = options

    # -- reading what was typed --------------------------------------------------------------

    def member(self, text: str) -> str:
        """The id of the member that a text means, or a purse's name; see console/who.py."""
        return who(self.ledger, text)

    def maybe_member(self, text: str) -> str:
        """The same; "" for what was not typed."""
        return text and self.member(text)

    def points(self, text: str) -> int:
        """Points units. Raises InvalidPoints."""
        from schemas.values import parse_points

        return parse_points(text, self.program.points_decimals)

    def maybe_points(self, text: str | None) -> int | None:
        """The same; None for what was not typed."""
        return None if text is None else self.points(text)

    def money(self, text: str) -> int:
        """Minor units. Raises InvalidAmount."""
        from schemas.values import parse_money

        return parse_money(text, self.program.currency)

    def maybe_money(self, text: str | None) -> int | None:
        """The same; None for what was not typed."""
        return None if text is None else self.money(text)

    def day(self, text: str) -> dt.date:
        """A day in the program's zone. Raises InvalidTime."""
        from console.days import parse_day

        return parse_day(text, self.zone, now())

    def maybe_day(self, text: str | None) -> dt.date | None:
        """The same; None for what was not typed."""
        return None if text is None else self.day(text)

    def day_of_run(self, text: str | None) -> dt.date:
        """The day up to whose end a run goes: the one typed, else yesterday."""
        import datetime as dt

        return self.maybe_day(text) or self.ledger.today() - dt.timedelta(days=1)

    def said(self) -> dict[str, Any]:
        """The fields that every command has, as the options say them."""
        options = self._options
        return {
            "occurred_at": business_time(options["at"], self.zone),
            "request_id": options["request_id"],
            "source": options["source"],
            "operator": options["operator"],
        }

    # -- showing -----------------------------------------------------------------------------

    def shown_points(self, points: int) -> str:
        """Points as a person reads them."""
        from console.cells import Column, shown

        return shown(points, Column("points", "", "points", self.program.points_decimals))

    def answer(
        self, member: str, outcome: Outcome, title: str, *, other: str = "", **then: str
    ) -> None:
        """What the command wrote, as far as it is about `member`.

        `other` is the second account, if there is one. `then` are commands that may come next, by
        what they are for; a person alone is told.
        """
        from console.answers import answer_columns, answer_record, then_columns

        if outcome.replayed:
            title += _(" (before; nothing was written now)")
        record = answer_record(self.ledger, member, outcome, for_person=self.format == "table")
        record["other"] = other or None
        columns = answer_columns(self.program)
        if self.format == "table":
            record |= then
            columns += then_columns()
        self.record(record, columns, title=title)

    def record(
        self,
        record: dict[str, Any],
        columns: list[Column],
        *,
        title: str | None = None,
        caption: str | None = None,
    ) -> None:
        """One record, in the format that was asked for."""
        write_record(
            record,
            columns,
            self.format,
            out=self.out,
            zone=self.zone,
            title=title,
            caption=caption,
        )

    def rows(
        self,
        rows: Rows,
        columns: list[Column],
        *,
        title: str | None = None,
        caption: str | None = None,
    ) -> int:
        """Rows, in the format that was asked for; gives how many there were."""
        return write_rows(
            rows,
            columns,
            self.format,
            out=self.out,
            zone=self.zone,
            title=title,
            caption=caption,
        )


@contextmanager
def at_the_desk(store: str, options: dict[str, Any]) -> Iterator[Desk]:
    """The ledger behind --store, with a command's options. Raises StoreError."""
    with open_ledger(store) as ledger:
        from console.refusals import in_money, in_points
        from ledger.errors import Rejection

        desk = Desk(ledger, options)
        try:
            yield desk
        except Rejection as refusal:
            program = desk.program
            shown = in_points(refusal, program.points_decimals)
            raise in_money(shown, program.currency) from None
