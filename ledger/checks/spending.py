"""Redemptions that can't be made, rewards that can't be had, bonuses and lives of points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from ledger.checks.finding import Check, Place, Subject
from ledger.credits import expiry_day
from ledger.terms import Limit, reward_points

_FEW_DAYS: Final = 7
_WORST_DAY: Final = dt.date(2023, 12, 31)
"""Points of the last day of a year live the shortest under `end_of_year`."""


def _least_redemption(subject: Subject) -> int:
    """Points units: in whole steps, and no less than the minimum."""
    terms = subject.rules.spending
    step = terms.step_points or 1
    return -(-(terms.min_points or 1) // step) * step


def _limits_of_points(subject: Subject) -> tuple[Limit, ...]:
    return subject.rules.limits.get("redeem_points", ())


def _limit_below_least(subject: Subject) -> Iterator[Place]:
    least = _least_redemption(subject)
    for limit in _limits_of_points(subject):
        if limit.most < least:
            yield (
                f"$.limits.{limit.name}",
                {
                    "limit": limit.name,
                    "most": subject.points(limit.most),
                    "least": subject.points(least),
                },
            )


def _no_share_of_bill(subject: Subject) -> Iterator[Place]:
    if subject.rules.spending.bill_share == 0:
        yield "$.redemption.max_bill_percent", {}


def _min_between_steps(subject: Subject) -> Iterator[Place]:
    terms, least = subject.rules.spending, _least_redemption(subject)
    if terms.min_points is not None and terms.min_points != least:
        yield (
            "$.redemption.min_points",
            {
                "min": subject.points(terms.min_points),
                "step": subject.points(terms.step_points or 1),
                "least": subject.points(least),
            },
        )


def _worth_nothing(subject: Subject) -> Iterator[Place]:
    price, least = subject.rules.spending.price, _least_redemption(subject)
    if price is not None and price.worth(least) < 1:
        yield "$.redemption.money", {"least": subject.points(least), "coin": subject.money(1)}


def _reward_beyond_limits(subject: Subject) -> Iterator[Place]:
    for number, reward in enumerate(subject.program.rewards):
        points = reward_points(reward, subject.program)
        for limit in _limits_of_points(subject) if reward.enabled else ():
            if points > limit.most:
                yield (
                    f"$.reward[{number}].points",
                    {
                        "reward": reward.id,
                        "points": subject.points(points),
                        "limit": limit.name,
                        "most": subject.points(limit.most),
                    },
                )
                break


def _bonuses_together(subject: Subject) -> Iterator[Place]:
    given = [
        (f"$.bonus[{number}]", bonus)
        for number, bonus in enumerate(subject.program.bonuses)
        if bonus.enabled and bonus.on != "request"
    ]
    for (_, one), (path, other) in combinations(given, 2):
        starts = [bonus.starts_on or dt.date.min for bonus in (one, other)]
        ends = [bonus.ends_on or dt.date.max for bonus in (one, other)]
        if one.on == other.on and max(starts) <= min(ends):
            yield f"{path}.on", {"bonus": other.id, "other": one.id, "on": one.on}


def _times_of_one(subject: Subject) -> Iterator[Place]:
    for number, bonus in enumerate(subject.program.bonuses):
        if bonus.enabled and bonus.on in ("enrolment", "referred") and bonus.times > 1:
            yield f"$.bonus[{number}].times", {"bonus": bonus.id, "times": bonus.times}


def _spent_before_return(subject: Subject) -> Iterator[Place]:
    program = subject.program
    until, waits = program.return_window_days, program.available_after_days
    if program.on_shortfall == "clamp" and (until is None or until > waits):
        window = "ever" if until is None else f"{until} days"
        yield "$.on_shortfall", {"waits": waits, "window": window}


def _short_life(subject: Subject) -> Iterator[Place]:
    program = subject.program
    last = expiry_day(program.expiry, _WORST_DAY)
    if last is None:
        return
    days = (last - _WORST_DAY).days - program.available_after_days + 1
    if days < _FEW_DAYS:
        yield "$.expiry", {"days": days}


SPENDING_CHECKS: Final = (
    Check(
        "limit_below_least",
        "error",
        "{limit} allows {most} points, and no redemption is of less than {least}",
        "raise the limit, or lower min_points or step_points",
        _limit_below_least,
    ),
    Check(
        "no_share_of_bill",
        "error",
        "points may pay for 0 percent of a bill: there is no redemption",
        "raise max_bill_percent, or leave [redemption] out",
        _no_share_of_bill,
    ),
    Check(
        "reward_beyond_limits",
        "error",
        "{reward!r} costs {points} points, and {limit} allows {most}: nobody can have it",
        "raise the limit, or lower the price",
        _reward_beyond_limits,
    ),
    Check(
        "min_between_steps",
        "warning",
        "min_points is {min}, but in steps of {step} the least is {least}",
        "make min_points a multiple of step_points",
        _min_between_steps,
    ),
    Check(
        "worth_nothing",
        "warning",
        "a redemption of {least} points is worth less than {coin}, so nothing",
        "raise min_points or step_points",
        _worth_nothing,
    ),
    Check(
        "bonuses_together",
        "warning",
        "{bonus!r} and {other!r} are both given on {on}, on the same days",
        "switch one off, or move their days apart",
        _bonuses_together,
    ),
    Check(
        "times_of_one",
        "warning",
        "{bonus!r} may be given {times} times, but its occasion comes once for each member",
        "leave times out",
        _times_of_one,
    ),
    Check(
        "spent_before_return",
        "warning",
        "points can be spent after {waits} days, goods returned within {window}: what was spent by"
        " then is forgiven",
        "let points wait for the return window, or let on_shortfall be debt or cash",
        _spent_before_return,
    ),
    Check(
        "short_life",
        "warning",
        "some points can be spent on {days} days only",
        "let points live longer, or be available sooner",
        _short_life,
    ),
)
