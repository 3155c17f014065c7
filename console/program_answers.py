"""Versions, differences, findings and rates of a program, as rows.

Shapes:
    version_rows      what `program list` has
    difference_rows   a row for each difference; a person gets words, a file the path and the values
    finding_rows      a row for each finding
    rate_rows         a row for each tier: what money brings back
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final, TextIO

from console.cells import Column, plain
from console.columns import telling
from console.output import write_rows
from console.program_words import CHANGES, section_shown, setting_shown, value_shown
from console.words import _
from ledger import Difference, EffectiveRate, Finding, ProgramVersion
from ledger.checks import Yield
from schemas.program import Program
from schemas.values import currency_exponent, day_of, format_money, zone_named

Row = dict[str, Any]
_HUNDRED: Final = 100


def version_rows(versions: Sequence[ProgramVersion]) -> list[Row]:
    """Each version; `until` is the day on which another takes over."""
    return [
        {
            "version": version.version,
            "in_force": version.in_force,
            "effective_from": first_day(version),
            "until": None if version.until is None else _day(version.until, version.program),
            "name": version.program.name,
            "occurred_at": version.occurred_at,
            "recorded_at": version.recorded_at,
            "operator": version.operator or None,
            "source": version.source,
            "request_id": version.request_id,
            "position": version.position,
        }
        for version in versions
    ]


def first_day(version: ProgramVersion) -> dt.date:
    """The day from whose start it holds."""
    return _day(version.effective_from, version.program)


def _day(moment: dt.datetime, program: Program) -> dt.date:
    return day_of(moment, zone_named(program.zone))


def version_columns(*, for_person: bool) -> list[Column]:
    """The columns of `version_rows`; a person is not told of requests."""
    columns = [
        Column("version", _("version"), "integer"),
        Column("in_force", _("in force"), "flag"),
        Column("effective_from", _("holds from"), "day"),
        Column("until", _("until before"), "day"),
        Column("name", _("name"), "text"),
        Column("occurred_at", _("published at"), "instant"),
        Column("operator", _("by"), "text"),
        Column("position", _("event"), "integer"),
    ]
    if not for_person:
        columns += [
            Column("recorded_at", _("recorded at"), "instant"),
            Column("source", _("source"), "identifier"),
            Column("request_id", _("request"), "identifier"),
        ]
    return columns


def publishing_columns() -> list[Column]:
    """The answer to `program publish`: a version, what it changed and what was found."""
    return [
        *version_columns(for_person=False),
        Column("published", _("written now"), "flag"),
        Column("replayed", _("replayed"), "flag"),
        Column("differences", _("differences"), "nested"),
        Column("findings", _("findings"), "nested"),
    ]


# -- differences ---------------------------------------------------------------------------------


def difference_rows(differences: Iterable[Difference]) -> list[Row]:
    """As they are, for programs."""
    names = ("path", "section", "entry", "setting", "change", "old", "new")
    return [{name: getattr(found, name) for name in names} for found in differences]


def difference_columns(*, nested: bool) -> list[Column]:
    """The columns of `difference_rows`; values are JSON where they can be."""
    return [
        Column("path", _("path"), "identifier"),
        Column("section", _("section"), "text"),
        Column("entry", _("entry"), "identifier"),
        Column("setting", _("setting"), "text"),
        Column("change", _("change"), "text"),
        Column("old", _("before"), "nested" if nested else "text"),
        Column("new", _("after"), "nested" if nested else "text"),
    ]


def texts(rows: Iterable[Row]) -> list[Row]:
    """The same rows with values as text, for a sheet."""
    return [
        row | {name: value_shown(row[name], row["setting"]) for name in ("old", "new")}
        for row in rows
    ]


def show_differences(
    differences: Sequence[Difference], old: Program | None, new: Program, sink: TextIO
) -> None:
    """The table for a person; nothing for none."""
    if not differences:
        return
    rows = [
        {
            "about": _about(found, new, old),
            "setting": setting_shown(found.setting) if found.setting else "",
            "change": _(CHANGES[found.change]),
            "old": _told(found, found.old),
            "new": _told(found, found.new),
        }
        for found in differences
    ]
    columns = [
        Column("about", _("about"), "text"),
        Column("setting", _("setting"), "text"),
        Column("change", _("change"), "text"),
        Column("old", _("before"), "text"),
        Column("new", _("after"), "text"),
    ]
    write_rows(rows, columns, "table", stream=sink)


def _about(found: Difference, *programs: Program | None) -> str:
    """`tier gold 金卡`, `earning rule base, caps`."""
    words = [section_shown(found.section)]
    if found.entry:
        words.append(found.entry)
        label = next((text for p in programs if p and (text := _label(p, found))), "")
        words += [label] if label else []
    inner = found.setting.rpartition(".")[0]
    return " ".join(words) + (f", {section_shown(inner)}" if inner else "")


def _label(program: Program, found: Difference) -> str:
    for field, section in zip(
        program.__struct_fields__, program.__struct_encode_fields__, strict=True
    ):
        if section == found.section:
            for entry in getattr(program, field):
                if entry.id == found.entry:
                    return str(getattr(entry, "label", ""))
    return ""


def _told(found: Difference, value: Any) -> str:
    if found.change == "moved":
        return _("place {}").format(value)
    if found.change in ("added", "removed") and value == {}:
        return _("with nothing but defaults")
    return value_shown(value, found.setting)


# -- findings ------------------------------------------------------------------------------------


def finding_rows(findings: Iterable[Finding]) -> list[Row]:
    """Each finding, its sentence and way out in the person's language."""
    return [
        {
            "severity": found.severity,
            "code": found.code,
            "path": found.path,
            "sentence": _(found.template).format(**found.fields),
            "hint": _(found.advice).format(**found.fields),
        }
        for found in findings
    ]


def finding_columns() -> list[Column]:
    """The columns of `finding_rows`."""
    return [
        Column("severity", _("severity"), "text"),
        Column("code", _("code"), "identifier"),
        Column("path", _("path"), "identifier"),
        Column("sentence", _("finding"), "text"),
        Column("hint", _("way out"), "text"),
    ]


def show_findings(findings: Sequence[Finding], sink: TextIO) -> None:
    """Three lines for each."""
    for row in finding_rows(findings):
        severity = _("error") if row["severity"] == "error" else _("warning")
        sink.write(f"{severity}  {row['path']}  [{row['code']}]\n")
        sink.write(f"  {row['sentence']}\n  {row['hint']}\n")


def totals(findings: Sequence[Finding]) -> str:
    """`1 error(s), 2 warning(s)`."""
    errors = sum(finding.severity == "error" for finding in findings)
    return _("{errors} error(s), {warnings} warning(s)").format(
        errors=errors, warnings=len(findings) - errors
    )


def check_columns() -> list[Column]:
    """The answer to `program check`."""
    return [
        Column("findings", _("findings"), "nested"),
        Column("rates", _("what money brings back"), "nested"),
    ]


# -- rates ---------------------------------------------------------------------------------------


def rate_rows(rates: Iterable[EffectiveRate], program: Program) -> list[Row]:
    """Each tier: points for a hundred of money, their worth in percent; everyday and best."""
    cards = {tier.id: tier.card for tier in program.tiers}
    hundred = _HUNDRED * 10 ** currency_exponent(program.currency)
    rows = []
    for rate in rates:
        row: Row = {"tier": rate.tier or None, "card": cards.get(rate.tier)}
        for name, found in (("everyday", rate.everyday), ("best", rate.best)):
            row[f"{name}_points"] = found and _short(
                found.points_per_minor * hundred / 10**program.points_decimals
            )
            row[f"{name}_share"] = found and found.share
        row["rebate_share"] = rate.rebate or None
        rows.append(row | {"best_purchase": _purchase(rate.best, program)})
    return rows


def _purchase(found: Yield | None, program: Program) -> str | None:
    """`100.00 CNY, 2026-11-11, channel app`."""
    if found is None:
        return None
    amount = format_money(found.amount_minor, program.currency)
    return f"{amount} {program.currency}, {found.situation.words}"


def _short(value: Fraction) -> int | float:
    """Rounded to what is worth showing."""
    return int(value) if value.denominator == 1 else round(float(value), 2)


def rate_columns(program: Program) -> list[Column]:
    """The columns of `rate_rows`."""
    hundred = f"{_HUNDRED} {program.currency}"
    return [
        Column("tier", _("tier"), "identifier"),
        Column("card", _("card"), "text"),
        Column("everyday_points", _("points for {}").format(hundred), "number"),
        Column("everyday_share", _("worth"), "percent"),
        Column("best_points", _("at the most"), "number"),
        Column("best_share", _("worth"), "percent"),
        Column("rebate_share", _("rebates"), "percent"),
        Column("best_purchase", _("with a purchase of"), "text"),
    ]


def plain_rates(rows: list[Row], program: Program) -> list[Row]:
    """The same rows for JSON; a share of 1 is all of the money."""
    return [
        {column.key: plain(row[column.key], column) for column in rate_columns(program)}
        for row in rows
    ]


def show_rates(rows: list[Row], program: Program, sink: TextIO) -> None:
    """The table for a person."""
    columns = telling(rate_columns(program), rows, always=("everyday_points", "best_points"))
    title = _("what money brings back")
    write_rows(rows, columns, "table", stream=sink, title=title)
