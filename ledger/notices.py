"""What a shop would tell its members on a day: cards near or ending, points that lapse.

A notice is a question about an account, not an event: it is worked out from the account as it
stands, and asking twice tells the same.

Shapes:
    Notice      who, what kind, until when, and how much is missing or lost
    notices_of  an account -> its notices on a day
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import groupby
from typing import Final

from msgspec import Struct

from ledger.account import Account
from ledger.ladder import measure_named, window_of
from ledger.rules import Rulebook, Rules
from ledger.standing import Walk


class Notice(Struct, frozen=True):
    """What a member would be told, of one of KINDS; it is about the end of `until`.

    `tier` is the one that is near, ends or can come back, `tier_below` where an ending one goes.
    `missing` is in the unit of `measure`: minor units, points units or visits. `points` lapse, or
    a voucher of the kind `voucher`, worth `value_minor`.
    """

    member: str
    kind: str
    until: dt.date
    tier: str = ""
    tier_below: str = ""
    measure: str = ""
    missing: int = 0
    points: int = 0
    voucher: str = ""
    value_minor: int = 0


class _Day(Struct, frozen=True):
    """What notices of a day are worked out from."""

    account: Account
    rulebook: Rulebook
    rules: Rules
    day: dt.date
    walk: Walk

    @property
    def last(self) -> dt.date:
        """The last day that is told of."""
        return self.day + dt.timedelta(days=self.rules.program.notices.days)


def notices_of(
    account: Account, rulebook: Rulebook, rules: Rules, day: dt.date
) -> Iterator[Notice]:
    """The account's notices on a day, none for one that is closed or merged."""
    if account.closed or account.merged_into:
        return
    walk = Walk.on_from(account, rulebook)
    walk.review_before(day)
    looked_at = _Day(account, rulebook, rules, day, walk)
    for look in _NOTICES:
        yield from look(looked_at)


def _next_tier(on: _Day) -> Iterator[Notice]:
    """The nearest rung above the card, when little is missing."""
    account, rules = on.account, on.rules
    above = [climb.rungs[-1] for climb in rules.climbs_above(on.walk.tier)]
    if not above or account.enrolled_on is None:
        return
    rung = min(above, key=lambda rung: rung.rank)
    window = window_of(rung.tier, account.enrolled_on, on.day)
    missing = rung.threshold - measure_named(rung.tier.measure, account.days, window)
    near = rung.threshold * Fraction(rules.program.notices.near_percent) / 100
    if 0 < missing <= near:
        until = window.end - dt.timedelta(days=1)
        yield Notice(
            account.member, "next_tier", until, rung.tier.id, "", rung.tier.measure, missing
        )


def _card_ending(on: _Day) -> Iterator[Notice]:
    """A card whose review is near and would not keep it as things stand."""
    ahead = on.walk.outlook()
    if ahead is None or ahead.last > on.last:
        return
    window = ahead.window
    missing = window.needed - ahead.measured if window else 0
    if window is None or missing > 0:
        yield Notice(
            on.account.member,
            "card_ending",
            ahead.last,
            on.walk.tier,
            ahead.lower,
            window.measure if window else "",
            missing,
        )


def _recovery(on: _Day) -> Iterator[Notice]:
    """A card that a review took and that can still come back."""
    offer = on.walk.offer()
    if offer is None or offer[1] < on.day:
        return
    window, last = offer
    missing = window.needed - on.walk.measured(window)
    span = on.walk.spans[-1].span
    yield Notice(on.account.member, "recovery", last, span.lost, "", window.measure, missing)


def _points_lapsing(on: _Day) -> Iterator[Notice]:
    """Points whose last good day is near, day by day."""
    ending = [
        lot
        for lot in on.account.lots
        if lot.available and lot.expires_on is not None and on.day <= lot.expires_on <= on.last
    ]
    for until, lots in groupby(ending, key=lambda lot: lot.expires_on):
        assert until is not None
        points = sum(lot.available for lot in lots)
        yield Notice(on.account.member, "points_lapsing", until, points=points)


def _voucher_lapsing(on: _Day) -> Iterator[Notice]:
    """Vouchers that can be used, and whose last good day is near."""
    for voucher in on.account.vouchers:
        if voucher.expires_on is not None and on.day <= voucher.expires_on <= on.last:
            yield Notice(
                on.account.member,
                "voucher_lapsing",
                voucher.expires_on,
                voucher=voucher.kind,
                value_minor=voucher.worth_minor,
            )


_NOTICES: Final[tuple[Callable[[_Day], Iterator[Notice]], ...]] = (
    _next_tier,
    _card_ending,
    _recovery,
    _points_lapsing,
    _voucher_lapsing,
)
KINDS: Final = ("next_tier", "card_ending", "recovery", "points_lapsing", "voucher_lapsing")
