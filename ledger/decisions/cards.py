"""Cards: issued, replaced, stopped, unblocked (docs/life.md)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.account import Account, Card
from ledger.card_numbers import check_number, next_number, plain
from ledger.case import Case, Draft
from ledger.errors import CardNotBlocked, CardReplaced, CardTaken, StoppedCard, UnknownCard
from schemas.commands import IssueCard, ReplaceCard, StopCard, UnblockCard
from schemas.events import CardIssued, CardStopped, CardUnblocked, Event

_BLOCKED = "blocked"
_GOOD = "good"


def decide_issue(case: Case, command: IssueCard) -> list[tuple[str, Event]]:
    """A card more. Raises WrongCardNumber, NoCardNumbers, CardTaken."""
    draft = case.draft()
    draft.add(CardIssued, card=_new_number(case, command.card))
    return draft.decided()


def decide_replace(case: Case, command: ReplaceCard) -> list[tuple[str, Event]]:
    """The old card stops and the new one is good, together.

    Raises UnknownCard, CardReplaced, StoppedCard, and what a new card may be refused for.
    """
    draft, card = _owner(case, command.card)
    if card.replaced_by:
        raise CardReplaced(card=card.number, by=card.replaced_by)
    if card.stopped == _BLOCKED:
        raise _stopped(card)
    number = _new_number(case, command.by)
    if not card.stopped:
        draft.add(CardStopped, card=card.number, stopped_for=command.why, replaced_by=number)
    draft.add(CardIssued, card=number, replaces=card.number)
    return draft.decided()


def decide_stop(case: Case, command: StopCard) -> list[tuple[str, Event]]:
    """The card leads nowhere. Raises UnknownCard, StoppedCard."""
    draft, card = _owner(case, command.card)
    if card.stopped and (card.stopped != _BLOCKED or command.why == _BLOCKED):
        raise _stopped(card)
    draft.add(CardStopped, card=card.number, stopped_for=command.why)
    return draft.decided()


def decide_unblock(case: Case, command: UnblockCard) -> list[tuple[str, Event]]:
    """A blocked card is good again. Raises UnknownCard, CardNotBlocked."""
    draft, card = _owner(case, command.card)
    if card.stopped != _BLOCKED:
        raise CardNotBlocked(card=card.number, status=card.stopped or _GOOD)
    draft.add(CardUnblocked, card=card.number)
    return draft.decided()


def owners(case: Case) -> Iterator[Account]:
    """The account, then those that are part of it and have cards or phones of their own."""
    assert case.known is not None
    yield case.account
    yield from case.known.kin


def _owner(case: Case, text: str) -> tuple[Draft, Card]:
    """The card, and a sheet for the account that it was issued to. Raises UnknownCard."""
    number = plain(text)
    for account in owners(case):
        for card in account.cards:
            if card.number == number:
                return case.draft_of(account), card
    raise UnknownCard(member=case.account.member, card=number)


def _new_number(case: Case, text: str) -> str:
    """A number that can be issued: the one named, or the next. Raises what is in its way."""
    assert case.known is not None
    cards = case.rules.program.cards
    if not text:
        return next_number(case.known.highest_card, cards)
    number = plain(text)
    check_number(number, cards)
    taken = case.known.named.get(("card", number))
    if taken is not None:
        raise CardTaken(card=number, member=taken.member)
    return number


def _stopped(card: Card) -> StoppedCard:
    return StoppedCard(card=card.number, why=card.stopped, since=card.since.isoformat())
