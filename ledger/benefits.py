"""Benefits of a card: what a quota allows, and what of it is used (docs/life.md, Benefits)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from ledger.account import Account
from ledger.offers import offered_on
from ledger.rules import Rulebook, Rules
from ledger.standing import Walk
from ledger.uses import span_of, used
from schemas.program_club import Benefit


class BenefitLeft(Struct, frozen=True):
    """What a benefit leaves in the period from `period_from` to before `period_until`.

    `quota` and `left` are None where it is unlimited. Who is not `entitled` has a quota of 0; what
    was used under another card in the period is told all the same.
    """

    benefit: str
    label: str
    tier: str
    entitled: bool
    period: str
    period_from: dt.date
    period_until: dt.date
    quota: int | None
    used: int
    left: int | None


def counted_as(benefit: str) -> str:
    """What a use counts against."""
    return f"benefit:{benefit}"


def quota_of(benefit: Benefit, tier: str) -> int | None:
    """How often the tier may use it in a period; None is as often as it likes."""
    quota = benefit.tiers.get(tier, 0)
    return None if quota == "unlimited" else quota


def used_in_period(account: Account, benefit: Benefit, day: dt.date) -> int:
    """How often it was used in the period of `day`, under whichever tier."""
    return used(account, counted_as(benefit.id), benefit.period, day)


def benefits_left(
    account: Account, rulebook: Rulebook, rules: Rules, day: dt.date
) -> Iterator[BenefitLeft]:
    """What each benefit that `rules` offer on `day` leaves, in the order of the program's file.

    The card is the one that the reviews due before the day leave, recorded or not.
    """
    walk = Walk.on_from(account, rulebook)
    walk.review_before(day)
    tier = walk.tier
    for benefit in rules.program.benefits:
        if not offered_on(benefit, day):
            continue
        start, end = span_of(account, benefit.period, day)
        quota, before = quota_of(benefit, tier), used_in_period(account, benefit, day)
        yield BenefitLeft(
            benefit=benefit.id,
            label=benefit.label,
            tier=tier,
            entitled=tier in benefit.tiers,
            period=benefit.period,
            period_from=start,
            period_until=end,
            quota=quota,
            used=before,
            left=None if quota is None else max(0, quota - before),
        )
