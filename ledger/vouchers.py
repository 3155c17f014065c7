"""Vouchers: how they are issued, how long they are good, how they come back and lapse.

Shapes:
    as_issued, as_given_back   the voucher that an event lets be used
    issue, give_back, lapse    write their events on a Draft
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from schemas.events import Usage, Voucher, VoucherGivenBack, VoucherIssued, VoucherLapsed
from schemas.periods import PeriodKind, period_of
from schemas.program import Program
from schemas.program_club import Voucher as VoucherTerms
from schemas.values import add_months, parse_money, start_of_day

if TYPE_CHECKING:
    from ledger.case import Draft
    from ledger.rules import Rules

_ONE_DAY: Final = dt.timedelta(days=1)
_ENDS: Final[dict[str, PeriodKind]] = {
    "end_of_month": "month",
    "end_of_quarter": "quarter",
    "end_of_year": "year",
}


def as_issued(event: VoucherIssued) -> Voucher:
    """Good from the day of issue on."""
    return Voucher(
        event.source,
        event.request_id,
        event.number,
        event.kind,
        event.worth_minor,
        event.occurred_on,
        event.min_bill_minor,
        event.expires_on,
        event.gives_back,
    )


def as_given_back(event: VoucherGivenBack) -> Voucher:
    """Good again from the day that it came back."""
    return Voucher(
        *event.name,
        event.kind,
        event.worth_minor,
        event.occurred_on,
        event.min_bill_minor,
        event.expires_on,
        event.gives_back,
    )


def last_good_day(terms: VoucherTerms, day: dt.date) -> dt.date | None:
    """The last good day of a voucher issued on `day`; None is never."""
    if terms.valid_days is not None:
        return day + dt.timedelta(days=terms.valid_days)
    if terms.valid_months is not None:
        return add_months(day, terms.valid_months)
    return period_of(_ENDS[terms.valid], day).last if terms.valid else None


def worth_of(terms: VoucherTerms, program: Program) -> int | None:
    """What a voucher is worth, minor units; None where a rebate says so."""
    return None if terms.value is None else parse_money(str(terms.value), program.currency)


def counted_as(terms: VoucherTerms) -> str:
    """What issuing it counts against."""
    return f"voucher:{terms.id}"


def issue(
    draft: Draft,
    terms: VoucherTerms,
    rules: Rules,
    *,
    number: int,
    worth_minor: int,
    tier: str,
    at: dt.datetime | None = None,
) -> None:
    """One voucher by a version of the program, of the day of the command or of another time."""
    day = draft.rules.day(at) if at else draft.day
    min_bill_minor = 0
    if terms.min_bill is not None:
        min_bill_minor = parse_money(str(terms.min_bill), rules.program.currency)
    draft.add(
        VoucherIssued,
        at=at,
        version=rules.version,
        number=number,
        kind=terms.id,
        label=terms.label,
        occasion=terms.on,
        worth_minor=worth_minor,
        min_bill_minor=min_bill_minor,
        expires_on=last_good_day(terms, day),
        gives_back=terms.on_return == "give_back",
        tier=tier,
        usage=() if terms.on == "rebate" else (Usage(counted_as(terms), day, 1),),
    )


def about(voucher: Voucher) -> dict[str, Any]:
    """How an event names a voucher."""
    return {
        "voucher": voucher.request_id,
        "voucher_source": voucher.source,
        "number": voucher.number,
        "kind": voucher.kind,
        "worth_minor": voucher.worth_minor,
    }


def give_back(draft: Draft, voucher: Voucher, **fields: Any) -> None:
    """A used voucher is good again; one past its last good day lapses at once (RULES 13)."""
    until, grace = voucher.expires_on, draft.rules.program.reversal_grace_days
    is_over = until is not None and until < draft.day
    if is_over and grace:
        until, is_over = draft.day + dt.timedelta(days=grace), False
    draft.add(
        VoucherGivenBack,
        **about(voucher),
        min_bill_minor=voucher.min_bill_minor,
        expires_on=until,
        gives_back=voucher.gives_back,
        **fields,
    )
    if is_over:
        draft.add(VoucherLapsed, **about(voucher), lapsed_on=until)


def lapse_vouchers(draft: Draft, through: dt.date) -> None:
    """Record the vouchers whose last good day is `through` or before it."""
    lapsed = [
        (voucher.expires_on, voucher)
        for voucher in draft.account.vouchers
        if voucher.expires_on is not None and voucher.expires_on <= through
    ]
    for until, voucher in sorted(lapsed, key=lambda entry: entry[0]):
        at = start_of_day(until + _ONE_DAY, draft.rules.zone)
        draft.add(VoucherLapsed, at=at, **about(voucher), lapsed_on=until)
