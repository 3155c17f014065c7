"""What a command to the ledger answers with: everything that it changed for one account.

Shapes:
    answer_record    the record, one key for each thing that may have happened; None: it did not
    answer_columns   its columns, in the same order
    then_columns     the commands that may come next
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from console.cells import Column
from console.words import _

if TYPE_CHECKING:
    from ledger import Ledger, Outcome
    from schemas.events import Event, PointsEvent, TierChanged
    from schemas.program import Program


def answer_record(
    ledger: Ledger, member: str, outcome: Outcome, *, for_person: bool = False
) -> dict[str, Any]:
    """What became of a command about `member`: their own events of it alone, in a record.

    For a person what goes without saying is left out.
    """
    from ledger.movements import movements_total
    from schemas.events import PointsEvent, TierChanged

    own = own_events(ledger, member, outcome)
    moved = [event for event in own if isinstance(event, PointsEvent)]
    asked = [event for event in outcome.events if not _is_aside(event)] or outcome.events
    points = sum(movements_total(event.movements) for event in moved)
    account = outcome.account
    balance = account.balance if account else 0
    source = outcome.events[0].source
    return {
        "member": member,
        "occurred_at": asked[0].occurred_at,
        "points": points,
        "balance_before": balance - points,
        "balance_after": balance,
        **_debt(moved),
        **_happened(own),
        **_found_by(own),
        **_opened(moved),
        "tier": account.tier if account and not for_person else None,
        **_tiers(ledger.program, [event for event in own if isinstance(event, TierChanged)]),
        "lots": lots_text(
            [event for event in moved if not _is_aside(event)], ledger.program.points_decimals
        )
        or None,
        "first_position": outcome.first_position,
        "last_position": outcome.last_position,
        "request_id": outcome.events[0].request_id,
        "source": None if for_person and source == "cli" else source,
        "replayed": None if for_person else outcome.replayed,
    }


def answer_columns(program: Program) -> list[Column]:
    """The columns of `answer_record`."""
    from schemas.values import currency_exponent

    decimals, cents = program.points_decimals, currency_exponent(program.currency)
    currency = program.currency

    def points(key: str, label: str) -> Column:
        return Column(key, label, "points", decimals)

    def money(key: str, label: str) -> Column:
        return Column(key, label.format(currency), "money", cents)

    return [
        Column("member", _("member"), "identifier"),
        Column("other", _("other account"), "identifier"),
        Column("occurred_at", _("at"), "instant"),
        points("points", _("points")),
        points("balance_before", _("balance before")),
        points("balance_after", _("balance after")),
        points("owed", _("owed from now on")),
        points("repaid", _("debt repaid")),
        points("due", _("points due")),
        points("forgiven", _("of it forgiven")),
        points("in_cash", _("of it kept in cash")),
        money("cash_minor", _("cash to keep back ({})")),
        points("spent", _("spent")),
        money("value_minor", _("worth at the till ({})")),
        money("to_pay_minor", _("to pay beside ({})")),
        points("given_back", _("given back")),
        points("held", _("on hold")),
        Column("lapses_at", _("hold lapses at"), "instant"),
        points("released", _("released from hold")),
        points("expired", _("expired")),
        points("restored", _("expired, good again")),
        points("forfeited", _("forfeited")),
        money("vouchers_back_minor", _("vouchers given back ({})")),
        money("vouchers_lapsed_minor", _("vouchers lapsed ({})")),
        money("vouchers_forfeited_minor", _("vouchers forfeited ({})")),
        Column("available_from", _("available from"), "day"),
        Column("lots_extended", _("lots that live longer"), "integer"),
        Column("expires_on", _("last good day"), "day"),
        Column("card_number", _("card number"), "identifier"),
        Column("phone_linked", _("phone linked"), "flag"),
        Column("tier", _("tier"), "identifier"),
        Column("tier_reached", _("new card"), "text"),
        Column("tier_lowered", _("card lowered to"), "text"),
        Column("lots", _("lots"), "text"),
        Column("first_position", _("first event"), "integer"),
        Column("last_position", _("last event"), "integer"),
        Column("request_id", _("request"), "identifier"),
        Column("source", _("source"), "identifier"),
        Column("replayed", _("replayed"), "flag"),
    ]


def then_columns() -> list[Column]:
    """What may come next, each a command line."""
    return [
        Column("capture", _("to spend it"), "text"),
        Column("release", _("to give it up"), "text"),
        Column("reverse", _("to give it back"), "text"),
        Column("undo", _("to undo it"), "text"),
    ]


def own_events(ledger: Ledger, member: str, outcome: Outcome) -> list[Event]:
    """The events of an outcome that are in the member's own stream.

    A command may write to two accounts, and events do not say whose they are.
    """
    first, last = outcome.first_position, outcome.last_position
    return [e.event for e in ledger.history(member) if first <= e.position <= last]


def _is_aside(event: Event) -> bool:
    """Whether it is told along with what was asked, at a time of its own: what lapsed."""
    from schemas.events import ExpiryUndone, HoldReleased, PointsExpired, VoucherLapsed

    return isinstance(event, (PointsExpired, ExpiryUndone, VoucherLapsed)) or (
        isinstance(event, HoldReleased) and event.release == "lapsed"
    )


def lots_text(events: Iterable[PointsEvent], decimals: int) -> str:
    """'1: -60, 3: -10': what went into or out of which lot.

    Where points only change from available to held, or back, they show as they leave or come.
    """
    from schemas.values import format_points

    available: dict[int, int] = {}
    whole: dict[int, int] = {}
    for event in events:
        for movement in event.movements:
            if movement.bucket == "debt":
                continue
            lot = movement.lot
            whole[lot] = whole.get(lot, 0) + movement.points
            if movement.bucket == "available":
                available[lot] = available.get(lot, 0) + movement.points
    shown = whole if any(whole.values()) else available
    return ", ".join(
        f"{lot}: {'+' if points > 0 else ''}{format_points(points, decimals)}"
        for lot, points in shown.items()
        if points
    )


def _debt(events: Iterable[PointsEvent]) -> dict[str, int | None]:
    moved = [m.points for event in events for m in event.movements if m.bucket == "debt"]
    return {
        "owed": sum(points for points in moved if points > 0) or None,
        "repaid": -sum(points for points in moved if points < 0) or None,
    }


def _happened(events: Iterable[Event]) -> dict[str, Any]:
    """What the events say beside their movements, added up; None for what did not happen."""
    from schemas.events import LotsExtended, PointsHeld

    told: dict[str, Any] = dict.fromkeys(
        (
            *("due", "forgiven", "in_cash", "cash_minor", "spent", "value_minor", "to_pay_minor"),
            *("given_back", "held", "lapses_at", "released", "expired", "restored", "forfeited"),
            *("available_from", "lots_extended", "expires_on", *_VOUCHERS.values()),
        )
    )
    for event in events:
        for key, name in _ADDED_UP.items():
            if amount := getattr(event, name, 0):
                told[key] = (told[key] or 0) + amount
        if isinstance(event, PointsHeld):
            told["lapses_at"] = event.lapses_at
        elif isinstance(event, LotsExtended):
            told["lots_extended"] = (told["lots_extended"] or 0) + len(event.extended)
            told["expires_on"] = max(extended.expires_on for extended in event.extended)
        elif vouchers := _VOUCHERS.get(type(event).__name__):
            told[vouchers] = (told[vouchers] or 0) + getattr(event, "worth_minor", 0)
    return told


def _found_by(events: Iterable[Event]) -> dict[str, Any]:
    """What the member is found by from now on."""
    from schemas.events import CardIssued, PhoneLinked

    told: dict[str, Any] = {"card_number": None, "phone_linked": None}
    for event in events:
        if isinstance(event, CardIssued):
            told["card_number"] = event.card
        elif isinstance(event, PhoneLinked):
            told["phone_linked"] = True
    return told


def _opened(events: Iterable[PointsEvent]) -> dict[str, Any]:
    """The days of a new lot, where it is the only one; that it is available at once is no news."""
    opened = [(lot, event) for event in events for lot in event.lots]
    if len(opened) != 1:
        return {}
    ((lot, event),) = opened
    days: dict[str, Any] = {} if lot.expires_on is None else {"expires_on": lot.expires_on}
    if lot.available_from > event.occurred_on:
        days["available_from"] = lot.available_from
    return days


_ADDED_UP = {
    "due": "points_due",
    "forgiven": "points_forgiven",
    "in_cash": "points_in_cash",
    "cash_minor": "cash_minor",
    "spent": "points_redeemed",
    "value_minor": "value_minor",
    "to_pay_minor": "money_minor",
    "given_back": "points_reversed",
    "held": "points_held",
    "released": "points_released",
    "expired": "points_expired",
    "restored": "points_restored",
    "forfeited": "points_forfeited",
}
"""Key of the answer -> the field of an event that adds to it."""
_VOUCHERS = {
    "VoucherGivenBack": "vouchers_back_minor",
    "VoucherLapsed": "vouchers_lapsed_minor",
    "VoucherCancelled": "vouchers_forfeited_minor",
}
"""Type of an event about a voucher -> the key of the answer that its worth adds to."""


def _tiers(program: Program, changes: Sequence[TierChanged]) -> dict[str, str | None]:
    """The card that the changes end at, by whether it is above or below the one before them."""
    found: dict[str, str | None] = {"tier_reached": None, "tier_lowered": None}
    if not changes or changes[0].tier_from == changes[-1].tier_to:
        return found
    ranks = {tier.id: rank for rank, tier in enumerate(program.tiers, start=1)}
    before, after = changes[0].tier_from, changes[-1].tier_to
    went_up = ranks.get(after, 0) > ranks.get(before, 0)
    labels = {tier.id: tier.card for tier in program.tiers}
    card = labels.get(after, after) or _("no card")
    found["tier_reached" if went_up else "tier_lowered"] = card
    return found
