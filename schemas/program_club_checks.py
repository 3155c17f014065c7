"""What a program file gets wrong about vouchers, rebates and benefits, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from schemas.program_checks import money_mistakes, tier_mistakes
from schemas.program_club import Rebate, Voucher

if TYPE_CHECKING:
    from schemas.program import Program

_OF_THE_REBATE: Final = ("tiers", "starts_on", "ends_on")


def club_mistakes(program: Program) -> Iterator[str]:
    """What each field alone can't show."""
    tiers = {tier.id for tier in program.tiers}
    for index, voucher in enumerate(program.vouchers):
        path = f"$.voucher[{index}]"
        yield from _voucher_mistakes(program, voucher, path)
        yield from tier_mistakes(voucher.tiers, tiers, f"{path}.tiers")
    for index, rebate in enumerate(program.rebates):
        path = f"$.rebate[{index}]"
        yield from _rebate_mistakes(program, rebate, path)
        yield from tier_mistakes(rebate.tiers, tiers, f"{path}.tiers")
    for index, benefit in enumerate(program.benefits):
        path = f"$.benefit[{index}].tiers"
        if not benefit.tiers:
            yield f"{path}: nobody would be entitled"
        yield from tier_mistakes(benefit.tiers, tiers, path)


def _voucher_mistakes(program: Program, voucher: Voucher, path: str) -> Iterator[str]:
    of_rebate = voucher.on == "rebate"
    if voucher.value is not None:
        yield from money_mistakes(voucher.value, program, f"{path}.value")
    elif not of_rebate:
        yield f"{path}.value: missing; only a voucher on 'rebate' may be without"
    if voucher.min_bill is not None:
        yield from money_mistakes(voucher.min_bill, program, f"{path}.min_bill")
    lives = [voucher.valid_days, voucher.valid_months, voucher.valid]
    if sum(life is not None for life in lives) > 1:
        yield f"{path}: valid_days, valid_months and valid exclude each other"
    if voucher.on not in ("request", "birthday"):
        for name in ("times", "period"):
            if getattr(voucher, name) is not None:
                yield f"{path}.{name}: goes with on 'request' or 'birthday', and only with them"
    if of_rebate:
        for name in _OF_THE_REBATE:
            if getattr(voucher, name):
                yield f"{path}.{name}: the rebate says for whom and when"


def _rebate_mistakes(program: Program, rebate: Rebate, path: str) -> Iterator[str]:
    if rebate.pays == "points":
        if program.redemption.money is None:
            yield f"{path}.pays: 'points' needs [redemption] points and money, to know their worth"
    else:
        paid = [voucher for voucher in program.vouchers if voucher.id == rebate.pays]
        if not paid:
            yield f"{path}.pays: there is no voucher {rebate.pays!r}"
        elif paid[0].on != "rebate":
            yield f"{path}.pays: the voucher {rebate.pays!r} is not on 'rebate'"
    percents = {"percent": rebate.percent, **{f"tiers.{t}": p for t, p in rebate.tiers.items()}}
    for name, percent in percents.items():
        if Decimal(percent) > 100:
            yield f"{path}.{name}: more than 100"
    if not any(Decimal(percent) for percent in percents.values()):
        yield f"{path}.percent: nothing would ever be due"
    if rebate.min_spend is not None:
        yield from money_mistakes(rebate.min_spend, program, f"{path}.min_spend")
