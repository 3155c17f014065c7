"""The tables of a what-if: figures, cards, who gains and loses most, what is not covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.cells import Column, shown
from console.whatif_members import member_rows
from console.words import _, marked
from console.writing import width
from ledger.whatif import ISSUED, MemberChange, Report

if TYPE_CHECKING:
    from console.whatif_report import Figure
    from schemas.program import Program

_ALWAYS: Final = ("issued", "redeemed", "expired", "points")
"""Figures that are told whatever they are."""
_ALONE: Final = {"earned": ISSUED[1:], "balance": ("debt",)}
"""Figures that say nothing more where certain others are zero."""


class Section(NamedTuple):
    """A table of the report, with what stands above and below it."""

    title: str
    columns: list[Column]
    rows: list[dict[str, Any]]
    caption: str | None = None


def sections(
    program: Program, other: Program, report: Report, figures: Sequence[Figure], origin: str
) -> Iterator[Section]:
    yield _figures_section(report, figures, origin)
    if report.tiers:
        yield _tiers_section(program, other, report)
    if report.gains:
        yield _most_section(_("who gains most"), report.gains, program, other)
    if report.losses:
        yield _most_section(_("who loses most"), report.losses, program, other)
    if report.uncovered:
        yield _uncovered_section(report, program.points_decimals)


def _figures_section(report: Report, figures: Sequence[Figure], origin: str) -> Section:
    """Each figure in its own unit, so its cells are made here, flush right."""
    since = _("from the beginning")
    if report.since is not None:
        since = _("from {day} on").format(day=report.since)
    title = _("as recorded, and with {file} {since}; as of {day} 24:00").format(
        file=origin, since=since, day=report.as_of
    )
    told = [figure for figure in figures if _says_something(figure, figures)]
    heads = (_("now"), _("then"), _("difference"))
    table = [heads, *(_cells(figure) for figure in told)]
    rooms = [max(map(width, column)) for column in zip(*table, strict=True)]
    keys = ("before", "after", "difference")
    aligned = [
        [" " * (room - width(cell)) + cell for cell, room in zip(cells, rooms, strict=True)]
        for cells in table
    ]
    columns = [Column("figure", ""), *(map(Column, keys, aligned[0]))]
    rows = [
        {"figure": figure.label, **dict(zip(keys, cells, strict=True))}
        for figure, cells in zip(told, aligned[1:], strict=True)
    ]
    summary = _("members {members:,}, purchases {purchases:,}; {change}").format(
        members=report.members, purchases=report.purchases, change=_change(report)
    )
    return Section(title, columns, rows, summary)


def _cells(figure: Figure) -> tuple[str, str, str]:
    """As recorded, as it would be, and the difference with its sign."""
    more = _cell(figure.difference, figure)
    sign = "+" if figure.difference is not None and figure.difference > 0 else ""
    return _cell(figure.before, figure), _cell(figure.after, figure), sign + more


def _change(report: Report) -> str:
    if not report.changed:
        return _("nothing changes")
    return _("{changed:,} of {accounts:,} accounts change").format(
        changed=report.changed, accounts=report.accounts
    )


def _says_something(figure: Figure, figures: Sequence[Figure]) -> bool:
    """Zeros are left out."""
    if figure.key in _ALWAYS:
        return figure.before is not None
    if figure.key in _ALONE:
        others = [other for other in figures if other.key in _ALONE[figure.key]]
        return any(other.before or other.after for other in others)
    return bool(figure.before or figure.after)


def _cell(value: Any, figure: Figure) -> str:
    if value is None:
        return ""
    return f"{value.normalize():,f}" if figure.kind == "number" else shown(value, figure.column)


def _tiers_section(program: Program, other: Program, report: Report) -> Section:
    """A row for each card that members have, a column for each that they would have."""
    befores = _cards(program, {before for before, _after in report.tiers})
    afters = _cards(other, {after for _before, after in report.tiers})
    keys = {after: f"after_{after}" for after in afters}
    rows = [
        {"card": card, **{keys[after]: report.tiers.get((before, after)) for after in afters}}
        for before, card in befores.items()
    ]
    columns = [Column(keys[after], card, "integer") for after, card in afters.items()]
    title = _("members by card: a row for now, a column for then")
    return Section(title, [Column("card", _("card")), *columns], rows)


def _cards(program: Program, held: set[str]) -> dict[str, str]:
    """The cards of tiers, lowest first; a tier that the program lacks goes by its id."""
    cards = {"": _("no card"), **{tier.id: tier.card for tier in program.tiers}}
    cards |= {tier: tier for tier in sorted(held - cards.keys())}
    return {tier: card for tier, card in cards.items() if tier in held}


def _most_section(
    title: str, changes: Sequence[MemberChange], program: Program, other: Program
) -> Section:
    decimals = program.points_decimals
    columns = [
        Column("member", _("member"), "identifier"),
        Column("balance_before", _("balance now"), "points", decimals),
        Column("balance_after", _("then"), "points", decimals),
        Column("gain", _("difference"), "points", decimals),
        Column("card_before", _("card now"), "text"),
        Column("card_after", _("then"), "text"),
    ]
    befores = _cards(program, {change.before.tier for change in changes})
    afters = _cards(other, {change.after.tier for change in changes})
    rows = [
        {**row, "card_before": befores[row["tier_before"]], "card_after": afters[row["tier_after"]]}
        for row in member_rows(changes)
    ]
    return Section(title, columns, rows)


def _uncovered_section(report: Report, decimals: int) -> Section:
    columns = [
        Column("what", _("what"), "text"),
        Column("code", _("refused as"), "identifier"),
        Column("facts", _("how many"), "integer"),
        Column("points", _("points"), "points", decimals),
    ]
    rows = [
        {
            "what": _(_WHAT.get(u.command, u.command)),
            "code": u.code,
            "facts": u.facts,
            "points": u.points,
        }
        for u in report.uncovered
    ]
    return Section(_("what the other rules do not cover"), columns, rows)


_WHAT: Final[dict[str, str]] = {
    "RecordPurchase": marked("purchase"),
    "ReturnPurchase": marked("return"),
    "GrantBonus": marked("bonus"),
    "AdjustPoints": marked("adjustment"),
    "UndoAdjustment": marked("adjustment undone"),
    "RedeemPoints": marked("redemption"),
    "RedeemReward": marked("reward"),
    "HoldPoints": marked("hold"),
    "CaptureHold": marked("hold captured"),
    "ReleaseHold": marked("hold released"),
    "ReverseRedemption": marked("redemption reversed"),
    "GiftPoints": marked("gift"),
    "IssueVoucher": marked("voucher issued"),
    "UseVoucher": marked("voucher used"),
    "GiveBackVoucher": marked("voucher given back"),
    "CancelVoucher": marked("voucher cancelled"),
    "GrantRebates": marked("rebate"),
    "UseBenefit": marked("benefit used"),
    "CancelBenefitUse": marked("use of a benefit cancelled"),
    "PayIntoPurse": marked("paid into a purse"),
    "WithdrawFromPurse": marked("taken out of a purse"),
    "ExtendLots": marked("lots extended"),
    "SetTier": marked("card set by hand"),
    "EndTierFloor": marked("card left to the ladder"),
    "CloseMember": marked("account closed"),
    "MergeMembers": marked("merge"),
    "UnmergeMembers": marked("merge undone"),
}
