"""What the invoices of an Online Retail file ask of the ledger, in order of business time.

An invoice is a purchase with its lines. A C-invoice is a return for each purchase that it touches:
its rows are matched to earlier purchases of the same member and product, the latest first, while
they have units left. All of this is computed from the file alone, so it is the same whenever the
file is fed, and so are the request ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from msgspec import Struct

from console.online_retail_fates import NoEarlierPurchase, ReturnedInPart
from console.online_retail_rows import Invoice
from console.posting import request_id
from schemas.commands import LineItem, RecordPurchase, ReturnedItem, ReturnPurchase
from schemas.errors import JifenError

_NO_EARLIER_PURCHASE = NoEarlierPurchase()


class Step(Struct, frozen=True):
    """A command and the rows that it is made of, by their places in the file.

    `credited_minor` is what a C-invoice credits for the units that come back.
    """

    command: RecordPurchase | ReturnPurchase
    rows: Sequence[int]
    credited_minor: Fraction = Fraction(0)


class Steps(Struct, frozen=True):
    """What one invoice asks for, and its rows that can't be returned, or only in part."""

    steps: list[Step]
    rejected: list[tuple[int, JifenError]]


class _Bought(Struct):
    """A line of a purchase with the units that have not come back."""

    purchase: str
    line: int
    left: int


class _Return(Struct):
    """What a C-invoice returns of one purchase: units by line, and the rows that say so."""

    units: dict[int, int]
    rows: list[int]
    credited_minor: Fraction = Fraction(0)


class Bought:
    """What has been bought and may come back, by member and product, the latest last.

    Only of what some C-invoice asks for: `(member, product)` pairs in `wanted`.
    """

    def __init__(self, wanted: Iterable[tuple[str, str]]) -> None:
        self._lines: dict[tuple[str, str], list[_Bought]] = {pair: [] for pair in wanted}

    def add(self, invoice: Invoice) -> None:
        """Remember the lines of a purchase. One without money can't be returned: it has no units
        that the ledger would keep."""
        lines = zip(invoice.products, invoice.units, invoice.money, strict=True)
        for line, (product, units, money) in enumerate(lines, start=1):
            kept = self._lines.get((invoice.member, product))
            if kept is not None and money:
                kept.append(_Bought(invoice.number, line, units))

    def take(self, member: str, product: str, units: int) -> Iterator[tuple[str, int, int]]:
        """(purchase, line, units) for as many of `units` as are left, the latest purchase first."""
        kept = self._lines[member, product]
        while units and kept:
            last = kept[-1]
            taken = min(units, last.left)
            yield last.purchase, last.line, taken
            units -= taken
            last.left -= taken
            if not last.left:
                kept.pop()


def steps_of(invoices: Iterable[Invoice], source: str) -> Iterator[Steps]:
    """What each of the invoices, given in order of business time, asks of the ledger."""
    invoices = list(invoices)
    bought = Bought(
        (invoice.member, product)
        for invoice in invoices
        if invoice.cancels
        for product in invoice.products
    )
    for invoice in invoices:
        if invoice.cancels:
            yield _returns(invoice, bought, source)
        else:
            bought.add(invoice)
            yield Steps([Step(_purchase(invoice, source), invoice.rows)], [])


def _purchase(invoice: Invoice, source: str) -> RecordPurchase:
    lines = zip(invoice.products, invoice.units, invoice.money, strict=True)
    return RecordPurchase(
        member=invoice.member,
        purchase_id=invoice.number,
        request_id=request_id(f"purchase:{invoice.number}"),
        source=source,
        occurred_at=invoice.at,
        amount_minor=sum(invoice.money),
        lines=tuple(
            LineItem(sku=product, quantity=units, amount_minor=money)
            for product, units, money in lines
        ),
    )


def _returns(invoice: Invoice, bought: Bought, source: str) -> Steps:
    returns: dict[str, _Return] = {}
    rejected: list[tuple[int, JifenError]] = []
    rows = zip(invoice.rows, invoice.products, invoice.units, invoice.money, strict=True)
    for row, product, units, money in rows:
        left = units
        for purchase, line, taken in bought.take(invoice.member, product, units):
            back = returns.setdefault(purchase, _Return({}, []))
            back.units[line] = back.units.get(line, 0) + taken
            back.rows.append(row)
            back.credited_minor += Fraction(money * taken, units)
            left -= taken
        if left == units:
            rejected.append((row, _NO_EARLIER_PURCHASE))
        elif left:
            rejected.append((row, ReturnedInPart(returned=units - left, units=units)))
    steps = [
        Step(_return(invoice, purchase, back, place, source), back.rows, back.credited_minor)
        for place, (purchase, back) in enumerate(returns.items(), start=1)
    ]
    return Steps(steps, rejected)


def _return(
    invoice: Invoice, purchase: str, back: _Return, place: int, source: str
) -> ReturnPurchase:
    return ReturnPurchase(
        member=invoice.member,
        purchase_id=purchase,
        # Its place, not the purchase: should the file have changed and the match be another, this
        # is a conflict, and nothing comes back twice.
        request_id=request_id(f"return:{place}:{invoice.number}"),
        source=source,
        occurred_at=invoice.at,
        return_id=invoice.number,
        items=tuple(
            ReturnedItem(line=line, quantity=units) for line, units in sorted(back.units.items())
        ),
    )
