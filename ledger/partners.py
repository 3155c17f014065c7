"""What the terms of a partner do to what happens there (docs/alliance.md, Partners, Blocks).

Shapes:
    AtPartner   a partner as it is for one purchase, redemption, hold, voucher or benefit

    place_of    makes one from the alliance and the sums over all members
    rules_at, rules_under    the program's rules as they apply in the partner's shops
    issued_at, back_to       what a purchase draws on blocks, and what a return gives back
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from ledger.alliance import Alliance, Partner
from ledger.counters import ISSUED, REDEEMED, Counters, month_of
from ledger.errors import BlockEmpty, LimitExceeded, TermsLack
from ledger.rules import Rules
from ledger.terms import Scope
from schemas.commands import (
    HoldPoints,
    RecordPurchase,
    RedeemPoints,
    RedeemReward,
    UseBenefit,
    UseVoucher,
)
from schemas.events import (
    BlockDraw,
    Event,
    PointsEvent,
    PointsHeld,
    PointsRedeemed,
    PurchaseRecorded,
    TermsEvent,
    Usage,
)

PER_PURCHASE: Final = "partner"
PER_MONTH: Final = "partner_month"
"""The scopes of a partner's caps, as in the steps `cap:...` and in a purchase's `rooms`."""
_REDEEM_LIMIT: Final = "redeem_points_per_month"


class AtPartner(Struct, frozen=True):
    """The partner `name`, by its `terms`: the `number`th that were recorded, from 1.

    `asked` is the partner where it is to be held against what the command needs; None where that
    was done when it was recorded. `room` is what the cap of the month leaves for a purchase (None:
    there is none), `redeemed` what it has of redemptions so far, at most `redeem_most`. `blocks`
    are what is left of prepaid ones, and a purchase that they don't cover is refused or billed.
    """

    name: str
    number: int
    terms: TermsEvent | None
    asked: Partner | None = None
    room: int | None = None
    redeemed: int = 0
    redeem_most: int | None = None
    blocks: tuple[BlockDraw, ...] = ()
    refuses: bool = False


def place_of(
    command: Any, day: dt.date, alliance: Alliance, counters: Counters
) -> AtPartner | None:
    """The partner that a command of `day` is at; None for the house, and for other commands."""
    ask = _PLACES.get(type(command))
    if ask is None or not command.partner:
        return None
    return ask(alliance.partner(command.partner), day, counters)


def _buying(partner: Partner, day: dt.date, counters: Counters) -> AtPartner:
    terms = partner.terms_on(day)
    if terms is None:
        return AtPartner(partner.id, 0, None, partner)
    room = terms.issued_per_month
    if room is not None:
        room = max(0, room - counters.in_month(partner.id, "issued", day))
    return AtPartner(
        partner.id,
        partner.number_of(terms),
        terms,
        partner,
        room=room,
        blocks=counters.blocks(partner.id) if terms.when_empty else (),
        refuses=terms.when_empty == "refuse",
    )


def _spending(partner: Partner, day: dt.date, counters: Counters) -> AtPartner:
    terms = partner.terms_on(day)
    if terms is None:
        return AtPartner(partner.id, 0, None, partner)
    most = terms.redeemed_per_month
    so_far = 0 if most is None else counters.in_month(partner.id, "redeemed", day)
    number = partner.number_of(terms)
    return AtPartner(partner.id, number, terms, partner, redeemed=so_far, redeem_most=most)


def _present(partner: Partner, day: dt.date, _: Counters) -> AtPartner:
    terms = partner.terms_on(day)
    return AtPartner(partner.id, partner.number_of(terms) if terms else 0, terms, partner)


_PLACES: Final[dict[type[Any], Callable[[Partner, dt.date, Counters], AtPartner]]] = {
    RecordPurchase: _buying,
    RedeemPoints: _spending,
    RedeemReward: _spending,
    HoldPoints: _spending,
    UseVoucher: _present,
    UseBenefit: _present,
}
"""Command -> what of a partner it asks for."""


def bought_there(alliance: Alliance, event: PurchaseRecorded) -> AtPartner | None:
    """Where a purchase was, when it is judged again: with the room and the blocks that it had."""
    if not event.terms:
        return None
    room = next((room.points for room in event.rooms if room.scope == PER_MONTH), None)
    terms = alliance.partner(event.partner).agreed[event.terms - 1]
    return AtPartner(event.partner, event.terms, terms, room=room, blocks=event.drawn)


def spent_there(event: PointsRedeemed | PointsHeld) -> AtPartner | None:
    """Where a redemption or a hold was, when it is judged again."""
    if not any(usage.key.startswith(REDEEMED) for usage in event.usage):
        return None
    return AtPartner(event.partner, 0, None)


# -- what a purchase earns -----------------------------------------------------------------------


def rules_at(rules: Rules, at: AtPartner) -> Rules:
    """The program's rules for a purchase there."""
    return rules if at.terms is None else rules_under(rules, at.number, at.terms)


def rules_of_purchase(rules: Rules, alliance: Alliance, event: PurchaseRecorded) -> Rules:
    """The rules that a recorded purchase was judged by."""
    if not event.terms:
        return rules
    terms = alliance.partner(event.partner).agreed[event.terms - 1]
    return rules_under(rules, event.terms, terms)


def rules_under(rules: Rules, number: int, terms: TermsEvent) -> Rules:
    """The rules, tiers and caps that apply by terms; worked out once."""
    key = (terms.partner, number)
    known = rules.under_terms.get(key)
    if known is None:
        known = rules.under_terms[key] = _under(rules, terms)
    return known


def _under(rules: Rules, terms: TermsEvent) -> Rules:
    earning, by_tier = rules.earning, rules.by_tier
    rates = tuple(r for r in earning.rates if not terms.rules or r.rule in terms.rules)
    scopes = []
    if terms.issued_per_purchase is not None:
        scopes.append(Scope(PER_PURCHASE, terms.issued_per_purchase, None, None))
    if terms.issued_per_month is not None:
        scopes.append(Scope(PER_MONTH, None, None, terms.issued_per_month))
    if terms.tiers:
        by_tier = {
            tier: rung if tier in terms.tiers else replace(rung, multiplier=None)
            for tier, rung in by_tier.items()
        }
    plain = earning.plain and not scopes
    earning = replace(earning, rates=rates, partner_scopes=tuple(scopes), plain=plain)
    return replace(rules, earning=earning, by_tier=by_tier)


def issued_at(at: AtPartner, purchase: PurchaseRecorded) -> PurchaseRecorded:
    """A purchase with its terms, what it draws and what it counts. Raises TermsLack, BlockEmpty."""
    day, points = purchase.occurred_on, purchase.points_earned
    if points and at.terms is not None and not at.terms.issue_points:
        raise TermsLack(partner=at.name, section="issue", day=day.isoformat())
    if not points:
        return replace(purchase, terms=at.number)
    usage = (*purchase.usage, Usage(ISSUED + at.name, day, points))
    return replace(purchase, terms=at.number, usage=usage, drawn=_drawn_from(at, points))


# -- prepaid blocks ------------------------------------------------------------------------------


def _drawn_from(at: AtPartner, points: int) -> tuple[BlockDraw, ...]:
    """What `points` draw on the blocks, oldest first. Raises BlockEmpty where terms refuse."""
    if at.terms is None or not at.terms.when_empty:
        return ()
    drawn, missing = [], points
    for block in at.blocks:
        part = min(block.points, missing)
        if part:
            drawn.append(BlockDraw(block.block, part))
            missing -= part
    if missing and at.refuses:
        raise BlockEmpty(partner=at.name, asked=points, left=points - missing)
    return tuple(drawn)


def back_to(drawn: tuple[BlockDraw, ...], before: int, due: int) -> tuple[BlockDraw, ...]:
    """What goes back to the blocks that a purchase drew on, the one drawn last first.

    `before` is what went back already, `due` what all of the purchase's returns are due together.
    What has gone back is not drawn again: someone else may have it.
    """
    found, skipped = [], before
    missing = min(due, sum(draw.points for draw in drawn)) - before
    for draw in reversed(drawn):
        gone = min(skipped, draw.points)
        skipped -= gone
        part = min(draw.points - gone, missing)
        if part > 0:
            missing -= part
            found.append(BlockDraw(draw.block, -part))
    return tuple(found)


# -- what is redeemed there ----------------------------------------------------------------------


def counted_as_redeemed(
    at: AtPartner | None, day: dt.date, points: int, before: Iterable[Event]
) -> tuple[Usage, ...]:
    """What a redemption or a hold counts over all members.

    `before` are the events of the same command so far: a hold of the member that lapsed gives its
    room back. Raises LimitExceeded.
    """
    if at is None:
        return ()
    key, most, used = REDEEMED + at.name, at.redeem_most, at.redeemed
    if most is not None:
        used += sum(
            usage.units
            for event in before
            if isinstance(event, PointsEvent)
            for usage in event.usage
            if usage.key == key and month_of(usage.on) == month_of(day)
        )
        if used + points > most:
            limit = f"{_REDEEM_LIMIT} of partner {at.name}"
            raise LimitExceeded(limit=limit, most=most, used=used, asked=points)
    return (Usage(key, day, points),)


def captured_there(placed: PointsHeld, day: dt.date, points: int) -> tuple[Usage, ...]:
    """What counted with an open hold counts with its capture, in the month of that."""
    return tuple(
        entry
        for usage in placed.usage
        if usage.key.startswith(REDEEMED)
        for entry in (Usage(usage.key, usage.on, -points), Usage(usage.key, day, points))
    )


def reversed_there(event: PointsRedeemed, points: int) -> tuple[Usage, ...]:
    """What the reversal of a redemption counts back, in the month of the redemption."""
    keys = {usage.key for usage in event.usage if usage.key.startswith(REDEEMED)}
    return tuple(Usage(key, event.occurred_on, -points) for key in sorted(keys))
