"""Phones: linked, unlinked, moved; known by their hashes alone (docs/life.md)."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.account import Account, Phone
from ledger.case import Case
from ledger.decisions.cards import owners
from ledger.errors import PhoneIsLinked, PhoneNotLinked, PhoneTaken, WrongKey
from schemas.commands import LinkPhone, MovePhone, UnlinkPhone
from schemas.events import Event, PhoneLinked, PhoneUnlinked


def decide_link(case: Case, command: LinkPhone) -> list[tuple[str, Event]]:
    """The phone leads to the member. Raises WrongKey, PhoneIsLinked, PhoneTaken."""
    known, member = case.known, case.account.member
    assert known is not None
    if known.key_check and known.key_check != command.key_check:
        raise WrongKey()
    linked = known.named.get(("phone", command.phone))
    if linked is not None:
        raise (PhoneIsLinked if linked.member == member else PhoneTaken)(member=linked.member)
    draft = case.draft()
    draft.add(PhoneLinked, phone=command.phone, ending=command.ending, key_check=command.key_check)
    return draft.decided()


def decide_unlink(case: Case, command: UnlinkPhone) -> list[tuple[str, Event]]:
    """The phone leads nowhere. Raises PhoneNotLinked."""
    owner, phone = _owner(owners(case), command.phone, case.account.member)
    draft = case.draft_of(owner)
    draft.add(PhoneUnlinked, phone=phone.phone, reason=command.reason)
    return draft.decided()


def decide_move(case: Case, command: MovePhone) -> list[tuple[str, Event]]:
    """The phone of `other` leads to the member. Raises PhoneNotLinked."""
    assert case.other is not None
    assert case.known is not None
    owner, phone = _owner((case.other, *case.known.kin), command.phone, command.other)
    left, draft = case.draft_of(owner), case.draft()
    left.add(PhoneUnlinked, phone=phone.phone, moved_to=case.account.member, reason=command.reason)
    draft.add(
        PhoneLinked,
        phone=phone.phone,
        ending=phone.ending,
        key_check=phone.key_check,
        moved_from=command.other,
        reason=command.reason,
    )
    return left.decided() + draft.decided()


def _owner(accounts: Iterable[Account], wanted: str, member: str) -> tuple[Account, Phone]:
    """The account that the phone was linked to. Raises PhoneNotLinked."""
    for account in accounts:
        for phone in account.phones:
            if phone.phone == wanted:
                return account, phone
    raise PhoneNotLinked(member=member)
