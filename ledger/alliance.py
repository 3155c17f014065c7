"""The alliance: partners with their terms, and the periods that were settled.

Shapes:
    Partner          one partner, folded from its stream
    Alliance         all partners by id, and the settlement's stream
    evolve_alliance  the alliance after one more event of one of those streams

It is small, kept whole in memory like the versions of the program, and asked by business day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from schemas.events import (
    PARTNER_PREFIX,
    SETTLEMENT_STREAM,
    AllianceEvent,
    DisputeDecided,
    Event,
    LineDisputed,
    PartnerEvent,
    PartnerJoined,
    PartnerLeft,
    PartnerResumed,
    PartnerSuspended,
    PeriodSettled,
    PointsBlockBought,
    TermsEvent,
)


class Pause(Struct, frozen=True):
    """A partner does not take part from `starts_on` to before `until`; None is no end yet."""

    starts_on: dt.date
    until: dt.date | None = None


class Partner(Struct, frozen=True):
    """A partner; `terms` are in the order of the days from which they hold, then as recorded.

    `agreed` are all that ever were, in the order recorded: a purchase names its terms by their
    number there, from 1; what an earlier stay had planned for days of a later one is there alone.
    `stays` are the first and last days of each time that it took part; `joined_on` is the first of
    all, `last_day` the last, and None is no end yet. `version` counts the events of its stream; a
    stream that only has declined transfers is of no partner, and has no `terms`.
    """

    id: str
    version: int = 0
    terms: tuple[TermsEvent, ...] = ()
    agreed: tuple[TermsEvent, ...] = ()
    stays: tuple[tuple[dt.date, dt.date | None], ...] = ()
    joined_on: dt.date | None = None
    last_day: dt.date | None = None
    pauses: tuple[Pause, ...] = ()
    blocks: tuple[PointsBlockBought, ...] = ()

    @property
    def label(self) -> str:
        """The name that people know it by: its label, else its id."""
        return (self.terms[-1].label if self.terms else "") or self.id

    def terms_on(self, day: dt.date) -> TermsEvent | None:
        """What is agreed for a day; None before the first terms."""
        found = None
        for terms in self.terms:
            if terms.effective_from > day:
                break
            found = terms
        return found

    def has_price(self, section: str, day: dt.date) -> bool:
        """Whether the terms of a day have a section with a price: `issue`, `redeem`, ..."""
        terms = self.terms_on(day)
        return terms is not None and getattr(terms, f"{section}_points") > 0

    def number_of(self, terms: TermsEvent) -> int:
        """The number of terms among all that were agreed, from 1."""
        return self.agreed.index(terms) + 1

    @property
    def agreed_days(self) -> Iterator[tuple[TermsEvent, dt.date, dt.date]]:
        """Terms, with the first and the last of the days that it takes part on by them."""
        for number, terms in enumerate(self.terms, start=1):
            end = dt.date.max
            if number < len(self.terms):
                end = self.terms[number].effective_from - dt.timedelta(days=1)
            for joined_on, left_on in self.stays:
                first, last = max(joined_on, terms.effective_from), min(left_on or end, end)
                if first <= last:
                    yield terms, first, last

    def is_member_on(self, day: dt.date) -> bool:
        """Whether it had joined and not left, suspended or not."""
        return any(first <= day and (last is None or day <= last) for first, last in self.stays)

    def is_paused_on(self, day: dt.date) -> bool:
        """Whether it was suspended."""
        return any(
            pause.starts_on <= day and (pause.until is None or day < pause.until)
            for pause in self.pauses
        )


class Alliance(Struct, frozen=True):
    """All partners by id, and what the settlement's stream has.

    `settled` are the closed periods, oldest first; `disputes` and `decisions` go by the dispute's
    (source, request id).
    """

    partners: dict[str, Partner] = {}
    settlement_version: int = 0
    settled: tuple[PeriodSettled, ...] = ()
    disputes: dict[tuple[str, str], LineDisputed] = {}
    decisions: dict[tuple[str, str], DisputeDecided] = {}

    @property
    def has_partners(self) -> bool:
        """Whether anyone ever joined."""
        return any(partner.joined_on for partner in self.partners.values())

    @property
    def settled_through(self) -> dt.date | None:
        """The last day of the last closed period."""
        return self.settled[-1].ends_on if self.settled else None

    def partner(self, name: str) -> Partner:
        """A partner; one of version 0 where there is none."""
        return self.partners.get(name) or Partner(name)

    def version_of(self, stream: str) -> int:
        """How many events a stream of the alliance has."""
        if stream == SETTLEMENT_STREAM:
            return self.settlement_version
        return self.partner(stream.removeprefix(PARTNER_PREFIX)).version


NO_ALLIANCE: Final = Alliance()


def is_alliance(stream: str) -> bool:
    """Whether a stream is a partner's, or the settlement's."""
    return stream == SETTLEMENT_STREAM or stream.startswith(PARTNER_PREFIX)


def stream_of(event: AllianceEvent) -> str:
    """The stream that an event of the alliance belongs to."""
    if isinstance(event, PartnerEvent):
        return PARTNER_PREFIX + event.partner
    return SETTLEMENT_STREAM


def evolve_alliance(alliance: Alliance, *events: Event) -> Alliance:
    """The alliance after more events of its streams, each stream's in order."""
    for event in events:
        if isinstance(event, PartnerEvent):
            partner = _evolved(alliance.partner(event.partner), event)
            alliance = replace(alliance, partners={**alliance.partners, partner.id: partner})
        else:
            alliance = _settled(alliance, event)
    return alliance


def _settled(alliance: Alliance, event: Event) -> Alliance:
    alliance = replace(alliance, settlement_version=alliance.settlement_version + 1)
    if isinstance(event, PeriodSettled):
        return replace(alliance, settled=(*alliance.settled, event))
    if isinstance(event, LineDisputed):
        key = (event.source, event.request_id)
        return replace(alliance, disputes={**alliance.disputes, key: event})
    assert isinstance(event, DisputeDecided)
    key = (event.dispute_source, event.dispute)
    return replace(alliance, decisions={**alliance.decisions, key: event})


def _evolved(partner: Partner, event: PartnerEvent) -> Partner:
    partner = replace(partner, version=partner.version + 1)
    if isinstance(event, TermsEvent):
        # Of the same day the later one holds.
        earlier = [t for t in partner.terms if t.effective_from <= event.effective_from]
        later = [t for t in partner.terms if t.effective_from > event.effective_from]
        agreed = (*partner.agreed, event)
        if not isinstance(event, PartnerJoined):
            return replace(partner, terms=(*earlier, event, *later), agreed=agreed)
        # It joins by these alone: what an earlier stay had planned for later days is void.
        partner = replace(partner, terms=(*earlier, event), agreed=agreed)
        joined_on = min(partner.joined_on or event.effective_from, event.effective_from)
        stays = (*partner.stays, (event.effective_from, None))
        return replace(partner, stays=stays, joined_on=joined_on, last_day=None)
    if isinstance(event, PartnerSuspended):
        return replace(partner, pauses=(*partner.pauses, Pause(event.starts_on)))
    if isinstance(event, PartnerResumed):
        return replace(partner, pauses=_ended(partner.pauses, event.starts_on))
    if isinstance(event, PartnerLeft):
        *before, (first, _) = partner.stays
        stays = (*before, (first, event.last_day))
        return replace(partner, stays=stays, last_day=event.last_day)
    if isinstance(event, PointsBlockBought):
        return replace(partner, blocks=(*partner.blocks, event))
    return partner


def _ended(pauses: Iterable[Pause], until: dt.date) -> tuple[Pause, ...]:
    return tuple(pause if pause.until else replace(pause, until=until) for pause in pauses)
