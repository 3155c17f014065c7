"""What was bought, returned, given and corrected, asked again."""

from __future__ import annotations

from ledger.credits import expiry_day, idle_months
from ledger.sale import qualifying_of
from ledger.whatif.facts.fact import Fact
from schemas.commands import (
    AccrueCobrand,
    AdjustPoints,
    AwardPoints,
    EnrolMember,
    GrantBonus,
    LineItem,
    RecordPurchase,
    ReturnedItem,
    ReturnPurchase,
    TenderPaid,
    UndoAdjustment,
)
from schemas.events import PurchaseRecorded, ReturnedLine


def enrolment_asked(fact: Fact) -> EnrolMember:
    """Who brought them is left out where no program asks, and the account is not looked at."""
    event = fact.event
    known = bool(event.referred_by) and fact.after.account(event.referred_by).exists
    return EnrolMember(
        member=fact.name,
        store=event.store,
        referred_by=event.referred_by if known else "",
        **fact.said,
    )


def purchase_asked(fact: Fact) -> RecordPurchase:
    """What qualifies is worked out anew, unless the till said otherwise than the program."""
    event = fact.event
    usual = event.amount_minor
    if event.tenders:
        usual = qualifying_of(fact.recorded_under.earning, usual, event.tenders)
    return RecordPurchase(
        request_id=event.request_id,
        source=event.source,
        operator=event.operator,
        occurred_at=event.occurred_at,
        member=fact.name,
        purchase_id=event.purchase_id,
        amount_minor=event.amount_minor,
        qualifying_minor=None if event.qualifying_minor == usual else event.qualifying_minor,
        partner=event.partner,
        store=event.store,
        till=event.till,
        channel=event.channel,
        lines=_items(event) if event.lines else (),
        tenders=tuple(TenderPaid(t.kind, t.amount_minor) for t in event.tenders)
        if event.tenders
        else (),
        occasions=event.occasions,
    )


def _items(event: PurchaseRecorded) -> tuple[LineItem, ...]:
    return tuple(
        LineItem(
            amount_minor=line.amount_minor,
            quantity=line.quantity,
            sku=line.sku,
            category=line.category,
            brand=line.brand,
            tax_minor=line.tax_minor,
        )
        for line in event.lines
    )


def return_asked(fact: Fact) -> ReturnPurchase:
    event = fact.event
    return ReturnPurchase(
        member=fact.name,
        purchase_id=event.purchase_id,
        partner=event.partner,
        items=tuple(map(_returned, event.returned)),
        amount_minor=None if event.returned else event.amount_minor,
        return_id=event.return_id,
        store=event.store,
        till=event.till,
        **fact.said,
    )


def _returned(line: ReturnedLine) -> ReturnedItem:
    if line.quantity:
        return ReturnedItem(line=line.line, quantity=line.quantity)
    return ReturnedItem(line=line.line, amount_minor=line.amount_minor)


def award_asked(fact: Fact) -> AwardPoints | GrantBonus:
    """The last day is named again where it was not the program's."""
    event = fact.event
    if event.bonus:
        return GrantBonus(member=fact.name, bonus=event.bonus, **fact.said)
    (lot,) = event.lots
    expiry = fact.recorded_under.program.expiry
    usual = (expiry_day(expiry, event.occurred_on), idle_months(expiry))
    return AwardPoints(
        member=fact.name,
        points=event.points_awarded,
        reason=event.reason,
        expires_on=None if (lot.expires_on, lot.idle_months) == usual else lot.expires_on,
        **fact.said,
    )


def accrual_asked(fact: Fact) -> AccrueCobrand:
    event = fact.event
    return AccrueCobrand(
        member=fact.name,
        cobrand=event.cobrand,
        spend_minor=event.spend_minor,
        reference=event.reference,
        **fact.said,
    )


def adjustment_asked(fact: Fact) -> AdjustPoints | UndoAdjustment:
    event = fact.event
    owed = any(m.bucket == "debt" and m.points > 0 for m in event.movements)
    about = {"member": fact.name, "reason": event.reason, "may_owe": owed, **fact.said}
    if event.corrects:
        return UndoAdjustment(
            adjustment=event.corrects, adjustment_source=event.corrects_source, **about
        )
    return AdjustPoints(points=event.points_adjusted, **about)
