"""Recording a purchase: what it earns, and the tier that it reaches (RULES 1 to 7, 18, 19)."""

from __future__ import annotations

import datetime as dt

from ledger.account import Account, counted
from ledger.decisions.stamp import Stamp
from ledger.earning import earned
from ledger.errors import UnknownMember
from ledger.ladder import Reached, reached_by, valid_until
from ledger.lots import credit, expiry_day
from ledger.rules import Rules
from schemas.commands import RecordPurchase
from schemas.events import PurchaseRecorded, TierChanged
from schemas.values import start_of_day


def decide_purchase(
    account: Account, rules: Rules, command: RecordPurchase, stamp: Stamp
) -> tuple[PurchaseRecorded] | tuple[PurchaseRecorded, TierChanged]:
    """The purchase, and the tier change where it reaches one. Raises UnknownMember.

    The purchase earns under the tier held when it happened; with `upgrade_first` under the one
    that it reaches, unless that begins only on a later day.
    """
    if not account.exists:
        raise UnknownMember(member=account.member)
    tier = account.tier_at(stamp.occurred_at)
    purchase = _purchase(account, rules, command, stamp, tier)
    days = counted(account.days, purchase)
    reached = reached_by(account, days, rules, stamp.occurred_on)
    if reached is None:
        return (purchase,)
    if rules.program.upgrade_first and reached.day == stamp.occurred_on:
        purchase = _purchase(account, rules, command, stamp, reached.rung.tier.id)
    return purchase, _tier_change(account, rules, stamp, reached)


def _purchase(
    account: Account, rules: Rules, command: RecordPurchase, stamp: Stamp, tier: str
) -> PurchaseRecorded:
    day = stamp.occurred_on
    amount = command.amount_minor
    qualifying = amount if command.qualifying_minor is None else command.qualifying_minor
    points, breakdown = earned(rules, qualifying, day, tier)
    delay = rules.program.available_after_days
    lots, movements = credit(
        account,
        points,
        earned_on=day,
        available_from=day + dt.timedelta(days=delay) if delay else day,
        expires_on=expiry_day(rules.program.expiry, day),
    )
    return PurchaseRecorded(
        occurred_at=stamp.occurred_at,
        occurred_on=day,
        source=stamp.source,
        request_id=stamp.request_id,
        operator=stamp.operator,
        program_version=stamp.program_version,
        lots=lots,
        movements=movements,
        purchase_id=command.purchase_id,
        partner=command.partner,
        store=command.store,
        till=command.till,
        amount_minor=amount,
        qualifying_minor=qualifying,
        tier=tier,
        points_earned=points,
        breakdown=breakdown,
    )


def _tier_change(account: Account, rules: Rules, stamp: Stamp, reached: Reached) -> TierChanged:
    tier, day = reached.rung.tier, reached.day
    late = day != stamp.occurred_on
    return TierChanged(
        occurred_at=start_of_day(day, rules.zone) if late else stamp.occurred_at,
        occurred_on=day,
        source=stamp.source,
        request_id=stamp.request_id,
        operator=stamp.operator,
        program_version=stamp.program_version,
        tier_from=account.tier,
        tier_to=tier.id,
        cause="threshold",
        measure=tier.measure,
        window=tier.window,
        window_from=reached.span.start,
        window_until=reached.span.end,
        measured=reached.measured,
        threshold=reached.rung.threshold,
        valid_until=valid_until(tier, day),
    )
