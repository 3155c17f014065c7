"""What answers about vouchers, rebates and benefits show, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from schemas.program import Program


class _Money:
    """Columns of money in the program's currency."""

    def __init__(self, program: Program) -> None:
        from schemas.values import currency_exponent

        self._currency = program.currency
        self._decimals = currency_exponent(program.currency)

    def __call__(self, key: str, label: str) -> Column:
        return Column(key, label.format(self._currency), "money", self._decimals)


def voucher_columns(program: Program) -> list[Column]:
    """A member's vouchers."""
    money = _Money(program)
    return [
        Column("voucher", _("voucher"), "identifier"),
        Column("number", _("number"), "integer"),
        Column("kind", _("kind"), "identifier"),
        Column("label", _("name"), "text"),
        money("worth_minor", _("worth ({})")),
        money("min_bill_minor", _("for a bill of ({})")),
        Column("issued_on", _("issued on"), "day"),
        Column("expires_on", _("last good day"), "day"),
        Column("state", _("state"), "text"),
        Column("used_on", _("used on"), "day"),
        money("taken_minor", _("taken off ({})")),
        Column("receipt", _("receipt"), "identifier"),
        Column("partner", _("partner"), "identifier"),
        Column("store", _("shop"), "text"),
        Column("till", _("till"), "text"),
        Column("source", _("source"), "identifier"),
    ]


def voucher_answer_columns(program: Program) -> list[Column]:
    """What became of a command about a voucher."""
    money = _Money(program)
    return [
        Column("member", _("member"), "identifier"),
        Column("voucher", _("voucher"), "identifier"),
        Column("number", _("number"), "integer"),
        Column("vouchers", _("vouchers"), "integer"),
        Column("kind", _("kind"), "identifier"),
        Column("label", _("name"), "text"),
        Column("occurred_at", _("at"), "instant"),
        money("worth_minor", _("worth ({})")),
        money("min_bill_minor", _("for a bill of ({})")),
        money("bill_minor", _("bill ({})")),
        money("taken_minor", _("taken off ({})")),
        money("lost_minor", _("of it lost ({})")),
        money("to_pay_minor", _("still to pay ({})")),
        Column("expires_on", _("last good day"), "day"),
        Column("lapsed", _("lapsed at once"), "flag"),
        *_end_columns(),
        Column("use", _("to use it"), "text"),
        Column("give_back", _("to give it back"), "text"),
    ]


def benefit_columns() -> list[Column]:
    """What benefits leave."""
    return [
        Column("benefit", _("benefit"), "identifier"),
        Column("label", _("name"), "text"),
        Column("entitled", _("for this card"), "flag"),
        Column("tier", _("tier"), "identifier"),
        Column("period", _("period"), "text"),
        Column("period_from", _("from"), "day"),
        Column("period_until", _("before"), "day"),
        Column("quota", _("quota"), "integer"),
        Column("used", _("used"), "integer"),
        Column("left", _("left"), "integer"),
        Column("unlimited", _("without limit"), "flag"),
    ]


def benefit_answer_columns() -> list[Column]:
    """What became of a command about a benefit."""
    return [
        Column("member", _("member"), "identifier"),
        Column("benefit", _("benefit"), "identifier"),
        Column("occurred_at", _("at"), "instant"),
        Column("quantity", _("quantity"), "integer"),
        Column("tier", _("tier"), "identifier"),
        Column("quota", _("quota"), "integer"),
        Column("used", _("used in the period"), "integer"),
        Column("left", _("left"), "integer"),
        Column("cancelled", _("use that counts no more"), "identifier"),
        *_end_columns(),
        Column("cancel", _("to cancel it"), "text"),
    ]


def _end_columns() -> list[Column]:
    return [
        Column("first_position", _("first event"), "integer"),
        Column("last_position", _("last event"), "integer"),
        Column("request_id", _("request"), "identifier"),
        Column("source", _("source"), "identifier"),
        Column("replayed", _("replayed"), "flag"),
    ]


# -- runs ------------------------------------------------------------------------------------------


def lapsed_voucher_columns(program: Program) -> list[Column]:
    """A voucher that lapsed."""
    return [
        Column("member", _("member"), "identifier"),
        Column("voucher", _("voucher"), "identifier"),
        Column("number", _("number"), "integer"),
        Column("kind", _("kind"), "identifier"),
        _Money(program)("worth_minor", _("worth ({})")),
        Column("lapsed_on", _("last good day"), "day"),
    ]


def due_voucher_columns(program: Program) -> list[Column]:
    """A voucher for an anniversary."""
    return [
        Column("member", _("member"), "identifier"),
        Column("anniversary_on", _("anniversary"), "day"),
        Column("kind", _("kind"), "identifier"),
        Column("label", _("name"), "text"),
        _Money(program)("worth_minor", _("worth ({})")),
        Column("expires_on", _("last good day"), "day"),
    ]


def voucher_run_columns(program: Program) -> list[Column]:
    """What a run over vouchers recorded in all."""
    return [
        Column("as_of", _("up to the end of"), "day"),
        Column("members", _("members"), "integer"),
        Column("vouchers", _("vouchers"), "integer"),
        _Money(program)("worth_minor", _("worth ({})")),
    ]


def rebate_columns(program: Program) -> list[Column]:
    """What a rebate comes to for one member and period."""
    money = _Money(program)
    return [
        Column("member", _("member"), "identifier"),
        Column("rebate", _("rebate"), "identifier"),
        Column("period", _("period"), "identifier"),
        Column("tier", _("tier"), "identifier"),
        Column("card", _("card"), "text"),
        Column("percent", _("percent"), "text"),
        money("net_minor", _("net spend ({})")),
        money("due_minor", _("due ({})")),
        money("granted_before_minor", _("granted before ({})")),
        money("carried_before_minor", _("carried before ({})")),
        money("paid_minor", _("paid ({})")),
        Column("points", _("as points"), "points", program.points_decimals),
        Column("vouchers", _("as vouchers"), "integer"),
        Column("kind", _("kind"), "identifier"),
        money("carried_minor", _("carried on ({})")),
    ]


def rebate_run_columns(program: Program) -> list[Column]:
    """What a run of rebates paid in all."""
    money = _Money(program)
    return [
        Column("period", _("period"), "identifier"),
        Column("members", _("members"), "integer"),
        Column("grants", _("rebates"), "integer"),
        money("paid_minor", _("paid ({})")),
        Column("points", _("as points"), "points", program.points_decimals),
        Column("vouchers", _("as vouchers"), "integer"),
        money("too_much_minor", _("to be taken off later ({})")),
    ]
