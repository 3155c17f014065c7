"""Recording a purchase: what it earns, and the tier that it reaches (RULES 1 to 7, 18, 19)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ledger.account import Account
from ledger.case import Case, Stamp
from ledger.credits import credit
from ledger.decisions.climbing import climb
from ledger.earning import Earned, earned, earned_plainly
from ledger.ladder import reached_by
from ledger.lapse import keep_alive
from ledger.rules import Rules
from ledger.sale import Sale, lines_of, qualifying_of
from ledger.totals import counted
from ledger.uses import rooms, within_limits
from schemas.commands import RecordPurchase
from schemas.events import CapRoom, Event, PurchaseLine, PurchaseRecorded, Tender, Usage


def decide_purchase(case: Case, command: RecordPurchase) -> list[tuple[str, Event]]:
    """The purchase, lots that live on by it, and the tier change where it reaches one.

    The purchase earns under the tier held when it happened; with `upgrade_first` under the one
    that it reaches, unless that begins only on a later day. Raises LimitExceeded, TooManyPoints.
    """
    account, rules, stamp = case.account, case.rules, case.stamp
    purchase = _purchase(account, rules, command, stamp, account.tier_at(stamp.occurred_at))
    days = counted(account.days, purchase)
    reached = reached_by(account, days, rules, stamp.occurred_on)
    if reached and rules.program.upgrade_first and reached.day == stamp.occurred_on:
        purchase = _purchase(account, rules, command, stamp, reached.rung.tier.id)
    if reached is None and not case.rulebook.lots_live_by_activity:
        return [(account.member, purchase)]
    draft = case.draft()
    draft.take_over(purchase)
    if case.rulebook.lots_live_by_activity:
        keep_alive(draft)
    if reached is not None:
        climb(draft, reached)
    return draft.decided()


def _purchase(
    account: Account, rules: Rules, command: RecordPurchase, stamp: Stamp, tier: str
) -> PurchaseRecorded:
    day = stamp.occurred_on
    amount = command.amount_minor
    lines, tenders = _lines(command), _tenders(command)
    qualifying = command.qualifying_minor
    if qualifying is None:
        qualifying = qualifying_of(rules.earning, amount, tenders) if tenders else amount
    left: Mapping[str, int] = {}
    if rules.earning.plain:
        gain = earned_plainly(rules, qualifying, day, tier)
    else:
        left = rooms(account, rules.earning.cumulative, day)
        sale = Sale(
            day=day,
            tier=tier,
            store=command.store,
            partner=command.partner,
            channel=command.channel,
            occasions=command.occasions,
            first=not account.has_bought,
            amount_minor=amount,
            qualifying_minor=qualifying,
            tenders=tenders,
            lines=lines_of(lines, amount),
        )
        gain = earned(rules, sale, left)
    delay = rules.program.available_after_days
    opened, movements = credit(
        account,
        rules.program.expiry,
        gain.points,
        day,
        available_from=day + dt.timedelta(days=delay) if delay else day,
    )
    return PurchaseRecorded(
        occurred_at=stamp.occurred_at,
        occurred_on=day,
        source=stamp.source,
        request_id=stamp.request_id,
        operator=stamp.operator,
        program_version=stamp.program_version,
        lots=opened,
        movements=movements,
        usage=_usage(account, rules, gain, day),
        purchase_id=command.purchase_id,
        partner=command.partner,
        store=command.store,
        till=command.till,
        channel=command.channel,
        amount_minor=amount,
        qualifying_minor=qualifying,
        tier=tier,
        points_earned=gain.points,
        breakdown=gain.steps,
        lines=lines,
        tenders=tenders,
        occasions=command.occasions,
        first=not account.has_bought,
        rooms=tuple(CapRoom(scope, points) for scope, points in left.items()) if left else (),
    )


def _lines(command: RecordPurchase) -> tuple[PurchaseLine, ...]:
    if not command.lines:
        return ()
    return tuple(
        PurchaseLine(
            number,
            item.amount_minor,
            item.quantity,
            item.sku,
            item.category,
            item.brand,
            item.tax_minor,
        )
        for number, item in enumerate(command.lines, start=1)
    )


def _tenders(command: RecordPurchase) -> tuple[Tender, ...]:
    if not command.tenders:
        return ()
    return tuple(Tender(paid.kind, paid.amount_minor) for paid in command.tenders)


def _usage(account: Account, rules: Rules, gain: Earned, day: dt.date) -> tuple[Usage, ...]:
    """What the purchase counts against caps and limits; raises LimitExceeded."""
    counts = within_limits(account, rules, day, earnings=1) if rules.limits and gain.points else ()
    if not gain.uses:
        return counts
    return (*counts, *(Usage(f"cap:{scope}", day, units) for scope, units in gain.uses))
