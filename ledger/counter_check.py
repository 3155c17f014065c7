"""Holding the table of counters against the log: what the events add up to (ledger/counters.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ledger.counters import OVER_ALL, Counter, CounterKey, Counters, Nothing
from ledger.identity_check import Difference
from ledger.store.sqlite import Row
from schemas.codec import decode_event
from schemas.events import PartnerJoined, PointsBlockBought

_SIGNS: Final = ('"drawn":', *(f'"key":"{prefix}' for prefix in OVER_ALL))
"""What a payload has in it that counts; few have, and the others need not be read."""


class CounterCheck:
    """Is told the log's rows in order, then compares."""

    def __init__(self) -> None:
        self._counters = Counters(Nothing())
        self._begun = False

    def tell(self, rows: Iterable[Row]) -> None:
        """The next rows of the log."""
        for row in rows:
            if not self._begun:
                # Nothing counts before someone has joined.
                self._begun = row.topic == PartnerJoined.topic
            elif row.topic == PointsBlockBought.topic or any(s in row.state for s in _SIGNS):
                self._counters.note(decode_event(row.topic, row.state), row.position)

    def differences(self, there: Mapping[CounterKey, Counter]) -> Iterator[Difference]:
        """What of the table differs from the events, in the order of the keys."""
        due = self._counters.changed
        for key in sorted(due.keys() | there.keys()):
            expected, found = due.get(key), there.get(key)
            name = " ".join(key)
            if found is None and expected is not None:
                yield "missing_counter", expected.position, f"{name} is missing"
            elif expected is None and found is not None:
                yield "loose_counter", found.position, f"{name}: no event says so"
            elif expected is not None and found is not None and expected != found:
                detail = f"{name} has {found.points}, not {expected.points}"
                yield "wrong_counter", expected.position, detail
