"""The columns of the answers about members: stable keys, labels in the person's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from schemas.program import Program


def labels_of(program: Program) -> dict[str, str]:
    """Tier id -> the name that people know the card by."""
    return {tier.id: tier.card for tier in program.tiers}


def answer_columns(program: Program) -> list[Column]:
    """What a command to the ledger answers with."""
    decimals = program.points_decimals
    return [
        Column("member", _("member"), "identifier"),
        Column("occurred_at", _("at"), "instant"),
        Column("points", _("points"), "points", decimals),
        Column("balance_after", _("balance after"), "points", decimals),
        Column("tier", _("tier"), "identifier"),
        Column("tier_reached", _("new card"), "text"),
        Column("first_position", _("first event"), "integer"),
        Column("last_position", _("last event"), "integer"),
        Column("request_id", _("request"), "identifier"),
        Column("replayed", _("replayed"), "flag"),
    ]


def balance_columns(program: Program) -> list[Column]:
    """The first screen of a member (EASE 2)."""
    points = program.points_decimals
    return [
        Column("member", _("member"), "identifier"),
        Column("available", _("available"), "points", points),
        Column("pending", _("pending"), "points", points),
        Column("held", _("held"), "points", points),
        Column("debt", _("owed"), "points", points),
        Column("lapsed", _("past their last day"), "points", points),
        Column("balance", _("balance"), "points", points),
        Column("next_lapse_points", _("lapses next"), "points", points),
        Column("next_lapse_on", _("last good day"), "day"),
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
    from schemas.values import currency_exponent

    money = currency_exponent(program.currency)
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
        Column("receipt", _("receipt"), "identifier"),
        Column("store", _("shop"), "text"),
        Column("till", _("till"), "text"),
        Column("operator", _("operator"), "text"),
        Column("reason", _("reason"), "text"),
        Column("points", _("points"), "points", decimals),
        Column("balance_after", _("balance after"), "points", decimals),
        Column("position", _("event"), "integer"),
    ]
