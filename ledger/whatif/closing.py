"""The day that a course is looked at, as if all the runs up to its end were over."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, Final

from msgspec import Struct

from ledger.case import Stamp
from ledger.rules import Rulebook, Rules
from schemas.commands import GrantRebates, IssueAnniversaryVouchers
from schemas.periods import PeriodKind, period_of
from schemas.values import end_of_day

_ONE_DAY: Final = dt.timedelta(days=1)
_KINDS: Final[tuple[PeriodKind, ...]] = ("month", "quarter", "year")


class Closing(Struct, frozen=True):
    """The end of `as_of` under the versions of a course.

    `runs` make the commands of runs that give something, from an account's name. What lapses, and
    reviews of cards, need none: the readings of a day know them.
    """

    as_of: dt.date
    rulebook: Rulebook
    rules: Rules
    moment: dt.datetime
    runs: tuple[Any, ...]

    @property
    def day_after(self) -> dt.date:
        """The day that the runs come on."""
        return self.as_of + _ONE_DAY

    def stamp(self, command: Any) -> Stamp:
        """What the events of a run say."""
        rules, at = self.rules, self.moment
        return Stamp(at, self.day_after, command.source, command.request_id, "", rules.version, at)


def closing(rulebook: Rulebook, zone: dt.tzinfo, as_of: dt.date) -> Closing:
    """Rebates of the periods that are over, vouchers of anniversaries that have come."""
    runs: list[Any] = [
        partial(
            GrantRebates,
            source="what-if",
            request_id=f"rebates-{kind}",
            period=period_of(kind, period_of(kind, as_of + _ONE_DAY).start - _ONE_DAY).name,
        )
        for kind in _KINDS
        if rulebook.has_rebate_over(kind)
    ]
    if rulebook.gives_on_anniversaries:
        ask = partial(IssueAnniversaryVouchers, source="what-if", request_id="anniversaries")
        runs.append(partial(ask, as_of=as_of))
    moment = end_of_day(as_of, zone)
    return Closing(as_of, rulebook, rulebook.current(moment), moment, tuple(runs))
