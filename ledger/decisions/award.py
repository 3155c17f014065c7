"""Giving points without a purchase."""

from __future__ import annotations

from ledger.case import Case
from ledger.credits import credit
from ledger.decisions.enrol import award_bonus, offered
from ledger.errors import AlreadyLapsed, BonusNotOffered, LimitExceeded, UnknownBonus
from ledger.uses import used
from schemas.commands import AwardPoints, GrantBonus
from schemas.events import Event, PointsAwarded


def decide_award(case: Case, command: AwardPoints) -> list[tuple[str, Event]]:
    """A lot of its own; it lives as the program says unless the command names its last day.

    Raises AlreadyLapsed.
    """
    last = command.expires_on
    if last is not None and last < case.day:
        raise AlreadyLapsed(expires_on=last.isoformat(), day=case.day.isoformat())
    draft = case.draft()
    lots, movements = credit(
        case.account,
        case.rules.program.expiry,
        command.points,
        case.day,
        expires_on=last,
    )
    draft.add(
        PointsAwarded,
        lots=lots,
        movements=movements,
        points_awarded=command.points,
        reason=command.reason,
    )
    return draft.decided()


def decide_bonus(case: Case, command: GrantBonus) -> list[tuple[str, Event]]:
    """A bonus of the program that is given on request.

    Raises UnknownBonus, BonusNotOffered, or LimitExceeded beyond its times in the period.
    """
    found = [bonus for bonus in case.rules.program.bonuses if bonus.id == command.bonus]
    if not found:
        raise UnknownBonus(bonus=command.bonus)
    (bonus,) = found
    if bonus.on != "request" or not offered(case, bonus):
        raise BonusNotOffered(bonus=command.bonus)
    key = f"bonus:{bonus.id}"
    before = used(case.account, key, bonus.period, case.day)
    if before >= bonus.times:
        raise LimitExceeded(limit=key, most=bonus.times, used=before, asked=1)
    draft = case.draft()
    award_bonus(draft, bonus)
    return draft.decided()
