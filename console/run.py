"""A run over all members as a person sees it: progress, the list of a rehearsal, the totals."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from console import failures
from console.progress import Progress, progress
from console.words import _
from console.writing import is_terminal

if TYPE_CHECKING:
    from console.cells import Column
    from console.desk import Desk

T = TypeVar("T")


class Run(ABC, Generic[T]):
    """One run; counts what goes through it, so that what was done is told however it ends."""

    label: str
    """What the bar says."""

    def __init__(self, desk: Desk, *, quiet: bool) -> None:
        self._desk = desk
        self._quiet = quiet
        self._members = 0
        self._last_member = ""

    @abstractmethod
    def start(self, *, dry_run: bool, reach: Reach) -> Iterator[T]:
        """What the run tells, as it is taken; `reach` is told how far it is."""

    @abstractmethod
    def count(self, item: T) -> None:
        """One more."""

    @abstractmethod
    def row(self, item: T) -> dict[str, Any]:
        """A row of the rehearsal's list."""

    @abstractmethod
    def columns(self) -> list[Column]:
        """The list's columns."""

    @abstractmethod
    def record_of_totals(self) -> tuple[dict[str, Any], list[Column]]:
        """What was recorded in all, and its columns."""

    @abstractmethod
    def totals(self) -> str:
        """The same in a line."""

    def record(self) -> None:
        """Record what is due and show the totals, also when something stops it."""
        items = self._items(dry_run=False, quiet=self._quiet)
        try:
            for _item in items:
                pass
        except BaseException:
            failures.say(self.totals())
            failures.say(_("stopped; run it again to finish"))
            raise
        self._desk.record(*self.record_of_totals())

    def rehearse(self) -> None:
        """List what a run would record; the totals go below a table, else to standard error."""
        desk = self._desk
        if desk.format == "table":
            rows = [self.row(item) for item in self._items(dry_run=True, quiet=self._quiet)]
            desk.rows(rows, self.columns(), caption=self.totals())
            return
        # A bar and rows can't share a terminal.
        quiet = self._quiet or (desk.out is None and is_terminal(sys.stdout))
        items = self._items(dry_run=True, quiet=quiet)
        desk.rows((self.row(item) for item in items), self.columns())
        if not self._quiet:
            failures.say(self.totals())

    def _items(self, *, dry_run: bool, quiet: bool) -> Iterator[T]:
        """The items of the run, counted as they come. Raises at once what the run refuses."""
        stack = ExitStack()
        items = self.start(dry_run=dry_run, reach=Reach(stack, self.label, quiet=quiet))
        return self._counted(items, stack)

    def _counted(self, items: Iterator[T], bar: ExitStack) -> Iterator[T]:
        with bar:
            for item in items:
                member: str = getattr(item, "member", "")
                self._members += member != self._last_member
                self._last_member = member
                self.count(item)
                yield item


class Reach:
    """Opens the bar when the run first says how many members there are."""

    def __init__(self, stack: ExitStack, label: str, *, quiet: bool) -> None:
        self._stack = stack
        self._label = label
        self._quiet = quiet
        self._bar: Progress | None = None

    def __call__(self, done: int, of: int) -> None:
        if self._bar is None:
            opened = progress(self._label, of, _("members"), quiet=self._quiet)
            self._bar = self._stack.enter_context(opened)
        self._bar.reach(done)
