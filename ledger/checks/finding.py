"""What a check looks at, and what it finds.

Shapes:
    Subject   a program made ready, and the version that it follows
    Check     one thing to look for: a row of the table
    Finding   it was found, at a path in the file
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from ledger.checks.effective import EffectiveRate, rates_of
from ledger.errors import ProgramHasErrors
from ledger.naming import Lack
from ledger.rules import Rules, Rung, make_rules
from ledger.terms import Factor, PointsRate
from schemas.program import Program
from schemas.values import format_money, format_points

Severity = Literal["error", "warning"]
Place = tuple[str, dict[str, Any]]
"""A path in the file, and the fields of the sentence about it."""


class Finding(Struct, frozen=True):
    """`code` is stable, `path` is one in the file (`$.tier[2].threshold`).

    An error can't work as it is written; a warning is seldom meant. `template` and `advice` are the
    sentence and the way out before their `fields` are filled in.
    """

    code: str
    severity: Severity
    path: str
    template: str
    advice: str
    fields: dict[str, str]

    @property
    def sentence(self) -> str:
        """What was found."""
        return self.template.format(**self.fields)

    @property
    def hint(self) -> str:
        """A way out."""
        return self.advice.format(**self.fields)


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise ProgramHasErrors when one of them is an error."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise ProgramHasErrors(errors=len(errors), first=errors[0].sentence)


class Check(NamedTuple):
    """One thing to look for; `find` yields a place for each time that it is there."""

    code: str
    severity: Severity
    template: str
    advice: str
    find: Callable[[Subject], Iterator[Place]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What is found in a program."""
        for path, fields in self.find(subject):
            texts = {name: str(value) for name, value in fields.items()}
            yield Finding(self.code, self.severity, path, self.template, self.advice, texts)


class Placed(NamedTuple):
    """An enabled rule or multiplier made ready, with its path and how it was written."""

    path: str
    entry: Any
    terms: Any


class Subject:
    """A sound program made ready for checking; `before` is the version that it follows.

    `lacks` is what it takes from partners' terms.
    """

    def __init__(
        self, program: Program, before: Program | None = None, lacks: Iterable[Lack] = ()
    ) -> None:
        self.program = program
        self.before = before
        self.lacks = tuple(lacks)
        self.rules: Rules = make_rules(program, 0)

    @cached_property
    def rates(self) -> tuple[Placed, ...]:
        """The enabled `[[earn]]`; `terms` is a PointsRate."""
        return self._placed("earn", self.program.earn, self.rules.earning.rates)

    @cached_property
    def factors(self) -> tuple[Placed, ...]:
        """The enabled `[[multiply]]`; `terms` is a Factor."""
        return self._placed("multiply", self.program.multiply, self.rules.earning.factors)

    @cached_property
    def effective(self) -> tuple[EffectiveRate, ...]:
        """What each tier's holder gets back for money."""
        return rates_of(self.rules)

    @property
    def rungs(self) -> Iterator[tuple[str, Rung]]:
        """(path, rung), lowest first."""
        return ((f"$.tier[{n}]", rung) for n, rung in enumerate(self.rules.rungs))

    def in_force(self, terms: PointsRate | Factor) -> tuple[dt.date, dt.date]:
        """The first and the last day that a rule can apply on; the last may be the earlier one."""
        conditions = terms.conditions
        return max(conditions.starts_on, self.program.effective_from), conditions.ends_on

    def entries(self) -> Iterator[tuple[str, Any]]:
        """(path, entry) of every table in a list of tables that is not switched off."""
        program = self.program
        names = zip(program.__struct_fields__, program.__struct_encode_fields__, strict=True)
        for field, section in names:
            value = getattr(program, field)
            if isinstance(value, tuple):
                for number, entry in enumerate(value):
                    if isinstance(entry, Struct) and getattr(entry, "enabled", True):
                        yield f"$.{section}[{number}]", entry

    def money(self, amount_minor: int) -> str:
        """As a person reads it: `1,500.00 CNY`."""
        text = format_money(amount_minor, self.program.currency)
        return f"{_grouped(text)} {self.program.currency}"

    def points(self, units: int) -> str:
        """As a person reads it: `1,500`."""
        return _grouped(format_points(units, self.program.points_decimals))

    @staticmethod
    def _placed(section: str, entries: Any, terms: Any) -> tuple[Placed, ...]:
        enabled = [(n, entry) for n, entry in enumerate(entries) if entry.enabled]
        return tuple(
            Placed(f"$.{section}[{n}]", entry, made)
            for (n, entry), made in zip(enabled, terms, strict=True)
        )


def _grouped(text: str) -> str:
    whole, dot, fraction = text.partition(".")
    return f"{int(whole):,}{dot}{fraction}"
