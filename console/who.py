"""Whom a command means: every MEMBER may be a member's id, a card number or a phone number.

What was understood is said on standard error where it was not an id: `m-001 (card 6200...0013)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import failures
from console.words import _, marked

if TYPE_CHECKING:
    from ledger import Ledger

BY = {
    "member": marked("member"),
    "card": marked("card"),
    "phone": marked("phone"),
    "ending": marked("ending of a phone"),
}
"""What a text may be -> the words for it."""


def who(ledger: Ledger, text: str) -> str:
    """The id of the member that a text means, or a purse's name.

    A text that means nobody stays as it is, for the command to refuse, unless it may be a phone:
    that is refused here, without being shown. Raises UnknownPerson, StoppedCard, AmbiguousPhone.
    """
    from ledger.errors import UnknownPerson
    from schemas.events import is_purse

    if is_purse(text):
        return text
    try:
        found = ledger.resolve(text)
    except UnknownPerson:
        from ledger.phones import may_be_phone

        if may_be_phone(text):
            raise
        return text
    if found.by != "member":
        failures.say(f"{found.member} ({_(BY[found.by])} {found.shown})")
    return found.member
