"""What can be asked about the partners of the alliance.

Shapes:
    PartnerState   a partner as it stands today
    BlockLeft      a prepaid block and what is left of it
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct

from ledger.alliance import Partner, Pause
from ledger.application import LedgerApplication
from ledger.counters import Counters
from ledger.errors import UnknownPartner
from ledger.naming import Lack, lacks_of, lacks_with
from ledger.questions import Questions
from schemas.events import PointsBlockBought, TermsEvent
from schemas.program import Program


class BlockLeft(Struct, frozen=True):
    """`points` units were bought for `price_minor`; `left` of them are not drawn."""

    number: int
    bought_on: dt.date
    points: int
    price_minor: int
    left: int


class PartnerState(Struct, frozen=True):
    """A partner on the day that it is asked about; points units, days inclusive.

    `terms` are those that hold, the first where none does yet; `changes` those to come. `issued`
    and `redeemed` are what counts in the calendar month of the day, over all members.
    """

    id: str
    label: str
    state: Literal["to come", "takes part", "suspended", "left"]
    joined_on: dt.date
    last_day: dt.date | None
    pauses: tuple[Pause, ...]
    terms: TermsEvent
    changes: tuple[TermsEvent, ...]
    issued: int
    redeemed: int
    blocks: tuple[BlockLeft, ...]

    @property
    def prepaid_left(self) -> int:
        """What is left of all blocks."""
        return sum(block.left for block in self.blocks)


class PartnerQuestions(Questions):
    """Readings, each as of the moment that it is asked."""

    _application: LedgerApplication

    def partners(self) -> tuple[PartnerState, ...]:
        """Everyone who ever joined, by id."""
        partners = self._application.alliance().partners.values()
        joined = (partner for partner in partners if partner.joined_on)
        return tuple(map(self._state, sorted(joined, key=lambda partner: partner.id)))

    def partner(self, name: str) -> PartnerState:
        """One of them. Raises UnknownPartner."""
        partner = self._application.alliance().partner(name)
        if partner.joined_on is None:
            raise UnknownPartner(partner=name)
        return self._state(partner)

    def lacks_of(self, terms: TermsEvent) -> list[Lack]:
        """What a partner's terms name and versions of the program lack (docs/alliance.md)."""
        partner = self._application.alliance().partner(terms.partner)
        return lacks_of(self._rulebook, partner, [terms])

    def lacks_with(self, program: Program) -> list[Lack]:
        """What partners' terms name and one more version would take (docs/alliance.md)."""
        return lacks_with(self._rulebook, self._application.alliance(), program)

    def _state(self, partner: Partner) -> PartnerState:
        assert partner.joined_on is not None
        today, counters = self.today(), Counters(self._recorder.counters)
        left = {block.block: block.points for block in counters.blocks(partner.id)}
        return PartnerState(
            id=partner.id,
            label=partner.label,
            state=_state_on(partner, today),
            joined_on=partner.joined_on,
            last_day=partner.last_day,
            pauses=partner.pauses,
            terms=partner.terms_on(today) or partner.terms[0],
            changes=tuple(terms for terms in partner.terms if terms.effective_from > today),
            issued=counters.in_month(partner.id, "issued", today),
            redeemed=counters.in_month(partner.id, "redeemed", today),
            blocks=tuple(_block(block, left.get(block.block, 0)) for block in partner.blocks),
        )


def _state_on(
    partner: Partner, day: dt.date
) -> Literal["to come", "takes part", "suspended", "left"]:
    if partner.joined_on is not None and day < partner.joined_on:
        return "to come"
    if not partner.is_member_on(day):
        return "left"
    return "suspended" if partner.is_paused_on(day) else "takes part"


def _block(event: PointsBlockBought, left: int) -> BlockLeft:
    return BlockLeft(event.block, event.occurred_on, event.points, event.price_minor, left)
