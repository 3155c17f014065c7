"""Who is let in: what must hold of the accounts before a command is judged (docs/life.md).

Shapes:
    Procedure   a row of the table of commands: the decision, and what it needs
    admit       the checks that all commands share, in their order
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from ledger.account import Account
from ledger.alliance import Partner
from ledger.card_numbers import plain
from ledger.case import Case, Stamp
from ledger.errors import (
    AccountClosed,
    AccountFrozen,
    AccountMerged,
    AlreadyEnrolled,
    ClaimWindowClosed,
    NotForPurses,
    NotMerged,
    PartnerNotMember,
    PartnerPaused,
    PurseExists,
    TermsLack,
    UnknownMember,
    UnknownPartner,
    UnknownPurse,
)
from ledger.identifiers import Key
from ledger.rules import Rulebook
from schemas.commands import AccrueCobrand, RecordPurchase, UseBenefit, UseVoucher
from schemas.events import PURSE_PREFIX, Event, TermsEvent, is_purse

State = Literal["open", "absent", "merged", "any"]
Needs = Callable[[Account, Any, Stamp, Rulebook], bool]
Names = Callable[[Any], str]
Keys = Callable[[Any], tuple[Key, ...]]


def needs_never(_: Account, __: Any, ___: Stamp, ____: Rulebook) -> bool:
    """The account alone is enough."""
    return False


def needs_always(_: Account, __: Any, ___: Stamp, ____: Rulebook) -> bool:
    """The command names something of the past."""
    return True


def needs_when_late(account: Account, _: Any, stamp: Stamp, __: Rulebook) -> bool:
    """Points that were good on the command's day may have expired by now, or will by its events."""
    through, now = account.lapsed_through, stamp.now or stamp.occurred_at
    if through is not None and through >= stamp.occurred_on:
        return True
    return now > stamp.occurred_at and any(hold.lapses_at <= now for hold in account.holds)


def ends_hold(account: Account, command: Any, stamp: Stamp, rulebook: Rulebook) -> bool:
    """Only a hold that is not open any more is looked up."""
    source = command.hold_source or command.source
    return account.hold(source, command.hold) is None or needs_when_late(
        account, command, stamp, rulebook
    )


def no_other(_: Any) -> str:
    """The command is about one account."""
    return ""


def named(field: str) -> Names:
    """The second account is the one that a field names, if it names one."""

    def name_of(command: Any) -> str:
        return str(getattr(command, field))

    return name_of


def purse_of(command: Any) -> str:
    """The second account is the purse."""
    return PURSE_PREFIX + str(command.purse)


def spender_of(command: Any) -> str:
    """Who spends from a purse is the second account; else there is none."""
    return str(command.spender) if is_purse(command.member) else ""


def none_named(_: Any) -> tuple[Key, ...]:
    """It is about cards or phones that the account has."""
    return ()


def card_in(field: str) -> Keys:
    """A field has the number of a new card; ("card", "") is the next free one."""

    def key_of(command: Any) -> tuple[Key, ...]:
        return (("card", plain(getattr(command, field))),)

    return key_of


def phone_in(command: Any) -> tuple[Key, ...]:
    """A phone that may be linked to someone."""
    return (("phone", command.phone),)


class Procedure(Struct, frozen=True):
    """How a command is judged.

    `story` tells whether the case needs the account's story; `other` names the second account, ""
    for none; `own` and `other_state` say how the accounts must be found; `purses` that it may be
    about a purse; `spends` and `other_spends` that a frozen account refuses it.
    `names` are the identifiers that it looks up in the whole program, None where it is about none;
    `holder` is the account whose cards and phones it is about.
    """

    decide: Callable[[Case, Any], list[tuple[str, Event]]]
    story: Needs = needs_never
    other: Names = no_other
    own: State = "open"
    other_state: State = "open"
    purses: bool = False
    spends: bool = False
    other_spends: bool = False
    names: Keys | None = None
    holder: Names = named("member")


def admit(procedure: Procedure, case: Case, command: Any) -> None:
    """Raises the first rejection that stands against the accounts."""
    account, other = case.account, case.other
    if account.is_purse and not procedure.purses:
        raise NotForPurses(purse=account.member)
    _check_state(account, procedure.own, account.member)
    if other is not None:
        _check_state(other, procedure.other_state, account.member)
    if account.frozen and (procedure.spends or _earns_frozen(case, command)):
        raise AccountFrozen(member=account.member)
    if other is not None and other.frozen and (procedure.other_spends or account.is_purse):
        raise AccountFrozen(member=other.member)
    if case.at is not None and case.at.asked is not None:
        _check_partner(case.at.asked, case.at.terms, case, command)


def _check_state(account: Account, state: State, own: str) -> None:
    if state == "open" and account.version and not (account.closed or account.merged_into):
        return
    if state == "absent":
        if account.exists and account.is_purse:
            raise PurseExists(purse=account.member)
        if account.exists:
            raise AlreadyEnrolled(member=account.member)
        return
    if not account.exists:
        if account.is_purse:
            raise UnknownPurse(purse=account.member)
        raise UnknownMember(member=account.member)
    if state == "any":
        return
    if account.closed:
        raise AccountClosed(member=account.member)
    if state == "merged":
        if account.merged_into != own:
            raise NotMerged(member=own, other=account.member)
    elif account.merged_into:
        raise AccountMerged(member=account.member, into=account.merged_into)


def _check_partner(partner: Partner, terms: TermsEvent | None, case: Case, command: Any) -> None:
    """Whether it takes part on the day, and its terms have what the command needs."""
    day = case.day
    if partner.joined_on is None:
        raise UnknownPartner(partner=partner.id)
    if terms is None or not partner.is_member_on(day):
        raise PartnerNotMember(partner=partner.id, day=day.isoformat())
    if partner.is_paused_on(day):
        raise PartnerPaused(partner=partner.id, day=day.isoformat())
    if isinstance(command, UseVoucher | UseBenefit):
        return  # No points move; the shop gives what it gives for its own account.
    if type(command) is not RecordPurchase:
        if not terms.redeem_points:
            raise TermsLack(partner=partner.id, section="redeem", day=day.isoformat())
        return
    recorded_on = case.rules.day(case.stamp.now or case.stamp.occurred_at)
    if terms.claim_days is not None and (recorded_on - day).days > terms.claim_days:
        last = day + dt.timedelta(days=terms.claim_days)
        raise ClaimWindowClosed(partner=partner.id, last_day=last.isoformat())


def _earns_frozen(case: Case, command: Any) -> bool:
    earns = type(command) is RecordPurchase or (
        type(command) is AccrueCobrand and command.spend_minor > 0
    )
    return earns and not case.rules.program.frozen_earns
