"""Recording a purchase: what it earns, and the tier that it reaches (RULES 1 to 7, 18, 19)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger.account import Account
from ledger.case import Case, Draft, Stamp
from ledger.credits import credit
from ledger.decisions.climbing import (
    climb,
    comes_late,
    follow,
    retell,
    settle_reviews,
    walk_through,
)
from ledger.earning import Earned, earned, earned_plainly
from ledger.ladder import in_reach, reached_on
from ledger.lapse import keep_alive
from ledger.partners import PER_MONTH, issued_at, rules_at
from ledger.rules import Climb, Rules
from ledger.sale import Sale, lines_of, qualifying_of
from ledger.standing import Walk
from ledger.totals import at_most, counted
from ledger.uses import rooms, within_limits
from schemas.commands import RecordPurchase
from schemas.events import CapRoom, Event, PurchaseLine, PurchaseRecorded, Tender, Usage


def decide_purchase(case: Case, command: RecordPurchase) -> list[tuple[str, Event]]:
    """The purchase, lots that live on by it, and what it changes of the member's card.

    The purchase earns under the tier held when it happened; with `upgrade_first` under the one
    that it reaches. Raises TermsLack, BlockEmpty, LimitExceeded, TooManyPoints.
    """
    account, rules, stamp = case.account, case.rules, case.stamp
    if case.rulebook.has_ladder and not _is_plain(account, rules, stamp):
        return _with_ladder(case, command)
    purchase = _purchase(case, account, command, account.tier_at(stamp.occurred_at))
    reached = None
    climbs: Sequence[Climb] = rules.climbs_above(account.tier)
    if climbs and account.enrolled_on is not None:
        climbs = in_reach(climbs, at_most(account.days, purchase))
        if climbs:
            days = counted(account.days, purchase)
            reached = reached_on(climbs, days, stamp.occurred_on, account.enrolled_on)
    if reached and rules.program.upgrade_first:
        purchase = _purchase(case, account, command, reached.rung.tier.id)
    if case.at is not None:
        purchase = issued_at(case.at, purchase)
    if reached is None and not case.rulebook.lots_live_by_activity:
        return [(account.member, purchase)]
    draft = case.draft()
    _enter(case, draft, purchase)
    if reached is None:
        return draft.decided()
    if rules.program.upgrade_first:
        # It may measure up to more with what it earned under the tier.
        follow(draft, case.rulebook, account, purchase)
    else:
        climb(draft, reached)
    return draft.decided()


def _is_plain(account: Account, rules: Rules, stamp: Stamp) -> bool:
    """Whether it can at most reach a rung: nothing is late, due, offered or waited for."""
    until = account.tier_valid_until
    return (
        not comes_late(account, stamp)
        and (until is None or until >= stamp.occurred_on)
        and may_only_reach(account, rules)
    )


def may_only_reach(account: Account, rules: Rules) -> bool:
    """Whether all that a purchase on time can do to the card is to reach another one."""
    span = account.tiers[-1]
    return (
        not (span.lost and rules.program.ladder.recovery_days)
        and (span.tier != "" or not rules.entry_tier)
        and rules.program.ladder.upgrade == "at_once"
    )


def available_from(rules: Rules, day: dt.date) -> dt.date:
    """From when on what is earned on a day can be spent (RULES 6)."""
    delay = rules.program.available_after_days
    return day + dt.timedelta(days=delay) if delay else day


def _with_ladder(case: Case, command: RecordPurchase) -> list[tuple[str, Event]]:
    """A purchase that comes with reviews, late, or in another way not plainly."""
    rules, stamp, rulebook = case.rules, case.stamp, case.rulebook
    draft = case.draft()
    settle_reviews(draft, rulebook)
    account = draft.account
    late = comes_late(account, stamp)

    def walked(tier: str) -> tuple[PurchaseRecorded, Walk]:
        purchase = _purchase(case, account, command, tier)
        if late:
            return purchase, walk_through(draft, rulebook, purchase)
        walk = Walk.on_from(account, rulebook)
        walk.step(purchase)
        return purchase, walk

    tier = account.tier_at(stamp.occurred_at)
    purchase, walk = walked(tier)
    earns_under = _earns_under(walk, purchase, upgrade_first=rules.program.upgrade_first)
    if earns_under != tier:
        purchase, walk = walked(earns_under)
    if case.at is not None:
        purchase = issued_at(case.at, purchase)
    _enter(case, draft, purchase)
    if late:
        retell(draft, rulebook)
    else:
        follow(draft, rulebook, account, purchase)
    return draft.decided()


def _earns_under(walk: Walk, purchase: PurchaseRecorded, *, upgrade_first: bool) -> str:
    if upgrade_first:
        for held in walk.spans:
            if held.span.since == purchase.occurred_at and held.span.cause == "threshold":
                return held.span.tier
    return walk.earned_under


def _enter(case: Case, draft: Draft, purchase: PurchaseRecorded) -> None:
    draft.take_over(purchase)
    if case.rulebook.lots_live_by_activity:
        keep_alive(draft)


def _purchase(case: Case, account: Account, command: RecordPurchase, tier: str) -> PurchaseRecorded:
    stamp, at = case.stamp, case.at
    rules = case.rules if at is None else rules_at(case.rules, at)
    day = stamp.occurred_on
    amount = command.amount_minor
    lines = _lines(command) if command.lines else ()
    tenders = _tenders(command) if command.tenders else ()
    qualifying = command.qualifying_minor
    if qualifying is None:
        qualifying = qualifying_of(rules.earning, amount, tenders) if tenders else amount
    left: dict[str, int] = {}
    if rules.earning.plain:
        gain = earned_plainly(rules, qualifying, day, tier)
    else:
        left = rooms(account, rules.earning.cumulative, day)
        if at is not None and at.room is not None:
            left[PER_MONTH] = at.room
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
    good_from = available_from(rules, day)
    opened, movements = credit(
        account, rules.program.expiry, gain.points, day, available_from=good_from
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
        usage=_usage(account, rules, gain, day) if rules.limits or gain.uses else (),
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
    return tuple(Tender(paid.kind, paid.amount_minor) for paid in command.tenders)


def _usage(account: Account, rules: Rules, gain: Earned, day: dt.date) -> tuple[Usage, ...]:
    """What the purchase counts against caps and limits; raises LimitExceeded."""
    counts = within_limits(account, rules, day, earnings=1) if rules.limits and gain.points else ()
    if not gain.uses:
        return counts
    return (*counts, *(Usage(f"cap:{scope}", day, units) for scope, units in gain.uses))
