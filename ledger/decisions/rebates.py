"""Granting rebates (docs/life.md, Rebates)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.account import Account
from ledger.case import Case, Draft
from ledger.credits import credit
from ledger.decisions.climbing import settle_reviews
from ledger.errors import NoRebate, PeriodNotOver
from ledger.rebates import (
    carried,
    counting,
    due,
    granted,
    is_counted,
    last_instant,
    payment_of,
)
from ledger.rules import Rules
from ledger.vouchers import issue
from schemas.commands import GrantRebates
from schemas.events import Event, RebateGranted, VoucherIssued
from schemas.periods import Period, period_named, period_of
from schemas.program_club import Rebate
from schemas.program_club import Voucher as VoucherTerms


def decide_rebates(case: Case, command: GrantRebates) -> list[tuple[str, Event]]:
    """What is due for the period and those before it, less what was granted for them.

    Raises NoRebate, PeriodNotOver. Nothing to change writes nothing.
    """
    last = period_named(command.period)
    if not case.rulebook.has_rebate_over(last.kind):
        raise NoRebate(period=command.period)
    if case.day < last.end:
        raise PeriodNotOver(period=command.period, day=case.day.isoformat())
    if case.account.closed or case.account.merged_into:
        return []
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    reviews = len(draft.events)
    for period in _periods(case.account, last):
        rules = case.rulebook.at(last_instant(period, case.rules))
        for rebate in rules.program.rebates:
            if _holds_over(rebate, period):
                _grant(draft, rebate, rules, period)
    return draft.decided() if len(draft.events) > reviews else []


def _periods(account: Account, last: Period) -> Iterator[Period]:
    """Periods up to `last` with something spent or granted in them, the oldest first."""
    days = {totals.day for totals in account.days if totals.day < last.end}
    for key, uses in account.uses.items():
        if is_counted(key):
            days.update(day for day, _ in uses if day < last.end)
    yield from sorted({period_of(last.kind, day) for day in days})


def _holds_over(rebate: Rebate, period: Period) -> bool:
    """Whether it is enabled and the whole period within its days."""
    return (
        rebate.enabled
        and rebate.period == period.kind
        and (rebate.starts_on is None or rebate.starts_on <= period.start)
        and (rebate.ends_on is None or period.last <= rebate.ends_on)
    )


def _grant(draft: Draft, rebate: Rebate, rules: Rules, period: Period) -> None:
    found = due(draft.account, rebate, rules, period)
    before = granted(draft.account, rebate.id, period)
    carried_before = carried(draft.account, rebate.id)
    now = found.due_minor - before
    if not now:
        return
    payment = payment_of(rebate, rules)
    units, paid = payment.units(carried_before + now)
    points: dict[str, Any] = {}
    if payment.points and units:
        expiry, worth = draft.rules.program.expiry, units * payment.points
        lots, movements = credit(draft.account, expiry, worth, draft.day)
        points = {"points_rebated": worth, "lots": lots, "movements": movements}
    voucher = payment.voucher
    draft.add(
        RebateGranted,
        version=rules.version,
        rebate=rebate.id,
        period=period.name,
        period_from=period.start,
        period_until=period.end,
        tier=found.tier,
        percent=found.percent,
        net_minor=found.net_minor,
        due_minor=found.due_minor,
        granted_before_minor=before,
        carried_before_minor=carried_before,
        paid_minor=paid,
        carried_minor=carried_before + now - paid,
        kind=voucher.id if voucher is not None else "",
        vouchers_issued=units if voucher is not None else 0,
        reason=f"{rebate.label or rebate.id} {period.name}",
        usage=counting(rebate.id, period, now, paid),
        **points,
    )
    if voucher is not None:
        _issue_paid(draft, rules, voucher, units, paid, found.tier)


def _issue_paid(
    draft: Draft, rules: Rules, terms: VoucherTerms, units: int, paid: int, tier: str
) -> None:
    """So many vouchers that are worth `paid` together, numbered on."""
    before = sum(isinstance(event, VoucherIssued) for event in draft.events)
    for number in range(before + 1, before + units + 1):
        issue(draft, terms, rules, number=number, worth_minor=paid // units, tier=tier)
