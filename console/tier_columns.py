"""What lists of reviews and notices show, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from schemas.program import Program


def reviewed_columns(program: Program, *, for_person: bool) -> list[Column]:
    """One review of one card; a person sees what the program measures and the cards' names."""
    from schemas.values import currency_exponent

    decimals, cents = program.points_decimals, currency_exponent(program.currency)
    currency = program.currency
    measures = {tier.measure for tier in program.tiers if tier.threshold is not None}
    columns = [
        Column("member", _("member"), "identifier"),
        Column("reviewed_on", _("reviewed on"), "day"),
        Column("outcome", _("outcome"), "text"),
        Column("tier_from", _("tier before"), "identifier"),
        Column("tier_to", _("tier after"), "identifier"),
        Column("card_from", _("card before"), "text"),
        Column("card_to", _("card after"), "text"),
        Column("valid_until", _("valid until"), "day"),
        Column("measure", _("measure"), "identifier"),
        Column("window", _("window"), "identifier"),
        Column("window_from", _("window from"), "day"),
        Column("window_until", _("before"), "day"),
        Column("spend_measured_minor", _("net spend ({})").format(currency), "money", cents),
        Column("spend_needed_minor", _("needed ({})").format(currency), "money", cents),
        Column("points_measured", _("points earned"), "points", decimals),
        Column("points_needed", _("points needed"), "points", decimals),
        Column("visits_measured", _("visits"), "integer"),
        Column("visits_needed", _("visits needed"), "integer"),
    ]
    if not for_person:
        return columns
    hidden = {"tier_from", "tier_to", "measure", "window", "window_from", "window_until"}
    for measure, start in (
        ("net_spend", "spend"),
        ("points_earned", "points"),
        ("visits", "visits"),
    ):
        if measure not in measures:
            hidden |= {column.key for column in columns if column.key.startswith(start)}
    return [column for column in columns if column.key not in hidden]


def reviews_columns() -> list[Column]:
    """What a review run recorded in all."""
    return [
        Column("as_of", _("up to the end of"), "day"),
        Column("members", _("members"), "integer"),
        Column("kept", _("kept"), "integer"),
        Column("floor", _("kept by hand"), "integer"),
        Column("grace", _("in grace"), "integer"),
        Column("lowered", _("lowered"), "integer"),
    ]


def notice_columns(program: Program, *, for_person: bool) -> list[Column]:
    """One notice; a person sees the cards' names alone."""
    from schemas.values import currency_exponent

    decimals, cents = program.points_decimals, currency_exponent(program.currency)
    columns = [
        Column("member", _("member"), "identifier"),
        Column("kind", _("what"), "identifier"),
        Column("until", _("until the end of"), "day"),
        Column("tier", _("tier"), "identifier"),
        Column("card", _("card"), "text"),
        Column("tier_below", _("tier below"), "identifier"),
        Column("card_below", _("goes to"), "text"),
        Column("measure", _("measure"), "identifier"),
        Column("missing_spend_minor", _("missing ({})").format(program.currency), "money", cents),
        Column("missing_points", _("missing points"), "points", decimals),
        Column("missing_visits", _("missing visits"), "integer"),
        Column("points", _("points that lapse"), "points", decimals),
        Column("voucher", _("voucher"), "identifier"),
        Column("value_minor", _("its worth ({})").format(program.currency), "money", cents),
    ]
    hidden = {"tier", "tier_below", "measure"} if for_person else set()
    return [column for column in columns if column.key not in hidden]
