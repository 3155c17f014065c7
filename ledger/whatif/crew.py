"""Work on the log split over processes; its results come in order, and never too many wait.

Shapes:
    Crew    does one kind of work on many tasks: in processes of its own, or right here
    Work    a job, the log and a task -> a result
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from ledger.store.scan import Scan, opened

T = TypeVar("T")
R = TypeVar("R")


class OnLog(Protocol):
    """A job on the log of the store at `path`, up to the row at `last`."""

    @property
    def path(self) -> str | None: ...

    @property
    def last(self) -> int: ...


J = TypeVar("J", bound=OnLog)
Work = Callable[[J, Scan, T], R]

_AHEAD: Final = 3
"""Tasks given out for each process: one that is worked on, and some that wait."""

_job: Any = None


def usable_cores() -> int:
    """How many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew(Generic[J]):
    """`processes` workers who all know the `job`; with one the work is done here, on `scan`."""

    def __init__(self, job: J, scan: Scan, processes: int) -> None:
        self._job = job
        self._scan = scan
        self._processes = 1 if job.path is None else processes
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._processes > 1:
            # Not forked: threads of this process, such as the ledger's writer, would be torn.
            self._executor = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._job,),
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def map(self, work: Work[J, T, R], tasks: Iterable[T]) -> Iterator[R]:
        """The result of `work` on each task, in the order of the tasks."""
        if self._executor is None:
            for task in tasks:
                yield work(self._job, self._scan, task)
            return
        waiting: deque[Future[R]] = deque()
        for task in tasks:
            with _interrupts_held():
                waiting.append(self._executor.submit(_work, work, task))
            if len(waiting) >= _AHEAD * self._processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin(job: Any) -> None:
    """In a worker: Ctrl-C is for the process that asked, which ends this one."""
    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _job = job
    # Nothing here makes cycles in numbers, so they are looked for between tasks, and only among
    # what has come since.
    gc.disable()
    gc.freeze()


def _work(work: Work[Any, T, R], task: T) -> R:
    try:
        with opened(_job.path, _job.last) as scan:
            return work(_job, scan, task)
    finally:
        gc.collect()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A worker that is started here is born deaf to Ctrl-C, and says nothing when it comes."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
