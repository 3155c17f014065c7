"""Refusals about versions of the program."""

from __future__ import annotations

from ledger.rejections.always import Rejection


class UnknownVersion(Rejection):
    """Fields: version, newest."""

    code = "unknown_version"
    template = "there is no version {version} of the program; the newest is {newest}"
    hint = "`jifen program list` shows them"


class ProgramLacks(Rejection):
    """A partner's terms would be left without what they name; docs/alliance.md has the way out.

    Fields: partner, section ("earn", "tier"), names, day (the first of those), version.
    """

    code = "program_lacks"
    template = (
        "the terms of {partner!r} name [[{section}]] {names} on {day}, and version {version} of the"
        " program has nothing in its place"
    )
    hint = (
        "terms may name what is to come beside what is there: change them first, then the program;"
        " or keep the id"
    )


class ProgramHasErrors(Rejection):
    """Fields: errors, first (the first of their sentences)."""

    code = "program_has_errors"
    template = "{errors} error(s) found in the program: {first}"
    hint = "mend the file; `jifen program check` shows all that is found"
