"""Refusals about versions of the program."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class UnknownVersion(Rejection):
    """Fields: version, newest."""

    code = "unknown_version"
    template = "there is no version {version} of the program; the newest is {newest}"
    hint = "`jifen program list` shows them"


class ProgramHasErrors(Rejection):
    """Fields: errors, first (the first of their sentences)."""

    code = "program_has_errors"
    template = "{errors} error(s) found in the program: {first}"
    hint = "mend the file; `jifen program check` shows all that is found"
