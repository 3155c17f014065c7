"""Vouchers for anniversaries of the enrolment (docs/life.md, Vouchers)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count

from ledger.account import Account
from ledger.case import Case
from ledger.decisions.climbing import settle_reviews
from ledger.errors import DayNotCome
from ledger.offers import offered_on
from ledger.uses import used
from ledger.vouchers import counted_as, issue, last_good_day, worth_of
from schemas.commands import IssueAnniversaryVouchers
from schemas.events import Event
from schemas.periods import anniversary
from schemas.program_club import Voucher as VoucherTerms
from schemas.values import start_of_day


def decide_anniversaries(case: Case, command: IssueAnniversaryVouchers) -> list[tuple[str, Event]]:
    """What is due up to the end of `as_of` and still good; nothing when nothing is.

    Raises DayNotCome.
    """
    if command.as_of > case.day:
        raise DayNotCome(as_of=command.as_of.isoformat(), day=case.day.isoformat())
    account = case.account
    if account.closed or account.merged_into or account.enrolled_on is None:
        return []
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    number = 0
    for day in _anniversaries(account.enrolled_on, command.as_of):
        at = start_of_day(day, case.rules.zone)
        rules = case.rulebook.at(at)
        tier = draft.account.tier_at(at)
        for terms in rules.program.vouchers:
            if _is_due(case, draft.account, terms, day, tier):
                worth = worth_of(terms, rules.program)
                assert worth is not None
                number += 1
                issue(draft, terms, rules, number=number, worth_minor=worth, tier=tier, at=at)
    return draft.decided() if number else []


def _is_due(case: Case, account: Account, terms: VoucherTerms, day: dt.date, tier: str) -> bool:
    """Whether a voucher is to be issued for an anniversary, and would still be good."""
    if terms.on != "anniversary" or not offered_on(terms, day):
        return False
    if terms.tiers and tier not in terms.tiers:
        return False
    until = last_good_day(terms, day)
    if until is not None and until < case.day:
        return False
    return used(account, counted_as(terms), "year", day) == 0


def _anniversaries(joined: dt.date, until: dt.date) -> Iterator[dt.date]:
    for years in count(1):
        day = anniversary(joined, years)
        if day > until:
            return
        yield day
