"""What can be asked about a member's vouchers and benefits."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct

from ledger.account import Account
from ledger.benefits import BenefitLeft, benefits_left
from ledger.club_story import VoucherStory
from ledger.errors import NotForPurses
from ledger.questions import Questions
from ledger.story import tell_story
from schemas.events import is_purse


class VoucherLine(Struct, frozen=True):
    """A voucher as it stands on a day; money in minor units, days inclusive.

    `state` is "lapsed" from the day after its last good day on, recorded or not; "moved" is what
    went to the account that the member was merged into. `used_on` and what follows tell of the use
    that counts.
    """

    source: str
    request_id: str
    number: int
    kind: str
    label: str
    occasion: str
    worth_minor: int
    min_bill_minor: int
    issued_on: dt.date
    expires_on: dt.date | None
    state: Literal["open", "used", "lapsed", "cancelled", "moved"]
    used_on: dt.date | None = None
    taken_minor: int | None = None
    partner: str = ""
    store: str = ""
    till: str = ""
    purchase_id: str = ""


class ClubQuestions(Questions):
    """Readings, each as of the moment that it is asked."""

    def vouchers(self, member: str) -> tuple[VoucherLine, ...]:
        """Every voucher of a member and of those merged into them, in the order issued.

        Raises UnknownMember, NotForPurses.
        """
        _check_member(member)
        story, account = tell_story(member, self._events), self.account(member)
        today = self.rules.day(self._clock())
        lines = (_line(told, account, today) for told in story.club.vouchers.values())
        return tuple(sorted(lines, key=lambda line: line.issued_on))

    def benefits(self, member: str) -> tuple[BenefitLeft, ...]:
        """What each benefit that is offered now leaves. Raises UnknownMember, NotForPurses."""
        _check_member(member)
        account, rulebook = self.account(member), self._rulebook
        return tuple(benefits_left(account, rulebook, self.rules, self.today()))


def _check_member(name: str) -> None:
    if is_purse(name):
        raise NotForPurses(purse=name)


def _line(told: VoucherStory, account: Account, today: dt.date) -> VoucherLine:
    voucher, issued, use = told.voucher, told.issued, told.use
    until, is_open = voucher.expires_on, told.state == "open"
    is_over = is_open and until is not None and until < today
    has_moved = is_open and account.merged_into
    return VoucherLine(
        source=voucher.source,
        request_id=voucher.request_id,
        number=voucher.number,
        kind=voucher.kind,
        label=issued.label,
        occasion=issued.occasion,
        worth_minor=voucher.worth_minor,
        min_bill_minor=voucher.min_bill_minor,
        issued_on=issued.occurred_on,
        expires_on=until,
        state="moved" if has_moved else "lapsed" if is_over else told.state,
        used_on=use.occurred_on if use else None,
        taken_minor=use.taken_minor if use else None,
        partner=use.partner if use else "",
        store=use.store if use else "",
        till=use.till if use else "",
        purchase_id=use.purchase_id if use else "",
    )
