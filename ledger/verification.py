"""Checking the log against its seals, row by row (RULES 29 and 32)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice

from msgspec import Struct

from ledger.conservation import broken
from ledger.counter_check import CounterCheck
from ledger.identity_check import Difference, IdentityCheck
from ledger.seals import NO_SEAL, Seal, leaf, make_seal, tree_root
from ledger.store.sqlite import Row, SQLiteRecorder
from ledger.transfer_check import TransferCheck
from schemas.codec import decode_event

_SEALS_AT_ONCE = 1000
_STREAMS_AT_ONCE = 1000

Progress = Callable[[int], None]


class Finding(Struct, frozen=True):
    """Something that is not as it was written; `position` is where, `code` what."""

    code: str
    position: int
    detail: str


class Verification(Struct, frozen=True):
    """What was looked at, and what was found; nothing found is a log as it was written."""

    events: int
    commits: int
    last_seal: str
    findings: tuple[Finding, ...]


def verify(
    recorder: SQLiteRecorder, progress: Progress | None = None, *, books: bool = False
) -> Verification:
    """Walk the log once; stops at the first commit that is not as it was sealed.

    Checks that positions have no gap, that stream versions count up from 1, that each commit's
    rows hash to its root, that seals chain, that every request and receipt points into the log,
    and that identifiers, counters and transfers are what the events say. With `books` every
    account's points are followed, too (ledger/conservation.py); up to 20 findings of each kind.
    `progress` is told the position reached.
    """
    with closing(IdentityCheck()) as identifiers, closing(TransferCheck()) as transfers:
        return _verify(recorder, identifiers, transfers, progress, books=books)


def _verify(
    recorder: SQLiteRecorder,
    identifiers: IdentityCheck,
    transfers: TransferCheck,
    progress: Progress | None,
    *,
    books: bool,
) -> Verification:
    versions: dict[str, int] = {}
    counters = CounterCheck()
    expected = Seal(0, 0, "", "", NO_SEAL)
    commits = 0
    for seal in _seals(recorder):
        rows = recorder.select_span(expected.last_position + 1, seal.last_position)
        finding = _check_commit(expected, seal, rows) or _check_versions(versions, rows)
        if finding is not None:
            return Verification(expected.last_position, commits, expected.seal, (finding,))
        identifiers.tell(rows)
        counters.tell(rows)
        transfers.tell(rows)
        expected = seal
        commits += 1
        if progress is not None:
            progress(seal.last_position)
    findings = tuple(islice(_check_ends(recorder, expected.last_position), 20))
    for differences in (
        identifiers.differences(recorder.identifiers.every()),
        counters.differences(recorder.counters.every()),
        transfers.differences(recorder.transfers.every()),
    ):
        findings += tuple(islice(_check_table(recorder, differences, expected), 20))
    if books:
        findings += tuple(islice(_check_books(recorder), 20))
    return Verification(expected.last_position, commits, expected.seal, findings)


def _seals(recorder: SQLiteRecorder) -> Iterator[Seal]:
    after = 0
    while batch := recorder.select_seals(after, _SEALS_AT_ONCE):
        yield from batch
        after = batch[-1].last_position


def _check_commit(before: Seal, seal: Seal, rows: list[Row]) -> Finding | None:
    first = before.last_position + 1
    if first + seal.count - 1 != seal.last_position:
        detail = f"the seal counts {seal.count} events from #{first} to #{seal.last_position}"
        return Finding("wrong_count", first, detail)
    there = [row.position for row in rows]
    for position in range(first, seal.last_position + 1):
        if position - first >= len(there) or there[position - first] != position:
            return Finding("missing_event", position, f"event #{position} is missing")
    root = tree_root(
        [
            leaf(r.position, r.stream, r.version, r.topic, r.recorded_at, r.state.encode())
            for r in rows
        ]
    )
    if root.hex() != seal.root:
        detail = f"events #{first} to #{seal.last_position} are not as they were sealed"
        return Finding("changed_event", first, detail)
    if make_seal(seal.last_position, seal.count, root, before.seal) != seal:
        return Finding("broken_chain", seal.last_position, "the seal does not chain")
    return None


def _check_versions(versions: dict[str, int], rows: list[Row]) -> Finding | None:
    for row in rows:
        expected = versions.get(row.stream, 0) + 1
        if row.version != expected:
            detail = f"{row.stream} has version {row.version} where {expected} is due"
            return Finding("wrong_version", row.position, detail)
        versions[row.stream] = row.version
    return None


def _check_ends(recorder: SQLiteRecorder, sealed: int) -> Iterator[Finding]:
    last = recorder.last_position()
    if last > sealed:
        yield Finding("unsealed_event", sealed + 1, f"events after #{sealed} have no seal")
    for code, position, detail in recorder.loose_claims():
        yield Finding(code, position, detail)


def _check_table(
    recorder: SQLiteRecorder, differences: Iterable[Difference], walked: Seal
) -> Iterator[Finding]:
    """What differs; what another process has changed since the walk is left to the next check."""
    for code, position, detail in differences:
        if recorder.last_position() == walked.last_position:
            yield Finding(code, position, detail)


def _check_books(recorder: SQLiteRecorder) -> Iterator[Finding]:
    after = ""
    while streams := recorder.streams_from(after, _STREAMS_AT_ONCE):
        for stream in streams:
            rows = recorder.select_rows(stream)
            for version, wrong in broken(decode_event(row.topic, row.state) for row in rows):
                yield Finding("unbalanced", rows[version - 1].position, f"{stream}: {wrong}")
        after = streams[-1]
