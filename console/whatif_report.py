"""What a what-if comes to: its figures, as JSON, as rows, and as tables for a person.

Shapes:
    Figure    a figure of both courses
    Section   a table of the report (console/whatif_tables.py)
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.cells import Column, Kind, number, plain
from console.output import write_rows
from console.whatif_members import figure_columns, member_rows, told_of
from console.whatif_tables import sections
from console.words import _
from console.writing import plain_text
from ledger.whatif import FLOWS, ISSUED, Report, Totals
from schemas.values import currency_exponent

if TYPE_CHECKING:
    from console.desk import Desk
    from schemas.program import Program


class Figure(NamedTuple):
    """A figure of both courses; `before` and `after` are None where it has no meaning."""

    key: str
    label: str
    kind: Kind
    decimals: int
    before: Any
    after: Any

    @property
    def difference(self) -> Any:
        """How much more it would be."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def column(self) -> Column:
        """How its values are shown."""
        return Column(self.key, self.label, self.kind, self.decimals)


def show(desk: Desk, report: Report, other: Program, origin: str) -> None:
    """The report in the format that was asked for; a table is several."""
    figures = figures_of(report, desk.program)
    if desk.format == "json":
        columns = [Column(key, key, "nested") for key in _DOCUMENT]
        desk.record(_document(report, desk.program, other, figures), columns)
        return
    if desk.format != "table":
        desk.rows([_row(figure) for figure in figures], _ROW)
        return
    with plain_text(None, desk.out) as sink:
        for place, section in enumerate(sections(desk.program, other, report, figures, origin)):
            if place:
                sink.write("\n")
            write_rows(
                section.rows,
                section.columns,
                "table",
                stream=sink,
                zone=desk.zone,
                title=section.title,
                caption=section.caption,
            )


# -- the figures ---------------------------------------------------------------------------------


def figures_of(report: Report, program: Program) -> list[Figure]:
    """All figures, in the order told."""
    before, after = told_of(report.before), told_of(report.after)
    told = {
        column.key: Figure(
            column.key,
            column.label,
            column.kind,
            column.decimals,
            before[column.key],
            after[column.key],
        )
        for column in figure_columns(program)
    }
    parts = [told.pop(key) for key in ISSUED]
    decimals = program.points_decimals
    issued = (report.before.issued, report.after.issued)
    flows = [told.pop(key) for key in FLOWS if key in told]
    points = told.pop("points")
    return [
        *parts,
        Figure("issued", _("issued"), "points", decimals, *issued),
        *flows,
        points,
        _worth(report, program),
        *told.values(),
        *_rounding(report.before, report.after, decimals),
    ]


def _worth(report: Report, program: Program) -> Figure:
    """What the points outstanding are worth."""
    label = _("worth at the till ({})").format(program.currency)
    worth = (report.before.value_minor, report.after.value_minor)
    return Figure("value_minor", label, "money", currency_exponent(program.currency), *worth)


def _rounding(before: Totals, after: Totals, decimals: int) -> list[Figure]:
    """How many purchases were rounded, what all lost by it, and the most that one did."""
    unit = 10**decimals

    def lost(key: str, label: str, of_before: Fraction, of_after: Fraction) -> Figure:
        return Figure(
            key, label, "number", 0, _decimal(of_before / unit), _decimal(of_after / unit)
        )

    label = _("purchases rounded")
    return [
        Figure("rounded", label, "integer", 0, before.rounded, after.rounded),
        lost("rounding", _("points that rounding took"), before.rounding, after.rounding),
        lost("most_rounding", _("most in one"), before.most_rounding, after.most_rounding),
    ]


def _decimal(exact: Fraction) -> Decimal:
    """To eight places, the last one rounded."""
    return round(Decimal(exact.numerator) / exact.denominator, 8).normalize() + Decimal(0)


# -- JSON, rows ----------------------------------------------------------------------------------

_DOCUMENT: Final = (
    *("program", "other", "since", "as_of", "accounts", "members", "purchases", "changed"),
    *("figures", "tiers", "gains", "losses", "uncovered"),
)
_ROW: Final = [
    Column("figure", "figure", "identifier"),
    Column("before", "before", "number"),
    Column("after", "after", "number"),
    Column("difference", "difference", "number"),
]


def _document(
    report: Report, program: Program, other: Program, figures: Sequence[Figure]
) -> dict[str, Any]:
    """All of it, points and money in their smallest units."""
    return {
        "program": program.name,
        "other": other.name,
        "since": report.since,
        "as_of": report.as_of,
        "accounts": report.accounts,
        "members": report.members,
        "purchases": report.purchases,
        "changed": report.changed,
        "figures": {
            figure.key: {
                name: plain(getattr(figure, name), figure.column)
                for name in ("before", "after", "difference")
            }
            for figure in figures
        },
        "tiers": [
            {"before": before, "after": after, "members": members}
            for (before, after), members in sorted(report.tiers.items())
        ],
        "gains": list(member_rows(report.gains)),
        "losses": list(member_rows(report.losses)),
        "uncovered": [
            {"command": u.command, "code": u.code, "facts": u.facts, "points": u.points}
            for u in report.uncovered
        ],
    }


def _row(figure: Figure) -> dict[str, Any]:
    """A figure for a sheet, in whole points and money."""
    values = {name: getattr(figure, name) for name in ("before", "after", "difference")}
    return {
        "figure": figure.column.sheet_key,
        **{k: None if v is None else number(v, figure.column) for k, v in values.items()},
    }
