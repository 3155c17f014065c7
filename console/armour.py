"""Cells of CSV that a spreadsheet neither runs nor changes, and their way back (EASE 10)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from console.cells import NUMERIC, Column, local, number


def csv_cell(value: Any, column: Column, zone: dt.tzinfo | None = None) -> str:
    """The value for CSV, so that a spreadsheet shows what we mean and runs nothing."""
    if value is None:
        return ""
    kind = column.kind
    if kind in NUMERIC:
        return str(number(value, column))
    if kind == "flag":
        return "true" if value else "false"
    if kind == "instant":
        return local(value, zone).isoformat()
    if kind == "day":
        return str(value)
    return armoured(str(value)) if kind == "identifier" else neutralised(str(value))


# A spreadsheet runs a cell that begins so (OWASP, "CSV Injection"), a Chinese or Japanese one also
# with the wide signs. An apostrophe before such a sign is neutralised too, so that taking one
# apostrophe away always gives the text back.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_ARMOUR = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
# What a spreadsheet turns into another number, a date or a truth value when the file is opened.
_AT_RISK = re.compile(
    r"0[0-9]+|[0-9]{12,}|[0-9.,]+e[+-]?[0-9]+|[0-9]*[.,][0-9.,]*"
    r"|[0-9]+[-/: .][0-9]+.*|(?:[0-9]+[- /.]?)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*[- /.]?[0-9]*|true|false|[=+\-@'].*",
    re.IGNORECASE | re.DOTALL,
)


def neutralised(text: str) -> str:
    """Text that a spreadsheet won't run: an apostrophe before what would begin a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def armoured(text: str) -> str:
    """An identifier that a spreadsheet keeps as it is: `="00001"` where it would not.

    >>> armoured("00001"), armoured("m-001")
    ('="00001"', 'm-001')
    """
    if _AT_RISK.fullmatch(text):
        return '="' + text.replace('"', '""') + '"'
    return neutralised(text)


def bared(cell: str) -> str:
    """The text behind `neutralised` or `armoured`, for a cell that was read from CSV."""
    if cell[:1] == "=" and (match := _ARMOUR.fullmatch(cell)):
        return match[1].replace('""', '"')
    if cell[:1] == "'" and _NEUTRALISED.match(cell):
        return cell[1:]
    return cell
