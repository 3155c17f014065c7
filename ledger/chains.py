"""Chains of rates around which points would grow (RULES 26).

Shapes:
    Gain          a chain of programs that ends where it began, and what 1 becomes
    gain_around   the first day from one on that has such a chain

Ratios are exact. A chain gains when the product of its ratios is more than 1, which is what
Bellman and Ford look for (negative cycles) with products in the place of sums.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from ledger.errors import RateGains
from ledger.rates import RateTerms, rates_of
from schemas.program import Program

_ONE_DAY = dt.timedelta(days=1)


class Gain(Struct, frozen=True):
    """`programs` begin and end with the same one; 1 becomes `becomes`, on `day` as an example."""

    programs: tuple[str, ...]
    becomes: Fraction
    day: dt.date

    @property
    def chain(self) -> str:
        """The programs in their order."""
        return " > ".join(self.programs)


def check_no_gain(program: Program) -> None:
    """Raises RateGains for a program that lets points grow on a day that it can hold on."""
    gain = gain_around(rates_of(program), program.effective_from)
    if gain is not None:
        raise RateGains(chain=gain.chain, becomes=str(gain.becomes), day=gain.day.isoformat())


def gain_around(rates: Sequence[RateTerms], since: dt.date) -> Gain | None:
    """A chain that gains on some day from `since` on; None when there is none.

    Between two days on which a rate begins, or has ended, nothing changes: one day of each such
    stretch is enough.
    """
    starts = {since} | {rate.starts_on for rate in rates if rate.starts_on > since}
    starts |= {r.ends_on + _ONE_DAY for r in rates if since <= r.ends_on < dt.date.max}
    for day in sorted(starts):
        found = _gaining([rate for rate in rates if rate.holds_on(day)])
        if found is not None:
            return Gain(*found, day)
    return None


def _gaining(rates: Iterable[RateTerms]) -> tuple[tuple[str, ...], Fraction] | None:
    """A chain of rates with a product above 1, and the product."""
    best: dict[tuple[str, str], Fraction] = {}
    for rate in rates:
        pair = (rate.sender, rate.receiver)
        best[pair] = max(best.get(pair, rate.ratio), rate.ratio)
    programs = sorted({name for pair in best for name in pair})
    most = dict.fromkeys(programs, Fraction(1))
    before: dict[str, str] = {}
    grown = ""
    for _ in programs:
        grown = ""
        for (sender, receiver), ratio in best.items():
            if most[sender] * ratio > most[receiver]:
                most[receiver] = most[sender] * ratio
                before[receiver], grown = sender, receiver
        if not grown:
            break
    if not grown:
        return None
    chain = _around(grown, before, len(programs))
    becomes = Fraction(1)
    for pair in pairwise(chain):
        becomes *= best[pair]
    return chain, becomes


def _around(program: str, before: dict[str, str], steps: int) -> tuple[str, ...]:
    """The chain that a program which still grew leads back into; from its first name on."""
    for _ in range(steps):
        program = before[program]
    chain = [program]
    while (program := before[program]) != chain[0]:
        chain.append(program)
    chain.reverse()
    start = chain.index(min(chain))
    turned = chain[start:] + chain[:start]
    return (*turned, turned[0])
