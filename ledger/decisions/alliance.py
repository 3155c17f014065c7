"""Decisions about partners and their terms (RULES 28; docs/alliance.md).

Each gives the events, which say themselves to which stream of the alliance they belong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from ledger.alliance import Alliance, Partner, evolve_alliance
from ledger.case import Stamp
from ledger.errors import (
    PartnerExists,
    PartnerNotMember,
    PartnerNotPaused,
    PartnerPaused,
    PeriodIsSettled,
    TermsInUse,
    TermsLack,
    UnknownPartner,
)
from ledger.naming import lacks_of, refuse_lacks
from ledger.rules import Rulebook, Rules
from schemas.commands import (
    BuyBlock,
    ChangeTerms,
    JoinPartner,
    LeavePartner,
    ResumePartner,
    SuspendPartner,
)
from schemas.events import (
    AllianceEvent,
    PartnerJoined,
    PartnerLeft,
    PartnerResumed,
    PartnerSuspended,
    PartnerTermsChanged,
    PointsBlockBought,
    TermsEvent,
)
from schemas.partner_terms import PartnerTerms, Price, load_terms
from schemas.program import Program
from schemas.values import parse_money, parse_points

_MILLIONTHS: Final = 10_000
"""Millionths in a percent."""
_PRICED: Final = ("issue", "redeem", "sent", "received")
"""The sections of the terms that say what something is worth."""


class AllianceCase(Struct, frozen=True):
    """All that a decision about the alliance looks at beside its command.

    `seal` is the log's at the position that a statement was made from, None where it has none;
    `agreed_since` tells that something was agreed with a partner behind it.
    """

    alliance: Alliance
    rules: Rules
    stamp: Stamp
    rulebook: Rulebook
    seal: str | None = None
    agreed_since: bool = False

    @property
    def day(self) -> dt.date:
        """The business day of the command."""
        return self.stamp.occurred_on

    def known(self, name: str) -> Partner:
        """A partner that joined once. Raises UnknownPartner."""
        partner = self.alliance.partner(name)
        if partner.joined_on is None:
            raise UnknownPartner(partner=name)
        return partner

    def check_open(self, day: dt.date) -> None:
        """Nothing changes about days that are settled. Raises PeriodIsSettled."""
        through = self.alliance.settled_through
        if through is not None and day <= through:
            raise PeriodIsSettled(day=day.isoformat(), through=through.isoformat())

    def check_agreed(self, agreed: TermsEvent) -> None:
        """What is agreed holds for the versions, and takes no price from a day that has begun.

        Raises ProgramLacks or TermsInUse.
        """
        before = self.alliance.partner(agreed.partner)
        after = evolve_alliance(self.alliance, agreed).partner(agreed.partner)
        refuse_lacks(lacks_of(self.rulebook, after, (agreed,)))
        self._check_priced(agreed, before, after)

    def _check_priced(self, agreed: TermsEvent, before: Partner, after: Partner) -> None:
        """What was accepted on a day is billed by its price; another price is no loss."""
        stamp, program = self.stamp, self.rules.program
        now = max(stamp.occurred_at, stamp.now or stamp.occurred_at)
        # What was accepted may be ahead of the clock by so much.
        begun = self.rules.day(now + dt.timedelta(minutes=program.future_tolerance_minutes))
        changes = {agreed.effective_from, *(terms.effective_from for terms in before.terms)}
        for day in sorted(day for day in changes if agreed.effective_from <= day <= begun):
            for section in _PRICED:
                if before.has_price(section, day) and not after.has_price(section, day):
                    raise TermsInUse(
                        partner=agreed.partner,
                        section=section,
                        day=day.isoformat(),
                        begun=begun.isoformat(),
                    )

    def event(self, kind: type[Any], /, **fields: Any) -> Any:
        """An event of the command's time and request."""
        stamp = self.stamp
        return kind(
            occurred_at=stamp.occurred_at,
            occurred_on=stamp.occurred_on,
            source=stamp.source,
            request_id=stamp.request_id,
            operator=stamp.operator,
            program_version=stamp.program_version,
            **fields,
        )


def decide_join(case: AllianceCase, command: JoinPartner) -> list[AllianceEvent]:
    """Raises InvalidTerms, PartnerExists, PeriodIsSettled, ProgramLacks, TermsInUse."""
    program = case.rules.program
    terms = load_terms(command.content, program)
    partner = case.alliance.partner(terms.partner)
    if partner.joined_on is not None and partner.last_day is None:
        raise PartnerExists(partner=partner.id)
    case.check_open(terms.effective_from)
    if partner.last_day is not None and terms.effective_from <= partner.last_day:
        raise PartnerExists(partner=partner.id)
    agreed = case.event(PartnerJoined, **_in_units(terms, command.content, program))
    case.check_agreed(agreed)
    return [agreed]


def decide_terms(case: AllianceCase, command: ChangeTerms) -> list[AllianceEvent]:
    """Raises InvalidTerms, UnknownPartner, PartnerNotMember, PeriodIsSettled, ProgramLacks.

    TermsInUse, too.
    """
    program = case.rules.program
    terms = load_terms(command.content, program)
    partner = case.known(terms.partner)
    if not partner.is_member_on(terms.effective_from):
        raise PartnerNotMember(partner=partner.id, day=terms.effective_from.isoformat())
    case.check_open(terms.effective_from)
    agreed = case.event(PartnerTermsChanged, **_in_units(terms, command.content, program))
    case.check_agreed(agreed)
    return [agreed]


def decide_suspend(case: AllianceCase, command: SuspendPartner) -> list[AllianceEvent]:
    """Raises UnknownPartner, PartnerNotMember, PartnerPaused, PeriodIsSettled."""
    partner, day = case.known(command.partner), command.starts_on or case.day
    if not partner.is_member_on(day):
        raise PartnerNotMember(partner=partner.id, day=day.isoformat())
    if partner.is_paused_on(day) or any(pause.until is None for pause in partner.pauses):
        raise PartnerPaused(partner=partner.id, day=day.isoformat())
    case.check_open(day)
    return [case.event(PartnerSuspended, partner=partner.id, starts_on=day, reason=command.reason)]


def decide_resume(case: AllianceCase, command: ResumePartner) -> list[AllianceEvent]:
    """Raises UnknownPartner, PartnerNotPaused, PeriodIsSettled."""
    partner, day = case.known(command.partner), command.starts_on or case.day
    paused = [pause for pause in partner.pauses if pause.until is None]
    if not paused or day < paused[0].starts_on:
        raise PartnerNotPaused(partner=partner.id)
    case.check_open(day)
    return [case.event(PartnerResumed, partner=partner.id, starts_on=day, reason=command.reason)]


def decide_leave(case: AllianceCase, command: LeavePartner) -> list[AllianceEvent]:
    """Raises UnknownPartner, PartnerNotMember, PeriodIsSettled."""
    partner, day = case.known(command.partner), command.last_day or case.day
    if partner.last_day is not None or not partner.is_member_on(day):
        raise PartnerNotMember(partner=partner.id, day=day.isoformat())
    case.check_open(day)
    return [case.event(PartnerLeft, partner=partner.id, last_day=day, reason=command.reason)]


def decide_buy(case: AllianceCase, command: BuyBlock) -> list[AllianceEvent]:
    """A block, numbered from 1. Raises UnknownPartner, PartnerNotMember, TermsLack."""
    partner, day = case.known(command.partner), case.day
    if not partner.is_member_on(day):
        raise PartnerNotMember(partner=partner.id, day=day.isoformat())
    to_come = (terms for terms in partner.terms if terms.effective_from > day)
    if not any(terms and terms.when_empty for terms in (partner.terms_on(day), *to_come)):
        raise TermsLack(partner=partner.id, section="prepaid", day=day.isoformat())
    return [
        case.event(
            PointsBlockBought,
            partner=partner.id,
            block=len(partner.blocks) + 1,
            points=command.points,
            price_minor=command.price_minor,
            reason=command.reason,
        )
    ]


def _in_units(terms: PartnerTerms, content: str, program: Program) -> dict[str, Any]:
    """The fields of a TermsEvent."""

    def points(text: object) -> int | None:
        return None if text is None else parse_points(str(text), program.points_decimals)

    def price(name: str, agreed: Price | None) -> dict[str, int]:
        if agreed is None:
            return {}
        money = parse_money(str(agreed.money), program.currency)
        return {f"{name}_points": points(agreed.points) or 0, f"{name}_minor": money}

    def millionths(percent: str) -> int:
        return int(Decimal(percent) * _MILLIONTHS)

    issue, redeem, fees = terms.issue, terms.redeem, terms.fees
    monthly = parse_money(str(fees.monthly), program.currency) if fees.monthly is not None else 0
    return {
        "partner": terms.partner,
        "label": terms.label,
        "effective_from": terms.effective_from,
        "content": content,
        **price("issue", issue),
        **price("redeem", redeem),
        **price("sent", terms.sent),
        **price("received", terms.received),
        "issue_fee_millionths": millionths(fees.issue_percent),
        "redeem_fee_millionths": millionths(fees.redeem_percent),
        "monthly_fee_minor": monthly,
        "breakage_millionths": millionths(terms.breakage.share_percent) if terms.breakage else 0,
        "rules": issue.rules if issue else (),
        "tiers": issue.tiers if issue else (),
        "issued_per_purchase": points(issue.per_purchase) if issue else None,
        "issued_per_month": points(issue.per_month) if issue else None,
        "redeemed_per_month": points(redeem.per_month) if redeem else None,
        "claim_days": issue.claim_days if issue else None,
        "when_empty": terms.prepaid.when_empty if terms.prepaid else "",
    }


Decide = Callable[[AllianceCase, Any], list[AllianceEvent]]

ALLIANCE_PROCEDURES: Final[dict[type[Any], Decide]] = {
    JoinPartner: decide_join,
    ChangeTerms: decide_terms,
    SuspendPartner: decide_suspend,
    ResumePartner: decide_resume,
    LeavePartner: decide_leave,
    BuyBlock: decide_buy,
}
"""Command -> its decision."""
