"""Letting a person into the program."""

from __future__ import annotations

from ledger.case import Case, Draft
from ledger.credits import credit
from ledger.offers import offered_on
from ledger.terms import bonus_points
from ledger.uses import used
from schemas.commands import EnrolMember
from schemas.events import Event, MemberEnrolled, PointsAwarded, Usage
from schemas.program import Bonus


def decide_enrol(case: Case, command: EnrolMember) -> list[tuple[str, Event]]:
    """The member with the ladder's entry tier, and the bonuses of joining.

    Bonuses on `referral` go to the one who brought the member, as often as the program allows.
    """
    draft = case.draft()
    draft.add(
        MemberEnrolled,
        store=command.store,
        tier=case.rules.entry_tier,
        referred_by=command.referred_by,
    )
    for bonus in _offered(case, "enrolment", "referred"):
        if bonus.on == "enrolment" or case.other is not None:
            award_bonus(draft, bonus)
    decided = draft.decided()
    if case.other is not None:
        referrer = case.other_draft()
        for bonus in _offered(case, "referral"):
            before = used(referrer.account, f"bonus:{bonus.id}", bonus.period, case.day)
            if before < bonus.times:
                award_bonus(referrer, bonus)
        decided += referrer.decided()
    return decided


def _offered(case: Case, *occasions: str) -> list[Bonus]:
    return [b for b in case.rules.program.bonuses if b.on in occasions and offered(case, b)]


def offered(case: Case, entry: Bonus) -> bool:
    """Whether the bonus is enabled and the command's day one of its days."""
    return offered_on(entry, case.day)


def award_bonus(draft: Draft, bonus: Bonus) -> None:
    """The bonus's points, counted against how often it is given."""
    program = draft.rules.program
    points = bonus_points(bonus, program)
    lots, movements = credit(draft.account, program.expiry, points, draft.day)
    draft.add(
        PointsAwarded,
        lots=lots,
        movements=movements,
        usage=(Usage(f"bonus:{bonus.id}", draft.day, 1),),
        points_awarded=points,
        reason=bonus.label or bonus.id,
        bonus=bonus.id,
    )
