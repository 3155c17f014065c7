"""What a person asks of one member: balance, tier card, statement. Folded from the stream alone.

Shapes:
    Balance         what can be spent on a day, and why the rest can't
    TierCard        the card, until when, and what is missing to the next
    StatementLine   one movement of the balance, with the balance after it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ledger.account import Account, movements_total
from ledger.ladder import measure, window_of
from ledger.lots import spendable
from ledger.rules import Rules
from schemas.events import Event, PointsEvent


class Balance(Struct, frozen=True):
    """Points units on `day`: `balance` = available + pending + lapsed + held - debt.

    `pending` becomes available later, `lapsed` is past its last good day with its expiry not yet
    recorded; neither can be spent. `next_lapse_points`, pending ones included, are lost after
    `next_lapse_on`.
    """

    member: str
    day: dt.date
    position: int
    balance: int
    available: int
    pending: int
    held: int
    debt: int
    lapsed: int
    next_lapse_on: dt.date | None = None
    next_lapse_points: int = 0


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


class StatementLine(Struct, frozen=True):
    """One event that moved points; `points` signed, `balance_after` right after it."""

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


class RecordedEvent(Struct, frozen=True):
    """An event with its place in the log and the time of its commit (UTC)."""

    position: int
    version: int
    topic: str
    recorded_at: dt.datetime
    event: Event


def balance_on(account: Account, day: dt.date, position: int) -> Balance:
    """The member's points as they can be used on `day`."""
    available = pending = lapsed = held = 0
    lapses: dict[dt.date, int] = {}
    for lot in account.lots:
        held += lot.held
        if lot.expires_on is not None and lot.expires_on < day:
            lapsed += lot.available
            continue
        if spendable(lot, day):
            available += lot.available
        else:
            pending += lot.available
        if lot.expires_on is not None and lot.available:
            lapses[lot.expires_on] = lapses.get(lot.expires_on, 0) + lot.available
    next_lapse_on = min(lapses, default=None)
    return Balance(
        member=account.member,
        day=day,
        position=position,
        balance=account.balance,
        available=available,
        pending=pending,
        held=held,
        debt=account.debt,
        lapsed=lapsed,
        next_lapse_on=next_lapse_on,
        next_lapse_points=lapses[next_lapse_on] if next_lapse_on else 0,
    )


def tier_card(account: Account, rules: Rules, day: dt.date, position: int) -> TierCard:
    """The member's card on `day`, and the nearest rung above it."""
    rung = rules.by_tier.get(account.tier)
    card = TierCard(
        member=account.member,
        day=day,
        position=position,
        tier=account.tier,
        label=rung.tier.card if rung else account.tier,
        since=account.tiers[-1].since if account.tiers else None,
        valid_until=account.tier_valid_until,
        discount_percent=rung.tier.discount_percent if rung else "0",
    )
    above = next((r for r in rules.rungs if r.threshold and rules.is_above(r, account.tier)), None)
    if above is None:
        return card
    span = window_of(above.tier, account, day)
    return TierCard(
        **{name: getattr(card, name) for name in TierCard.__struct_fields__[:8]},
        next_tier=above.tier.id,
        next_label=above.tier.card,
        missing=max(0, above.threshold - measure(above.tier, account.days, span)),
        measure=above.tier.measure,
        window=above.tier.window,
        window_until=span.end,
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
            receipt=getattr(event, "purchase_id", ""),
            store=getattr(event, "store", ""),
            till=getattr(event, "till", ""),
            operator=event.operator,
            reason=getattr(event, "reason", ""),
            points=points,
            balance_after=balance,
        )
