"""Points that are worth more than the money they are earned with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil
from typing import Final

from ledger.chains import gain_around
from ledger.checks.effective import Probe, Yield, for_a_newcomer
from ledger.checks.finding import Check, Place, Subject
from ledger.rates import rates_of
from schemas.values import parse_money, parse_points


def _endless_gain(subject: Subject) -> Iterator[Place]:
    return _worst(
        subject, ((rate.lasting, rate.shares(rate.lasting)) for rate in subject.effective)
    )


def _gain_once(subject: Subject) -> Iterator[Place]:
    if not any(_endless_gain(subject)):
        found = ((rate.best, rate.shares(rate.best)) for rate in subject.effective)
        yield from _worst(subject, found)


def _worst(subject: Subject, yields: Iterable[tuple[Yield | None, Fraction]]) -> Iterator[Place]:
    """The purchase that brings back the most of its money, where that is all of it or more."""
    gains = [(share, found) for found, share in yields if found is not None and share >= 1]
    for share, worst in sorted(gains, key=lambda gain: -gain[0])[:1]:
        back = subject.money(int(share * worst.amount_minor))
        path = "$.rebate" if worst.share is None else "$.redemption.money"
        yield path, _told(subject, worst) | {"worth": back}


def _told(subject: Subject, found: Yield) -> dict[str, str]:
    return {
        "amount": subject.money(found.amount_minor),
        "when": found.situation.words,
        "points": subject.points(found.rounded),
        "worth": subject.money(int(found.worth_minor or 0)),
    }


def _gain_by_rounding(subject: Subject) -> Iterator[Place]:
    price = subject.rules.spending.price
    if price is None or any(_gain_once(subject)) or any(_endless_gain(subject)):
        return
    probe = Probe(subject.rules)
    for rate in subject.effective:
        usual = rate.everyday
        if usual is None or not usual.points:
            continue
        for least in {1, max(ceil(1 / (2 * usual.points_per_minor)), 1)}:
            small = probe.earns(usual.situation, least, for_a_newcomer)
            if small is not None and price.worth(small.rounded) >= least:
                worth = subject.money(int(price.worth(small.rounded)))
                yield "$.rounding", _told(subject, small) | {"worth": worth}
                return


def _cobrand_gain(subject: Subject) -> Iterator[Place]:
    price, program = subject.rules.spending.price, subject.program
    for number, card in enumerate(program.cobrands):
        if price is None or not card.enabled:
            continue
        points = parse_points(str(card.points), program.points_decimals)
        money = parse_money(str(card.per), program.currency)
        if price.worth(points) >= money:
            told = {"cobrand": card.card, "amount": subject.money(money)}
            told |= {"worth": subject.money(int(price.worth(points)))}
            yield f"$.cobrand[{number}].points", told


def _rate_gains(subject: Subject) -> Iterator[Place]:
    program = subject.program
    gain = gain_around(rates_of(program), program.effective_from)
    if gain is not None:
        told = {"chain": gain.chain, "becomes": str(gain.becomes), "day": gain.day.isoformat()}
        yield "$.rate", told


RATE_CHECKS: Final = (
    Check(
        "rate_gains",
        "error",
        "points grow around {chain}: 1 becomes {becomes}, on {day} for one",
        "let a rate of the chain give less; with such rates no version can be published",
        _rate_gains,
    ),
    Check(
        "endless_gain",
        "error",
        "a purchase of {amount} ({when}) earns {points} points, and brings back {worth} with all"
        " rebates: spending earns more than it costs, again and again",
        "let rules give fewer points, let multipliers not stack, or let points be worth less",
        _endless_gain,
    ),
    Check(
        "gain_once",
        "warning",
        "a purchase of {amount} ({when}) earns {points} points, and brings back {worth} with all"
        " rebates, until the caps per_member are used up",
        "make sure that this is meant, or lower the caps",
        _gain_once,
    ),
    Check(
        "gain_by_rounding",
        "warning",
        "a purchase of {amount} earns {points} points by rounding, worth {worth} at the till",
        'let rounding be "floor", or let points be worth less',
        _gain_by_rounding,
    ),
    Check(
        "cobrand_gain",
        "warning",
        "the card {cobrand!r} brings points worth {worth} at the till for {amount} spent elsewhere",
        "make sure that the bank pays for it, or give fewer points",
        _cobrand_gain,
    ),
)
