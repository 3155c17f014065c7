"""The one base class of every error that Jifen raises on purpose, and the errors of bad input.

The whole tree is drawn at the top of `ledger/errors.py`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class JifenError(Exception):
    """An error with a stable code, the fields that matter and a way out.

    `code` is a stable, untranslated identifier; `fields` maps names to plain values;
    `hint` says what to do about it; `retryable` tells whether the same call may succeed later.
    """

    code: ClassVar[str] = "error"
    hint: ClassVar[str] = ""
    retryable: ClassVar[bool] = False
    template: ClassVar[str] = ""

    def __init__(self, **fields: Any) -> None:
        self.fields: dict[str, Any] = fields
        super().__init__(self.template.format(**fields))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.fields))


def _rebuild(kind: type[JifenError], fields: dict[str, Any]) -> JifenError:
    return kind(**fields)


class InvalidInput(JifenError):
    """What was handed in can't be read; nothing was judged yet."""

    code = "invalid_input"


class InvalidAmount(InvalidInput):
    """Fields: text, currency, reason."""

    code = "invalid_amount"
    template = "amount {text!r} is not a sum of {currency}: {reason}"
    hint = "write it like 1280.50 or 1,280.50, with no more decimals than the currency has"


class InvalidPoints(InvalidInput):
    """Fields: text, reason."""

    code = "invalid_points"
    template = "{text!r} is not a number of points: {reason}"
    hint = "write points as digits, with no more decimals than the program has"


class InvalidTime(InvalidInput):
    """Fields: text, reason."""

    code = "invalid_time"
    template = "{text!r} is not a time: {reason}"
    hint = "write 2026-06-30, 2026-06-30T10:00+08:00, 2026年6月30日, 2026-06, 2026Q2, today or -7d"


class FactsAfterDay(InvalidInput):
    """Fields: as_of, last."""

    code = "facts_after_day"
    template = "{as_of} is too early: something happened after it, until {last}"
    hint = "give a later day, or none"


class InvalidIdentifier(InvalidInput):
    """Fields: name, text."""

    code = "invalid_identifier"
    template = "{name} {text!r} is not an identifier"
    hint = "an identifier has 1 to 128 printable characters and no space at its ends"


class InvalidPhone(InvalidInput):
    """Fields: text (its digits masked), reason."""

    code = "invalid_phone"
    template = "{text!r} is not a phone number: {reason}"
    hint = "write it like 139 1234 5678, or with the country as +852 9123 4567"


class InvalidKey(InvalidInput):
    """A key for phones that is none. Fields: origin (never the key itself), reason."""

    code = "invalid_key"
    template = "the key from {origin} can't be used: {reason}"
    hint = "a key is 32 bytes, written as 64 hexadecimal digits"


class InvalidCommand(InvalidInput):
    """A command whose shape is wrong. Fields: command, reason (with the path of the field)."""

    code = "invalid_command"
    template = "{command}: {reason}"
    hint = "see schemas/json for the fields of each command"


class InvalidFile(InvalidInput):
    """A file of settings with mistakes. Fields: origin, mistakes (each with its path in it)."""

    def __init__(self, *, origin: str, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        super().__init__(origin=origin, count=len(mistakes), first="; ".join(mistakes))
        self.fields = {"origin": origin, "mistakes": mistakes}

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            _rebuild,
            (type(self), {"origin": self.fields["origin"], "mistakes": self.mistakes}),
        )


class InvalidProgram(InvalidFile):
    """A program file with mistakes. Fields: origin, mistakes (each with its path in the file)."""

    code = "invalid_program"
    template = "{origin}: {count} mistake(s) in the program: {first}"
    hint = "mend the file; examples/ has complete ones"


class InvalidTerms(InvalidFile):
    """A partner's terms file with mistakes. Fields: origin, mistakes (each with its path)."""

    code = "invalid_terms"
    template = "{origin}: {count} mistake(s) in the terms: {first}"
    hint = "mend the file; examples/alliance has complete ones"


class UnknownTopic(JifenError):
    """An event of a type that this version doesn't know. Fields: topic."""

    code = "unknown_topic"
    template = "the log has an event of type {topic!r} that this version does not know"
    hint = "the store was written by a newer version: update jifen"


class UndecodableEvent(JifenError):
    """An event whose payload does not fit its type. Fields: topic, reason."""

    code = "undecodable_event"
    template = "an event of type {topic!r} can't be read: {reason}"
    hint = "run `jifen verify`: a row of the log may have been changed"
