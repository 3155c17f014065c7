"""What a person asks of one member: tier card, lots, statement. Folded from the stream alone.

Shapes:
    TierCard        the card, until when, and what is missing to the next
    StatementLine   one movement of the balance, with the balance after it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ledger.account import Account
from ledger.ladder import measure_named, window_of
from ledger.movements import movements_total
from ledger.rules import Rulebook, Rules
from ledger.standing import card_on
from schemas.events import Event, PointsEvent


class TierCard(Struct, frozen=True):
    """The member's card ('' for none) and the way to the next tier.

    `missing` is in the unit of `measure`: minor units, points units or visits, still to come
    before `window_until`, the day after the window's last.
    """

    member: str
    day: dt.date
    position: int
    tier: str
    label: str
    since: dt.datetime | None
    valid_until: dt.date | None
    discount_percent: str
    next_tier: str = ""
    next_label: str = ""
    missing: int = 0
    measure: str = ""
    window: str = ""
    window_until: dt.date | None = None


class LotLine(Struct, frozen=True):
    """What is in a lot, points units; both days are inclusive.

    `from_member` and `from_lot` name the lot that the points were in before, in another account.
    """

    number: int
    available: int
    held: int
    earned_on: dt.date
    available_from: dt.date
    expires_on: dt.date | None
    from_member: str
    from_lot: int


class StatementLine(Struct, frozen=True):
    """One event that moved points; `points` signed, `balance_after` right after it.

    `other` is the second account of a gift or a merge, or the request that is reversed, captured
    or corrected; `source` and `request_id` are what to name to reverse, capture or correct it.
    """

    position: int
    occurred_at: dt.datetime
    occurred_on: dt.date
    recorded_at: dt.datetime
    kind: str
    receipt: str
    store: str
    till: str
    operator: str
    reason: str
    points: int
    balance_after: int
    other: str = ""
    source: str = ""
    request_id: str = ""


class RecordedEvent(Struct, frozen=True):
    """An event with its place in the log and the time of its commit (UTC)."""

    position: int
    version: int
    topic: str
    recorded_at: dt.datetime
    event: Event


def tier_card(
    account: Account, rulebook: Rulebook, rules: Rules, day: dt.date, position: int
) -> TierCard:
    """The member's card on `day`, whether or not its reviews are recorded, and the next rung."""
    span = card_on(account, rulebook, day)
    tier = span.tier if span else ""
    rung = rules.by_tier.get(tier)
    card = TierCard(
        member=account.member,
        day=day,
        position=position,
        tier=tier,
        label=rung.tier.card if rung else tier,
        since=span.since if span else None,
        valid_until=span.valid_until if span else None,
        discount_percent=rung.tier.discount_percent if rung else "0",
    )
    above = [climb.rungs[-1] for climb in rules.climbs_above(tier)]
    if not above or account.enrolled_on is None:
        return card
    next_up = min(above, key=lambda rung: rung.rank)
    window = window_of(next_up.tier, account.enrolled_on, day)
    measured = measure_named(next_up.tier.measure, account.days, window)
    return TierCard(
        **{name: getattr(card, name) for name in TierCard.__struct_fields__[:8]},
        next_tier=next_up.tier.id,
        next_label=next_up.tier.card,
        missing=max(0, next_up.threshold - measured),
        measure=next_up.tier.measure,
        window=next_up.tier.window,
        window_until=window.end,
    )


def statement(recorded: Iterable[RecordedEvent]) -> Iterator[StatementLine]:
    """Every event that moved points, oldest first, with the balance after it."""
    balance = 0
    for entry in recorded:
        event = entry.event
        if not isinstance(event, PointsEvent):
            continue
        points = movements_total(event.movements)
        balance += points
        yield StatementLine(
            position=entry.position,
            occurred_at=event.occurred_at,
            occurred_on=event.occurred_on,
            recorded_at=entry.recorded_at,
            kind=entry.topic.partition(".")[0],
            receipt=receipt_of(event),
            store=getattr(event, "store", ""),
            till=getattr(event, "till", ""),
            operator=event.operator,
            reason=getattr(event, "reason", ""),
            points=points,
            balance_after=balance,
            other=next((o for name in _OTHERS if (o := getattr(event, name, ""))), ""),
            source=event.source,
            request_id=event.request_id,
        )


def receipt_of(event: Event) -> str:
    """The shop's receipt that an event is about, or the bank's reference; '' for neither."""
    return getattr(event, "purchase_id", "") or getattr(event, "reference", "")


_OTHERS = ("other", "redemption", "hold", "corrects")
"""Fields that name what else an event is about."""


def lot_lines(account: Account) -> tuple[LotLine, ...]:
    """Every open lot, in spending order."""
    return tuple(
        LotLine(
            lot.number,
            lot.available,
            lot.held,
            lot.earned_on,
            lot.available_from,
            lot.expires_on,
            lot.from_member,
            lot.from_lot,
        )
        for lot in account.lots
    )
