"""Vouchers, rebates and benefits in the words of tests/scenario.py."""

from __future__ import annotations

from typing import Any

from schemas.commands import (
    CancelBenefitUse,
    CancelVoucher,
    GiveBackVoucher,
    GrantRebates,
    IssueAnniversaryVouchers,
    IssueVoucher,
    LapseVouchers,
    UseBenefit,
    UseVoucher,
)
from tests.scenario import EARLY, Scenario, ask, day, entry

KIND = {"id": "ten", "on": "request", "value": "10.00", "times": 9}


def voucher(**settings: Any) -> str:
    """`[[voucher]]`: ten yuan off, nine times on request, unless told otherwise (None: unsaid)."""
    said = {**KIND, **settings}
    return entry("voucher", **{name: value for name, value in said.items() if value is not None})


def rebate(**settings: Any) -> str:
    """`[[rebate]]`: two percent of each month, in points, unless told otherwise."""
    plain = {"id": "monthly", "period": "month", "percent": "2", "pays": "points"}
    return entry("rebate", **{**plain, **settings})


def benefit(**settings: Any) -> str:
    """`[[benefit]]`: parking once a month for silver and twice for gold, unless told otherwise."""
    plain = {"id": "parking", "period": "month", "tiers": {"silver": 1, "gold": 2}}
    return entry("benefit", **{**plain, **settings})


def issue(kind: str = "ten", *, at: str = EARLY, name: str = "v-1", **said: Any) -> Any:
    return ask(IssueVoucher, at=at, kind=kind, request_id=name, **said)


def use(bill_minor: int = 5_000, *, at: str = EARLY, name: str = "v-1", **said: Any) -> Any:
    return ask(UseVoucher, at=at, voucher=name, bill_minor=bill_minor, **said)


def give_back(*, at: str = EARLY, name: str = "v-1", **said: Any) -> Any:
    return ask(GiveBackVoucher, at=at, voucher=name, **said)


def cancel(*, at: str = EARLY, name: str = "v-1", **said: Any) -> Any:
    return ask(CancelVoucher, at=at, voucher=name, operator="li", reason="mistake", **said)


def lapse(as_of: str, *, at: str, **said: Any) -> Any:
    return ask(LapseVouchers, at=at, as_of=day(as_of), **said)


def anniversaries(as_of: str, *, at: str | None = None, **said: Any) -> Any:
    return ask(IssueAnniversaryVouchers, at=at or as_of, as_of=day(as_of), **said)


def pay(period: str, *, at: str, **said: Any) -> Any:
    return ask(GrantRebates, at=at, period=period, **said)


def enjoy(name: str = "parking", *, at: str = EARLY, **said: Any) -> Any:
    return ask(UseBenefit, at=at, benefit=name, **said)


def undo_use(*, at: str = EARLY, of: str = "u-1", **said: Any) -> Any:
    return ask(CancelBenefitUse, at=at, use=of, operator="li", reason="mistake", **said)


def usable(scenario: Scenario, member: str = "m-001") -> dict[str, str]:
    """Name -> last good day of the vouchers that can be used."""
    return {
        voucher.request_id: str(voucher.expires_on or "never")
        for voucher in scenario.of(member).vouchers
    }
