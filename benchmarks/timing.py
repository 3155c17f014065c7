"""Stop-watches that every contestant shares, so that the same span is measured for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Any, TypeVar

from msgspec import Struct

C = TypeVar("C")


class Measured(Struct, frozen=True):
    """So many things (commands, events, runs of a program) in so many seconds."""

    count: int
    seconds: float

    @property
    def rate(self) -> float:
        """Per second."""
        return self.count / self.seconds


def time_each(do: Callable[[C], Any], commands: Sequence[C]) -> Measured:
    """One caller, one command after the other."""
    started = perf_counter()
    for command in commands:
        do(command)
    return Measured(len(commands), perf_counter() - started)


def time_on_threads(do: Callable[[C], Any], parts: Sequence[Sequence[C]]) -> Measured:
    """One thread per part, each blocking on one command at a time; from the start together."""
    barrier = threading.Barrier(len(parts) + 1)
    failures: list[BaseException] = []

    def work(part: Iterable[C]) -> None:
        barrier.wait()
        try:
            for command in part:
                do(command)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = perf_counter()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - started
    # A thread that gave up early would make the rest look fast.
    if failures:
        raise failures[0]
    return Measured(sum(map(len, parts)), seconds)
