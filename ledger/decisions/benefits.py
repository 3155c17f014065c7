"""Benefits of a card: used within their quota, and a use cancelled (docs/life.md, Benefits)."""

from __future__ import annotations

from ledger.benefits import counted_as, quota_of, used_in_period
from ledger.case import Case
from ledger.decisions.climbing import settle_reviews
from ledger.errors import (
    BenefitNotOffered,
    NotEntitled,
    QuotaExceeded,
    UnknownBenefit,
    UnknownBenefitUse,
    UseAlreadyCancelled,
)
from ledger.offers import offered_on
from schemas.commands import CancelBenefitUse, UseBenefit
from schemas.events import BenefitUseCancelled, BenefitUsed, Event, Usage


def decide_use_benefit(case: Case, command: UseBenefit) -> list[tuple[str, Event]]:
    """A benefit of the card held at the time, within what its quota leaves in the period.

    Raises UnknownBenefit, BenefitNotOffered, NotEntitled, QuotaExceeded.
    """
    benefits = case.rules.program.benefits
    benefit = next((benefit for benefit in benefits if benefit.id == command.benefit), None)
    if benefit is None:
        raise UnknownBenefit(benefit=command.benefit)
    if not offered_on(benefit, case.day):
        raise BenefitNotOffered(benefit=benefit.id)
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    tier = draft.account.tier_at(case.stamp.occurred_at)
    if tier not in benefit.tiers:
        raise NotEntitled(benefit=benefit.id, tier=tier)
    quota = quota_of(benefit, tier)
    before = used_in_period(case.account, benefit, case.day)
    if quota is not None and before + command.quantity > quota:
        raise QuotaExceeded(benefit=benefit.id, quota=quota, used=before, asked=command.quantity)
    draft.add(
        BenefitUsed,
        benefit=benefit.id,
        quantity=command.quantity,
        tier=tier,
        quota=quota,
        used_before=before,
        partner=command.partner,
        store=command.store,
        till=command.till,
        reason=command.reason,
        usage=(Usage(counted_as(benefit.id), case.day, command.quantity),),
    )
    return draft.decided()


def decide_cancel_use(case: Case, command: CancelBenefitUse) -> list[tuple[str, Event]]:
    """A use that counts no more, on its own day.

    Raises UnknownBenefitUse, BeforeItsCause, UseAlreadyCancelled.
    """
    assert case.story is not None
    source = command.use_source or command.source
    told = case.story.club.benefit_uses.get((source, command.use))
    if told is None:
        raise UnknownBenefitUse(use=command.use)
    use = told.event
    case.check_follows("use", command.use, use)
    if told.cancelled:
        raise UseAlreadyCancelled(use=command.use)
    draft = case.draft()
    draft.add(
        BenefitUseCancelled,
        benefit=use.benefit,
        use=use.request_id,
        use_source=use.source,
        quantity=use.quantity,
        reason=command.reason,
        usage=(Usage(counted_as(use.benefit), use.occurred_on, -use.quantity),),
    )
    return draft.decided()
