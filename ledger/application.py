"""The eventsourcing application under the ledger: its repository, event store and log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Final

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import ApplicationRecorder, JSONTranscoder, Mapper
from eventsourcing.utils import Environment, EnvType

from ledger.account import Account
from ledger.alliance import NO_ALLIANCE, Alliance, evolve_alliance
from ledger.evolve import evolve, fold
from ledger.store.mapper import EventMapper
from ledger.store.sqlite import SQLiteRecorder
from schemas.codec import decode_event
from schemas.events import (
    PARTNER_PREFIX,
    PROGRAM_STREAM,
    SETTLEMENT_STREAM,
    ProgramPublished,
    member_of,
)

CACHED_ACCOUNTS: Final = 20_000

_SETTINGS: Final = {
    "AGGREGATE_CACHE_MAXSIZE": "0",  # without a bound of its own: `remember` keeps one
    "AGGREGATE_CACHE_FASTFORWARD": "n",
    "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
}


class LedgerApplication(Application[str]):
    """Accounts by stream. Every setting is given here: the environment can't redirect a ledger.

    The cache holds frozen states without copies; whoever commits puts them there after the
    commit, and evicts what another process has changed.
    """

    name = "jifen"

    def __init__(self, recorder: SQLiteRecorder) -> None:
        self._given_recorder = recorder
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """The settings above and nothing else."""
        return Environment(name, dict(_SETTINGS))

    def construct_mapper(self) -> Mapper[str]:
        """Topic tags and msgspec JSON."""
        return EventMapper(JSONTranscoder())

    def construct_recorder(self) -> ApplicationRecorder:
        """The store that was opened for this ledger."""
        return self._given_recorder

    def account(self, stream: str) -> Account:
        """The account from the cache or the log; one of version 0 when there is none."""
        try:
            account: Account = self.repository.get(stream, projector_func=_projected)
        except AggregateNotFoundError:
            return Account(member_of(stream))
        return account

    def accounts(self, streams: Iterable[str]) -> dict[str, Account]:
        """Several accounts; those not cached are read together."""
        found: dict[str, Account] = {}
        missing = []
        for stream in streams:
            cached = self._cached(stream)
            if cached is None:
                missing.append(stream)
            else:
                found[stream] = cached
        read = self._read(missing)
        for stream in missing:
            if stream in read:
                self.remember(stream, read[stream])
            found[stream] = read.get(stream) or Account(member_of(stream))
        return found

    def pages(self, size: int, until: dt.datetime | None = None) -> Iterator[list[Account]]:
        """Every account of the log, `size` at a time, past the cache, which they would fill.

        With `until` only what occurred before it counts; accounts that were not there are left out.
        """
        after = ""
        while streams := self._given_recorder.streams_from(after, size):
            yield list(self._read(streams, until).values())
            after = streams[-1]

    def _read(self, streams: Iterable[str], until: dt.datetime | None = None) -> dict[str, Account]:
        """The accounts of streams, each folded from the log; those without an event left out."""
        found = {}
        rows = self._given_recorder.select_streams(streams)
        for stream, stored in groupby(rows, attrgetter("originator_id")):
            events = (decode_event(entry.topic, entry.state) for entry in stored)
            counting = (e for e in events if until is None or e.occurred_at < until)
            account = fold(member_of(stream), counting)
            if account.exists:
                found[stream] = account
        return found

    def remember(self, stream: str, account: Account) -> None:
        """Put a committed state into the cache; the oldest make room."""
        states = self._cache.cache
        states.pop(stream, None)
        states[stream] = account
        if len(states) > CACHED_ACCOUNTS:
            for oldest in list(islice(states, CACHED_ACCOUNTS // 8)):
                del states[oldest]

    def forget(self, streams: Iterable[str] | None) -> None:
        """Drop these states from the cache; all of them for None."""
        if streams is None:
            self._repository = self.construct_repository()
            return
        for stream in streams:
            with suppress(KeyError):
                self._cache.get(stream, evict=True)

    def programs(self) -> list[ProgramPublished]:
        """Every published version of the program."""
        events = [stored.event for stored in self._stream(PROGRAM_STREAM)]
        return [event for event in events if isinstance(event, ProgramPublished)]

    def alliance(self) -> Alliance:
        """The partners and what was settled."""
        rows = self._given_recorder.select_prefixed((PARTNER_PREFIX, SETTLEMENT_STREAM))
        return evolve_alliance(NO_ALLIANCE, *(decode_event(row.topic, row.state) for row in rows))

    def _stream(self, stream: str) -> Iterable[Any]:
        return self.events.get(stream)

    @property
    def _cache(self) -> Any:
        return self.repository.cache

    def _cached(self, stream: str) -> Account | None:
        try:
            cached: Account = self._cache.get(stream)
        except KeyError:
            return None
        return cached


def _projected(account: Any, stream_events: Iterable[Any]) -> Any:
    """The library's projector: folds a stream, None where there is none."""
    told = list(stream_events)
    if account is None and told:
        account = Account(member_of(told[0].originator_id))
    return evolve(account, *(entry.event for entry in told))
