"""Progress of long work: to standard error, only where a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from console.words import _
from console.writing import encoding_of, fitting, is_terminal

if TYPE_CHECKING:
    from rich.progress import Task
    from rich.text import Text


class Progress:
    """What the work calls; does nothing unless someone looks."""

    def __init__(self, tell: Callable[[int], None] | None = None) -> None:
        self._tell = tell
        self._reached = 0

    def advance(self, count: int = 1) -> None:
        """So many more units are done. Meant for batches: a call costs some microseconds."""
        self._reached += count
        if self._tell is not None:
            self._tell(count)

    def reach(self, done: int, _total: int | None = None) -> None:
        """So many units are done in all; in the shape that the rooms below call back with."""
        self.advance(done - self._reached)


@contextmanager
def progress(
    label: str,
    total: int | None,
    unit: str,
    *,
    quiet: bool = False,
    stream: TextIO | None = None,
) -> Iterator[Progress]:
    """Show `label`, how many `unit` of `total` (None: unknown), the rate and the time left.

    Writes to `stream` (standard error) while the block runs and wipes its line at the end; without
    a terminal there, or with `quiet`, nothing is written and no library is loaded.
    """
    sink = stream or sys.stderr
    if quiet or not is_terminal(sink):
        yield Progress()
        return

    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Amount(ProgressColumn):
        def render(self, task: Task) -> Text:
            done = f"{int(task.completed):,}"
            whole = "" if task.total is None else f"/{int(task.total):,}"
            rate = "" if not task.speed else f"  {task.speed:,.0f} {unit}/s"
            return Text(f"{done}{whole} {unit}{rate}")

    bar = Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        Amount(),
        TimeRemainingColumn(compact=True),
        TextColumn(_("left"), markup=False),
        console=Console(file=sink, stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task(fitting(label, encoding_of(sink)), total=total)
        yield Progress(lambda count: bar.advance(task, count))
