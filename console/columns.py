"""The columns of the answers about members: stable keys, labels in the person's language."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from schemas.program import Program


def telling(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], always: Container[str] = ()
) -> list[Column]:
    """The columns that say something in one row at least, and those that are `always` shown."""
    return [
        column
        for column in columns
        if column.key in always or any(row[column.key] not in ("", None) for row in rows)
    ]


def balance_columns(program: Program) -> list[Column]:
    """The first screen of a member (EASE 2)."""
    points = program.points_decimals
    return [
        Column("member", _("member"), "identifier"),
        Column("status", _("account"), "text"),
        Column("available", _("available"), "points", points),
        Column("pending", _("pending"), "points", points),
        Column("held", _("held"), "points", points),
        Column("debt", _("owed"), "points", points),
        Column("lapsed", _("past their last day"), "points", points),
        Column("balance", _("balance"), "points", points),
        Column("next_lapse_points", _("lapses next"), "points", points),
        Column("next_lapse_on", _("last good day"), "day"),
        Column("lapses", _("lapses"), "nested"),
        Column("card", _("card"), "text"),
        Column("tier", _("tier"), "identifier"),
        Column("valid_until", _("card valid until"), "day"),
        Column("next_tier", _("next tier"), "identifier"),
        *_way_up(program),
        Column("day", _("day"), "day"),
        Column("position", _("as of event"), "integer"),
    ]


def tier_columns(program: Program) -> list[Column]:
    """A member's card."""
    return [
        Column("member", _("member"), "identifier"),
        Column("card", _("card"), "text"),
        Column("tier", _("tier"), "identifier"),
        Column("since", _("since"), "instant"),
        Column("valid_until", _("valid until"), "day"),
        Column("discount_percent", _("discount in percent"), "text"),
        Column("next_tier", _("next tier"), "identifier"),
        Column("measure", _("measured by"), "text"),
        Column("window", _("window"), "text"),
        *_way_up(program),
        Column("position", _("as of event"), "integer"),
    ]


def _way_up(program: Program) -> list[Column]:
    """What is missing to the next tier, in the unit of its measure."""
    money = _cents(program)
    spend = _("still to spend ({})").format(program.currency)
    return [
        Column("missing_money", spend, "money", money),
        Column("missing_points", _("still to earn"), "points", program.points_decimals),
        Column("missing_visits", _("visits still to make"), "integer"),
        Column("missing_until", _("before"), "day"),
    ]


def statement_columns(program: Program) -> list[Column]:
    """A member's statement (EASE 3)."""
    decimals = program.points_decimals
    return [
        Column("occurred_at", _("date"), "instant"),
        Column("kind", _("what"), "text"),
        Column("other", _("other account"), "identifier"),
        Column("receipt", _("receipt"), "identifier"),
        Column("store", _("shop"), "text"),
        Column("till", _("till"), "text"),
        Column("operator", _("operator"), "text"),
        Column("reason", _("reason"), "text"),
        Column("refers_to", _("about event"), "integer"),
        Column("points", _("points"), "points", decimals),
        Column("lots", _("lots"), "text"),
        Column("balance_after", _("balance after"), "points", decimals),
        Column("position", _("event"), "integer"),
        Column("request_id", _("request"), "identifier"),
        Column("source", _("source"), "identifier"),
    ]


def lot_columns(program: Program) -> list[Column]:
    """What is in each lot."""
    decimals = program.points_decimals
    return [
        Column("lot", _("lot"), "integer"),
        Column("available", _("points"), "points", decimals),
        Column("held", _("held"), "points", decimals),
        Column("earned_on", _("earned on"), "day"),
        Column("available_from", _("available from"), "day"),
        Column("expires_on", _("last good day"), "day"),
        Column("kind", _("from"), "text"),
        Column("receipt", _("receipt"), "identifier"),
        Column("reason", _("reason"), "text"),
        Column("from_member", _("account before"), "identifier"),
        Column("from_lot", _("lot there"), "integer"),
        Column("position", _("event"), "integer"),
    ]


def lapsed_columns(program: Program) -> list[Column]:
    """Lots that lapsed, as the expiry run would record them."""
    return [
        Column("member", _("member"), "identifier"),
        Column("lot", _("lot"), "integer"),
        Column("points", _("points"), "points", program.points_decimals),
        Column("lapsed_on", _("last good day"), "day"),
    ]


def expiry_columns(program: Program) -> list[Column]:
    """What an expiry run recorded."""
    return [
        Column("as_of", _("up to the end of"), "day"),
        Column("members", _("members"), "integer"),
        Column("lots", _("lots"), "integer"),
        Column("points", _("points expired"), "points", program.points_decimals),
    ]


def batch_columns(program: Program) -> list[Column]:
    """What became of each row of a batch of adjustments."""
    decimals = program.points_decimals
    return [
        Column("line", _("line"), "integer"),
        Column("member", _("member"), "identifier"),
        Column("reason", _("reason"), "text"),
        Column("points", _("points"), "points", decimals),
        Column("balance_before", _("balance before"), "points", decimals),
        Column("balance_after", _("balance after"), "points", decimals),
        Column("position", _("event"), "integer"),
        Column("request_id", _("request"), "identifier"),
        Column("replayed", _("replayed"), "flag"),
    ]


def redeemable_columns(program: Program) -> list[Column]:
    """How many points may be spent."""
    decimals, money = program.points_decimals, _cents(program)
    bill, worth = _("bill ({})"), _("worth at the till ({})")
    return [
        Column("member", _("member"), "identifier"),
        Column("bill_minor", bill.format(program.currency), "money", money),
        Column("asked", _("asked"), "points", decimals),
        Column("points", _("may be spent"), "points", decimals),
        Column("value_minor", worth.format(program.currency), "money", money),
        Column("limited_by", _("limited by"), "identifier"),
    ]


def reward_columns(program: Program) -> list[Column]:
    """The catalogue; the last two are about one member."""
    decimals = program.points_decimals
    return [
        Column("reward", _("reward"), "identifier"),
        Column("label", _("name"), "text"),
        Column("points", _("points"), "points", decimals),
        Column(
            "money_minor", _("and money ({})").format(program.currency), "money", _cents(program)
        ),
        Column("tiers", _("for cards"), "text"),
        Column("starts_on", _("from"), "day"),
        Column("ends_on", _("to"), "day"),
        Column("offered", _("offered today"), "flag"),
        Column("affordable", _("can be had"), "flag"),
        Column("missing", _("points missing"), "points", decimals),
    ]


def purse_columns(program: Program) -> list[Column]:
    """A purse; `shares` is whose its points are."""
    decimals = program.points_decimals
    return [
        Column("purse", _("purse"), "identifier"),
        Column("members", _("members"), "text"),
        Column("available", _("available"), "points", decimals),
        Column("pending", _("pending"), "points", decimals),
        Column("held", _("held"), "points", decimals),
        Column("debt", _("owed"), "points", decimals),
        Column("balance", _("balance"), "points", decimals),
        Column("shares", _("shares"), "nested"),
    ]


def _cents(program: Program) -> int:
    from schemas.values import currency_exponent

    return currency_exponent(program.currency)
