"""What is kept of a purchase after returns, and what comes back with one more (RULES 14, 17).

Shapes:
    kept_of       a purchase's story -> the Sale with what is kept
    coming_back   a return's command -> Back: lines and money, and what is kept after it
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.errors import ReturnExceedsPurchase
from ledger.sale import KeptLine, Sale, sale_of
from ledger.told import PurchaseStory
from schemas.commands import ReturnedItem, ReturnPurchase
from schemas.events import ReturnedLine


class Back(Struct, frozen=True):
    """What comes back: by line, or an amount; `kept` is the sale after it."""

    returned: tuple[ReturnedLine, ...]
    amount_minor: int
    kept: Sale

    @property
    def whole(self) -> bool:
        """Whether nothing of the purchase's money is kept."""
        return self.kept.kept_minor == 0


def kept_of(told: PurchaseStory) -> Sale:
    """The purchase with what earlier returns left of it."""
    sale = sale_of(told.event)
    if not told.lines and not told.taken_off:
        return sale
    lines = tuple(_less(kept, *told.lines.get(kept.line.line, (0, 0))) for kept in sale.lines)
    return replace(sale, lines=lines, taken_off=told.taken_off)


def coming_back(told: PurchaseStory, command: ReturnPurchase) -> Back:
    """What a return brings. Raises ReturnExceedsPurchase."""
    kept = kept_of(told)
    if told.whole:
        raise _exceeds(told, "all of it came back before")
    if command.items:
        by_line = {line.line.line: line for line in kept.lines}
        returned: list[ReturnedLine] = []
        left = kept.kept_minor
        for item in command.items:
            returned.append(_item(told, by_line, item, left))
            left -= returned[-1].amount_minor
        return _by_line(kept, tuple(returned))
    if command.amount_minor is None and not kept.taken_off:
        every = (ReturnedLine(k.line.line, k.quantity, k.amount_minor) for k in kept.lines)
        return _by_line(kept, tuple(r for r in every if r.quantity or r.amount_minor))
    amount = kept.kept_minor if command.amount_minor is None else command.amount_minor
    if amount > kept.kept_minor:
        raise _exceeds(told, f"{amount} of money, {kept.kept_minor} is kept")
    return Back((), amount, replace(kept, taken_off=kept.taken_off + amount))


def _by_line(kept: Sale, returned: tuple[ReturnedLine, ...]) -> Back:
    amount = sum(line.amount_minor for line in returned)
    gone = {line.line: (line.quantity, line.amount_minor) for line in returned}
    lines = tuple(_less(line, *gone.get(line.line.line, (0, 0))) for line in kept.lines)
    return Back(returned, amount, replace(kept, lines=lines))


def _less(kept: KeptLine, units: int, money: int) -> KeptLine:
    """A line with less of it kept; without money no units are kept either."""
    left = kept.amount_minor - money
    quantity = kept.quantity - units
    if kept.line.amount_minor and not left:
        quantity = 0
    return KeptLine(kept.line, quantity, left)


def _item(
    told: PurchaseStory, by_line: dict[int, KeptLine], item: ReturnedItem, left: int
) -> ReturnedLine:
    """What an item brings, `left` being the money that is kept of the whole."""
    kept = by_line.get(item.line)
    if kept is None:
        raise _exceeds(told, f"there is no line {item.line}")
    if not kept.quantity and not kept.amount_minor:
        raise _exceeds(told, f"line {item.line} came back before")
    if item.amount_minor is not None:
        most = min(kept.amount_minor, left)
        if item.amount_minor > most:
            raise _exceeds(told, f"line {item.line} has {most} of money kept")
        return ReturnedLine(item.line, 0, item.amount_minor)
    units = kept.quantity if item.quantity is None else item.quantity
    if units > kept.quantity:
        raise _exceeds(told, f"line {item.line} has {kept.quantity} units kept")
    if units == kept.quantity:
        return ReturnedLine(item.line, units, min(kept.amount_minor, left))
    before = told.lines.get(item.line, (0, 0))[0]
    money = _money_of(kept, before + units) - _money_of(kept, before)
    return ReturnedLine(item.line, units, min(money, kept.amount_minor, left))


def _money_of(kept: KeptLine, units: int) -> int:
    """The line's money for its first units, rounded down."""
    return kept.line.amount_minor * units // kept.line.quantity


def _exceeds(told: PurchaseStory, reason: str) -> ReturnExceedsPurchase:
    return ReturnExceedsPurchase(purchase_id=told.event.purchase_id, reason=reason)
