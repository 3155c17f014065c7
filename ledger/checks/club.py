"""Vouchers, rebates and benefits that never come, or are worth less with a higher card."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from ledger.checks.finding import Check, Place, Subject
from schemas.program_club import Quota
from schemas.values import parse_money


def _voucher_unpaid(subject: Subject) -> Iterator[Place]:
    paid = {rebate.pays for rebate in subject.program.rebates if rebate.enabled}
    for number, voucher in enumerate(subject.program.vouchers):
        if voucher.on == "rebate" and voucher.enabled and voucher.id not in paid:
            yield f"$.voucher[{number}].on", {"voucher": voucher.id}


def _voucher_above_bill(subject: Subject) -> Iterator[Place]:
    currency = subject.program.currency
    for number, voucher in enumerate(subject.program.vouchers):
        if voucher.enabled and voucher.value is not None and voucher.min_bill is not None:
            worth = parse_money(str(voucher.value), currency)
            least = parse_money(str(voucher.min_bill), currency)
            if worth > least:
                yield (
                    f"$.voucher[{number}].min_bill",
                    {
                        "voucher": voucher.id,
                        "worth": subject.money(worth),
                        "least": subject.money(least),
                    },
                )


def _benefit_less(subject: Subject) -> Iterator[Place]:
    for number, benefit in enumerate(subject.program.benefits):
        ladder = [(t.card, benefit.tiers.get(t.id, 0)) for t in subject.program.tiers]
        for (low, below), (high, above) in pairwise(ladder if benefit.enabled else ()):
            if _order(above) < _order(below):
                yield (
                    f"$.benefit[{number}].tiers",
                    {"entry": benefit.id, "low": low, "high": high}
                    | {"below": below, "above": above},
                )


def _order(quota: Quota) -> tuple[bool, int]:
    return (True, 0) if isinstance(quota, str) else (False, quota)


def _rebate_less(subject: Subject) -> Iterator[Place]:
    for number, rebate in enumerate(subject.program.rebates):
        ladder = [(t.card, rebate.tiers.get(t.id, rebate.percent)) for t in subject.program.tiers]
        for (low, below), (high, above) in pairwise(ladder if rebate.enabled else ()):
            if Decimal(above) < Decimal(below):
                yield (
                    f"$.rebate[{number}].tiers",
                    {"entry": rebate.id, "low": low, "high": high}
                    | {"below": f"{below} percent", "above": f"{above} percent"},
                )


_LESS: Final = "{entry!r}: {high!r} gets {above}, less than the {below} of {low!r} below it"

CLUB_CHECKS: Final = (
    Check(
        "voucher_unpaid",
        "warning",
        "{voucher!r} is never issued: no rebate pays it",
        "name it in `pays` of a rebate, or switch it off",
        _voucher_unpaid,
    ),
    Check(
        "voucher_above_bill",
        "warning",
        "{voucher!r} is worth {worth} and good for bills from {least}: a smaller bill is free, and"
        " the rest is lost",
        "let min_bill be no less than value",
        _voucher_above_bill,
    ),
    Check(
        "benefit_less",
        "warning",
        _LESS,
        "give the higher tier as much: who rises loses it",
        _benefit_less,
    ),
    Check(
        "rebate_less",
        "warning",
        _LESS,
        "give the higher tier as much: who rises loses it",
        _rebate_less,
    ),
)
