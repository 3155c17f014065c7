"""Times as tests write them: ISO text; without a zone Shanghai's, a bare day ten in the morning."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

EARLY = "2026-01-01T10:00+08:00"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def instant(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
        if len(text) == len("2026-03-01"):
            moment += dt.timedelta(hours=10)
    return moment.astimezone(dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
