"""Calendar periods by their names: `2026-06` a month, `2026Q2` a quarter, `2026` a year.

Shapes:
    Period   kind and days, half open: from `start` to before `end`
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal, NamedTuple

from schemas.values import add_months

PeriodKind = Literal["month", "quarter", "year"]
PATTERN: Final = r"^(19|2[0-9])[0-9]{2}(-(0[1-9]|1[0-2])|Q[1-4])?$"
_MONTHS: Final[dict[PeriodKind, int]] = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """A month, quarter or year: its days from `start` to before `end`."""

    kind: PeriodKind
    start: dt.date
    end: dt.date

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.end - dt.timedelta(days=1)

    @property
    def name(self) -> str:
        """`2026-06`, `2026Q2` or `2026`."""
        year, month = self.start.year, self.start.month
        if self.kind == "month":
            return f"{year}-{month:02}"
        return f"{year}Q{month // 3 + 1}" if self.kind == "quarter" else str(year)


def period_named(name: str) -> Period:
    """The period of a name that fits PATTERN; ValueError for another.

    >>> period_named("2026Q2").last
    datetime.date(2026, 6, 30)
    """
    if re.fullmatch(PATTERN, name) is None:
        raise ValueError(f"{name!r} is neither like 2026-06 nor like 2026Q2 nor like 2026")
    year = int(name[:4])
    if len(name) == 4:
        return period_of("year", dt.date(year, 1, 1))
    if name[4] == "Q":
        return period_of("quarter", dt.date(year, 3 * int(name[5]) - 2, 1))
    return period_of("month", dt.date(year, int(name[5:]), 1))


def period_of(kind: PeriodKind, day: dt.date) -> Period:
    """The month, quarter or year that a day falls into."""
    months = _MONTHS[kind]
    start = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(kind, start, add_months(start, months))


def anniversary(joined: dt.date, years: int) -> dt.date:
    """The same day so many years on; the 28th for 29 February in years without one."""
    return add_months(joined, 12 * years)


def membership_year(joined: dt.date, day: dt.date) -> tuple[dt.date, dt.date]:
    """The days from one anniversary of joining to before the next that `day` falls into."""
    years = day.year - joined.year
    if day < anniversary(joined, years):
        years -= 1
    return anniversary(joined, years), anniversary(joined, years + 1)
