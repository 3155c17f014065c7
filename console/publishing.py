"""Publishing as a person sees it: what a version changes, what is found, a question, the answer."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from console import program_answers as answers
from console.confirming import confirm
from console.desk import Desk
from console.program_files import read_file
from console.words import _
from console.writing import is_terminal
from ledger import ProgramVersion, check_program, diff_programs
from ledger.checks import refuse_errors
from schemas.values import start_of_day


class Publishing:
    """A file on its way into force.

    `place` is the version whose place it takes on its first day, if any holds then; `after` the
    one that takes over from it, if any does.
    """

    def __init__(self, desk: Desk, file: Path) -> None:
        self._desk = desk
        self._program, self._content = read_file(file)
        self._start = start_of_day(self._program.effective_from, desk.zone)
        versions = desk.ledger.program_versions()
        self._number = len(versions) + 1
        begun = [v for v in versions if v.effective_from <= self._start]
        self._place = max(begun, key=_order, default=None)
        later = [v for v in versions if v.effective_from > self._start]
        self._after = min(later, key=_order, default=None)
        newest = max(versions, key=_order)
        self._compared = (self._place or newest).program
        self._differences = diff_programs(self._compared, self._program)
        self._findings = check_program(
            self._program, newest.program, desk.ledger.lacks_with(self._program)
        )

    @property
    def is_known(self) -> bool:
        """Whether the version that holds on its first day has this content already."""
        return self._place is not None and self._place.content == self._content

    def tell_known(self) -> None:
        """Say which version it is."""
        assert self._place is not None
        asked = self._desk.said()
        place = self._place
        same = (asked["source"], asked["request_id"]) == (place.source, place.request_id)
        title = _("Version {} has this content already; nothing was written").format(place.version)
        self._answer(title, place, published=False, replayed=same)

    def show(self) -> None:
        """What it changes and what is found: above the answer, or beside it for who is asked."""
        desk = self._desk
        in_place = desk.format == "table" and desk.out is None
        if not (in_place or is_terminal(sys.stderr)):
            return
        sink = sys.stdout if in_place else sys.stderr
        answers.show_differences(self._differences, self._compared, self._program, sink)
        answers.show_findings(self._findings, sink)
        if self._findings:
            sink.write(answers.totals(self._findings) + "\n")
        sink.flush()

    def refuse_errors(self) -> None:
        """Raise ProgramHasErrors where there are any."""
        refuse_errors(self._findings)

    def ask(self, *, yes: bool) -> None:
        """Go on, or raise click.Abort or NotConfirmed."""
        words = [self._when()]
        if self._program.effective_from <= self._desk.ledger.today():
            words.append(
                _(
                    "Nothing that was recorded changes, but what is recorded from now on about a"
                    " day since then is judged by it."
                )
            )
        confirm(" ".join([*words, _("Publish?")]), yes=yes, final=True)

    def publish(self) -> None:
        """Record it, and answer with the version."""
        outcome = self._desk.ledger.publish(self._content, **self._desk.said())
        title = _("Program published")
        if outcome.replayed:
            title += _(" (before; nothing was written now)")
        version = next(
            version
            for version in self._desk.ledger.program_versions()
            if version.position == outcome.first_position
        )
        self._answer(title, version, published=not outcome.replayed, replayed=outcome.replayed)

    def tell_rehearsed(self) -> None:
        """What a publishing would come to."""
        record = {
            "version": self._number,
            "effective_from": self._program.effective_from,
            "until": self._after and answers.first_day(self._after),
            "published": False,
        }
        self._record(record, _("Nothing was published"))

    def _when(self) -> str:
        first = self._program.effective_from
        words = _("Version {number} holds from {first}").format(number=self._number, first=first)
        if self._place is not None and self._place.effective_from == self._start:
            words += _(", in the place of version {}").format(self._place.version)
        if self._after is not None:
            words += _(", until version {number} takes over on {day}").format(
                number=self._after.version, day=answers.first_day(self._after)
            )
        return f"{words}."

    def _answer(
        self, title: str, version: ProgramVersion, *, published: bool, replayed: bool
    ) -> None:
        (row,) = answers.version_rows([version])
        self._record(row | {"published": published, "replayed": replayed}, title)

    def _record(self, record: dict[str, Any], title: str) -> None:
        told = {
            "differences": answers.difference_rows(self._differences),
            "findings": answers.finding_rows(self._findings),
        }
        self._desk.record(record | told, answers.publishing_columns(), title=title)


def _order(version: ProgramVersion) -> tuple[dt.datetime, int]:
    return version.effective_from, version.version
