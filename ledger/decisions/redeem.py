"""Spending points (RULES 7 and 11)."""

from __future__ import annotations

from typing import Any

from ledger.account import Account
from ledger.case import Case, Draft
from ledger.decisions.climbing import settle_reviews
from ledger.errors import (
    BillNeeded,
    NotInPurse,
    RedemptionPolicy,
    RewardNotOffered,
    UnknownReward,
)
from ledger.lapse import keep_alive, settle_holds
from ledger.lots import take
from ledger.offers import offered_on
from ledger.partners import counted_as_redeemed
from ledger.rules import Rules
from ledger.terms import reward_money, reward_points
from ledger.uses import within_limits
from schemas.commands import HoldPoints, RedeemPoints, RedeemReward
from schemas.events import Event, PointsRedeemed, Usage
from schemas.program import Reward


def decide_redeem(case: Case, command: RedeemPoints) -> list[tuple[str, Event]]:
    """Take the points from the lots that expire first.

    Raises RedemptionPolicy, BillNeeded, LimitExceeded, NotInPurse, or InsufficientPoints with what
    is available: nothing is clamped.
    """
    check_spender(case.account, command.spender)
    check_policy(case.rules, command)
    return spend(
        case,
        case.draft(),
        command.points,
        purchase_id=command.purchase_id,
        reason=command.reason,
        value_minor=worth(case.rules, command.points),
        bill_minor=command.bill_minor,
        **_where(command),
    )


def decide_reward(case: Case, command: RedeemReward) -> list[tuple[str, Event]]:
    """Spend the reward's price. Raises UnknownReward, RewardNotOffered, and as above."""
    check_spender(case.account, command.spender)
    rules = case.rules
    found = [reward for reward in rules.program.rewards if reward.id == command.reward]
    if not found:
        raise UnknownReward(reward=command.reward)
    (reward,) = found
    draft = case.draft()
    settle_reviews(draft, case.rulebook)
    if not _offered(case, draft.account, reward):
        raise RewardNotOffered(reward=command.reward)
    return spend(
        case,
        draft,
        reward_points(reward, rules.program) * command.quantity,
        reason=reward.label or reward.id,
        reward=reward.id,
        quantity=command.quantity,
        money_minor=reward_money(reward, rules.program) * command.quantity,
        **_where(command),
    )


def spend(case: Case, draft: Draft, points: int, **fields: Any) -> list[tuple[str, Event]]:
    """The redemption, and the lots that live on by it."""
    settle_holds(draft)
    usage = counted_redemption(draft, case, points)
    movements = take(draft, points)
    draft.add(PointsRedeemed, points_redeemed=points, movements=movements, usage=usage, **fields)
    if case.rulebook.lots_live_by_activity:
        keep_alive(draft)
    return draft.decided()


def counted_redemption(draft: Draft, case: Case, points: int) -> tuple[Usage, ...]:
    """What a redemption counts against the limits; raises LimitExceeded."""
    usage: tuple[Usage, ...] = ()
    if case.rules.limits:
        usage = within_limits(
            draft.account, case.rules, case.day, redemptions=1, redeem_points=points
        )
    return usage + counted_as_redeemed(case.at, case.day, points, draft.events)


def check_spender(account: Account, spender: str) -> None:
    """A purse is spent from by someone who is in it. Raises NotInPurse."""
    if account.is_purse and spender not in account.purse_members:
        raise NotInPurse(purse=account.member, member=spender)


def check_policy(rules: Rules, command: RedeemPoints | HoldPoints) -> None:
    """Hold the points against the program's policies. Raises RedemptionPolicy, BillNeeded."""
    terms, points = rules.spending, command.points
    if terms.min_points is not None and points < terms.min_points:
        raise RedemptionPolicy(policy="min_points", asked=points, bound=terms.min_points)
    if terms.step_points is not None and points % terms.step_points:
        raise RedemptionPolicy(policy="step_points", asked=points, bound=terms.step_points)
    if terms.bill_share is None:
        return
    if command.bill_minor is None:
        raise BillNeeded(policy="max_bill_percent")
    assert terms.price is not None
    if terms.price.worth(points) > command.bill_minor * terms.bill_share:
        percent = rules.program.redemption.max_bill_percent
        raise RedemptionPolicy(policy="max_bill_percent", asked=points, bound=percent)


def worth(rules: Rules, points: int) -> int:
    """What points are worth at the till, minor units, rounded down; 0 without a rate."""
    price = rules.spending.price
    return int(price.worth(points)) if price else 0


def _offered(case: Case, account: Account, reward: Reward) -> bool:
    return offered_on(reward, case.day) and (
        not reward.tiers or account.tier_at(case.stamp.occurred_at) in reward.tiers
    )


def _where(command: RedeemPoints | RedeemReward) -> dict[str, str]:
    return {
        "partner": command.partner,
        "store": command.store,
        "till": command.till,
        "spender": command.spender,
    }
