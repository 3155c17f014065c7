"""Partners as rows and records, and what a command about one answers with.

Shapes:
    read_terms      the text of a terms file, checked
    partner_record  a partner as it stands
    tell            a command's events, then the partner as it stands after them
    tell_lacks      what new terms name and the program does not have
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from console import failures
from console.cells import Column, shown
from console.desk import Desk
from console.words import _, marked
from ledger import BlockLeft, Outcome, PartnerState
from ledger.alliance import Pause
from schemas.errors import InvalidTerms
from schemas.events import TermsEvent
from schemas.partner_terms import load_terms
from schemas.program import Program
from schemas.values import currency_exponent, format_money

Row = dict[str, Any]

_STATES: Final = {
    "to come": marked("to come"),
    "takes part": marked("takes part"),
    "suspended": marked("suspended"),
    "left": marked("left"),
}
_EMPTY: Final = {"refuse": marked("refused when empty"), "bill": marked("billed when empty")}
_PERCENT: Final = 10_000
"""Millionths in a percent."""


def read_terms(path: Path, program: Program) -> str:
    """A terms file's text. Raises InvalidTerms with every mistake."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidTerms(origin=str(path), mistakes=("it is not UTF-8",)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidTerms(origin=str(path), mistakes=(reason,)) from None
    load_terms(content, program, origin=str(path))
    return content


def tell(desk: Desk, outcome: Outcome, title: str) -> None:
    """The partner that a command was about, after it."""
    event: Any = outcome.events[0]
    if outcome.replayed:
        title += _(" (before; nothing was written now)")
    written = {
        "position": outcome.first_position,
        "request_id": event.request_id,
        "replayed": None if desk.format == "table" else outcome.replayed,
    }
    tell_state(desk, desk.ledger.partner(event.partner), written, title)


def tell_lacks(desk: Desk, outcome: Outcome) -> None:
    """What new terms name and a version of their days lacks, a line for each: it may be to come."""
    event: Any = outcome.events[0]
    for lack in desk.ledger.lacks_of(event):
        line = _("version {version} of the program has no [[{section}]] {names}, from {day} on")
        names = ", ".join(map(repr, lack.names))
        told = {"version": lack.version, "section": lack.section, "day": lack.day}
        failures.say(line.format(names=names, **told))


def tell_state(
    desk: Desk, state: PartnerState, written: Row | None = None, title: str | None = None
) -> None:
    """A partner with its terms and blocks."""
    record = partner_record(state) | _terms(state) | (written or {})
    columns = [*partner_columns(desk.program), *_terms_columns(desk.program)]
    if desk.format == "table":
        record["state"] = _(_STATES[state.state])
        told = _told(state, desk.program)
        record |= dict(told)
        columns = [column for column in columns if column.key not in _TOLD]
        columns += [Column(label, label, "text") for label, _text in told]
    if written is not None:
        columns += [
            Column("position", _("event"), "integer"),
            Column("request_id", _("request"), "identifier"),
            Column("replayed", _("replayed"), "flag"),
        ]
    desk.record(record, columns, title=title)


# -- what there is of a partner --------------------------------------------------------------------


def partner_record(state: PartnerState) -> Row:
    """What `partner list` has of one."""
    prepaid = state.blocks or state.terms.when_empty
    return {
        "partner": state.id,
        "label": state.label,
        "state": state.state,
        "joined_on": state.joined_on,
        "last_day": state.last_day,
        "issued": state.issued,
        "redeemed": state.redeemed,
        "prepaid_left": state.prepaid_left if prepaid else None,
        "effective_from": state.terms.effective_from,
    }


def partner_columns(program: Program) -> list[Column]:
    """The columns of `partner_record`."""
    decimals = program.points_decimals
    return [
        Column("partner", _("partner"), "identifier"),
        Column("label", _("name"), "text"),
        Column("state", _("state"), "text"),
        Column("joined_on", _("since"), "day"),
        Column("last_day", _("last day"), "day"),
        Column("issued", _("issued this month"), "points", decimals),
        Column("redeemed", _("redeemed this month"), "points", decimals),
        Column("prepaid_left", _("prepaid and left"), "points", decimals),
        Column("effective_from", _("terms from"), "day"),
    ]


_PRICES: Final = ("issue", "redeem", "sent", "received")
_MONEY: Final = (*(f"{name}_minor" for name in _PRICES), "monthly_fee_minor")
_POINTS: Final = (
    *(f"{name}_points" for name in _PRICES),
    *("issued_per_purchase", "issued_per_month", "redeemed_per_month"),
)
_SHARES: Final = ("issue_fee_millionths", "redeem_fee_millionths", "breakage_millionths")
_NESTED: Final = ("rules", "tiers", "pauses", "changes", "blocks")
_TOLD: Final = frozenset({*_MONEY, *_POINTS, *_SHARES, *_NESTED, "claim_days", "when_empty"})
"""What a person is told in words."""


def _terms(state: PartnerState) -> Row:
    terms = state.terms
    record = {name: getattr(terms, name) for name in (*_MONEY, *_POINTS, *_SHARES)}
    return record | {
        "rules": list(terms.rules),
        "tiers": list(terms.tiers),
        "claim_days": terms.claim_days,
        "when_empty": terms.when_empty or None,
        "pauses": [
            {
                "starts_on": pause.starts_on.isoformat(),
                "until": pause.until.isoformat() if pause.until else None,
            }
            for pause in state.pauses
        ],
        "changes": [change.effective_from.isoformat() for change in state.changes],
        "blocks": [
            {
                "block": block.number,
                "bought_on": block.bought_on.isoformat(),
                "points": block.points,
                "price_minor": block.price_minor,
                "left": block.left,
            }
            for block in state.blocks
        ],
    }


def _terms_columns(program: Program) -> list[Column]:
    decimals, cents = program.points_decimals, currency_exponent(program.currency)
    return [
        *(Column(name, name, "points", decimals) for name in _POINTS),
        *(Column(name, name, "money", cents) for name in _MONEY),
        *(Column(name, name, "integer") for name in (*_SHARES, "claim_days")),
        Column("when_empty", "when_empty", "text"),
        *(Column(name, name, "nested") for name in _NESTED),
    ]


# -- the same in words -----------------------------------------------------------------------------


def _told(state: PartnerState, program: Program) -> list[tuple[str, str]]:
    """(what it is, how it is) of what is agreed, as far as it is."""
    terms = state.terms
    labels = {
        "issue": _("pays for points issued"),
        "redeem": _("is paid for points redeemed"),
        "sent": _("is paid for points sent to it"),
        "received": _("pays for points from it"),
    }
    found = [(labels[name], _price(terms, name, program)) for name in _PRICES]
    found += [
        (_("rules that apply"), ", ".join(terms.rules)),
        (_("tiers that count"), ", ".join(terms.tiers)),
        (_("at most"), ", ".join(_caps(terms, program))),
        (_("to be claimed within"), _days(terms.claim_days)),
        (_("share of issued"), _percent(terms.issue_fee_millionths)),
        (_("share of redeemed"), _percent(terms.redeem_fee_millionths)),
        (_("fee a month"), _money(terms.monthly_fee_minor, program)),
        (_("gets back of expired"), _percent(terms.breakage_millionths)),
        (_("prepaid"), _(_EMPTY[terms.when_empty]) if terms.when_empty else ""),
        (_("suspended"), ", ".join(map(_pause, state.pauses))),
        (_("other terms from"), ", ".join(str(change.effective_from) for change in state.changes)),
    ]
    found += [
        (_("block {}").format(block.number), _block(block, program)) for block in state.blocks
    ]
    return [(label, text) for label, text in found if text]


def _price(terms: TermsEvent, name: str, program: Program) -> str:
    points, minor = getattr(terms, f"{name}_points"), getattr(terms, f"{name}_minor")
    if not points:
        return ""
    words = _("{money} for {points} points")
    return words.format(money=_money(minor, program), points=_points(points, program))


def _points(points: int, program: Program) -> str:
    return shown(points, Column("points", "", "points", program.points_decimals))


def _money(minor: int, program: Program) -> str:
    return f"{format_money(minor, program.currency)} {program.currency}" if minor else ""


def _caps(terms: TermsEvent, program: Program) -> list[str]:
    caps = (
        (terms.issued_per_purchase, _("{} points a purchase")),
        (terms.issued_per_month, _("{} points issued a month")),
        (terms.redeemed_per_month, _("{} points redeemed a month")),
    )
    return [words.format(_points(most, program)) for most, words in caps if most is not None]


def _days(days: int | None) -> str:
    return "" if days is None else _("{} days").format(days)


def _percent(millionths: int) -> str:
    return f"{millionths / _PERCENT:g} %" if millionths else ""


def _block(block: BlockLeft, program: Program) -> str:
    words = _("{left} left of {points}, bought on {day}")
    left, points = _points(block.left, program), _points(block.points, program)
    return words.format(left=left, points=points, day=block.bought_on)


def _pause(pause: Pause) -> str:
    if pause.until is None:
        return _("from {first} on").format(first=pause.starts_on)
    return _("from {first} to before {until}").format(first=pause.starts_on, until=pause.until)
