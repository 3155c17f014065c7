"""Vouchers, rebates and benefits, asked again."""

from __future__ import annotations

from typing import Any

from ledger.whatif.facts.fact import Fact
from schemas.commands import (
    CancelBenefitUse,
    CancelVoucher,
    GiveBackVoucher,
    GrantRebates,
    IssueVoucher,
    UseBenefit,
    UseVoucher,
)
from schemas.events import RebateGranted, VoucherIssued


def issue_asked(fact: Fact) -> IssueVoucher:
    """As many as the request issued."""
    quantity = sum(isinstance(event, VoucherIssued) for _, _, event in fact.request)
    return IssueVoucher(member=fact.name, kind=fact.event.kind, quantity=quantity, **fact.said)


def use_asked(fact: Fact) -> UseVoucher:
    event = fact.event
    return UseVoucher(
        **_voucher(fact),
        bill_minor=event.bill_minor,
        partner=event.partner,
        store=event.store,
        till=event.till,
        purchase_id=event.purchase_id,
    )


def given_back_asked(fact: Fact) -> GiveBackVoucher:
    return GiveBackVoucher(**_voucher(fact), reason=fact.event.reason)


def cancelled_voucher_asked(fact: Fact) -> CancelVoucher:
    return CancelVoucher(**_voucher(fact), reason=fact.event.reason)


def _voucher(fact: Fact) -> dict[str, Any]:
    """Which voucher it was."""
    event = fact.event
    return {
        "member": fact.name,
        "voucher": event.voucher,
        "voucher_source": event.voucher_source,
        "number": event.number,
        **fact.said,
    }


def rebates_asked(fact: Fact) -> GrantRebates:
    """For the last period that the request granted something for."""
    grants = [event for _, _, event in fact.request if isinstance(event, RebateGranted)]
    last = max(grants, key=lambda grant: grant.period_from)
    return GrantRebates(member=fact.name, period=last.period, **fact.said)


def benefit_asked(fact: Fact) -> UseBenefit:
    event = fact.event
    return UseBenefit(
        member=fact.name,
        benefit=event.benefit,
        quantity=event.quantity,
        partner=event.partner,
        store=event.store,
        till=event.till,
        reason=event.reason,
        **fact.said,
    )


def cancelled_use_asked(fact: Fact) -> CancelBenefitUse:
    event = fact.event
    return CancelBenefitUse(
        member=fact.name,
        use=event.use,
        use_source=event.use_source,
        reason=event.reason,
        **fact.said,
    )
