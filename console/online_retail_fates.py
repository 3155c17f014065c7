"""What becomes of each row of an Online Retail file, and the reasons that keep one out.

The reasons stand in the order of the rule by which the file is cleaned in the literature: no
customer, then C-invoices, then quantity, then price. A row has the first that holds.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Final, NamedTuple

from console.words import marked
from schemas.errors import InvalidInput, JifenError

_FEED_AGAIN = marked("mend it in the file and feed the whole file again")


class InvalidQuantity(InvalidInput):
    """Fields: text."""

    code = "invalid_quantity"
    template = marked("{text!r} is not a whole number of units")
    hint = marked("write whole units, below zero on a C-invoice; then feed the rejects file")


class SeveralMembers(InvalidInput):
    """An invoice whose rows name more than one customer. Fields: invoice, member, other."""

    code = "several_members"
    template = marked("invoice {invoice} is of {member}, the row of {other}")
    hint = marked("name one customer on all rows of the invoice and feed the rejects file")


class InvoiceIncomplete(InvalidInput):
    """A row that waits for another of its invoice. Fields: invoice, line."""

    code = "invoice_incomplete"
    template = marked("invoice {invoice} is held back: its row on line {line} can't be read")
    hint = marked("mend that row and feed the rejects file, which has the whole invoice")


class NoCustomer(InvalidInput):
    """No fields, like most reasons here: one instance serves all rows."""

    code = "no_customer"
    template = marked("the row names no customer")
    hint = marked("fill in the customer and feed the rejects file")


class Adjustment(InvalidInput):
    """A row of an A-invoice."""

    code = "adjustment"
    template = marked("an A-invoice adjusts the books: nothing was sold")


class NotAReturn(InvalidInput):
    """A row of a C-invoice without units that come back."""

    code = "not_a_return"
    template = marked("a C-invoice without units below zero: nothing came back")


class NoUnits(InvalidInput):
    """A quantity of zero or below on an invoice that cancels nothing."""

    code = "negative_quantity"
    template = marked("no units above zero, and not on a C-invoice: nothing was sold")


class ZeroPrice(InvalidInput):
    """A row at a price of zero."""

    code = "zero_price"
    template = marked("the price is zero: nothing was paid")


class NegativePrice(InvalidInput):
    """A row at a price below zero."""

    code = "negative_price"
    template = marked("the price is below zero: nothing was paid")


class NoEarlierPurchase(InvalidInput):
    """A return of what the file does not show as bought and kept until then."""

    code = "no_earlier_purchase"
    template = marked("the member has no earlier purchase of the product with units left")
    hint = _FEED_AGAIN


class ReturnedInPart(InvalidInput):
    """A return of more units than are left of earlier purchases. Fields: returned, units."""

    code = "returned_in_part"
    template = marked("{returned} of {units} units were returned; no purchase is left for the rest")
    hint = _FEED_AGAIN


UNSETTLED: Final = 0
POSTED: Final = 1
RETURNED: Final = 2
DUPLICATE: Final = 3
_FIRST_REASON: Final = 4


class Reason(NamedTuple):
    """How many rows an error's code keeps out, and the first such error."""

    rows: int
    example: JifenError


class Fates:
    """Each row's fate by its place in the file: one of the constants above, or an error.

    A row costs four bytes; an error that serves many rows is held once.
    """

    def __init__(self) -> None:
        self._of_row = array("i")
        self._errors: list[JifenError] = []
        self._place: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._of_row)

    def add(self) -> int:
        """The place of one row more, whose fate is open."""
        self._of_row.append(UNSETTLED)
        return len(self._of_row) - 1

    def reject(self, row: int, error: JifenError) -> None:
        """Keep a row out, whatever else was said of it."""
        place = self._place.get(id(error))
        if place is None:
            # What was raised would hold the row, and all that was at hand, through its trace.
            error.__traceback__ = None
            # The list keeps the error alive, so that its id stays its own.
            place = self._place[id(error)] = len(self._errors)
            self._errors.append(error)
        self._of_row[row] = _FIRST_REASON + place

    def settle(self, row: int, fate: int) -> None:
        """Say what was done with a row: of several parts, a rejected one counts before a new one,
        and a new one before one that was there."""
        before = self._of_row[row]
        if before < _FIRST_REASON and (before == UNSETTLED or fate < before):
            self._of_row[row] = fate

    def error_of(self, row: int) -> JifenError | None:
        """Why a row is kept out; None where it is not."""
        fate = self._of_row[row]
        return self._errors[fate - _FIRST_REASON] if fate >= _FIRST_REASON else None

    def counts(self) -> Counter[int]:
        """Rows by fate; every error counts as its own fate."""
        return Counter(self._of_row)

    def reasons(self) -> dict[str, Reason]:
        """The rows that are kept out by code, the most frequent first."""
        found: dict[str, Reason] = {}
        for fate, rows in sorted(self.counts().items()):
            if fate >= _FIRST_REASON:
                error = self._errors[fate - _FIRST_REASON]
                before = found.get(error.code, Reason(0, error))
                found[error.code] = before._replace(rows=before.rows + rows)
        return dict(sorted(found.items(), key=lambda item: (-item[1].rows, item[0])))
