"""What a bank tells of its co-branded cards."""

from __future__ import annotations

from schemas.commands.base import MemberCommand, SignedQuantity
from schemas.values import Name


class AccrueCobrand(MemberCommand, frozen=True, kw_only=True):
    """`spend_minor` spent elsewhere with the card `cobrand` of the program.

    Below zero it corrects what was told before. `reference` is the bank's; `occurred_at` is when
    the bank posted it, whose day says which month it counts in.
    """

    cobrand: Name
    spend_minor: SignedQuantity
    reference: Name
