"""Tables for a person: whole in a pipe, folded by rich at a terminal that is too narrow for them.

A table that fits is put together here: rich lays out some 1,500 rows a second and takes a tenth of
a second to load, and both are felt.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Sequence
from typing import Final, Literal

from console.cells import NUMERIC, Column
from console.writing import fitting, has, width

_GAP: Final = 3
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def drawn(
    cells: Sequence[Sequence[str]], columns: Sequence[Column], encoding: str, *, terminal: bool
) -> str:
    """The table as text, with line ends; `cells` as `shown` gives them, fit for `encoding`.

    Nothing is cut: a terminal gets long cells folded, a pipe whole lines. Bold headers at a
    terminal only, and none under NO_COLOR; lines are ASCII where `encoding` has no box lines.
    """
    labels = [fitting(column.label, encoding) for column in columns]
    widths = [max(map(width, column)) for column in zip(labels, *cells, strict=True)]
    bold = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    room = shutil.get_terminal_size().columns
    if terminal and sum(widths) + _GAP * (len(widths) - 1) > room:
        text = _folded(cells, labels, columns, encoding, room, bold=bold)
    else:
        text = _aligned(cells, labels, columns, encoding, widths, bold=bold)
    return text


def _aligned(
    cells: Sequence[Sequence[str]],
    labels: Sequence[str],
    columns: Sequence[Column],
    encoding: str,
    widths: Sequence[int],
    *,
    bold: bool,
) -> str:
    right = [column.kind in NUMERIC for column in columns]
    gap = " " * _GAP

    def line(row: Sequence[str]) -> str:
        padded = []
        for cell, room, flush_right in zip(row, widths, right, strict=True):
            pad = " " * (room - width(cell))
            padded.append(pad + cell if flush_right else cell + pad)
        return gap.join(padded).rstrip()

    header = f"{_BOLD}{line(labels)}{_PLAIN}" if bold else line(labels)
    rule = ("─" if has(encoding, "─") else "-") * (sum(widths) + _GAP * (len(widths) - 1))
    return "".join(f"{text}\n" for text in (header, rule, *map(line, cells)))


def _folded(
    cells: Sequence[Sequence[str]],
    labels: Sequence[str],
    columns: Sequence[Column],
    encoding: str,
    room: int,
    *,
    bold: bool,
) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD if has(encoding, "─") else box.ASCII,
        show_edge=False,
        pad_edge=False,
        header_style="bold" if bold else "",
    )
    for label, column in zip(labels, columns, strict=True):
        side: Literal["left", "right"] = "right" if column.kind in NUMERIC else "left"
        table.add_column(Text(label), justify=side, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    # Drawn apart from the stream: rich would guess its encoding and colours itself.
    page = io.StringIO()
    Console(
        file=page,
        width=room,
        force_terminal=bold,
        color_system="standard" if bold else None,
        legacy_windows=False,
    ).print(table)
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())
