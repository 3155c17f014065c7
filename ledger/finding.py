"""Who a text means: a member's id, a card, a phone, the ending of a phone.

    resolve(desk, "13800138000")    Found("m-001", "phone", "138****8000")
    meanings(desk, "8000")          everybody whose phone ends so, masked
    hashes_of(desk, text)           a phone as commands have it

Shapes:
    Finder     where to look: the log's tables, the key, the region of short numbers
    Found      the one member that a text means, and by what
    Meaning    one of several things that it may mean
    CardLine   a card of a member
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from ledger.account import Account
from ledger.card_numbers import masked as masked_card
from ledger.card_numbers import plain
from ledger.errors import AmbiguousPhone, InvalidPhone, StoppedCard, UnknownPerson, WrongKey
from ledger.identifiers import PHONES_KEY
from ledger.keys import Keyring
from ledger.phones import (
    PhoneHashes,
    e164,
    ending_hash,
    ending_of,
    hashes,
    key_check,
    masked,
    masked_text,
    may_be_phone,
)
from ledger.store.sqlite import SQLiteRecorder
from schemas.codec import decode_event
from schemas.events import member_stream
from schemas.values import is_identifier

By = Literal["member", "card", "phone"]


class Found(Struct, frozen=True):
    """`member` is whom the text means, `by` what it is, `shown` how it may be shown (masked)."""

    member: str
    by: By
    shown: str


class Meaning(Struct, frozen=True):
    """A thing that a text may mean, also the `ending` of a phone; `shown` is masked.

    `stopped` says why a card is stopped, `since` from which day. `card` is a good card of the
    member, masked, to tell candidates apart by.
    """

    member: str
    by: By | Literal["ending"]
    shown: str
    stopped: str = ""
    since: dt.date | None = None
    card: str = ""


class CardLine(Struct, frozen=True):
    """A card that leads to a member; `issued_to` is who it was issued to, before any merge."""

    number: str
    issued_to: str
    stopped: str
    since: dt.date
    replaced_by: str


class Finder(Struct, frozen=True):
    """Where to look; `region` is where a number without a country code is from."""

    recorder: SQLiteRecorder
    keyring: Keyring
    region: Callable[[], str | None]


def resolve(finder: Finder, text: str, by: By | None = None) -> Found:
    """The one member that a text means; see `Ledger.resolve`."""
    name, card = text.strip(), plain(text)
    meant = _meant(finder, name, card) if by != "phone" else {}
    if "member" in meant and by != "card":
        return Found(name, "member", name)
    if "card" in meant and by != "member":
        member, why, position = meant["card"]
        if why:
            since = _since(finder.recorder, position).isoformat()
            raise StoppedCard(card=masked_card(card), why=why, since=since)
        return Found(member, "card", masked_card(card))
    found = _by_phone(finder, text) if by in (None, "phone") else None
    if found is not None:
        return found
    candidates = list(_by_ending(finder, text)) if by is None else []
    if candidates:
        raise AmbiguousPhone(candidates=", ".join(map(_candidate, candidates)))
    raise UnknownPerson(text=masked_text(text))


def meanings(finder: Finder, text: str) -> Iterator[Meaning]:
    """Everything that a text may mean, in the order in which `resolve` looks."""
    name, card = text.strip(), plain(text)
    meant = _meant(finder, name, card)
    if "member" in meant:
        yield Meaning(name, "member", name, card=_a_card(finder, name))
    if "card" in meant:
        member, why, position = meant["card"]
        since = _since(finder.recorder, position)
        yield Meaning(member, "card", masked_card(card), why, since, _a_card(finder, member))
    phone = _by_phone(finder, text)
    if phone is not None:
        yield Meaning(phone.member, "phone", phone.shown, card=_a_card(finder, phone.member))
    yield from _by_ending(finder, text)


def hashes_of(finder: Finder, text: str) -> PhoneHashes:
    """A phone's hashes under the store's key. Raises InvalidPhone, MissingKey, WrongKey."""
    return hashes(e164(text, finder.region()), _key(finder))


def card_lines(finder: Finder, account: Account, fold: Callable[[str], Account]) -> list[CardLine]:
    """The cards of an account, then those of accounts merged into it, in the order issued."""
    rows = finder.recorder.identifiers.of_member(account.member)
    kin = sorted({row.owner for row in rows if row.kind == "card"} - {account.member})
    return [
        CardLine(card.number, owner.member, card.stopped, card.since, card.replaced_by)
        for owner in (account, *map(fold, kin))
        for card in owner.cards
    ]


def _meant(finder: Finder, name: str, card: str) -> dict[str, tuple[str, str, int]]:
    """What the text is among ids and cards; what can't be an identifier is none."""
    if not is_identifier(name):
        return {}
    return finder.recorder.identifiers.meant(member_stream(name), card)


def _by_phone(finder: Finder, text: str) -> Found | None:
    """Whom a phone leads to. No key is needed where no phone was ever linked."""
    table = finder.recorder.identifiers
    if not may_be_phone(text) or table.find(PHONES_KEY) is None:
        return None
    try:
        phone = hashes_of(finder, text)
    except InvalidPhone:
        return None
    row = table.find(("phone", phone.phone))
    return None if row is None else Found(row.member, "phone", masked(text))


def _by_ending(finder: Finder, text: str) -> Iterator[Meaning]:
    ending, table = ending_of(text), finder.recorder.identifiers
    if ending is None or table.find(PHONES_KEY) is None:
        return
    for row in table.with_ending(ending_hash(ending, _key(finder))):
        yield Meaning(row.member, "ending", f"****{ending}", card=_a_card(finder, row.member))


def _key(finder: Finder) -> bytes:
    """The key, which must be that of the phones that are linked."""
    key = finder.keyring.key()
    used = finder.recorder.identifiers.find(PHONES_KEY)
    if used is not None and used.mark != key_check(key):
        raise WrongKey()
    return key


def _a_card(finder: Finder, member: str) -> str:
    """The first of the member's good cards, masked; '' where there is none."""
    rows = finder.recorder.identifiers.of_member(member)
    return next((masked_card(r.value) for r in rows if r.kind == "card" and not r.mark), "")


def _candidate(meaning: Meaning) -> str:
    return f"{meaning.member} (card {meaning.card})" if meaning.card else meaning.member


def _since(recorder: SQLiteRecorder, position: int) -> dt.date:
    """The business day of the event that an identifier is as it is by."""
    (row,) = recorder.select_span(position, position)
    return decode_event(row.topic, row.state).occurred_on
