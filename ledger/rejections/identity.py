"""Refusals about what a member is found by: cards and phones.

No error holds a phone number: a text that may be one comes masked (ledger/phones.py).
"""

from __future__ import annotations

from ledger.rejections.always import Rejection


class UnknownPerson(Rejection):
    """Fields: text (masked where it may be a phone)."""

    code = "unknown_person"
    template = "nobody is found by {text!r}: no member, no card, no phone"
    hint = "check the number, or ask for another: member id, card or phone"


class AmbiguousPhone(Rejection):
    """Fields: candidates (each with a masked card, in one text); `Ledger.find` lists them."""

    code = "ambiguous_phone"
    template = "four digits don't say who it is; their phone ends so: {candidates}"
    hint = "ask for the whole number, or the card"


class StoppedCard(Rejection):
    """Fields: card, why, since (the business day)."""

    code = "stopped_card"
    template = "card {card} was stopped on {since}: {why}"
    hint = "find the member by phone or member id; issue a new card, or unblock a blocked one"


class UnknownCard(Rejection):
    """Fields: member, card."""

    code = "unknown_card"
    template = "{member!r} has no card {card}"
    hint = "look up the member's cards with `jifen card list`"


class CardTaken(Rejection):
    """Fields: card, member (whom it leads to)."""

    code = "card_taken"
    template = "card {card} was issued before, to {member!r}"
    hint = "a number is issued once, also after the card was stopped: take another"


class CardReplaced(Rejection):
    """Fields: card, by."""

    code = "card_replaced"
    template = "card {card} was replaced already, by {by}"
    hint = "replace the newer card"


class CardNotBlocked(Rejection):
    """Fields: card, status."""

    code = "card_not_blocked"
    template = "card {card} is not blocked: {status}"
    hint = "what is lost or damaged stays stopped: replace the card"


class WrongCardNumber(Rejection):
    """Fields: card, reason."""

    code = "wrong_card_number"
    template = "{card} is not a card number of the program: {reason}"
    hint = "read the number again; [cards] in the program says what it looks like"


class NoCardNumbers(Rejection):
    """Fields: reason."""

    code = "no_card_numbers"
    template = "there is no next card number: {reason}"
    hint = "name a number, or publish a program with room under [cards]"


class PhoneTaken(Rejection):
    """Fields: member (whom it leads to)."""

    code = "phone_taken"
    template = "the phone is linked to {member!r}"
    hint = "if it is this person's now, move it: `jifen phone move`, with operator and reason"


class PhoneIsLinked(Rejection):
    """Fields: member."""

    code = "phone_is_linked"
    template = "the phone is linked to {member!r} already"


class PhoneNotLinked(Rejection):
    """Fields: member."""

    code = "phone_not_linked"
    template = "the phone is not linked to {member!r}"
    hint = "see whom it leads to with `jifen find`"


class WrongKey(Rejection):
    """Fields: none. Phones that were linked before would not be found."""

    code = "wrong_key"
    template = "this is not the key that the phones of this store are hashed under"
    hint = "give the key that was made with the store: its .key file, or JIFEN_KEY"


class MissingKey(Rejection):
    """Fields: path, reason."""

    code = "missing_key"
    template = "phones need the store's key, and {path} can't be read: {reason}"
    hint = (
        "put the file back or give the key as JIFEN_KEY;"
        " a store that never had one gets it with `jifen key create`"
    )


class KeyInUse(Rejection):
    """Fields: path. A new key would make every linked phone unknown."""

    code = "key_in_use"
    template = "phones were linked under a key already: {path} was not made"
    hint = "put the old key back, from a backup"
