"""Vouchers: issued, used once, given back, cancelled, lapsed (docs/life.md, Vouchers)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from msgspec import Struct

from ledger.account import Account
from ledger.case import Case, Draft, Stamp
from ledger.club_story import VoucherStory
from ledger.decisions.climbing import settle_reviews
from ledger.errors import (
    BillTooSmall,
    DayNotOver,
    LimitExceeded,
    UnknownVoucher,
    UnknownVoucherKind,
    VoucherAlreadyCancelled,
    VoucherAlreadyUsed,
    VoucherNotForTier,
    VoucherNotOffered,
    VoucherNotUsed,
    VoucherOutOfDate,
    VouchersRemain,
)
from ledger.offers import offered_on
from ledger.rules import Rulebook
from ledger.uses import used
from ledger.vouchers import about, counted_as, give_back, issue, lapse_vouchers, worth_of
from schemas.commands import (
    CancelVoucher,
    GiveBackVoucher,
    IssueVoucher,
    LapseVouchers,
    UseVoucher,
)
from schemas.events import (
    Event,
    PurchaseRecorded,
    Voucher,
    VoucherCancelled,
    VoucherName,
    VoucherUsed,
)

_ONE_DAY: Final = dt.timedelta(days=1)
_PERIODS: Final = {"request": "ever", "birthday": "year"}
"""Occasion -> the period in which a voucher is given once, unless the program says otherwise."""

NamesVoucher = UseVoucher | GiveBackVoucher | CancelVoucher


def decide_issue_voucher(case: Case, command: IssueVoucher) -> list[tuple[str, Event]]:
    """Vouchers that the program gives on request.

    Raises UnknownVoucherKind, VoucherNotOffered, VoucherNotForTier, or LimitExceeded beyond the
    times in the period.
    """
    program = case.rules.program
    terms = next((terms for terms in program.vouchers if terms.id == command.kind), None)
    if terms is None:
        raise UnknownVoucherKind(kind=command.kind)
    if terms.on not in _PERIODS or not offered_on(terms, case.day):
        raise VoucherNotOffered(kind=command.kind)
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    tier = draft.account.tier_at(case.stamp.occurred_at)
    if terms.tiers and tier not in terms.tiers:
        raise VoucherNotForTier(kind=command.kind, tier=tier)
    key, most = counted_as(terms), terms.times or 1
    before = used(case.account, key, terms.period or _PERIODS[terms.on], case.day)
    if before + command.quantity > most:
        raise LimitExceeded(limit=key, most=most, used=before, asked=command.quantity)
    worth = worth_of(terms, program)
    assert worth is not None
    for number in range(1, command.quantity + 1):
        issue(draft, terms, case.rules, number=number, worth_minor=worth, tier=tier)
    return draft.decided()


def decide_use_voucher(case: Case, command: UseVoucher) -> list[tuple[str, Event]]:
    """The voucher takes what it is worth off the bill, or all of the bill; it is used then.

    Raises UnknownVoucher, BeforeItsCause, VoucherAlreadyCancelled, VoucherAlreadyUsed,
    VoucherOutOfDate, BillTooSmall. That a lapse was recorded does not matter: only the day does.
    """
    named = _named(case, command)
    voucher = named.voucher
    _check_free(case, named)
    if command.bill_minor < voucher.min_bill_minor:
        raise BillTooSmall(
            voucher=voucher.request_id,
            bill_minor=command.bill_minor,
            min_bill_minor=voucher.min_bill_minor,
        )
    draft = case.draft()
    draft.add(
        VoucherUsed,
        **about(voucher),
        bill_minor=command.bill_minor,
        taken_minor=min(voucher.worth_minor, command.bill_minor),
        partner=command.partner,
        store=command.store,
        till=command.till,
        purchase_id=command.purchase_id,
    )
    return draft.decided()


def decide_give_back_voucher(case: Case, command: GiveBackVoucher) -> list[tuple[str, Event]]:
    """The use counts no more. Raises UnknownVoucher, VoucherNotUsed, BeforeItsCause."""
    named = _named(case, command)
    if named.use is None:
        raise VoucherNotUsed(voucher=command.voucher)
    case.check_follows("use of the voucher", command.voucher, named.use)
    draft = case.draft()
    give_back(draft, named.voucher, reason=command.reason)
    return draft.decided()


def decide_cancel_voucher(case: Case, command: CancelVoucher) -> list[tuple[str, Event]]:
    """The shop takes it back.

    Raises UnknownVoucher, BeforeItsCause, VoucherAlreadyCancelled, VoucherAlreadyUsed,
    VoucherOutOfDate.
    """
    named = _named(case, command)
    _check_free(case, named)
    draft = case.draft()
    draft.add(VoucherCancelled, **about(named.voucher), reason=command.reason)
    return draft.decided()


def decide_lapse_vouchers(case: Case, command: LapseVouchers) -> list[tuple[str, Event]]:
    """What lapsed by the end of `as_of`; nothing when nothing did. Raises DayNotOver."""
    if command.as_of >= case.day:
        raise DayNotOver(as_of=command.as_of.isoformat(), day=case.day.isoformat())
    if case.account.closed or case.account.merged_into:
        return []
    draft = case.draft()
    lapse_vouchers(draft, command.as_of)
    return draft.decided()


def give_back_with_goods(draft: Draft, purchase: PurchaseRecorded) -> None:
    """The vouchers used towards a receipt of which nothing is kept, as far as they come back."""
    assert draft.story is not None
    receipt = (purchase.partner, purchase.purchase_id)
    for told in draft.story.club.vouchers.values():
        use = told.use
        if use and (use.partner, use.purchase_id) == receipt and told.voucher.gives_back:
            give_back(draft, told.voucher, partner=receipt[0], purchase_id=receipt[1])


def leave_vouchers(draft: Draft, reason: str, *, forfeit: bool) -> None:
    """The vouchers of a member who leaves. Raises VouchersRemain."""
    lapse_vouchers(draft, draft.day - _ONE_DAY)
    left = draft.account.vouchers
    if left and not forfeit:
        worth = sum(voucher.worth_minor for voucher in left)
        raise VouchersRemain(member=draft.account.member, vouchers=len(left), worth_minor=worth)
    for voucher in left:
        draft.add(VoucherCancelled, **about(voucher), reason=reason, forfeited=True)


# -- the voucher that a command names --------------------------------------------------------------


def names_no_open_voucher(account: Account, command: NamesVoucher, _: Stamp, __: Rulebook) -> bool:
    """Only a voucher that can't be used any more is looked up in the story."""
    return account.voucher(_name(command)) is None


class _Named(Struct):
    """A voucher, and what is told of it where it can't be used any more."""

    voucher: Voucher
    told: VoucherStory | None

    @property
    def use(self) -> VoucherUsed | None:
        return self.told.use if self.told else None


def _name(command: NamesVoucher) -> VoucherName:
    return (command.voucher_source or command.source, command.voucher, command.number)


def _named(case: Case, command: NamesVoucher) -> _Named:
    """Raises UnknownVoucher."""
    name = _name(command)
    voucher = case.account.voucher(name)
    if voucher is not None:
        return _Named(voucher, None)
    told = case.story.club.vouchers.get(name) if case.story else None
    if told is None:
        raise UnknownVoucher(voucher=command.voucher, number=command.number)
    return _Named(told.voucher, told)


def _check_free(case: Case, named: _Named) -> None:
    """Whether it can be used, or cancelled, on the day of the command."""
    voucher, told, use = named.voucher, named.told, named.use
    name = voucher.request_id
    if told is not None:
        case.check_follows("voucher", name, told.issued)
        if told.state == "cancelled":
            raise VoucherAlreadyCancelled(voucher=name)
    if use is not None:
        places = (use.partner, use.store, use.till, use.purchase_id)
        raise VoucherAlreadyUsed(
            voucher=name,
            used_on=use.occurred_on.isoformat(),
            partner=use.partner,
            store=use.store,
            till=use.till,
            purchase_id=use.purchase_id,
            where=", ".join(place for place in places if place) or "-",
        )
    case.check_not_before("voucher", name, voucher.good_from)
    if voucher.expires_on is not None and voucher.expires_on < case.day:
        raise VoucherOutOfDate(voucher=name, expires_on=voucher.expires_on.isoformat())
