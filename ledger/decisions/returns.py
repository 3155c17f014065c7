"""Goods that come back: what the purchase would not have earned (RULES 14 to 17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from math import ceil
from typing import Any

from msgspec import Struct

from ledger.case import Case, Draft
from ledger.counters import ISSUED
from ledger.decisions.climbing import retell, settle_reviews
from ledger.decisions.reverse import reverse
from ledger.decisions.vouchers import give_back_with_goods
from ledger.earning import NOTHING, Earned, earned
from ledger.errors import ReturnWindowClosed, UnknownPurchase
from ledger.kept import Back, coming_back, kept_of
from ledger.lapse import settle_holds
from ledger.lots import give_back, take_own_first
from ledger.partners import back_to, rules_of_purchase
from ledger.rules import Rules
from ledger.sale import Sale
from ledger.told import PurchaseStory
from schemas.commands import ReturnPurchase
from schemas.events import Event, Movement, ReturnRecorded, Usage


class Due(Struct, frozen=True):
    """What a return costs: points units (below zero when less kept earns more), cap counts."""

    points: int
    usage: tuple[Usage, ...]


def decide_return(case: Case, command: ReturnPurchase) -> list[tuple[str, Event]]:
    """What was spent on the receipt comes back, points earned by it go, the tier is looked at.

    Raises UnknownPurchase, BeforeItsCause, ReturnWindowClosed, ReturnExceedsPurchase.
    """
    assert case.story is not None
    told = case.story.purchases.get((command.partner, command.purchase_id))
    if told is None:
        raise UnknownPurchase(partner=command.partner, purchase_id=command.purchase_id)
    case.check_follows("purchase", command.purchase_id, told.event)
    _check_window(case, told)
    back = coming_back(told, command)
    due = _due(case, told, back)
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    settle_holds(draft)
    _give_back_points_paid(draft, told, back)
    if back.whole:
        give_back_with_goods(draft, told.event)
    _record(draft, command, told, back, due)
    retell(draft, case.rulebook)
    return draft.decided()


def _check_window(case: Case, told: PurchaseStory) -> None:
    days = case.rules.program.return_window_days
    if days is not None:
        last = told.event.occurred_on + dt.timedelta(days=days)
        if case.day > last:
            raise ReturnWindowClosed(purchase_id=told.event.purchase_id, last_day=last.isoformat())


def _due(case: Case, told: PurchaseStory, back: Back) -> Due:
    """earned(original) - earned(kept), less what was due before."""
    event = told.event
    rules = rules_of_purchase(case.rulebook.version(event.program_version), case.alliance, event)
    rooms = {room.scope: room.points for room in event.rooms}
    after = NOTHING if back.whole else _judged(rules, back.kept, rooms)
    total = max(0, event.points_earned - after.points)
    usage: tuple[Usage, ...] = ()
    if rules.earning.cumulative:
        before, left = dict(_judged(rules, kept_of(told), rooms).uses), dict(after.uses)
        usage = tuple(
            Usage(f"cap:{scope}", event.occurred_on, left.get(scope, 0) - before.get(scope, 0))
            for scope in sorted(before.keys() | left.keys())
            if left.get(scope, 0) != before.get(scope, 0)
        )
    points = total - told.due
    if event.terms and points:
        usage = (*usage, Usage(ISSUED + event.partner, event.occurred_on, -points))
    return Due(points, usage)


def _judged(rules: Rules, sale: Sale, rooms: dict[str, int]) -> Earned:
    return earned(rules, sale, rooms, explain=False) if sale.kept_minor else NOTHING


def _give_back_points_paid(draft: Draft, told: PurchaseStory, back: Back) -> None:
    """What was redeemed towards the receipt, in proportion to the money that came back."""
    assert draft.story is not None
    event = told.event
    receipt = (event.partner, event.purchase_id)
    towards = [
        redemption
        for redemption in draft.story.redemptions.values()
        if (redemption.event.partner, redemption.event.purchase_id) == receipt
    ]
    back_in_all = sum(redemption.event.points_redeemed for redemption in towards)
    if not back.whole:
        money = told.money_back + back.amount_minor
        back_in_all = back_in_all * money // event.amount_minor
    missing = back_in_all - sum(redemption.by_returns for redemption in towards)
    for redemption in towards:
        points = min(redemption.left, missing)
        if points > 0:
            missing -= points
            reverse(
                draft,
                redemption,
                points,
                purchase_id=event.purchase_id,
                partner=event.partner,
            )


def _record(
    draft: Draft, command: ReturnPurchase, told: PurchaseStory, back: Back, due: Due
) -> None:
    event = told.event
    fields: dict[str, Any] = {
        "purchase_id": event.purchase_id,
        "partner": event.partner,
        "store": command.store,
        "till": command.till,
        "return_id": command.return_id,
        "purchased_on": event.occurred_on,
        "amount_minor": back.amount_minor,
        "qualifying_minor": _qualifying(told, back),
        "returned": back.returned,
        "whole": back.whole,
        "points_due": due.points,
        "usage": due.usage,
        "drawn": back_to(event.drawn, told.drawn_back, told.due + due.points),
    }
    if due.points < 0:
        _record_less_due(draft, told, -due.points, fields)
    else:
        _record_due(draft, told, due.points, fields)


def _qualifying(told: PurchaseStory, back: Back) -> int:
    """The decrease of what qualifies: cumulative, so that splits add up."""
    event = told.event
    stays = 0
    if not back.whole:
        stays = event.qualifying_minor * back.kept.kept_minor // event.amount_minor
    return event.qualifying_minor - stays - told.qualifying_back


def _record_due(draft: Draft, told: PurchaseStory, points: int, fields: dict[str, Any]) -> None:
    """From the own lot first, then in spending order; what is missing by the program's policy."""
    program, price = draft.rules.program, draft.rules.spending.price
    movements: Sequence[Movement] = ()
    if points:
        place = (told.owner, told.event.lots[0].lot)
        movements = take_own_first(draft, place, points, may_owe=True)
    missing = sum(m.points for m in movements if m.bucket == "debt")
    if missing and program.on_shortfall != "debt":
        movements = [m for m in movements if m.bucket != "debt"]
        points -= missing
        if program.on_shortfall == "clamp":
            fields["points_forgiven"] = missing
        else:
            assert price is not None
            worth = ceil(price.worth(told.in_cash + missing))
            fields["points_in_cash"] = missing
            fields["cash_minor"] = worth - told.cash_minor
    draft.add(ReturnRecorded, points_returned=points, movements=tuple(movements), **fields)


def _record_less_due(
    draft: Draft, told: PurchaseStory, points: int, fields: dict[str, Any]
) -> None:
    """Less kept earns more: first less is forgiven, then less kept in cash, then points go back."""
    forgiven = min(points, told.forgiven)
    in_cash = min(points - forgiven, told.in_cash)
    rest = points - forgiven - in_cash
    fields["points_forgiven"] = -forgiven
    fields["points_in_cash"] = -in_cash
    price = draft.rules.spending.price
    if in_cash and price is not None:
        fields["cash_minor"] = ceil(price.worth(told.in_cash - in_cash)) - told.cash_minor
    fields["points_returned"] = -rest
    items = [((told.owner, told.event.lots[0].lot), rest)] if rest else []
    give_back(draft, items, ReturnRecorded, **fields)
