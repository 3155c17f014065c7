"""What a person sees when something goes wrong, and the exit status (EASE 12).

0  done
1  findings
2  usage: what was typed or handed in can't be read
3  rejected by the ledger
4  the store or the warehouse can't be read, or is busy
5  our own failure; the trace is in a file
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from typing import Final

from console.words import _, advice, explain
from console.writing import encoding_of, fitting
from schemas.errors import InvalidInput, JifenError

DONE: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
REJECTED: Final = 3
UNAVAILABLE: Final = 4
OUR_FAILURE: Final = 5
STOPPED: Final = 130


def status_of(error: JifenError) -> int:
    """The exit status that an error means."""
    if isinstance(error, InvalidInput):
        return USAGE
    from ledger.errors import Rejection

    return REJECTED if isinstance(error, Rejection) else UNAVAILABLE


def tell(error: JifenError) -> int:
    """Say the error in one line, and the way out in another; gives the exit status."""
    say(f"jifen: {explain(error)} [{error.code}]")
    if hint := advice(error):
        say(f"  {hint}")
    return status_of(error)


def tell_our_failure(error: BaseException) -> int:
    """Keep the trace in a file and say where; gives the exit status."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="jifen-trace-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
        path = file.name
    except OSError:
        path = _("nowhere: no folder for it can be written")
    line = _("jifen: this is a failure of ours: {kind}; the trace is in {path}")
    say(line.format(kind=type(error).__name__, path=path))
    return OUR_FAILURE


def say(line: str) -> None:
    """A line to standard error, whatever its encoding can hold."""
    sys.stderr.write(fitting(line, encoding_of(sys.stderr)) + "\n")
