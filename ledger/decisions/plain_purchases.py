"""Purchases in a row of which only the rate decides, judged again without a case for each.

What-if lives millions of them again. A run says what `decide_purchase` would say, or nothing where
more than the rate may matter; the tests hold the two against each other.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Self

from msgspec.structs import replace

from ledger.account import Account
from ledger.credits import new_lot
from ledger.decisions.purchase import available_from, may_only_reach
from ledger.earning import earned_plainly
from ledger.ladder import in_reach, reached_on
from ledger.rejections.always import Rejection
from ledger.rules import Rulebook, Rules
from ledger.totals import counted
from schemas.events import LotOpened, Movement, PurchaseRecorded

_NOTHING: Final = ((), ())


class PlainRun:
    """Goes on from an account, as long as nothing but such purchases happens to it."""

    __slots__ = (
        *("_at", "_bought", "_climbs", "_days", "_enrolled_on", "_good_until", "_last_lot"),
        *("_rules", "_tier"),
    )

    def __init__(self, account: Account, rules: Rules, enrolled_on: dt.date) -> None:
        self._rules = rules
        self._tier = account.tier
        self._climbs = rules.climbs_above(account.tier)
        self._at, self._good_until = account.ladder_at, account.tier_valid_until
        self._last_lot, self._bought = account.last_lot, account.has_bought
        self._days, self._enrolled_on = account.days, enrolled_on

    @classmethod
    def on_from(cls, account: Account, rules: Rules, rulebook: Rulebook) -> Self | None:
        """A run from an account; None where its next purchase is not a plain one."""
        plain = (
            rules.earning.plain
            and not rules.limits
            and not rulebook.lots_live_by_activity
            and not (account.closed or account.merged_into or account.frozen or account.is_purse)
            and account.tiers
            and not account.debt
            and may_only_reach(account, rules)
        )
        if not plain or account.enrolled_on is None:
            return None
        return cls(account, rules, account.enrolled_on)

    def again(self, event: PurchaseRecorded) -> PurchaseRecorded | None:
        """What a recorded purchase is by the rules of the run; None where it is not a plain one."""
        day, rules = event.occurred_on, self._rules
        if (
            (self._at is not None and event.occurred_at < self._at)
            or (self._good_until is not None and day > self._good_until)
            or event.lines
            or event.tenders
            or event.terms
        ):
            return None
        try:
            gain = earned_plainly(rules, event.qualifying_minor, day, self._tier)
            lots, movements = self._credited(event, gain.points)
        except Rejection:
            return None
        purchase = replace(
            event,
            program_version=rules.version,
            lots=lots,
            movements=movements,
            usage=(),
            tier=self._tier,
            points_earned=gain.points,
            breakdown=gain.steps,
            first=not self._bought,
            rooms=(),
            drawn=(),
        )
        days = counted(self._days, purchase)
        climbs = in_reach(self._climbs, days[-1]) if self._climbs else ()
        if climbs and reached_on(climbs, days, day, self._enrolled_on):
            return None
        self._days, self._at, self._bought = days, event.occurred_at, True
        self._last_lot += len(lots)
        return purchase

    def _credited(
        self, event: PurchaseRecorded, points: int
    ) -> tuple[tuple[LotOpened, ...], tuple[Movement, ...]]:
        if points == 0:
            return _NOTHING
        day, number = event.occurred_on, self._last_lot + 1
        good_from = available_from(self._rules, day)
        lot = new_lot(self._rules.program.expiry, number, points, day, good_from)
        return (lot,), (Movement(lot.lot, "available", points),)
